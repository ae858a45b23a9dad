"""Pages as plain aligned text, for pipes, files and cron's mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.report.pages.page import Heading, PageLine, PageTable, Title
from duzhan.widths import width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duzhan.report.pages.page import Page, Part

_GAP = "  "


def render(page: Page) -> str:
    """Give the page as text that ends in a line break."""
    return "".join(rendered(page))


def rendered(page: Page) -> Iterator[str]:
    """The same part by part."""
    for number, part in enumerate(page):
        gap = [""] if number and isinstance(part, Title | Heading) else []
        yield "".join(f"{line.rstrip()}\n" for line in [*gap, *_lines(part)])


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
    titles = [column.title for column in table.columns]
    rows = [titles, *([_one_line(cell.text) for cell in row] for row in table.rows)]
    measured = [list(map(width, row)) for row in rows]
    widths = [max(column) for column in zip(*measured, strict=True)]
    right = [column.align == "right" for column in table.columns]
    head, *lines = (
        _row(row, [wide - taken for wide, taken in zip(widths, wides, strict=True)], right)
        for row, wides in zip(rows, measured, strict=True)
    )
    return [head, _GAP.join("-" * columns for columns in widths), *lines]


def _row(cells: list[str], missing: list[int], right: list[bool]) -> str:
    """A line of cells, each filled up with the spaces that are missing."""
    return _GAP.join(
        " " * spaces + cell if before else cell + " " * spaces
        for cell, spaces, before in zip(cells, missing, right, strict=True)
    )
