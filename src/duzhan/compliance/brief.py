"""What a leader must know in a minute: counties worst first, the gravest issues, who must act.

Taken from a week's result, figure for figure; nothing is counted anew (SPEC section 8).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duzhan.compliance.ranking import ranked
from duzhan.requirements import SCORE, judged_of

if TYPE_CHECKING:
    from duzhan.compliance.duty_streaks import GroupWeek
    from duzhan.compliance.issue_list import IssueLine
    from duzhan.compliance.points import FewestItems
    from duzhan.compliance.quality import Quality
    from duzhan.compliance.results import CountyStatus, Forecast
    from duzhan.compliance.week_report import WeekReport
    from duzhan.model import Group
    from duzhan.requirements.results import Rate, RequirementResult

GRAVEST = 3
# Without a supervision on site for so long, a group is named 〔六(一)〕.
LONG_AWAY = dt.timedelta(days=21)


@dataclass(frozen=True, slots=True)
class CountyBrief:
    """A county's line.

    Attributes:
        now: how it stands.
        before: how it stood on the Sunday before; None if the campaign had not begun.
        forecast: its pace towards the current milestone.
        score: the current milestone's score; None if it asks for none.
    """

    now: CountyStatus
    before: CountyStatus | None
    forecast: Forecast
    score: RequirementResult | None


@dataclass(frozen=True, slots=True)
class Grave:
    """An issue that cannot wait.

    Attributes:
        issue: which one.
        days: how long overdue, or how long its claim has waited.
        waiting: whether it is a claim that nobody has verified.
    """

    issue: IssueLine
    days: int
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """What a group has to do about its county.

    Attributes:
        group: who is asked.
        status: how its county stands.
        claims: claims to verify; longest: for how many days the oldest has waited.
        verified: the rate once all of them are verified; None without claims.
        weeks_idle: weeks in a row without supervision, the reported one included; 0 if
            there was one, or none was expected.
        days_away: days since the last supervision on site, None if there never was one;
            away: whether that is too long.
        list_missing, report_missing: whether the county owes its list, or its weekly report.
        faulty: issues whose cells somebody must correct.
        fewest: the fewest items that reach the line; None if nobody can tell.
    """

    group: Group
    status: CountyStatus
    claims: int
    longest: int
    verified: Rate | None
    weeks_idle: int
    days_away: int | None
    away: bool
    list_missing: bool
    report_missing: bool
    faulty: int
    fewest: FewestItems | None = None


@dataclass(frozen=True, slots=True)
class Brief:
    """The week on one page.

    Attributes:
        report: the week's result that it is taken from.
        counties: worst first.
        gravest: at most `GRAVEST`, overdue ones first, then claims that wait too long.
        asks: one a group, in the order of the counties.
    """

    report: WeekReport
    counties: tuple[CountyBrief, ...]
    gravest: tuple[Grave, ...]
    asks: tuple[Ask, ...]

    @property
    def closures(self) -> int:
        """Closures that the counties still need for the current milestone, each its own."""
        return sum((one.now.gap.closures or 0) for one in self.counties if one.now.gap)


def brief_of(report: WeekReport) -> Brief:
    """Take the brief from a week's result.

    Args:
        report: of all counties, or of one.
    """
    code = {status.county.code: at for at, status in enumerate(report.status.counties)}
    waits = report.claims.by_county
    counties, asks = [], []
    for status in ranked(report.status.counties):
        at = code[status.county.code]
        before = report.previous.counties[at] if report.week.has_before else None
        counties.append(
            CountyBrief(status, before, report.forecasts[at], current(status, report, SCORE))
        )
        claims = waits.get(status.county.name, (0, 0))
        asks.append(_ask(report, status, report.duties[at], claims, report.quality[at]))
    return Brief(report, tuple(counties), gravest(report), tuple(asks))


def current(status: CountyStatus, report: WeekReport, kind: str) -> RequirementResult | None:
    """The current milestone's first requirement of a kind, as it stands for a county."""
    for ahead in status.milestones:
        if report.milestone is not None and ahead.milestone.id == report.milestone.id:
            return next(iter(judged_of(ahead.requirements, kind)), None)
    return None


def gravest(report: WeekReport) -> tuple[Grave, ...]:
    """The issues that have been overdue longest; then the claims that have waited longest."""
    late = [Grave(line, line.days_overdue or 0) for line in report.overdue[:GRAVEST]]
    debts = [Grave(one.issue, one.days, waiting=True) for one in report.debts[:GRAVEST]]
    return tuple([*late, *debts][:GRAVEST])


def _ask(
    report: WeekReport,
    status: CountyStatus,
    duties: GroupWeek,
    claims: tuple[int, int],
    quality: Quality,
) -> Ask:
    counts, day, (number, longest) = status.counts, report.week.as_of, claims
    away = None if duties.last_on_site is None else (day - duties.last_on_site).days
    owed = duties.week.report_expected and duties.week.report is None
    expected = duties.week.supervision_expected
    goes = bool(report.rules.vocabularies.on_site_methods)
    return Ask(
        group=duties.group,
        status=status,
        claims=number,
        longest=longest,
        verified=status.claimed_rate if counts is not None and number else None,
        weeks_idle=max(1, duties.weeks_unsupervised) if duties.unsupervised else 0,
        days_away=away,
        away=expected and goes and (away is None or away > LONG_AWAY.days),
        list_missing=counts is None,
        report_missing=owed,
        faulty=quality.invalid,
        fewest=next(
            (one.fewest for one in report.points if one.county.code == status.county.code), None
        ),
    )
