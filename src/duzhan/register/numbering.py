"""编号 of new issues: their own if it is free, else the next of the ledger's (富宁-0001)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.intake.dates import SEPARATORS
from duzhan.intake.text import squash
from duzhan.intake.text_columns import squash_array

if TYPE_CHECKING:
    from duzhan.arrays import Rows


class Numbered(NamedTuple):
    """The ledger with an empty row for each new issue, but for its number.

    Attributes:
        cells: the ledger's columns; 原编号 holds what could not be had.
        renumbered: incoming rows whose 编号 was not free.
        nameless: how many rows had none.
    """

    cells: pa.Table
    renumbered: tuple[int, ...]
    nameless: int


def numbered(ledger: pa.Table, incoming: pa.Table, fresh: Rows, prefix: str) -> Numbered:
    """Add an empty row for each new issue, and number it.

    Args:
        ledger: the county's issues.
        incoming: the list, in the same columns.
        fresh: rows of the list that are new issues, in order.
        prefix: what numbers of our own begin with.
    """
    if len(fresh) == 0:
        return Numbered(ledger, (), 0)
    asked = incoming[col.ID].take(pa.array(fresh))
    numbers, others = _numbers(ledger, incoming[col.ID], asked, prefix)
    before = {place: text for place in others if (text := asked[place].as_py())}
    if before:
        ledger = with_former(ledger)
    none = pa.repeat(pa.scalar("", pa.string()), len(fresh))
    new = {col.ID: numbers.chunks}
    if before:
        new[col.FORMER_ID] = [pa.array([before.get(at, "") for at in range(len(fresh))])]
    cells = {
        name: pa.chunked_array([*ledger[name].chunks, *new.get(name, [none])])
        for name in ledger.column_names
    }
    renumbered = tuple(int(fresh[place]) for place in before)
    return Numbered(pa.table(cells), renumbered, len(others) - len(before))


def other_numbers(
    cells: pa.Table, incoming: pa.Table, taken: Rows, target: Rows, known: int
) -> dict[int, str]:
    """The 编号 under which issues came now, where the ledger has another for them.

    Without dates their words alone told who they are; once they are closed, only the
    number can (SPEC section 5, Which issue is it).

    Args:
        cells: the ledger.
        incoming: the list.
        taken: rows whose issue was told without 发现日期.
        target: the issue of each row.
        known: how many issues there were before.

    Returns:
        Row of the ledger to the number.
    """
    rows = taken[target[taken] < known]
    if len(rows) == 0:
        return {}
    at = target[rows]
    sent = incoming[col.ID].take(pa.array(rows))
    have = squash_array(cells[col.ID].take(pa.array(at)))
    differs = pc.and_(pc.not_equal(sent, ""), pc.not_equal(squash_array(sent), have))
    places = np.flatnonzero(np.asarray(differs.to_numpy(), bool))
    return {int(at[place]): sent[int(place)].as_py() for place in places}


def with_former(ledger: pa.Table) -> pa.Table:
    """A ledger that has the column 原编号."""
    if col.FORMER_ID in ledger.column_names:
        return ledger
    none = pa.chunked_array([pa.repeat(pa.scalar("", pa.string()), ledger.num_rows)])
    cells = ledger.append_column(col.FORMER_ID, none)
    return cells.select(list(col.ledger_columns(cells.column_names)))


def _numbers(
    ledger: pa.Table, sent: pa.ChunkedArray, asked: pa.ChunkedArray, prefix: str
) -> tuple[pa.ChunkedArray, list[int]]:
    """The 编号 of new issues, and which of them are others than those asked for."""
    plain, known = squash_array(asked), squash_array(ledger[col.ID]).combine_chunks()
    free = not pc.any(pc.or_(pc.equal(plain, ""), pc.is_in(plain, known))).as_py()
    if free and len(pc.unique(plain)) == len(plain):
        return asked, []
    used, wanted = set(known.to_pylist()), set(squash_array(sent).to_pylist())
    if col.FORMER_ID in ledger.column_names:
        for text in pc.unique(ledger[col.FORMER_ID]).to_pylist():
            wanted.update(squash(part) for part in SEPARATORS.split(text))
    numbers, others, last = [], [], 0
    for place, (text, key) in enumerate(zip(asked.to_pylist(), plain.to_pylist(), strict=True)):
        own = text
        if not text or key in used:
            last, own = _free(prefix, last, used, wanted)
            others.append(place)
        numbers.append(own)
        used.add(squash(own))
    return pa.chunked_array([pa.array(numbers, pa.string())]), others


def _free(prefix: str, last: int, *used: set[str]) -> tuple[int, str]:
    while True:
        last += 1
        text = f"{prefix}-{last:04d}"
        if not any(squash(text) in some for some in used):
            return last, text
