"""What every file format comes down to: a header, and text cells below it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from duzhan.intake.text import header_key

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# A header stands near the top; titles and notes above it are few.
HEADER_WITHIN = 60

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
class Header:
    """Where the header stands and which column means what.

    Attributes:
        index: the header's row, from 0; of two rows the lower one.
        cells: its text; of two rows what both say together.
        columns: canonical name to position.
        repeated: canonical names that a second column claims as well.
        rows: the one or two rows as they stand, for those that repeat them further down.
    """

    index: int
    cells: tuple[str, ...]
    columns: Mapping[str, int]
    repeated: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


class HeaderFinder:
    """Knows the headers of one kind of list.

    Args:
        aliases: canonical name to its other names.
        required: the column without which a table is no such list.
    """

    def __init__(self, aliases: Mapping[str, Sequence[str]], required: str) -> None:
        self.required = required
        self.canonical = tuple(aliases)
        self._names = {
            header_key(name): canonical
            for canonical, others in aliases.items()
            for name in (canonical, *others)
        }

    def match(self, cells: Sequence[str]) -> tuple[dict[str, int], tuple[str, ...]]:
        """Give the known columns of a row, first come first served, and those claimed twice."""
        columns: dict[str, int] = {}
        repeated = []
        for position, cell in enumerate(cells):
            name = self._known(cell)
            if name is None:
                continue
            if name not in columns:
                columns[name] = position
            elif cell.strip() == name != cells[columns[name]].strip():
                columns[name] = position
                repeated.append(name)
            else:
                repeated.append(name)
        return columns, tuple(repeated)

    def _known(self, cell: str) -> str | None:
        return self._names.get(header_key(cell)) if cell else None

    def find(self, rows: Sequence[Sequence[str]]) -> Header | None:
        """Find the header: the first row that knows the required column and another one.

        A list of one column is a list too, if nothing better comes. A header may
        take two rows, 整改情况 above 完成日期 and 销号日期.
        """
        best: Header | None = None
        for index, cells in enumerate(rows[:HEADER_WITHIN]):
            columns, repeated = self.match(cells)
            if self.required not in columns:
                continue
            found = Header(index, tuple(cells), columns, repeated, (tuple(cells),))
            found = self._of_two_rows(rows, found)
            if len(found.columns) > 1:
                return found
            best = best or found
        return best

    def _of_two_rows(self, rows: Sequence[Sequence[str]], header: Header) -> Header:
        """The header together with the row below or above it, if that tells more columns."""
        for lower in (header.index + 1, header.index):
            if not 0 < lower < len(rows):
                continue
            both = tuple(rows[lower - 1]), tuple(rows[lower])
            cells = self._stacked(*both)
            columns, repeated = self.match(cells)
            if self.required in columns and len(columns) > len(header.columns):
                return Header(lower, cells, columns, repeated, both)
        return header

    def _stacked(self, upper: Sequence[str], lower: Sequence[str]) -> tuple[str, ...]:
        """What two rows say together; nothing if the lower one holds an issue's cells."""
        stacked, group = [], ""
        for over, under in zip_longest(upper, lower, fillvalue=""):
            group = over.strip() or group
            joint = group + under.strip()
            if not under.strip() or header_key(under) == header_key(over):
                stacked.append(over)
            elif not self._known(joint) and self._known(under):
                stacked.append(under)
            elif not self._known(joint) and self._known(over):
                return ()
            else:
                stacked.append(joint)
        return tuple(stacked)


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
