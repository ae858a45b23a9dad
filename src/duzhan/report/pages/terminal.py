"""Pages on a terminal, in colours and tables that fit its width."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text as RichText

from duzhan.report.pages.page import Heading, Page, PageLine, PageTable, Title
from duzhan.widths import breaks, width

if TYPE_CHECKING:
    from rich.console import ConsoleOptions, RenderableType, RenderResult

    from duzhan.report.pages.page import Part, Text

# Narrower, a column of sentences is a column of syllables.
_NARROWEST = 12


class _Broken:
    """Text that breaks as Chinese is broken: rich would break anywhere, before a comma too."""

    def __init__(self, text: RichText, justify: str = "left") -> None:
        self._text, self._right = text, justify == "right"

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self._text.split(allow_blank=True):
            for part in line.divide(breaks(line.plain, options.max_width)):
                part.rstrip()
                if self._right:
                    part.pad_left(options.max_width - width(part.plain))
                yield part

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        widest = max(map(width, self._text.plain.splitlines()), default=0)
        return Measurement(min(widest, _NARROWEST), widest)


def print_page(page: Page) -> None:
    """Print the page on stdout; NO_COLOR is kept by rich itself."""
    console = Console(highlight=False, markup=False, emoji=False)
    for index, part in enumerate(page):
        if index and isinstance(part, Title | Heading):
            console.print()
        console.print(_renderable(part))


def _renderable(part: Part) -> RenderableType:
    if isinstance(part, Title):
        return RichText(part.text, style="bold")
    if isinstance(part, Heading):
        return RichText(f"【{part.text}】", style="bold cyan")
    if isinstance(part, PageLine):
        return Padding(_Broken(_text(part.parts)), (0, 0, 0, part.indent), expand=False)
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
            min_width=_NARROWEST if column.wrap else None,
        )
    for row in table.rows:
        shown.add_row(
            *(
                _Broken(_text((cell,)), column.align) if column.wrap else _text((cell,))
                for cell, column in zip(row, table.columns, strict=True)
            )
        )
    return shown
