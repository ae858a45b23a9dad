"""Pages as plain aligned text, for pipes, files and cron's mail.

East Asian characters are two columns wide in a fixed-width font.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from duzhan.report.pages.page import Heading, Line, Table, Title

if TYPE_CHECKING:
    from duzhan.report.pages.page import Column, Page, Part

_GAP = "  "


def width(text: str) -> int:
    """Columns that the text takes."""
    if text.isascii():
        return len(text)
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def pad(text: str, columns: int, align: str = "left") -> str:
    """Fill up with spaces to so many columns."""
    space = " " * max(0, columns - width(text))
    return space + text if align == "right" else text + space


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
    if isinstance(part, Line):
        return [" " * part.indent + _one_line(part.text)]
    return _table(part)


def _one_line(text: str) -> str:
    """A line break inside a cell must not break the table."""
    return " ".join(text.split("\n")) if "\n" in text else text


def _table(table: Table) -> list[str]:
    rows = [[_one_line(cell.text) for cell in row] for row in table.rows]
    titles = [column.title for column in table.columns]
    widths = [max(map(width, column)) for column in zip(titles, *rows, strict=True)]
    rule = _GAP.join("-" * columns for columns in widths)
    return [_row(titles, widths, table.columns), rule] + [
        _row(row, widths, table.columns) for row in rows
    ]


def _row(cells: list[str], widths: list[int], columns: tuple[Column, ...]) -> str:
    return _GAP.join(
        pad(cell, columns_wide, column.align)
        for cell, columns_wide, column in zip(cells, widths, columns, strict=True)
    )
