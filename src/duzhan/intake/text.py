"""Text that two people write differently and mean alike: width, spaces, brackets."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What stands around a heading and is no part of it: marks of what must be filled in, numbers.
_MARKS = "*:·★☆▲△▼※●○◆◇■□#"
_CIRCLED = re.compile("[\u2460-\u249b\u2776-\u2793]")
_NUMBERED = re.compile(r"^(?:\d{1,2}[.、)]|[一二三四五六七八九十]{1,3}、)(?=\D)")
# What is neither printable ASCII without the space nor a plain Chinese
# character may change under NFKC; all else is spared that walk.
_UNSETTLED = "[^!-~\u4e00-\u9fff]"
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕")
# Marks that nobody sees, such as come with text copied from web pages and chats.
_UNSEEN = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
UNSEEN = re.compile(f"[{_UNSEEN}]+")
# White space and such marks, for expressions that look for either.
INVISIBLE = f"[\\s{_UNSEEN}]"
# The same for Arrow, whose \\s knows ASCII only.
_SPACES = f"[\\s\x1c-\x1f\x85\u1680\u2028\u2029{_UNSEEN}]+"
_SPACE = re.compile(f"[\\s{_UNSEEN}]+")


def squash(text: str) -> str:
    """Fold width (full-width forms to ASCII) and drop all white space."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text))


def header_key(text: str) -> str:
    """What a header says, without spaces, width, brackets such as （年月日）, marks, its number."""
    plain = squash(_CIRCLED.sub("", text)).strip(_MARKS)
    bare = plain
    while (shorter := _BRACKETS.sub("", bare)) != bare:
        bare = shorter
    bare = _NUMBERED.sub("", bare).strip(_MARKS)
    return bare or plain


def heading_text(text: str) -> str:
    """A heading on one line as it is shown: no invisible marks, no space beside Chinese."""
    seen = re.sub(r"\s+", " ", UNSEEN.sub("", text)).strip()
    return re.sub(r" (?=[^ -~])|(?<=[^ -~]) ", "", seen)


def squash_array(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Apply `squash` to a string column; what is plain already is not walked through."""
    unsettled = pc.match_substring_regex(values, _UNSETTLED)
    if not pc.any(unsettled).as_py():
        return values
    settled = pc.replace_substring_regex(
        pc.utf8_normalize(values.filter(unsettled), "NFKC"), _SPACES, ""
    )
    mask = unsettled.combine_chunks()
    whole = values.combine_chunks()
    return pa.chunked_array([pc.replace_with_mask(whole, mask, settled.combine_chunks())])


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


def shorten(text: str, limit: int = 40) -> str:
    """Show a cell in a message: one line, no control characters, not too long."""
    # A cell may hold megabytes; no more than the message shows is walked through.
    head = text[: 4 * limit].strip()[: limit + 1] or text.strip()[: limit + 1]
    line = "".join("⏎" if c == "\n" else c if c.isprintable() else "�" for c in head)
    return line if len(line) <= limit else line[: limit - 1] + "…"
