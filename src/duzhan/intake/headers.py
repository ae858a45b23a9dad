"""Headers: where one stands, what its two rows say together, which heading means which column."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from duzhan.intake.text import header_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# A header stands near the top; titles and notes above it are few.
HEADER_WITHIN = 60


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands and which column means what.

    Attributes:
        index: the header's row, from 0; of two rows the lower one.
        cells: its text; of two rows what both say together.
        positions: canonical name to the positions of the columns that mean it, the
            one of just that name first.
        rows: the one or two rows as they stand, for those that repeat them further down.
    """

    index: int
    cells: tuple[str, ...]
    positions: Mapping[str, tuple[int, ...]]
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def columns(self) -> dict[str, int]:
        """Canonical name to the first column that means it."""
        return {name: places[0] for name, places in self.positions.items()}


class HeaderFinder:
    """Knows the headers of one kind of list.

    Args:
        aliases: canonical name to its other names.
        required: the column without which a table is no such list.
    """

    def __init__(self, aliases: Mapping[str, Sequence[str]], required: str) -> None:
        self.required = required
        self.canonical = tuple(aliases)
        self._names = {
            header_key(name): canonical
            for canonical, others in aliases.items()
            for name in (canonical, *others)
        }

    def match(self, cells: Sequence[str]) -> dict[str, tuple[int, ...]]:
        """Give the known columns of a row: all positions, that of just the name first."""
        found: dict[str, list[int]] = {}
        for position, cell in enumerate(cells):
            if name := self._known(cell):
                found.setdefault(name, []).append(position)
        return {
            name: tuple(sorted(places, key=lambda at: cells[at].strip() != name))
            for name, places in found.items()
        }

    def _known(self, cell: str) -> str | None:
        return self._names.get(header_key(cell)) if cell else None

    def find(self, rows: Sequence[Sequence[str]]) -> Header | None:
        """Find the header: the first row that knows the required column and another one.

        A list of one column is a list too, if nothing better comes. A header may
        take two rows, 整改情况 above 完成日期 and 销号日期.
        """
        best: Header | None = None
        for index, cells in enumerate(rows[:HEADER_WITHIN]):
            positions = self.match(cells)
            if self.required not in positions:
                continue
            found = Header(index, tuple(cells), positions, (tuple(cells),))
            found = self._of_two_rows(rows, found)
            if len(found.positions) > 1:
                return found
            best = best or found
        return best

    def _of_two_rows(self, rows: Sequence[Sequence[str]], header: Header) -> Header:
        """The header together with the row below or above it, if that tells more columns."""
        for lower in (header.index + 1, header.index):
            if not 0 < lower < len(rows):
                continue
            both = tuple(rows[lower - 1]), tuple(rows[lower])
            cells = self._stacked(*both)
            positions = self.match(cells)
            told = len(positions) - len(header.positions)
            below = told == 0 and lower > header.index and bool(self.match(both[1]))
            if self.required in positions and (told > 0 or below):
                return Header(lower, cells, positions, both)
        return header

    def _stacked(self, upper: Sequence[str], lower: Sequence[str]) -> tuple[str, ...]:
        """What two rows say together; nothing if the lower one holds an issue's cells."""
        stacked, group = [], ""
        for over, under in zip_longest(upper, lower, fillvalue=""):
            group = over.strip() or group
            joint = group + under.strip()
            if not under.strip() or header_key(under) == header_key(over):
                stacked.append(over)
            elif not self._known(joint) and self._known(under):
                stacked.append(under)
            elif not self._known(joint) and self._known(over):
                return ()
            else:
                stacked.append(joint)
        return tuple(stacked)
