"""What somebody typed, read against the campaign's calendar and words before it is written."""

from __future__ import annotations

import datetime as dt
import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duzhan import columns as col
from duzhan.dataset.layouts import issue_layout
from duzhan.dataset.record_cells import words_of
from duzhan.errors import UsageError
from duzhan.intake.dateforms import Calendar, read_date, why_refused
from duzhan.intake.dates import SEPARATORS
from duzhan.intake.text import shorten, squash
from duzhan.store.canonical_csv import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from duzhan.dataset.facts import Facts, Reading
    from duzhan.intake.dates import DateReader
    from duzhan.model import Rules, State, Term

# The columns of a cell that may be corrected: what the tool itself keeps is none of them.
_AMENDED = (*col.ISSUE_COLUMNS, col.PARTNERS, col.MEASURES, col.PROGRESS)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a change is judged by.

    Attributes:
        rules: the campaign.
        reading: how cells are read.
        today: nothing can have happened after it.
        state: where the only row of some facts stands as of a day; None if it
            does not exist yet.
    """

    rules: Rules
    reading: Reading
    today: dt.date
    state: Callable[[Facts, dt.date], State | None]


def checked_day(text: str, option: str, terms: Terms, *, from_start: bool = True) -> dt.date:
    """Read a date of the command line: a day of the campaign, not after today.

    Args:
        text: as typed.
        option: where, for messages.
        terms: the campaign's calendar, and today.
        from_start: whether it must not lie before the campaign.

    Raises:
        UsageError: it is no such date.
    """
    rules = terms.rules
    day = read_date(text, Calendar(rules.start, rules.end))
    if day is None:
        raise UsageError(f"{option} 的“{shorten(text)}”{why_refused(text)}")
    if day > terms.today:
        raise UsageError(f"{option} 的 {day} 还没有到（今天是 {terms.today}）")
    if day > rules.end or (from_start and day < rules.start):
        raise UsageError(f"{option} 的 {day} 不在行动期（{rules.start} 至 {rules.end}）内")
    return day


def checked_text(text: str, option: str, terms: Terms, *, required: bool = False) -> str:
    """Give a text of the command line as a cell holds it.

    Raises:
        UsageError: it cannot be written, or is required and says nothing.
    """
    refuse_no_text(text, option)
    if required and terms.reading.dates.is_empty(text):
        raise UsageError(f"{option} 不能是空的")
    return clean(text).strip()


def refuse_no_text(text: str, what: str) -> None:
    """Refuse bytes of the command line that are no text in the terminal's encoding.

    Raises:
        UsageError: the text could not be written to a file.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise UsageError(f"{what}里有不能写成 UTF-8 的字符，请检查终端的编码") from None


def checked_word(text: str, what: str, terms: Iterable[Term]) -> str:
    """Give a word of a vocabulary as the campaign writes it.

    Raises:
        UsageError: it is not in the vocabulary.
    """
    words = words_of(terms)
    if found := words.get(squash(text)):
        return found
    names = list(dict.fromkeys(words.values()))
    near = difflib.get_close_matches(squash(text), words, 1, 0.5)
    hint = f"，是不是“{words[near[0]]}”？" if near else "，"
    raise UsageError(f"{what}“{shorten(text)}”不在词表中{hint}可用的有：{'、'.join(names)}")


def column_named(name: str, rules: Rules) -> str:
    """Find the column that somebody means, by its name or one of its other names.

    Raises:
        UsageError: there is no such column, or it is not the issue's own.
    """
    for column in issue_layout(rules).finder.match([name]):
        if column in _AMENDED:
            return column
    near = difflib.get_close_matches(squash(name), _AMENDED, 1, 0.4)
    hint = f"，是不是“{near[0]}”？" if near else "，"
    raise UsageError(f"台账没有“{shorten(name)}”这一列{hint}可改的有：{'、'.join(_AMENDED)}")


def checked_dates(column: str, text: str, terms: Terms) -> str:
    """Read the dates of a cell of a date column and write them in ISO, in order.

    Raises:
        UsageError: one of them is no date, or has not come yet (整改期限 may lie ahead).
    """
    dates = terms.reading.dates
    parts = SEPARATORS.split(text) if column in col.EVENT_COLUMNS else [text]
    days: set[int] = set()
    for part in parts:
        found, refused = dates.read(part)
        if refused:
            raise UsageError(f"“{column}”的“{shorten(part)}”{why_refused(part)}")
        days.update(found)
    late = [day for day in days if day > terms.today.toordinal()]
    if late and column != col.DUE:
        day = dt.date.fromordinal(late[0])
        raise UsageError(f"“{column}”的 {day} 还没有到（今天是 {terms.today}）")
    return col.JOINT.join(dt.date.fromordinal(day).isoformat() for day in sorted(days))


def add_date(cell: str, day: dt.date, dates: DateReader) -> str:
    """Add a date to a cell of event dates, once and in order; what stands there stays as it is.

    Args:
        cell: no, one or several dates.
        day: the date to add.
        dates: reads them.
    """
    parts = [part.strip() for part in SEPARATORS.split(cell) if not dates.is_empty(part)]
    read = [dates.read(part)[0] for part in parts]
    if (day.toordinal(),) in read:
        return cell
    later = [at for at, found in enumerate(read) if found and found[0] > day.toordinal()]
    parts.insert(later[0] if later else len(parts), day.isoformat())
    return col.JOINT.join(parts)
