"""Columns of dates: every distinct cell is read once, what is no date is refused.

Days are counted as `datetime.date.toordinal` does, in 32-bit integers; 0 is
"no date". Lists repeat their dates, so every distinct cell is parsed once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from duzhan.intake.dateforms import Calendar, read_date
from duzhan.intake.deadlines import Deadline, read_deadline
from duzhan.intake.text import squash

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pyarrow as pa
    from numpy.typing import NDArray

    from duzhan.arrays import Days, Mask


SEPARATORS = re.compile(r"[;；、\r\n]+")

# Of so many distinct cells what they say is kept from one column to the next.
_KEPT = 50_000


@dataclass(frozen=True, slots=True)
class Dates:
    """A column of dates as long columns, one entry a date.

    Attributes:
        rows: the row that each date stands in, ascending.
        days: the date, in the same order.
        refused: rows with something that is no date.
        filled: rows that are not empty.
        in_words: rows of 整改期限 that words tell, with a day or without.
    """

    rows: NDArray[np.integer]
    days: Days
    refused: Mask
    filled: Mask
    in_words: Mask | None = None

    def single(self, count: int) -> Days:
        """One day a row, 0 where there is none (for columns of one date a cell)."""
        days = np.zeros(count, np.int32)
        days[self.rows] = self.days
        return days


class _Cell(NamedTuple):
    """What a cell says: its dates, whether anything else stands there, whether it is empty."""

    days: tuple[int, ...]
    refused: bool
    filled: bool


class DateReader:
    """Reads date columns, each distinct cell once, also where later columns repeat it.

    Args:
        calendar: the campaign's period.
        empty_words: words that mean an empty cell (无, 暂无, /), as users write them.
        due_words: words of 整改期限 to days after 发现日期, None for no deadline.
    """

    def __init__(
        self,
        calendar: Calendar,
        empty_words: Iterable[str],
        due_words: Mapping[str, int | None] | None = None,
    ) -> None:
        self._calendar = calendar
        self._due_words = {squash(w).casefold(): days for w, days in (due_words or {}).items()}
        self._deadlines: dict[str, Deadline] = {}
        self._empty = frozenset(squash(word).casefold() for word in empty_words) | {""}
        # Wide forms and a space or two may make the word longer than it is listed.
        self.longest_empty = 6 + max(len(word.encode()) for word in self._empty)
        self.empty_has_digit = any(char.isdigit() for word in self._empty for char in word)
        self._single: dict[str, _Cell] = {}
        self._several: dict[str, _Cell] = {}

    def is_empty(self, text: str) -> bool:
        """Whether the cell says nothing."""
        return squash(text).casefold() in self._empty

    def read(self, text: str) -> tuple[tuple[int, ...], bool]:
        """Read a cell of one date: its days, and whether anything was refused."""
        if self.is_empty(text):
            return (), False
        date = read_date(text, self._calendar)
        return ((), True) if date is None else ((date.toordinal(),), False)

    def read_several(self, text: str) -> tuple[tuple[int, ...], bool]:
        """Read a cell that may hold several dates, each judged by itself."""
        parts = [self.read(part) for part in SEPARATORS.split(text)]
        days = tuple(day for found, _ in parts for day in found)
        return days, any(refused for _, refused in parts)

    def deadline(self, text: str) -> Deadline:
        """Read a cell of 整改期限: a date or words."""
        found = self._deadlines.get(text)
        if found is None:
            empty = self.is_empty(text)
            found = Deadline() if empty else read_deadline(text, self._calendar, self._due_words)
            self._deadlines[text] = found
        return found

    def deadlines(self, cells: pa.ChunkedArray, found: Days) -> Dates:
        """Read a whole column of 整改期限.

        Args:
            cells: text, empty strings for empty cells.
            found: each row's 发现日期 as an ordinal, 0 for none; some words count from it.

        Returns:
            One date a row at most; `filled` leaves out what says that there is no
            deadline, and words that have no 发现日期 to count from.
        """
        if len(self._deadlines) > _KEPT:
            self._deadlines.clear()
        encoded = cells.combine_chunks().dictionary_encode()
        read = [self.deadline(word) for word in encoded.dictionary.to_pylist()]
        codes = encoded.indices.to_numpy()
        fixed, after = (
            np.fromiter((one[field] for one in read), np.int32, len(read))[codes]
            for field in (0, 1)
        )
        refused, in_words = (
            np.fromiter((one[field] for one in read), bool, len(read))[codes] for field in (2, 3)
        )
        days = fixed
        if (counted := (after >= 0) & (found > 0)).any():
            later = np.where(fixed > 0, fixed, np.iinfo(np.int32).max)
            days = np.where(counted, np.minimum(later, found + after), fixed).astype(np.int32)
        rows = np.flatnonzero(days).astype(np.int32)
        return Dates(rows, days[rows], refused, refused | (days > 0), in_words)

    def column(self, cells: pa.ChunkedArray, *, several: bool = False) -> Dates:
        """Read a whole column.

        Args:
            cells: text, empty strings for empty cells.
            several: whether a cell may hold several dates.
        """
        known = self._several if several else self._single
        if len(known) > _KEPT:
            known.clear()
        reader = self.read_several if several else self.read
        encoded = cells.combine_chunks().dictionary_encode()
        words = []
        for text in encoded.dictionary.to_pylist():
            cell = known.get(text)
            if cell is None:
                cell = known[text] = _Cell(*reader(text), filled=not self.is_empty(text))
            words.append(cell)
        return _spread(encoded.indices.to_numpy(), words)


def _spread(codes: NDArray[np.int32], words: list[_Cell]) -> Dates:
    """Give every row the dates of its distinct cell."""
    counts = np.fromiter((len(cell.days) for cell in words), np.int64, len(words))
    flat = np.fromiter((day for cell in words for day in cell.days), np.int32, counts.sum())
    refused, filled = (
        np.fromiter(map(itemgetter(field), words), bool, len(words)) for field in (1, 2)
    )
    starts = np.concatenate(([0], np.cumsum(counts)[:-1])).astype(np.int64) if words else counts
    per_row = counts[codes]
    rows = np.repeat(np.arange(len(codes), dtype=np.int32), per_row)
    if counts.max(initial=0) <= 1:
        # One date a cell, as almost everywhere.
        return Dates(rows, flat[starts[codes[rows]]], refused[codes], filled[codes])
    within = np.arange(len(rows)) - np.repeat(np.cumsum(per_row) - per_row, per_row)
    return Dates(rows, flat[starts[codes[rows]] + within], refused[codes], filled[codes])
