"""What stands in the form that a county fills in: its issues that are not closed, cell by cell.

What comes back is imported without a complaint, so a cell that cannot be read
is left blank here, and a column beside the list says what to write. The ledger
loses nothing by that: an empty cell never erases.
"""

from __future__ import annotations

import bisect
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.compliance.states import CLAIMED, OPEN, standing
from duzhan.dataset.ledger import reading_of
from duzhan.dataset.problems import ledger_problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from duzhan.dataset.ledger import Ledger
    from duzhan.intake.dates import DateReader
    from duzhan.model import County, Rules

# Whose mending is the office's, in the ledger, and not the county's in the form.
_NOT_THE_COUNTYS = frozenset({"duplicate-id", "unknown-county", "no-verifier", "interpreted-date"})

# Columns that the office fills.
_THE_OFFICES = frozenset({col.FORMER_ID, col.WITHDRAWN})

# A spreadsheet's calendar begins with 1900, and that year is not sound.
_FIRST_YEAR = 1901

Value = str | dt.date


@dataclass(frozen=True, slots=True)
class FormRow:
    """An issue as the form shows it.

    Attributes:
        cells: canonical column to what stands there, "" for nothing.
        faulty: columns that the county is to mend.
        mend: what is wrong and what to write, one line a fault.
    """

    cells: Mapping[str, Value]
    faulty: frozenset[str] = frozenset()
    mend: str = ""


@dataclass(frozen=True, slots=True)
class CountyForm:
    """A county's form.

    Attributes:
        rows: its issues that are not closed, in the order of its files.
        columns: the fourteen, then the further and own ones that these issues have.
        nameless: how many issues have neither 编号 nor 问题描述; no row that
            comes back could be known as one of them, so the form leaves them out.
    """

    county: County
    rows: tuple[FormRow, ...]
    columns: tuple[str, ...] = col.ISSUE_COLUMNS
    nameless: int = 0


def county_forms(
    ledger: Ledger, rules: Rules, day: dt.date, only: County | None = None
) -> list[CountyForm]:
    """Fill in the forms.

    Args:
        ledger: the issues.
        rules: the campaign, whose calendar and words decide what a cell says.
        day: as of which day issues are not closed.
        only: the county that is asked for; None for all.
    """
    now = standing(ledger.facts, day)
    wanted = (now.state == OPEN) | (now.state == CLAIMED)
    writer = _RowWriter(ledger, rules, day)
    forms = []
    for index, county in enumerate(ledger.counties):
        if only is not None and county != only:
            continue
        numbers = np.sort(now.rows[wanted & (now.county == index)]).tolist()
        columns = _columns(ledger.cells.take(pa.array(numbers, pa.int64())))
        rows = [row for row in writer.rows(numbers, columns) if row is not None]
        forms.append(CountyForm(county, tuple(rows), columns, len(numbers) - len(rows)))
    return forms


def _columns(cells: pa.Table) -> tuple[str, ...]:
    """The columns of a form; what the office alone decides is none of the county's."""
    used = [name for name in cells.column_names if pc.any(pc.not_equal(cells[name], "")).as_py()]
    return tuple(name for name in col.ledger_columns(used) if name not in _THE_OFFICES)


def earliest_date(rules: Rules) -> dt.date:
    """The first day that the form takes: issues may have been found a year before the campaign."""
    # February 29 has no namesake a year before.
    day = min(rules.start.day, 28) if rules.start.month == 2 else rules.start.day
    return rules.start.replace(year=rules.start.year - 1, day=day)


class _RowWriter:
    """Turns rows of the ledger into rows of a form."""

    def __init__(self, ledger: Ledger, rules: Rules, day: dt.date) -> None:
        self._ledger = ledger
        self._dates: DateReader = reading_of(rules).dates
        self._day = day.toordinal()
        self._faults = _faults_by_line(ledger, rules, self._dates)
        self._firsts = [source.first for source in ledger.sources]

    def rows(self, numbers: list[int], columns: Sequence[str]) -> Iterable[FormRow | None]:
        """Give each row of the ledger as a row of a form; None if it names no issue."""
        texts = self._ledger.cells.take(pa.array(numbers, pa.int64())).to_pylist()
        for number, text in zip(numbers, texts, strict=True):
            named = any(not self._says_nothing(number, c, text) for c in (col.ID, col.DESCRIPTION))
            cells = {name: text[name] for name in columns}
            yield self._row(number, cells) if named else None

    def _row(self, number: int, text: Mapping[str, str]) -> FormRow:
        faults = self._faults_of(number)
        has_id = not self._says_nothing(number, col.ID, text)
        return FormRow(
            {name: self._value(number, name, text[name], has_id) for name in text},
            frozenset(name for name, _ in faults if name),
            "\n".join(f"{name or '整行'}：{message}" for name, message in faults),
        )

    def _says_nothing(self, number: int, name: str, text: Mapping[str, str]) -> bool:
        return (number, name) in self._ledger.broken or self._dates.is_empty(text[name])

    def _value(self, number: int, name: str, text: str, has_id: bool) -> Value:
        broken = (number, name) in self._ledger.broken
        if name not in col.DATE_COLUMNS:
            return "" if broken else text.replace("\r\n", "\n").replace("\r", "\n")
        if name == col.DUE and not broken and (told := self._dates.deadline(text)).in_words:
            return "" if told.refused else text
        read = self._dates.read_several if name in col.EVENT_COLUMNS else self._dates.read
        days, refused = ((), True) if broken else read(text)
        refused |= name == col.FOUND and any(day > self._day for day in days)
        # Without an id an issue is known by its 发现日期, be it garbled.
        if refused and name == col.FOUND:
            return "" if has_id else text
        if len(days) == 1 and (date := dt.date.fromordinal(days[0])).year >= _FIRST_YEAR:
            return date
        if refused:
            return "；".join(dt.date.fromordinal(day).isoformat() for day in days)
        return text

    def _faults_of(self, number: int) -> list[tuple[str | None, str]]:
        if not self._faults:
            return []
        source = self._ledger.sources[bisect.bisect_right(self._firsts, number) - 1]
        [line] = source.table.lines(np.array([number - source.first]))
        return self._faults.get((source.file, source.table.sheet, line), [])


def _faults_by_line(
    ledger: Ledger, rules: Rules, dates: DateReader
) -> dict[tuple[str, str | None, int], list[tuple[str | None, str]]]:
    faults: dict[tuple[str, str | None, int], list[tuple[str | None, str]]] = {}
    for problem in ledger_problems(ledger, rules, dates):
        if problem.line is not None and problem.code not in _NOT_THE_COUNTYS:
            place = (problem.file, problem.sheet, problem.line)
            faults.setdefault(place, []).append((problem.column, problem.message))
    return faults
