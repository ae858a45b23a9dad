"""Cells that a workbook shows as errors, or never calculated, found in its own records.

The fast reader gives such cells as empty. What is looked for: error values
(#REF!, #N/A) in all three formats; formulas without a cached value in xlsx and
ods (xls always caches one); in ods also merged cells, which the reader leaves out.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from xlrd.sheet import Sheet

Cell = tuple[int, int]

_ERROR = "单元格是公式错误，请改成实际内容"
_UNCALCULATED = "公式没有计算结果，请在 Excel 或 WPS 中打开并保存一次，或改成实际内容"
_FORMULA = "（公式未计算）"

# A cell of an xlsx sheet: its attributes and what is inside.
_XLSX_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*[^/>])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_XLSX_REF = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_XLSX_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]*)<|<(?:\w+:)?t\b[^>]*>([^<]*)<")
_XLSX_HINT = re.compile(rb't="e"|<(?:\w+:)?f\b')
_XLSX_WORDS = (b't="e"', b"<f", b":f")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_REL_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_ODS_HINT = re.compile(rb'calcext:value-type="error"|table:formula=|number-rows-spanned="(?!1")')

# Repeats beyond what any list holds are padding of empty cells.
_MAX_ROWS, _MAX_COLUMNS = 1 << 20, 1 << 14


@dataclass(slots=True)
class SheetMarks:
    """What the fast reader does not show of a sheet.

    Attributes:
        broken: cell (row and column from 0) to what it shows and what is wrong.
        merged: merged ranges as (top, left), (bottom, right); ods only.
    """

    broken: dict[Cell, tuple[str, str]] = field(default_factory=dict)
    merged: list[tuple[Cell, Cell]] = field(default_factory=list)


def may_have_any(sheet: bytes) -> bool:
    """Whether an xlsx sheet can hold errors or formulas: told fast, and wrong on one side only."""
    return any(word in sheet for word in _XLSX_WORDS)


def find(path: Path) -> dict[str, SheetMarks]:
    """Find the marks of each sheet, by the sheet's name; sheets without any may be left out.

    A zipped file that the fast reader took but whose records cannot be followed
    here has no marks.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if "content.xml" in archive.namelist():
                return _ods(archive.read("content.xml"))
            return dict(_xlsx(archive))
    except (KeyError, ValueError, IndexError, ET.ParseError, zipfile.BadZipFile, EOFError, OSError):
        return {}


def _xlsx(archive: zipfile.ZipFile) -> Iterator[tuple[str, SheetMarks]]:
    relations = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {r.get("Id"): r.get("Target", "") for r in relations.iter(f"{_RELS}Relationship")}
    workbook = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
    for sheet in workbook.iter(f"{_MAIN}sheet"):
        target = targets[sheet.get(_REL_ID)]
        member = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        data = archive.read(member)
        if _XLSX_HINT.search(data):
            yield sheet.get("name", ""), SheetMarks(dict(_xlsx_cells(data)))


def _xlsx_cells(data: bytes) -> Iterator[tuple[Cell, tuple[str, str]]]:
    for attributes, inside in _XLSX_CELL.findall(data):
        error = b't="e"' in attributes
        if not error and b"<f" not in inside and b":f" not in inside:
            continue
        reference = _XLSX_REF.search(attributes)
        if reference is None:
            continue
        value = _XLSX_VALUE.search(inside)
        text = b"".join(value.groups(b"")).decode("utf-8", "replace") if value else ""
        cell = int(reference[2]) - 1, _column(reference[1])
        if error:
            yield cell, (text or "#ERROR!", _ERROR)
        elif value is None:
            yield cell, (_FORMULA, _UNCALCULATED)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def find_in_xls(path: Path) -> dict[str, SheetMarks]:
    """Find the marks of each sheet of an xls file that has any.

    Raises:
        ValueError: the file is damaged. The fast reader must not be given it: it would
            panic aloud, or end the process for want of memory that a record asks for.
        PermissionError: it is encrypted.
    """
    # Loaded for xls only.
    import xlrd  # noqa: PLC0415
    from xlrd.compdoc import CompDocError  # noqa: PLC0415

    try:
        book = xlrd.open_workbook(str(path), on_demand=True, logfile=io.StringIO())
        return {sheet.name: marks for sheet in book.sheets() if (marks := _xls(sheet)).broken}
    except xlrd.biffh.XLRDError as error:
        if "encrypted" in str(error):
            raise PermissionError(str(error)) from error
        raise ValueError(str(error)) from error
    except (
        CompDocError, struct.error, AssertionError, ArithmeticError, AttributeError, EOFError,
        LookupError, MemoryError, OSError, RecursionError, TypeError,
    ) as error:  # fmt: skip
        raise ValueError(str(error)) from error


def _xls(sheet: Sheet) -> SheetMarks:
    from xlrd import XL_CELL_ERROR, error_text_from_code  # noqa: PLC0415

    return SheetMarks(
        {
            (row, column): (
                error_text_from_code.get(int(sheet.cell_value(row, column)), "#ERROR!"),
                _ERROR,
            )
            for row in range(sheet.nrows)
            for column, kind in enumerate(sheet.row_types(row))
            if kind == XL_CELL_ERROR
        }
    )


def _ods(content: bytes) -> dict[str, SheetMarks]:
    if not _ODS_HINT.search(content):
        return {}
    sheets = {}
    for table in ET.fromstring(content).iter(f"{_TABLE}table"):  # noqa: S314
        marks = sheets[table.get(f"{_TABLE}name", "")] = SheetMarks()
        row = 0
        for line in table.iter(f"{_TABLE}table-row"):
            _ods_row(line, row, marks)
            row += int(line.get(f"{_TABLE}number-rows-repeated", "1"))
            if row > _MAX_ROWS:
                break
    return sheets


def _ods_row(line: ET.Element, row: int, marks: SheetMarks) -> None:
    column = 0
    for cell in line:
        if not cell.tag.endswith("table-cell") or column > _MAX_COLUMNS:
            continue
        repeat = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        shown = "".join(cell.itertext())
        if cell.get(f"{_CALC}value-type") == "error":
            marks.broken[row, column] = shown or "#ERROR!", _ERROR
        elif cell.get(f"{_TABLE}formula") and not (cell.get(f"{_OFFICE}value-type") or shown):
            marks.broken[row, column] = _FORMULA, _UNCALCULATED
        if (rows := int(cell.get(f"{_TABLE}number-rows-spanned", "1"))) > 1:
            across = int(cell.get(f"{_TABLE}number-columns-spanned", "1"))
            marks.merged.append(((row, column), (row + rows - 1, column + across - 1)))
        column += repeat
