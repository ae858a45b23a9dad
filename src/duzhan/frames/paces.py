"""One row a county of what moved, what was done each week, and how fast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duzhan.frames.columns import (
    COUNT,
    DAY,
    FLAG,
    OF_COUNTY,
    WORD,
    FrameColumn,
    share,
)
from duzhan.weeks import week_id

if TYPE_CHECKING:
    import datetime as dt
    from fractions import Fraction

    from duzhan.compliance.flow import Flow
    from duzhan.compliance.results import (
        Forecast,
        WeekDuties,
    )
    from duzhan.model import County


def _moved(name: str, label: str) -> FrameColumn[Flow]:
    return FrameColumn(name, label, COUNT, lambda flow: getattr(flow.movement, name, None))


FLOW: tuple[FrameColumn[Flow], ...] = (
    OF_COUNTY,
    _moved("opening", "期初未销号"),
    _moved("new", "新增"),
    _moved("closed", "销号"),
    _moved("sent_back", "退回"),
    _moved("closing", "期末未销号"),
)


@dataclass(frozen=True, slots=True)
class DutyRow:
    """A county's week."""

    county: County
    week: WeekDuties


def _on_site(week: WeekDuties) -> int:
    return sum(supervision.on_site for supervision in week.supervisions)


def _submitted_on(week: WeekDuties) -> dt.date | None:
    return week.report.day if week.report else None


DUTIES: tuple[FrameColumn[DutyRow], ...] = (
    OF_COUNTY,
    FrameColumn("week", "周", WORD, lambda row: week_id(row.week.monday)),
    FrameColumn("monday", "周一", DAY, lambda row: row.week.monday),
    FrameColumn("supervision_expected", "应督战", FLAG, lambda row: row.week.supervision_expected),
    FrameColumn("supervisions", "督战次数", COUNT, lambda row: len(row.week.supervisions)),
    FrameColumn("on_site", "实地次数", COUNT, lambda row: _on_site(row.week)),
    FrameColumn("report_expected", "应报送", FLAG, lambda row: row.week.report_expected),
    FrameColumn("submitted_on", "报送日期", DAY, lambda row: _submitted_on(row.week)),
    FrameColumn("on_time", "按时", FLAG, lambda row: row.week.on_time),
    FrameColumn("complete", "完整", FLAG, lambda row: row.week.report and row.week.report.complete),
)


def _required(one: Forecast) -> Fraction | None:
    return None if one.requirement is None else one.requirement.threshold


def _pace(one: Forecast) -> Fraction | None:
    return one.pace


def _pace_needed(one: Forecast) -> Fraction | None:
    return one.needed


def _if_any(one: Forecast, value: int) -> int | None:
    return None if one.milestone is None else value


_REQUIRED = share("required", "应达到", _required)


_PACE = share("pace", "每周销号", _pace)


_PACE_NEEDED = share("pace_needed", "每周应销号", _pace_needed)


_ENDS: tuple[FrameColumn[Forecast], ...] = (
    FrameColumn("days_left", "剩余天数", COUNT, lambda one: _if_any(one, one.days_left)),
    FrameColumn("reached_on", "预计达到", DAY, lambda one: one.reached_on),
    FrameColumn("in_time", "按期", FLAG, lambda one: one.in_time),
)


FORECAST: tuple[FrameColumn[Forecast], ...] = (
    OF_COUNTY,
    FrameColumn("milestone", "节点", WORD, lambda one: one.milestone and one.milestone.id),
    FrameColumn("deadline", "截止日", DAY, lambda one: one.milestone and one.milestone.deadline),
    *_REQUIRED,
    FrameColumn(
        "closed_14_days", "近14天销号", COUNT, lambda one: one.closed if one.has_data else None
    ),
    *_PACE,
    FrameColumn("closures_needed", "还需销号", COUNT, lambda one: _if_any(one, one.closures)),
    *_PACE_NEEDED,
    *_ENDS,
)
