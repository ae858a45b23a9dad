"""What every file format comes down to: a header, and text cells below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from duzhan.intake.headers import Header

# Excel's own limit; a longer cell is a swallowed file or an attack.
CELL_LIMIT = 32_767

LineNumbers = Callable[["NDArray[np.integer]"], list[int]]


class RefusedFileError(Exception):
    """A file that cannot be read at all; it is refused whole, never read in part.

    Args:
        code: the problem's code.
        message: one Chinese line: what is wrong and what would be right.
        line: where, if known.
    """

    def __init__(self, code: str, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line


@dataclass(frozen=True, slots=True)
class Flaw:
    """A cell or row that came in broken.

    Attributes:
        row: data row, from 0 below the header.
        position: column position; None if the whole row cannot be trusted.
        value: what stands there.
        message: one Chinese clause: what is wrong and what would be right.
    """

    row: int
    position: int | None
    value: str
    message: str


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
    """

    sheet: str | None
    header: Header
    preface: Sequence[Sequence[str]]
    columns: Sequence[pa.ChunkedArray]
    line_of: LineNumbers
    flaws: Sequence[Flaw] = field(default=())
    encoding: str | None = None


def columns_of(
    rows: Sequence[Sequence[Any]], width: int, as_text: Callable[[Any], str] = str
) -> list[pa.ChunkedArray]:
    """Turn rows of cells into text columns, as many as the header has; short rows end empty.

    Args:
        rows: cells; text, or what `as_text` makes text of.
        width: how many columns.
        as_text: writes a cell that is no text.
    """
    if not rows:
        return [pa.chunked_array([pa.array([], pa.string())]) for _ in range(width)]
    columns = list(zip_longest(*rows, fillvalue=""))[:width]
    columns += [("",) * len(rows)] * (width - len(columns))
    return [pa.chunked_array([_text_array(column, as_text)]) for column in columns]


def _text_array(column: Sequence[Any], as_text: Callable[[Any], str]) -> pa.StringArray:
    # Most columns are text already, and Arrow finds out faster than a loop over the cells.
    with suppress(pa.ArrowTypeError, pa.ArrowInvalid):
        texts = pa.array(column, pa.string())
        if texts.null_count == 0:
            return texts
    return pa.array([c if type(c) is str else as_text(c) for c in column], pa.string())
