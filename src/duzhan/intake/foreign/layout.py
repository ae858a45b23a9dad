"""Tables of documents, whose cells span rows and columns, laid out as a grid."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from duzhan.intake.foreign.sheet import Area, Sheet
from duzhan.intake.refusals import too_far

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duzhan.intake.foreign.sheet import Budget

# No program makes wider tables.
MAX_COLUMNS = 1000


class Spanning(NamedTuple):
    """A cell of a document's table.

    Attributes:
        text: its text.
        columns: how many it spans.
        rows: how many it spans downwards, with its own.
    """

    text: str
    columns: int = 1
    rows: int = 1


@dataclass(slots=True)
class SheetLayout:
    """A table while its rows are laid out.

    Attributes:
        budget: how many cells the file may still hold.
        sheet: what has been laid out.
    """

    budget: Budget
    sheet: Sheet = field(default_factory=Sheet)
    _line: int = 0
    _taken: dict[int, int] = field(default_factory=dict)

    @property
    def line(self) -> int:
        """The row that is laid out next, from 1."""
        return self._line + 1

    def title(self, text: str) -> None:
        """Lay out a line of text above the table."""
        self._line += 1
        self.sheet.add(self._line, [text], self.budget)

    def row(self, cells: Iterable[Spanning], *, start: int = 0, hidden: bool = False) -> list[int]:
        """Lay out a row around the cells that hang down from above; give each cell's column."""
        self._line += 1
        texts: list[str] = []
        places = []
        at = start
        for cell in cells:
            while self._taken.get(at, 0) >= self._line:
                at += 1
            width = max(1, cell.columns)
            if at + width > MAX_COLUMNS:
                raise too_far()
            places.append(at)
            texts += [""] * (at + width - len(texts))
            texts[at] = cell.text
            last = self._line + max(1, cell.rows) - 1
            if width > 1 or last > self._line:
                self.sheet.merged.append(Area(self._line, at, last, at + width - 1))
                self._taken.update(dict.fromkeys(range(at, at + width), last))
            at += width
        self.sheet.add(self._line, texts, self.budget, hidden=hidden)
        return places

    def finished(self) -> Sheet:
        """The table as a sheet."""
        self.sheet.merged = [
            Area(a.top, a.left, min(a.bottom, self._line), a.right) for a in self.sheet.merged
        ]
        self.sheet.settle(self.budget)
        return self.sheet
