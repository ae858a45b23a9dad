"""From when to when each row of the ledger stands how: SPEC section 3 as spells.

The states of an issue are written here, once. A spell says that a row stands
in one state from a day on until another; counts (`counting`) and lists
(`states`) of any day only look which spells hold that day.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from duzhan.dataset.events import CLAIM, CLOSURE, RETURN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from duzhan.arrays import Days, Mask, Numbers
    from duzhan.dataset.facts import Facts
    from duzhan.dataset.granting import Deadlines


# What is counted of spells.
COLUMNS = (
    *("county", "issue", "standing", "since", "until"),
    *("invalid", "said_done", "extended", "entangled"),
)

# How a row stands, from best to worst: of an issue listed twice the worst row decides,
# among open ones an overdue row; it is undated only if all of them are.
CLOSED, CLAIMED, UNDATED, PENDING, OVERDUE = 1, 2, 3, 4, 5
# A withdrawn row stands so on every day: it exists on none, and is counted by itself.
WITHDRAWN = 6
STANDINGS = WITHDRAWN + 1

# `since` of a row without 发现日期, and `until` of a state that nothing ends.
ALWAYS, FOREVER = 0, dt.date.max.toordinal() + 1

# Row and day as one number, in that order.
_DAYS = np.int64(1) << 22


@dataclass(frozen=True, slots=True)
class Spells:
    """How rows stand over time, one entry a spell; those of a row neither overlap nor leave gaps.

    Attributes:
        row: row of the ledger.
        county: index of the county in the roster.
        issue: number of the issue; rows listed twice share it.
        standing: CLOSED, CLAIMED, UNDATED, PENDING or OVERDUE, of which the last three are
            open; or WITHDRAWN.
        since: ordinal of the first day, ALWAYS for a row without 发现日期.
        until: ordinal of the day on which it holds no more, FOREVER if nothing ends it.
        invalid: 1 if a cell of the issue cannot be read or cannot be, whatever the day, else 0.
        said_done: 1 if a word says that the issue is done and no date does, else 0.
        extended: 1 if an extension gave the deadline, else 0.
        entangled: 1 if the issue has other rows, or was closed more than once, so that
            a spell alone does not tell how it stood on two days; else 0.
    """

    row: Numbers
    county: NDArray[np.int16]
    issue: Numbers
    standing: NDArray[np.int8]
    since: Numbers
    until: Numbers
    invalid: NDArray[np.int8]
    said_done: NDArray[np.int8]
    extended: NDArray[np.int8]
    entangled: NDArray[np.int8]

    @property
    def counted(self) -> dict[str, Numbers]:
        """The columns that are counted, by name."""
        return {name: getattr(self, name) for name in COLUMNS}


# Each ledger's spells, once: whatever is asked of a ledger begins with them.
_KEPT: WeakKeyDictionary[Facts, Spells] = WeakKeyDictionary()


def spells(facts: Facts) -> Spells:
    """How every row stands over time, written out once a ledger."""
    kept = _KEPT.get(facts)
    if kept is None:
        kept = _KEPT[facts] = write_out(facts)
    return kept


def write_out(facts: Facts) -> Spells:
    """Write out how every row stands over time.

    Closed: there is a closure, and no return on or after it. Claimed: not
    closed, a claim, and no return on or after it. Open otherwise; overdue from
    the day after the deadline on that is in force on the day.
    """
    return _finished(facts, _dated(_extended(_begun(facts), facts.deadlines)))


def _begun(facts: Facts) -> _Written:
    """The spells between the events of each row, whatever its deadline."""
    turned, days, standings = _turns(facts)
    count = len(facts.found)
    # Every row begins open, on the day when it was found: before any other turn of that day.
    number = np.bincount(turned, minlength=count) + 1
    begins = np.cumsum(number) - number
    after = np.ones(len(turned) + count, bool)
    after[begins] = False
    rows = np.repeat(np.arange(count, dtype=np.int32), number)
    since = _merged(after, facts.found, days)
    standing = _merged(after, np.full(count, PENDING, np.int8), standings)
    until = np.full(len(rows), FOREVER, np.int32)
    same = rows[1:] == rows[:-1]
    until[:-1][same] = since[1:][same]
    since[facts.withdrawn[rows]] = ALWAYS
    standing[facts.withdrawn[rows]] = WITHDRAWN
    return _Written(rows, since, until, standing, facts.due[rows], np.zeros(len(rows), np.int8))


def invalid_issues(facts: Facts) -> Mask:
    """Whether the issue of each row has a cell, in any of its rows, that cannot be."""
    return _any_row(facts, facts.invalid)


def _any_row(facts: Facts, mask: Mask) -> Mask:
    """Whether the mask names any row of each row's issue."""
    named = np.zeros(len(facts.found), bool)
    named[facts.issue[mask]] = True
    ours: Mask = named[facts.issue]
    return ours


def _merged(later: Mask, first: NDArray[Any], others: NDArray[Any]) -> NDArray[Any]:
    """The first value of each row, with its others after it."""
    merged = np.empty(len(later), first.dtype)
    merged[~later], merged[later] = first, others
    return merged


def _turns(facts: Facts) -> tuple[Numbers, Days, NDArray[np.int8]]:
    """Row, day and standing after each day with events; rows that stay open have none."""
    events = facts.events
    moments = events.rows * _DAYS + events.days
    # The latest event of each kind so far; one of an earlier row lies before this row's first day.
    claimed, closed, returned = (
        np.maximum.accumulate(np.where(events.kinds == kind, moments, -1))
        for kind in (CLAIM, CLOSURE, RETURN)
    )
    returned = np.maximum(returned, events.rows * _DAYS)
    standing = np.full(len(moments), PENDING, np.int8)
    standing[claimed > returned] = CLAIMED
    standing[closed > returned] = CLOSED
    # Several events on one day: the last decides.
    kept = ~(facts.stays_open | facts.withdrawn)[events.rows]
    kept[:-1] &= moments[1:] != moments[:-1]
    return events.rows[kept], events.days[kept], standing[kept]


class _Written(NamedTuple):
    """Spells on the way, one entry each."""

    rows: Numbers
    since: Numbers
    until: Numbers
    standing: NDArray[np.int8]
    due: Numbers
    extended: NDArray[np.int8]

    def at(self, which: NDArray[Any]) -> _Written:
        """Some of them."""
        return _Written(*(column[which] for column in self))

    def and_of(self, others: _Written) -> _Written:
        """These and others."""
        return _Written(*(np.concatenate(pair) for pair in zip(self, others, strict=True)))


def _extended(written: _Written, deadlines: Deadlines) -> _Written:
    """Part the spells of extended rows on the days of approval; each part has its deadline."""
    if not len(deadlines):
        return written
    extended = np.isin(written.rows, deadlines.rows)
    few = written.at(extended)
    keys = deadlines.rows * _DAYS + deadlines.days
    begins = few.rows.astype(np.int64) * _DAYS + few.since
    # The extensions in force when a spell begins, and those approved before it ends.
    first = np.searchsorted(keys, begins, "right")
    last = np.searchsorted(keys, few.rows.astype(np.int64) * _DAYS + few.until, "left")
    number = np.maximum(last - first, 0) + 1
    parts = few.at(np.repeat(np.arange(len(number)), number))
    start = np.cumsum(number) - number
    at = np.repeat(first - 1, number) + np.arange(len(parts.rows)) - np.repeat(start, number)
    begun = np.ones(len(parts.rows), bool)
    begun[start] = False
    since, until = parts.since.copy(), parts.until.copy()
    since[begun] = deadlines.days[at[begun]]
    until[:-1][begun[1:]] = since[1:][begun[1:]]
    given = (at >= 0) & (deadlines.rows[at] == parts.rows)
    due = np.where(given, deadlines.until[at], parts.due).astype(np.int32)
    return written.at(~extended).and_of(
        parts._replace(since=since, until=until, due=due, extended=given.astype(np.int8))
    )


def _dated(written: _Written) -> _Written:
    """Part the open spells: undated, or not yet overdue and then overdue."""
    pending, due = written.standing == PENDING, written.due
    standing = np.where(pending & (due == 0), UNDATED, written.standing).astype(np.int8)
    late = np.flatnonzero((standing == PENDING) & (due + 1 < written.until))
    overdue = written.at(late)
    since = np.maximum(overdue.since, overdue.due + 1)
    until = written.until.copy()
    until[late] = since
    standings = np.full(len(late), OVERDUE, np.int8)
    return written._replace(until=until, standing=standing).and_of(
        overdue._replace(since=since, standing=standings)
    )


def _finished(facts: Facts, written: _Written) -> Spells:
    """With what is known of each row's issue; spells of no day are left out."""
    written = written.at(written.since < written.until)
    rows, count = written.rows, len(facts.found)
    issue = facts.issue[rows].astype(np.int32)
    return Spells(
        row=rows,
        county=facts.county[rows],
        issue=issue,
        standing=written.standing,
        since=written.since,
        until=written.until,
        invalid=invalid_issues(facts)[issue].astype(np.int8),
        said_done=_any_row(facts, facts.said_done)[issue].astype(np.int8),
        extended=written.extended,
        entangled=_entangled(issue, written, np.bincount(facts.issue, minlength=count)),
    )


def _entangled(issue: Numbers, written: _Written, rows: Numbers) -> NDArray[np.int8]:
    """Whether an issue has several rows, or several spells in which it was closed."""
    several = rows > 1
    closed = np.bincount(issue[written.standing == CLOSED], minlength=len(rows))
    several |= closed > 1
    return several[issue].astype(np.int8)
