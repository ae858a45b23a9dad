"""Lists of issues as files that offices open: CSV and xlsx. No cell can run as a formula."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.compliance.issue_list import STATES as ISSUE_STATES
from duzhan.intake.safety import CSV_SUSPECT, csv_cell, csv_line, defuse
from duzhan.parallel import ahead
from duzhan.report.cells import (
    changed_where,
    in_one,
    of_days,
    of_distinct,
    of_known,
    one_by_one,
)
from duzhan.report.sheets.texts import fitting
from duzhan.report.sheets.workbook import (
    LAST_ROW,
    lines_in,
    new_workbook,
    set_up_pages,
    workbook_into,
)
from duzhan.report.words import STATES, full_date
from duzhan.store.outputs import replacing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from duzhan.compliance.issue_list import IssueLine, IssueList, Listed

HEADERS = (
    "县(市)",
    "编号",
    "问题描述",
    "地点",
    "专项行动",
    "问题来源",
    "责任单位",
    "责任人",
    "发现日期",
    "整改期限",
    "状态",
    "超期天数",
    "备注",
)
_WIDTHS = (10, 14, 44, 24, 10, 16, 22, 10, 12, 12, 8, 9, 20)
_LINE_HEIGHT, _TALLEST = 14, 409
# The title and the header.
_ABOVE = 2
_FONT = {"font_name": "宋体", "font_size": 10.5}
_FRAMED = {**_FONT, "border": 1}


def _cells(line: IssueLine) -> tuple[str | int | dt.date | None, ...]:
    return (
        line.county,
        line.id or "",
        line.description,
        line.location,
        line.action,
        line.source,
        line.unit,
        line.person,
        line.found_on,
        line.due_on,
        STATES[line.state],
        line.days_overdue,
        line.remark,
    )


def write_csv(path: Path, issues: Listed, sample: str | None) -> None:
    """Write a CSV (UTF-8 with byte order mark, ISO dates).

    Args:
        path: the file; replaced whole, or left as it was.
        issues: what is listed.
        sample: the mark of synthetic data, put behind the header.

    Raises:
        DuzhanError: the file cannot be written.
    """
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as f:
        f.writelines(csv_texts(issues, sample))


def csv_texts(issues: Listed, sample: str | None) -> Iterator[str]:
    """The same as text, part by part, without the byte order mark."""
    yield csv_line(map(defuse, [*HEADERS, sample] if sample else HEADERS))
    yield from ahead(lambda part: in_one(_csv_lines(part), "\n") + "\n", issues.parts())


def _csv_lines(issues: IssueList) -> pa.Array:
    """Each issue as a line, in the columns of `HEADERS`."""
    texts = (col.DESCRIPTION, col.LOCATION, col.ACTION, col.SOURCE, col.UNIT, col.PERSON)
    columns = [
        of_distinct(issues.county, lambda at: csv_cell(issues.names[at])),
        *(_csv_cells(issues.text(name)) for name in (col.ID, *texts)),
        of_days(issues.found, dt.date.isoformat, ""),
        of_days(issues.due, dt.date.isoformat, ""),
        of_known(issues.state, [STATES[ISSUE_STATES[at]] for at in sorted(ISSUE_STATES)]),
        pc.if_else(issues.is_dated, pc.cast(issues.days_overdue, pa.string()), ""),
        _csv_cells(issues.text(col.REMARK)),
    ]
    return pc.binary_join_element_wise(*columns, ",")


def _csv_cells(texts: pa.Array) -> pa.Array:
    return changed_where(texts, CSV_SUSPECT, one_by_one(csv_cell))


def write_xlsx(
    path: Path, lines: Sequence[IssueLine], what: str, day: dt.date, sample: str | None
) -> None:
    """Write a workbook with a title, a frozen header and real dates.

    Args:
        path: the file; replaced whole, or left as it was.
        lines: the issues.
        what: whose and which they are, and how many, for the title.
        day: as of which day, for the title.
        sample: the mark of synthetic data, put under the title.

    Raises:
        DuzhanError: the file cannot be written.
    """
    with new_workbook(path) as book:
        _fill(book, lines, f"{what}（截至{full_date(day)}）", sample)


def xlsx_bytes(lines: Sequence[IssueLine], what: str, day: dt.date, sample: str | None) -> bytes:
    """Give the same workbook as bytes, for an attachment."""
    made = io.BytesIO()
    with workbook_into(made) as book:
        _fill(book, lines, f"{what}（截至{full_date(day)}）", sample)
    return made.getvalue()


def _fill(book: Any, lines: Sequence[IssueLine], title: str, sample: str | None) -> None:  # noqa: ANN401
    """As many sheets as it takes: more rows than a sheet has go on in the next."""
    mark = f"　{sample}" if sample else ""
    room = LAST_ROW - _ABOVE
    for number, first in enumerate(range(0, len(lines) or 1, room), 1):
        name = f"问题清单{number if number > 1 else ''}"
        _fill_sheet(book, book.add_worksheet(name), lines[first : first + room], f"{title}{mark}")


def _fill_sheet(book: Any, sheet: Any, lines: Sequence[IssueLine], title: str) -> None:  # noqa: ANN401
    large = book.add_format({**_FONT, "bold": True, "font_size": 16})
    head = book.add_format({**_FRAMED, "bold": True, "bg_color": "#D9E1F2", "text_wrap": True})
    body = book.add_format({**_FRAMED, "text_wrap": True, "valign": "top"})
    date = book.add_format({**_FRAMED, "num_format": "yyyy-mm-dd", "valign": "top"})
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, title, large)
    for column, (name, width) in enumerate(zip(HEADERS, _WIDTHS, strict=True)):
        sheet.write_string(1, column, name, head)
        sheet.set_column(column, column, width)
    for row, line in enumerate(lines, _ABOVE):
        cells = _cells(line)
        sheet.set_row(row, _height(cells))
        for column, cell in enumerate(cells):
            _write(sheet, row, column, cell, date if column in (8, 9) else body)
    sheet.freeze_panes(_ABOVE, 2)
    sheet.autofilter(1, 0, 1 + len(lines), len(HEADERS) - 1)
    set_up_pages(sheet, 1)


def _height(cells: Sequence[object]) -> int:
    """As high as the cell with most lines: not every program finds that out on opening."""
    lines = max(
        lines_in(cell, width)
        for cell, width in zip(cells, _WIDTHS, strict=True)
        if isinstance(cell, str)
    )
    return min(_TALLEST, lines * _LINE_HEIGHT + 4)


def _write(sheet: Any, row: int, column: int, cell: object, style: Any) -> None:  # noqa: ANN401
    if cell is None or cell == "":
        sheet.write_blank(row, column, None, style)
    elif isinstance(cell, str):
        sheet.write_string(row, column, fitting(cell), style)
    elif isinstance(cell, int):
        sheet.write_number(row, column, cell, style)
    else:
        sheet.write_datetime(row, column, cell, style)
