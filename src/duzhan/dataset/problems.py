"""Faults of the ledger, row by row, in words: which file, line, column, and what would be right."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from duzhan import columns as col
from duzhan.dataset.remarks import remarks
from duzhan.intake.dateforms import why_refused
from duzhan.intake.dates import SEPARATORS
from duzhan.intake.text import shorten, squash
from duzhan.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from duzhan.dataset.faults import Fault
    from duzhan.dataset.ledger import Ledger, Source
    from duzhan.intake.dates import DateReader
    from duzhan.model import Rules

_KEPT_EMPTY = "按空格处理"


def count_faults(ledger: Ledger) -> int:
    """How many errors `ledger_problems` would list, without finding their lines."""
    return len(ledger.problems) + sum(
        len(fault.rows) for fault in ledger.facts.faults if not fault.warning
    )


def ledger_problems(ledger: Ledger, rules: Rules, dates: DateReader) -> list[Problem]:
    """Everything wrong with the issue lists, in the order of files and lines."""
    placed = problems_by_row(ledger, rules, dates, remarks(ledger, dates))
    return [*ledger.problems, *(problem for _, problem in placed)]


def problems_by_row(
    ledger: Ledger, rules: Rules, dates: DateReader, more: Sequence[Fault] = ()
) -> list[tuple[int, Problem]]:
    """Everything wrong with rows and cells, each with its row of the ledger, ascending.

    Args:
        ledger: the lists.
        rules: their words.
        dates: reads dates.
        more: what is to be told besides.
    """
    placed: list[tuple[int, Problem]] = []
    explain = _Explainer(ledger, rules, dates)
    for source in ledger.sources:
        last = source.first + source.table.cells.num_rows
        for fault in (*ledger.facts.faults, *more):
            begin, end = np.searchsorted(fault.rows, (source.first, last))
            rows = fault.rows[begin:end]
            if len(rows):
                placed.extend(explain.fault(source, fault, rows))
    placed.sort(key=lambda pair: pair[0])
    return placed


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
        for row, line, value in zip(rows.tolist(), lines, values, strict=True):
            broken = self._ledger.broken.get((row, fault.column))
            shown = broken[0] if broken else value
            yield (
                row,
                Problem(
                    severity="warning" if fault.warning else "error",
                    file=source.file,
                    line=line,
                    column=fault.column,
                    value=shown,
                    code=fault.code,
                    message=broken[1] if broken else self._message(source, fault, value or ""),
                    sheet=source.table.sheet,
                ),
            )

    def _message(self, source: Source, fault: Fault, value: str) -> str:
        shown = f"“{shorten(value)}”"
        message = fault.detail
        match fault.code:
            case "bad-date":
                message = self._bad_date(fault, value)
            case "future-date":
                late = f"{shown}晚于行动截止日 {self._rules.end}"
                message = f"{late}，请核对年份，改正前{self._consequence(fault)}"
            case "date-order":
                message = f"{shown}{fault.detail}，请核对，改正前{self._consequence(fault)}"
            case "missing-description":
                message = "没有写问题描述，请补填"
            case "duplicate-id" | "interpreted-date":
                message = f"{shown if value else '此行'}{fault.detail}"
            case "unknown-county":
                named = shown if value else f"工作表“{source.table.sheet}”"
                county = self._ledger.counties[source.county].name
                message = f"{named}与文件所属的{county}不符，暂计入{county}，请核对"
            case "unknown-value":
                message = f"{shown}不在词表中，{self._suggest(fault.column or '', value)}"
            case "no-due-date":
                message = "没有整改期限，无法判断是否超期，请补填"
            case "no-verifier":
                message = "有销号日期而没有核验人，请补填"
        return message

    def _consequence(self, fault: Fault) -> str:
        if fault.column == col.SENT_BACK:
            return "按已退回、未整改处理"
        return _KEPT_EMPTY

    def _bad_date(self, fault: Fault, value: str) -> str:
        parts = SEPARATORS.split(value) if fault.column in col.EVENT_COLUMNS else [value]
        part = next((p for p in parts if self._dates.read(p)[1]), value)
        return f"“{shorten(part)}”{why_refused(part)}，改正前{self._consequence(fault)}"

    def _suggest(self, column: str, value: str) -> str:
        words = self._rules.vocabularies
        terms = words.actions if column == col.ACTION else words.sources
        names = [term.name for term in terms]
        near = difflib.get_close_matches(squash(value), names, 1, 0.4)
        return f"是否为“{near[0]}”？" if near else f"应为：{'、'.join(names)}"
