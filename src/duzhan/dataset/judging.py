"""Read and judge the ledger's rows: what its cells say, and which of them cannot be.

`judge` reads the date columns of all lists at once and applies the order of
SPEC section 3: what cannot be read or cannot be is treated as empty, is
reported, and makes its issue invalid. Nothing here depends on a day of asking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from duzhan import columns as col
from duzhan.dataset.doubles import find_doubles
from duzhan.dataset.events import (
    BEFORE_FOUND,
    Events,
    Stamps,
    caused,
    fewer,
    first_done,
    not_claimed_again,
    not_open_at,
    ordered,
    possible,
    proven,
)
from duzhan.dataset.facts import Facts, Reading
from duzhan.dataset.faults import Faults
from duzhan.dataset.granting import Named, Rechecked, evidenced, granted, named_by, rechecked
from duzhan.dataset.readable import (
    Brokenness,
    blank,
    rows_without_names,
    says_nothing,
    without_broken,
)
from duzhan.dataset.registers import Ignored, Registers
from duzhan.dataset.verifying import verified
from duzhan.intake.states import Said
from duzhan.intake.text import squash
from duzhan.intake.text_columns import squash_array

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from numpy.typing import NDArray

    from duzhan.arrays import Days, Mask
    from duzhan.intake.dates import DateReader, Dates


def judge(
    cells: pa.Table,
    county: NDArray[np.int16],
    broken: Brokenness,
    reading: Reading,
    said: Said | None = None,
    registers: Registers | None = None,
) -> Facts:
    """Read and judge the ledger's rows.

    Args:
        cells: the fourteen columns of SPEC section 3 at least, as text, "" for empty;
            what `columns.own_columns` finds among the others is the counties' own.
        county: index of the county that each row counts for.
        broken: what the intake found.
        reading: how to read.
        said: what the rows' words of state say; None to read it from 整改情况.
        registers: extensions, rechecks and evidence; None if they do not matter.
    """
    said, registers = said or _said(cells, reading), registers or Registers()
    withdrawn = _withdrawn(cells, broken, reading.dates)
    faults = Faults(cells.num_rows, exempt=withdrawn)
    cells = without_broken(cells, broken, faults)
    nameless = rows_without_names(cells, broken, reading.dates, faults)
    cells = blank(cells, col.EVENT_COLUMNS, np.flatnonzero(nameless))
    read = _read_dates(cells, reading.dates)
    found = _found(read[col.FOUND], reading.last_day, faults)
    # Some words of 整改期限 count from 发现日期.
    read[col.DUE] = reading.dates.deadlines(cells[col.DUE], found)
    _report_unread(read, broken, faults)
    due = _due(read[col.DUE], found, reading.last_day, faults)
    ids = squash_array(cells[col.ID])
    cells = cells.set_column(cells.schema.get_field_index(col.ID), col.ID, ids)
    alone = nameless | withdrawn
    issue = find_doubles(cells, county, read[col.FOUND], reading.dates, alone, faults)
    named = named_by(registers, ids, county, np.where(withdrawn, -1, issue))
    deadlines, unextended = granted(named, found, due, reading.last_day)
    evidence, unplaced = evidenced(named)
    judged = _judge_events(cells, read, found, reading, named, faults)
    unverified = np.zeros(cells.num_rows, bool)
    unverified[judged.closures.rows[judged.by_nobody]] = True
    events = judged.events(reading, evidence.stamps)
    undated = (due == 0) & ~read[col.DUE].filled
    for dated in (judged.closures.rows, broken.rows, deadlines.rows):
        undated[dated] = False
    faults.warn("no-due-date", col.DUE, np.flatnonzero(undated))
    _warn_of_words(cells, faults, reading)
    faults.warn("no-verifier", col.VERIFIER, np.flatnonzero(unverified))
    said_done = said.done & ~(read[col.CLAIMED].filled | read[col.CLOSED].filled | withdrawn)
    faults.warn("claim-without-date", col.PROGRESS, np.flatnonzero(said_done))
    conflict = not_open_at(events, said.not_done, reading.last_day, judged.stays_open)
    faults.add("state-conflict", col.PROGRESS, conflict)
    return Facts(
        county=county,
        issue=issue,
        found=found,
        due=due,
        stays_open=judged.stays_open,
        invalid=faults.invalid,
        events=events,
        faults=tuple(faults.found),
        unverified=unverified,
        said=said,
        withdrawn=withdrawn,
        said_done=said_done,
        deadlines=deadlines,
        rechecked=judged.rechecked,
        evidenced=evidence,
        ignored=(*unextended, *judged.ignored, *unplaced),
    )


def _said(cells: pa.Table, reading: Reading) -> Said:
    if col.PROGRESS not in cells.column_names:
        return Said.nothing(cells.num_rows)
    return Said.of(reading.states.column(cells[col.PROGRESS]))


def _withdrawn(cells: pa.Table, broken: Brokenness, dates: DateReader) -> Mask:
    """Rows whose 撤销说明 is filled, and can be believed."""
    if col.WITHDRAWN not in cells.column_names:
        return np.zeros(cells.num_rows, bool)
    withdrawn = ~says_nothing(cells[col.WITHDRAWN], dates)
    withdrawn[broken.rows] = False
    withdrawn[broken.cells.get(col.WITHDRAWN, broken.rows[:0])] = False
    return withdrawn


def _read_dates(cells: pa.Table, dates: DateReader) -> dict[str, Dates]:
    """Read the date columns but for 整改期限."""
    return {
        name: dates.column(cells[name], several=name in col.EVENT_COLUMNS)
        for name in (col.FOUND, *col.EVENT_COLUMNS)
    }


def _report_unread(read: Mapping[str, Dates], broken: Brokenness, faults: Faults) -> None:
    for name, column in read.items():
        rows = np.flatnonzero(column.refused)
        broken_rows = broken.cells.get(name, rows[:0])
        faults.add("bad-cell", name, np.intersect1d(rows, broken_rows))
        faults.add("bad-date", name, np.setdiff1d(rows, broken_rows))


class _Judged(NamedTuple):
    """The events that can be, before the campaign's own policies."""

    claims: Stamps
    closures: Stamps
    returns: Stamps
    by_nobody: Mask
    stays_open: Mask
    rechecked: Rechecked
    ignored: tuple[Ignored, ...]

    def events(self, reading: Reading, evidence: Stamps) -> Events:
        """All that counts, in order: what the campaign's policies ask for beside a date."""
        claims, closures = self.claims, self.closures
        if reading.closure_needs_verifier:
            claims = claims.and_of(closures.where(self.by_nobody))
            closures = closures.where(~self.by_nobody)
        if reading.closure_needs_evidence:
            unproven, closures = proven(closures, self.returns, evidence)
            claims = claims.and_of(unproven)
        return ordered(claims, closures, self.returns)


def _judge_events(
    cells: pa.Table,
    read: Mapping[str, Dates],
    found: Days,
    reading: Reading,
    named: Named,
    faults: Faults,
) -> _Judged:
    """Drop what cannot be, in the order of SPEC section 3."""
    by = verified(read[col.CLOSED], cells[col.VERIFIER], cells[col.PERSON], reading.dates)
    faults.add("self-verified", col.VERIFIER, read[col.CLOSED].rows[by.by_own])
    claims, _ = possible(col.CLAIMED, read[col.CLAIMED], found, reading.last_day, faults)
    closures, kept = possible(col.CLOSED, read[col.CLOSED], found, reading.last_day, faults)
    returns, _ = possible(col.SENT_BACK, read[col.SENT_BACK], found, reading.last_day, faults)
    # Whoever has to mend an issue cannot verify it: what he struck off he only claims.
    own, nobody = by.by_own[kept], by.by_nobody[kept]
    claims = claims.and_of(closures.where(own))
    closures, nobody = closures.where(~own), nobody[~own]
    first = first_done(claims, closures, len(found))
    returns = caused(returns, first, faults)
    stays_open = read[col.SENT_BACK].refused | fewer(returns, read[col.SENT_BACK])
    checked, ignored = rechecked(named, first)
    returns = returns.and_of(checked.returns)
    last = not_claimed_again(claims, closures, returns)
    detail = "之后又有整改完成日期，其间没有退回日期"
    faults.add("date-order", col.CLOSED, closures.rows[~last], detail)
    return _Judged(
        claims, closures.where(last), returns, nobody[last], stays_open, checked, tuple(ignored)
    )


def _found(read: Dates, last_day: int, faults: Faults) -> Days:
    found = read.single(len(read.refused))
    late = found > last_day
    faults.add("future-date", col.FOUND, np.flatnonzero(late))
    found[late] = 0
    return found


def _due(read: Dates, found: Days, last_day: int, faults: Faults) -> Days:
    due = read.single(len(found))
    late = due > last_day
    faults.add("future-date", col.DUE, np.flatnonzero(late))
    due[late] = 0
    early = (due > 0) & (due < found)
    faults.add("date-order", col.DUE, np.flatnonzero(early), BEFORE_FOUND)
    due[early] = 0
    return due


def _warn_of_words(cells: pa.Table, faults: Faults, reading: Reading) -> None:
    """Words that are in no vocabulary decide nothing, but lists by action or source miss them."""
    for name, words in reading.vocabularies.items():
        encoded = cells[name].combine_chunks().dictionary_encode()
        unknown = [
            not reading.dates.is_empty(word) and squash(word) not in words
            for word in encoded.dictionary.to_pylist()
        ]
        rows = np.flatnonzero(np.array(unknown, bool)[encoded.indices.to_numpy()])
        faults.warn("unknown-value", name, rows)
