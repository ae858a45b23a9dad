"""Workbooks as this program writes them: no text in them becomes a formula or a link."""

from __future__ import annotations

import io
import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from duzhan.store.outputs import replacing
from duzhan.widths import width

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def lines_in(text: str, columns: float) -> int:
    """How many lines a wrapped text takes in a spreadsheet column of that width.

    Spreadsheets find the height of a row by themselves, but not all of them on
    opening a file, and none of them for merged cells.
    """
    if "\n" not in text:
        if 2 * len(text) * 1.1 <= columns:
            # However wide its characters are.
            return 1
        return max(1, math.ceil(width(text) * 1.1 / columns))
    # Words are not broken everywhere, and some marks are wider than counted.
    return sum(max(1, math.ceil(width(line) * 1.1 / columns)) for line in text.split("\n"))


@contextmanager
def new_workbook(path: Path) -> Iterator[Any]:
    """Write an xlsx, in which no text can become a formula or a link.

    Args:
        path: the file; replaced whole, or left as it was.

    Yields:
        The XlsxWriter workbook.

    Raises:
        DuzhanError: the file cannot be written.
    """
    made = io.BytesIO()
    with workbook_into(made) as book:
        yield book
    with replacing(path) as temporary:
        temporary.write_bytes(made.getvalue())


@contextmanager
def workbook_into(made: io.BytesIO) -> Iterator[Any]:
    """Write an xlsx into memory, in which no text can become a formula or a link.

    Args:
        made: takes the workbook's bytes, at the end.

    Yields:
        The XlsxWriter workbook.
    """
    import xlsxwriter  # noqa: PLC0415 - only for those who want a workbook

    safe = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(made, safe) as book:
        yield book
