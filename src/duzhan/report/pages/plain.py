"""Pages as plain aligned text, for pipes, files and cron's mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.report.pages.page import Heading, PageLine, PageTable, Title
from duzhan.widths import pad, width

if TYPE_CHECKING:
    from duzhan.report.pages.page import Page, PageColumn, Part

_GAP = "  "


def render(page: Page) -> str:
    """Give the page as text that ends in a line break."""
    lines: list[str] = []
    for part in page.parts:
        if isinstance(part, Title | Heading) and lines:
            lines.append("")
        lines.extend(_lines(part))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _lines(part: Part) -> list[str]:
    if isinstance(part, Title):
        return [part.text]
    if isinstance(part, Heading):
        return [f"【{part.text}】"]
    if isinstance(part, PageLine):
        return [" " * part.indent + _one_line(part.text)]
    return _table(part)


def _one_line(text: str) -> str:
    """A line break inside a cell must not break the table."""
    return " ".join(text.split("\n")) if "\n" in text else text


def _table(table: PageTable) -> list[str]:
    rows = [[_one_line(cell.text) for cell in row] for row in table.rows]
    titles = [column.title for column in table.columns]
    widths = [max(map(width, column)) for column in zip(titles, *rows, strict=True)]
    rule = _GAP.join("-" * columns for columns in widths)
    return [_row(titles, widths, table.columns), rule] + [
        _row(row, widths, table.columns) for row in rows
    ]


def _row(cells: list[str], widths: list[int], columns: tuple[PageColumn, ...]) -> str:
    return _GAP.join(
        pad(cell, columns_wide, column.align)
        for cell, columns_wide, column in zip(cells, widths, columns, strict=True)
    )
