"""Deadlines in words: 6月底前, 中旬, 第二季度, 立行立改 (SPEC section 3, words in 整改期限).

A word means the last day of what it names. A word of the campaign's list means a
number of days after 发现日期, or that there is no deadline. What is none of these
is refused, never guessed; a number such as 2021.6 is no month.
"""

from __future__ import annotations

import calendar as months
import datetime as dt
import re
from typing import TYPE_CHECKING, NamedTuple

from duzhan.intake.dateforms import plain_text, read_date
from duzhan.intake.text import squash

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duzhan.intake.dateforms import Calendar

_DIGITS = {char: number for number, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_NUMERAL = re.compile(r"[零〇一二三四五六七八九十]+(?=年|月|日|号|季度)")
_PIECES = re.compile(r"[,;、。!|()\[\]【】〔〕\s]+")
# What may stand around a deadline without changing it.
_BEFORE = re.compile(
    r"^(?:整改|完成|办结)?(?:时限|期限)?[为:]?(?:请|于|在|到|至|截至|截止到?|限期?|务必|力争|确保|争取"
    r"|计划|预计|拟|原则上|必须|须|应|需|要求|并|且|后|再|最迟|最晚|不迟于|不晚于)*"
)
_AFTER = re.compile(
    r"(?:完成|整改|全部|任务|工作|完毕|到位|办结|落实|解决|完工|竣工|取得|实效|销号)+$"
)
_HOUR = re.compile(r"\d{1,2}[时点](?:\d{1,2}分?|整)?$")
_EDGE = re.compile(r"(?:之前|以前|前|止|内|为止)$")
_YEAR = r"(?:(\d{4})年|(今年|本年)度?)?"
_TEN_DAYS = {"上旬": 10, "中旬": 20, "下旬": 31}
_MONTH = re.compile(_YEAR + r"(\d{1,2})月份?(上旬|中旬|下旬)?[底末内]?")
_QUARTER = re.compile(_YEAR + r"第?([1-4])季度[底末内]?")
_HALF = re.compile(_YEAR + r"(上|下)半年[底末内]?")
_WHOLE_YEAR = re.compile(r"(?:(\d{4})年|今年|本年|年)度?[底末内]?")


class Deadline(NamedTuple):
    """What a cell of 整改期限 says.

    Attributes:
        day: ordinal of the day that it names, 0 if it names none.
        after: days after 发现日期, -1 if no word says so; the earlier of both decides.
        refused: something in it cannot be read.
        in_words: it was read from words, not from a date alone.
    """

    day: int = 0
    after: int = -1
    refused: bool = False
    in_words: bool = False

    def on(self, found: int) -> int:
        """Ordinal of the deadline of an issue found on that day (0: unknown); 0 for none."""
        days = [self.day] if self.day else []
        if self.after >= 0 and found:
            days.append(found + self.after)
        return min(days, default=0)


UNREAD = Deadline(refused=True)


def read_deadline(text: str, calendar: Calendar, words: Mapping[str, int | None]) -> Deadline:
    """Read a cell that is not empty.

    Args:
        text: the cell.
        calendar: the campaign's period.
        words: squashed word to days after 发现日期, None for no deadline.
    """
    if date := read_date(text, calendar):
        return Deadline(date.toordinal())
    dates: list[int] = []
    others: list[int] = []
    afters: list[int] = []
    for piece in _pieces(text):
        if date := _date(piece, calendar):
            dates.append(date.toordinal())
        elif (word := _listed(piece, words)) is not None:
            afters.extend(days for days in [words[word]] if days is not None)
        elif date := _period(piece, calendar):
            others.append(date.toordinal())
        else:
            return UNREAD
    if len(set(dates)) == 1:
        return Deadline(dates[0], in_words=True)
    return Deadline(min(dates + others, default=0), min(afters, default=-1), in_words=True)


def _pieces(text: str) -> Iterator[str]:
    plain = _NUMERAL.sub(_number, plain_text(text))
    pieces = [piece for piece in _PIECES.split(plain) if piece]
    # A cell of separators alone says nothing that could be read.
    yield from pieces or [""]


def _number(match: re.Match[str]) -> str:
    """Chinese numerals as digits: 六, 十二, 二十一, 二〇二一."""
    text = match[0]
    if "十" not in text:
        return "".join(str(_DIGITS[char]) for char in text)
    tens, _, ones = text.partition("十")
    if len(tens) > 1 or len(ones) > 1:
        return text
    return str(10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0))


def _bare(piece: str) -> str:
    """A piece without what stands around the date: 请于…前完成."""
    bare = _AFTER.sub("", _BEFORE.sub("", piece))
    return _HOUR.sub("", _EDGE.sub("", bare))


def _date(piece: str, calendar: Calendar) -> dt.date | None:
    bare = _bare(piece)
    # A bare number beside words is no serial of a spreadsheet.
    return None if bare.isdigit() and len(bare) < 8 else read_date(bare, calendar)


def _listed(piece: str, words: Mapping[str, int | None]) -> str | None:
    stripped = _BEFORE.sub("", piece)
    for word in (piece, stripped, _AFTER.sub("", piece), _AFTER.sub("", stripped)):
        if (key := squash(word).casefold()) in words:
            return key
    return None


def _period(piece: str, calendar: Calendar) -> dt.date | None:
    """The last day of the month, ten days, quarter or year that a piece names."""
    bare = _bare(piece)
    if match := _MONTH.fullmatch(bare):
        year, _, month, part = match.groups()
        return _last(year, int(month), calendar, _TEN_DAYS.get(part, 31))
    if match := _QUARTER.fullmatch(bare):
        return _last(match[1], 3 * int(match[3]), calendar)
    if match := _HALF.fullmatch(bare):
        return _last(match[1], 6 if match[3] == "上" else 12, calendar)
    if match := _WHOLE_YEAR.fullmatch(bare):
        return _last(match[1], 12, calendar)
    return None


def _last(year: str | None, month: int, calendar: Calendar, day: int = 31) -> dt.date | None:
    """That day of a month, or its last; without a year the campaign's, if just one fits."""
    if not 1 <= month <= 12:
        return None
    years = [int(year)] if year else range(calendar.start.year, calendar.end.year + 1)
    dates = [
        dt.date(number, month, min(day, months.monthrange(number, month)[1]))
        for number in years
        if number > 0
    ]
    if len(dates) > 1:
        dates = [date for date in dates if calendar.start <= date <= calendar.end]
    return dates[0] if len(dates) == 1 and dates[0] >= calendar.earliest else None
