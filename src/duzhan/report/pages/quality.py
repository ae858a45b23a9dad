"""数据质量 on a county's page of `duzhan status`: who corrected what after the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.report.pages.page import PageColumn
from duzhan.report.words.corrections import COLUMNS, correction_rows, counted, first_imports
from duzhan.report.words.quality_rows import doubts

if TYPE_CHECKING:
    from duzhan.compliance.quality import Quality
    from duzhan.model import Rules
    from duzhan.report.pages.page import Page


def add_quality(page: Page, quality: Quality, rules: Rules) -> None:
    """Add what was put on record after the day, and single doubts about the list."""
    rows = [row[1:] for row in correction_rows([quality], rules.wording)]
    first, told = first_imports([quality]), doubts([quality])
    if not (rows or first or told):
        return
    page.heading("数据质量")
    if first:
        page.line(f"这一天以后首次收到清单的：{first}")
    if rows:
        page.line(f"这一天以后才记入、涉及这一天数字的：{counted([quality])}")
        titles = COLUMNS.split()
        columns = tuple(PageColumn(name.rstrip("+"), wrap=name.endswith("+")) for name in titles)
        page.table(columns, [*rows])
    for line in told:
        page.line(line)
