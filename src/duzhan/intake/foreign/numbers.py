"""Numbers of a spreadsheet as the text that they stand for: dates by their format.

A format that shows a day makes a date; one that shows only a month, the month
(2021年6月); times of day and spans of time are no dates (SPEC section 5).
"""

from __future__ import annotations

import datetime as dt
import math
import re
from enum import Enum

from duzhan.intake.foreign.sheet import CLOCK, EARLY, SPAN


class Shows(Enum):
    """What a number format shows."""

    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    MONTH = "month"
    YEAR = "year"
    CLOCK = "clock"
    SPAN = "span"


# Formats that a workbook names by number alone; 27 to 36 and 50 to 58 as in Chinese Excel.
BUILT_IN = {
    **dict.fromkeys((14, 15, 16, 22, 28, 29, 30, 31, 51, 53, 54, 58), Shows.DATE),
    **dict.fromkeys((17, 27, 36, 50, 52, 57), Shows.MONTH),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56), Shows.CLOCK),
    46: Shows.SPAN,
    **dict.fromkeys((9, 10), Shows.PERCENT),
}
# No format is longer in Excel.
_LONGEST = 255
_SPAN = re.compile(r"\[(?:h{1,2}|m{1,2}|s{1,2})\]", re.IGNORECASE)
_ASIDE = re.compile(r'"[^"]*"|\\.|[_*].|\[[^\]]*\]|上午/下午|am/pm|a/p|general', re.IGNORECASE)
_WORDS = re.compile(r"y+|e+|g+|m+|d+|h+|s+|a{3,}|b{1,4}")
_TIMES = frozenset("hs")

_EARLIEST = 36526  # 2000-01-01
_BEYOND = 2_958_466  # 10000-01-01
_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheets know no time zone
SHIFT_1904 = 1462


def shown_by(code: str) -> Shows:
    """What a format code shows, by its first section."""
    plain = code[:_LONGEST]
    if _SPAN.search(plain):
        return Shows.SPAN
    section = _ASIDE.sub(" ", plain).partition(";")[0].lower()
    words = [word for word in _WORDS.findall(section) if word[0] not in "gb"]
    kinds = [_kind(words, at) for at in range(len(words))]
    if "d" in kinds or ("w" in kinds and "m" not in kinds):
        return Shows.DATE
    if "m" in kinds:
        return Shows.MONTH
    if _TIMES & set(kinds) or "i" in kinds:
        return Shows.CLOCK
    if "y" in kinds and not re.search(r"[0#?]", section):
        return Shows.YEAR
    return Shows.PERCENT if "%" in section else Shows.NUMBER


def _kind(words: list[str], at: int) -> str:
    """A word of a format by one letter: year, month, day, weekday, hour, minute (i), second."""
    word = words[at]
    if word[0] in "ye":
        return "y"
    if word[0] == "a" or (word[0] == "d" and len(word) > 2):
        return "w"
    after_hour = at > 0 and words[at - 1][0] == "h"
    before_second = at + 1 < len(words) and words[at + 1][0] == "s"
    if word[0] == "m" and (after_hour or before_second):
        return "i"
    return word[0]


def number_text(value: float) -> str:
    """A number as text: whole ones without a point."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def dated(value: float, shows: Shows, *, epoch_1904: bool = False) -> tuple[str, str | None]:
    """A number in a format of its own as text, and what is wrong with it as a date.

    Args:
        value: days since the workbook's day 0.
        shows: what its format shows, not a plain number.
        epoch_1904: whether the workbook counts from 1904.
    """
    if not math.isfinite(value):
        return number_text(value) if math.isinf(value) else "", None
    if shows is Shows.PERCENT:
        return f"{number_text(round(value * 100, 6))}%", None
    if shows is Shows.SPAN:
        return _span(value), SPAN
    days = value + SHIFT_1904 if epoch_1904 else value
    if shows is Shows.CLOCK:
        return _span(days % 1), CLOCK
    if not _EARLIEST <= days < _BEYOND:
        return (_date(days) if 0 <= days < _EARLIEST else number_text(value)), EARLY
    return _shown(days, shows), None


def _shown(days: float, shows: Shows) -> str:
    moment = _EPOCH + dt.timedelta(seconds=round(days * 86400))
    if shows is Shows.MONTH:
        return f"{moment.year}年{moment.month}月"
    return f"{moment.year}年" if shows is Shows.YEAR else _date(days)


def _date(days: float) -> str:
    moment = _EPOCH + dt.timedelta(seconds=round(days * 86400))
    if moment.time() == dt.time():
        return moment.date().isoformat()
    return moment.isoformat(sep=" ", timespec="seconds")


def _span(days: float) -> str:
    seconds = round(abs(days) * 86400)
    sign = "-" if days < 0 else ""
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
