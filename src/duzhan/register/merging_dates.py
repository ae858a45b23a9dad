"""Dates of an incoming list beside the ledger's: what is taken, what is not, what is refused."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from duzhan import columns as col
from duzhan.intake.dates import SEPARATORS, Dates

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from duzhan.intake.dates import DateReader

    Rows = NDArray[np.int64]
    Days = NDArray[np.int32]

JOIN = "；"

# rows * _SPAN + day is one number for both.
_SPAN = np.int64(1) << 22
_EPOCH = dt.date(1970, 1, 1).toordinal()


class Refusal(NamedTuple):
    """A cell of the incoming list that could not be taken as it is.

    Attributes:
        row: incoming row.
        column: the cell's column.
        future: whether it is a 发现日期 after the day of import.
        parts: what in it is no date.
    """

    row: int
    column: str
    future: bool = False
    parts: tuple[str, ...] = ()


class DateColumns:
    """The date columns of ledger and incoming list, read together.

    Args:
        both: the ledger's rows, then the incoming ones.
        first: index of the first incoming row.
        reader: reads dates.
        today: ordinal of the day of import; a 发现日期 after it is refused.
    """

    def __init__(self, both: pa.Table, first: int, reader: DateReader, today: int) -> None:
        self._first = first
        self._reader = reader
        self._today = today
        self._texts = {name: both[name] for name in col.DATE_COLUMNS}
        self._read: dict[str, Dates] = {
            name: reader.column(both[name], several=name in col.EVENT_COLUMNS)
            for name in (col.FOUND, *col.EVENT_COLUMNS)
        }
        self.found = self._read[col.FOUND]
        found = self.found.single(both.num_rows)
        self._read[col.DUE] = reader.deadlines(both[col.DUE], found)
        days = found[first:]
        self.future_found = days > today
        self.found_says_nothing = self.future_found | (days == 0)
        self.refusals = [
            Refusal(int(row), name, parts=tuple(self._unread(name, first + int(row))))
            for name, dates in self._read.items()
            for row in np.flatnonzero(dates.refused[first:])
        ] + [Refusal(int(row), col.FOUND, future=True) for row in np.flatnonzero(self.future_found)]

    def rows_with(self, name: str) -> Rows:
        """Incoming rows with a readable date in a column."""
        rows = self._read[name].rows
        return np.unique(rows[rows >= self._first]) - self._first

    def single(
        self, name: str, cells: pa.ChunkedArray, taken: Rows, at: Rows, *, accept_moved: bool
    ) -> tuple[pa.ChunkedArray, list[int]]:
        """A column of one date a cell, after the merge, and rows whose later date was not taken.

        Args:
            name: 发现日期 or 整改期限.
            cells: the ledger's column, with empty rows for new issues.
            taken: incoming rows.
            at: the ledger row of each.
            accept_moved: take later dates too.
        """
        days = self._read[name].single(len(self._texts[name]))
        new = days[self._first + taken]
        known = at < self._first
        old = np.where(known, days[np.where(known, at, 0)], 0) if self._first else np.zeros(len(at))
        stand_in = np.zeros(len(taken), bool)
        if name == col.FOUND:
            stand_in = self.future_found[taken] & (old == 0)
            new = np.where(self.future_found[taken], 0, new)
        later = (new > old) & (old > 0)
        take = (new > 0) & (new != old) & (~later | accept_moved)
        cells = _put(cells, at[take], new[take])
        texts = {int(at[i]): _iso(self._today) for i in np.flatnonzero(stand_in)}
        kept = self._read[name].refused[self._first + taken] & (old == 0)
        words, timeless = self._in_words(name, taken)
        kept |= (words & take) | (timeless & (old == 0))
        for i in np.flatnonzero(kept):
            texts[int(at[i])] = self._texts[name][self._first + int(taken[i])].as_py()
        unlike = [
            i
            for i in np.flatnonzero(timeless & (old > 0)).tolist()
            if self._texts[name][int(at[i])] != self._texts[name][self._first + int(taken[i])]
        ]
        moved = [] if accept_moved else np.flatnonzero(later).tolist()
        return _with(cells, texts), taken[sorted({*moved, *unlike})].tolist()

    def _in_words(self, name: str, taken: Rows) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Rows whose deadline words tell, and those of them that have no day.

        No deadline is later than any: it never takes the place of a day.
        """
        read = self._read[name]
        if read.in_words is None:
            none = np.zeros(len(taken), bool)
            return none, none
        words = read.in_words[self._first + taken]
        return words, words & (read.single(len(read.refused))[self._first + taken] == 0)

    def events(
        self, name: str, cells: pa.ChunkedArray, taken: Rows, at: Rows
    ) -> tuple[pa.ChunkedArray, Rows, Days]:
        """A column of events, after the merge, and the incoming row and day of each new date.

        Dates are added to those there, each once. What cannot be read is kept
        where there is no readable date; of a return it is kept in any case.
        """
        read = self._read[name]
        to = np.full(len(read.refused) - self._first, -1, np.int64)
        to[taken] = at
        incoming = read.rows >= self._first
        row, day = read.rows[incoming] - self._first, read.days[incoming]
        place = to[row]
        keys = place * _SPAN + day
        known = read.rows[~incoming].astype(np.int64) * _SPAN + read.days[~incoming]
        fresh = (place >= 0) & ~np.isin(keys, known)
        garbled = taken[read.refused[self._first + taken]]
        rows = np.unique(np.concatenate((row[fresh], garbled)))
        plain, days = self._plain(name, rows, to)
        cells = _put(cells, to[rows[plain]], days[plain])
        return _with(cells, self._joined(name, rows[~plain], to)), row[fresh], day[fresh]

    def _plain(self, name: str, rows: Rows, to: Rows) -> tuple[NDArray[np.bool_], Days]:
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
            had = self._unread(name, place) if place < self._first else []
            unread = list(dict.fromkeys([*had, *self._unread(name, self._first + row)]))
            days = sorted({*old, *ours.get(self._first + row, ())})
            kept = unread if name == col.SENT_BACK or not days else []
            if len(days) > len(old) or (kept and kept != had):
                texts[place] = JOIN.join([*map(_iso, days), *kept])
        return texts

    def _unread(self, name: str, row: int) -> list[str]:
        if not self._read[name].refused[row]:
            return []
        text = self._texts[name][row].as_py()
        parts = SEPARATORS.split(text) if name in col.EVENT_COLUMNS else [text]
        return [part.strip() for part in parts if self._reader.read(part)[1]]


def _by_row(dates: Dates, rows: Rows) -> dict[int, tuple[int, ...]]:
    wanted = np.isin(dates.rows, rows)
    by_row: dict[int, tuple[int, ...]] = {}
    for row, day in zip(dates.rows[wanted].tolist(), dates.days[wanted].tolist(), strict=True):
        by_row[row] = (*by_row.get(row, ()), day)
    return by_row


def _with(cells: pa.ChunkedArray, texts: dict[int, str]) -> pa.ChunkedArray:
    if not texts:
        return cells
    index = np.arange(len(cells))
    index[list(texts)] = len(cells) + np.arange(len(texts))
    new = pa.array(list(texts.values()), pa.string())
    return pa.chunked_array([*cells.chunks, new]).take(pa.array(index))


def _put(cells: pa.ChunkedArray, at: Rows, days: NDArray[np.integer]) -> pa.ChunkedArray:
    """A column with dates, as ordinals, in some rows."""
    if len(at) == 0:
        return cells
    index = np.arange(len(cells))
    index[at] = len(cells) + np.arange(len(at))
    since_1970 = pa.array((days - _EPOCH).astype(np.int32)).cast(pa.date32())
    return pa.chunked_array([*cells.chunks, since_1970.cast(pa.string())]).take(pa.array(index))


def _iso(day: int) -> str:
    return dt.date.fromordinal(day).isoformat()
