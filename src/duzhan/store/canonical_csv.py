r"""The text of the dataset's own CSV files: one form, so that a diff shows only what changed.

UTF-8 with a byte order mark (Excel opens it right), "\n" and nothing else at
the end of lines and inside cells, quotes only where a cell needs them, no cell
that a spreadsheet would run (SPEC section 2 and section 8, output safety).

Two writers give the same bytes: `table_bytes` for large tables, column by
column in Arrow, and `rows_bytes` for a few rows, by the csv module.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan.intake.safety import csv_line, defuse, defuse_column, needs_quotes, restore
from duzhan.intake.text_columns import bytes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

BOM = b"\xef\xbb\xbf"
# Where a C long has 32 bits, no larger limit of a cell can be set.
_LONGEST = (1 << 31) - 1

# Rows joined at a time: some megabytes, whatever the size of the ledger.
_BATCH = 1 << 14


def clean(text: str) -> str:
    r"""Give a cell as files of the dataset can hold it: "\n" for every line end, no NUL."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def table_bytes(cells: pa.Table, columns: Sequence[str]) -> bytes:
    """Write a table whole; `table_chunks` does so piece by piece."""
    return b"".join(table_chunks(cells, columns))


def table_chunks(cells: pa.Table, columns: Sequence[str]) -> Iterator[bytes]:
    """Write a table in pieces, which together are the file.

    Args:
        cells: strings without nulls.
        columns: which of them, in order; the header.
    """
    yield rows_bytes(columns, ())
    yield from row_chunks(cells.select(list(columns)))


def row_chunks(cells: pa.Table) -> Iterator[bytes]:
    """Write a table's rows alone, whatever its columns are called."""
    for batch in cells.to_batches(max_chunksize=_BATCH):
        if batch.num_rows:
            texts = [_written(column) for column in batch.columns]
            lines = pc.binary_join_element_wise(*texts, ",")
            ended = pc.binary_join_element_wise(lines, "", "\n")
            yield bytes_of(ended).tobytes()


def rows_bytes(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write a few rows below a header: byte for byte what `table_bytes` would write."""
    lines = (csv_line(defuse(clean(cell)) for cell in row) for row in (columns, *rows))
    return BOM + "".join(lines).encode("utf-8")


def read_rows(data: bytes) -> tuple[list[str], list[list[str]]]:
    """Read what `rows_bytes` or `table_bytes` wrote: header and rows.

    Raises:
        UnicodeDecodeError: the bytes are no text of ours.
    """
    text = data.removeprefix(BOM).decode("utf-8")
    # A cell of imports.csv may name ten thousand issues.
    csv.field_size_limit(_LONGEST)
    header, *rows = csv.reader(io.StringIO(text, newline="")) if text else ([],)
    return [restore(name) for name in header], [[restore(cell) for cell in row] for row in rows]


# ---------------------------------------------------------------- column by column


def _written(column: pa.StringArray) -> pa.StringArray:
    """The cells as they stand between two commas."""
    if _positions(column, b"\r\0").size:
        for old, new in (("\r\n", "\n"), ("\r", "\n"), ("\0", "\ufffd")):
            column = pc.replace_substring(column, old, new)
    column = _defused(column)
    sure = _rows_of(column, _positions(column, b',"\n'))
    # Another separator matters only where it would cut a cell before a formula.
    other = np.unique(_rows_of(column, _positions(column, b";\t|")))
    texts = column.take(pa.array(other)).to_pylist()
    cut = [row for row, text in zip(other.tolist(), texts, strict=True) if needs_quotes(text)]
    return _quoted(column, np.concatenate([sure, np.array(cut, np.int64)]))


def _defused(column: pa.StringArray) -> pa.StringArray:
    return defuse_column(pa.chunked_array([column])).chunk(0)


def _rows_of(column: pa.StringArray, at: NDArray[np.int64]) -> NDArray[np.int64]:
    """The rows of the cells that hold the bytes at these positions."""
    if len(at) == 0:
        return at
    bounds = _bounds(column)
    rows: NDArray[np.int64] = np.searchsorted(bounds, at + bounds[0], "right") - 1
    return rows


def _quoted(column: pa.StringArray, rows: NDArray[np.int64]) -> pa.StringArray:
    """Put quotes around the cells of these rows."""
    if len(rows) == 0:
        return column
    mask = np.zeros(len(column), bool)
    mask[rows] = True
    doubled = pc.replace_substring(column.filter(pa.array(mask)), '"', '""')
    return pc.replace_with_mask(
        column, pa.array(mask), pc.binary_join_element_wise('"', doubled, '"', "")
    )


def _bounds(column: pa.StringArray) -> NDArray[np.int32]:
    """Where each cell begins in Arrow's memory, and where the last one ends."""
    offsets: NDArray[np.int32] = np.frombuffer(column.buffers()[1], np.int32)
    return offsets[column.offset : column.offset + len(column) + 1]


def _positions(column: pa.StringArray, wanted: bytes) -> NDArray[np.int64]:
    """Where these bytes stand in the cells' content."""
    content = bytes_of(column)
    found = np.zeros(len(content), bool)
    for byte in wanted:
        found |= content == byte
    return np.flatnonzero(found)
