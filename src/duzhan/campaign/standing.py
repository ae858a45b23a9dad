"""A campaign as of a day: what every command, mail and program asks, computed once."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from duzhan.campaign.campaign_files import CampaignFiles

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from duzhan.compliance.filters import Filters
    from duzhan.compliance.flow import Flow
    from duzhan.compliance.issue_list import IssueList, Listed
    from duzhan.compliance.outside import Difference
    from duzhan.compliance.points import CountyPoints
    from duzhan.compliance.quality import Quality
    from duzhan.compliance.results import Forecast, Overview, WeekDuties
    from duzhan.compliance.series import BurnUp
    from duzhan.compliance.visit import Visit
    from duzhan.compliance.week_report import ReportedWeek, WeekReport
    from duzhan.dataset.item_links import ItemLinks
    from duzhan.dataset.provenance import Recorded
    from duzhan.model import County
    from duzhan.requirements.results import Counts


@dataclass(frozen=True)
class Campaign(CampaignFiles):
    """A dataset opened for one day; whatever is read or judged is kept."""

    # ------------------------------------------------------------ judgement

    @property
    def overview(self) -> Overview:
        """The judgement as of the day, of the counties asked for."""
        return self.judged([self.day])[self.day]

    def judged(
        self, days: Iterable[dt.date], also: Iterable[dt.date] = ()
    ) -> dict[dt.date, Overview]:
        """Judge the counties asked for as of several days; ask for all of them at once.

        Args:
            days: as of which days.
            also: on which other days to count, while the issues are gone through.

        Returns:
            The days in the order asked for, each with its judgement.
        """
        from duzhan.compliance.county import days_needed, days_paced, judge_counties

        rules, counties, asked = self.dataset.rules, self.dataset.roster.counties, list(days)
        if any(day not in self._judged for day in asked):
            paced = days_paced(asked)
            needed = sorted({*days_needed(rules, asked), *also})
            tally = self.lists.count(self.engine, needed, paced)
            self._counts.update(tally.counts)
            found = judge_counties(tally, self.missing, self.records, rules, counties, asked)
            self._judged.update({day: self._ours(result) for day, result in found.items()})
        return {day: self._judged[day] for day in asked}

    @functools.cached_property
    def _judged(self) -> dict[dt.date, Overview]:
        return {}

    @functools.cached_property
    def _counts(self) -> dict[dt.date, Sequence[Counts]]:
        return {}

    def _counted(self, days: Sequence[dt.date]) -> Mapping[dt.date, Sequence[Counts]]:
        """The counts of the roster's counties on some days."""
        if any(day not in self._counts for day in days):
            self._counts.update(self.lists.count(self.engine, days, ()).counts)
        return {day: self._counts[day] for day in days}

    def _ours(self, result: Overview) -> Overview:
        if self.county is None:
            return result
        ours = tuple(status for status in result.counties if status.county == self.county)
        return replace(result, counties=ours)

    @functools.cached_property
    def points(self) -> tuple[CountyPoints, ...]:
        """Where the counties lost points; of those whose assessments are known item by item."""
        return self.points_on(self.overview)

    def points_on(self, overview: Overview) -> tuple[CountyPoints, ...]:
        """The same as of another day.

        Args:
            overview: the counties, judged as of the day.
        """
        rules, scores = self.dataset.rules, self.records.scores
        if not any(score.items for score in scores):
            return ()  # A ledger at rest is not read for nothing.
        from duzhan.campaign.rested_points import in_parts, points_in_parts
        from duzhan.compliance.lost_points import county_points

        if parts := in_parts(self.lists):
            return points_in_parts(overview, scores, rules, parts)
        return county_points(overview, scores, rules, self.ledger, self._item_links)

    @functools.cached_property
    def _item_links(self) -> ItemLinks:
        from duzhan.dataset.item_links import linked_items
        from duzhan.dataset.ledger import reading_of

        rules = self.dataset.rules
        return linked_items(self.ledger, rules, reading_of(rules).dates)

    def forecasts(self) -> list[Forecast]:
        """Each county's pace towards the current milestone, in the roster's order."""
        return [status.forecast for status in self.overview.counties]

    def visits(self, sample: int) -> list[Visit]:
        """What each group takes along on a visit, in the roster's order.

        Args:
            sample: how many closed issues to draw for each county.
        """
        from duzhan.compliance.visit import visits

        roster, found = self.dataset.roster, self.forecasts()
        return visits(self.ledger, roster, self.overview, found, sample, self.points)

    # ------------------------------------------------------------ lists

    @property
    def listed(self) -> Listed:
        """All existing issues; those of a ledger at rest are read only as they are looked at."""
        return self.lists.listed(self.day)

    def overdue(self, due_within: int | None = None) -> IssueList:
        """Overdue issues by county, the longest overdue first.

        Args:
            due_within: also those due within so many days.
        """
        return self.listed.overdue(due_within).whole()

    def issues(self, filters: Filters | None = None) -> IssueList:
        """All existing issues, or those that a filter names."""
        every = self.listed
        return (every if filters is None else filters.apply(every)).whole()

    # ------------------------------------------------------------ weeks

    def quality(self) -> tuple[Quality, ...]:
        """How far each county's figures as of the day can be relied on, in the roster's order."""
        from duzhan.compliance.quality import qualities

        recorded, overview = self.recorded(self.day), self.overview
        outside = self._changed_outside(overview, recorded)
        return qualities(self.ledger, overview, recorded, self.dataset.rules, outside)

    def _changed_outside(
        self, overview: Overview, recorded: Recorded | None
    ) -> dict[str, Difference]:
        """Ledgers that were changed without the tool, counted as they are and by the journal."""
        from duzhan.compliance.outside import differences
        from duzhan.dataset.ledger import reading_of
        from duzhan.dataset.outside import by_the_journal, changed_outside

        root, rules = self.dataset.root, self.dataset.rules
        if recorded is None or rules.ledger_parquet is not None:
            return {}
        changed = changed_outside(root, self.dataset.roster, recorded.outside)
        told = [(one, by_the_journal(root, one)) for one in changed]
        return differences(told, self.ledger, overview, reading_of(rules))

    def flow(self, week: ReportedWeek) -> list[Flow]:
        """What came and went in a week, by county in the roster's order.

        Args:
            week: from `campaign.chosen_week.chosen_week`.
        """
        from duzhan.compliance.flow import flows

        ledger = self.ledger
        days = week.sunday_before, week.as_of
        every = flows(ledger.facts, self.missing, ledger.counties, *days)
        return [flow for flow in every if self.county in (None, flow.county)]

    def duties(self) -> dict[County, tuple[WeekDuties, ...]]:
        """Each county's duties of every week up to the day's, ascending."""
        from duzhan.compliance.snapshots import duty_weeks, sundays

        rules = self.dataset.rules
        unsettled = self.unsettled(sorted({*sundays(rules, self.day), self.day}))
        counties = [one for one in self.dataset.roster.counties if self.county in (None, one)]
        weeks = duty_weeks(unsettled, counties, self.records, rules, self.day)
        return {county: weeks[county.name] for county in counties}

    def unsettled(self, days: Sequence[dt.date]) -> dict[dt.date, frozenset[str]]:
        """Day to the names of the counties with an issue that is not closed, or without data."""
        counties, missing = self.dataset.roster.counties, self.missing
        return {
            day: frozenset(
                county.name
                for county, counts in zip(counties, counted, strict=True)
                if county.name in missing or not counts.settled
            )
            for day, counted in self._counted(days).items()
        }

    def series(self, last: dt.date) -> dict[str, BurnUp]:
        """The issues day by day, by the names of the counties asked for that have data.

        Args:
            last: the last day.
        """
        from duzhan.compliance.series import burn_ups, days_counted

        rules, counties = self.dataset.rules, self.dataset.roster.counties
        counted = self._counted(days_counted(rules, last, self.lists.rows))
        every = burn_ups(counted, self.missing, rules, counties)
        ours = every.keys() if self.county is None else {self.county.name}
        return {name: one for name, one in every.items() if name in ours}

    def week(self, week: ReportedWeek) -> WeekReport:
        """Judge a week and the Sunday before, and gather the result.

        Args:
            week: from `campaign.chosen_week.chosen_week`.
        """
        from duzhan.compliance.duty_streaks import streak_days
        from duzhan.compliance.week_report import (
            Provenance,
            Sources,
            report_week,
        )
        from duzhan.dataset.provenance import dataset_digest
        from duzhan.version import VERSION

        dataset = self.dataset
        sundays = streak_days(week.as_of, dataset.rules)
        overviews = self.judged([week.as_of, week.sunday_before], also=sundays)
        digest = dataset_digest(dataset.root, dataset.roster, dataset.rules)
        recorded = self.recorded(week.as_of)
        sources = Sources(
            rules=dataset.rules,
            roster=dataset.roster,
            batches=self.lists.batches,
            registers=self.lists.registers,
            missing=self.missing,
            counted=self._counted(sundays),
            records=self.records,
            recorded=recorded,
            outside=self._changed_outside(overviews[week.as_of], recorded),
            provenance=Provenance(digest, dataset.rules.notice.number, VERSION),
            sample=dataset.sample,
            points=self.points_on(overviews[week.as_of]),
        )
        return report_week(week, self.county, overviews, sources)
