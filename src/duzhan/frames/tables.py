"""Which columns each DataFrame has, and where their values come from."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, TypeAlias

from duzhan.frames.columns import (
    COUNT,
    DAY,
    FLAG,
    LIST,
    NUMBER,
    OF_COUNTY,
    TEXT,
    WORD,
    ColumnType,
    FrameColumn,
    joined,
    share,
)
from duzhan.report.words import STATES, VERDICTS
from duzhan.requirements.results import Counts, Rate

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from fractions import Fraction

    from duzhan.compliance.issue_list import IssueLine
    from duzhan.compliance.points import CountyPoints, ItemPoints
    from duzhan.compliance.results import (
        CountyStatus,
        MilestoneResult,
        Overview,
    )
    from duzhan.model import County, Problem
    from duzhan.requirements.results import RequirementResult

Entry: TypeAlias = "Mapping[str, object]"

_LIGHTS = {"red": "红", "yellow": "黄", "green": "绿"}
_STATES = {state.value: word for state, word in STATES.items()}
_VERDICTS = {verdict.value: word for verdict, word in VERDICTS.items()}
_SEVERITIES = {"error": "错误", "warning": "提醒"}

_COUNTS = {
    "total": "问题总数",
    "closed": "已销号",
    "claimed": "待核验",
    "open": "未整改",
    "overdue": "超期",
    "no_due_date": "无整改期限",
    "invalid": "数据有误",
    "withdrawn": "已撤销",
    "extended": "已延期",
    "claims_without_date": "报称完成无日期",
}


# ---------------------------------------------------------------- one row a county


@dataclass(frozen=True, slots=True)
class StatusRow:
    """A county as of a day.

    Attributes:
        milestone: id of the current milestone; None after the last.
        days_left: until its deadline.
        status: the judgement.
    """

    milestone: str | None
    days_left: int | None
    status: CountyStatus


@dataclass(frozen=True, slots=True)
class DayRow:
    """A county on a day."""

    day: dt.date
    status: CountyStatus


def day_rows(overviews: Sequence[Overview]) -> Iterator[DayRow]:
    """One row a county and day."""
    for overview in overviews:
        for status in overview.counties:
            yield DayRow(overview.as_of, status)


HasStatus: TypeAlias = "StatusRow | DayRow"


def status_rows(overview: Overview) -> list[StatusRow]:
    """One row a county."""
    current = overview.current
    left = None if current is None else (current.deadline - overview.as_of).days
    return [StatusRow(current.id if current else None, left, one) for one in overview.counties]


def _points(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _of_status(
    name: str,
    label: str,
    kind: ColumnType,
    of: Callable[[CountyStatus], object],
    words: Mapping[str, str] | None = None,
) -> FrameColumn[HasStatus]:
    return FrameColumn(name, label, kind, lambda row: of(row.status), words)


def _count(name: str) -> FrameColumn[HasStatus]:
    return _of_status(name, _COUNTS[name], COUNT, lambda one: getattr(one.counts, name, None))


def _rate(row: HasStatus) -> Rate | None:
    return row.status.rate


_COUNTED = (
    *(_count(field.name) for field in fields(Counts)),
    *share("rate", "整改达标率", _rate),
)
_NAME = _of_status("county", "县(市)", WORD, lambda one: one.county.name)
_LIGHT = _of_status("light", "红黄绿灯", WORD, lambda one: one.light.value, _LIGHTS)

STATUS: tuple[FrameColumn[StatusRow], ...] = (
    _NAME,
    _of_status("code", "代码", TEXT, lambda one: one.county.code),
    _LIGHT,
    _of_status("has_data", "有数据", FLAG, lambda one: one.has_data),
    *_COUNTED,
    _of_status(
        "score", "评分", NUMBER, lambda one: _points(one.score.points if one.score else None)
    ),
    _of_status("assessor", "评估方", WORD, lambda one: one.score and one.score.assessor),
    _of_status("scored_on", "评估日期", DAY, lambda one: one.score and one.score.day),
    FrameColumn("milestone", "当前节点", WORD, lambda row: row.milestone),
    FrameColumn("days_left", "剩余天数", COUNT, lambda row: row.days_left),
    _of_status("closures_needed", "还需销号", COUNT, lambda one: one.gap and one.gap.closures),
    _of_status("points_needed", "评分差", NUMBER, lambda one: one.gap and _points(one.gap.points)),
    _of_status(
        "tasks_needed", "未完成任务", TEXT, lambda one: one.gap and joined(one.gap.deliverables)
    ),
    _of_status("on_course", "照此速度按期", FLAG, lambda one: one.gap and one.gap.on_course),
    _of_status("needs", "还差", TEXT, lambda one: one.gap and joined(one.gap.words)),
    _of_status("weeks_unsupervised", "连续未督战周数", COUNT, lambda one: one.weeks_unsupervised),
    _of_status("last_on_site", "最近实地督战", DAY, lambda one: one.last_on_site),
    _of_status("reasons", "理由", TEXT, lambda one: joined(one.reasons)),
)


# ---------------------------------------------------------------- one row a requirement


@dataclass(frozen=True, slots=True)
class RequirementRow:
    """A requirement of a milestone and how a county stands to it."""

    county: County
    milestone: MilestoneResult
    judged: RequirementResult


def requirement_rows(overview: Overview) -> list[RequirementRow]:
    """One row a county, milestone and requirement."""
    return [
        RequirementRow(status.county, result, judged)
        for status in overview.counties
        for result in status.milestones
        for judged in result.requirements
    ]


def _share_of(row: RequirementRow) -> Rate | None:
    actual = row.judged.actual
    return actual if isinstance(actual, Rate) else None


def _actual(row: RequirementRow) -> float | None:
    actual = row.judged.actual
    return None if actual is None else actual.numerator / actual.denominator


# The float is there for points as well.
_CLOSED, _OF_ALL, _ = share("actual", "实际", _share_of)

REQUIREMENTS: tuple[FrameColumn[RequirementRow], ...] = (
    OF_COUNTY,
    FrameColumn("milestone", "节点", WORD, lambda row: row.milestone.milestone.id),
    FrameColumn("deadline", "截止日", DAY, lambda row: row.milestone.milestone.deadline),
    FrameColumn("kind", "类别", WORD, lambda row: row.judged.requirement.kind),
    FrameColumn("name", "要求", WORD, lambda row: row.judged.requirement.name),
    FrameColumn("required", "应达到", TEXT, lambda row: row.judged.requirement.required),
    FrameColumn("threshold", "门槛", NUMBER, lambda row: _points(row.judged.requirement.threshold)),
    _CLOSED,
    _OF_ALL,
    FrameColumn("actual", "实际", NUMBER, _actual),
    FrameColumn("completed_on", "完成日期", DAY, lambda row: row.judged.completed_on),
    FrameColumn("verdict", "判定", WORD, lambda row: row.judged.verdict.value, _VERDICTS),
    FrameColumn("interpreted", "解释值", FLAG, lambda row: row.judged.requirement.interpreted),
    FrameColumn("clause", "出处", TEXT, lambda row: row.judged.requirement.clause),
    FrameColumn("sentence", "原文", TEXT, lambda row: row.judged.requirement.sentence),
)


# ---------------------------------------------------------------- one row an issue

ISSUES: tuple[FrameColumn[IssueLine], ...] = (
    FrameColumn("id", "编号", TEXT, lambda line: line.id),
    FrameColumn("county", "县(市)", WORD, lambda line: line.county),
    FrameColumn("state", "状态", WORD, lambda line: line.state.value, _STATES),
    FrameColumn("description", "问题描述", TEXT, lambda line: line.description),
    FrameColumn("location", "地点", TEXT, lambda line: line.location),
    FrameColumn("action", "专项行动", WORD, lambda line: line.action or None),
    FrameColumn("source", "问题来源", WORD, lambda line: line.source or None),
    FrameColumn("responsible_unit", "责任单位", TEXT, lambda line: line.unit),
    FrameColumn("responsible_person", "责任人", TEXT, lambda line: line.person),
    FrameColumn("found_on", "发现日期", DAY, lambda line: line.found_on),
    FrameColumn("due_on", "整改期限", DAY, lambda line: line.due_on),
    FrameColumn("days_overdue", "超期天数", COUNT, lambda line: line.days_overdue),
    FrameColumn("original_due_on", "原整改期限", DAY, lambda line: line.original_due_on),
    FrameColumn("extensions", "延期次数", COUNT, lambda line: line.extensions),
    FrameColumn("verifier", "核验人", TEXT, lambda line: line.verifier),
    FrameColumn("remark", "备注", TEXT, lambda line: line.remark),
)


def issue_columns(lines: Sequence[IssueLine]) -> tuple[FrameColumn[IssueLine], ...]:
    """The columns of issues, and behind them the lists' own under their headings."""
    taken = {name for column in ISSUES for name in (column.name, column.label)}
    own = dict.fromkeys(heading for line in lines for heading in line.columns)
    return (*ISSUES, *(_own(heading, taken) for heading in own))


def _own(heading: str, taken: set[str]) -> FrameColumn[IssueLine]:
    name = f"{heading}（2）" if heading in taken else heading
    return FrameColumn(name, name, TEXT, lambda line: line.columns.get(heading))


# ---------------------------------------------------------------- points by item


@dataclass(frozen=True, slots=True)
class PointRow:
    """An item of a county's latest assessment item by item."""

    county: County
    points: CountyPoints
    item: ItemPoints

    @property
    def fewest(self) -> bool:
        """Whether it is one of the fewest items that reach the line."""
        plan = self.points.fewest
        return plan is not None and plan.reaches and self.item in plan.items


def point_rows(points: Sequence[CountyPoints]) -> list[PointRow]:
    """One row a county and item, most lost first."""
    return [PointRow(one.county, one, item) for one in points for item in one.items]


def _behind(row: PointRow, name: str) -> int | None:
    return None if row.item.issues is None else int(getattr(row.item.issues, name))


POINTS: tuple[FrameColumn[PointRow], ...] = (
    OF_COUNTY,
    FrameColumn("assessor", "评估方", WORD, lambda row: row.points.score.assessor),
    FrameColumn("scored_on", "评估日期", DAY, lambda row: row.points.score.day),
    FrameColumn("id", "分项编号", TEXT, lambda row: row.item.item.id),
    FrameColumn("category", "类别", WORD, lambda row: row.item.item.category or None),
    FrameColumn("item", "分项", TEXT, lambda row: row.item.item.name),
    FrameColumn("full", "分值", NUMBER, lambda row: _points(row.item.item.full)),
    FrameColumn("points", "得分", NUMBER, lambda row: _points(row.item.points)),
    FrameColumn("lost", "失分", NUMBER, lambda row: _points(row.item.lost)),
    FrameColumn("before", "上次得分", NUMBER, lambda row: _points(row.item.before)),
    FrameColumn("reason", "扣分原因", TEXT, lambda row: row.item.why),
    FrameColumn("open_issues", "未整改问题", COUNT, lambda row: _behind(row, "open")),
    FrameColumn("claimed_issues", "待核验问题", COUNT, lambda row: _behind(row, "claimed")),
    FrameColumn("fewest", "补齐即达到", FLAG, lambda row: row.fewest),
)


# ---------------------------------------------------------------- days, problems


TREND: tuple[FrameColumn[DayRow], ...] = (
    FrameColumn("day", "日期", DAY, lambda row: row.day),
    _NAME,
    _LIGHT,
    *_COUNTED,
)

PROBLEMS: tuple[FrameColumn[Problem], ...] = (
    FrameColumn("severity", "轻重", WORD, lambda one: one.severity, _SEVERITIES),
    FrameColumn("file", "文件", WORD, lambda one: one.file),
    FrameColumn("sheet", "工作表", TEXT, lambda one: one.sheet),
    FrameColumn("line", "行", COUNT, lambda one: one.line),
    FrameColumn("column", "列", TEXT, lambda one: one.column),
    FrameColumn("value", "原值", TEXT, lambda one: one.value),
    FrameColumn("code", "类型", WORD, lambda one: one.code),
    FrameColumn("message", "说明", TEXT, lambda one: one.message),
)


# ---------------------------------------------------------------- lists taken in


def _entry(name: str, label: str, kind: ColumnType) -> FrameColumn[Entry]:
    return FrameColumn(name, label, kind, lambda entry: entry.get(name))


IMPORT_: tuple[FrameColumn[Entry], ...] = (
    _entry("file", "文件", TEXT),
    _entry("sheet", "工作表", TEXT),
    _entry("county", "县(市)", WORD),
    _entry("encoding", "编码", TEXT),
    _entry("rows", "行数", COUNT),
    _entry("added", "新增", COUNT),
    _entry("updated", "更新", COUNT),
    _entry("unchanged", "未变", COUNT),
    _entry("rejected", "拒收", COUNT),
    _entry("skipped", "跳过", COUNT),
    _entry("refused_cells", "拒读格", COUNT),
    _entry("missing", "不见了的", LIST),
    _entry("moved_dates", "推迟的", LIST),
    _entry("backdated", "补录的", LIST),
    _entry("renumbered", "另编号的", LIST),
    _entry("numbered", "编了号的行", COUNT),
    _entry("kept_columns", "县里自己的列", LIST),
    _entry("joined_columns", "合在一起的列", LIST),
    _entry("ambiguous_columns", "不能定的列", LIST),
    _entry("dated_claims", "按导入当天报完成的", LIST),
    _entry("reworded", "改写的", LIST),
    _entry("suspected", "疑似同一问题", LIST),
    _entry("added_closed", "新增时已销号", COUNT),
    _entry("missing_closed", "不见了的已销号", COUNT),
    _entry("pictures", "图片", COUNT),
    _entry("hidden", "隐藏的", LIST),
    _entry("rejected_to", "退回到", TEXT),
)
