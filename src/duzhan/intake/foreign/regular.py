"""Large, regular sheets of xlsx, read all cells at once: five times as fast.

A sheet is regular if it holds nothing but rows, cells, values and texts of the
plainest forms (`tokens`), and none of the words by which XML could say what those
cannot: escapes, references to characters, hidden rows, pictures of WPS. A word that
turns up in a text just costs time. All other sheets, and all small ones, are read
element by element.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from duzhan.intake.foreign.cells import TRUE, SheetHandler, plain_number
from duzhan.intake.foreign.handler import parse_bytes
from duzhan.intake.foreign.numbers import Shows, dated
from duzhan.intake.foreign.sheet import MAX_COLUMNS

if TYPE_CHECKING:
    from duzhan.intake.foreign.cells import Book
    from duzhan.intake.foreign.sheet import Sheet
    from duzhan.intake.foreign.tokens import Cells, Look

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
_ENTITIES = {b"&amp;": "&", b"&lt;": "<", b"&gt;": ">", b"&quot;": '"', b"&apos;": "'"}
_ENTITY = re.compile("&(?:amp|lt|gt|quot|apos);")


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
        sheet: where its rows go.
        book: what its cells refer to.
        data: the sheet's part.
    """
    # Loaded for such sheets only.
    from duzhan.intake.foreign.tokens import told_apart  # noqa: PLC0415

    begin, end = data.find(b"<sheetData>") + 11, data.rfind(b"</sheetData>")
    if begin < 11 or end < begin or not is_regular(data):
        return False
    cells = told_apart(data, begin, end)
    columns = None if cells is None else _columns(data, cells, book)
    if cells is None or columns is None:
        return False
    kept = sorted(set(cells.row[cells.ends > cells.begins].tolist()))
    rows = list(map(list, zip(*columns, strict=True)))
    sheet.rows += rows if len(kept) == len(rows) else [rows[at] for at in kept]
    sheet.lines += cells.lines[kept].tolist()
    # What stands before and behind the cells is read like that of any sheet.
    parse_bytes(data[:begin] + data[end:], SheetHandler(sheet, book))
    sheet.marks.coloured += _last_coloured(data, book)
    return True


def _columns(data: bytes, cells: Cells, book: Book) -> list[list[str]] | None:
    """The texts of each column, empty where no cell is; None if one says more than that."""
    import numpy as np  # noqa: PLC0415

    from duzhan.intake.foreign.tokens import texts  # noqa: PLC0415

    width = int(cells.column.max(initial=-1)) + 1
    if width > MAX_COLUMNS:
        return None
    book.budget.check(width * len(cells.lines))
    columns = []
    for at in range(width):
        here = np.flatnonzero(cells.column == at)
        try:
            found = texts(data, cells.begins[here], cells.ends[here])
        except UnicodeDecodeError:
            return None
        column = [""] * len(cells.lines)
        for look in np.unique(cells.look[here]).tolist():
            inline = cells.inline[here] & (cells.look[here] == look)
            for is_inline, some in ((True, inline), (False, (cells.look[here] == look) & ~inline)):
                places = np.flatnonzero(some).tolist()
                own = [found[place] for place in places]
                read = _read(own, cells.looks[look], book, is_inline=is_inline)
                if read is None:
                    return None
                rows = cells.row[here[some]].tolist()
                for row, text in zip(rows, read, strict=True):
                    column[row] = text
        columns.append(column)
    book.budget.take(width * len(cells.lines))
    return columns


def _read(found: list[str], look: Look, book: Book, *, is_inline: bool) -> list[str] | None:
    """The texts of cells that look alike; None if they say what only the other reader can tell."""
    if not any(found):
        return found
    if look.style in book.styles.struck or is_inline != (look.kind == "inlineStr"):
        return None
    if look.kind == "s":
        return _shared(found, book)
    if is_inline or look.kind == "str":
        return [_unescaped(text) if "&" in text else text for text in found]
    if look.kind == "b":
        return ["TRUE" if text.strip().lower() in TRUE else "FALSE" for text in found]
    return _numbers(found, look, book)


def _numbers(found: list[str], look: Look, book: Book) -> list[str] | None:
    shows = book.styles.shows.get(look.style, Shows.NUMBER)
    if shows is not Shows.NUMBER and look.style not in book.styles.plain_dates:
        return None
    known: dict[str, str] = {}
    for text in set(found):
        plain = text.strip()
        if shows is Shows.NUMBER or not plain:
            known[text] = plain_number(plain)
            continue
        try:
            known[text], wrong = dated(float(plain), shows, epoch_1904=book.epoch_1904)
        except ValueError:
            return None
        if wrong:
            return None
    return [known[text] for text in found]


def _shared(found: list[str], book: Book) -> list[str] | None:
    known: dict[str, str] = {"": ""}
    for text in set(found):
        if text and (not text.isdecimal() or int(text) >= len(book.texts)):
            return None
        if text:
            known[text] = book.texts[int(text)]
    return [known[text] for text in found]


def _unescaped(text: str) -> str:
    return _ENTITY.sub(lambda match: _ENTITIES[match[0].encode()], text)


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
