"""What reports say of corrections of a past day: which, by whom, why (SPEC sections 1 and 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan import columns as col
from duzhan.report import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from duzhan.compliance.corrections import Correction
    from duzhan.compliance.quality import Quality
    from duzhan.model import Wording

# A line names so many issues that were corrected alike, and how many there are.
_NAMED = 8
_UNSAID = "未写明"

_GAINS = {
    "came-closed": "记入时已销号",
    "came-claimed": "记入时已报完成",
    "gone": "不再计入",
    "closed": "改为已销号",
    "claimed": "改为待核验",
    "valid": "不再算数据有误",
    "dated": "补上整改期限",
    "not-overdue": "不再超期",
    "later-due": "整改期限改晚",
    "verified": "补上核验人",
    "earlier": "此前的节点日或周末变好",
    "pace": "近两周的进度变快",
}

_RECORDS: Mapping[str, Callable[[Mapping[str, str], Wording], str]] = {
    col.SCORES: lambda cells, said: (
        f"{_of(cells, '日期')}{_of(cells, '评估方')}{said.score_short}{_of(cells, '总分')}分"
    ),
    col.SCORE_ITEMS: lambda cells, said: (
        f"{_of(cells, '日期')}{_of(cells, '评估方')}分项{said.score_short}"
    ),
    col.DELIVERABLES: lambda cells, _: f"“{_of(cells, '任务')}”{_of(cells, '完成日期')}完成",
    col.SUPERVISION: lambda cells, said: (
        f"{_of(cells, '日期')}{said.supervise}（{_of(cells, '方式')}）"
    ),
    col.COUNTY_REPORTS: lambda cells, _: f"{_of(cells, '周次')}周报，{_of(cells, '报送日期')}报送",
    col.EXTENSIONS: lambda cells, _: f"{_of(cells, '批准日期')}批准延期至{_of(cells, '延至')}",
    col.RECHECKS: lambda cells, _: f"{_of(cells, '日期')}抽查复核{_of(cells, '结果')}",
    col.EVIDENCE: lambda cells, _: f"{_of(cells, '收到日期')}收到{_of(cells, '类别')}佐证材料",
}

# Behind the county's name.
COLUMNS = "类别 编号+ 内容+ 何人+ 原因+ 记入日期"

Row = tuple[str, ...]


def _of(cells: Mapping[str, str], column: str) -> str:
    return cells.get(column, "")


def correction_rows(quality: Iterable[Quality], wording: Wording) -> list[Row]:
    """One row for those that are alike: county, kind, 编号, what, who, why, when recorded.

    Args:
        quality: of the counties that are told of.
        wording: what the campaign calls its things.
    """
    alike: dict[Row, list[str]] = {}
    for one in quality:
        for told in one.corrections:
            key = (
                told.county, told.kind, what(told, wording), who(told), why(told),
                told.entered_on,
            )  # fmt: skip
            ids = alike.setdefault(key, [])
            if told.id and told.id not in ids:
                ids.append(told.id)
    return [
        (county, kind, _named(ids), words_of, by, reason, day)
        for (county, kind, words_of, by, reason, day), ids in alike.items()
    ]


def what(told: Correction, wording: Wording) -> str:
    """What a correction bettered, or what a late row says."""
    if told.file is not None and told.file in _RECORDS:
        return _RECORDS[told.file](dict(told.cells), wording)
    if told.gains:
        return "、".join(_GAINS[gain] for gain in told.gains)
    return f"改了{'、'.join(told.columns)}"


def who(told: Correction) -> str:
    """Who asked for it, or the list that it came with."""
    return told.by or (f"清单 {told.source}" if told.source else _UNSAID)


def why(told: Correction) -> str:
    """Why, as it was given; of an extension the reason of its approval."""
    reason = told.reason or dict(told.cells).get("理由")
    if reason:
        return reason
    return words.NONE if told.source or told.file else _UNSAID


def counted(quality: Sequence[Quality]) -> str:
    """How many of each kind, such as 补录3条、更正1条."""
    every = [told for one in quality for told in one.corrections]
    kinds = dict.fromkeys(told.kind for told in every)
    return "、".join(f"{kind}{sum(told.kind == kind for told in every)}条" for kind in kinds)


def first_imports(quality: Iterable[Quality]) -> str:
    """Counties whose first list came after the day: no accusation, only counted."""
    return "、".join(
        f"{one.county.name}（{one.first_import.day}，{one.first_import.issues}件）"
        for one in quality
        if one.first_import
    )


def _named(ids: Sequence[str]) -> str:
    if not ids:
        return words.NONE
    more = f"等{len(ids)}件" if len(ids) > _NAMED else ""
    return "、".join(ids[:_NAMED]) + more
