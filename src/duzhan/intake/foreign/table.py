"""The texts of a regular sheet, column by column, gathered as its rows are told apart.

Where the cells of a column hold their texts themselves, the bytes of all of them are
moved at once; numbers and texts that are only referred to are read once a value.
"""

from __future__ import annotations

import re
from array import array
from typing import TYPE_CHECKING

import numpy as np

from duzhan.intake.foreign.cells import ROWS, TRUE, plain_number
from duzhan.intake.foreign.numbers import Shows, dated
from duzhan.intake.foreign.sheet import MAX_COLUMNS, TextColumn
from duzhan.intake.foreign.tokens import between, told_apart

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from duzhan.intake.foreign.cells import Book
    from duzhan.intake.foreign.sheet import Sheet
    from duzhan.intake.foreign.tokens import Cells, Look

    Places = NDArray[np.int64]
    Mask = NDArray[np.bool_]

_ENTITIES = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}
_ENTITY = re.compile(b"&(amp|lt|gt|quot|apos);")
_VALUE = b"<v>"
# The bytes of UTF-8 that begin no character.
_WITHIN_FIRST, _WITHIN_LAST = 0x80, 0xBF


class IrregularError(Exception):
    """A cell says what only the other reader can tell."""


class SheetPieces:
    """The rows of a sheet, given piece by piece.

    Args:
        book: what its cells refer to.
    """

    def __init__(self, book: Book) -> None:
        self._book = book
        self._columns: list[_Column] = []
        self._known: dict[Look, _Known] = {}
        self._lines: list[int] = []
        # The last row, how many there are, and how many of them hold anything.
        self._last = self._rows = self._kept = 0

    def add(self, rows: bytes) -> bool:
        """Add the rows that come next; say so if they are not regular.

        Raises:
            RefusedFileError: the file holds more cells than anybody lists.
        """
        cells = told_apart(rows)
        try:
            if cells is not None and self._follows(cells):
                self._add(rows, cells)
                return True
        except (IrregularError, UnicodeDecodeError):
            pass
        return False

    def give(self, sheet: Sheet) -> None:
        """Give a sheet the rows that hold anything."""
        self._book.budget.take(len(self._columns) * self._rows)
        sheet.lines += self._lines
        sheet.columns += [column.whole() for column in self._columns]

    def _follows(self, cells: Cells) -> bool:
        """Whether rows stand below those before, none of them too wide."""
        if len(cells.lines) == 0:
            return True
        in_order = self._last < int(cells.lines[0]) and int(cells.lines[-1]) <= ROWS
        self._last = int(cells.lines[-1])
        return in_order and int(cells.column.max(initial=-1)) < MAX_COLUMNS

    def _add(self, rows: bytes, cells: Cells) -> None:
        filled = cells.ends > cells.begins
        kept = np.zeros(len(cells.lines), bool)
        kept[cells.row[filled]] = True
        own = self._own_texts(rows, cells, filled)
        order = np.argsort(cells.column.astype(np.int16), kind="stable")
        counts = np.bincount(cells.column)
        self._columns += [_Column(self._kept) for _ in range(len(counts) - len(self._columns))]
        self._rows += len(kept)
        self._book.budget.check(len(self._columns) * self._rows)
        ends = np.cumsum(counts)
        for at, column in enumerate(self._columns):
            end, count = (ends[at], counts[at]) if at < len(counts) else (0, 0)
            here = order[end - count : end]
            sizes = np.zeros(len(kept), np.int32)
            sizes[cells.row[here]], texts = self._texts(rows, cells, here, own)
            column.add(sizes[kept], texts)
        self._lines += cells.lines[kept].tolist()
        self._kept += int(kept.sum())

    def _own_texts(self, rows: bytes, cells: Cells, filled: Mask) -> Mask:
        """Which cells hold their text themselves, or none.

        Raises:
            IrregularError: a cell is struck through, or its text stands where none belongs.
        """
        textual = np.zeros((len(cells.looks), 2), bool)
        for at, look in enumerate(cells.looks):
            textual[at] = look.kind == "str", look.kind == "inlineStr"
            mine = cells.look == at
            if look.kind == "b" and any(
                rows.endswith(_VALUE, 0, begin) for begin in cells.begins[mine & ~filled].tolist()
            ):
                raise IrregularError
            found = mine & filled
            misplaced = found & (cells.inline != (look.kind == "inlineStr"))
            if misplaced.any() or (look.style in self._book.styles.struck and found.any()):
                raise IrregularError
        return textual[cells.look, cells.inline.astype(np.int8)] | ~filled

    def _texts(
        self, rows: bytes, cells: Cells, here: Places, own: Mask
    ) -> tuple[NDArray[np.int32], bytes]:
        """The texts of the cells of a column: how long each is, and all of them.

        Raises:
            IrregularError: they say what only the other reader can tell.
            UnicodeDecodeError: they are no texts.
        """
        begins, ends = cells.begins[here], cells.ends[here]
        if own[here].all():
            texts = between(rows, begins, ends)
            if b"&" not in texts:
                sizes = (ends - begins).astype(np.int32)
                _check(texts, sizes)
                return sizes, texts
        looks = [self._reader(look) for look in cells.looks]
        found = [
            looks[look](rows[begin:end]) if end > begin else b""
            for begin, end, look in zip(
                begins.tolist(), ends.tolist(), cells.look[here].tolist(), strict=True
            )
        ]
        sizes = np.fromiter(map(len, found), np.int32, len(found))
        texts = b"".join(found)
        _check(texts, sizes)
        return sizes, texts

    def _reader(self, look: Look) -> Callable[[bytes], bytes]:
        """Reads the texts of cells that look alike."""
        if look.kind in ("str", "inlineStr"):
            return _unescaped
        return self._known.setdefault(look, _Known(look, self._book)).__getitem__


class _Known(dict[bytes, bytes]):
    """What the values of cells that look alike mean, each read once."""

    def __init__(self, look: Look, book: Book) -> None:
        super().__init__()
        self._look = look
        self._book = book

    def __missing__(self, value: bytes) -> bytes:
        self[value] = text = self._read(value.decode()).encode("utf-8", "replace")
        return text

    def _read(self, value: str) -> str:
        if self._look.kind == "s":
            return self._shared(value)
        plain = value.strip()
        if self._look.kind == "b":
            return "TRUE" if plain.lower() in TRUE else "FALSE"
        return self._number(plain)

    def _shared(self, value: str) -> str:
        if not value.isdecimal() or int(value) >= len(self._book.texts):
            raise IrregularError
        return self._book.texts[int(value)]

    def _number(self, plain: str) -> str:
        styles, style = self._book.styles, self._look.style
        shows = styles.shows.get(style, Shows.NUMBER)
        if shows is not Shows.NUMBER and style not in styles.plain_dates:
            raise IrregularError
        if shows is Shows.NUMBER or not plain:
            return plain_number(plain)
        try:
            text, wrong = dated(float(plain), shows, epoch_1904=self._book.epoch_1904)
        except ValueError:
            raise IrregularError from None
        if wrong:
            raise IrregularError
        return text


class _Column:
    """A column as it grows, of so many rows that have nothing in it yet."""

    def __init__(self, rows: int) -> None:
        self._sizes = [np.zeros(rows, np.int32)]
        self._texts: list[bytes] = []

    def add(self, sizes: NDArray[np.int32], texts: bytes) -> None:
        self._sizes.append(sizes)
        self._texts.append(texts)

    def whole(self) -> TextColumn:
        return TextColumn(array("i", np.concatenate(self._sizes).tobytes()), b"".join(self._texts))


def _unescaped(text: bytes) -> bytes:
    return _ENTITY.sub(lambda match: _ENTITIES[match[1]], text) if b"&" in text else text


def _check(texts: bytes, sizes: NDArray[np.int32]) -> None:
    """See that each text is one by itself.

    Raises:
        IrregularError: one begins within a character.
        UnicodeDecodeError: they are no texts.
    """
    texts.decode()
    begins = (np.cumsum(sizes) - sizes)[sizes > 0]
    first = np.frombuffer(texts, np.uint8)[begins]
    if ((first >= _WITHIN_FIRST) & (first <= _WITHIN_LAST)).any():
        raise IrregularError
