"""What reports say of single doubts: withdrawn rows, requests, ignored entries, changed ledgers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.report import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duzhan.compliance.outside import Difference
    from duzhan.compliance.quality import Quality
    from duzhan.requirements.results import Counts

# A page names the first; how many there are is always told.
_SHOWN = 8


def doubts(quality: Sequence[Quality]) -> list[str]:
    """One sentence for each kind that there is."""
    return [
        told
        for told in (
            *(_outside(one.county.name, one.outside) for one in quality if one.outside),
            _listed("已撤销、不再计入的", "件", _withdrawn(quality)),
            _listed("县里申请延期、没有批准的", "件", _requests(quality)),
            _unproven(quality),
            _listed("登记了而不起作用的延期、复核和佐证材料", "条", _ignored(quality)),
        )
        if told
    ]


def _listed(what: str, unit: str, every: Sequence[str]) -> str:
    if not every:
        return ""
    more = "等" if len(every) > _SHOWN else ""
    return f"{what}{len(every)}{unit}：{'；'.join(every[:_SHOWN])}{more}。"


def _unproven(quality: Sequence[Quality]) -> str:
    """How many closures have neither photograph nor paper; it decides nothing by itself."""
    bare = [one for one in quality if one.without_evidence]
    told = "；".join(f"{one.county.name}{one.without_evidence}件" for one in bare)
    count = sum(one.without_evidence for one in bare)
    return f"已销号而没有佐证材料的{count}件：{told}。" if bare else ""


def _withdrawn(quality: Iterable[Quality]) -> list[str]:
    return [
        f"{one.county.name}{row.id or row.description}（{row.reason.replace(' ', '，')}）"
        for one in quality
        for row in one.taken_out
    ]


def _requests(quality: Iterable[Quality]) -> list[str]:
    return [
        f"{one.county.name}{asked.id}申请延至{asked.asked}（期限仍为"
        f"{words.month_day(asked.due_on) if asked.due_on else '空'}）"
        for one in quality
        for asked in one.requests
    ]


def _ignored(quality: Iterable[Quality]) -> list[str]:
    return [f"{problem.id}：{problem.message}" for one in quality for problem in one.ignored]


def _outside(county: str, one: Difference) -> str:
    what = "删除" if one.gone else "改动"
    when = f"（{one.noticed[:10]}发现）" if one.noticed else ""
    known = _counts(one.before) if one.before else "无从核对"
    now = _counts(one.after) if one.after else "没有台账"
    return (
        f"{county}的台账在工具之外被{what}{when}，改了哪些没有记录，请核对："
        f"按变更记录{known}，现在{now}。"
    )


def _counts(counts: Counts) -> str:
    return f"{counts.total}件、已销号{counts.closed}件、超期{counts.overdue}件"
