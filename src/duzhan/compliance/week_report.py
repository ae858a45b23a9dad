"""The result of a week: everything that the weekly report, dashboard and mails say of it.

One value from one computation; every rendering shows its parts and computes none.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from duzhan.compliance.duty_streaks import (
    GroupWeek,
    ReportFigures,
    group_weeks,
    report_figures,
    report_streaks,
)
from duzhan.compliance.flow import Flow, Movement, total
from duzhan.compliance.forecast import forecasts
from duzhan.compliance.week_part import Asked, gathered
from duzhan.weeks import WEEK, monday_of, week_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from duzhan.compliance.breakdown import Breakdown
    from duzhan.compliance.issue_list import IssueList
    from duzhan.compliance.outside import Difference
    from duzhan.compliance.points import CountyPoints
    from duzhan.compliance.quality import Quality
    from duzhan.compliance.rechecks import Granted, RecheckShare
    from duzhan.compliance.results import CountyStatus, Forecast, Overview
    from duzhan.compliance.waiting_claims import WaitingList
    from duzhan.dataset.batches import CountyBatch
    from duzhan.dataset.provenance import Recorded
    from duzhan.dataset.registers import Registers
    from duzhan.model import (
        County,
        EscalationStep,
        Milestone,
        Records,
        Roster,
        Rules,
        Wording,
    )
    from duzhan.requirements.results import Counts

_SUNDAY = dt.timedelta(days=6)


@dataclass(frozen=True, slots=True)
class ReportedWeek:
    """The week reported on.

    Attributes:
        monday: its first day.
        as_of: the day of the figures: its Sunday, or today or the campaign's last day if earlier.
        number: 1 for the week that holds `duties_from`; None for earlier weeks.
        has_before: whether the campaign had begun by the Sunday before.
    """

    monday: dt.date
    as_of: dt.date
    number: int | None
    has_before: bool

    @property
    def id(self) -> str:
        """Such as 2021-W25."""
        return week_id(self.monday)

    @property
    def sunday(self) -> dt.date:
        """The week's last day."""
        return self.monday + _SUNDAY

    @property
    def sunday_before(self) -> dt.date:
        """The day that `as_of` is compared with."""
        return self.monday - dt.timedelta(days=1)

    @property
    def complete(self) -> bool:
        """Whether the figures are those of the whole week."""
        return self.as_of == self.sunday


def reported_week(monday: dt.date, today: dt.date, rules: Rules) -> ReportedWeek:
    """Say of what day a week's figures are, and which issue of the report it is.

    Args:
        monday: the week's first day.
        today: no figure is of a later day.
        rules: the campaign.
    """
    first = monday_of(rules.duties_from)
    return ReportedWeek(
        monday=monday,
        as_of=min(monday + _SUNDAY, today, rules.end),
        number=(monday - first) // WEEK + 1 if monday >= first else None,
        has_before=monday - dt.timedelta(days=1) >= rules.start,
    )


@dataclass(frozen=True, slots=True)
class Mover:
    """A county, this week's figures beside those of the Sunday before."""

    before: CountyStatus
    now: CountyStatus

    @property
    def county(self) -> County:
        """Whose figures."""
        return self.now.county

    @property
    def light_changed(self) -> bool:
        """Whether the light is another."""
        return self.before.light is not self.now.light


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the report was made from.

    Attributes:
        digest: SHA-256 over the dataset's files.
        source: the document that the rules are transcribed from.
        version: of the program.
    """

    digest: str
    source: str
    version: str


@dataclass(frozen=True, slots=True)
class WeekReport:
    """The result of a week.

    Attributes:
        rules: the campaign: what it asks for, and what it calls its things.
        roster: its groups and offices.
        week: the week reported on, with `as_of`.
        county: the only county it is about; None for the whole prefecture.
        status: the judgement as of `week.as_of`, counties in the roster's order.
        previous: the same for the Sunday before.
        flow: each county's movement between those two days, in the same order.
        duties: each group's week, in the same order.
        overdue: overdue issues, longest first.
        claims: claims not verified, longest first.
        forecasts: each county's pace towards the current milestone, in the same order.
        quality: doubts about each county's list, in the same order.
        provenance: what it was made from.
        sample: the line that marks synthetic data; None for real data.
        breakdown: what each county's issues that are not closed are about, in the same order.
        outside: whether a county's report speaks about the county, to its group; else it is
            the county's own draft, to sign and send.
        granted: extensions approved in the week, in the register's order.
        rechecks: of closed issues up to `week.as_of`, by county in the same order.
        points: where points were lost, in the same order; of those counties alone whose
            assessments are known item by item.
    """

    rules: Rules
    roster: Roster
    week: ReportedWeek
    county: County | None
    status: Overview
    previous: Overview
    flow: tuple[Flow, ...]
    duties: tuple[GroupWeek, ...]
    overdue: IssueList
    claims: WaitingList
    forecasts: tuple[Forecast, ...]
    quality: tuple[Quality, ...]
    provenance: Provenance
    sample: str | None
    breakdown: tuple[Breakdown, ...] = ()
    outside: bool = False
    granted: tuple[Granted, ...] = ()
    rechecks: tuple[RecheckShare, ...] = ()
    points: tuple[CountyPoints, ...] = ()

    @property
    def campaign(self) -> str:
        """The campaign's name."""
        return self.rules.name

    @property
    def wording(self) -> Wording:
        """What the campaign calls its things."""
        return self.rules.wording

    @property
    def steps(self) -> tuple[EscalationStep, ...]:
        """How overdue issues go up, by days."""
        return self.rules.escalation

    @property
    def total(self) -> Movement:
        """All counties' movements, added up."""
        return total(self.flow)

    @property
    def movers(self) -> tuple[Mover, ...]:
        """Each county now and before."""
        pairs = zip(self.previous.counties, self.status.counties, strict=True)
        return tuple(Mover(before, now) for before, now in pairs)

    @property
    def reports(self) -> ReportFigures:
        """The counties' reports for the week."""
        return report_figures([group.week for group in self.duties])

    @property
    def milestone(self) -> Milestone | None:
        """The current milestone; None after the last."""
        return self.status.current

    @property
    def days_left(self) -> int | None:
        """Days until the current milestone's deadline."""
        if self.status.current is None:
            return None
        return (self.status.current.deadline - self.week.as_of).days

    @property
    def debts(self) -> WaitingList:
        """Claims that have waited for more than a week: the groups' debt."""
        return self.claims.overlong

    def of(self, county: County) -> WeekReport:
        """The part that is about one county."""
        at = next(
            index for index, s in enumerate(self.status.counties) if s.county.code == county.code
        )
        return replace(
            self,
            county=county,
            status=replace(self.status, counties=self.status.counties[at : at + 1]),
            previous=replace(self.previous, counties=self.previous.counties[at : at + 1]),
            flow=self.flow[at : at + 1],
            duties=self.duties[at : at + 1],
            overdue=self.overdue.of(county.name),
            claims=self.claims.of(county.name),
            forecasts=self.forecasts[at : at + 1],
            quality=self.quality[at : at + 1],
            breakdown=self.breakdown[at : at + 1],
            granted=tuple(one for one in self.granted if one.county == county.name),
            rechecks=self.rechecks[at : at + 1],
            points=tuple(one for one in self.points if one.county.code == county.code),
        )

    def about(self, county: County) -> WeekReport:
        """The part that is about one county, as others write of it."""
        return replace(self.of(county), outside=True)


@dataclass(frozen=True, slots=True)
class Sources:
    """What a week's result is made from.

    Attributes:
        rules, roster: the configuration.
        batches: gives the issues, some counties at a time.
        registers: extensions, rechecks and evidence about all their issues.
        missing: names of the counties without data.
        counted: the counties' counts on all `duties.streak_days`, in the roster's order.
        records: scores, supervisions, reports.
        recorded: what the journal tells of them; None without a journal.
        provenance: of all of it.
        sample: the line that marks synthetic data; None for real data.
        outside: county name to its ledger, if that was changed without the tool.
        points: where points were lost, as of the week's day.
    """

    rules: Rules
    roster: Roster
    batches: Callable[[], Iterable[CountyBatch]]
    registers: Registers
    missing: Mapping[str, str]
    counted: Mapping[dt.date, Sequence[Counts]]
    records: Records
    recorded: Recorded | None
    provenance: Provenance
    sample: str | None
    outside: Mapping[str, Difference] = field(default_factory=dict)
    points: tuple[CountyPoints, ...] = ()


def report_week(
    week: ReportedWeek,
    county: County | None,
    overviews: Mapping[dt.date, Overview],
    sources: Sources,
) -> WeekReport:
    """Gather the result of a week.

    Args:
        week: the week reported on.
        county: the only county that it is about; None for all.
        overviews: the judgements as of `week.as_of` and `week.sunday_before`, of
            the counties that the report is about.
        sources: what it is made from.
    """
    rules, roster = sources.rules, sources.roster
    now, before = overviews[week.as_of], overviews[week.sunday_before]
    asked = Asked(
        rules, now, week.sunday_before, week.monday, sources.recorded, sources.registers,
        sources.outside,
    )  # fmt: skip
    found = gathered(sources.batches(), asked)
    streaks = report_streaks(
        sources.counted, sources.missing, sources.records.reports, rules, roster.counties, now.as_of
    )
    return WeekReport(
        rules=rules,
        roster=roster,
        week=week,
        county=county,
        status=now,
        previous=before,
        flow=found.flow,
        duties=group_weeks(streaks, sources.records, roster, now),
        overdue=found.overdue.at(np.argsort(-found.overdue.days_overdue, kind="stable")),
        claims=found.claims,
        forecasts=forecasts(now),
        quality=found.quality,
        provenance=sources.provenance,
        sample=sources.sample,
        breakdown=found.breakdown,
        granted=tuple(found.granted.values()),
        points=sources.points,
        rechecks=found.rechecks,
    )
