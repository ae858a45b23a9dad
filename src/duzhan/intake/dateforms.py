"""One date as people write it: each form is read in one way only, or refused.

SPEC section 5: ISO, 2021/6/3, 2021.6.3, 2021年6月3日, 20210603, 6月3日 and 6.4
(the campaign's year), with times, full-width digits, and Excel's serial
numbers. A form whose day and month cannot be told apart is never guessed.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from duzhan.intake.text import UNSEEN

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
# One after the other, each in one go: \s*x\s* would walk a long run of blanks again and again.
_BLANKS = re.compile(r"\s+")
_AROUND = re.compile(r" ?([-/.年月日号:]) ?")
_TIME = r"(?:(?:[T\s]+|(?<=[日号]))\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_FULL = re.compile(r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})[日号]?)" + _TIME)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})" + _TIME)
_MONTH_DAY = re.compile(r"(\d{1,2})月(\d{1,2})[日号]?" + _TIME)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
# What all of these consist of, white space aside.
_DATED = re.compile(r"[-‐‑‒–—―−\d/.:T年月日号]+")
_SLASHED = re.compile(r"\d{1,2}[-/]\d{1,2}(?:[-/]\d{2,4})?" + _TIME)

# Excel's day 0, and the serial numbers of 2000-01-01 and 2099-12-31: other
# five-digit numbers are not dates of a campaign.
_EXCEL_EPOCH = dt.date(1899, 12, 30)
_SERIALS = range(36526, 73051)

# A workbook may count from 1904, 1462 days later.
_EPOCHS_APART = 1462

WRITE_LIKE = "应写成 2021-06-30 或 2021年6月30日 的样子"


@dataclass(frozen=True, slots=True)
class Calendar:
    """The campaign's period, which gives 6月3日 its year."""

    start: dt.date
    end: dt.date

    @property
    def earliest(self) -> dt.date:
        """1 January of the fifth year before the campaign's first: no date lies before it."""
        return dt.date(self.start.year - 5, 1, 1)

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


def plain_text(text: str) -> str:
    """A cell as the forms are written: ASCII digits and dashes, no spaces around 年月日."""
    seen = UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    return _AROUND.sub(r"\1", _BLANKS.sub(" ", seen.translate(_DASHES).strip()))


def read_date(text: str, calendar: Calendar) -> dt.date | None:
    """Read one date; None if the text is no date, may be several, or lies too far back.

    Args:
        text: a cell or a part of one, not empty.
        calendar: the campaign's period.
    """
    date = _read_iso(text) or _read_any_date(text, calendar)
    return None if date is None or date < calendar.earliest else date


def may_be_date(word: str) -> bool:
    """Whether a text of folded width and without white space may be one; most are none."""
    return _DATED.fullmatch(word) is not None


def _read_iso(text: str) -> dt.date | None:
    """The plainest form of all, without the detour of the others."""
    year, month, day = text[:4], text[5:7], text[8:]
    if len(text) != 10 or text[4] != "-" or text[7] != "-" or not text.isascii():
        return None
    if not (year.isdigit() and month.isdigit() and day.isdigit()):
        return None
    return _date(int(year), int(month), int(day))


def _read_any_date(text: str, calendar: Calendar) -> dt.date | None:
    plain = plain_text(text)
    if date := _read_with_year(plain):
        return date
    if match := _MONTH_DAY.fullmatch(plain):
        return calendar.day_of_year(*map(int, match.groups()))
    if match := _DOTTED.fullmatch(plain):
        month, day = map(int, match.groups())
        # 6.3 may be what Excel left of 6.30.
        return None if day in (1, 2, 3) else calendar.day_of_year(month, day)
    if (match := _SERIAL.fullmatch(plain)) and int(match[1]) in _SERIALS:
        return _EXCEL_EPOCH + dt.timedelta(days=int(match[1]))
    return None


def _read_with_year(plain: str) -> dt.date | None:
    if match := _FULL.fullmatch(plain):
        year, _, *numbers = match.groups()
        month, day = (n for n in numbers if n is not None)
        return _date(int(year), int(month), int(day))
    if match := _COMPACT.fullmatch(plain):
        return _date(*map(int, match.groups()))
    return None


def from_1904(text: str) -> str:
    """A serial number of a workbook that counts from 1904 as a date; any other text as it is."""
    match = _SERIAL.fullmatch(plain_text(text))
    if match is None or (serial := int(match[1]) + _EPOCHS_APART) not in _SERIALS:
        return text
    return (_EXCEL_EPOCH + dt.timedelta(days=serial)).isoformat()


def why_refused(text: str) -> str:
    """Say what is wrong with a cell that `read_date` refused, and what would be right."""
    plain = plain_text(text)
    if _read_with_year(plain):
        return "比行动早了五年以上，不会是这件事的日期，请核对年份"
    if _DOTTED.fullmatch(plain):
        return f"可能是 Excel 把 6.30 变成了 6.3，不能断定是哪一天，{WRITE_LIKE}"
    if _SLASHED.fullmatch(plain):
        return f"分不清月和日，{WRITE_LIKE}"
    if _FULL.fullmatch(plain) or _COMPACT.fullmatch(plain) or _MONTH_DAY.fullmatch(plain):
        return f"没有这一天，{WRITE_LIKE}"
    return f"不是日期，{WRITE_LIKE}"
