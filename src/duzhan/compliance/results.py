"""What judgement gives: small frozen values that every output is rendered from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duzhan.model import (
        County,
        CountyReport,
        Light,
        Milestone,
        Requirement,
        Score,
        Supervision,
        Verdict,
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """A county's issues as of a day."""

    total: int
    closed: int
    claimed: int
    open: int
    overdue: int
    no_due_date: int
    invalid: int

    @property
    def settled(self) -> bool:
        """Whether every issue is closed (清单销号)."""
        return self.closed == self.total


@dataclass(frozen=True, slots=True)
class Rate:
    """Verified closures among existing issues, kept as whole numbers."""

    numerator: int
    denominator: int

    @property
    def value(self) -> Fraction:
        """The exact share."""
        return Fraction(self.numerator, self.denominator)


@dataclass(frozen=True, slots=True)
class RequirementResult:
    """A requirement's verdict as of a day.

    Attributes:
        requirement: the rule.
        verdict: how it stands.
        actual: points or rate that counted at min(D, T), for met_late at D; None if there are none.
        completed_on: a deliverable's earliest day of completion, not after D.
    """

    requirement: Requirement
    verdict: Verdict
    actual: Fraction | Rate | None = None
    completed_on: dt.date | None = None


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
        closures: further verified closures at today's number of issues.
        points: points up to the line; None if no assessment counts yet.
        deliverables: tasks not completed.
        score_met: whether nothing is missing in the score.
    """

    closures: int
    points: Fraction | None
    score_met: bool
    deliverables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountyStatus:
    """Where a county stands as of a day, and why.

    Attributes:
        has_data: whether there is a list (or a confirmed report of no issues).
        counts: the issues; None without data.
        rate, claimed_rate: None without data or without issues.
        score: the latest assessment by anybody but the county itself.
        reasons: why the light is not green, in words, worst first.
        week: this week's duties; last_week: those of the latest complete week.
        weeks_unsupervised: complete weeks in a row, up to the latest, without supervision.
        last_on_site: the latest supervision on site.
        gap: towards the current milestone; None after the last.
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
