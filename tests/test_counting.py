"""The counting function against SPEC section 3 read aloud: row by row, day by day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from duzhan.compliance import states
from duzhan.dataset.events import CLAIM, CLOSURE, RETURN, Events
from duzhan.dataset.facts import Facts
from duzhan.dataset.granting import Deadlines
from duzhan.intake.states import Said
from duzhan.requirements.results import Counts

FIRST = dt.date(2021, 5, 1)
DAYS = st.dates(FIRST, FIRST + dt.timedelta(days=40))
COUNTIES = 3
OPEN, CLAIMED, CLOSED = "open", "claimed", "closed"


@dataclass(frozen=True)
class Row:
    """A row of the ledger, as its cells were read."""

    county: int
    issue: int
    found: dt.date | None = None
    due: dt.date | None = None
    claims: tuple[dt.date, ...] = ()
    closures: tuple[dt.date, ...] = ()
    returns: tuple[dt.date, ...] = ()
    stays_open: bool = False
    invalid: bool = False
    said_done: bool = False
    withdrawn: bool = False
    extensions: tuple[tuple[dt.date, dt.date], ...] = ()

    def due_at(self, day: dt.date) -> dt.date | None:
        """The deadline in force: that of the latest approval, the last of several on one day."""
        given = [until for approved, until in self.extensions if approved <= day]
        return given[-1] if given else self.due

    def extended(self, day: dt.date) -> bool:
        """Whether an extension gave the deadline."""
        return any(approved <= day for approved, _ in self.extensions)

    def state(self, day: dt.date) -> str | None:
        """Section 3 as it is written."""
        if self.withdrawn:
            return None
        if self.found is not None and self.found > day:
            return None
        claim, closure, returned = (
            max((one for one in events if one <= day), default=None)
            for events in (self.claims, self.closures, self.returns)
        )
        if self.stays_open:
            return OPEN
        if closure is not None and not (returned is not None and returned >= closure):
            return CLOSED
        if claim is not None and not (returned is not None and returned >= claim):
            return CLAIMED
        return OPEN


def by_issue(rows: list[Row]) -> dict[tuple[int, int], list[Row]]:
    """The rows of each issue, by county and number."""
    issues: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for row in rows:
        issues[row.county, row.issue].append(row)
    return issues


def worst(rows: list[Row], day: dt.date) -> str | None:
    """The state of an issue: that of its worst row."""
    found = [row.state(day) for row in rows]
    return next((state for state in (OPEN, CLAIMED, CLOSED) if state in found), None)


def counted(rows: list[Row], day: dt.date) -> list[Counts]:
    """Counts by county: doubles are one issue in its worst state."""
    figures = [[0] * 10 for _ in range(COUNTIES)]
    for (county, _), ours in by_issue(rows).items():
        figures[county][7] += sum(row.withdrawn for row in ours)
        state = worst(ours, day)
        if state is None:
            continue
        due = [row.due_at(day) for row in ours if row.state(day) == OPEN]
        dated = [one for one in due if one]
        is_open = state == OPEN
        conditions = (
            True,
            state == CLOSED,
            state == CLAIMED,
            is_open,
            is_open and any(one < day for one in dated),
            is_open and not dated,
            any(row.invalid for row in ours),
            False,
            any(row.extended(day) for row in ours if row.state(day)),
            any(row.said_done for row in ours),
        )
        for at, condition in enumerate(conditions):
            figures[county][at] += condition
    return [Counts(*one) for one in figures]


def newly_closed(rows: list[Row], day: dt.date) -> list[int]:
    """Issues by county that are closed and were not, or were not found, 14 days before."""
    closed = [0] * COUNTIES
    for (county, _), ours in by_issue(rows).items():
        before = worst(ours, day - dt.timedelta(days=14))
        closed[county] += worst(ours, day) == CLOSED and before != CLOSED
    return closed


@st.composite
def ledgers(draw: st.DrawFn) -> list[Row]:
    events = st.lists(DAYS, max_size=3).map(tuple)
    issues = draw(st.lists(st.integers(0, COUNTIES - 1), max_size=8))
    rows = []
    for issue, county in enumerate(issues):
        for _ in range(draw(st.sampled_from((1, 1, 1, 2, 3)))):
            found = draw(st.none() | DAYS)
            claims, closures, returns = (
                tuple(one for one in draw(events) if found is None or one >= found)
                for _ in range(3)
            )
            due = draw(st.none() | DAYS)
            if found is not None and due is not None and due < found:
                due = None
            stays_open, invalid = draw(st.integers(0, 9)) == 0, draw(st.integers(0, 3)) == 0
            said_done = draw(st.integers(0, 5)) == 0
            extensions = sorted(draw(st.lists(st.tuples(DAYS, DAYS), max_size=2)))
            rows.append(
                Row(
                    county, issue, found, due, claims, closures, returns, stays_open, invalid,
                    said_done, extensions=tuple(extensions),
                )
            )  # fmt: skip
    gone = draw(st.integers(0, 2))
    return rows + [Row(at, 1000 + at, closures=draw(events), withdrawn=True) for at in range(gone)]


def facts_of(rows: list[Row]) -> Facts:
    """The rows as the intake hands them over."""
    kinds = ((CLAIM, "claims"), (CLOSURE, "closures"), (RETURN, "returns"))
    events = sorted(
        (at, day.toordinal(), kind)
        for at, row in enumerate(rows)
        for kind, name in kinds
        for day in getattr(row, name)
    )
    columns = np.array(events, np.int64).reshape(-1, 3)
    given = [
        (at, approved.toordinal(), until.toordinal(), 0)
        for at, row in enumerate(rows)
        for approved, until in row.extensions
    ]
    deadlines = np.array(given, np.int64).reshape(-1, 4).T
    first: dict[tuple[int, int], int] = {}
    issue = [first.setdefault((row.county, row.issue), at) for at, row in enumerate(rows)]
    return Facts(
        county=np.array([row.county for row in rows], np.int16),
        issue=np.array(issue, np.int64),
        found=np.array([row.found.toordinal() if row.found else 0 for row in rows], np.int32),
        due=np.array([row.due.toordinal() if row.due else 0 for row in rows], np.int32),
        stays_open=np.array([row.stays_open for row in rows], bool),
        invalid=np.array([row.invalid for row in rows], bool),
        events=Events(columns[:, 0], columns[:, 2].astype(np.int8), columns[:, 1].astype(np.int32)),
        faults=(),
        unverified=np.zeros(len(rows), bool),
        said=Said.nothing(len(rows)),
        withdrawn=np.array([row.withdrawn for row in rows], bool),
        said_done=np.array([row.said_done for row in rows], bool),
        deadlines=Deadlines(*deadlines),
    )


@settings(max_examples=30, deadline=None)
@given(ledgers(), st.lists(DAYS, max_size=6))
def test_counts_of_any_days_equal_the_rules_read_row_by_row(
    rows: list[Row], days: list[dt.date]
) -> None:
    got = states.tally(facts_of(rows), days, COUNTIES).counts

    assert got == {day: counted(rows, day) for day in sorted(set(days))}


@settings(max_examples=30, deadline=None)
@given(ledgers(), st.lists(DAYS, max_size=4))
def test_the_closures_of_two_weeks_are_those_that_two_days_compared_tell(
    rows: list[Row], days: list[dt.date]
) -> None:
    tally = states.tally(facts_of(rows), [], COUNTIES, days)

    assert tally.closures == {day: newly_closed(rows, day) for day in sorted(set(days))}


@settings(max_examples=30, deadline=None)
@given(ledgers(), DAYS)
def test_lists_of_issues_hold_as_many_as_are_counted(rows: list[Row], day: dt.date) -> None:
    now = states.standing(facts_of(rows), day)

    for county, counts in enumerate(counted(rows, day)):
        ours = now.county == county
        listed = [int((ours & (now.state == s)).sum()) for s in (states.CLOSED, states.CLAIMED)]
        assert listed == [counts.closed, counts.claimed]
        assert int((ours & now.overdue).sum()) == counts.overdue
        assert int((ours & (now.state == states.OPEN) & (now.due == 0)).sum()) == counts.no_due_date


def test_counting_every_day_of_a_campaign_at_once_equals_counting_them_one_by_one() -> None:
    rows = [
        Row(0, 0, FIRST, closures=(FIRST + dt.timedelta(days=3),)),
        Row(0, 1, None, FIRST, (FIRST,), (), (FIRST + dt.timedelta(days=9),), invalid=True),
        Row(2, 2, FIRST, FIRST + dt.timedelta(days=5), stays_open=True, invalid=True),
        Row(2, 2, FIRST, closures=(FIRST,)),
    ]
    days = [FIRST + dt.timedelta(days=at) for at in range(-2, 245)]

    got = states.tally(facts_of(rows), days, COUNTIES).counts

    assert got == {day: counted(rows, day) for day in days}
    assert got == {day: states.count(facts_of(rows), day, COUNTIES) for day in days}
