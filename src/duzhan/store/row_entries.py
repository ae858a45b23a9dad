"""Journal entries of many changed rows at once, written column by column.

An import may bring a million rows. Read one by one they are ordinary entries;
written to the journal they are the same bytes that `Line.encode` gives, made in
Arrow some ten times as fast.
"""

from __future__ import annotations

from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.intake.text_columns import bytes_of
from duzhan.store.entries import Change, Entry, Origin, encode_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from duzhan.store.entries import Stamp

# What JSON writes in another way: quotes, backslashes, control characters.
_ESCAPED = r'["\\\x00-\x1f]'
_PIECE = 1 << 14


@dataclass(frozen=True, slots=True)
class RowEntries:
    """What changed in the rows of one list.

    Attributes:
        county: full name.
        rows: indexes of the changed rows in the ledger, ascending.
        known: how many of them, the first ones, were in the ledger before.
        before: their cells before, for the known ones; all columns of the ledger.
        after: the cells of all of them, in the same columns.
        file: the list that they came from.
        sheet: its worksheet, if it is a workbook.
        lines: line or row number in it, one a row.
        by: who asked for the change.
    """

    county: str
    rows: NDArray[np.int64]
    known: int
    before: pa.Table
    after: pa.Table
    file: str
    sheet: str | None
    lines: NDArray[np.int64]
    by: str | None

    def __len__(self) -> int:
        """How many rows changed."""
        return len(self.rows)

    def __iter__(self) -> Iterator[Entry]:
        """Give an entry for each row."""
        return self.between(0, len(self))

    def between(self, start: int, stop: int) -> Iterator[Entry]:
        """Give the entries of some of the rows."""
        old = self.before.slice(start, max(0, min(stop, self.known) - start)).to_pylist()
        new = self.after.slice(start, stop - start).to_pylist()
        empty = dict.fromkeys(self.after.column_names, "")
        for index, now in enumerate(new):
            place = start + index
            was = old[index] if place < self.known else empty
            yield Entry(
                action="changed" if place < self.known else "added",
                county=self.county,
                id=was[col.ID] or now[col.ID],
                row=int(self.rows[place]),
                changes=tuple(
                    Change(name, was[name], now[name])
                    for name in self.after.column_names
                    if was[name] != now[name]
                ),
                source=Origin(self.file, self.sheet, int(self.lines[place])),
                by=self.by,
            )

    def encoded(self, stamp: Stamp, file: str, first: int, stop: int) -> Iterator[bytes]:
        """Give the journal's lines of the first rows, in pieces.

        Args:
            stamp: the transaction.
            file: the ledger, as a path in the dataset.
            first: the number of the first line in the transaction.
            stop: how many lines.
        """
        known = min(self.known, stop)
        for begin, end in ((0, known), (known, stop)):
            for start in range(begin, end, _PIECE):
                yield self._piece(stamp, file, first, start, min(end, start + _PIECE))

    def _piece(self, stamp: Stamp, file: str, first: int, start: int, stop: int) -> bytes:
        """Lines of rows that were all there before, or all of which are new."""
        count, is_new = stop - start, start >= self.known
        now = _arrays(self.after, start, count)
        was = None if is_new else _arrays(self.before, start, count)
        cells = pc.binary_join_element_wise(
            *(_cell(name, was and was[name], now[name]) for name in self.after.column_names),
            ", ",
            null_handling="skip",
        )
        names = now[col.ID] if was is None else _either(was[col.ID], now[col.ID])
        by = "" if self.by is None else f', "by": {encode_json(self.by)}'
        lines = pc.binary_join_element_wise(
            f'{{"transaction": {encode_json(stamp.transaction)}, "n": ',
            pa.array(np.arange(first + start, first + stop)).cast(pa.string()),
            f', "time": {encode_json(stamp.time)}, "command": {encode_json(stamp.command)}{by}'
            f', "action": "{"added" if is_new else "changed"}"'
            f', "county": {encode_json(self.county)}, "id": "',
            _escaped(names),
            f'", "file": {encode_json(file)}, "row": ',
            pa.array(self.rows[start:stop]).cast(pa.string()),
            ', "cells": {' if is_new else ', "changes": [',
            cells,
            f"{'}' if is_new else ']'}"
            f', "source": {{"file": {encode_json(self.file)}, "sheet": {encode_json(self.sheet)}'
            ', "row": ',
            pa.array(self.lines[start:stop]).cast(pa.string()),
            "}}\n",
            "",
        )
        return bytes_of(lines).tobytes()


def _arrays(cells: pa.Table, start: int, count: int) -> dict[str, pa.StringArray]:
    return {name: cells[name].slice(start, count).combine_chunks() for name in cells.column_names}


def _either(first: pa.StringArray, second: pa.StringArray) -> pa.StringArray:
    return pc.if_else(pc.equal(first, ""), second, first)


def _cell(name: str, old: pa.StringArray | None, new: pa.StringArray) -> pa.StringArray:
    """A cell of a new row (without `old`), or a cell's change, as JSON; null where it stayed."""
    if old is None:
        text = pc.binary_join_element_wise(f'{encode_json(name)}: "', _escaped(new), '"', "")
        return pc.if_else(pc.equal(new, ""), pa.scalar(None, pa.string()), text)
    text = pc.binary_join_element_wise(
        f'{{"column": {encode_json(name)}, "old": "',
        _escaped(old),
        '", "new": "',
        _escaped(new),
        '"}',
        "",
    )
    return pc.if_else(pc.equal(old, new), pa.scalar(None, pa.string()), text)


def _escaped(texts: pa.StringArray) -> pa.StringArray:
    """Texts as they stand between the quotes of JSON."""
    if not _has_special(texts):
        return texts
    special = pc.match_substring_regex(texts, _ESCAPED)
    written = [encode_basestring(text)[1:-1] for text in texts.filter(special).to_pylist()]
    return pc.replace_with_mask(texts, special, pa.array(written, pa.string()))


def _has_special(texts: pa.StringArray) -> bool:
    """Whether any byte is one of `_ESCAPED`; most columns have none, and a look is cheap."""
    found = bytes_of(texts)
    return bool(((found < 0x20) | (found == ord('"')) | (found == ord("\\"))).any())
