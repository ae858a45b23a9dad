"""The result of a week, made as the command makes it, for tests that look at its parts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from duzhan import __version__
from duzhan.campaign.lists import lists_in_files
from duzhan.campaign.opening import open_dataset
from duzhan.compliance.county import days_needed, days_paced, judge_counties
from duzhan.compliance.duty_streaks import streak_days
from duzhan.compliance.lost_points import county_points
from duzhan.compliance.week_report import (
    Provenance,
    Sources,
    WeekReport,
    report_week,
    reported_week,
)
from duzhan.dataset.batches import CountyBatch
from duzhan.dataset.ledger import load_ledger, missing_lists
from duzhan.dataset.provenance import dataset_digest, recorded
from duzhan.dataset.records import load_records
from duzhan.engines import IN_MEMORY
from duzhan.weeks import WEEK, monday_of, parse_week

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.dataset.folder import Dataset

LATER = dt.date(2022, 3, 1)


class Weeks:
    """A dataset read once, and its weeks."""

    def __init__(self, root: Path) -> None:
        self.dataset: Dataset = open_dataset(root)
        rules, roster = self.dataset.rules, self.dataset.roster
        self.ledger = load_ledger(root, roster, rules)
        records, _ = load_records(root, roster, rules)
        digest = Provenance(dataset_digest(root, roster, rules), rules.notice.number, __version__)
        self.sources = Sources(
            rules=rules,
            roster=roster,
            batches=lambda: [CountyBatch(roster.counties, self.ledger)],
            registers=self.ledger.registers,
            missing=missing_lists(self.ledger),
            counted={},
            records=records,
            recorded=recorded(root, rules),
            provenance=digest,
            sample=self.dataset.sample,
        )

    def report(self, week: str | dt.date, today: dt.date = LATER) -> WeekReport:
        """The result of a week, named as 2021-W25 or by its Monday."""
        monday = parse_week(week) if isinstance(week, str) else week
        assert monday is not None
        rules, ledger = self.sources.rules, self.ledger
        told = reported_week(monday, today, rules)
        days, lists = [told.as_of, told.sunday_before], lists_in_files(ledger)
        tally = lists.count(IN_MEMORY, days_needed(rules, days), days_paced(days))
        records = self.sources.records
        judged = judge_counties(tally, lists.missing, records, rules, ledger.counties, days)
        streaks = lists.count(IN_MEMORY, streak_days(told.as_of, rules), ()).counts
        points = county_points(judged[told.as_of], records.scores, rules, ledger)
        sources = replace(self.sources, counted=streaks, points=points)
        return report_week(told, None, judged, sources)

    def mondays(self) -> list[dt.date]:
        """Every week that overlaps the campaign."""
        rules = self.sources.rules
        monday, weeks = monday_of(rules.start), []
        while monday <= rules.end:
            weeks.append(monday)
            monday += WEEK
        return weeks
