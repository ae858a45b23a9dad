"""An incoming list merged into a county's ledger (SPEC section 5, What changes).

A non-empty cell replaces the ledger's, an empty one never erases; event dates
are added and none is taken away; a later 发现日期 or 整改期限 is not taken unless
the office says so; what cannot be read never replaces what can. Pure: tables
in, tables and an account of every row out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.dataset.readable import says_nothing
from duzhan.intake.text_columns import holds_byte
from duzhan.register.blending import Blend, MergeTerms
from duzhan.register.cells import filled, replaced
from duzhan.register.future_dates import without_future
from duzhan.register.identity import Days, Identified, identify
from duzhan.register.merging_dates import DateColumns, DateRefusal, Moved
from duzhan.register.numbering import numbered, other_numbers, with_former
from duzhan.register.suspects import suspected

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from duzhan.arrays import Mask, Rows
    from duzhan.dataset.facts import Reading


ADDED, UPDATED, UNCHANGED, REJECTED = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Merged:
    """The ledger after the merge, and what became of each incoming row.

    Attributes:
        cells: the ledger's columns, old rows first, new ones below.
        target: ledger row of each incoming row, -1 if rejected.
        taken: the incoming rows whose cells were taken.
        outcome: ADDED, UPDATED, UNCHANGED or REJECTED for each incoming row.
        reasons: why a row was rejected.
        refused: cells that could not be taken.
        moved: later dates, and whether the office accepts them.
        backdated: incoming rows with a new 销号日期 on or before a passed milestone.
        renumbered: incoming rows of issues that got another 编号 than the row has.
        numbered: how many got one that had none.
        dated_claims: incoming rows whose word of state claims as of the day of import.
        reworded: incoming rows whose issue had other words.
        suspected: ledger rows of new issues beside those of the known ones that they resemble.
        added_closed: how many new issues are closed already.
        withdrawn: incoming rows with new event dates of an issue that is withdrawn.
    """

    cells: pa.Table
    target: Rows
    taken: Rows
    outcome: NDArray[np.int8]
    reasons: Mapping[int, str]
    refused: tuple[DateRefusal, ...]
    moved: tuple[Moved, ...]
    backdated: tuple[int, ...]
    renumbered: tuple[int, ...]
    numbered: int
    dated_claims: tuple[int, ...]
    reworded: tuple[int, ...]
    suspected: tuple[tuple[int, int], ...]
    added_closed: int
    withdrawn: tuple[int, ...] = ()


def merge(
    ledger: pa.Table,
    incoming: pa.Table,
    said_done: Mask,
    broken: Mapping[tuple[int, str | None], object],
    reading: Reading,
    terms: MergeTerms,
) -> Merged:
    """Merge the rows of one file into a county's ledger.

    Args:
        ledger: the ledger's columns (`columns.ledger_columns`) as text, "" for empty.
        incoming: the canonical and own columns of the new list.
        said_done: incoming rows whose words of state say that the issue is done.
        broken: (row, column) of incoming cells that the intake found broken; column None
            for rows whose cells are shifted against the header.
        reading: how cells are read.
        terms: on what terms.
    """
    sent = _cleaned(incoming, broken, reading)
    had = ledger.column_names
    ledger, sent = _same_columns(ledger, sent)
    arrived = without_future(sent, reading, terms.today)
    both = pa.concat_tables([ledger, arrived.cells])
    known = ledger.num_rows
    dates = DateColumns(both, known, reading, terms.today, arrived.future_found)
    as_sent = dates.days(col.FOUND, as_sent=True)
    if arrived.future_found.any():
        as_sent[known:] += _future_days(sent, reading) * arrived.future_found
    days = Days(dates.days(col.FOUND), as_sent, dates.days(col.DUE, as_sent=True))
    found = identify(ledger, arrived.cells, days, terms.judged, terms.today)
    numbers = numbered(
        ledger, arrived.cells, found.taken[found.target[found.taken] >= known], terms.prefix
    )
    undated = (days.found[known:] == 0)[found.taken]
    undated |= np.append(days.found[:known], 1)[np.minimum(found.target[found.taken], known)] == 0
    other = other_numbers(numbers.cells, arrived.cells, found.taken[undated], found.target, known)
    before = with_former(numbers.cells) if other else numbers.cells
    blend = Blend(before, arrived.cells, found, dates, reading, terms)
    blend.texts()
    blend.remember(other)
    blend.dates()
    blend.verifiers()
    claimed = blend.claims(said_done & ~_dated(sent, reading))
    flaws = [
        DateRefusal(row, c) for row, c in broken if c not in col.DATE_COLUMNS and c is not None
    ]
    impossible, closed = blend.judged()
    outcome = _outcome(before, blend.cells, found, known)
    cells = _in_order(blend.cells, had)
    kept = outcome != REJECTED
    told = (*flaws, *arrived.refusals, *dates.refusals, *blend.refused, *impossible)
    new = np.arange(known, blend.cells.num_rows)
    return Merged(
        cells=cells,
        target=found.target,
        taken=found.taken,
        outcome=outcome,
        reasons=found.reasons,
        refused=tuple(_each_once(one for one in told if kept[one.row])),
        moved=tuple(sorted(blend.moved)),
        backdated=tuple(blend.backdated),
        renumbered=numbers.renumbered,
        numbered=numbers.nameless,
        dated_claims=claimed,
        reworded=tuple(found.reworded.tolist()),
        suspected=tuple(_suspected(ledger, blend.cells, days.found[:known], new, reading)),
        added_closed=closed,
        withdrawn=tuple(blend.withdrawn()),
    )


def _each_once(refusals: Iterable[DateRefusal]) -> Iterable[DateRefusal]:
    """One a cell: what is said first says most."""
    return {(one.row, one.column): one for one in reversed(list(refusals))}.values()


def _outcome(before: pa.Table, after: pa.Table, found: Identified, known: int) -> NDArray[np.int8]:
    changed = np.zeros(after.num_rows, bool)
    for name in after.column_names:
        changed |= np.asarray(pc.not_equal(before[name], after[name]).to_numpy(), bool)
    outcome = np.full(len(found.target), UNCHANGED, np.int8)
    at = found.target[found.taken]
    outcome[found.taken[changed[at]]] = UPDATED
    outcome[found.taken[at >= known]] = ADDED
    outcome[list(found.reasons)] = REJECTED
    return outcome


def _suspected(
    ledger: pa.Table, cells: pa.Table, found: Rows, new: Rows, reading: Reading
) -> Iterable[tuple[int, int]]:
    if len(new) == 0 or ledger.num_rows == 0:
        return
    added = cells.slice(ledger.num_rows)
    days = reading.dates.column(added[col.FOUND]).single(len(new)).astype(np.int64)
    former = _asked(added)
    for row, at in suspected(ledger, added.set_column(0, col.ID, former), found, days):
        yield int(new[row]), at


def _asked(added: pa.Table) -> pa.ChunkedArray:
    """The 编号 under which new issues came."""
    if col.FORMER_ID not in added.column_names:
        return added[col.ID]
    return pc.if_else(pc.equal(added[col.FORMER_ID], ""), added[col.ID], added[col.FORMER_ID])


# ---------------------------------------------------------------- the list before the merge


def _cleaned(
    cells: pa.Table, broken: Mapping[tuple[int, str | None], object], reading: Reading
) -> pa.Table:
    """Trim cells; words such as 无 are empty; what is broken is empty, but for dates.

    Nothing dated of a row whose cells are shifted can be trusted.
    """
    shifted = [row for row, column in broken if column is None]
    for at, name in enumerate(cells.column_names):
        text = pc.utf8_trim_whitespace(cells[name])
        if holds_byte(text, ord("\r")):
            for end in ("\r\n", "\r"):
                text = pc.replace_substring(text, end, "\n")
        rows = [row for row, column in broken if column == name]
        if name in col.DATE_COLUMNS:
            # What cannot be read is kept as it came, but on one line: rows inside it are none.
            lines = [text[row].as_py().replace("\n", " ") for row in rows]
            text = replaced(text, [*rows, *shifted], [*lines, *[""] * len(shifted)])
        else:
            rows += np.flatnonzero(
                says_nothing(text, reading.dates) & np.asarray(pc.not_equal(text, "").to_numpy())
            ).tolist()
            text = replaced(text, rows, [""] * len(rows))
        cells = cells.set_column(at, name, text)
    return cells


def _same_columns(ledger: pa.Table, sent: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Both in the ledger's columns, with those that the list brings anything in."""
    news = [name for name in sent.column_names if pc.any(pc.not_equal(sent[name], "")).as_py()]
    names = col.ledger_columns((*ledger.column_names, *news))
    return _with_columns(ledger, names), _with_columns(sent, names)


def _in_order(cells: pa.Table, had: Sequence[str]) -> pa.Table:
    """New columns in the order in which rows first use them: so the journal meets them too.

    One that no row taken uses is none.
    """
    places = cells.column_names
    first = {
        name: int(np.argmax(used))
        for name in places
        if name not in had and (used := filled(cells[name])).any()
    }
    news = sorted(first, key=lambda name: (first[name], places.index(name)))
    return cells.select(list(col.ledger_columns((*had, *news))))


def _with_columns(cells: pa.Table, names: Iterable[str]) -> pa.Table:
    none = pa.chunked_array([pa.repeat(pa.scalar("", pa.string()), cells.num_rows)])
    there = cells.column_names
    return pa.table({name: cells[name] if name in there else none for name in names})


def _future_days(sent: pa.Table, reading: Reading) -> Rows:
    return reading.dates.column(sent[col.FOUND]).single(sent.num_rows).astype(np.int64)


def _dated(sent: pa.Table, reading: Reading) -> Mask:
    """Rows that say anything of when they were done."""
    nothing = [says_nothing(sent[name], reading.dates) for name in (col.CLAIMED, col.CLOSED)]
    dated: Mask = ~(nothing[0] & nothing[1])
    return dated


# ---------------------------------------------------------------- cell by cell
