"""Cells of a ledger before their meaning: what cannot be trusted is empty."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duzhan.arrays import Mask, Rows
    from duzhan.dataset.faults import Faults
    from duzhan.intake.dates import DateReader


@dataclass(frozen=True, slots=True)
class Brokenness:
    """What the intake found broken before any meaning was read.

    Attributes:
        cells: column to rows whose cell is broken (formula error, oversize).
        rows: rows whose cells are shifted against the header.
        elsewhere: rows that say they belong to another county.
    """

    cells: Mapping[str, Rows] = field(default_factory=dict)
    rows: Rows = field(default_factory=lambda: np.zeros(0, np.int64))
    elsewhere: Rows = field(default_factory=lambda: np.zeros(0, np.int64))


def without_broken(cells: pa.Table, broken: Brokenness, faults: Faults) -> pa.Table:
    """Broken text cells are empty; no date of a row with shifted cells can be trusted."""
    for name, rows in broken.cells.items():
        if name not in col.DATE_COLUMNS:
            faults.add("bad-cell", name, rows)
            cells = blank(cells, (name,), rows)
    faults.add("bad-cell", None, broken.rows)
    faults.add("unknown-county", col.COUNTY, broken.elsewhere)
    return blank(cells, col.DATE_COLUMNS, broken.rows)


def blank(cells: pa.Table, names: tuple[str, ...], rows: Rows) -> pa.Table:
    """Empty the cells of some columns in some rows."""
    if len(rows) == 0:
        return cells
    mask = np.zeros(cells.num_rows, bool)
    mask[rows] = True
    for name in names:
        text = pc.if_else(pa.array(mask), "", cells[name])
        cells = cells.set_column(cells.schema.get_field_index(name), name, text)
    return cells


def says_nothing(column: pa.ChunkedArray, dates: DateReader) -> Mask:
    """Rows whose cell says nothing: empty, or a word such as 无."""
    empty = np.asarray(pc.equal(column, "").to_numpy(), bool)
    short = np.flatnonzero(
        ~empty & np.asarray(pc.less_equal(pc.binary_length(column), dates.longest_empty).to_numpy())
    )
    if len(short) and not dates.empty_has_digit:
        # Numbers such as 编号 are short, all different, and no such word.
        cells = column.take(pa.array(short))
        short = short[~np.asarray(pc.match_substring_regex(cells, "[0-9]").to_numpy(), bool)]
    if len(short):
        encoded = column.take(pa.array(short)).combine_chunks().dictionary_encode()
        words = [dates.is_empty(word) for word in encoded.dictionary.to_pylist()]
        empty[short] = np.array(words, bool)[encoded.indices.to_numpy()]
    return empty


def rows_without_names(
    cells: pa.Table, broken: Brokenness, dates: DateReader, faults: Faults
) -> Mask:
    """Rows with neither 编号 nor 问题描述: issues all the same, open and invalid."""
    undescribed = says_nothing(cells[col.DESCRIPTION], dates)
    # A broken description has been reported as such.
    known = broken.cells.get(col.DESCRIPTION, np.zeros(0, np.int64))
    missing = np.setdiff1d(np.flatnonzero(undescribed), known)
    faults.add("missing-description", col.DESCRIPTION, missing)
    if not undescribed.any():
        return undescribed
    return undescribed & says_nothing(cells[col.ID], dates)
