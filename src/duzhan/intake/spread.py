"""How far a workbook's sheets spread, found before anybody lays them out in memory.

A few bytes can put a cell into the last corner of a sheet, or repeat a row four
billion times; the reader would fill everything in between.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from duzhan.intake.cellerrors import may_have_any

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator

# A million rows of thirty columns; a list has some fourteen.
MAX_CELLS = 32_000_000

_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_THREE_LETTERS = re.compile(rb' r="[A-Z]{3}\d')
_TWO_LETTERS = re.compile(rb' r="[A-Z]{2}\d')
_ROWS = re.compile(rb"<table:table-row\b([^>]*)(?<!/)>(.*?)</table:table-row>", re.DOTALL)
_CELLS = re.compile(rb"<table:table-cell\b([^>]*)(?<!/)>")
_ROWS_REPEATED = re.compile(rb'number-rows-repeated="(\d+)"')
_COLUMNS_REPEATED = re.compile(rb'number-columns-repeated="(\d+)"')


class Survey(NamedTuple):
    """What a first look at a zipped workbook's sheets tells.

    Attributes:
        too_far: a sheet would take more than `MAX_CELLS` cells.
        plain: no sheet can hold an error value or a formula.
    """

    too_far: bool
    plain: bool


def survey(archive: zipfile.ZipFile) -> Survey:
    """Look at every sheet once, unpacked.

    Args:
        archive: xlsx or ods.
    """
    plain = True
    for name in archive.namelist():
        if name == "content.xml":
            far = any(cells > MAX_CELLS for cells in _ods(archive.read(name)))
            return Survey(too_far=far, plain=False)
        if re.search(r"worksheets/[^/]+\.xml$", name):
            sheet = archive.read(name)
            if _xlsx(sheet) > MAX_CELLS:
                return Survey(too_far=True, plain=plain)
            plain = plain and not may_have_any(sheet)
    return Survey(too_far=False, plain=plain)


def _xlsx(sheet: bytes) -> int:
    """Rows down to the last cell, times columns by the longest letters in use."""
    last = max(sheet.rfind(b"<c "), sheet.rfind(b":c "))
    reference = _REFERENCE.search(sheet, last) if last >= 0 else None
    rows = int(reference[2]) if reference else 0
    if rows * 26 > MAX_CELLS or rows * 16_384 > MAX_CELLS:
        columns = 26
        if _THREE_LETTERS.search(sheet):
            columns = 16_384
        elif _TWO_LETTERS.search(sheet):
            columns = 702
        return rows * columns
    return rows


def _ods(content: bytes) -> Iterator[int]:
    """Rows and cells that hold something and are repeated."""
    if max(_repeats(_ROWS_REPEATED, content), _repeats(_COLUMNS_REPEATED, content)) < 1000:
        return
    for attributes, inside in _ROWS.findall(content):
        if b"<text:p" in inside or b"office:value" in inside:
            filled = [_repeats(_COLUMNS_REPEATED, cell) for cell in _CELLS.findall(inside)]
            yield max(1, _repeats(_ROWS_REPEATED, attributes)) * max([1, *filled])


def _repeats(pattern: re.Pattern[bytes], text: bytes) -> int:
    return max(map(int, pattern.findall(text)), default=0)
