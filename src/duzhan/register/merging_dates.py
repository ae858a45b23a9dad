"""Dates of an incoming list beside the ledger's: what is taken, what is not, what is refused."""

from __future__ import annotations

import datetime as dt
import functools
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from duzhan import columns as col
from duzhan.columns import JOINT
from duzhan.intake.dates import SEPARATORS, Dates
from duzhan.intake.text import squash
from duzhan.register.cells import replaced, with_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from duzhan.arrays import Days, Mask, Rows
    from duzhan.dataset.facts import Reading


# rows * SPAN + day is one number for both.
SPAN = np.int64(1) << 22
_EPOCH = dt.date(1970, 1, 1).toordinal()

OUTSIDE = "不在可能的日期之内"
BEFORE_FOUND = "早于发现日期"
AFTER_OTHERS = "晚于台账里已有的日期"
NOT_BESIDE = "与台账里的其他日期不能并存"


class DateRefusal(NamedTuple):
    """A cell of the incoming list that could not be taken as it is.

    Attributes:
        row: incoming row.
        column: the cell's column.
        why: what is wrong with it; "" if it is no date.
        parts: what in it is meant.
    """

    row: int
    column: str
    why: str = ""
    parts: tuple[str, ...] = ()


class Moved(NamedTuple):
    """A later date than the ledger's, as ordinals; 0 for no deadline; `taken` if accepted."""

    row: int
    column: str
    old: int
    new: int
    taken: bool = False


class DateColumns:
    """The date columns of ledger and incoming list, read together.

    Args:
        both: the ledger's rows, then the incoming ones.
        first: index of the first incoming row.
        reading: reads dates, and knows which can be.
        today: ordinal of the day of import.
        future_found: incoming rows whose 发现日期 was left out: the day of import stands in.
    """

    def __init__(
        self, both: pa.Table, first: int, reading: Reading, today: int, future_found: Mask
    ) -> None:
        self.known = self._first = first
        self._reader = reading.dates
        self._last_day = reading.last_day
        self._today = today
        self._future_found = future_found
        self._count = both.num_rows
        self._texts = {name: both[name] for name in col.DATE_COLUMNS}
        self._read: dict[str, Dates] = {
            name: self._reader.column(both[name], several=name in col.EVENT_COLUMNS)
            for name in (col.FOUND, *col.EVENT_COLUMNS)
        }
        found = self._read[col.FOUND].single(self._count)
        self._read[col.DUE] = self._reader.deadlines(both[col.DUE], found)
        self._singles = {
            name: self._read[name].single(self._count).astype(np.int64)
            for name in (col.FOUND, col.DUE)
        }
        # The same words are refused in many rows.
        self._parts = functools.cache(self._unread_parts)
        self.refusals = [refusal for name in self._read for refusal in self._unread_cells(name)]

    def days(self, name: str, *, as_sent: bool = False) -> Rows:
        """One day a row, 0 for none; below 0 for what cannot be read if `as_sent`."""
        days = self._singles[name].copy()
        unread = np.flatnonzero(self._read[name].refused & as_sent)
        if len(unread):
            texts = [squash(text) for text in self._texts[name].take(pa.array(unread)).to_pylist()]
            days[unread] = -1 - np.unique(texts, return_inverse=True)[1]
        return days

    def brings(self, name: str) -> Mask:
        """Incoming rows with anything in a column that is not empty."""
        filled: Mask = self._read[name].filled[self._first :]
        return filled

    def incoming(self, name: str) -> tuple[Rows, Rows]:
        """Incoming row and day of each readable date of a column."""
        read = self._read[name]
        ours = read.rows >= self._first
        return read.rows[ours].astype(np.int64) - self._first, read.days[ours].astype(np.int64)

    def found(
        self, cells: pa.ChunkedArray, taken: Rows, at: Rows, *, accept: bool
    ) -> tuple[pa.ChunkedArray, list[Moved], list[DateRefusal], Days]:
        """发现日期 after the merge: moved and refused ones, and the day of each row taken.

        Args:
            cells: the ledger's column, with empty rows for new issues.
            taken: incoming rows.
            at: the ledger row of each.
            accept: take later dates too.
        """
        old, new = self._old(col.FOUND, at), self._new(col.FOUND, taken)
        stands_in = self._future_found[taken] & (old == 0)
        possible = self._possible(new)
        refused = (new > 0) & ~possible
        later = possible & (new > old) & (old > 0)
        clash = later & (new > self._earliest_other(at)) if accept else np.zeros(len(at), bool)
        take = possible & (new != old) & (~later | accept) & ~clash
        cells = self._written(col.FOUND, cells, taken, at, take, refused & (old == 0))
        cells = with_texts(cells, {int(row): iso(self._today) for row in at[stands_in]})
        moved = [
            Moved(int(taken[i]), col.FOUND, int(old[i]), int(new[i]))
            for i in np.flatnonzero(later & (not accept))
        ]
        why = [(refused, OUTSIDE), (clash, AFTER_OTHERS)]
        day = np.where(take, new, np.where(stands_in, self._today, old))
        return cells, moved, list(self._refused(col.FOUND, taken, why)), day

    def due(
        self,
        cells: pa.ChunkedArray,
        taken: Rows,
        at: Rows,
        found: Days,
        force: Days,
        *,
        accept: bool,
    ) -> tuple[pa.ChunkedArray, list[Moved], list[DateRefusal]]:
        """整改期限 after the merge, and what was moved or refused.

        Args:
            cells: the ledger's column, with empty rows for new issues.
            taken: incoming rows.
            at: the ledger row of each.
            found: 发现日期 of each after the merge.
            force: the deadline in force of each, extensions counted; 0 for none.
            accept: whether a later one enters the register of extensions.
        """
        old, new = self._old(col.DUE, at), self._new(col.DUE, taken)
        old = np.where(old < found, 0, old)
        outside = (new > 0) & ~self._possible(new)
        early = (new > 0) & (new < found) & ~outside
        possible = (new > 0) & ~outside & ~early
        limit = np.maximum(old, force)
        later = possible & (new > limit) & (limit > 0)
        take = possible & ((old == 0) | (new < old)) & ~later & (new != old)
        cells = self._written(col.DUE, cells, taken, at, take, (outside | early) & (old == 0))
        granted = later & accept & (new <= self._last_day)
        # No deadline is later than any; it never takes the place of a day.
        endless = self._endless(taken) & (limit > 0)
        moved = [
            Moved(int(taken[i]), col.DUE, int(limit[i]), int(new[i]), bool(granted[i]))
            for i in np.flatnonzero(later | endless)
        ]
        why = [(outside, OUTSIDE), (early, BEFORE_FOUND)]
        return cells, moved, list(self._refused(col.DUE, taken, why))

    def events(
        self, name: str, cells: pa.ChunkedArray, taken: Rows, at: Rows
    ) -> tuple[pa.ChunkedArray, Rows, Rows]:
        """A column of events, after the merge, and the incoming row and day of each new date.

        Dates are added to those there, each once. What cannot be read is kept
        where there is no readable date; of a return it is kept in any case.
        """
        read = self._read[name]
        to = np.full(len(read.refused) - self._first, -1, np.int64)
        to[taken] = at
        row, day = self.incoming(name)
        place = to[row]
        keys = place * SPAN + day
        before = read.rows < self._first
        known = read.rows[before].astype(np.int64) * SPAN + read.days[before]
        fresh = (place >= 0) & ~np.isin(keys, known)
        garbled = taken[read.refused[self._first + taken]]
        rows = np.unique(np.concatenate((row[fresh], garbled)))
        plain, days = self._plain(name, rows, to)
        cells = _put(cells, to[rows[plain]], days[plain])
        return with_texts(cells, self._joined(name, rows[~plain], to)), row[fresh], day[fresh]

    # ------------------------------------------------------------ dates that can be

    def _old(self, name: str, at: Rows) -> Rows:
        """The ledger's days of some rows, 0 where there is none that can be."""
        known = at < self._first
        old = np.zeros(len(at), np.int64)
        old[known] = self._singles[name][at[known]]
        return np.where(self._possible(old), old, 0)

    def _new(self, name: str, taken: Rows) -> Rows:
        new: Rows = self._singles[name][self._first + taken]
        return new

    def _possible(self, days: Rows) -> Mask:
        possible: Mask = (days > 0) & (days <= self._last_day)
        return possible

    def _earliest_other(self, at: Rows) -> Rows:
        """The earliest other date of some of the ledger's rows."""
        earliest = np.full(self._count, np.iinfo(np.int64).max)
        for name in (col.DUE, *col.EVENT_COLUMNS):
            read = self._read[name]
            np.minimum.at(earliest, read.rows, read.days)
        return earliest[at]

    def _refused(
        self, name: str, taken: Rows, why: Iterable[tuple[Mask, str]]
    ) -> Iterable[DateRefusal]:
        for mask, words in why:
            for i in np.flatnonzero(mask):
                text = self._texts[name][self._first + int(taken[i])].as_py()
                yield DateRefusal(int(taken[i]), name, words, (text.strip(),))

    # ------------------------------------------------------------ cells

    def _written(
        self,
        name: str,
        cells: pa.ChunkedArray,
        taken: Rows,
        at: Rows,
        take: Mask,
        kept: Mask,
    ) -> pa.ChunkedArray:
        """A column of single dates with new ones; what cannot be is kept where nothing stood.

        A date in words keeps its words.
        """
        plain = take & ~self._worded(name, taken)
        cells = _put(cells, at[plain], self._new(name, taken)[plain])
        ours = np.where(at < self._first, at, 0)
        known = at < self._first
        blank = ~(known & self._read[name].filled[ours])
        unread = self._read[name].refused[self._first + taken]
        nothing_better = ~(known & (self._singles[name][ours] > 0))
        as_sent = (take & ~plain) | (kept & blank) | (unread & nothing_better)
        as_sent |= self._endless(taken) & blank if name == col.DUE else False
        texts = self._texts[name]
        return with_texts(
            cells,
            {
                int(at[i]): texts[self._first + int(taken[i])].as_py()
                for i in np.flatnonzero(as_sent)
            },
        )

    def _worded(self, name: str, taken: Rows) -> Mask:
        """Rows whose date is said in words."""
        words = self._read[name].in_words
        if words is None:
            return np.zeros(len(taken), bool)
        worded: Mask = words[self._first + taken]
        return worded

    def _endless(self, taken: Rows) -> Mask:
        """Rows whose words say that there is no deadline."""
        endless: Mask = self._worded(col.DUE, taken) & (self._new(col.DUE, taken) == 0)
        return endless

    def _plain(self, name: str, rows: Rows, to: Rows) -> tuple[Mask, Days]:
        """Rows that bring one date to a cell where nothing stood; and the date."""
        read = self._read[name]
        counts = np.bincount(read.rows, minlength=len(read.refused))
        held = counts.astype(bool) | read.refused
        place = to[rows]
        empty = (place >= self._first) | ~held[np.where(place < self._first, place, 0)]
        at = self._first + rows
        days = read.single(len(read.refused))[at]
        return empty & (counts[at] == 1) & ~read.refused[at], days

    def _joined(self, name: str, rows: Rows, to: Rows) -> dict[int, str]:
        """The new text of ledger cells to which incoming rows bring something."""
        read = self._read[name]
        ours = _by_row(read, np.concatenate((to[rows], self._first + rows)))
        texts: dict[int, str] = {}
        for row in rows.tolist():
            place = int(to[row])
            old = ours.get(place, ()) if place < self._first else ()
            had = self._unread(name, place) if place < self._first else ()
            unread = tuple(dict.fromkeys((*had, *self._unread(name, self._first + row))))
            days = sorted({*old, *ours.get(self._first + row, ())})
            kept = unread if name == col.SENT_BACK or not days else ()
            if len(days) > len(old) or (kept and kept != had):
                texts[place] = JOINT.join([*map(iso, days), *kept])
        return texts

    def _unread_cells(self, name: str) -> Iterator[DateRefusal]:
        """The incoming cells of a column that are no dates."""
        rows = np.flatnonzero(self._read[name].refused[self._first :])
        texts = self._texts[name].take(pa.array(self._first + rows)).to_pylist()
        for row, text in zip(rows.tolist(), texts, strict=True):
            yield DateRefusal(row, name, parts=self._parts(name, text))

    def _unread(self, name: str, row: int) -> tuple[str, ...]:
        if not self._read[name].refused[row]:
            return ()
        return self._parts(name, self._texts[name][row].as_py())

    def _unread_parts(self, name: str, text: str) -> tuple[str, ...]:
        parts = SEPARATORS.split(text) if name in col.EVENT_COLUMNS else [text]
        return tuple(part.strip() for part in parts if self._reader.read(part)[1])


def _by_row(dates: Dates, rows: Rows) -> dict[int, tuple[int, ...]]:
    wanted = np.isin(dates.rows, rows)
    by_row: dict[int, tuple[int, ...]] = {}
    for row, day in zip(dates.rows[wanted].tolist(), dates.days[wanted].tolist(), strict=True):
        by_row[row] = (*by_row.get(row, ()), day)
    return by_row


def _put(cells: pa.ChunkedArray, at: Rows, days: Days) -> pa.ChunkedArray:
    """A column with dates, as ordinals, in some rows."""
    since_1970 = pa.array((days - _EPOCH).astype(np.int32)).cast(pa.date32())
    return replaced(cells, at, pa.chunked_array([since_1970.cast(pa.string())]))


def iso(day: int) -> str:
    """An ordinal as a date in ISO."""
    return dt.date.fromordinal(day).isoformat()
