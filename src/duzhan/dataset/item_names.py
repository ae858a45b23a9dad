"""Which item of the standard somebody means: by its id or name, never by likeness.

Width, white space, a number before the name (一、, （3）, 2.1) and a full mark in
brackets behind it (（40分）) count for nothing.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from duzhan.intake.text import squash

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from duzhan.model import Item

# Between the names of several items in one cell, and between columns that were joined.
SEPARATORS = re.compile(r"[;；、,，/|\r\n]+")
JOINTS = re.compile(r"[;；\r\n]+")

_CIRCLED = re.compile("^[\\s\u2460-\u249b\u2776-\u2793]+")
_HAN = "[一二三四五六七八九十百]"
_NUMBER = re.compile(
    rf"^\s*(?:第(?:{_HAN}{{1,4}}|\d{{1,3}})[章节项条类部分]+[、.:\s]*"
    rf"|[(\[](?:{_HAN}{{1,3}}|\d{{1,3}})[)\]]\s*"
    rf"|{_HAN}{{1,3}}[、.:]\s*"
    r"|\d{1,3}(?:\.\d{1,3})+[、.):]?\s*|\d{1,3}[、.):]\s*|\d{1,3}\s+)(?=\S)"
)
_MARK = re.compile(r"\((?:满分|分值|共|计)?:?\d+(?:\.\d+)?分\)$")
# Names less alike than this are not suggested, of 100.
_ALIKE = 60


class ItemNames:
    """Knows how the items of one assessment, or of the whole standard, are written.

    Args:
        items: in the standard's order.
    """

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items
        self._exact = _index(
            (squash(text), item) for item in items for text in (item.id, item.name)
        )
        self._bare = _index((bare(item.name), item) for item in items)
        self._ids = _index((squash(item.id), item) for item in items)
        self._categories = {bare(item.category) for item in items if item.category}

    def meant(self, text: str) -> tuple[Item, ...]:
        """The items that a text may mean: one, several that are written alike, or none."""
        return self._exact.get(squash(text)) or self._bare.get(bare(text), ())

    def identified(self, text: str) -> tuple[Item, ...]:
        """The items with this id."""
        return self._ids.get(squash(text), ())

    def within(self, text: str) -> tuple[Item, ...]:
        """The items meant by the whole of a text, or by whole columns that were joined in it.

        A sheet with a column for the category and one for the item says both: 市容环境；主次干道.
        """
        if whole := self.meant(text):
            return whole
        parts = [part for part in JOINTS.split(text) if part.strip()]
        if len(parts) < 2:
            return ()
        runs = (
            "；".join(parts[first:last])
            for first in range(len(parts))
            for last in range(first + 1, len(parts) + 1)
        )
        return tuple(dict.fromkeys(item for run in runs for item in self.meant(run)))

    def is_category(self, text: str) -> bool:
        """Whether a text is the name of a category."""
        return bare(text) in self._categories

    def nearest(self, text: str) -> Item | None:
        """The item whose name is most like a text, to be suggested and never taken."""
        # Loaded for what is wrong alone.
        from rapidfuzz import fuzz, process  # noqa: PLC0415

        parts = dict.fromkeys((text, *JOINTS.split(text)))
        names = [bare(item.name) for item in self._items]
        found = [
            match
            for part in parts
            if (wanted := bare(part))
            and (match := process.extractOne(wanted, names, scorer=fuzz.ratio, score_cutoff=_ALIKE))
        ]
        best = max(found, key=lambda match: match[1], default=None)
        return None if best is None else self._items[best[2]]


def bare(text: str) -> str:
    """A name without its number, its full mark in brackets, white space and width."""
    plain = unicodedata.normalize("NFKC", _CIRCLED.sub("", text))
    return _MARK.sub("", squash(_NUMBER.sub("", plain)))


def _index(pairs: Iterable[tuple[str, Item]]) -> Mapping[str, tuple[Item, ...]]:
    found: dict[str, tuple[Item, ...]] = {}
    for key, item in pairs:
        if key and item not in found.get(key, ()):
            found[key] = (*found.get(key, ()), item)
    return found
