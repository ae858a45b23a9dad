"""Cells that came in broken: error values as text, texts too long, whole rows inside a cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan.intake.formats import delimited
from duzhan.intake.grid import CELL_LIMIT, Flaw, Grid
from duzhan.intake.text import shorten
from duzhan.intake.text_columns import holds_byte

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from duzhan.arrays import Rows


_ERROR_VALUES = frozenset(
    ["#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"]
)
_LINE_END = re.compile(r"[\r\n]")
# What is left of a long number that Excel took a text for: 5.33E+17.
_SCIENTIFIC = re.compile(r"[-+]?\d(?:\.\d+)?[eE]\+\d{1,3}")


def refuse_swallowed(grid: Grid) -> None:
    """Refuse a file in which a stray quote has swallowed whole rows into one cell.

    Raises:
        RefusedFileError: a cell holds a line that has the separators of a row.
    """
    if grid.sheet is not None:
        return
    for column in grid.columns:
        rows = _with_rows_inside(column, len(grid.columns))
        if len(rows):
            count = column[int(rows[0])].as_py().count("\n")
            raise delimited.swallowed(grid.line_of(rows[:1])[0], count)


def _with_rows_inside(column: pa.ChunkedArray, width: int) -> Rows:
    """Rows whose cell holds, below its first line, one with the separators of a row."""
    ends = [end for end in "\r\n" if holds_byte(column, ord(end))]
    if width < 4 or not ends:
        return np.zeros(0, np.int64)
    broken = [_mask(pc.match_substring(column, end)) for end in ends]
    rows = np.flatnonzero(np.logical_or.reduce(broken))
    broken_cells = column.take(pa.array(rows))
    hit = np.zeros(len(rows), bool)
    for mark in (",", ";", "\t", "|"):
        # Few cells hold that many separators at all; only they are looked at closely.
        enough = pc.greater_equal(pc.count_substring(broken_cells, mark), width - 1).to_numpy()
        if enough.any():
            cells = broken_cells.filter(pa.array(enough)).to_pylist()
            # Line by line: a pattern could not count beyond a thousand.
            hit[enough] |= [_has_row_below(cell, mark, width - 1) for cell in cells]
    return rows[hit]


def _has_row_below(cell: str, mark: str, number: int) -> bool:
    """Whether a line below a cell's first has so many separators."""
    return any(line.count(mark) >= number for line in _LINE_END.split(cell)[1:])


def broken_cells(grid: Grid, position: int, width: int) -> Iterator[Flaw]:
    """Error values as text, cells that no spreadsheet could hold, whole rows inside a cell.

    A list of the dataset's own with such a row inside a cell would be refused
    as swallowed by a quote: it must never be written.

    Args:
        grid: the sheet.
        position: of the column.
        width: how many columns the dataset's own file has.
    """
    column = grid.columns[position]
    if len(column) == 0:
        return
    known = {(flaw.row, flaw.position) for flaw in grid.flaws}
    for row in np.flatnonzero(_mask(pc.starts_with(column, "#"))).tolist():
        value = column[row].as_py().strip()
        if value in _ERROR_VALUES and (row, position) not in known:
            yield Flaw(row, position, value, "单元格是公式错误，请改成实际内容")
    if pc.max(pc.binary_length(column)).as_py() > CELL_LIMIT:
        long = pc.greater(pc.utf8_length(column), CELL_LIMIT).to_numpy()
        for row in np.flatnonzero(long).tolist():
            text = column[row].as_py()
            message = f"这一格有 {len(text)} 个字，超过 {CELL_LIMIT} 个，多半是粘贴错误"
            yield Flaw(row, position, shorten(text), message)
    if grid.sheet is None and len(grid.columns) <= width:
        return  # Such a text file has been refused.
    for row in _with_rows_inside(column, width).tolist():
        text = column[row].as_py()
        message = "这一格里换行之后是表格的一整行内容，多半是粘贴错误，请只留这一列的内容"
        yield Flaw(row, position, shorten(text), message)


def lost_numbers(grid: Grid, position: int) -> Iterator[Flaw]:
    """编号 of many digits that a spreadsheet took for a number: the digits are lost."""
    column = grid.columns[position]
    if not holds_byte(column, ord("+")):
        return
    for row in np.flatnonzero(_mask(pc.match_substring(column, "+"))).tolist():
        value = column[row].as_py().strip()
        if _SCIENTIFIC.fullmatch(value):
            message = (
                "是 Excel 把长编号当作数字留下的，原来的编号已经丢失，"
                "请把这一列设为文本格式后重新填写编号"
            )
            yield Flaw(row, position, value, message)


def _mask(truth: pa.ChunkedArray) -> NDArray[np.bool_]:
    return np.asarray(truth.to_numpy(), bool)
