"""Dates as people write them: each form read in one way only, or refused.

SPEC section 5: ISO, 2021/6/3, 2021.6.3, 2021年6月3日, 20210603, 6月3日 and 6.4
(the campaign's year), with times, full-width digits, and Excel's serial
numbers. A form whose day and month cannot be told apart is never guessed.

Days are counted as `datetime.date.toordinal` does, in 32-bit integers; 0 is
"no date". Lists repeat their dates, so every distinct cell is parsed once.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from duzhan.intake.text import UNSEEN, squash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pyarrow as pa
    from numpy.typing import NDArray

    Days = NDArray[np.int32]
    Mask = NDArray[np.bool_]

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_AROUND = re.compile(r"\s*([-/.年月日号:])\s*")
_TIME = r"(?:(?:[T\s]+|(?<=[日号]))\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_FULL = re.compile(r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})[日号]?)" + _TIME)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})" + _TIME)
_MONTH_DAY = re.compile(r"(\d{1,2})月(\d{1,2})[日号]?" + _TIME)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_SLASHED = re.compile(r"\d{1,2}[-/]\d{1,2}(?:[-/]\d{2,4})?" + _TIME)
SEPARATORS = re.compile(r"[;；、\r\n]+")

# Excel's day 0, and the serial numbers of 2000-01-01 and 2099-12-31: other
# five-digit numbers are not dates of a campaign.
_EXCEL_EPOCH = dt.date(1899, 12, 30)
_SERIALS = range(36526, 73051)

WRITE_LIKE = "应写成 2021-06-30 或 2021年6月30日"


@dataclass(frozen=True, slots=True)
class Calendar:
    """The campaign's period, which gives 6月3日 its year."""

    start: dt.date
    end: dt.date

    def day_of_year(self, month: int, day: int) -> dt.date | None:
        """The date of that month and day in the campaign; None if there is none or several."""
        years = range(self.start.year, self.end.year + 1)
        dates = [date for year in years if (date := _date(year, month, day))]
        if len(years) > 1:
            dates = [date for date in dates if self.start <= date <= self.end]
        return dates[0] if len(dates) == 1 else None


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _plain(text: str) -> str:
    seen = UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    return _AROUND.sub(r"\1", seen.translate(_DASHES).strip())


def read_date(text: str, calendar: Calendar) -> dt.date | None:
    """Read one date; None if the text is no date or may be several.

    Args:
        text: a cell or a part of one, not empty.
        calendar: the campaign's period.
    """
    plain = _plain(text)
    if match := _FULL.fullmatch(plain):
        year, _, *numbers = match.groups()
        month, day = (n for n in numbers if n is not None)
        return _date(int(year), int(month), int(day))
    if match := _COMPACT.fullmatch(plain):
        return _date(*map(int, match.groups()))
    if match := _MONTH_DAY.fullmatch(plain):
        return calendar.day_of_year(*map(int, match.groups()))
    if match := _DOTTED.fullmatch(plain):
        month, day = map(int, match.groups())
        # 6.3 may be what Excel left of 6.30.
        return None if day in (1, 2, 3) else calendar.day_of_year(month, day)
    if (match := _SERIAL.fullmatch(plain)) and int(match[1]) in _SERIALS:
        return _EXCEL_EPOCH + dt.timedelta(days=int(match[1]))
    return None


def why_refused(text: str) -> str:
    """Say what is wrong with a cell that `read_date` refused, and what would be right."""
    plain = _plain(text)
    if _DOTTED.fullmatch(plain):
        return f"可能是 Excel 把 6.30 变成了 6.3，不能断定是哪一天，{WRITE_LIKE}"
    if _SLASHED.fullmatch(plain):
        return f"分不清月和日，{WRITE_LIKE}"
    if _FULL.fullmatch(plain) or _COMPACT.fullmatch(plain) or _MONTH_DAY.fullmatch(plain):
        return f"没有这一天，{WRITE_LIKE}"
    return f"不是日期，{WRITE_LIKE}"


@dataclass(frozen=True, slots=True)
class Dates:
    """A column of dates as long columns, one entry a date.

    Attributes:
        rows: the row that each date stands in, ascending.
        days: the date, in the same order.
        refused: rows with something that is no date.
        filled: rows that are not empty.
    """

    rows: NDArray[np.integer]
    days: Days
    refused: Mask
    filled: Mask

    def single(self, count: int) -> Days:
        """One day a row, 0 where there is none (for columns of one date a cell)."""
        days = np.zeros(count, np.int32)
        days[self.rows] = self.days
        return days


class DateReader:
    """Reads date columns, each distinct cell once.

    Args:
        calendar: the campaign's period.
        empty_words: words that mean an empty cell (无, 暂无, /), as users write them.
    """

    def __init__(self, calendar: Calendar, empty_words: Iterable[str]) -> None:
        self._calendar = calendar
        self._empty = frozenset(squash(word).casefold() for word in empty_words) | {""}
        # Wide forms and a space or two may make the word longer than it is listed.
        self.longest_empty = 6 + max(len(word.encode()) for word in self._empty)
        self.empty_has_digit = any(char.isdigit() for word in self._empty for char in word)
        self._single: dict[str, tuple[tuple[int, ...], bool]] = {}
        self._several: dict[str, tuple[tuple[int, ...], bool]] = {}

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

    def column(self, cells: pa.ChunkedArray, *, several: bool = False) -> Dates:
        """Read a whole column.

        Args:
            cells: text, empty strings for empty cells.
            several: whether a cell may hold several dates.
        """
        cache = self._several if several else self._single
        reader = self.read_several if several else self.read
        encoded = cells.combine_chunks().dictionary_encode()
        words = [_cached(cache, reader, word) for word in encoded.dictionary.to_pylist()]
        codes = encoded.indices.to_numpy()
        return _spread(codes, words, _filled(encoded.dictionary.to_pylist(), self.is_empty)[codes])


def _cached(
    cache: dict[str, tuple[tuple[int, ...], bool]],
    reader: Callable[[str], tuple[tuple[int, ...], bool]],
    word: str,
) -> tuple[tuple[int, ...], bool]:
    found = cache.get(word)
    if found is None:
        found = cache[word] = reader(word)
    return found


def _filled(words: list[str], is_empty: Callable[[str], bool]) -> Mask:
    return np.fromiter((not is_empty(word) for word in words), bool, len(words))


def _spread(
    codes: NDArray[np.int32], words: list[tuple[tuple[int, ...], bool]], filled: Mask
) -> Dates:
    """Give every row the dates of its distinct cell."""
    counts = np.fromiter((len(days) for days, _ in words), np.int64, len(words))
    flat = np.fromiter((day for days, _ in words for day in days), np.int32, counts.sum())
    refused = np.fromiter((bad for _, bad in words), bool, len(words))
    starts = np.concatenate(([0], np.cumsum(counts)[:-1])).astype(np.int64) if words else counts
    per_row = counts[codes]
    rows = np.repeat(np.arange(len(codes), dtype=np.int32), per_row)
    if counts.max(initial=0) <= 1:
        # One date a cell, as almost everywhere.
        return Dates(rows, flat[starts[codes[rows]]], refused[codes], filled)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(per_row) - per_row, per_row)
    return Dates(rows, flat[starts[codes[rows]] + within], refused[codes], filled)
