"""Large, regular sheets of xlsx, read by a reader that knows less and is three times as fast.

It shows errors and formulas without a result as empty cells, and knows nothing of
formats, reading aids and hidden rows. So it gets a sheet only if none of the words
by which XML could say any of these stands anywhere in it, in whatever spelling; a
word that turns up in a text just costs time. All other sheets, and all small ones,
are read element by element.
"""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from duzhan.intake.foreign.cells import SheetHandler
from duzhan.intake.foreign.handler import parse_bytes
from duzhan.intake.foreign.numbers import number_text

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.intake.foreign.cells import Book
    from duzhan.intake.foreign.sheet import Sheet

_LARGE = 1 << 20
# Declarations, references to characters, formulas, errors, ISO dates, rich values, runs and
# reading aids, escapes, hidden rows, pictures of WPS, prefixed cells, other ways to quote.
# Each with the place of its byte that is the rarest in a sheet: to look for a single byte
# takes a tenth of the time.
_WORDS = (
    (b"<!", 1), (b"&#", 0), (b"<f", 1), (b":f", 0), (b'"e"', 1), (b'"d"', 1), (b"vm", 1),
    (b"<r>", 1), (b"rPh", 1), (b"_x", 0), (b"hidden", 0), (b"DISPIMG", 0), (b":c", 0),
    (b"='", 1), (b" =", 1), (b"= ", 0), (b"\0", 0),
)  # fmt: skip
_SHARED_WORDS = ((b"<!", 1), (b"rPh", 1), (b"_x", 0), (b"\0", 0))
# With more of them to look at, the word itself is looked for.
_FEW = 100
_EARLIEST = dt.date(2000, 1, 1)


def is_large(size: int) -> bool:
    """Whether it is worth asking if a sheet is regular."""
    return size >= _LARGE


def shared_are_regular(data: bytes) -> bool:
    """Whether the texts of a workbook mean the same to both readers."""
    return _is_utf8(data) and not any(_holds(data, *word) for word in _SHARED_WORDS)


def is_regular(data: bytes, book: Book) -> bool:
    """Whether a sheet holds nothing that the fast reader does not know."""
    styles = book.styles
    unusual = (styles.shows.keys() - styles.plain_dates) | styles.struck
    return (
        _is_utf8(data)
        and not any(_holds(data, *word) for word in _WORDS)
        and data.count(b"<c") == data.count(b'<c r="') + data.count(b"<col", 0, 1 << 16)
        and not any(b's="%s"' % style.encode() in data for style in unusual)
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


def read_regular(sheet: Sheet, book: Book, path: Path, data: bytes) -> bool:
    """Read a sheet if it is regular; leave it as it is and say so if it is not.

    Args:
        sheet: where its rows go.
        book: what its cells refer to.
        path: the workbook.
        data: the sheet's part.
    """
    begin, end = data.find(b"<sheetData>"), data.rfind(b"</sheetData>")
    if begin < 0 or end < begin:
        return False
    # The fast reader leaves the other core free while it parses.
    with ThreadPoolExecutor(1) as beside:
        reading = beside.submit(_rows, path, sheet.name)
        regular = is_regular(data, book)
        rows = reading.result()
    if rows is None or not regular:
        return False
    texts = [row if set(map(type, row)) <= {str} else _texts(row) for row in rows]
    for line, row in enumerate(texts, 1):
        if row is None:
            sheet.rows.clear()
            sheet.lines.clear()
            return False
        if any(row):
            book.budget.take(len(row))
            sheet.rows.append(row)
            sheet.lines.append(line)
    # What stands before and behind the cells is read like that of any sheet.
    parse_bytes(data[:begin] + b"<sheetData/>" + data[end + 12 :], SheetHandler(sheet, book))
    sheet.marks.coloured += _last_coloured(data, book)
    return True


def _rows(path: Path, name: str) -> list[list[Any]] | None:
    """The cells of a sheet by the fast reader; None if it refuses."""
    # Loaded for such sheets only.
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415

    try:
        with CalamineWorkbook.from_path(str(path)) as workbook:
            return workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError):
        return None


def _texts(row: list[Any]) -> list[str] | None:
    """A row as text; None if it holds what only the other reader can tell."""
    texts = []
    for cell in row:
        if isinstance(cell, str):
            texts.append(cell)
        elif isinstance(cell, bool):
            texts.append("TRUE" if cell else "FALSE")
        elif isinstance(cell, float | int):
            texts.append(number_text(float(cell)))
        elif isinstance(cell, dt.date) and dt.date(cell.year, cell.month, cell.day) >= _EARLIEST:
            texts.append(_date(cell))
        else:
            return None
    return texts


def _date(cell: dt.date) -> str:
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ", timespec="seconds").removesuffix(" 00:00:00")
    return cell.isoformat()


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
