"""Cells that no spreadsheet runs as a formula, and the way back to what was meant.

Excel and WPS run a CSV cell that begins with = + - @, and obey some control
characters. Such a cell is written with an apostrophe before it; reading takes
one apostrophe off again. A cell that already looks so disarmed gets another
one, so that what is read back is what came in (SPEC section 8, output safety).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

_LIVE = re.compile(r"'*[=+\-@\x00-\x1f]")
_DISARMED = re.compile(r"'+[=+\-@\x00-\x1f]")

# No space among the separators: each run of them is gone through once.
_NEEDS_QUOTES = re.compile("[,\"\r\n]|[;\t|][ \u00a0\u3000']*[=+\\-@]")

# The same in Arrow's words: a cell in which this is not found `csv_cell` writes as it is.
CSV_SUSPECT = r"""[,"\r\n]|[;\t|][ \x{a0}\x{3000}']*[=+\-@]|^'*[=+\-@\x00-\x1f]"""

# First bytes that make a cell worth a look; all of them are ASCII.
_SUSPECT = np.zeros(256, bool)
_SUSPECT[[*range(0x20), *b"=+-@'"]] = True


def defuse(text: str) -> str:
    """Write a cell so that no spreadsheet runs it: one more apostrophe, if it needs one."""
    return f"'{text}" if _LIVE.match(text) else text


def restore(text: str) -> str:
    """Read a cell that `defuse` wrote: one apostrophe less, if it has one to give."""
    return text[1:] if _DISARMED.match(text) else text


def csv_cell(text: str) -> str:
    """Write a cell of a CSV file: disarmed, and in quotes if it needs them."""
    safe = defuse(text)
    return _in_quotes(safe) if needs_quotes(safe) else safe


def csv_line(cells: Iterable[str]) -> str:
    """Write a line of a CSV file, with quotes around the cells that need them, and its end.

    So does a cell that another separator would cut before a formula (``x;=1+1``): in some
    languages a spreadsheet takes ; for the comma.
    """
    written = [_in_quotes(cell) if needs_quotes(cell) else cell for cell in cells]
    return f"{','.join(written)}\n" if written != [""] else '""\n'


def _in_quotes(cell: str) -> str:
    doubled = cell.replace('"', '""')
    return f'"{doubled}"'


def needs_quotes(cell: str) -> bool:
    """Whether a cell of a CSV file must stand in quotes."""
    return _NEEDS_QUOTES.search(cell) is not None


def defuse_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Apply `defuse` to a column of text; one without suspects is returned as it is.

    Args:
        column: strings without nulls.
    """
    return _changed_where(column, _suspects(column), defuse)


def restore_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Apply `restore` to a column of text; one without apostrophes in front is returned as it is.

    Args:
        column: strings without nulls.
    """
    quoted = pc.starts_with(column, "'")
    if not pc.any(quoted).as_py():
        return column
    return _changed_where(column, np.asarray(quoted.to_numpy(), bool), restore)


def _changed_where(
    column: pa.ChunkedArray, mask: NDArray[np.bool_], change: Callable[[str], str]
) -> pa.ChunkedArray:
    """Change the cells that a mask names, one by one: there are few of them."""
    if not mask.any():
        return column
    cells = column.filter(pa.array(mask)).to_pylist()
    changed = pa.array([change(cell) for cell in cells], column.type)
    whole = pa.concat_arrays(column.chunks)
    return pa.chunked_array([pc.replace_with_mask(whole, pa.array(mask), changed)])


def _suspects(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    masks = [_SUSPECT[_first_bytes(chunk)] for chunk in column.chunks]
    return np.concatenate([np.zeros(0, bool), *masks])


def _first_bytes(chunk: pa.StringArray) -> NDArray[np.uint8]:
    """The first byte of each cell, a space for an empty one, straight from Arrow's memory."""
    _, offsets, data = chunk.buffers()
    first = np.full(len(chunk), 0x20, np.uint8)
    if len(chunk) == 0 or data is None or data.size == 0:
        return first
    bounds = np.frombuffer(offsets, np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
    filled = bounds[1:] > bounds[:-1]
    first[filled] = np.frombuffer(data, np.uint8)[bounds[:-1][filled]]
    return first
