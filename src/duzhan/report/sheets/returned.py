"""The list that goes back to a county after an import: what was not taken, why, and what to write.

The original cells stand beside it under their own headers, so that the list
itself, once mended, can be imported; the headers before them are passed over
(`register.returned_sheets`), and a mark at the end says of each row whether anybody
has touched it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from duzhan import columns as col
from duzhan.intake.grid import CELL_LIMIT
from duzhan.intake.safety import csv_line, defuse
from duzhan.register.returned_sheets import MARK_HEADER, RowMarks
from duzhan.register.returned_sheets import RETURN_HEADERS as HEADERS
from duzhan.report.sheets.workbook import lines_in, new_workbook
from duzhan.store.outputs import replacing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from duzhan.intake.dates import DateReader

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
_CELL_WIDTH = 12
_LINE_HEIGHT, _TALLEST = 14, 409

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
        told: texts for HEADERS.
        notes: what to say on the cells, by column.
        cells: the original ones.
        mark: the mark over them.
    """

    told: tuple[str, ...]
    notes: Mapping[str, str]
    cells: Mapping[str, str]
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
    marks = RowMarks(dates)
    lines = tuple(_line(together, marks) for together in rows.values())
    return Returned(_cell_columns(rejects), lines)


def write_returned_csv(path: Path, returned: Returned) -> None:
    """Write the list as CSV (UTF-8 with byte order mark).

    Args:
        path: the file; replaced whole, or left as it was.
        returned: the list.

    Raises:
        DuzhanError: the file cannot be written.
    """
    columns = returned.columns
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as f:
        f.write(csv_line(defuse(name) for name in (*HEADERS, *columns, MARK_HEADER)))
        for line in returned.lines:
            cells = (line.cells.get(name, "") for name in columns)
            f.write(
                csv_line(defuse(_one_line_end(text)) for text in (*line.told, *cells, line.mark))
            )


def write_returned_xlsx(path: Path, returned: Returned) -> None:
    """Write it as a workbook, the cells at fault in colour and with a note each.

    Arguments and errors are those of `write_returned_csv`.
    """
    columns, lines = returned.columns, returned.lines
    with new_workbook(path) as book:
        sheet = book.add_worksheet("退回清单")
        writer = _Writer(book, sheet, columns)
        writer.header()
        for row, line in enumerate(lines, 1):
            writer.line(row, line)
        sheet.freeze_panes(1, 3)
        sheet.autofilter(0, 0, len(lines), len(HEADERS) + len(columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        # All columns on one sheet could not be read: printed is what is wrong with which issue.
        described = len(HEADERS) + columns.index(col.DESCRIPTION)
        sheet.print_area(0, 0, len(lines), described)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer("&C第 &P 页，共 &N 页")


def _line(together: Sequence[Reject], marks: RowMarks) -> _Line:
    first = together[0]
    notes: dict[str, str] = {}
    for reject in together:
        if reject.column is not None:
            note = _joined((reject.reason, reject.remedy))
            notes[reject.column] = _joined((notes.get(reject.column, ""), note))
    told = (
        first.file,
        first.sheet or "",
        str(first.row or ""),
        _joined(dict.fromkeys(KINDS[reject.kind] for reject in together)),
        _joined(reject.heading or reject.column or "" for reject in together),
        _joined(reject.value or "" for reject in together),
        _joined(reject.reason for reject in together),
        _joined(dict.fromkeys(reject.remedy for reject in together)),
    )
    return _Line(told, notes, first.cells, marks.of(first.cells))


def _joined(texts: Iterable[str]) -> str:
    return col.JOINT.join(text for text in texts if text)


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


class _Writer:
    """Writes the lines of a workbook."""

    def __init__(self, book: Any, sheet: Any, columns: Sequence[str]) -> None:  # noqa: ANN401
        self._sheet = sheet
        self._columns = columns
        self._widths = (*_WIDTHS, *(_CELL_WIDTHS.get(name, _CELL_WIDTH) for name in columns))
        self._told_head = book.add_format({**_HEAD, "bg_color": "#FCE4D6"})
        self._cell_head = book.add_format({**_HEAD, "bg_color": "#D9E1F2"})
        self._told = book.add_format(_FONT)
        # What is typed into a text cell stays as typed, a typed date becomes a real one.
        text, date = {**_FONT, "num_format": "@"}, {**_FONT, "num_format": "yyyy-mm-dd"}
        fault = {"bg_color": "#FFC7CE", "font_color": "#9C0006"}
        self._text = (book.add_format(text), book.add_format({**text, **fault}))
        self._date = (book.add_format(date), book.add_format({**date, **fault}))

    def header(self) -> None:
        """Write the header and set the columns' widths."""
        for position, name in enumerate((*HEADERS, *self._columns)):
            style = self._told_head if position < len(HEADERS) else self._cell_head
            self._sheet.write_string(0, position, name, style)
            self._sheet.set_column(position, position, self._widths[position])
        last = len(HEADERS) + len(self._columns)
        self._sheet.write_string(0, last, MARK_HEADER, self._told_head)
        self._sheet.set_column(last, last, 12, None, {"hidden": True})
        self._sheet.set_row(0, 24)

    def line(self, row: int, line: _Line) -> None:
        """Write one line, and a note on each cell at fault."""
        texts = (*line.told, *(line.cells.get(name, "") for name in self._columns))
        lines = max(map(lines_in, texts, self._widths))
        self._sheet.set_row(row, min(_TALLEST, lines * _LINE_HEIGHT + 4))
        for position, text in enumerate(texts[: len(HEADERS)]):
            self._write(row, position, text, self._told)
        for position, name in enumerate(self._columns, len(HEADERS)):
            styles = self._date if name in col.DATE_COLUMNS else self._text
            self._write(row, position, texts[position], styles[name in line.notes])
            if note := line.notes.get(name):
                size = {"width": 220, "height": 20 * (1 + lines_in(note, 28))}
                self._sheet.write_comment(row, position, note, size)
        self._sheet.write_string(row, len(texts), line.mark)

    def _write(self, row: int, position: int, text: str, style: Any) -> None:  # noqa: ANN401
        if position == _ROW and text:
            self._sheet.write_number(row, position, int(text), style)
        elif text:
            whole = _one_line_end(text)
            shown = whole if len(whole) <= CELL_LIMIT else f"{whole[: CELL_LIMIT - 1]}…"
            self._sheet.write_string(row, position, shown, style)
        else:
            self._sheet.write_blank(row, position, None, style)
