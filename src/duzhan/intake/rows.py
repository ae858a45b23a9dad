"""Rows that are no issues: signatures, notes, sums, titles, labels of pictures (SPEC section 5).

White space of any kind and width counts for nothing in the comparisons. A row
with a date in a date column, or with an 编号 that is none of these words, is an
issue in any case, unless it repeats the header or is one cell merged across.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from duzhan.intake.text import INVISIBLE, UNSEEN, header_key, squash

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from duzhan.intake.headers import Header

SIGNATURES = (
    "填报人", "填表人", "填报单位", "填报时间", "编制", "制表人", "制表", "审核人", "审核", "批准",
    "负责人", "单位负责人", "分管领导", "联系电话", "联系人",
)  # fmt: skip
NOTES = ("注", "说明", "备注")
SUMS = ("合计", "小计", "总计")
PICTURE_LABELS = frozenset(
    [
        "整改前", "整改后", "照片", "图片", "整改前照片", "整改后照片", "整改前图片", "整改后图片",
        "整改前后照片", "整改前后对比", "整改对比", "对比照片", "现场照片", "问题照片", "前", "后",
        "整改中", "整改中照片", "佐证材料", "佐证照片", "附图",
    ]
)  # fmt: skip


def _spaced(words: Collection[str]) -> str:
    """The words, with any white space between their characters."""
    longest_first = sorted(words, key=len, reverse=True)
    gap = f"{INVISIBLE}*"
    return "|".join(gap.join(word) for word in longest_first)


# Compiled where a row is looked at so closely, which few commands do.
_SIGNATURE = (
    rf"{INVISIBLE}*(?:{_spaced(SIGNATURES)})(?:{INVISIBLE}*(?:$|[:(\[【〔<|/])|{INVISIBLE})"
)
_NOTE = rf"{INVISIBLE}*(?:{_spaced(NOTES)}){INVISIBLE}*:"
_SUM = rf"{INVISIBLE}*(?:{_spaced(SUMS)})"
_NUMBER = re.compile(r"共?[-+]?[\d,.]*[%个件条项处户家]?")
# Arrow's expressions know the white space of ASCII only; this narrows the rows down.
_GAP = r"[\s\x{3000}\x{a0}\x{1680}\x{2000}-\x{200f}\x{202f}\x{205f}\x{2060}\x{feff}]*"
HINT = f"^{_GAP}(?:" + "|".join(_GAP.join(word) for word in (*SIGNATURES, *NOTES, *SUMS)) + ")"


def _closes(plain: str) -> bool:
    """Whether it signs the list, or is a note below it."""
    return bool(re.match(_SIGNATURE, plain) or re.match(_NOTE, plain))


class RowKind(Enum):
    """What a row that is looked at closely turns out to be."""

    ISSUE = "issue"
    BLANK = "blank"
    HEADER = "header"
    SIGNATURE = "signature"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class RowJudge:
    """Tells issues from other rows of one table.

    Attributes:
        header: the table's.
        identifier: the column of 编号, None if the list has none.
        description: the column of 问题描述.
        dates: canonical names of the columns of dates.
        has_date: whether a cell of such a column holds a date, by its canonical name.
    """

    header: Header
    identifier: str | None
    description: str
    dates: Sequence[str]
    has_date: Callable[[str, str], bool]

    def kind(self, cells: Sequence[str], *, is_across: bool, broken: Collection[int]) -> RowKind:
        """Judge a row.

        Args:
            cells: of the whole row, as they came.
            is_across: whether one cell is merged across the row.
            broken: positions of cells that cannot be read.
        """
        words = {at: word for at, cell in enumerate(cells) if (word := squash(cell))}
        if not words and not broken:
            return RowKind.BLANK
        if self._repeats(cells):
            return RowKind.HEADER
        if is_across and len(words) == 1:
            return RowKind.TITLE
        if not words or self.has_own_date(cells):
            return RowKind.ISSUE
        return self._undated(cells, words, broken)

    def _undated(
        self, cells: Sequence[str], words: Mapping[int, str], broken: Collection[int]
    ) -> RowKind:
        first = min(words)
        plain = _plain(cells[first])
        sums = re.match(_SUM, plain) is not None
        others = [word for at, word in words.items() if at != first and at not in broken]
        if self._has_own_id(cells, words, sums=sums):
            return RowKind.ISSUE
        if _closes(plain) or (sums and _are_numbers(others)):
            return RowKind.SIGNATURE
        if broken:
            return RowKind.ISSUE
        if PICTURE_LABELS.issuperset(words.values()):
            return RowKind.SIGNATURE
        return RowKind.TITLE if self._is_alone(words) else RowKind.ISSUE

    def _repeats(self, cells: Sequence[str]) -> bool:
        """Whether a row says what the header says, or one of its two rows."""
        for row in dict.fromkeys((self.header.cells, *self.header.rows)):
            pairs = [
                (header_key(cell), header_key(name))
                for cell, name in zip(cells, row, strict=False)
                if cell.strip()
            ]
            if pairs and all(cell == name for cell, name in pairs):
                return True
        return False

    def has_own_date(self, cells: Sequence[str]) -> bool:
        """Whether a date column of the row holds a date."""
        return any(
            self.has_date(name, cells[at])
            for name in self.dates
            for at in self.header.positions.get(name, ())
            if cells[at]
        )

    def _has_own_id(self, cells: Sequence[str], words: Mapping[int, str], *, sums: bool) -> bool:
        for at in self.header.positions.get(self.identifier or "", ()):
            if at not in words:
                continue
            plain = _plain(cells[at])
            named = _closes(plain) or re.match(_SUM, plain)
            if not named and not (sums and _NUMBER.fullmatch(words[at])):
                return True
        return False

    def _is_alone(self, words: Mapping[int, str]) -> bool:
        """Whether one cell stands alone, and neither describes a problem nor numbers one."""
        if len(words) != 1:
            return False
        columns = self.header.positions
        named = (*columns.get(self.description, ()), *columns.get(self.identifier or "", ()))
        return next(iter(words)) not in named


def _are_numbers(words: Sequence[str]) -> bool:
    return all(_NUMBER.fullmatch(word) for word in words)


def _plain(text: str) -> str:
    return UNSEEN.sub("", unicodedata.normalize("NFKC", text))
