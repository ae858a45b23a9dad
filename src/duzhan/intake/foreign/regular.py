"""Large, regular sheets of xlsx, read all cells at once: five times as fast.

A sheet is regular if it holds nothing but rows, cells, values and texts of the
plainest forms (`tokens`), and none of the words by which XML could say what those
cannot: escapes, references to characters, hidden rows, pictures of WPS. A word that
turns up in a text just costs time. All other sheets, and all small ones, are read
element by element.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.intake.foreign.cells import SheetHandler
from duzhan.intake.foreign.handler import parse_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duzhan.intake.foreign.cells import Book
    from duzhan.intake.foreign.sheet import Sheet

_LARGE = 1 << 20
# Beyond, the places of all its tags would take too much memory.
_HUGE = 400 << 20
# Each with the place of its byte that is the rarest in a sheet: to look for a single byte
# takes a tenth of the time.
_WORDS = (
    (b"<!", 1), (b"&#", 1), (b"_x", 0), (b"hidden", 0), (b"DISPIMG", 0), (b"\r", 0), (b"\0", 0),
)  # fmt: skip
_SHARED_WORDS = ((b"<!", 1), (b"rPh", 1), (b"_x", 0), (b"\0", 0))
# With more of them to look at, the word itself is looked for.
_FEW = 100
_ENTITIES = (b"&amp;", b"&lt;", b"&gt;", b"&quot;", b"&apos;")
_PIECE, _ROW_ENDS = 1 << 20, b"</row>"


def is_large(size: int) -> bool:
    """Whether it is worth asking if a sheet is regular."""
    return size >= _LARGE


def shared_are_regular(data: bytes) -> bool:
    """Whether the texts of a workbook mean the same to both readers."""
    return _is_utf8(data) and not any(_holds(data, *word) for word in _SHARED_WORDS)


def is_regular(data: bytes) -> bool:
    """Whether a sheet holds none of the words that tell of more than plain cells."""
    return (
        len(data) < _HUGE
        and _is_utf8(data)
        and not any(_holds(data, *word) for word in _WORDS)
        and (b"&" not in data or data.count(b"&") == sum(map(data.count, _ENTITIES)))
    )


def _holds(data: bytes, word: bytes, rarest: int) -> bool:
    """Whether a word stands in a sheet."""
    byte, at = word[rarest : rarest + 1], -1
    for _ in range(_FEW):
        at = data.find(byte, at + 1)
        if at < 0:
            return False
        if data[at - rarest : at - rarest + len(word)] == word:
            return True
    return word in data


def _is_utf8(data: bytes) -> bool:
    head = data[:200].partition(b"?>")[0].lower()
    return data.startswith(b"<") and (b"encoding" not in head or b"utf-8" in head)


def read_regular(sheet: Sheet, book: Book, data: bytes) -> bool:
    """Read a sheet if it is regular; leave it as it is and say so if it is not.

    Args:
        sheet: where its cells go.
        book: what they refer to.
        data: the sheet's part.
    """
    # Loaded for such sheets only.
    from duzhan.intake.foreign.table import SheetPieces  # noqa: PLC0415

    begin, end = data.find(b"<sheetData>") + 11, data.rfind(b"</sheetData>")
    if begin < 11 or end < begin or not is_regular(data):
        return False
    table = SheetPieces(book)
    if not all(table.add(rows) for rows in _pieces(data, begin, end)):
        return False
    table.give(sheet)
    # What stands before and behind the cells is read like that of any sheet.
    parse_bytes(data[:begin] + data[end:], SheetHandler(sheet, book))
    sheet.marks.coloured += _last_coloured(data, book)
    return True


def _pieces(data: bytes, begin: int, end: int) -> Iterator[bytes]:
    """Whole rows, so many at a time as lie near the processor all at once."""
    while begin < end:
        stop = data.find(_ROW_ENDS, begin + _PIECE, end)
        stop = end if stop < 0 else stop + len(_ROW_ENDS)
        yield data[begin:stop]
        begin = stop


def _last_coloured(data: bytes, book: Book) -> list[int]:
    """The last row of each style with a fill colour: whether one is below a header shows there."""
    lines = []
    for style in book.styles.coloured:
        at = data.rfind(b's="%s"' % style.encode())
        row = data.rfind(b'<row r="', 0, at) if at >= 0 else -1
        digits = data[row + 8 : row + 16].partition(b'"')[0] if row >= 0 else b""
        if digits.isdigit():
            lines.append(int(digits))
    return lines
