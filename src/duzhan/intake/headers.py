"""Headers: where one stands, what its two rows say together, which heading means which column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from duzhan.intake.text import header_key
from duzhan.intake.unlisted import WITHIN, is_form, is_summary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duzhan.intake.states import StateHeadings

# A header stands near the top; titles and notes above it are few.
HEADER_WITHIN = WITHIN

# What tells two headings of one meaning apart: 退回日期1, 第二次退回日期.
_OCCURRENCE = re.compile(
    r"^(?:第?[一二三四五六七八九十\d]{1,4}次|首次|再次)"
    r"|(?:第[一二三四五六七八九十\d]{1,4}次|(?<!\d)\d{1,4})$"
)
# A cell of a lower header row is a few words, never a number, a date or a sentence.
_LABEL = re.compile(r"[^\d。；;，,]{1,12}")


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
        told: canonical name to headings that somebody said to mean it; they go first.
        states: the headings of ticks, for lists that have a column of states.
    """

    def __init__(
        self,
        aliases: Mapping[str, Sequence[str]],
        required: str,
        told: Mapping[str, Sequence[str]] | None = None,
        states: StateHeadings | None = None,
    ) -> None:
        self.required = required
        self.canonical = tuple(aliases)
        self._states = states
        self._names = {
            header_key(name): canonical
            for canonical, others in aliases.items()
            for name in (canonical, *others)
        }
        self.told = {
            header_key(heading): canonical
            for canonical, headings in (told or {}).items()
            for heading in headings
        }
        self._names |= self.told
        # All headings as they are usually written.
        self.headings = {*aliases, *(name for others in aliases.values() for name in others)}

    def match(self, cells: Sequence[str]) -> dict[str, tuple[int, ...]]:
        """Give the known columns of a row: all positions, that of just the name first."""
        found: dict[str, list[int]] = {}
        for position, cell in enumerate(cells):
            if name := self.column_of(cell):
                found.setdefault(name, []).append(position)
        return {
            name: tuple(sorted(places, key=lambda at: cells[at].strip() != name))
            for name, places in found.items()
        }

    def column_of(self, cell: str) -> str | None:
        """The column that a heading means; None if no alias knows it."""
        if not cell or len(cell) > _LONGEST:
            return None
        key = header_key(cell)
        if name := self._names.get(key) or self._names.get(_OCCURRENCE.sub("", key)):
            return name
        return self._states.column if self._states and self._states.is_tick(key) else None

    def find(self, rows: Sequence[Sequence[str]]) -> Header | None:
        """Find the header: the first row that knows the required column and another one.

        A list of one column is a list too, if nothing better comes. A header may
        take two rows, 整改情况 above 完成日期 and 销号日期.
        """
        best: Header | None = None
        for index in range(min(len(rows), HEADER_WITHIN)):
            found = self.at(rows, index)
            if found and is_summary(rows, self, found.index):
                return None
            if found and len(found.positions) > 1:
                best = found
                break
            best = best or found
        # Labels with their values beside them look like a header of few columns.
        return None if best and len(best.positions) < 4 and is_form(rows, self) else best

    def at(self, rows: Sequence[Sequence[str]], index: int) -> Header | None:
        """The header of which this row is a part, if it names the required column."""
        cells = tuple(rows[index])
        positions = self.match(cells)
        if self.required not in positions:
            return None
        alone = Header(index, cells, positions, (cells,))
        below = self._two_rows(rows, index + 1)
        if below and (
            len(below.positions) > len(positions) or self._is_lower_row(cells, rows[index + 1])
        ):
            return below
        above = self._two_rows(rows, index)
        return above if above and len(above.positions) > len(positions) else alone

    def _two_rows(self, rows: Sequence[Sequence[str]], lower: int) -> Header | None:
        if not 0 < lower < len(rows):
            return None
        both = tuple(rows[lower - 1]), tuple(rows[lower])
        if self._is_title(list(zip_longest(*both, fillvalue=""))):
            return None
        cells = self._stacked(*both)
        positions = self.match(cells)
        return Header(lower, cells, positions, both) if self.required in positions else None

    def _is_title(self, pairs: Sequence[tuple[str, str]]) -> bool:
        """Whether the lower row is one cell that belongs to no heading above it: 一、已完成."""
        own = [at for at, (_, under) in enumerate(pairs) if under.strip()]
        if len(own) != 1:
            return False
        at = own[0]
        over, under = pairs[at]
        alone = at + 1 == len(pairs) or bool(pairs[at + 1][0].strip())
        return bool(over.strip()) and alone and not self.column_of(over.strip() + under.strip())

    def _is_lower_row(self, upper: Sequence[str], lower: Sequence[str]) -> bool:
        """Whether a row is a header's second one, though it tells no more columns than the first.

        It names columns, or parts of a heading that spans several; an issue has words
        of its own below 问题描述.
        """
        pairs = list(zip_longest(upper, lower, fillvalue=""))
        own = [
            at
            for at, (over, under) in enumerate(pairs)
            if under.strip() and header_key(under) != header_key(over)
        ]
        if not own:
            return False
        known = [at for at in own if self.column_of(pairs[at][1])]
        bare = [at for at in own if at not in known and pairs[at][0].strip()]
        if known:
            return not any(self.column_of(pairs[at][0]) for at in bare if not _spans(pairs, at))
        return len(own) > 1 and all(
            _spans(pairs, at) and _LABEL.fullmatch(pairs[at][1].strip()) for at in own
        )

    def _stacked(self, upper: Sequence[str], lower: Sequence[str]) -> tuple[str, ...]:
        """What two rows say together; nothing if the lower one holds an issue's cells."""
        pairs = list(zip_longest(upper, lower, fillvalue=""))
        stacked, group = [], ""
        for at, (over, under) in enumerate(pairs):
            group = over.strip() or group
            joint = group + under.strip()
            if not under.strip() or header_key(under) == header_key(over):
                stacked.append(over)
            elif not self.column_of(joint) and self.column_of(under):
                stacked.append(under)
            elif not self.column_of(joint) and self.column_of(under.strip() + group):
                stacked.append(under.strip() + group)
            elif not self.column_of(joint) and self.column_of(over) and not _spans(pairs, at):
                return ()
            else:
                stacked.append(joint)
        return tuple(stacked)


_LONGEST = 60


def _spans(pairs: Sequence[tuple[str, str]], at: int) -> bool:
    """Whether the upper heading of a column spans several that have a lower one."""
    first = at
    while first > 0 and not pairs[first][0].strip():
        first -= 1
    last = first + 1
    while last < len(pairs) and not pairs[last][0].strip() and pairs[last][1].strip():
        last += 1
    return bool(pairs[first][0].strip()) and last - first > 1
