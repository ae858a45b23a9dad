"""The counting function against SPEC section 3 read aloud: row by row, day by day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from duzhan.compliance import states
from duzhan.compliance.results import Counts
from duzhan.dataset.facts import CLAIM, CLOSURE, RETURN, Events, Facts
from duzhan.intake.states import Said

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

    def state(self, day: dt.date) -> str | None:
        """Section 3 as it is written."""
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


def counted(rows: list[Row], day: dt.date) -> list[Counts]:
    """Counts by county: doubles are one issue in its worst state."""
    issues: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for row in rows:
        issues[row.county, row.issue].append(row)
    figures = [[0] * 7 for _ in range(COUNTIES)]
    for (county, _), ours in issues.items():
        found = [row.state(day) for row in ours]
        if not any(found):
            continue
        worst = next(state for state in (OPEN, CLAIMED, CLOSED) if state in found)
        due = [row.due for row, state in zip(ours, found, strict=True) if state == OPEN]
        dated = [one for one in due if one]
        is_open = worst == OPEN
        conditions = (
            True,
            worst == CLOSED,
            worst == CLAIMED,
            is_open,
            is_open and any(one < day for one in dated),
            is_open and not dated,
            any(row.invalid for row in ours),
        )
        for at, condition in enumerate(conditions):
            figures[county][at] += condition
    return [Counts(*one) for one in figures]


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
            rows.append(
                Row(county, issue, found, due, claims, closures, returns, stays_open, invalid)
            )
    return rows


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
    )


@settings(max_examples=150, deadline=None)
@given(ledgers(), st.lists(DAYS, max_size=6))
def test_counts_of_any_days_equal_the_rules_read_row_by_row(
    rows: list[Row], days: list[dt.date]
) -> None:
    got = states.counts(facts_of(rows), days, COUNTIES)

    assert got == {day: counted(rows, day) for day in sorted(set(days))}


@settings(max_examples=150, deadline=None)
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

    got = states.counts(facts_of(rows), days, COUNTIES)

    assert got == {day: counted(rows, day) for day in days}
    assert got == {day: states.count(facts_of(rows), day, COUNTIES) for day in days}
