"""The form as a workbook: a sheet a county, the rules for filling it in, the words to choose from.

Header, titles and the 编号 of listed issues are protected without a password,
against slips of the hand; everything else can be written in.
"""

from __future__ import annotations

import datetime as dt
import re
from itertools import count
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from xlsxwriter.utility import xl_col_to_name

from duzhan import columns as col
from duzhan.dataset.ledger import reading_of
from duzhan.errors import DuzhanError
from duzhan.intake.headers import HEADER_WITHIN
from duzhan.register.returned_sheets import FORM_TITLE, MARK_HEADER, MEND, row_marks
from duzhan.report.sheets.form_notes import NOTES, write_notes
from duzhan.report.sheets.form_rows import earliest_date
from duzhan.report.sheets.texts import fitting
from duzhan.report.sheets.workbook import LAST_ROW, lines_in, new_workbook, set_up_pages
from duzhan.report.words import full_date

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from duzhan.model import Rules, Term
    from duzhan.report.sheets.form_rows import CountyForm, FormRow, Value

BLANK_ROWS = 200
# So many of them are framed where nothing else would show that one writes there.
_FRAMED_WITHOUT_ISSUES = 20
WORDS = "词表"
# Rows above the issues, at most.
_TITLES = 4

# So far down nobody looks for a header: no word can make this sheet a list of issues.
_WORDS_FROM = HEADER_WITHIN + 1

# Together as wide as A4 lengthwise holds in letters that can be read.
_WIDTHS = {
    col.ID: 11,
    col.DESCRIPTION: 30,
    col.LOCATION: 16,
    col.ACTION: 8.5,
    col.SOURCE: 12,
    col.UNIT: 16,
    col.PERSON: 8.5,
    **dict.fromkeys(col.DATE_COLUMNS, 10.7),
    col.VERIFIER: 10,
    col.REMARK: 14,
}
_OWN_WIDTH, _MEND_WIDTH = 12, 34
_LINE_HEIGHT, _TALLEST = 14, 409

# Who fills in what shows by the header's colour.
_BY_SUPERVISORS = (col.CLOSED, col.SENT_BACK, col.VERIFIER)
_COUNTY_COLOUR, _SUPERVISOR_COLOUR, _FAULT_COLOUR = "#D9E1F2", "#FCE4D6", "#FFC7CE"

_BODY = {
    "font_name": "宋体",
    "font_size": 10,
    "text_wrap": True,
    "valign": "vcenter",
    "border": 1,
    "border_color": "#808080",
}
_HEAD = {**_BODY, "font_name": "黑体", "align": "center"}
_LINE = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
_TITLE = {"font_name": "黑体", "font_size": 16, "valign": "vcenter"}

_DATE = {"num_format": "yyyy-mm-dd", "align": "center"}
# As text, 007 keeps its zeros and 6.30 its 0.
_TEXT = {"num_format": "@"}


def write_form(
    path: Path, forms: Sequence[CountyForm], rules: Rules, day: dt.date, sample: str | None
) -> None:
    """Write the workbook that counties fill in.

    Args:
        path: the file; replaced whole, or left as it was.
        forms: what stands in it, one sheet a county.
        rules: words to choose from, and the campaign's period.
        day: as of which day, for the title.
        sample: the mark of synthetic data, put under the titles.

    Raises:
        DuzhanError: the file cannot be written, or a county has more issues than a sheet has rows.
    """
    for form in forms:
        _refuse_too_many(form)
    with new_workbook(path) as book:
        # A fixed time of making, so that the same issues give the same bytes.
        created = dt.datetime.combine(day, dt.time(), dt.UTC)
        book.set_properties({"title": "问题清单填报表", "subject": rules.name, "created": created})
        words = _list_words(rules)
        names = list(_sheet_names(forms))
        for name, form in zip(names, forms, strict=True):
            _Sheet(book, name, form, rules, words).write(day, sample)
        write_notes(book, rules, day, sample)
        _write_words(book, words)


def _refuse_too_many(form: CountyForm) -> None:
    number, room = len(form.rows), LAST_ROW - _TITLES - BLANK_ROWS
    if number > room:
        name = form.county.name
        raise DuzhanError(
            f"{name}未销号的有{number}件，填报表一张工作表最多放{room}件；"
            f"可以先用 duzhan issues --county {name} --csv 文件 列出"
        )


def _width(name: str) -> float:
    return _WIDTHS.get(name, _OWN_WIDTH)


def _sheet_names(forms: Sequence[CountyForm]) -> Iterator[str]:
    """The counties' names, made fit for a sheet, each once."""
    taken = {NOTES, WORDS}
    for form in forms:
        base = name = re.sub(r"[\[\]:*?/\\\x00-\x1f]", "_", form.county.name).strip("'")[:28] or "_"
        again = count(2)
        while name.casefold() in taken:
            name = f"{base}{next(again)}"
        taken.add(name.casefold())
        yield name


def _list_words(rules: Rules) -> dict[str, tuple[Term, ...]]:
    words = rules.vocabularies
    lists = {col.ACTION: words.actions, col.SOURCE: words.sources}
    return {name: terms for name, terms in lists.items() if terms}


def _write_words(book: Any, words: dict[str, tuple[Term, ...]]) -> None:  # noqa: ANN401
    sheet = book.add_worksheet(WORDS)
    for column, terms in enumerate(words.values()):
        for row, term in enumerate(terms, _WORDS_FROM):
            sheet.write_string(row, column, term.name)
    sheet.hide()


class _Sheet:
    """One county's sheet."""

    def __init__(
        self,
        book: Any,  # noqa: ANN401
        name: str,
        form: CountyForm,
        rules: Rules,
        words: Mapping[str, Sequence[Term]],
    ) -> None:
        self._book = book
        self._sheet = book.add_worksheet(name)
        self._form = form
        self._rules = rules
        self._words = words
        self._formats: dict[tuple[tuple[str, object], ...], Any] = {}
        self._columns = form.columns
        self._width = len(form.columns)
        self._mends = any(row.mend for row in form.rows)

    def write(self, day: dt.date, sample: str | None) -> None:
        """Write everything, from the title down."""
        for position, name in enumerate(self._columns):
            # The column's own format opens also the rows that do not exist yet.
            self._sheet.set_column(position, position, _width(name), self._open_cell(name))
        if self._mends:
            self._sheet.set_column(self._width, self._width, _MEND_WIDTH)
        self._sheet.set_column(self._marks, self._marks, 12, None, {"hidden": True})
        header = self._write_titles(day, sample)
        self._write_header(header)
        first = header + 1
        for row, (issue, mark) in enumerate(
            zip(self._form.rows, self._sent_as(), strict=True), first
        ):
            self._write_issue(row, issue)
            self._sheet.write_string(row, self._marks, mark)
        if not self._form.rows:
            self._frame_blank(first)
        last = first + len(self._form.rows) + BLANK_ROWS - 1
        self._frame_filled(first + len(self._form.rows), last)
        self._check_words(first, last)
        self._check_dates(first, last)
        self._set_up(header)

    @property
    def _marks(self) -> int:
        """The column by which a row says whether anybody has touched it."""
        return self._width + self._mends

    def _format(self, *parts: Mapping[str, object]) -> Any:  # noqa: ANN401
        merged: dict[str, object] = {}
        for part in parts:
            merged |= part
        key = tuple(sorted(merged.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(merged)
        return self._formats[key]

    def _open_cell(self, name: str) -> Any:  # noqa: ANN401
        kind = _DATE if name in col.DATE_COLUMNS else _TEXT
        return self._format(_BODY, kind, {"border": 0, "locked": False})

    def _write_titles(self, day: dt.date, sample: str | None) -> int:
        """Write the lines above the header; give the header's row."""
        number, wording = len(self._form.rows), self._rules.wording
        listed = f"未销号{number}件" if number else "没有未销号的问题"
        title = f"{self._form.county.name}{FORM_TITLE}{full_date(day)}，{listed}）"
        hint = (
            "整改情况填在原行，新问题从下面的空行填起；"
            f"蓝色列由{wording.unit}填，橙色列由{wording.group}核验后填。"
            f"填法见工作表“{NOTES}”。"
        )
        lines = [(title, _TITLE), (hint, _LINE)]
        if sample:
            lines.append((sample, {**_LINE, "font_color": "#C00080", "bold": True}))
        for row, (text, style) in enumerate(lines):
            self._sheet.set_row(row, 28 if row == 0 else 18)
            self._sheet.write_string(row, 0, text, self._format(style))
            for position in range(1, self._width):
                self._sheet.write_blank(row, position, None, self._format(style))
        return len(lines)

    def _write_header(self, row: int) -> None:
        self._sheet.set_row(row, 30)
        for position, name in enumerate(self._columns):
            colour = _SUPERVISOR_COLOUR if name in _BY_SUPERVISORS else _COUNTY_COLOUR
            self._sheet.write_string(row, position, name, self._format(_HEAD, {"bg_color": colour}))
        if self._mends:
            faulty = self._format(_HEAD, {"bg_color": _FAULT_COLOUR})
            self._sheet.write_string(row, self._width, MEND, faulty)
        self._sheet.write_string(row, self._marks, MARK_HEADER, self._format(_HEAD))

    def _write_issue(self, row: int, issue: FormRow) -> None:
        lines = max(
            lines_in(issue.mend, _MEND_WIDTH),
            *(lines_in(str(issue.cells[name]), _width(name)) for name in self._columns),
        )
        # A row of one line is left to grow with what is written in it.
        if lines > 1:
            self._sheet.set_row(row, min(_TALLEST, lines * _LINE_HEIGHT + 4))
        for position, name in enumerate(self._columns):
            value = issue.cells[name]
            kind = _DATE if name in col.DATE_COLUMNS else _TEXT
            fault = {"bg_color": _FAULT_COLOUR} if name in issue.faulty else {}
            # An issue that never had an id may be given one.
            locked = {"locked": name == col.ID and bool(value)}
            self._write(row, position, value, self._format(_BODY, kind, fault, locked))
        if self._mends:
            self._write(row, self._width, issue.mend, self._format(_BODY))

    def _sent_as(self) -> list[str]:
        """The marks over the rows."""
        rows = self._form.rows
        cells = {
            name: pa.array([str(row.cells[name]) for row in rows], pa.string())
            for name in self._columns
        }
        return row_marks(cells, reading_of(self._rules).dates)

    def _write(self, row: int, position: int, value: Value, style: Any) -> None:  # noqa: ANN401
        if isinstance(value, dt.date):
            self._sheet.write_datetime(row, position, value, style)
        elif value:
            self._sheet.write_string(row, position, fitting(value), style)
        else:
            self._sheet.write_blank(row, position, None, style)

    def _frame_blank(self, first: int) -> None:
        """Show a county without issues where new ones are written."""
        for row in range(first, first + _FRAMED_WITHOUT_ISSUES):
            for position, name in enumerate(col.ISSUE_COLUMNS):
                kind = _DATE if name in col.DATE_COLUMNS else _TEXT
                style = self._format(_BODY, kind, {"locked": False})
                self._sheet.write_blank(row, position, None, style)

    def _frame_filled(self, first: int, last: int) -> None:
        """Frame a new row once something stands in it, so that empty ones are not printed."""
        right = self._width - 1
        style = self._book.add_format({"border": 1, "border_color": _BODY["border_color"]})
        formula = f"=COUNTA($A{first + 1}:${xl_col_to_name(right)}{first + 1})>0"
        rule = {"type": "formula", "criteria": formula, "format": style}
        self._sheet.conditional_format(first, 0, last, right, rule)

    def _check_words(self, first: int, last: int) -> None:
        for column, (name, terms) in enumerate(self._words.items()):
            letter = chr(ord("A") + column)
            top, bottom = _WORDS_FROM + 1, _WORDS_FROM + len(terms)
            position = col.ISSUE_COLUMNS.index(name)
            rule = {
                "validate": "list",
                "source": f"='{WORDS}'!${letter}${top}:${letter}${bottom}",
                # A warning can be overruled: a wrong word would be worse than an unknown one.
                "error_type": "warning",
                "error_title": "不在下拉框里",
                "error_message": f"“{name}”请从下拉框里选；确实都不是的，选“是”照实填写。",
            }
            self._sheet.data_validation(first, position, last, position, rule)

    def _check_dates(self, first: int, last: int) -> None:
        start, end = earliest_date(self._rules), self._rules.end
        for name in col.DATE_COLUMNS:
            several = name in col.EVENT_COLUMNS
            message = f"“{name}”要填 {start} 至 {end} 之间的日期，写成 {end} 或 {full_date(end)}。"
            if several:
                message += "有几个日期时用“；”隔开，选“是”即可。"
            rule = {
                "validate": "date",
                "criteria": "between",
                "minimum": start,
                "maximum": end,
                "error_type": "warning" if several else "stop",
                "error_title": "日期不对",
                "error_message": message,
            }
            position = col.ISSUE_COLUMNS.index(name)
            self._sheet.data_validation(first, position, last, position, rule)

    def _set_up(self, header: int) -> None:
        """Freeze, protect, and make ready for A4."""
        sheet = self._sheet
        sheet.freeze_panes(header + 1, 2)
        sheet.protect("", {"format_columns": True, "format_rows": True})
        set_up_pages(sheet, header)
