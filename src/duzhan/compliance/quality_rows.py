"""Single rows that 数据质量 names: withdrawn ones, and later deadlines that are only asked for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from duzhan import columns as col
from duzhan.compliance.states import ABSENT, CLOSED
from duzhan.dataset.readable import says_nothing
from duzhan.intake.text import header_key
from duzhan.intake.text_columns import taken

if TYPE_CHECKING:
    from duzhan.compliance.states import Standing
    from duzhan.dataset.facts import Reading
    from duzhan.dataset.ledger import Ledger

_ASKED = frozenset(map(header_key, col.ASKED_UNTIL))


@dataclass(frozen=True, slots=True)
class TakenOut:
    """A withdrawn row (撤销).

    Attributes:
        id: 编号, "" without one.
        description: 问题描述.
        reason: 撤销说明: when, by whom, why.
    """

    id: str
    description: str
    reason: str


@dataclass(frozen=True, slots=True)
class Request:
    """A later deadline that a county asks for in its list (申请延期).

    Attributes:
        id: 编号, "" without one.
        asked: what stands in the cell.
        due_on: the deadline in force on the day; None without one.
    """

    id: str
    asked: str
    due_on: dt.date | None


def withdrawn_rows(ledger: Ledger) -> dict[str, tuple[TakenOut, ...]]:
    """The withdrawn rows of each county that has any, in the order of its list."""
    rows = np.flatnonzero(ledger.facts.withdrawn)
    found: dict[str, list[TakenOut]] = {}
    names = (col.ID, col.DESCRIPTION, col.WITHDRAWN)
    for row, cells in zip(rows.tolist(), _cells(ledger, rows, names), strict=True):
        county = ledger.counties[int(ledger.facts.county[row])].name
        found.setdefault(county, []).append(TakenOut(*cells))
    return {county: tuple(some) for county, some in found.items()}


def requests(ledger: Ledger, now: Standing, reading: Reading) -> dict[str, tuple[Request, ...]]:
    """Later deadlines that counties ask for, of issues not closed, and that nobody granted.

    A request whose day the deadline in force reaches has been granted; one that is no
    date is told as it stands.

    Args:
        ledger: the issues.
        now: how they stand on the day.
        reading: how cells are read.
    """
    asking = [name for name in col.own_columns(ledger.cells.column_names) if _asks(name)]
    found: dict[str, list[Request]] = {}
    waiting = (now.state != ABSENT) & (now.state != CLOSED)
    for column in asking:
        filled = ~says_nothing(ledger.cells[column], reading.dates)
        at = np.flatnonzero(waiting & filled[now.rows])
        for index, (name, text) in zip(
            at.tolist(), _cells(ledger, now.rows[at], (col.ID, column)), strict=True
        ):
            due = int(now.due[index])
            days, _ = reading.dates.read(text)
            if not days or days[0] > due:
                county = ledger.counties[int(now.county[index])].name
                until = dt.date.fromordinal(due) if due else None
                found.setdefault(county, []).append(Request(name, text, until))
    return {county: tuple(some) for county, some in found.items()}


def _asks(heading: str) -> bool:
    return header_key(heading) in _ASKED


def _cells(
    ledger: Ledger, rows: np.ndarray[tuple[int], np.dtype[np.integer]], names: tuple[str, ...]
) -> list[tuple[str, ...]]:
    """Texts of some rows, without the spaces around them."""
    texts = [
        [text.strip() for text in taken(ledger.cells[name], rows).to_pylist()] for name in names
    ]
    return list(zip(*texts, strict=True))
