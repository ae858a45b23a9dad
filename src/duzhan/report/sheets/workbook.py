"""Workbooks as this program writes them: text in them stays text, no formula, link or markup."""

from __future__ import annotations

import io
import math
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from duzhan.errors import DuzhanError
from duzhan.report.sheets.texts import MISTAKEN, STRINGS, shared_texts
from duzhan.store.outputs import replacing
from duzhan.widths import width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

# The last one that a sheet has; XlsxWriter passes over those below in silence.
LAST_ROW = 1_048_576
_TOO_LARGE = "工作簿里的一部分超过 2 GiB，表格软件打不开，没有写出；请改写成 CSV，或少列一些"


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


def set_up_pages(sheet: Any, header: int) -> None:  # noqa: ANN401 - XlsxWriter's
    """Make a sheet ready for A4 lengthwise, with its header, a row from 0, on every page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(header)
    sheet.set_footer("&C第 &P 页，共 &N 页")


@contextmanager
def new_workbook(path: Path) -> Iterator[Any]:
    """Write an xlsx, in which text stays text, whatever it looks like.

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
    """Write an xlsx into memory, in which text stays text, whatever it looks like.

    Args:
        made: takes the workbook's bytes, at the end.

    Yields:
        The XlsxWriter workbook.

    Raises:
        DuzhanError: a part of it is of more than 2 GiB, which not every program reads.
    """
    import xlsxwriter  # noqa: PLC0415 - only for those who want a workbook
    from xlsxwriter.exceptions import FileSizeError  # noqa: PLC0415

    safe = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    try:
        with xlsxwriter.Workbook(made, safe) as book:
            yield book
    except FileSizeError:
        raise DuzhanError(_TOO_LARGE) from None
    texts = book.str_table.string_array
    if any(map(MISTAKEN.search, texts)):
        _with_texts(made, texts)


def _with_texts(made: io.BytesIO, texts: Sequence[str]) -> None:
    """Write the texts of a workbook's cells once more, none of them taken for what it is not."""
    with zipfile.ZipFile(io.BytesIO(made.getvalue())) as old:
        made.seek(0)
        made.truncate()
        with zipfile.ZipFile(made, "w") as new:
            for part in old.infolist():
                ours = part.filename == STRINGS
                new.writestr(part, "".join(shared_texts(texts)) if ours else old.read(part))
