"""The cells of many rows of xlsx told apart all at once, where their XML is as plain as can be.

A sheet of a hundred thousand rows has ten million tags. Here each of them is found
by its position and looked at with all others of its kind; rows are plain only if
every byte of them belongs to a row, a cell, a value or a text of just these forms:

    <row r="2" …><c r="A2" s="1" t="inlineStr"><is><t>…</t></is></c><c r="B2"><v>1</v></c></row>

Whatever else it holds, it is read element by element.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places = NDArray[np.int64]
    Words = NDArray[np.uint64]

_LOOK = re.compile(r'(?: s="(\d{1,6})")?(?: t="(inlineStr|s|str|n|b)")?/?')
_EMPTY, _VALUE, _INLINE, _KEPT = range(4)
# How many tags a cell of each form has.
_TAGS = np.array([1, 4, 6, 6])
_OPENS, _KEEPS = b"<is><t>", b'<is><t xml:space="preserve">'
# What may stand behind the reference of a cell, at most.
_LONGEST_LOOK = 24
_TO_MIX = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)


class Look(NamedTuple):
    """How cells of one kind look: the attributes behind their reference."""

    style: str
    kind: str


class Cells(NamedTuple):
    """The cells of a plain sheet, in its order.

    Attributes:
        lines: the number of each row.
        row: of each cell, from 0.
        column: of each cell, from 0.
        look: of each cell, as a place in `looks`.
        looks: how cells look.
        begins: where the text of each cell begins.
        ends: where it ends.
        inline: whether it stands in the cell itself.
    """

    lines: Places
    row: Places
    column: Places
    look: Places
    looks: list[Look]
    begins: Places
    ends: Places
    inline: NDArray[np.bool_]


def told_apart(rows: bytes) -> Cells | None:
    """Tell the cells of some whole rows apart; None if they are not plain throughout.

    Args:
        rows: their elements, one behind the other.
    """
    # Some bytes more, so that as many can be looked at from every place on.
    return _Rows(rows + b" " * 32, len(rows)).cells()


def between(data: bytes, begins: Places, ends: Places) -> bytes:
    """What stands between some places, one behind the other."""
    sizes = ends - begins
    after = np.cumsum(sizes)
    at = np.repeat((begins - after + sizes).astype(np.int32), sizes)
    at += np.arange(len(at), dtype=np.int32)
    return np.frombuffer(data, np.uint8)[at].tobytes()


def _word(text: bytes) -> np.uint64:
    return np.uint64(int.from_bytes(text, "little"))


def _mask(size: int) -> np.uint64:
    return np.uint64((1 << 8 * size) - 1)


def _written(numbers: Places) -> tuple[Words, Places]:
    """Numbers of seven digits at most as they are written: a word each, and how long they are."""
    sizes = np.ones(len(numbers), np.int64)
    for power in range(1, 7):
        sizes += numbers >= 10**power
    words = np.zeros(len(numbers), np.uint64)
    for place in range(7):
        digit = numbers // 10 ** np.maximum(sizes - 1 - place, 0) % 10 + ord("0")
        words |= np.where(place < sizes, digit, 0).astype(np.uint64) << np.uint64(8 * place)
    return words, sizes


class _Rows:
    """Rows of a sheet, looked at as bytes and as words of eight of them."""

    def __init__(self, data: bytes, end: int) -> None:
        self._data = data
        self._end = end
        self._bytes = np.frombuffer(data, np.uint8)
        self._words: Words = np.ndarray(len(data) - 7, "<u8", data, strides=(1,))
        self._tags: Places = np.flatnonzero(self._bytes[:end] == ord("<"))

    def cells(self) -> Cells | None:
        """Its cells, if it is plain."""
        tags = self._tags
        if len(tags) == 0:
            return None
        after = self._bytes[tags + 1]
        closing = after == ord("/")
        closing[closing] = self._bytes[tags[closing] + 2] == ord("r")
        opening, celled = after == ord("r"), after == ord("c")
        units: Places = np.flatnonzero(opening | celled | closing)
        if len(units) == 0 or units[0] != 0 or tags[0] != 0:
            return None
        beyond = np.append(tags, self._end)
        rowed = units[opening[units]]
        rows = self._rows(tags[rowed], beyond[rowed + 1])
        if rows is None:
            return None
        cells = units[celled[units]]
        forms = self._forms(cells)
        follow = np.empty(len(units), np.int64)
        ends = np.empty(len(units), np.int64)
        follow[opening[units]], ends[opening[units]] = 1, rows[1]
        filled = opening.copy()
        filled[units[opening[units]]] = self._bytes[rows[1] - 2] != ord("/")
        follow[closing[units]], ends[closing[units]] = 1, tags[units[closing[units]]] + 6
        follow[celled[units]], ends[celled[units]] = _TAGS[forms[0]], forms[3]
        if not self._is_whole(units, follow, ends, filled, closing):
            return None
        of_row = (np.cumsum(opening[units]) - 1)[celled[units]]
        return self._placed(cells, forms, of_row, rows[0])

    def _rows(self, at: Places, following: Places) -> tuple[Places, Places] | None:
        """The numbers of the rows, ascending, and where their tags end."""
        letters = self._words[at + 8].view(np.uint8).reshape(-1, 8).astype(np.int64) - ord("0")
        digits = ((letters >= 0) & (letters < 10)).cumprod(axis=1).astype(bool)
        lines = np.zeros(len(at), np.int64)
        for place in range(8):
            more = digits[:, place]
            lines[more] = lines[more] * 10 + letters[more, place]
        sizes = digits.sum(axis=1)
        right = (self._words[at] == _word(b'<row r="')) & (sizes > 0) & (sizes < 8)
        right &= letters[np.arange(len(at)), np.minimum(sizes, 7)] == ord('"') - ord("0")
        right &= (letters[:, 0] > 0) & (self._bytes[following - 1] == ord(">"))
        if not right.all() or (np.diff(lines) <= 0).any():
            return None
        return lines, following

    def _forms(self, cells: Places) -> tuple[Places, Places, Places, Places]:
        """The form of each cell, where its text begins and ends, and where the cell ends.

        A cell of no form at all ends nowhere.
        """
        last = len(self._tags) - 1
        following = [self._tags[np.minimum(cells + more, last)] for more in range(4)]
        first = self._words[following[1]]
        bare = (first & _mask(7)) == _word(_OPENS)
        kept = first == _word(_KEEPS[:8])
        for at in (8, 16, 20):
            kept &= self._words[following[1] + at] == _word(_KEEPS[at : at + 8])
        value = (first & _mask(3)) == _word(b"<v>")
        empty = self._bytes[following[1] - 2] == ord("/")
        form = np.select([empty, value, bare, kept], [_EMPTY, _VALUE, _INLINE, _KEPT], _EMPTY)
        opened = np.array([0, 3, len(_OPENS), len(_KEEPS)])[form]
        begins = following[1] + opened
        ends = np.where(form == _VALUE, following[2], following[3])
        ends[form == _EMPTY] = begins[form == _EMPTY]
        closed = self._words[ends] == np.where(
            form == _VALUE, _word(b"</v></c>"), _word(b"</t></is")
        )
        closed &= (form == _VALUE) | ((self._words[ends + 8] & _mask(5)) == _word(b"></c>"))
        whole = ends + np.where(form == _VALUE, 8, 13)
        whole[form == _EMPTY] = following[1][form == _EMPTY]
        wrong = ~(empty | (closed & (value | bare | kept)))
        whole[wrong] = -1
        return form, begins, ends, whole

    def _is_whole(
        self,
        units: Places,
        follow: Places,
        ends: Places,
        filled: NDArray[np.bool_],
        closing: NDArray[np.bool_],
    ) -> bool:
        """Whether rows and cells follow each other without a byte between, to the end."""
        next_unit = np.append(units[1:], len(self._tags))
        next_place = np.append(self._tags[units[1:]], self._end)
        change = filled[units].astype(np.int8) - closing[units].astype(np.int8)
        depth = np.cumsum(change, dtype=np.int64)
        # A row that is empty stands between two others, a cell inside one.
        rows = self._bytes[self._tags[units] + 1] != ord("c")
        inside = depth == np.where(rows & ~filled[units], 0, 1)
        words = self._words[self._tags[units[closing[units]]]] & _mask(6)
        return bool(
            (units + follow == next_unit).all()
            and (ends == next_place).all()
            and inside.all()
            and depth[-1] == 0
            and (words == _word(b"</row>")).all()
        )

    def _placed(
        self,
        cells: Places,
        forms: tuple[Places, Places, Places, Places],
        row: Places,
        lines: Places,
    ) -> Cells | None:
        """The cells with their columns and looks; None if a reference is not that of its place."""
        at = self._tags[cells]
        letters = [self._bytes[at + 6 + place].astype(np.int64) - 64 for place in range(3)]
        is_letter = [(one > 0) & (one < 27) for one in letters]
        size = 1 + (is_letter[1]).astype(np.int64) + (is_letter[1] & is_letter[2])
        column = letters[0].copy()
        for place in (1, 2):
            more = size > place
            column[more] = column[more] * 26 + letters[place][more]
        column -= 1
        numbers, digits = (part[row] for part in _written(lines))
        masks = np.array([(1 << 8 * length) - 1 for length in range(9)], np.uint64)[digits]
        behind = at + 6 + size
        right = (self._words[at] & _mask(6)) == _word(b'<c r="')
        right &= is_letter[0] & ((self._words[behind] & masks) == numbers)
        right &= self._bytes[behind + digits] == ord('"')
        order = row * (1 << 15) + column
        if not right.all() or (np.diff(order) <= 0).any():
            return None
        begins = behind + digits + 1
        closes = self._tags[np.minimum(cells + 1, len(self._tags) - 1)] - 1
        closes[cells + 1 == len(self._tags)] = self._end - 1
        looks = self._looks(begins, closes)
        if looks is None:
            return None
        form, text_begins, text_ends, _ = forms
        return Cells(
            lines, row, column, looks[0], looks[1], text_begins, text_ends, form >= _INLINE
        )

    def _looks(self, begins: Places, ends: Places) -> tuple[Places, list[Look]] | None:
        """What stands behind the references of cells: few different attributes."""
        sizes = ends - begins
        if (self._bytes[ends] != ord(">")).any() or (sizes > _LONGEST_LOOK).any():
            return None
        masks = np.array([(1 << 8 * length) - 1 for length in range(9)], np.uint64)
        parts = [
            self._words[begins + 8 * at] & masks[np.clip(sizes - 8 * at, 0, 8)] for at in range(3)
        ]
        mixed = np.zeros(len(begins), np.uint64)
        for part, factor in zip(parts, _TO_MIX, strict=True):
            mixed = (mixed ^ part) * np.uint64(factor)
        _, first, place = np.unique(mixed, return_index=True, return_inverse=True)
        if any((part != part[first][place]).any() for part in parts):
            return None
        looks = []
        for one in first.tolist():
            text = self._data[begins[one] : ends[one]].decode("latin-1")
            match = _LOOK.fullmatch(text)
            if match is None:
                return None
            looks.append(Look(match[1] or "0", match[2] or "n"))
        return place.astype(np.int64), looks
