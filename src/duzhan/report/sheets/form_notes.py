"""The sheet 填表说明: how to fill in the form, on one page.

No cell here may read as a header of an issue list, or the sheet would be taken
for one; so each column is named with its letter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from duzhan import columns as col
from duzhan.report.sheets.form_rows import earliest_date
from duzhan.report.sheets.workbook import lines_in
from duzhan.report.words import full_date

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from duzhan.model import Rules, Term

NOTES = "填表说明"

_FONT = {"font_name": "宋体", "font_size": 11, "text_wrap": True, "valign": "top"}
_HEAVY = {"font_name": "黑体"}
_WIDTHS = (18, 84, 16)
_LINE_HEIGHT = 18

# Who fills a column in.
_OFFICE = "办公室"


def write_notes(book: Any, rules: Rules, day: dt.date, sample: str | None) -> None:  # noqa: ANN401
    """Add the sheet.

    Args:
        book: the XlsxWriter workbook.
        rules: words to choose from, and the campaign's period.
        day: serves as the example of a date.
        sample: the mark of synthetic data.
    """
    sheet = book.add_worksheet(NOTES)
    for position, width in enumerate(_WIDTHS):
        sheet.set_column(position, position, width)
    title = book.add_format({**_FONT, **_HEAVY, "font_size": 16, "text_wrap": False})
    sheet.set_row(0, 28)
    sheet.write_string(0, 0, f"{NOTES}（{rules.name}）", title)
    lines = _general(rules, day)
    if sample:
        lines.insert(0, sample)
    for row, line in enumerate(lines, 1):
        # Merged cells do not find their own height.
        sheet.set_row(row, _LINE_HEIGHT * lines_in(line, sum(_WIDTHS)))
        sheet.merge_range(row, 0, row, len(_WIDTHS) - 1, "", book.add_format(_FONT))
        sheet.write_string(row, 0, line, book.add_format(_FONT))
    _write_columns(book, sheet, len(lines) + 2, rules)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _write_columns(book: Any, sheet: Any, top: int, rules: Rules) -> None:  # noqa: ANN401
    head = book.add_format({**_FONT, **_HEAVY, "border": 1, "bg_color": "#D9E1F2"})
    body = book.add_format({**_FONT, "border": 1, "valign": "vcenter"})
    for row, cells in enumerate((("列", "怎样填", "谁来填"), *_columns(rules)), top):
        sheet.set_row(row, _LINE_HEIGHT * lines_in(cells[1], _WIDTHS[1]))
        for position, cell in enumerate(cells):
            sheet.write_string(row, position, cell, head if row == top else body)


def _general(rules: Rules, day: dt.date) -> list[str]:
    """What holds for the whole form."""
    word = next(iter(rules.vocabularies.empty_words), "")
    nothing = f"或写“{word}”" if word else ""
    rules_of_filling = (
        "一行一个问题。已列出的问题，整改情况填在原行，空着的格子请补上；新问题从下面的空行填起。",
        "不要删行，不要改表头。删掉的问题不会从台账里消失，留空的格子也不会抹掉台账里已有的内容。",
        (
            f"日期写成 {day} 或 {full_date(day)}。不要写成 6.30（Excel 会变成 6.3）、"
            f"06/05/{day.year}（分不清月和日），也不要写“已完成”“近期”一类的话。"
        ),
        f"没有的内容留空{nothing}。只有问题描述必填，其余知道多少填多少。",
        "整改完成、销号、退回的日期可以有几个，用“；”隔开，新的写在原有的后面；其余日期只填一个。",
        "标红的格子读不出来或前后矛盾，请按最右边“须更正”一列改正；没有这一列就没有要更正的。",
        (
            f"存成 xlsx、xls、ods 或 csv 都可以，文件名要以{rules.wording.unit}名开头。"
            "导入时读不懂的格子会列成清单退回，在清单上改好再报即可。"
        ),
        "表头和已有的编号加了保护，没有密码；需要调整格式时可以在“审阅”里撤销工作表保护。",
    )
    return [f"{number}．{line}" for number, line in enumerate(rules_of_filling, 1)]


def _columns(rules: Rules) -> Sequence[tuple[str, str, str]]:
    """What belongs into each column, and who writes it."""
    start, end = full_date(earliest_date(rules)), full_date(rules.end)
    wording = rules.wording
    county, supervisors = wording.unit, f"{wording.group}核验后"
    closing = (
        f"没有核验人的销号只算待核验，不计入{wording.rate_short}。"
        if rules.closure_needs_verifier
        else f"只有销号才计入{wording.rate_short}。"
    )
    if rules.closure_needs_evidence:
        closing += "没有佐证材料（照片、文件）的销号只算待核验。"
    told = {
        col.ID: ("已有的不要改。新问题可以留空，由办公室编；自行编号的不要重复。", _OFFICE),
        col.DESCRIPTION: ("必填。写清是什么问题，一行只写一个。", county),
        col.LOCATION: ("写到街道、村组、市场或单位，能据此找到。", county),
        col.ACTION: (_choose(rules.vocabularies.actions), county),
        col.SOURCE: (_choose(rules.vocabularies.sources), county),
        col.UNIT: ("负责整改的单位全称。", county),
        col.PERSON: ("责任单位里负责这件事的人。", county),
        col.FOUND: (f"{start}至{end}之间，不晚于填表当天。报过之后不能往后改。", county),
        col.DUE: (f"不早于发现日期，不晚于{end}。报过之后往后改要经办公室同意。", county),
        col.CLAIMED: (f"{county}认为整改完成的日期。填了只算待核验，不算销号。", county),
        col.CLOSED: (f"核验合格、从清单划掉的日期。{closing}", supervisors),
        col.SENT_BACK: ("核验不合格、退回重新整改的日期。", supervisors),
        col.VERIFIER: (f"核验销号的人或{wording.group}。", supervisors),
        col.REMARK: ("其他要说明的。", county),
    }
    return [
        (f"{chr(ord('A') + position)}列　{name}", *told[name])
        for position, name in enumerate(col.ISSUE_COLUMNS)
    ]


def _choose(terms: Sequence[Term]) -> str:
    names = "、".join(term.name for term in terms)
    return f"从下拉框里选：{names}。" if names else "照实填写。"
