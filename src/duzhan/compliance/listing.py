"""Issues one by one, for lists: overdue, due soon, or by any filter."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from duzhan import columns as col
from duzhan.compliance.states import ABSENT, CLAIMED, CLOSED, OPEN, Standing, standing
from duzhan.intake.text import squash
from duzhan.model import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    from duzhan.dataset.ledger import Ledger

_STATES = {OPEN: State.OPEN, CLAIMED: State.CLAIMED, CLOSED: State.CLOSED}


@dataclass(frozen=True, slots=True)
class IssueLine:
    """An issue as lists show it.

    Attributes:
        id: 编号, None without one.
        due_on: the deadline in force on the day.
        days_overdue: days since the deadline; 0 or negative before it; None without
            a deadline or for issues that are not open.
        original_due_on: 整改期限 as it was before any extension.
        extensions: how often it had been extended by the day.
        columns: what stands in the columns behind the fourteen, where anything does.
    """

    id: str | None
    county: str
    description: str
    location: str
    action: str
    source: str
    unit: str
    person: str
    verifier: str
    remark: str
    found_on: dt.date | None
    due_on: dt.date | None
    days_overdue: int | None
    state: State
    original_due_on: dt.date | None = None
    extensions: int = 0
    columns: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Filters:
    """What an issue must have to be listed; None asks for nothing.

    Attributes:
        state: open, claimed, closed or overdue.
        action, source: whole words, width and spaces aside.
        unit, text: parts of 责任单位; of 编号, 问题描述, 地点 or 备注.
    """

    state: str | None = None
    action: str | None = None
    source: str | None = None
    unit: str | None = None
    text: str | None = None

    def apply(self, every: Iterable[IssueLine]) -> list[IssueLine]:
        """Keep the issues that have everything asked for."""
        return [line for line in every if self._keeps(line)]

    def _keeps(self, line: IssueLine) -> bool:
        late = (line.days_overdue or 0) > 0
        everything = f"{line.id or ''}\n{line.description}\n{line.location}\n{line.remark}"
        return (
            (
                self.state is None
                or self.state == line.state.value
                or (self.state == "overdue" and late)
            )
            and _same(self.action, line.action)
            and _same(self.source, line.source)
            and _within(self.unit, line.unit)
            and _within(self.text, everything)
        )


def _same(asked: str | None, cell: str) -> bool:
    return asked is None or squash(asked) == squash(cell)


def _within(asked: str | None, cell: str) -> bool:
    return asked is None or squash(asked) in squash(cell)


def overdue(ledger: Ledger, day: dt.date, due_within: int | None = None) -> list[IssueLine]:
    """Overdue issues, by county, longest first; with those due in so many days if asked.

    Args:
        ledger: the issues.
        day: as of which day.
        due_within: also list open issues due from the day on and within so many days.
    """
    now = standing(ledger.facts, day)
    wanted = now.overdue
    if due_within is not None:
        soon = (now.due >= now.day) & (now.due <= now.day + due_within)
        wanted |= (now.state == OPEN) & soon
    return sorted(lines(ledger, now, wanted), key=_order(ledger))


def everything(ledger: Ledger, day: dt.date) -> list[IssueLine]:
    """All issues that exist on the day, by county, in the order of their files."""
    now = standing(ledger.facts, day)
    return lines(ledger, now, now.state != ABSENT)


def _order(ledger: Ledger) -> Callable[[IssueLine], tuple[int, int, str]]:
    rank = {county.name: index for index, county in enumerate(ledger.counties)}

    def key(line: IssueLine) -> tuple[int, int, str]:
        return rank[line.county], -(line.days_overdue or 0), line.id or ""

    return key


def lines(ledger: Ledger, now: Standing, wanted: NDArray[np.bool_]) -> list[IssueLine]:
    """Look up the texts of the issues that a mask over `now` names, in the files' order."""
    at = np.flatnonzero(wanted)
    at = at[np.argsort(now.county[at], kind="stable")]
    rows = now.rows[at]
    texts = ledger.cells.take(pa.array(rows)).to_pylist()
    found = ledger.facts.found[rows].tolist()
    further = [n for n in ledger.cells.column_names if n not in (*col.ISSUE_COLUMNS, col.COUNTY)]
    return [
        IssueLine(
            id=text[col.ID].strip() or None,
            county=ledger.counties[county].name,
            description=text[col.DESCRIPTION].strip(),
            location=text[col.LOCATION].strip(),
            action=text[col.ACTION].strip(),
            source=text[col.SOURCE].strip(),
            unit=text[col.UNIT].strip(),
            person=text[col.PERSON].strip(),
            verifier=text[col.VERIFIER].strip(),
            remark=text[col.REMARK].strip(),
            found_on=_date(found_on),
            due_on=_date(due),
            days_overdue=now.day - due if due and state == OPEN else None,
            state=_STATES[state],
            original_due_on=_date(original),
            extensions=extended,
            columns={name: text[name].strip() for name in further if text[name].strip()},
        )
        for text, county, found_on, due, state, original, extended in zip(
            texts,
            now.county[at].tolist(),
            found,
            now.due[at].tolist(),
            now.state[at].tolist(),
            ledger.facts.due[rows].tolist(),
            ledger.facts.extended_by(rows, now.day).tolist(),
            strict=True,
        )
    ]


def _date(ordinal: int) -> dt.date | None:
    return dt.date.fromordinal(ordinal) if ordinal else None
