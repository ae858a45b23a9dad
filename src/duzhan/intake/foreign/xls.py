"""xls, and et of WPS: every cell as text, or with what is wrong with it."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, NamedTuple

from duzhan.intake.foreign.numbers import BUILT_IN, Shows, dated, number_text, shown_by
from duzhan.intake.foreign.ole import refuse_other
from duzhan.intake.foreign.sheet import ERROR, Area, Broken, Budget, Sheet
from duzhan.intake.refusals import broken, locked

if TYPE_CHECKING:
    from pathlib import Path

    from xlrd.book import Book
    from xlrd.sheet import Sheet as XlsSheet

_FAULTS = (
    struct.error, AssertionError, ArithmeticError, AttributeError, EOFError, LookupError,
    MemoryError, OSError, RecursionError, TypeError, ValueError,
)  # fmt: skip
_TEXT, _NUMBER, _DATE, _BOOLEAN, _ERROR = 1, 2, 3, 4, 5
# Formats below are Excel's own, above the workbook's.
_OWN_FORMATS = 164
_SOLID, _WHITE = 1, (9, 65)


class _Look(NamedTuple):
    """What a cell's style shows."""

    shows: Shows = Shows.NUMBER
    struck: bool = False
    coloured: bool = False


def read(path: Path, _max_unpacked: int) -> list[Sheet]:
    """Read all worksheets of a workbook.

    Raises:
        RefusedFileError: damaged, or encrypted.
    """
    # Loaded for such files only.
    import xlrd  # noqa: PLC0415
    from xlrd.compdoc import CompDocError  # noqa: PLC0415

    try:
        book = _opened(path)
        budget = Budget()
        looks = [_look(book, at) for at in range(len(book.xf_list))]
        return [_sheet(book, one, looks, budget) for one in book.sheets()]
    except xlrd.biffh.XLRDError as error:
        refuse_other(path)
        raise (locked() if "encrypted" in str(error) else broken()) from error
    except (CompDocError, *_FAULTS) as error:
        raise broken() from error


def _opened(path: Path) -> Book:
    """Open with formats; a workbook whose formats are damaged still has its cells."""
    from xlrd import open_workbook  # noqa: PLC0415

    log = io.StringIO()
    try:
        return open_workbook(str(path), formatting_info=True, ragged_rows=True, logfile=log)
    except _FAULTS:
        return open_workbook(str(path), ragged_rows=True, logfile=log)


def _look(book: Book, at: int) -> _Look:
    style = book.xf_list[at]
    key = style.format_key
    code = book.format_map[key].format_str if key in book.format_map else ""
    shows = BUILT_IN.get(key) if key < _OWN_FORMATS else None
    if not book.formatting_info:
        return _Look(shows or shown_by(code))
    font = book.font_list[style.font_index]
    ground = style.background
    filled = (
        ground is not None
        and ground.fill_pattern == _SOLID
        and ground.pattern_colour_index not in _WHITE
    )
    return _Look(shows or shown_by(code), bool(font.struck_out), filled)


def _sheet(book: Book, source: XlsSheet, looks: list[_Look], budget: Budget) -> Sheet:
    sheet = Sheet(name=source.name, hidden=bool(source.visibility), epoch_1904=bool(book.datemode))
    for row in range(source.nrows):
        cells = [_cell(sheet, source, looks, row, at) for at in range(source.row_len(row))]
        info = source.rowinfo_map.get(row)
        sheet.add(row + 1, cells, budget, hidden=bool(info and info.hidden))
    for top, bottom, left, right in source.merged_cells:
        sheet.merged.append(Area(top + 1, left, bottom, right - 1))
    sheet.marks.comments += [row + 1 for row, _ in source.cell_note_map]
    sheet.marks.links += [(link.frowx or 0) + 1 for link in source.hyperlink_list]
    sheet.settle(budget)
    return sheet


def _cell(sheet: Sheet, source: XlsSheet, looks: list[_Look], row: int, column: int) -> str:
    kind, value = source.cell_type(row, column), source.cell_value(row, column)
    at = source.cell_xf_index(row, column) if source.formatting_info else None
    look = looks[at] if at is not None and at < len(looks) else _Look()
    if look.coloured:
        sheet.marks.coloured.append(row + 1)
    text = _text(sheet, kind, value, look.shows, (row + 1, column))
    if text and look.struck:
        sheet.marks.struck.append(row + 1)
    return text


def _text(sheet: Sheet, kind: int, value: str | float, shows: Shows, at: tuple[int, int]) -> str:
    if kind == _TEXT:
        return str(value)
    if kind == _BOOLEAN:
        return "TRUE" if value else "FALSE"
    if kind == _ERROR:
        from xlrd import error_text_from_code  # noqa: PLC0415

        sheet.broken.append(Broken(*at, ERROR))
        return str(error_text_from_code.get(int(value), "#ERROR!"))
    if kind not in (_NUMBER, _DATE):
        return ""
    number = float(value)
    if kind == _DATE and shows is Shows.NUMBER:
        shows = Shows.DATE
    if shows is Shows.NUMBER:
        return number_text(number)
    text, wrong = dated(number, shows, epoch_1904=sheet.epoch_1904)
    if wrong:
        sheet.broken.append(Broken(*at, wrong, as_date=True))
    return text
