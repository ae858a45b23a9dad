"""Issues and spells in the columns that rest on the disk, county by county."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.compliance import spells as sp
from duzhan.dataset.events import CLAIM, CLOSURE, RETURN
from duzhan.dataset.ledger import reading_of
from duzhan.dataset.problems import problems_by_row
from duzhan.parquet import layout as at
from duzhan.parquet.reading import written

if TYPE_CHECKING:
    from duzhan.arrays import Numbers
    from duzhan.dataset.facts import Facts
    from duzhan.dataset.ledger import Ledger
    from duzhan.model import Rules

_KINDS = {col.CLAIMED: CLAIM, col.CLOSED: CLOSURE, col.SENT_BACK: RETURN}
_EPOCH = 719_163  # 1970-01-01 as an ordinal


class Resting(NamedTuple):
    """What a ledger holds, ready to be written; rows of a county follow each other.

    Attributes:
        issues: in the columns of `layout.ISSUE_SCHEMA`.
        spells: in those of `layout.SPELL_SCHEMA`.
        rows: how many rows each county has, by its number.
        spells_of: how many spells.
    """

    issues: pa.Table
    spells: pa.Table
    rows: Numbers
    spells_of: Numbers

    def county(self, number: int) -> tuple[pa.Table, pa.Table]:
        """Issues and spells of one county."""
        return tuple(
            table.slice(int(counts[:number].sum()), int(counts[number]))
            for table, counts in ((self.issues, self.rows), (self.spells, self.spells_of))
        )


def resting(ledger: Ledger, rules: Rules) -> Resting:
    """Put a ledger into the columns that rest on the disk.

    Args:
        ledger: the issues.
        rules: the campaign.
    """
    facts, number = ledger.facts, len(ledger.counties)
    codes = np.array([int(county.code) for county in ledger.counties], np.int32)
    order = np.argsort(facts.county, kind="stable")
    rows = np.bincount(facts.county, minlength=number)
    starts = np.cumsum(rows) - rows
    places = np.empty(len(order), np.int32)
    places[order] = np.arange(len(order)) - starts[facts.county[order]]
    spells = sp.spells(facts)
    in_time = np.lexsort((spells.since, spells.row, spells.county))
    return Resting(
        _issues(ledger, rules, places, codes).take(pa.array(order)),
        _spells(facts, spells, places, codes).take(pa.array(in_time)),
        rows,
        np.bincount(spells.county, minlength=number),
    )


def _spells(facts: Facts, spells: sp.Spells, places: Numbers, codes: Numbers) -> pa.Table:
    columns = {
        **spells.counted,
        at.PLACE: codes[spells.county],
        at.ROW: places[spells.row],
        "issue": places[spells.issue],
        "due": facts.due_at(spells.row, spells.since),
        "extensions": facts.extended_by(spells.row, spells.since),
    }
    arrays = [pa.array(columns[field.name]).cast(field.type) for field in at.SPELL_SCHEMA]
    return pa.table(arrays, schema=at.SPELL_SCHEMA)


def _issues(ledger: Ledger, rules: Rules, places: Numbers, codes: Numbers) -> pa.Table:
    facts = ledger.facts
    columns: dict[str, Any] = {}
    for name in col.ISSUE_COLUMNS:
        text = ledger.cells[name].combine_chunks()
        if name in col.DATE_COLUMNS:
            days = _days(facts, name)
            columns[name] = days
            same = pc.equal(written(days), text)
            columns[f"{name}{at.ORIGINAL}"] = pc.if_else(same, pa.scalar(None, pa.string()), text)
        else:
            columns[name] = text
    columns |= {name: ledger.cells[name] for name in (col.COUNTY, *col.FURTHER_COLUMNS)}
    columns[at.OWN] = _own(ledger.cells)
    columns[at.SAID] = pa.array(facts.said.codes)
    columns[at.INVALID] = pa.array(facts.invalid)
    columns[at.ISSUE] = pa.array(places[facts.issue])
    columns[at.REFUSALS] = _refusals(ledger, rules)
    columns |= dict(zip((at.FILE, at.SHEET, at.LINE), _places(ledger), strict=True))
    columns[at.PLACE] = pa.array(codes[facts.county])
    columns[at.ROW] = pa.array(places)
    return pa.table(columns, schema=at.ISSUE_SCHEMA)


def _own(cells: pa.Table) -> pa.Array:
    """What stands in the counties' own columns, row by row: heading to text."""
    names = col.own_columns(cells.column_names)
    kind = pa.map_(pa.string(), pa.string())
    filled = [np.flatnonzero(pc.not_equal(cells[name], "").to_numpy()) for name in names]
    if not names:
        return pa.array([{}], kind).take(pa.array(np.zeros(cells.num_rows, np.int64)))
    rows = np.concatenate(filled)
    order = pa.array(np.argsort(rows, kind="stable"))
    keys = pa.array(names).take(pa.array(np.repeat(np.arange(len(names)), list(map(len, filled)))))
    texts = [
        cells[name].take(pa.array(at)).combine_chunks()
        for name, at in zip(names, filled, strict=True)
    ]
    ends = np.cumsum(np.bincount(rows, minlength=cells.num_rows))
    offsets = pa.array(np.concatenate(([0], ends)).astype(np.int32))
    return pa.MapArray.from_arrays(offsets, keys.take(order), pa.concat_arrays(texts).take(order))


def _days(facts: Facts, name: str) -> pa.Array:
    """What counts of a date column: a date, or a list of dates."""
    if name in _KINDS:
        ours = facts.events.kinds == _KINDS[name]
        rows, days = facts.events.rows[ours], facts.events.days[ours]
        ends = np.cumsum(np.bincount(rows, minlength=len(facts.found)))
        offsets = pa.array(np.concatenate(([0], ends)).astype(np.int32))
        return pa.ListArray.from_arrays(offsets, _dates(days))
    days = facts.found if name == col.FOUND else facts.due
    return pc.if_else(pa.array(days > 0), _dates(days), pa.scalar(None, pa.date32()))


def _dates(ordinals: Numbers) -> pa.Array:
    return pa.array((ordinals - _EPOCH).astype(np.int32)).cast(pa.date32())


def _refusals(ledger: Ledger, rules: Rules) -> pa.Array:
    """What is wrong with each row, in the words of `duzhan check`."""
    found = problems_by_row(ledger, rules, reading_of(rules).dates)
    ends = np.cumsum(np.bincount([row for row, _ in found], minlength=ledger.cells.num_rows))
    said = [(p.column, p.code, p.severity == "error", p.value, p.message) for _, p in found]
    columns = zip(*said, strict=True) if said else [()] * at.REFUSAL.num_fields
    fields = [pa.array(c, f.type) for c, f in zip(columns, at.REFUSAL, strict=True)]
    structs = pa.StructArray.from_arrays(fields, fields=list(at.REFUSAL))
    offsets = pa.array(np.concatenate(([0], ends)).astype(np.int32))
    return pa.ListArray.from_arrays(offsets, structs)


def _places(ledger: Ledger) -> tuple[pa.Array, pa.Array, pa.Array]:
    """File, sheet and line of every row."""
    files: list[str] = []
    sheets: list[str | None] = []
    lines: list[int] = []
    counts = [source.table.cells.num_rows for source in ledger.sources]
    for source, count in zip(ledger.sources, counts, strict=True):
        files.append(source.file)
        sheets.append(source.table.sheet)
        lines.extend(source.table.lines(np.arange(count)))
    which = pa.array(np.repeat(np.arange(len(counts)), counts))
    return (
        pa.array(files, pa.string()).take(which),
        pa.array(sheets, pa.string()).take(which),
        pa.array(lines, pa.int32()),
    )
