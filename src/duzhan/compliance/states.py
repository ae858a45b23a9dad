"""Where each issue stands as of a day, and the counts that follow (SPEC section 3).

This is the one place where the rate's arithmetic is written: conditions on
columns, then sums by county.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from duzhan.dataset.facts import CLAIM, CLOSURE, RETURN

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from duzhan.dataset.facts import Facts

    Days = NDArray[np.int32]
    Mask = NDArray[np.bool_]
    Rows = NDArray[np.integer]

# States in the order of badness: the worst of an issue's rows is their maximum.
ABSENT, CLOSED, CLAIMED, OPEN = -1, 0, 1, 2

# Stands for "no deadline" where the earliest deadline is looked for.
_NEVER = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True)
class Standing:
    """The ledger as of a day, one entry an issue (rows listed twice are one).

    Attributes:
        rows: the row that stands for the issue: among its rows in the worst
            state, the one longest overdue.
        county: index of the county.
        state: ABSENT, CLOSED, CLAIMED or OPEN.
        due: ordinal of the deadline, 0 if no row in that state has one.
        day: ordinal of the day.
    """

    rows: Rows
    county: NDArray[np.int16]
    state: NDArray[np.int8]
    due: Days
    day: int

    @property
    def overdue(self) -> Mask:
        """Open, and the deadline is past; the deadline day itself is not overdue."""
        late: Mask = (self.state == OPEN) & (self.due > 0) & (self.due < self.day)
        return late


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


def row_states(facts: Facts, day: int) -> NDArray[np.int8]:
    """The state of every row as of a day.

    Closed: there is a closure, and no return on or after it. Claimed: not
    closed, a claim, and no return on or after it. Open otherwise.
    """
    events = facts.events
    latest = np.zeros((3, len(facts.found)), np.int32)
    # Events are ordered by day, so the last one written is the latest.
    until = np.searchsorted(events.days, day, "right")
    latest[events.kinds[:until], events.rows[:until]] = events.days[:until]
    claimed, closed, returned = latest[CLAIM], latest[CLOSURE], latest[RETURN]
    state = np.full(len(facts.found), OPEN, np.int8)
    state[(claimed > returned) & ~facts.stays_open] = CLAIMED
    state[(closed > returned) & ~facts.stays_open] = CLOSED
    state[facts.found > day] = ABSENT
    return state


def standing(facts: Facts, day: dt.date) -> Standing:
    """The state of every issue as of a day, in its worst row's state."""
    ordinal = day.toordinal()
    state = row_states(facts, ordinal)
    rows = np.arange(len(state))
    # Worst state first; in it the earliest deadline, undated rows last.
    doubled = facts.issue != rows
    if not doubled.any():
        return Standing(rows, facts.county, state, facts.due, ordinal)
    groups = np.isin(facts.issue, np.unique(facts.issue[doubled]))
    members = np.flatnonzero(groups)
    due = np.where(facts.due[members] > 0, facts.due[members], _NEVER)
    order = members[np.lexsort((members, due, -state[members], facts.issue[members]))]
    _, first = np.unique(facts.issue[order], return_index=True)
    kept = np.sort(np.concatenate((np.flatnonzero(~groups), order[first])))
    return Standing(kept, facts.county[kept], state[kept], facts.due[kept], ordinal)


def count(facts: Facts, day: dt.date, counties: int) -> list[Counts]:
    """Count the issues of each county as of a day.

    An issue counts as invalid with any unreadable or impossible cell in a row
    of its own, also one that tells of a later day.

    Args:
        facts: the ledger.
        day: as of which day.
        counties: how many counties the roster has.
    """
    now = standing(facts, day)
    invalid = np.zeros(len(facts.found), bool)
    invalid[facts.issue[facts.invalid]] = True
    exists, is_open = now.state != ABSENT, now.state == OPEN
    conditions = (
        exists,
        now.state == CLOSED,
        now.state == CLAIMED,
        is_open,
        now.overdue,
        is_open & (now.due == 0),
        exists & invalid[facts.issue[now.rows]],
    )
    columns = [np.bincount(now.county[mask], minlength=counties) for mask in conditions]
    return [Counts(*(int(column[county]) for column in columns)) for county in range(counties)]
