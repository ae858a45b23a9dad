"""Claims, closures and returns: which dates can be (SPEC section 3), and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from duzhan import columns as col

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from duzhan.arrays import Days, Mask, Rows
    from duzhan.dataset.faults import Faults
    from duzhan.intake.dates import Dates


# Event kinds, as numbers in the `kinds` column.
CLAIM, CLOSURE, RETURN = 0, 1, 2

# rows * SPAN + day orders the dates of one row after those of the rows before.
SPAN = np.int64(1) << 22
_KINDS = np.int64(4)
_NEVER = np.iinfo(np.int32).max

BEFORE_FOUND = "早于发现日期"


class Stamps(NamedTuple):
    """Dates of one kind of event: the row of each, and its day as an ordinal."""

    rows: Rows
    days: Days

    def where(self, mask: Mask) -> Stamps:
        """Only those that the mask names."""
        return self if mask.all() else Stamps(self.rows[mask], self.days[mask])

    def and_of(self, other: Stamps) -> Stamps:
        """These and others."""
        if len(other.rows) == 0:
            return self
        return Stamps(
            np.concatenate((self.rows, other.rows)), np.concatenate((self.days, other.days))
        )

    @property
    def keys(self) -> Rows:
        """One ordered number for row and day."""
        return self.rows.astype(np.int64) * SPAN + self.days


NO_STAMPS = Stamps(np.zeros(0, np.int64), np.zeros(0, np.int32))


@dataclass(frozen=True, slots=True)
class Events:
    """Claims, closures and returns, one a date, ordered by row, then day, then kind.

    Attributes:
        rows: row of the ledger.
        kinds: CLAIM, CLOSURE or RETURN.
        days: ordinal of the date.
    """

    rows: Rows
    kinds: NDArray[np.int8]
    days: Days


def possible(
    name: str, read: Dates, found: Days, last_day: int, faults: Faults
) -> tuple[Stamps, Mask]:
    """The dates of a column of events that can be by themselves, and which of those read they are.

    Args:
        name: the column.
        read: its dates.
        found: 发现日期 of each row, 0 if there is none.
        last_day: ordinal of the campaign's last day.
        faults: where the others are reported.
    """
    late = read.days > last_day
    faults.add("future-date", name, read.rows[late])
    early = ~late & (read.days < found[read.rows])
    faults.add("date-order", name, read.rows[early], BEFORE_FOUND)
    kept = ~late & ~early
    return Stamps(read.rows, read.days).where(kept), kept


def first_done(claims: Stamps, closures: Stamps, count: int) -> Days:
    """The first claim or closure of each row: what can be sent back from that day on."""
    first = np.full(count, _NEVER, np.int32)
    for stamps in (claims, closures):
        np.minimum.at(first, stamps.rows, stamps.days)
    return first


def caused(returns: Stamps, first: Days, faults: Faults) -> Stamps:
    """A return needs a claim or a closure on or before it: else there was nothing to send back."""
    if len(returns.rows) == 0:
        return returns
    mask = first[returns.rows] <= returns.days
    detail = "此前没有整改完成日期或销号日期"
    faults.add("date-order", col.SENT_BACK, returns.rows[~mask], detail)
    return returns.where(mask)


def not_claimed_again(claims: Stamps, closures: Stamps, returns: Stamps) -> Mask:
    """Which closures no later claim follows without a return from the one to the other.

    The nearest later claim decides: a return before it lies before all others.
    """
    if len(closures.rows) == 0 or len(claims.rows) == 0:
        return np.ones(len(closures.rows), bool)
    following, again = _next(claims, closures.keys, closures.rows, "right")
    sent_back, back = _next(returns, closures.keys, closures.rows, "left")
    kept: Mask = ~(again & ~(back & (sent_back <= following)))
    return kept


def proven(closures: Stamps, returns: Stamps, evidence: Stamps) -> tuple[Stamps, Stamps]:
    """Where a closure needs evidence: it is a claim until there is any, and closes only then.

    Args:
        closures: of a row, each with its day.
        returns: one on or after a closure, up to the day of the evidence, undoes both.
        evidence: the row that it is about, and the day from which on it was there.

    Returns:
        The claims that are left of closures without evidence on their day, and what closes.
    """
    if len(closures.rows) == 0:
        return closures, closures
    count = int(max(closures.rows.max(), evidence.rows.max(initial=0))) + 1
    shown = np.full(count, _NEVER, np.int32)
    np.minimum.at(shown, evidence.rows, evidence.days)
    first = shown[closures.rows]
    waiting = first > closures.days
    sent_back, back = _next(returns, closures.keys, closures.rows, "left")
    undone = back & (sent_back % SPAN <= first)
    closes = ~waiting | ((first < _NEVER) & ~undone)
    days = np.where(waiting, first, closures.days).astype(np.int32)
    return closures.where(waiting), Stamps(closures.rows, days).where(closes)


def _next(stamps: Stamps, keys: Rows, rows: Rows, side: str) -> tuple[Rows, Mask]:
    """The first of `stamps` after each key in its row, and whether there is one."""
    ordered = np.append(np.sort(stamps.keys), np.iinfo(np.int64).max)
    at = np.searchsorted(ordered, keys, "right" if side == "right" else "left")
    return ordered[at], ordered[at] // SPAN == rows


def fewer(kept: Stamps, read: Dates) -> Mask:
    """Rows that lost a date on the way."""
    count = len(read.refused)
    return np.bincount(kept.rows, minlength=count) < np.bincount(read.rows, minlength=count)


def ordered(claims: Stamps, closures: Stamps, returns: Stamps) -> Events:
    """All that counts, by row, then day, then kind."""
    kinds = ((CLAIM, claims), (CLOSURE, closures), (RETURN, returns))
    # Each part is all but sorted already, which this way of sorting makes use of.
    keys = np.sort(np.concatenate([s.keys * _KINDS + kind for kind, s in kinds]), kind="stable")
    moments, kind = keys // _KINDS, keys % _KINDS
    rows = (moments // SPAN).astype(np.int32)
    return Events(rows, kind.astype(np.int8), (moments % SPAN).astype(np.int32))


def not_open_at(events: Events, asked: Mask, day: int, stays_open: Mask) -> Rows:
    """Which of some rows are claimed or closed at the end of a day.

    Args:
        events: all that counts.
        asked: the rows to look at.
        day: ordinal of the day.
        stays_open: rows that nothing closes.
    """
    asked = asked & ~stays_open
    ours = asked[events.rows] & (events.days <= day)
    at, kinds, days = events.rows[ours], events.kinds[ours], events.days[ours]
    done, back = np.zeros(len(asked), np.int32), np.zeros(len(asked), np.int32)
    favourable = kinds != RETURN
    np.maximum.at(done, at[favourable], days[favourable])
    np.maximum.at(back, at[~favourable], days[~favourable])
    return np.flatnonzero(done > back)
