"""What every file format comes down to: a header, and text cells below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING

import pyarrow as pa

from duzhan.intake.refusals import RefusedFileError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from duzhan.intake.foreign.sheet import SheetPicture
    from duzhan.intake.headers import Header

__all__ = [
    "CELL_LIMIT",
    "Beside",
    "Flaw",
    "Grid",
    "LineNumbers",
    "RefusedFileError",
    "Span",
    "columns_of",
]

# Excel's own limit; a longer cell is a swallowed file or an attack.
CELL_LIMIT = 32_767

LineNumbers = Callable[["NDArray[np.integer]"], list[int]]


@dataclass(frozen=True, slots=True)
class Flaw:
    """A cell or row that came in broken.

    Attributes:
        row: data row, from 0 below the header.
        position: column position; None if the whole row cannot be trusted.
        value: what stands there.
        message: one Chinese clause: what is wrong and what would be right.
        as_date: whether it is broken only in a column of dates (a time of day, a span, a
            number in date format before 2000); elsewhere its text stands.
    """

    row: int
    position: int | None
    value: str
    message: str
    as_date: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Cells of one row merged into one; the text stands in the first.

    Attributes:
        row: data row, from 0 below the header.
        left: first column position.
        right: last column position.
    """

    row: int
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Beside:
    """What a sheet shows below its header beside text; a text file shows nothing.

    Attributes:
        hidden_sheet: whether the whole sheet is hidden.
        hidden_rows: rows of the sheet, from 1, that are hidden and hold something; they are
            read like all others.
        comments: how many cells have a comment.
        links: how many hyperlinks there are.
        struck: how many cells have struck-through text.
        coloured: whether a cell has a fill colour.
        pictures: drawn over cells, or standing in them (DISPIMG), by row of the sheet, from 1,
            and column position, from 0; their bytes are had by `evidence.Pictures`.
        across: cells merged over several columns of one data row or more, by their first row.
        epoch_1904: whether the workbook counts days from 1904, so that its plain numbers
            are 1462 days less than elsewhere.
    """

    hidden_sheet: bool = False
    hidden_rows: Sequence[int] = ()
    comments: int = 0
    links: int = 0
    struck: int = 0
    coloured: bool = False
    pictures: Sequence[SheetPicture] = ()
    across: Sequence[Span] = ()
    epoch_1904: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as its file holds it, below its header.

    Attributes:
        sheet: worksheet, None for text files.
        header: the header row.
        preface: the rows above the header.
        columns: text columns by position, all of one length, "" where empty.
        line_of: data rows to line numbers of the file (or rows of the sheet), from 1.
        flaws: cells and rows that came in broken.
        encoding: a text file's encoding.
        beside: what the sheet shows beside text.
        aside: the file's sheets that are no lists, and why; told by its first list.
    """

    sheet: str | None
    header: Header
    preface: Sequence[Sequence[str]]
    columns: Sequence[pa.ChunkedArray]
    line_of: LineNumbers
    flaws: Sequence[Flaw] = field(default=())
    encoding: str | None = None
    beside: Beside = field(default_factory=Beside)
    aside: Sequence[tuple[str, str]] = ()


def columns_of(rows: Sequence[Sequence[str]], width: int) -> list[pa.ChunkedArray]:
    """Turn rows of texts into columns, as many as the header has; short rows end empty.

    Args:
        rows: the texts.
        width: how many columns.
    """
    if not rows:
        return [pa.chunked_array([pa.array([], pa.string())]) for _ in range(width)]
    columns = list(zip_longest(*rows, fillvalue=""))[:width]
    columns += [("",) * len(rows)] * (width - len(columns))
    return [pa.chunked_array([pa.array(column, pa.string())]) for column in columns]
