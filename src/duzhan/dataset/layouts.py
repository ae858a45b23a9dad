"""How the tables of a dataset are found in files: their headers, aliases and date columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan import columns as col
from duzhan.intake.headers import HeaderFinder
from duzhan.intake.states import StateWords
from duzhan.intake.tables import Layout

if TYPE_CHECKING:
    from duzhan.model import Roster, Rules


def issue_layout(rules: Rules) -> Layout:
    """How to find an issue list in a file: its headers and date columns."""
    names = (col.SERIAL, col.COUNTY, *col.ISSUE_COLUMNS, *col.FURTHER_COLUMNS)
    aliases = {name: rules.header_aliases.get(name, ()) for name in names}
    words = rules.vocabularies
    return Layout(
        HeaderFinder(aliases, col.DESCRIPTION),
        col.SERIAL,
        col.ID,
        col.DATE_COLUMNS,
        len(col.ISSUE_COLUMNS),
        events=col.EVENT_COLUMNS,
        state=col.PROGRESS,
        words=StateWords(words.done_words, words.not_done_words),
        phrase=col.DESCRIPTION,
        keeps_others=True,
    )


def record_layout(file: str, rules: Rules, roster: Roster) -> Layout:
    """How to find the table of a record file."""
    columns = col.record_columns(file, roster.offices)
    aliases = {name: rules.header_aliases.get(name, ()) for name in columns}
    dates = tuple(name for name in columns if name.endswith("日期") or name in col.OTHER_DATES)
    return Layout(HeaderFinder(aliases, columns[0]), None, None, dates, len(columns))
