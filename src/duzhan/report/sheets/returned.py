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
from itertools import count
from typing import TYPE_CHECKING, Any, Literal

from duzhan import columns as col
from duzhan.intake.safety import csv_cell, csv_line, defuse
from duzhan.register.returned_sheets import MARK_HEADER, RowMarks
from duzhan.register.returned_sheets import RETURN_HEADERS as HEADERS
from duzhan.report.sheets.noted import Filling, pour, styles
from duzhan.report.sheets.texts import fitting
from duzhan.report.sheets.workbook import LAST_ROW, lines_in, set_up_pages, workbook_into
from duzhan.store.outputs import replacing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from duzhan.intake.dates import DateReader

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
class _Line:
    """All that is wrong with one original row.

    Attributes:
        texts: for HEADERS, then the original cells in the list's columns.
        notes: what to say on the cells, by column.
        mark: the mark over them.
    """

    texts: tuple[str, ...]
    notes: Mapping[str, str]
    mark: str


@dataclass(frozen=True, slots=True)
class Returned:
    """A list that goes back.

    Attributes:
        columns: those of the original cells.
        lines: one an original row.
    """

    columns: tuple[str, ...]
    lines: tuple[_Line, ...]


def returned(rejects: Sequence[Reject], dates: DateReader) -> Returned:
    """Put a list together.

    Args:
        rejects: what was not taken; those of one row become one line.
        dates: reads dates, for the marks.
    """
    rows: dict[tuple[str, str | None, int | str], list[Reject]] = {}
    for reject in rejects:
        place = f"{reject.cells[col.ID]}" if reject.row is None else reject.row
        rows.setdefault((reject.file, reject.sheet, place), []).append(reject)
    marks, columns = RowMarks(dates), _cell_columns(rejects)
    # Most rows have the same faults.
    told = functools.cache(_told)
    lines = tuple(_line(together, columns, marks, told) for together in rows.values())
    return Returned(columns, lines)


def write_returned_csv(path: Path, returned: Returned) -> None:
    """Write the list as CSV (UTF-8 with byte order mark).

    Args:
        path: the file; replaced whole, or left as it was.
        returned: the list.

    Raises:
        DuzhanError: the file cannot be written.
    """
    columns = returned.columns
    cell = functools.cache(lambda text: csv_cell(_one_line_end(text)))
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as f:
        f.write(csv_line(map(defuse, (*HEADERS, *columns, MARK_HEADER))))
        for line in returned.lines:
            f.write(f"{','.join(map(cell, (*line.texts, line.mark)))}\n")


def write_returned_xlsx(path: Path, returned: Returned) -> int:
    """Write it as a workbook, the cells at fault in colour and with a note each.

    Arguments and errors are those of `write_returned_csv`.

    Returns:
        How many lines it holds; those behind have no place in it, and stand in the CSV alone.
    """
    held = min(len(returned.lines), ROOM)
    with replacing(path) as temporary:
        while not _written(temporary, returned, held):
            held //= 2
    return held


def _written(path: Path, returned: Returned, held: int) -> bool:
    """Write so many lines, unless they make a part of more than 2 GiB."""
    columns, lines = returned.columns, returned.lines[:held]
    frame = _frame(columns, lines, len(returned.lines) - held)
    writer = _Writer(frame, columns)
    try:
        pour(frame, writer.filling, map(writer.line, lines), path)
    except RuntimeError:
        return False
    return True


def _frame(columns: Sequence[str], lines: Sequence[_Line], beyond: int) -> bytes:
    """A workbook without its lines; the sheet's name tells how many it does not hold."""
    headers = (*HEADERS, *columns, MARK_HEADER)
    frame = io.BytesIO()
    with workbook_into(frame) as book:
        rest = f"（后面{beyond}行见CSV）" if beyond else ""
        sheet = book.add_worksheet(f"退回清单{rest}")
        _header(book, sheet, columns, len(lines))
        if any(line.notes for line in lines):
            sheet.write_comment(len(lines), 0, headers[0])
        sheet.freeze_panes(1, 3)
        sheet.autofilter(0, 0, len(lines), len(headers) - 2)
        # All columns on one sheet could not be read: printed is what is wrong with which issue.
        described = len(HEADERS) + columns.index(col.DESCRIPTION)
        sheet.print_area(0, 0, len(lines), described)
        set_up_pages(sheet, 0)
    return frame.getvalue()


def _line(
    together: Sequence[Reject], columns: Sequence[str], marks: RowMarks, told: Callable[..., _Told]
) -> _Line:
    first, cells = together[0], together[0].cells
    faults = [
        (one.kind, one.column, one.heading, one.value, one.reason, one.remedy) for one in together
    ]
    words, notes = told(*faults)
    place = (first.file, first.sheet or "", str(first.row or ""))
    texts = (*place, *words, *[cells.get(name, "") for name in columns])
    return _Line(texts, notes, marks.of(cells))


def _told(*faults: tuple[Kind, str | None, str | None, str | None, str, str]) -> _Told:
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


def _one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


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


class _Writer:
    """Makes the rows of the workbook; a cell that many of them have is made once."""

    def __init__(self, frame: bytes, columns: Sequence[str]) -> None:
        widths = _widths(columns)
        self._at = {name: at for at, name in enumerate(columns, len(HEADERS))}
        # The mark is hidden.
        headers = (*HEADERS, *columns, MARK_HEADER)
        self.filling = Filling(headers, (*widths, 0), _HEAD_HEIGHT)
        told, text, text_fault, date, date_fault = styles(frame)
        dated = [name in col.DATE_COLUMNS for name in columns]
        plain = (*(told for _ in HEADERS), *(date if is_date else text for is_date in dated))
        fault = (
            *(told for _ in HEADERS),
            *(date_fault if is_date else text_fault for is_date in dated),
        )
        self._plain = [self._maker(*column) for column in zip(count(), plain, widths)]
        self._fault = [self._maker(*column) for column in zip(count(), fault, widths)]
        self._note = functools.cache(lambda text: (fitting(text), 20 * (1 + lines_in(text, 28))))

    def line(self, line: _Line) -> str:
        """One line, with a note on each cell at fault."""
        made = [make(text) for make, text in zip(self._plain, line.texts, strict=True)]
        notes = []
        for at, note in sorted((self._at.get(name, 0), note) for name, note in line.notes.items()):
            if at:
                made[at] = self._fault[at](line.texts[at])
            if at and note:
                notes.append((at, *self._note(note)))
        cells, lines = zip(*made, strict=True)
        height = min(_TALLEST, max(lines) * _LINE_HEIGHT + 4)
        mark = self.filling.cell(len(cells), "", line.mark)
        return self.filling.row((*cells, mark), height, notes)

    def _maker(self, at: int, style: str, width: int) -> Callable[[str], tuple[str, int]]:
        """What makes the cells of a column, and says how many lines each takes."""

        def make(text: str) -> tuple[str, int]:
            if at == _ROW and text:
                cell = self.filling.number(at, style, int(text))
            else:
                cell = self.filling.cell(at, style, fitting(_one_line_end(text)))
            return cell, lines_in(text, width)

        return functools.cache(make)
