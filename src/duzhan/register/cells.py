"""Columns and rows of cells: some of them picked, some replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duzhan.arrays import Mask, Rows


def with_texts(cells: pa.ChunkedArray, texts: dict[int, str]) -> pa.ChunkedArray:
    """A column with other texts in some rows."""
    return replaced(cells, texts, texts.values())


def filled(column: pa.ChunkedArray) -> Mask:
    """Which cells are not empty."""
    return np.asarray(pc.not_equal(column, "").to_numpy(), bool)


def replaced(
    column: pa.ChunkedArray, rows: Iterable[int] | Rows, values: Iterable[str] | pa.ChunkedArray
) -> pa.ChunkedArray:
    """A column with other texts in some rows."""
    at = np.fromiter(rows, np.int64) if not isinstance(rows, np.ndarray) else rows
    if len(at) == 0:
        return column
    new = values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([list(values)])
    if _is_everything(at, len(column)):
        return new.cast(pa.string())
    index = np.arange(len(column))
    index[at] = len(column) + np.arange(len(at))
    return pa.chunked_array([*column.chunks, *new.cast(pa.string()).chunks]).take(pa.array(index))


def picked(column: pa.ChunkedArray, rows: Rows) -> pa.ChunkedArray:
    """A column's cells at some rows; the column itself if that is all of them in order."""
    if _is_everything(rows, len(column)):
        return column
    return column.take(pa.array(rows))


def picked_rows(cells: pa.Table, rows: Rows) -> pa.Table:
    """Some rows of a table; the table itself if that is all of them in order."""
    return cells if _is_everything(rows, cells.num_rows) else cells.take(pa.array(rows))


def _is_everything(rows: Rows, count: int) -> bool:
    return len(rows) == count and np.array_equal(rows, np.arange(count))
