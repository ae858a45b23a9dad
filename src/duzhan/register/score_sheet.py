"""An office's own scoring workbook as it came: rows of items, sums, and what stands beside them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from duzhan import columns as col
from duzhan.dataset.record_cells import read_points
from duzhan.intake.tables import read_tables
from duzhan.intake.text import shorten, squash

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction
    from pathlib import Path

    from duzhan.intake.dates import DateReader
    from duzhan.intake.layout import Layout
    from duzhan.intake.tables import Table

# How a row begins that adds up others.
SUMS = ("合计", "小计", "总计", "总分", "总得分", "得分合计", "合计得分")
# What the whole sheet is about, and not each of its rows.
ABOUT = (col.DAY, col.COUNTY, col.ASSESSOR, col.MILESTONE)


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A row of the workbook.

    Attributes:
        sheet: its worksheet, None for a text file.
        line: its line or row, from 1.
        cells: the known columns, "" for empty.
        broken: column to why its cell cannot be read; None stands for the whole row.
    """

    sheet: str | None
    line: int
    cells: Mapping[str, str]
    broken: Mapping[str | None, str] = field(default_factory=dict)

    def text(self, column: str) -> str:
        """A cell without white space around it."""
        return self.cells.get(column, "").strip()

    @property
    def words(self) -> str:
        """What the row itself says, in short."""
        own = (text for name, text in self.cells.items() if name not in ABOUT)
        return shorten("  ".join(text.strip() for text in own if text.strip()))

    @property
    def is_sum(self) -> bool:
        """Whether its first words say that it adds up others."""
        return self.first_words.startswith(SUMS)

    @property
    def first_words(self) -> str:
        """What stands first where an item is named."""
        said = (squash(self.text(name)) for name in (col.SERIAL, col.ITEM_ID, col.ITEM))
        return next((one for one in said if one), "")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that is no item: a title, a signature, a note."""

    sheet: str | None
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """All that a scoring workbook holds.

    Attributes:
        file: its name.
        rows: items and sums of all its sheets, in order.
        left_out: what is neither.
        about: 日期, 县(市), 评估方, 考核节点 to what cells or lines above the header say.
        titles: names of the sheets, and what stands above their headers.
        other_columns: headings that are not looked at, such as 评分标准.
    """

    file: str
    rows: tuple[ScoreRow, ...]
    left_out: tuple[LeftOut, ...]
    about: Mapping[str, tuple[str, ...]]
    titles: tuple[str, ...]
    other_columns: tuple[str, ...]

    @property
    def row_count(self) -> int:
        """How many rows below the headers are not blank: each is in `rows` or `left_out`."""
        return len(self.rows) + len(self.left_out)


def read_score_sheet(path: Path, layout: Layout, dates: DateReader) -> ScoreSheet:
    """Read every sheet of a scoring workbook that has a column of items.

    Args:
        path: the workbook, or any other table that lists come in.
        layout: from `dataset.layouts.score_sheet_layout`.
        dates: tells which cells hold a date.

    Raises:
        RefusedFileError: the file cannot be read, or has no such column.
    """
    tables = read_tables(path, layout, dates)
    rows = sorted(
        (row for number, table in enumerate(tables) for row in _rows(table, number)),
        key=lambda pair: pair[0],
    )
    sums = {(row.sheet, row.line) for _, row in rows if row.is_sum}
    left_out = tuple(
        LeftOut(table.sheet, line, text)
        for table in tables
        for line, text in table.left_out
        if (table.sheet, line) not in sums
    )
    every = tuple(row for _, row in rows)
    return ScoreSheet(
        file=path.name,
        rows=every,
        left_out=left_out,
        about={name: _said(every, name) for name in ABOUT},
        titles=tuple(dict.fromkeys(title for table in tables for title in _titles(table))),
        other_columns=tuple(dict.fromkeys(name for table in tables for name in table.own)),
    )


def _titles(table: Table) -> Iterator[str]:
    if table.sheet:
        yield table.sheet
    yield from (text for row in table.preface for cell in row if (text := cell.strip()))


def _said(rows: tuple[ScoreRow, ...], column: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for row in rows if (text := row.text(column))))


def _rows(table: Table, number: int) -> Iterator[tuple[tuple[int, int], ScoreRow]]:
    """The rows of a sheet by their place: those that count, and the sums among the others."""
    known = [name for name in col.SCORE_SHEET if name in table.cells.column_names]
    broken: dict[int, dict[str | None, str]] = {}
    for at, column, _, message in table.flaws:
        broken.setdefault(at, {})[column] = message
    lines = table.lines(np.arange(table.cells.num_rows))
    cells = table.cells.select(known).to_pylist()
    for at, (line, one) in enumerate(zip(lines, cells, strict=True)):
        yield (number, line), ScoreRow(table.sheet, line, one, broken.get(at, {}))
    for row in _sums(table):
        yield (number, row.line), row


def _sums(table: Table) -> Iterator[ScoreRow]:
    """Rows that add up others: no rows of a list, and their figures are worth a look."""
    grid, taken = table.grid, set(table.positions.tolist())
    told = {line for line, _ in table.left_out}
    places = {name: at[0] for name, at in grid.header.positions.items()}
    rest = [at for at in range(len(grid.columns[0])) if at not in taken]
    for at, line in zip(rest, grid.line_of(np.array(rest, np.int64)), strict=True):
        cells = {name: grid.columns[place][at].as_py() for name, place in places.items()}
        row = ScoreRow(table.sheet, line, cells)
        if not row.first_words:
            # 合计 may stand in a column that nobody knows.
            first = next((text for one in grid.columns if (text := one[at].as_py().strip())), "")
            row = replace(row, cells={**cells, col.ITEM: first})
        if line in told and row.is_sum:
            yield row


def points_in(text: str) -> Fraction | None:
    """Points as they stand in a scoring workbook, with or without 分; None if they are none."""
    return read_points(squash(text).removesuffix("分"))


def deduction_in(text: str) -> Fraction | None:
    """Points taken off, written as 2 or as -2; None if they are none."""
    return points_in(squash(text).removeprefix("-"))
