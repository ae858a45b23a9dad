"""Rows of a list put into the rows of the ledger that they are, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.columns import JOINT
from duzhan.compliance.states import CLOSED, OPEN, row_states
from duzhan.dataset.events import CLAIM, CLOSURE, RETURN
from duzhan.dataset.readable import says_nothing
from duzhan.intake.dates import SEPARATORS
from duzhan.intake.text import squash
from duzhan.register.cells import filled, picked, picked_rows, replaced, with_texts
from duzhan.register.merging_dates import NOT_BESIDE, SPAN, DateColumns, DateRefusal, Moved, iso
from duzhan.register.verifiers import Signed, names_in, together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from duzhan.arrays import Mask, Rows
    from duzhan.dataset.facts import Facts, Reading
    from duzhan.register.identity import Identified


OWN_VERIFIER = "责任人核验过这件问题的销号，责任人不能再改"


WHOSE_NAME = "没有写明是哪一次销号的核验人"


NOT_THE_COUNTYS = "是否撤销由办公室决定"


_CANNOT_BE = ("date-order", "future-date")


_NOT_TEXTS = frozenset((*col.DATE_COLUMNS, col.ID, col.VERIFIER, col.FORMER_ID, col.WITHDRAWN))


@dataclass(frozen=True, slots=True)
class MergeTerms:
    """On what terms a list is taken in.

    Attributes:
        today: ordinal of the day of import.
        passed: ordinal of the latest milestone deadline before today, 0 if none.
        prefix: what new ids begin with, such as 富宁.
        judged: judges rows of the county by themselves, its registers counted.
        accept_moved_dates: whether later 发现日期 and 整改期限 are taken.
        verified_by: who vouches for the closures of the sheet.
        by: who imports.
    """

    today: int
    passed: int
    prefix: str
    judged: Callable[[pa.Table], Facts]
    accept_moved_dates: bool = False
    verified_by: str | None = None
    by: str | None = None


class Blend:
    """Writes the cells of the rows taken into their ledger rows, column by column."""

    def __init__(
        self,
        cells: pa.Table,
        incoming: pa.Table,
        found: Identified,
        dates: DateColumns,
        reading: Reading,
        terms: MergeTerms,
    ) -> None:
        self.cells = cells
        self.refused: list[DateRefusal] = []
        self.moved: list[Moved] = []
        self.backdated: list[int] = []
        self._before = cells
        self._incoming = incoming
        self._taken = found.taken
        self._at = found.target[found.taken]
        self._dates = dates
        self._known = dates.known
        self._reading = reading
        self._terms = terms
        self._fresh: dict[str, tuple[Rows, Rows]] = {}

    def texts(self) -> None:
        """Columns of text: what is filled replaces what stands there."""
        for name in self._incoming.column_names:
            if name in _NOT_TEXTS:
                continue
            rows, values = self._brought(name)
            if name == col.PERSON:
                keep = ~self._owners(rows, values)
                rows, values = rows[keep], values.filter(pa.array(keep))
            self._set(name, replaced(self.cells[name], self._at[rows], values))
        if col.FORMER_ID in self._incoming.column_names:
            self._former()
        if col.WITHDRAWN in self._incoming.column_names:
            rows, _ = self._brought(col.WITHDRAWN)
            self.refused += [
                DateRefusal(int(self._taken[row]), col.WITHDRAWN, NOT_THE_COUNTYS) for row in rows
            ]

    def dates(self) -> None:
        """Single dates, then events."""
        accept, taken, at = self._terms.accept_moved_dates, self._taken, self._at
        cells, moved, refused, found = self._dates.found(
            self.cells[col.FOUND], taken, at, accept=accept
        )
        self._set(col.FOUND, cells)
        self._note(moved, refused)
        cells, moved, refused = self._dates.due(
            self.cells[col.DUE], taken, at, found, self._in_force(), accept=accept
        )
        self._set(col.DUE, cells)
        self._note(moved, refused)
        for name in col.EVENT_COLUMNS:
            cells, rows, days = self._dates.events(name, self.cells[name], taken, at)
            self._set(name, cells)
            self._fresh[name] = rows, days
        rows, days = self._fresh[col.CLOSED]
        self.backdated = np.unique(rows[days <= self._terms.passed]).tolist()

    def verifiers(self) -> None:
        """核验人: one name alone, or one for each closing."""
        new = np.isin(self._taken, self._fresh[col.CLOSED][0])
        names = picked(self._incoming[col.VERIFIER], self._taken)
        there = picked(self._before[col.VERIFIER], self._at)
        signs = filled(names) & np.asarray(pc.not_equal(names, there).to_numpy(), bool)
        vouched = np.zeros(len(new), bool)
        if self._terms.verified_by:
            vouched = np.isin(self._taken, self._dates.incoming(col.CLOSED)[0])
        ledger_signed = filled(there) | filled(picked(self._before[col.CLOSED], self._at))
        plain = signs & ~ledger_signed & ~vouched
        self._set(
            col.VERIFIER,
            replaced(self.cells[col.VERIFIER], self._at[plain], names.filter(pa.array(plain))),
        )
        closely = np.flatnonzero((signs | new | vouched) & ~plain & (ledger_signed | vouched))
        self._set(
            col.VERIFIER, with_texts(self.cells[col.VERIFIER], dict(self._signatures(closely)))
        )

    def claims(self, said_done: Mask) -> tuple[int, ...]:
        """Claim, as of the day of import, what a word of state says is done; give the rows."""
        window = self._terms.today <= self._reading.last_day
        rows = np.flatnonzero(said_done[self._taken]) if window else np.zeros(0, np.int64)
        if len(rows) == 0:
            return ()
        few = self.cells.take(pa.array(self._at[rows]))
        facts = self._terms.judged(few)
        waits = (row_states(facts, self._terms.today) == OPEN) & ~facts.stays_open
        waits[facts.events.rows[facts.events.kinds == RETURN]] = False
        waits &= says_nothing(few[col.CLAIMED], self._reading.dates)
        rows = rows[waits]
        day = iso(self._terms.today)
        self._set(
            col.CLAIMED,
            with_texts(self.cells[col.CLAIMED], dict.fromkeys(self._at[rows].tolist(), day)),
        )
        return tuple(self._taken[rows].tolist())

    def judged(self) -> tuple[list[DateRefusal], int]:
        """Events of the list that cannot be beside others, and how many new issues are closed."""
        brings = np.zeros(len(self._dates.brings(col.CLAIMED)), bool)
        for name in col.EVENT_COLUMNS:
            brings |= self._dates.brings(name)
        rows = np.flatnonzero(brings[self._taken])
        if len(rows) == 0:
            return [], 0
        at = self._at[rows]
        facts = self._terms.judged(picked_rows(self.cells, at))
        closed = row_states(facts, self._terms.today) == CLOSED
        added = int((closed & (at >= self._known)).sum())
        return list(self._impossible(facts, rows)), added

    def withdrawn(self) -> Iterable[int]:
        """Rows that bring event dates to an issue that counts no more."""
        if col.WITHDRAWN not in self._before.column_names:
            return
        away = filled(self._before[col.WITHDRAWN])
        fresh = {row for rows, _ in self._fresh.values() for row in rows.tolist()}
        for row, at in zip(self._taken.tolist(), self._at.tolist(), strict=True):
            if row in fresh and at < len(away) and away[at]:
                yield row

    # ------------------------------------------------------------ inside

    def _set(self, name: str, column: pa.ChunkedArray) -> None:
        self.cells = self.cells.set_column(self.cells.schema.get_field_index(name), name, column)

    def _note(self, moved: list[Moved], refused: list[DateRefusal]) -> None:
        self.moved += moved
        self.refused += refused

    def _brought(self, name: str) -> tuple[Rows, pa.ChunkedArray]:
        """Places in `taken` of rows that bring another text, and the texts."""
        values = picked(self._incoming[name], self._taken)
        there = picked(self.cells[name], self._at)
        differs = filled(values) & np.asarray(pc.not_equal(values, there).to_numpy(), bool)
        return np.flatnonzero(differs), values.filter(pa.array(differs))

    def _owners(self, rows: Rows, persons: pa.ChunkedArray) -> Mask:
        """Rows that name another 责任人 in place of one who verified a closing."""
        verified = np.zeros(len(rows), bool)
        there = picked(self._before[col.VERIFIER], self._at[rows])
        for i in np.flatnonzero(filled(there)).tolist():
            at = int(self._at[rows[i]])
            owner = squash(self._before[col.PERSON][at].as_py())
            names = {squash(name) for name in names_in(there[i].as_py(), self._reading.dates)}
            closed = self._before[col.CLOSED][at].as_py()
            same = squash(persons[i].as_py()) == owner
            if owner and owner in names and closed and not same:
                verified[i] = True
                self.refused.append(
                    DateRefusal(int(self._taken[rows[i]]), col.PERSON, OWN_VERIFIER)
                )
        return verified

    def _former(self) -> None:
        """Numbers that an issue had before are gathered, each once."""
        rows, values = self._brought(col.FORMER_ID)
        at = self._at[rows].tolist()
        self.remember(dict(zip(at, values.to_pylist(), strict=True)))

    def remember(self, numbers: Mapping[int, str]) -> None:
        """Add numbers to those that issues had before, each once.

        Args:
            numbers: row of the ledger to one or several.
        """
        if not numbers:
            return
        texts = {}
        for at, text in numbers.items():
            parts = [
                part.strip()
                for cell in (self.cells[col.FORMER_ID][at].as_py(), text)
                for part in SEPARATORS.split(cell)
            ]
            texts[at] = JOINT.join(dict.fromkeys(part for part in parts if part))
        self._set(col.FORMER_ID, with_texts(self.cells[col.FORMER_ID], texts))

    def _in_force(self) -> Rows:
        """The deadline of each row taken that is in force today, extensions counted; 0 for none."""
        due = np.zeros(len(self._at), np.int64)
        brings = self._dates.brings(col.DUE)[self._taken] & (self._at < self._known)
        differs = np.asarray(
            pc.not_equal(
                picked(self._incoming[col.DUE], self._taken),
                picked(self._before[col.DUE], self._at),
            ).to_numpy(),
            bool,
        )
        rows = np.flatnonzero(brings & differs)
        if len(rows):
            facts = self._terms.judged(self._before.take(pa.array(self._at[rows])))
            due[rows] = facts.due_at(np.arange(len(rows)), self._terms.today)
        return due

    def _signatures(self, rows: Rows) -> Iterable[tuple[int, str]]:
        """The new 核验人 of some rows, whose closings have to be looked at one by one."""
        dates = self._reading.dates
        for i in rows.tolist():
            at, row = int(self._at[i]), int(self._taken[i])
            had, brings = (
                Signed(
                    dates.read_several(cells[col.CLOSED][place].as_py())[0],
                    cells[col.VERIFIER][place].as_py(),
                )
                for cells, place in ((self._before, at), (self._incoming, row))
            )
            text = together(had, brings, dates, self._terms.verified_by)
            if text is None:
                self.refused.append(DateRefusal(row, col.VERIFIER, WHOSE_NAME))
            elif text != had.names:
                yield at, text

    def _impossible(self, facts: Facts, rows: Rows) -> Iterable[DateRefusal]:
        """Dates that the rows bring and that the judgement drops."""
        events = facts.events
        kinds = {
            col.CLAIMED: (CLAIM,), col.CLOSED: (CLAIM, CLOSURE), col.SENT_BACK: (RETURN,),
        }  # fmt: skip
        place = np.full(self._incoming.num_rows, -1, np.int64)
        place[self._taken[rows]] = np.arange(len(rows))
        for name in col.EVENT_COLUMNS:
            faulty = [f.rows for f in facts.faults if f.column == name and f.code in _CANNOT_BE]
            if not faulty:
                continue
            counted = np.isin(events.kinds, kinds[name])
            there = events.rows[counted].astype(np.int64) * SPAN + events.days[counted]
            row, day = self._dates.incoming(name)
            at = place[row]
            lost = (at >= 0) & ~np.isin(at * SPAN + day, there)
            lost &= np.isin(at, np.concatenate(faulty))
            for one, ordinal in zip(row[lost].tolist(), day[lost].tolist(), strict=True):
                yield DateRefusal(one, name, NOT_BESIDE, (iso(ordinal),))
