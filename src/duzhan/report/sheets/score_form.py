"""A blank scoring sheet from the standard; `record score --items` takes it back, filled in."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from duzhan import columns as col
from duzhan.model import plain_number
from duzhan.report.sheets.workbook import new_workbook
from duzhan.report.words import full_date

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from duzhan.model import Item

CATEGORY = "类别"
_WIDTHS = {
    col.ITEM_ID: 9,
    CATEGORY: 20,
    col.ITEM: 26,
    col.FULL: 8,
    col.POINTS: 9,
    col.WHY: 36,
    col.UNIT: 20,
}
_HEAD_ROW = 2
_BODY = {"font_name": "宋体", "font_size": 11, "text_wrap": True, "valign": "vcenter", "border": 1}
_HEAD = {**_BODY, "font_name": "黑体", "align": "center", "bg_color": "#D9E1F2"}


class BlankScoring(NamedTuple):
    """What a blank sheet is for.

    Attributes:
        standard: the standard's name.
        items: those of the assessment, in the standard's order.
        county: full name; "" to be filled in by hand.
        day: of the assessment.
        assessor: by whom.
        milestone: for which; "" to be told by the day.
        unit: what the campaign calls a county.
    """

    standard: str
    items: Sequence[Item]
    county: str
    day: dt.date
    assessor: str
    milestone: str
    unit: str

    @property
    def about(self) -> str:
        """The line above the header that says which assessment it is."""
        told = (
            (self.unit, self.county),
            ("评估日期", full_date(self.day)),
            (col.ASSESSOR, self.assessor),
            (col.MILESTONE, self.milestone),
        )
        return "    ".join(f"{name}：{value}" for name, value in told)


def write_score_form(path: Path, blank: BlankScoring, sample: str | None) -> None:
    """Write a blank scoring sheet.

    Args:
        path: the workbook; replaced whole, or left as it was.
        blank: what it is for.
        sample: the mark of synthetic data, put into the title.

    Raises:
        DuzhanError: the file cannot be written.
    """
    with new_workbook(path) as book:
        # A fixed time of making, so that the same items give the same bytes.
        created = dt.datetime.combine(blank.day, dt.time(), dt.UTC)
        book.set_properties({"title": "评分表", "subject": blank.standard, "created": created})
        sheet = book.add_worksheet("评分表")
        title = book.add_format({"font_name": "黑体", "font_size": 16, "valign": "vcenter"})
        line = book.add_format({"font_name": "宋体", "font_size": 11, "valign": "vcenter"})
        sheet.write_string(0, 0, f"{blank.standard}{f'（{sample}）' if sample else ''}", title)
        sheet.write_string(1, 0, blank.about, line)
        _items(sheet, book, blank.items)
        sheet.freeze_panes(_HEAD_ROW + 1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_HEAD_ROW)


def _items(sheet: Any, book: Any, items: Sequence[Item]) -> None:  # noqa: ANN401 - XlsxWriter's
    head, body = book.add_format(_HEAD), book.add_format(_BODY)
    names = list(_WIDTHS)
    for at, name in enumerate(names):
        sheet.set_column(at, at, _WIDTHS[name])
        sheet.write_string(_HEAD_ROW, at, name, head)
    first = _HEAD_ROW + 1
    points = names.index(col.POINTS)
    for row, item in enumerate(items, first):
        for at, text in enumerate((item.id, item.category, item.name)):
            sheet.write_string(row, at, text, body)
        full = plain_number(item.full)
        sheet.write_number(row, names.index(col.FULL), full, body)
        for at in range(points, len(names)):
            sheet.write_blank(row, at, None, body)
        sheet.data_validation(
            row, points, row, points,
            {
                "validate": "decimal", "criteria": "between", "minimum": 0, "maximum": full,
                "error_title": "得分不对", "error_message": f"应是0至{full}的数字",
            },
        )  # fmt: skip
    last = first + len(items)
    sheet.write_string(last, 0, "合计", head)
    for at in range(1, len(names)):
        sheet.write_blank(last, at, None, body)
    added = sum((item.full for item in items), Fraction(0))
    for name, value in ((col.FULL, plain_number(added)), (col.POINTS, 0)):
        at = names.index(name)
        letter = chr(ord("A") + at)
        sheet.write_formula(last, at, f"=SUM({letter}{first + 1}:{letter}{last})", body, value)
