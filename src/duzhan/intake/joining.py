"""Two columns that mean one: which date decides, how texts stand side by side (SPEC section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from duzhan.arrays import Mask


BETWEEN = "；"


def filled(column: pa.ChunkedArray) -> Mask:
    """Rows with anything in them but white space."""
    some = np.asarray(pc.not_equal(column, "").to_numpy(), bool)
    there: Mask = some & ~np.asarray(pc.utf8_is_space(column).to_numpy(), bool)
    return there


def joined(
    columns: Sequence[pa.ChunkedArray], join: Callable[[Sequence[str]], str]
) -> pa.ChunkedArray:
    """One column of several: the only filled cell of a row, or what `join` makes of several.

    Args:
        columns: of one length, in the order of the headings.
        join: is given the different texts of a row, trimmed, each once.
    """
    result = columns[0]
    there = filled(result)
    several = np.zeros(len(there), bool)
    for column in columns[1:]:
        more = filled(column)
        if more.any():
            result = pc.if_else(pa.array(more & ~there), column, result)
            several |= more & there
            there |= more
    rows = np.flatnonzero(several)
    if len(rows) == 0:
        return result
    taken = [column.take(pa.array(rows)).to_pylist() for column in columns]
    texts = []
    for cells in zip(*taken, strict=True):
        parts = list(dict.fromkeys(text for cell in cells if (text := cell.strip())))
        texts.append(parts[0] if len(parts) == 1 else join(parts))
    return with_texts(result, several, texts)


def with_texts(column: pa.ChunkedArray, mask: Mask, texts: Sequence[str]) -> pa.ChunkedArray:
    """A column with other texts in the rows of a mask, in their order."""
    new = pa.array(texts, pa.string())
    return pa.chunked_array([pc.replace_with_mask(column.combine_chunks(), pa.array(mask), new)])


def side_by_side(between: str = BETWEEN) -> Callable[[Sequence[str]], str]:
    """All texts, one behind the other."""
    return between.join


def earliest(read: Callable[[str], int]) -> Callable[[Sequence[str]], str]:
    """The text with the earliest day; all of them, which nobody can read, if one has none.

    Args:
        read: the ordinal of a cell's day, 0 if it cannot be told.
    """

    def choose(texts: Sequence[str]) -> str:
        days = [read(text) for text in texts]
        if not all(days):
            return BETWEEN.join(texts)
        return texts[days.index(min(days))]

    return choose
