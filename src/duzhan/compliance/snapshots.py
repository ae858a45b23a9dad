"""The same campaign on many days: which days to look at, and each issue's state on them.

Nothing is counted here: states come from `states.standing`, duties from `week_duties`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from duzhan.compliance.county import by_county
from duzhan.compliance.states import ABSENT, standing
from duzhan.compliance.week_duties import has_duties, week_duties
from duzhan.weeks import WEEK, monday_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from duzhan.compliance.results import WeekDuties
    from duzhan.dataset.facts import Facts
    from duzhan.model import County, Records, Rules

# Beside the states of `states.py`: open, and the deadline is past.
OVERDUE = 3

_SUNDAY = dt.timedelta(days=6)


def offered_days(rules: Rules, as_of: dt.date) -> tuple[dt.date, ...]:
    """The campaign's Sundays and milestone days up to a day, and the day itself, ascending."""
    within = {day for day in sundays(rules, as_of) if rules.start <= day <= rules.end}
    passed = {m.deadline for m in rules.milestones if m.deadline <= as_of}
    return tuple(sorted(within | passed | {as_of}))


def sundays(rules: Rules, as_of: dt.date) -> tuple[dt.date, ...]:
    """The last days of the campaign's weeks up to a day, also one after the campaign's end."""
    first = monday_of(min(rules.start, rules.duties_from))
    weeks = (monday_of(rules.end) - first) // WEEK + 1
    days = (first + number * WEEK + _SUNDAY for number in range(weeks))
    return tuple(day for day in days if day <= as_of)


@dataclass(frozen=True, slots=True)
class IssueHistory:
    """The ledger as of several days, one entry a row that stands for an issue on one of them.

    Attributes:
        rows: rows of the ledger, by county, in the order of their files.
        county: index of the county, one a row.
        states: rows x days: ABSENT, CLOSED, CLAIMED, OPEN or OVERDUE; a row that on a day
            another row of its issue stands for is ABSENT then.
    """

    rows: NDArray[np.int64]
    county: NDArray[np.int16]
    states: NDArray[np.int8]


def issue_history(facts: Facts, days: Sequence[dt.date]) -> IssueHistory:
    """Where every issue stands on each of the days.

    Args:
        facts: the issue ledger.
        days: as of which days.
    """
    states = np.full((len(facts.found), len(days)), ABSENT, np.int8)
    for number, day in enumerate(days):
        now = standing(facts, day)
        states[now.rows, number] = np.where(now.overdue, OVERDUE, now.state)
    rows = np.flatnonzero((states != ABSENT).any(axis=1))
    rows = rows[np.argsort(facts.county[rows], kind="stable")]
    return IssueHistory(rows, facts.county[rows], states[rows])


def duty_weeks(
    unsettled: Mapping[dt.date, Collection[str]],
    counties: Sequence[County],
    records: Records,
    rules: Rules,
    day: dt.date,
) -> dict[str, tuple[WeekDuties, ...]]:
    """The duties of every week from the first one to the day's, as of the day.

    Args:
        unsettled: for the day, and every week's Sunday before it, the names of the counties
            with an issue that is not closed then, or without data.
        counties: whose duties.
        records: supervisions and reports.
        rules: the campaign.
        day: as of which day.

    Returns:
        County name to its weeks, ascending.
    """
    mondays = tuple(_mondays(rules, day))
    supervisions, reports = by_county(records.supervisions), by_county(records.reports)
    return {
        county.name: tuple(
            week_duties(
                monday,
                day,
                rules,
                supervisions.get(county.name, ()),
                reports.get(county.name, ()),
                unsettled=county.name in unsettled[min(day, monday + _SUNDAY)],
            )
            for monday in mondays
        )
        for county in counties
    }


def _mondays(rules: Rules, day: dt.date) -> Iterator[dt.date]:
    monday = monday_of(rules.duties_from)
    while has_duties(monday, rules) and monday <= day:
        yield monday
        monday += WEEK
