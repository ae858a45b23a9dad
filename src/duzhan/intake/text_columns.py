"""Columns of text, folded and looked into as they lie in Arrow's memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan.intake.text import UNSEEN_MARKS

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What is neither printable ASCII without the space nor a plain Chinese
# character may change under NFKC; all else is spared that walk.
_UNSETTLED = "[^!-~\u4e00-\u9fff]"
# White space and marks that nobody sees, for Arrow, whose \\s knows ASCII only.
_SPACES = f"[\\s\x1c-\x1f\x85\u1680\u2028\u2029{UNSEEN_MARKS}]+"


def squash_array(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Apply `text.squash` to a string column; what is plain already is not walked through."""
    unsettled = pc.match_substring_regex(values, _UNSETTLED)
    if not pc.any(unsettled).as_py():
        return values
    settled = pc.replace_substring_regex(
        pc.utf8_normalize(values.filter(unsettled), "NFKC"), _SPACES, ""
    )
    mask = unsettled.combine_chunks()
    whole = values.combine_chunks()
    return pa.chunked_array([pc.replace_with_mask(whole, mask, settled.combine_chunks())])


def taken(column: pa.ChunkedArray, rows: NDArray[np.integer]) -> pa.StringArray:
    """Some rows of a column in any order; Arrow would copy all of a column in pieces first."""
    filled = [chunk for chunk in column.chunks if len(chunk)]
    if len(filled) == 1:
        return filled[0].take(pa.array(rows))
    order = np.argsort(rows)
    ascending = rows[order]
    parts, first, begin = [pa.array([], column.type)], 0, 0
    for chunk in column.chunks:
        end = int(np.searchsorted(ascending, first + len(chunk)))
        if end > begin:
            parts.append(chunk.take(pa.array(ascending[begin:end] - first)))
        first, begin = first + len(chunk), end
    places = np.empty(len(rows), np.int64)
    places[order] = np.arange(len(rows))
    return pa.concat_arrays(parts).take(pa.array(places))


def bytes_of(texts: pa.StringArray) -> NDArray[np.uint8]:
    """The texts of an array, one behind the other, as they lie in its memory."""
    _, offsets, data = texts.buffers()
    if data is None or not len(texts):
        return np.zeros(0, np.uint8)
    ends = np.frombuffer(offsets, np.int32)
    return np.frombuffer(data, np.uint8)[ends[texts.offset] : ends[texts.offset + len(texts)]]


def bytes_and_ends(column: pa.ChunkedArray) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """The texts of a column, one behind the other, and where each begins and ends."""
    whole = column.combine_chunks()
    if not len(whole) or whole.buffers()[2] is None:
        return np.zeros(0, np.uint8), np.zeros(len(whole) + 1, np.int32)
    ends = np.frombuffer(whole.buffers()[1], np.int32)[whole.offset : whole.offset + len(whole) + 1]
    return bytes_of(whole), ends - ends[0]


def three_bytes(data: NDArray[np.uint8], at: NDArray[np.integer]) -> NDArray[np.int32]:
    """The three bytes from each place on, as one number: a Chinese character."""
    top = len(data) - 1
    codes = np.zeros(len(at), np.int32)
    for number in range(3):
        codes = (codes << 8) | data[np.clip(at + number, 0, top)]
    return codes


def holds_byte(column: pa.ChunkedArray, byte: int) -> bool:
    """Whether any cell holds a character of ASCII; much faster than to ask each cell."""
    return any(bool((bytes_of(chunk) == byte).any()) for chunk in column.chunks)


def is_blank(column: pa.ChunkedArray) -> bool:
    """Whether no cell of a column of strings holds anything."""
    return not any(len(bytes_of(chunk)) for chunk in column.chunks)
