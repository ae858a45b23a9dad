"""Faults of the ledger, row by row, in words: which file, line, column, and what would be right."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from duzhan import columns as col
from duzhan.dataset.faults import Fault
from duzhan.dataset.interpreted_cells import remarks
from duzhan.dataset.item_links import unlinked
from duzhan.intake.dateforms import why_refused
from duzhan.intake.dates import SEPARATORS
from duzhan.intake.text import shorten, squash
from duzhan.model import Problem

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from duzhan.dataset.ledger import Ledger, Source
    from duzhan.dataset.registers import Ignored
    from duzhan.intake.dates import DateReader
    from duzhan.model import Rules

_KEPT_EMPTY = "按空格处理"
_DATES = frozenset({"bad-date", "future-date", "date-order"})
_LATER = "还没有到，到那天才起作用，请核对"

# What is to be said of faults that are all alike, whatever the cell.
_MESSAGES = {
    "missing-description": "没有写问题描述，请补填",
    "no-due-date": "没有整改期限，无法判断是否超期，请补填",
    "no-verifier": "有销号日期而没有核验人，请补填",
    "self-verified": "核验人就是责任人，销号不算数，只按县里自报完成处理，请由他人核验",
    "claim-without-date": "没有整改完成日期，仍按未整改处理，请补填日期",
    "state-conflict": "与日期不符，请核对后改正其中之一",
}


def count_faults(ledger: Ledger) -> int:
    """How many errors `ledger_problems` would list, without finding their lines."""
    return len(ledger.problems) + len(ledger.registers.problems) + sum(row_faults(ledger))


def row_faults(ledger: Ledger) -> list[int]:
    """How many of these are about issues, by county in the roster's order."""
    found = np.zeros(len(ledger.counties), np.int64)
    for fault in ledger.facts.faults:
        if not fault.warning:
            found += np.bincount(ledger.facts.county[fault.rows], minlength=len(found))
    at = {county.name: number for number, county in enumerate(ledger.counties)}
    for one in ledger.facts.ignored:
        found[at[one.county]] += 1
    return found.tolist()


def ledger_problems(ledger: Ledger, rules: Rules, dates: DateReader) -> list[Problem]:
    """Everything wrong with issue lists and registers, in the order of files and lines.

    Args: as `list_problems`.
    """
    registers = register_rows(ledger.registers.problems, ledger.facts.ignored)
    return [*ledger.problems, *list_problems(ledger, rules, dates), *registers]


def list_problems(
    ledger: Ledger, rules: Rules, dates: DateReader, today: dt.date | None = None
) -> list[Problem]:
    """Everything wrong with sheets, rows and cells of the lists, in their order.

    Args:
        ledger: the lists.
        rules: the campaign.
        dates: reads date cells.
        today: also name what lies after it; None if that does not matter.
    """
    ahead = [] if today is None else _ahead(ledger, dates, rules, today)
    further = (*remarks(ledger, dates), *unlinked(ledger, rules, dates), *ahead)
    placed = problems_by_row(ledger, rules, dates, further)
    aside = [_aside(source, *one) for source in ledger.sources for one in source.table.grid.aside]
    return [*aside, *(problem for _, problem in placed)]


def register_rows(unusable: Iterable[Problem], ignored: Iterable[Ignored]) -> list[Problem]:
    """Rows of registers that count for nothing, in the order of files and lines.

    Args:
        unusable: those that cannot be used, whatever the ledger holds.
        ignored: those that do not count for its issues.
    """
    rows = [*unusable, *(one.problem for one in ignored)]
    return sorted(rows, key=lambda problem: (problem.file, problem.line or 0))


def _aside(source: Source, sheet: str, why: str) -> Problem:
    """A sheet beside a list that is none: nothing of it counts."""
    message = f"这个工作表没有读：{why}"
    return Problem("warning", source.file, None, None, None, "missing-column", message, sheet)


def problems_by_row(
    ledger: Ledger, rules: Rules, dates: DateReader, further: Sequence[Fault] = ()
) -> list[tuple[int, Problem]]:
    """Everything wrong with rows and cells, each with its row of the ledger, ascending.

    Args:
        ledger: the lists.
        rules: the campaign.
        dates: reads date cells.
        further: faults beside those that judgement found.
    """
    placed: list[tuple[int, Problem]] = []
    explain = _Explainer(ledger, rules, dates)
    for source in ledger.sources:
        last = source.first + source.table.cells.num_rows
        for fault in (*ledger.facts.faults, *further):
            begin, end = np.searchsorted(fault.rows, (source.first, last))
            rows = fault.rows[begin:end]
            if len(rows):
                placed.extend(explain.fault(source, fault, rows))
    placed.sort(key=lambda pair: pair[0])
    return placed


def _ahead(ledger: Ledger, dates: DateReader, rules: Rules, today: dt.date) -> list[Fault]:
    """发现日期 and events after today, which nobody can have seen."""
    found: list[Fault] = []
    if today >= rules.end:
        return found  # Later days are faults already.
    for name in (col.FOUND, *col.EVENT_COLUMNS):
        read = dates.column(ledger.cells[name], several=name in col.EVENT_COLUMNS)
        late = (read.days > today.toordinal()) & (read.days <= rules.end.toordinal())
        rows = np.unique(read.rows[late & ~ledger.facts.withdrawn[read.rows]])
        if len(rows):
            found.append(Fault("future-date", name, rows, _LATER))
    return found


class _Explainer:
    def __init__(self, ledger: Ledger, rules: Rules, dates: DateReader) -> None:
        self._ledger = ledger
        self._rules = rules
        self._dates = dates

    def fault(
        self, source: Source, fault: Fault, rows: NDArray[np.integer]
    ) -> Iterator[tuple[int, Problem]]:
        lines = source.table.lines(rows - source.first)
        values: list[str | None] = [None] * len(rows)
        if fault.column is not None:
            values = self._ledger.cells[fault.column].take(pa.array(rows)).to_pylist()
        names = self._ledger.cells[col.ID].take(pa.array(rows)).to_pylist()
        for row, line, value, name in zip(rows.tolist(), lines, values, names, strict=True):
            broken = self._ledger.broken.get((row, fault.column))
            shown = broken[0] if broken else value
            message = broken[1] if broken else self._message(source, fault, value or "")
            yield (
                row,
                Problem(
                    severity="warning" if fault.warning else "error",
                    file=source.file,
                    line=line,
                    column=fault.column,
                    value=shown,
                    code=fault.code,
                    message=message,
                    sheet=source.table.sheet,
                    id=shorten(name) or None,
                ),
            )

    def _message(self, source: Source, fault: Fault, value: str) -> str:
        shown = f"“{shorten(value)}”"
        if fault.code in _DATES:
            wrong, detail = self._wrong_date(fault, value), f"，改正前{self._consequence(fault)}"
            return wrong if fault.detail == _LATER else f"{wrong}{detail}"
        match fault.code:
            case "duplicate-id" | "interpreted-date":
                return f"{shown if value else '此行'}{fault.detail}"
            case "unknown-county":
                return self._elsewhere(source, value)
            case "unknown-value":
                return f"{shown}{fault.detail or self._suggest(fault.column or '', value)}"
        message = _MESSAGES.get(fault.code, fault.detail)
        if fault.column != col.PROGRESS:
            return message
        return f"{f'整改情况写{shown}' if value.strip() else '表中的状态词另有说法'}，{message}"

    def _elsewhere(self, source: Source, value: str) -> str:
        named = f"“{shorten(value)}”" if value else f"工作表“{source.table.sheet}”"
        county = self._ledger.counties[source.county].name
        return f"{named}与文件所属的{county}不符，暂计入{county}，请核对"

    def _wrong_date(self, fault: Fault, value: str) -> str:
        """What is wrong with a date that cannot be read, or cannot be."""
        if fault.code == "bad-date":
            return self._unread(fault, value)
        shown = f"“{shorten(value)}”"
        if fault.detail == _LATER:
            return f"{shown}{_LATER}"
        if fault.code == "future-date":
            return f"{shown}晚于行动截止日 {self._rules.end}，请核对年份"
        return f"{shown}{fault.detail}，请核对"

    def _consequence(self, fault: Fault) -> str:
        if fault.column == col.SENT_BACK:
            return "按已退回、未整改处理"
        return _KEPT_EMPTY

    def _unread(self, fault: Fault, value: str) -> str:
        parts = SEPARATORS.split(value) if fault.column in col.EVENT_COLUMNS else [value]
        part = next((p for p in parts if self._dates.read(p)[1]), value)
        return f"“{shorten(part)}”{why_refused(part)}"

    def _suggest(self, column: str, value: str) -> str:
        words = self._rules.vocabularies
        terms = words.actions if column == col.ACTION else words.sources
        names = [term.name for term in terms]
        near = difflib.get_close_matches(squash(value), names, 1, 0.4)
        hint = f"是否为“{near[0]}”？" if near else f"应为：{'、'.join(names)}"
        return f"不在词表中，{hint}"
