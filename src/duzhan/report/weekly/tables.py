"""Tables of text in the weekly report and its companions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duzhan.report import words
from duzhan.report.pages.page import PageColumn

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table of text.

    Attributes:
        title: what it lists; may be empty.
        columns: headers, with their alignment.
        rows: cells.
    """

    title: str
    columns: tuple[PageColumn, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def header(self) -> tuple[str, ...]:
        """The columns' titles."""
        return tuple(column.title for column in self.columns)

    @property
    def align(self) -> str:
        """One letter a column: l or r."""
        return "".join(column.align[0] for column in self.columns)


def grid(title: str, columns: str, rows: Iterable[Sequence[object]]) -> ReportTable:
    """Make a table.

    Args:
        title: what it lists.
        columns: headers with spaces between them; those that end in > stand right,
            those that end in + may be wrapped.
        rows: cells; None is shown as —.
    """
    made = tuple(
        PageColumn(name.rstrip(">+"), "right" if name.endswith(">") else "left", name.endswith("+"))
        for name in columns.split()
    )
    cells = tuple(tuple(words.NONE if c is None else str(c) for c in row) for row in rows)
    return ReportTable(title, made, cells)


Part = str | ReportTable
