"""Who did the weekly duties, and for how many weeks in a row somebody did not 〔六(二)〕."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duzhan.compliance.week_duties import has_duties, report_of
from duzhan.model import UNNAMED
from duzhan.weeks import WEEK, last_complete_monday, monday_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duzhan.compliance.results import CountyStatus, Overview, WeekDuties
    from duzhan.model import County, CountyReport, Group, Records, Roster, Rules, Supervision
    from duzhan.requirements.results import Counts

_SUNDAY = dt.timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Streaks:
    """Complete weeks in a row, up to the latest, in which a county's report was wanting.

    Attributes:
        missed: weeks for which no report came by the day of the judgement.
        not_on_time: weeks whose report came after their Sunday, or not at all.
    """

    missed: int = 0
    not_on_time: int = 0


@dataclass(frozen=True, slots=True)
class GroupWeek:
    """The week of a group and its county.

    Attributes:
        group: the supervision group.
        week: its and the county's duties of the week.
        leaders: who led the supervisions, post and name, in their order, each once.
        weeks_unsupervised: complete weeks in a row, up to the latest, without supervision.
        supervisions: supervisions so far; on_site: how many of them were on site.
        last_on_site: day of the latest on site, None if there was none.
        streaks: of the county's reports.
    """

    group: Group
    week: WeekDuties
    leaders: tuple[str, ...]
    weeks_unsupervised: int
    supervisions: int
    on_site: int
    last_on_site: dt.date | None
    streaks: Streaks

    @property
    def county(self) -> County:
        """The county that the group supervises."""
        return self.group.county

    @property
    def unsupervised(self) -> bool:
        """Whether a supervision was expected in the week and there was none."""
        return self.week.supervision_expected and not self.week.supervisions

    @property
    def on_site_this_week(self) -> int:
        """How many of the week's supervisions were on site."""
        return sum(supervision.on_site for supervision in self.week.supervisions)

    @property
    def at_random_this_week(self) -> int:
        """How many of the week's supervisions came unannounced (随机督战)."""
        return sum(supervision.at_random for supervision in self.week.supervisions)


def group_weeks(
    streaks: Mapping[str, Streaks], records: Records, roster: Roster, overview: Overview
) -> tuple[GroupWeek, ...]:
    """Gather the week that holds the overview's day, for every group.

    Args:
        streaks: of the weekly reports, by county's name.
        records: supervisions.
        roster: the groups.
        overview: the judgement as of the day.
    """
    done: dict[str, list[Supervision]] = {}
    for one in records.supervisions:
        if one.day <= overview.as_of:
            done.setdefault(one.county, []).append(one)
    return tuple(
        _group_week(
            roster.group_of(status.county), status, done.get(status.county.name, ()),
            streaks[status.county.name],
        )
        for status in overview.counties
    )  # fmt: skip


def _group_week(
    group: Group, status: CountyStatus, done: Sequence[Supervision], streaks: Streaks
) -> GroupWeek:
    return GroupWeek(
        group=group,
        week=status.week,
        leaders=tuple(
            dict.fromkeys(leader_of(group, s.leader) for s in status.week.supervisions if s.leader)
        ),
        weeks_unsupervised=status.weeks_unsupervised,
        supervisions=len(done),
        on_site=sum(supervision.on_site for supervision in done),
        last_on_site=status.last_on_site,
        streaks=streaks,
    )


def leader_of(group: Group, written: str) -> str:
    """Who led, with post: a bare name of the record gets the post that the roster gives it.

    王毅 is two people: which of them a record means follows from its group.
    """
    bare = "".join(written.split())
    for seat in group.memberships:
        if seat.person is not None and "".join(seat.person.split()) == bare:
            return seat.display
        if seat.person is None and bare == "".join("、".join(seat.posts).split()):
            return f"{written}{UNNAMED}"
    return written


def report_streaks(
    counted: Mapping[dt.date, Sequence[Counts]],
    missing: Mapping[str, str],
    reports: Sequence[CountyReport],
    rules: Rules,
    counties: Sequence[County],
    day: dt.date,
) -> dict[str, Streaks]:
    """Look back week by week until every county's streak has ended.

    A week in which no report was expected ends a streak.

    Args:
        counted: the counts of `counties` on all `streak_days`.
        missing: names of the counties without data.
        reports: the counties' reports.
        rules: the campaign.
        counties: in the roster's order.
        day: as of which day; only complete weeks count.
    """
    ours: dict[str, list[CountyReport]] = {county.name: [] for county in counties}
    for report in reports:
        ours.setdefault(report.county, []).append(report)
    missed = dict.fromkeys(ours, 0)
    late = dict.fromkeys(ours, 0)
    in_missed, in_late = set(ours), set(ours)
    for sunday in streak_days(day, rules):
        monday = sunday - _SUNDAY
        for county, figures in zip(counties, counted[sunday], strict=True):
            name = county.name
            told = report_of(ours[name], monday, day)
            owed = name in missing or figures.closed < figures.total
            if not owed or (told is not None and told.day <= sunday):
                in_late.discard(name)
            if not owed or told is not None:
                in_missed.discard(name)
            late[name] += name in in_late
            missed[name] += name in in_missed
    return {name: Streaks(missed[name], late[name]) for name in ours}


def streak_days(day: dt.date, rules: Rules) -> list[dt.date]:
    """Last days of the complete weeks with duties, latest first."""
    monday = min(last_complete_monday(day), monday_of(rules.end))
    sundays = []
    while has_duties(monday, rules):
        sundays.append(min(day, monday + _SUNDAY))
        monday -= WEEK
    return sundays


@dataclass(frozen=True, slots=True)
class ReportFigures:
    """The counties' reports of a week, as health reporting systems count them.

    Attributes:
        expected: counties that owe a report for the week.
        received: those of them whose report came by the day.
        on_time: those whose report came in or before the week's Sunday.
        complete: those whose report went to the group, with analysis, copied to both offices.
        beyond: counties that owe none and sent one all the same.
    """

    expected: int
    received: int
    on_time: int
    complete: int
    beyond: int


def report_figures(weeks: Sequence[WeekDuties]) -> ReportFigures:
    """Count the reports of one week."""
    owed = [week for week in weeks if week.report_expected]
    return ReportFigures(
        expected=len(owed),
        received=sum(week.report is not None for week in owed),
        on_time=sum(week.on_time is True for week in owed),
        complete=sum(week.report is not None and week.report.complete for week in owed),
        beyond=sum(week.report is not None for week in weeks if not week.report_expected),
    )
