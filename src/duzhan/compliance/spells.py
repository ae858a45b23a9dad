"""From when to when each row of the ledger stands how: SPEC section 3 as spells.

The states of an issue are written here, once. A spell says that a row stands
in one state from a day on until another; counts (`counting`) and lists
(`states`) of any day only look which spells hold that day.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from duzhan.dataset.facts import CLAIM, CLOSURE, RETURN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from duzhan.dataset.facts import Events, Facts

    Numbers = NDArray[np.integer]
    Mask = NDArray[np.bool_]

# What is counted of spells.
COLUMNS = ("county", "issue", "standing", "since", "until", "invalid", "doubled")

# How a row stands, from best to worst: of an issue listed twice the worst row decides,
# among open ones an overdue row; it is undated only if all of them are.
CLOSED, CLAIMED, UNDATED, PENDING, OVERDUE = 1, 2, 3, 4, 5

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
        standing: CLOSED, CLAIMED, UNDATED, PENDING or OVERDUE; the last three are open.
        since: ordinal of the first day, ALWAYS for a row without 发现日期.
        until: ordinal of the day on which it holds no more, FOREVER if nothing ends it.
        invalid: 1 if a cell of the issue cannot be read or cannot be, whatever the day, else 0.
        doubled: 1 if the issue has other rows, else 0.
    """

    row: Numbers
    county: NDArray[np.int16]
    issue: Numbers
    standing: NDArray[np.int8]
    since: Numbers
    until: Numbers
    invalid: NDArray[np.int8]
    doubled: NDArray[np.int8]

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
    the day after 整改期限 on.
    """
    turned, days, standings = _turns(facts.events, facts.stays_open)
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
    return _finished(facts, *_dated(rows, since, until, standing, facts.due[rows]))


def invalid_issues(facts: Facts) -> Mask:
    """Whether the issue of each row has a cell, in any of its rows, that cannot be."""
    invalid = np.zeros(len(facts.found), bool)
    invalid[facts.issue[facts.invalid]] = True
    ours: Mask = invalid[facts.issue]
    return ours


def _merged(later: Mask, first: NDArray[Any], others: NDArray[Any]) -> NDArray[Any]:
    """The first value of each row, with its others after it."""
    merged = np.empty(len(later), first.dtype)
    merged[~later], merged[later] = first, others
    return merged


def _turns(events: Events, stays_open: Mask) -> tuple[Numbers, NDArray[np.int32], NDArray[np.int8]]:
    """Row, day and standing after each day with events; rows that stay open have none."""
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
    kept = ~stays_open[events.rows]
    kept[:-1] &= moments[1:] != moments[:-1]
    return events.rows[kept], events.days[kept], standing[kept]


def _dated(
    rows: Numbers, since: Numbers, until: Numbers, standing: NDArray[np.int8], due: Numbers
) -> tuple[Numbers, Numbers, Numbers, NDArray[np.int8]]:
    """Part the open spells: undated, or not yet overdue and then overdue."""
    standing = np.where((standing == PENDING) & (due == 0), UNDATED, standing).astype(np.int8)
    late = np.flatnonzero((standing == PENDING) & (due + 1 < until))
    overdue_from = np.maximum(since[late], due[late] + 1)
    overdue_until = until[late]
    until = until.copy()
    until[late] = overdue_from
    return (
        np.concatenate((rows, rows[late])),
        np.concatenate((since, overdue_from)),
        np.concatenate((until, overdue_until)),
        np.concatenate((standing, np.full(len(late), OVERDUE, np.int8))),
    )


def _finished(
    facts: Facts, rows: Numbers, since: Numbers, until: Numbers, standing: NDArray[np.int8]
) -> Spells:
    """With what is known of each row's issue; spells of no day are left out."""
    lasting = since < until
    rows = rows[lasting]
    doubled = (np.bincount(facts.issue, minlength=len(facts.found)) > 1).astype(np.int8)
    issue = facts.issue[rows].astype(np.int32)
    return Spells(
        row=rows,
        county=facts.county[rows],
        issue=issue,
        standing=standing[lasting],
        since=since[lasting],
        until=until[lasting],
        invalid=invalid_issues(facts)[issue].astype(np.int8),
        doubled=doubled[issue],
    )
