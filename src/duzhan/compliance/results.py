"""What judgement gives: small frozen values that every output is rendered from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from duzhan.requirements.results import Rate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duzhan.model import (
        County,
        CountyReport,
        Light,
        Milestone,
        Requirement,
        Score,
        Supervision,
    )
    from duzhan.requirements.results import Counts, RequirementResult


# The pace is taken from the closures of these days (SPEC section 8).
WINDOW = dt.timedelta(days=14)
# From fewer closures than these nothing follows.
FEWEST = 2
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted, each figure by county in the order asked for.

    Attributes:
        counts: the counts as of each day, ascending.
        closures: of some days: issues closed then that were not, or were not found,
            `WINDOW` before.
    """

    counts: Mapping[dt.date, Sequence[Counts]]
    closures: Mapping[dt.date, Sequence[int]]


@dataclass(frozen=True, slots=True)
class MilestoneResult:
    """A milestone's requirements in the order score, rate, deliverables."""

    milestone: Milestone
    requirements: tuple[RequirementResult, ...]


@dataclass(frozen=True, slots=True)
class WeekDuties:
    """The two duties of a week, as of a day.

    Attributes:
        monday: the week's first day.
        supervision_expected: whether the week lies in the period of weekly duties.
        supervisions: those of the week, not after the day.
        report_expected: whether the county owes a report for the week.
        report: the report that counts, None if none was sent by the day.
    """

    monday: dt.date
    supervision_expected: bool
    supervisions: tuple[Supervision, ...]
    report_expected: bool
    report: CountyReport | None

    @property
    def sunday(self) -> dt.date:
        """The week's last day."""
        return self.monday + dt.timedelta(days=6)

    @property
    def on_time(self) -> bool | None:
        """Whether the report came in or before its week's Sunday; None without a report."""
        return None if self.report is None else self.report.day <= self.sunday


@dataclass(frozen=True, slots=True)
class Gap:
    """What a county still needs for the current milestone.

    Attributes:
        closures: further verified closures at today's number of issues; None without
            data, or if no rate is asked for.
        points: points up to the line, 0 if it is reached; None if no assessment that
            can be read counts yet, or none is asked for.
        deliverables: tasks not completed.
        score_met: whether nothing is missing in the score.
        on_course: whether the rate is reached, or will be by the deadline at the present
            pace; None for 数据不足, without data, or if no rate is asked for.
        words: all that is lacking, named and measured, in the order of the requirements.
        other: those of them that are neither closures, points nor tasks.
    """

    closures: int | None
    points: Fraction | None
    score_met: bool
    deliverables: tuple[str, ...]
    on_course: bool | None
    words: tuple[str, ...]
    other: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Forecast:
    """A county's pace against the pace that the current milestone asks for.

    Nothing is forecast about issues still to be found: the number of issues is
    taken as it is on the day.

    Attributes:
        county: whose it is.
        has_data: False while the county has no list; everything else is empty then.
        milestone: the current milestone; None after the last, or if it asks for no rate.
        requirement: its rate.
        closed: closures of the last 14 days (closed now, and not then).
        closures: further closures that reach the rate at today's number of issues.
        days_left: days until the deadline, today not counted.
        reached_on: the day on which the rate is reached at that pace; None without a
            pace, and if it is reached already.
    """

    county: County
    has_data: bool
    milestone: Milestone | None
    requirement: Requirement | None
    closed: int
    closures: int
    days_left: int
    reached_on: dt.date | None

    @property
    def reached(self) -> bool:
        """Whether nothing is missing today."""
        return self.has_data and self.requirement is not None and self.closures == 0

    @property
    def enough(self) -> bool:
        """Whether there were enough closures to tell a pace (else 数据不足)."""
        return self.closed >= FEWEST

    @property
    def pace(self) -> Fraction | None:
        """Closures per week in the last 14 days; None if there were too few."""
        return Fraction(self.closed * _WEEK, WINDOW.days) if self.enough else None

    @property
    def needed(self) -> Fraction | None:
        """Closures per week that reach the rate by the deadline; None on its last day."""
        return Fraction(self.closures * _WEEK, self.days_left) if self.days_left else None

    @property
    def in_time(self) -> bool | None:
        """Whether the rate is reached by the deadline at that pace; None if nothing tells."""
        if self.reached:
            return True
        if self.reached_on is None or self.milestone is None:
            return None
        return self.reached_on <= self.milestone.deadline


@dataclass(frozen=True, slots=True)
class CountyStatus:
    """Where a county stands as of a day, and why.

    Attributes:
        has_data: whether there is a list (or a confirmed report of no issues).
        counts: the issues; None without data.
        rate, claimed_rate: None without data or without issues.
        score: the latest assessment by anybody but the county itself.
        reasons: why the light is not green, in words, worst first; of a green one what is true.
        week: this week's duties; last_week: those of the latest complete week.
        weeks_unsupervised: complete weeks in a row, up to the latest, without supervision.
        last_on_site: the latest supervision on site.
        gap: towards the current milestone; None after the last, and before the campaign.
        forecast: when the current milestone's rate would be reached at the present pace.
        missing_list: why there is no data, in words; empty with data.
    """

    county: County
    light: Light
    reasons: tuple[str, ...]
    has_data: bool
    missing_list: str
    counts: Counts | None
    score: Score | None
    milestones: tuple[MilestoneResult, ...]
    week: WeekDuties
    last_week: WeekDuties
    weeks_unsupervised: int
    last_on_site: dt.date | None
    gap: Gap | None
    forecast: Forecast

    @property
    def rate(self) -> Rate | None:
        """整改达标率: closed among existing issues."""
        if self.counts is None or self.counts.total == 0:
            return None
        return Rate(self.counts.closed, self.counts.total)

    @property
    def unsettled(self) -> bool:
        """Whether an issue is not closed, or there is no data: the county owes reports."""
        return self.counts is None or not self.counts.settled

    @property
    def claimed_rate(self) -> Rate | None:
        """The rate that the county claims; it never decides."""
        if self.counts is None or self.counts.total == 0:
            return None
        return Rate(self.counts.closed + self.counts.claimed, self.counts.total)


@dataclass(frozen=True, slots=True)
class Overview:
    """All counties as of a day, in the roster's order."""

    as_of: dt.date
    current: Milestone | None
    counties: tuple[CountyStatus, ...]
