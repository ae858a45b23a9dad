"""The issue ledger as typed columns; `judging` makes them of its cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from duzhan.dataset.events import SPAN, Events
from duzhan.dataset.granting import Deadlines, Evidenced, Rechecked
from duzhan.intake.states import Said, StateWords

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from duzhan.arrays import Days, Mask, Rows
    from duzhan.dataset.faults import Fault
    from duzhan.dataset.registers import Ignored
    from duzhan.intake.dates import DateReader


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Facts:
    """What the ledger says, row by row; rows with one `issue` number are one issue.

    Every ledger's facts are themselves alone, so that what follows from them can be kept.

    Attributes:
        county: index of the county in the roster.
        issue: number of the issue: that of its first row.
        found: 发现日期 as an ordinal, 0 if empty, unreadable or impossible.
        due: 整改期限 likewise, as it was before any extension.
        stays_open: sent back on a day that cannot be read or cannot be.
        invalid: a cell of the row cannot be read or cannot be, whatever the day.
        events: claims, closures and returns that count, rechecks found 不属实 among them.
        faults: everything to report, by kind.
        unverified: rows with a closure and without 核验人.
        said: what words of state say of each row; they close nothing.
        withdrawn: rows with a 撤销说明: they exist at no day.
        said_done: rows without 整改完成日期 and 销号日期 whose state word says done.
        deadlines: the extensions that count.
        rechecked: the rechecks that count.
        evidenced: the photographs and papers that are there about issues.
        ignored: rows of the registers that do not count for these rows, and why.
    """

    county: NDArray[np.int16]
    issue: Rows
    found: Days
    due: Days
    stays_open: Mask
    invalid: Mask
    events: Events
    faults: tuple[Fault, ...]
    unverified: Mask
    said: Said
    withdrawn: Mask
    said_done: Mask
    deadlines: Deadlines = field(default_factory=Deadlines)
    rechecked: Rechecked = field(default_factory=Rechecked)
    evidenced: Evidenced = field(default_factory=Evidenced)
    ignored: tuple[Ignored, ...] = ()

    def due_at(self, rows: Rows, day: int | Rows) -> Days:
        """The deadline of some rows in force on a day (or each on its own), 0 for none."""
        due = self.due[rows]
        at = self._latest(rows, day)
        extended = at >= 0
        due[extended] = self.deadlines.until[at[extended]]
        return due

    def extended_by(self, rows: Rows, day: int | Rows) -> Rows:
        """How often the deadline of some rows had been extended by a day."""
        begins = np.searchsorted(self.deadlines.rows, rows, "left")
        ends = np.searchsorted(self._keys, rows.astype(np.int64) * SPAN + day, "right")
        times: Rows = np.maximum(ends - begins, 0)
        return times

    def _latest(self, rows: Rows, day: int | Rows) -> Rows:
        """The extension of each row that is in force on a day, -1 for none."""
        if not len(self.deadlines):
            return np.full(len(rows), -1)
        at = np.searchsorted(self._keys, rows.astype(np.int64) * SPAN + day, "right") - 1
        latest: Rows = np.where((at >= 0) & (self.deadlines.rows[at] == rows), at, -1)
        return latest

    @property
    def _keys(self) -> Rows:
        return self.deadlines.rows * SPAN + self.deadlines.days


@dataclass(frozen=True, slots=True)
class Reading:
    """How cells are to be read: the campaign's calendar, its days, its words.

    Attributes:
        dates: reads date cells.
        last_day: ordinal of the campaign's last day.
        closure_needs_verifier: whether a closure without 核验人 is only a claim.
        closure_needs_evidence: whether one of an issue without evidence by then is only a claim.
        vocabularies: column to the words that it may hold, squashed.
        states: words of state.
    """

    dates: DateReader
    last_day: int
    closure_needs_verifier: bool = False
    closure_needs_evidence: bool = False
    vocabularies: Mapping[str, frozenset[str]] = field(default_factory=dict)
    states: StateWords = field(default_factory=StateWords)
