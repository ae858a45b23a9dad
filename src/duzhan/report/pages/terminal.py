"""Pages on a terminal, in colours and tables that fit its width."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text as RichText

from duzhan.report.pages.page import Heading, Page, PageLine, PageTable, Title

if TYPE_CHECKING:
    from rich.console import RenderableType

    from duzhan.report.pages.page import Part, Text


def print_page(page: Page) -> None:
    """Print the page on stdout; NO_COLOR is kept by rich itself."""
    console = Console(highlight=False, markup=False, emoji=False)
    for index, part in enumerate(page.parts):
        if index and isinstance(part, Title | Heading):
            console.print()
        console.print(_renderable(part))


def _renderable(part: Part) -> RenderableType:
    if isinstance(part, Title):
        return RichText(part.text, style="bold")
    if isinstance(part, Heading):
        return RichText(f"【{part.text}】", style="bold cyan")
    if isinstance(part, PageLine):
        return Padding(_text(part.parts), (0, 0, 0, part.indent))
    return _table(part)


def _text(parts: tuple[Text, ...]) -> RichText:
    return RichText.assemble(*((part.text, part.style) for part in parts))


def _table(table: PageTable) -> RichTable:
    shown = RichTable(
        box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold"
    )
    for column in table.columns:
        shown.add_column(
            column.title,
            justify=column.align,
            no_wrap=not column.wrap,
            overflow="fold",
            min_width=10 if column.wrap else None,
        )
    for row in table.rows:
        shown.add_row(*(_text((cell,)) for cell in row))
    return shown
