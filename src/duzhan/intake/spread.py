"""How far a workbook's sheets spread, found before anybody lays them out in memory.

A few bytes can put a cell into the last corner of a sheet, or repeat a row four
billion times; the reader would fill everything in between.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator

# A million rows of thirty columns; a list has some fourteen.
MAX_CELLS = 32_000_000

# A cell beyond column Z or row 999,999: up to there a sheet cannot be too large.
_FAR = re.compile(rb"""r=["'][A-Za-z](?:\d{7}|[A-Za-z]+\d)""")
_REFERENCES = re.compile(rb"""r=["']([A-Za-z]+)(\d+)""")
_ROWS = re.compile(rb"<table:table-row\b([^>]*)(?<!/)>(.*?)</table:table-row>", re.DOTALL)
_CELLS = re.compile(rb"<table:table-cell\b([^>]*)(?<!/)>")
_ROWS_REPEATED = re.compile(rb'number-rows-repeated="(\d+)"')
_COLUMNS_REPEATED = re.compile(rb'number-columns-repeated="(\d+)"')


def sheets_within(archive: zipfile.ZipFile) -> list[bytes] | None:
    """Unpack the sheets of an xlsx file, each once; none of an ods file, which has one for all.

    Args:
        archive: xlsx or ods.

    Returns:
        None if a sheet would take more than `MAX_CELLS` cells.
    """
    sheets = []
    for name in archive.namelist():
        if name == "content.xml":
            return None if any(cells > MAX_CELLS for cells in _ods(archive.read(name))) else []
        if re.search(r"worksheets/[^/]+\.xml$", name):
            sheets.append(archive.read(name))
            if _xlsx(sheets[-1]) > MAX_CELLS:
                return None
    return sheets


def _xlsx(sheet: bytes) -> int:
    """Rows down to the lowest cell, times columns by the longest letters in use."""
    if not _FAR.search(sheet):
        return 0
    references = _REFERENCES.findall(sheet)
    rows = max(int(digits) for _, digits in references)
    letters = max(len(letters) for letters, _ in references)
    return rows * (26, 702, 16_384)[min(letters, 3) - 1]


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
