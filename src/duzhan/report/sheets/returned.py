"""The list that goes back to a county after an import: what was not taken, why, and what to write.

The original cells stand beside it under their own headers, so that the list
itself, once mended, can be imported; the headers before them are passed over
(`register.returned_sheets`), and a mark at the end says of each row whether anybody
has touched it.
"""

from __future__ import annotations

import functools
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.register.returned_sheets import MARK_HEADER, row_marks
from duzhan.register.returned_sheets import RETURN_HEADERS as HEADERS
from duzhan.report.sheets.noted import Filling, Note, pour, styles
from duzhan.report.sheets.texts import fitting
from duzhan.report.sheets.workbook import LAST_ROW, lines_in, set_up_pages, workbook_into
from duzhan.store.canonical_csv import row_chunks, rows_bytes
from duzhan.store.outputs import replacing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from duzhan.intake.dates import DateReader
    from duzhan.report.sheets.noted import Style

    _Fault = tuple["Kind", str | None, str | None, str | None, str, str]
    _Told = tuple[tuple[str, ...], Mapping[str, str]]

Kind = Literal["rejected", "refused", "moved", "missing"]

KINDS: dict[Kind, str] = {
    "rejected": "整行未导入",
    "refused": "单元格未采用",
    "moved": "日期推迟未采用",
    "missing": "清单里没有",
}
_ROW = HEADERS.index("所在行")

_WIDTHS = (14, 9, 5, 13, 13, 15, 32, 32)
_CELL_WIDTHS = {col.DESCRIPTION: 30, col.LOCATION: 18, col.UNIT: 18, col.REMARK: 16}
_CELL_WIDTH, _HEAD_HEIGHT = 12, 24
_LINE_HEIGHT, _TALLEST = 14, 409
# How many lines a sheet has below its header.
ROOM = LAST_ROW - 1

_FONT = {"font_name": "宋体", "font_size": 10, "text_wrap": True, "valign": "top", "border": 1}
_HEAD = {**_FONT, "font_name": "黑体", "align": "center", "valign": "vcenter"}


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not imported, or a cell that was not taken.

    Attributes:
        file, sheet, row: where it stands; the sheet is None for text files, the row for an
            issue that the list leaves out.
        kind: the whole row, a cell, a date that was moved to a later day, or a missing issue.
        column: canonical column; None if the row as a whole is at fault.
        value: what stands there.
        reason: what is wrong with it.
        remedy: what would be right.
        cells: column to the original text.
        heading: what the county calls the column.
    """

    file: str
    sheet: str | None
    row: int | None
    kind: Kind
    column: str | None
    value: str | None
    reason: str
    remedy: str
    cells: Mapping[str, str] = field(hash=False)
    heading: str | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """A list that goes back.

    Attributes:
        texts: a row for all that is wrong with an original one: HEADERS, its cells in the
            list's columns, and the mark over them.
        notes: what to say on the cells of each row, by column.
    """

    texts: pa.Table
    notes: Sequence[Mapping[str, str]]

    @property
    def columns(self) -> list[str]:
        """Those of the original cells."""
        names: list[str] = self.texts.column_names[len(HEADERS) : -1]
        return names


def returned(rejects: Sequence[Reject], dates: DateReader) -> Returned:
    """Put a list together.

    Args:
        rejects: what was not taken, at least one; those of one row become one line.
        dates: reads dates, for the marks.
    """
    rows: dict[tuple[str, str | None, int | str], list[Reject]] = {}
    for reject in rejects:
        place = f"{reject.cells[col.ID]}" if reject.row is None else reject.row
        rows.setdefault((reject.file, reject.sheet, place), []).append(reject)
    # Most rows have the same faults.
    told = functools.cache(_told)
    words, notes = zip(*(told(*map(_fault, together)) for together in rows.values()), strict=True)
    firsts = [together[0] for together in rows.values()]
    places = ((one.file, one.sheet or "", str(one.row or "")) for one in firsts)
    beside = map(_column, (*zip(*places, strict=True), *zip(*words, strict=True)))
    cells = {
        name: _column([one.cells.get(name, "") for one in firsts])
        for name in _cell_columns(rejects)
    }
    marks = pa.array(row_marks(cells, dates))
    names = [*HEADERS, *cells, MARK_HEADER]
    return Returned(pa.Table.from_arrays([*beside, *cells.values(), marks], names), notes)


def write_returned_csv(path: Path, returned: Returned) -> None:
    """Write the list as CSV (UTF-8 with byte order mark).

    Args:
        path: the file; replaced whole, or left as it was.
        returned: the list.

    Raises:
        DuzhanError: the file cannot be written.
    """
    texts = returned.texts
    with replacing(path) as temporary, temporary.open("wb") as file:
        file.write(rows_bytes(texts.column_names, ()))
        file.writelines(row_chunks(texts))


def write_returned_xlsx(path: Path, returned: Returned) -> int:
    """Write it as a workbook, the cells at fault in colour and with a note each.

    Arguments and errors are those of `write_returned_csv`.

    Returns:
        How many lines it holds; those behind have no place in it, and stand in the CSV alone.
    """
    held: int = min(returned.texts.num_rows, ROOM)
    with replacing(path) as temporary:
        while not _written(temporary, returned, held):
            held //= 2
    return held


def _written(path: Path, returned: Returned, held: int) -> bool:
    """Write so many lines, unless they make a part of more than 2 GiB."""
    columns, texts, notes = returned.columns, returned.texts.slice(0, held), returned.notes[:held]
    frame = _frame(columns, notes, returned.texts.num_rows - held)
    faults, said = _at_fault(columns, notes)
    widths = _widths(columns)
    # The mark is hidden.
    filling = Filling(texts, _heights(texts, widths), (*widths, 0), said, _ROW)
    try:
        pour(frame, filling, _styles(frame, columns, faults, held), path)
    except RuntimeError:
        # Without a line it is another fault, of which fewer lines would not be the cure.
        if not held:
            raise
        return False
    return True


def _frame(columns: Sequence[str], notes: Sequence[Mapping[str, str]], beyond: int) -> bytes:
    """A workbook without its lines; the sheet's name tells how many it does not hold."""
    last, frame = len(notes), io.BytesIO()
    with workbook_into(frame) as book:
        rest = f"（后面{beyond}行见CSV）" if beyond else ""
        sheet = book.add_worksheet(f"退回清单{rest}")
        _header(book, sheet, columns, last)
        if any(notes):
            sheet.write_comment(last, 0, HEADERS[0])
        sheet.freeze_panes(1, 3)
        sheet.autofilter(0, 0, last, len(HEADERS) + len(columns) - 1)
        # All columns on one sheet could not be read: printed is what is wrong with which issue.
        described = len(HEADERS) + columns.index(col.DESCRIPTION)
        sheet.print_area(0, 0, last, described)
        set_up_pages(sheet, 0)
    return frame.getvalue()


def _fault(one: Reject) -> _Fault:
    return one.kind, one.column, one.heading, one.value, one.reason, one.remedy


def _told(*faults: _Fault) -> _Told:
    """The words for HEADERS, behind the place, and the notes by column."""
    notes: dict[str, str] = {}
    for _, column, *_, reason, remedy in faults:
        if column is not None:
            notes[column] = _joined((notes.get(column, ""), _joined((reason, remedy))))
    kinds, columns, headings, values, reasons, remedies = zip(*faults, strict=True)
    words = (
        _joined(dict.fromkeys(KINDS[kind] for kind in kinds)),
        _joined(heading or column for heading, column in zip(headings, columns, strict=True)),
        _joined(values),
        _joined(reasons),
        _joined(dict.fromkeys(remedies)),
    )
    return words, notes


def _joined(texts: Iterable[str | None]) -> str:
    return col.JOINT.join(filter(None, texts))


def _cell_columns(rejects: Iterable[Reject]) -> tuple[str, ...]:
    """The columns of original cells: the fourteen, and others where a list had them."""
    filled = dict.fromkeys(
        name
        for one in rejects
        for name, text in one.cells.items()
        if text and name != col.WITHDRAWN
    )
    columns = col.ledger_columns(filled)
    return (col.COUNTY, *columns) if col.COUNTY in filled else columns


def _column(texts: Sequence[str]) -> pa.StringArray:
    """Texts with one kind of line end."""
    column = pc.replace_substring(pa.array(texts, pa.string()), "\r\n", "\n")
    return pc.replace_substring(column, "\r", "\n")


def _header(book: Any, sheet: Any, columns: Sequence[str], last: int) -> None:  # noqa: ANN401
    """Write the header, set the columns' widths, and show the styles in the last row."""
    told_head = book.add_format({**_HEAD, "bg_color": "#FCE4D6"})
    cell_head = book.add_format({**_HEAD, "bg_color": "#D9E1F2"})
    for position, name in enumerate((*HEADERS, *columns, MARK_HEADER)):
        ours = position < len(HEADERS) or name == MARK_HEADER
        sheet.write_string(0, position, name, told_head if ours else cell_head)
    for position, width in enumerate(_widths(columns)):
        sheet.set_column(position, position, width)
    mark = len(HEADERS) + len(columns)
    sheet.set_column(mark, mark, _CELL_WIDTH, None, {"hidden": True})
    sheet.set_row(0, _HEAD_HEIGHT)
    # What is typed into a text cell stays as typed, a typed date becomes a real one.
    text, date = {**_FONT, "num_format": "@"}, {**_FONT, "num_format": "yyyy-mm-dd"}
    fault = {"bg_color": "#FFC7CE", "font_color": "#9C0006"}
    for position, style in enumerate((_FONT, text, {**text, **fault}, date, {**date, **fault})):
        sheet.write_blank(last, position, None, book.add_format(style))


def _widths(columns: Sequence[str]) -> tuple[int, ...]:
    return (*_WIDTHS, *(_CELL_WIDTHS.get(name, _CELL_WIDTH) for name in columns))


def _at_fault(
    columns: Sequence[str], notes: Iterable[Mapping[str, str]]
) -> tuple[dict[int, list[int]], list[Note]]:
    """The rows at fault of each column, and what to say on their cells."""
    at = {name: place for place, name in enumerate(columns, len(HEADERS))}
    height = functools.cache(lambda text: 20 * (1 + lines_in(text, 28)))
    faults: dict[int, list[int]] = {}
    said = []
    for row, named in enumerate(notes):
        for place, text in sorted((at[name], text) for name, text in named.items() if name in at):
            faults.setdefault(place, []).append(row)
            if text:
                said.append(Note(row + 1, place, fitting(text), height(text)))
    return faults, said


def _heights(texts: pa.Table, widths: Sequence[int]) -> list[int]:
    """The heights of the header's row and all others, in points."""
    most = np.zeros(texts.num_rows, np.int64)
    for column, width in zip(texts.columns, widths, strict=False):
        encoded = column.combine_chunks().dictionary_encode()
        lines = np.array([lines_in(text, width) for text in encoded.dictionary.to_pylist()])
        most = np.maximum(most, lines[encoded.indices.to_numpy()])
    return [_HEAD_HEIGHT, *np.minimum(most * _LINE_HEIGHT + 4, _TALLEST).tolist()]


def _styles(
    frame: bytes, columns: Sequence[str], faults: Mapping[int, Sequence[int]], count: int
) -> Iterator[Style]:
    """The styles of the cells, column by column; nobody sees the mark's."""
    told, text, text_fault, date, date_fault = styles(frame)
    yield from [told] * len(HEADERS)
    for place, name in enumerate(columns, len(HEADERS)):
        plain, fault = (date, date_fault) if name in col.DATE_COLUMNS else (text, text_fault)
        faulty = np.zeros(count, bool)
        faulty[faults.get(place, [])] = True
        yield pc.if_else(pa.array(faulty), fault, plain)
    yield ""
