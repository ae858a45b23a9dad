"""Rows of record files: cells read one by one, each fault reported with its place.

A row whose date, county, assessor, week or task cannot be used is reported and
otherwise ignored (SPEC section 4).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from duzhan import columns as col
from duzhan.dataset.faults import refusal
from duzhan.dataset.layouts import record_layout, records_asked
from duzhan.dataset.names import find_county
from duzhan.intake.dateforms import Calendar, why_refused
from duzhan.intake.dates import DateReader
from duzhan.intake.grid import RefusedFileError
from duzhan.intake.tables import read_tables
from duzhan.intake.text import shorten, squash
from duzhan.model import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from duzhan.model import County, Roster, Rules, Term

T = TypeVar("T")

# Whose rows say themselves which cell they cannot do without.
REGISTERS = frozenset({col.EXTENSIONS, col.RECHECKS, col.EVIDENCE})

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(slots=True)
class Row:
    """One row of a record file, and where its problems go.

    `usable` turns False once a cell that the row cannot do without is at fault.
    """

    file: str
    line: int
    cells: dict[str, str]
    context: Context
    usable: bool = True

    def text(self, column: str) -> str:
        """A cell without spaces around it; "" for a word that means nothing."""
        value: str = self.cells.get(column, "").strip()
        return "" if self.context.dates.is_empty(value) else value

    def problem(
        self, column: str, code: str, message: str, *, fatal: bool, minor: bool = False
    ) -> None:
        """Report a cell; a fatal fault makes the row unusable, a minor one is a warning."""
        consequence = "，此行不计" if fatal else ""
        self.context.problems.append(
            Problem(
                "warning" if minor else "error",
                self.file,
                self.line,
                column,
                self.cells.get(column),
                code,
                f"{message}{consequence}",
            )
        )
        self.usable = self.usable and not fatal

    def required(self, column: str) -> str:
        """The text of a cell that must not be empty."""
        value = self.text(column)
        if not value:
            self.problem(column, "missing-value", "没有填写", fatal=True)
        return value

    def day(self, column: str) -> dt.date:
        """The date in a cell; `date.min` if there is none, which is reported."""
        value = self.required(column)
        if not value:
            return dt.date.min
        days, refused = self.context.dates.read(value)
        if refused:
            message = f"“{shorten(value)}”{why_refused(value)}"
            self.problem(column, "bad-date", message, fatal=True)
            return dt.date.min
        day = dt.date.fromordinal(days[0])
        if day > self.context.rules.end:
            message = f"{day} 晚于行动截止日 {self.context.rules.end}，请核对年份"
            self.problem(column, "future-date", message, fatal=False, minor=True)
        return day

    def county(self) -> str:
        """The full name of the row's county; "" if it has none, which is reported."""
        value = self.required(col.COUNTY)
        if not value:
            return ""
        county = self.context.county_named(value)
        if county is None:
            message = f"“{shorten(value)}”不是名册中的{self.context.roster.unit}"
            self.problem(col.COUNTY, "unknown-county", message, fatal=True)
            return ""
        return county.name

    def word(self, column: str, words: dict[str, str], *, fatal: bool) -> str | None:
        """The canonical word of a vocabulary; None if the cell is empty or holds another."""
        value = self.text(column)
        if not value:
            return None
        found = words.get(squash(value))
        if found is None:
            known = "、".join(dict.fromkeys(words.values()))
            message = f"“{shorten(value)}”不在词表中，应为：{known}"
            self.problem(column, "unknown-value", message, fatal=fatal)
        return found


@dataclass(slots=True)
class Context:
    """What rows are read by, and where their problems go."""

    rules: Rules
    roster: Roster
    dates: DateReader
    problems: list[Problem]

    def county_named(self, text: str) -> County | None:
        """The county that a cell names."""
        return find_county(text, self.roster)


def context_of(rules: Rules, roster: Roster) -> Context:
    """Begin to read record files."""
    calendar = Calendar(rules.start, rules.end)
    return Context(rules, roster, DateReader(calendar, rules.vocabularies.empty_words), [])


def read_points(text: str) -> Fraction | None:
    """Read points as people write them; None if the text is no such number."""
    plain = squash(text)
    return Fraction(plain) if _NUMBER.fullmatch(plain) else None


def words_of(terms: Iterable[Term]) -> dict[str, str]:
    """All ways to write the terms of a vocabulary, squashed, and what they mean."""
    return {squash(name): term.name for term in terms for name in (term.name, *term.aliases)}


def read_rows(
    root: Path, context: Context, file: str, make: Callable[[Row], T | None]
) -> tuple[T, ...]:
    """Read a record file; rows that cannot be used are reported and left out.

    Args:
        root: the dataset's folder.
        context: how to read, and where problems go.
        file: the file's name.
        make: makes of a row what it says.
    """
    if file not in records_asked(context.rules) and not (root / file).exists():
        return ()
    layout = record_layout(file, context.rules, context.roster)
    try:
        tables = read_tables(root / file, layout, context.dates)
    except RefusedFileError as error:
        consequence = "，按没有记录处理"
        if not (root / file).exists():
            header = ",".join(layout.finder.canonical)
            consequence += f"；没有记录时也要有这个文件，第一行写：{header}"
        context.problems.append(refusal(file, error, consequence))
        return ()
    made = []
    for table in tables:
        names = table.cells.column_names
        for column in layout.finder.canonical:
            # A row of a register says itself which cell it cannot do without.
            wanted = column != col.REMARK and file not in REGISTERS
            if column not in names and wanted:
                message = f"缺少“{column}”一列，表头应为：{'、'.join(layout.finder.canonical)}"
                context.problems.append(
                    Problem("error", file, None, column, None, "missing-column", message)
                )
        lines = table.lines(np.arange(table.cells.num_rows))
        for line, cells in zip(lines, table.cells.to_pylist(), strict=True):
            row = Row(file, line, cells, context)
            value = make(row)
            if row.usable and value is not None:
                made.append(value)
    return tuple(made)
