"""xlsb: the records of a binary workbook, every cell as text, or with what is wrong with it."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from duzhan.intake.foreign.numbers import BUILT_IN, Shows, dated, number_text, shown_by
from duzhan.intake.foreign.package import Package
from duzhan.intake.foreign.pictures import drawn
from duzhan.intake.foreign.sheet import ERROR, Area, Broken, Budget, Sheet
from duzhan.intake.refusals import broken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ROWS, _COLUMNS = 1 << 20, 1 << 14
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip

# Records, by the names that [MS-XLSB] has for them.
_ROW_HEADER = 0
_BLANK, _RK, _ERROR, _BOOL, _REAL, _ST, _ISST = range(1, 8)
_FORMULA_STRING, _FORMULA_NUMBER, _FORMULA_BOOL, _FORMULA_ERROR = range(8, 12)
_SHORT, _SHORT_LAST = 12, 18
_RICH_STRING = 62
_SST_ITEM, _FORMAT, _STYLE = 19, 44, 47
_WORKBOOK_PROPERTIES, _SHEET, _MERGED, _LINK = 153, 156, 176, 494
_CELL_STYLES, _CELL_STYLES_END = 617, 618


class _Book(NamedTuple):
    texts: list[str]
    shows: list[Shows]
    budget: Budget


def read(path: Path, max_unpacked: int) -> list[Sheet]:
    """Read all worksheets of a workbook.

    Raises:
        RefusedFileError: damaged, encrypted, a bomb, or with cells far off.
    """
    with Package(path, max_unpacked) as package:
        try:
            return list(_sheets(package))
        except (struct.error, IndexError, UnicodeDecodeError):
            raise broken() from None


def _sheets(package: Package) -> Iterator[Sheet]:
    main = package.main("xl/workbook.bin")
    relations = package.relations(main)
    parts = dict(relations.values())
    texts = [_string(data, 1) for kind, data in _records(package, parts.get("sharedStrings"))
             if kind == _SST_ITEM]  # fmt: skip
    book = _Book(texts, _styles(package, parts.get("styles")), Budget())
    epoch_1904 = False
    for kind, data in _records(package, main):
        if kind == _WORKBOOK_PROPERTIES:
            epoch_1904 = bool(data[0] & 1)
        elif kind == _SHEET:
            relation = _string(data, 8)
            name = _string(data, 12 + len(relation.encode("utf-16-le")))
            target_kind, part = relations.get(relation, ("", ""))
            if target_kind == "worksheet":
                state = struct.unpack_from("<I", data)[0]
                sheet = Sheet(name=name, hidden=state != 0, epoch_1904=epoch_1904)
                _read_sheet(sheet, package, part, book)
                yield sheet


def _records(package: Package, part: str | None) -> Iterator[tuple[int, bytes]]:
    """The records of a part: kind and content."""
    if part is None or part not in package:
        return
    data = package.read(part)
    at = 0
    while at < len(data):
        kind, at = data[at], at + 1
        if kind & 0x80:
            kind, at = (kind & 0x7F) | (data[at] & 0x7F) << 7, at + 1
        size = shift = 0
        while True:
            byte, at = data[at], at + 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift > 21:
                break
        if at + size > len(data):
            raise broken()
        yield kind, data[at : at + size]
        at += size


def _string(data: bytes, at: int) -> str:
    count = int.from_bytes(data[at : at + 4], "little")
    if count == 0xFFFFFFFF:
        return ""
    if at + 4 + 2 * count > len(data):
        raise broken()
    return str(data[at + 4 : at + 4 + 2 * count], "utf-16-le", "replace")


def _styles(package: Package, part: str | None) -> list[Shows]:
    """What the numbers of each cell style show."""
    codes: dict[int, Shows] = {}
    styles: list[Shows] = []
    within = False
    for kind, data in _records(package, part):
        if kind == _FORMAT:
            codes[struct.unpack_from("<H", data)[0]] = shown_by(_string(data, 2))
        elif kind in (_CELL_STYLES, _CELL_STYLES_END):
            within = kind == _CELL_STYLES
        elif kind == _STYLE and within:
            number = struct.unpack_from("<H", data, 2)[0]
            styles.append(codes.get(number) or BUILT_IN.get(number, Shows.NUMBER))
    return styles


def _read_sheet(sheet: Sheet, package: Package, part: str, book: _Book) -> None:
    line, hidden, column = 0, False, -1
    cells: list[str] = []
    for kind, data in _records(package, part):
        if kind == _ROW_HEADER:
            sheet.add(line, cells, book.budget, hidden=hidden)
            line = struct.unpack_from("<I", data)[0] + 1
            if line > _ROWS:
                raise broken()
            cells, hidden, column = [], bool(data[11] & 0x10), -1
        elif _BLANK <= kind <= _SHORT_LAST or kind == _RICH_STRING:
            column, text = _cell(sheet, book, (kind, data), line, column)
            if text:
                cells += [""] * (column + 1 - len(cells))
                cells[column] = text
        elif kind == _MERGED:
            top, bottom, left, right = struct.unpack_from("<4I", data)
            sheet.merged.append(Area(top + 1, left, bottom + 1, right))
        elif kind == _LINK:
            sheet.marks.links.append(struct.unpack_from("<I", data)[0] + 1)
    sheet.add(line, cells, book.budget, hidden=hidden)
    for relation, target in package.relations(part).values():
        if relation == "drawing" and target in package:
            sheet.pictures += drawn(package, target)
    sheet.settle(book.budget)


def _cell(
    sheet: Sheet, book: _Book, record: tuple[int, bytes], line: int, last: int
) -> tuple[int, str]:
    """Column and text of a cell."""
    kind, data = record
    if _SHORT <= kind <= _SHORT_LAST:
        kind, column, at = kind - _SHORT + _BLANK, last + 1, 4
    else:
        column, at = struct.unpack_from("<I", data)[0], 8
    if column >= _COLUMNS:
        raise broken()
    style = int.from_bytes(data[at - 4 : at - 1], "little")
    shows = book.shows[style] if style < len(book.shows) else Shows.NUMBER
    if kind in (_RK, _REAL, _FORMULA_NUMBER):
        number = _rk(data, at) if kind == _RK else struct.unpack_from("<d", data, at)[0]
        return column, _number(sheet, number, shows, (line, column))
    if kind in (_ERROR, _FORMULA_ERROR):
        sheet.broken.append(Broken(line, column, ERROR))
        return column, _ERRORS.get(data[at], "#ERROR!")
    return column, _text(book, kind, data, at)


def _text(book: _Book, kind: int, data: bytes, at: int) -> str:
    if kind in (_BOOL, _FORMULA_BOOL):
        return "TRUE" if data[at] else "FALSE"
    if kind in (_ST, _FORMULA_STRING):
        return _string(data, at)
    if kind == _RICH_STRING:
        return _string(data, at + 1)
    if kind == _ISST:
        return book.texts[int.from_bytes(data[at : at + 4], "little")]
    return ""


def _rk(data: bytes, at: int) -> float:
    raw = struct.unpack_from("<I", data, at)[0]
    if raw & 2:
        number = float(struct.unpack("<i", struct.pack("<I", raw & 0xFFFFFFFC))[0] >> 2)
    else:
        number = struct.unpack("<d", struct.pack("<Q", (raw & 0xFFFFFFFC) << 32))[0]
    return number / 100 if raw & 1 else number


def _number(sheet: Sheet, number: float, shows: Shows, at: tuple[int, int]) -> str:
    if shows is Shows.NUMBER:
        return number_text(number) if number - number == 0 else ""
    text, wrong = dated(number, shows, epoch_1904=sheet.epoch_1904)
    if wrong:
        sheet.broken.append(Broken(*at, wrong, as_date=True))
    return text
