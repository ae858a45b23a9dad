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

from duzhan.dataset import columns as col
from duzhan.dataset.lines import Change, Entry, Origin, encode_json
from duzhan.intake.text import bytes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from duzhan.dataset.lines import Stamp

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
        before: their cells before, for the known ones; columns.ISSUE_COLUMNS.
        after: the cells of all of them.
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
        empty = dict.fromkeys(col.ISSUE_COLUMNS, "")
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
                    for name in col.ISSUE_COLUMNS
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
        for start in range(0, stop, _PIECE):
            yield self._piece(stamp, file, first, start, min(stop, start + _PIECE))

    def _piece(self, stamp: Stamp, file: str, first: int, start: int, stop: int) -> bytes:
        count = stop - start
        known = max(0, min(stop, self.known) - start)
        now = {
            name: self.after[name].slice(start, count).combine_chunks()
            for name in col.ISSUE_COLUMNS
        }
        # Added rows, the most by far, have no cells before.
        before = self._before(start, known, count) if known else None
        changes = pc.binary_join_element_wise(
            *(_change(name, before and before[name], now[name]) for name in col.ISSUE_COLUMNS),
            ", ",
            null_handling="skip",
        )
        names = now[col.ID]
        if before:
            names = pc.if_else(pc.equal(before[col.ID], ""), names, before[col.ID])
        number = pa.array(np.arange(first + start, first + stop)).cast(pa.string())
        rows = pa.array(self.rows[start:stop]).cast(pa.string())
        action = pa.array(["changed"] * known + ["added"] * (count - known)) if known else "added"
        by = "" if self.by is None else f', "by": {encode_json(self.by)}'
        lines = pc.binary_join_element_wise(
            f'{{"transaction": {encode_json(stamp.transaction)}, "n": ',
            number,
            f', "time": {encode_json(stamp.time)}, "command": {encode_json(stamp.command)}{by}'
            ', "action": "',
            action,
            f'", "county": {encode_json(self.county)}, "id": "',
            _escaped(names),
            f'", "file": {encode_json(file)}, "row": ',
            rows,
            ', "changes": [',
            changes,
            f'], "source": {{"file": {encode_json(self.file)}, "sheet": {encode_json(self.sheet)}'
            ', "row": ',
            pa.array(self.lines[start:stop]).cast(pa.string()),
            "}}\n",
            "",
        )
        return bytes_of(lines).tobytes()

    def _before(self, start: int, known: int, count: int) -> dict[str, pa.StringArray]:
        """The cells that stood in the rows, empty in those that were added."""
        none = pa.repeat(pa.scalar("", pa.string()), count - known)
        return {
            name: pa.chunked_array(
                [*self.before[name].slice(start, known).chunks, none]
            ).combine_chunks()
            for name in col.ISSUE_COLUMNS
        }


def _change(name: str, old: pa.StringArray | None, new: pa.StringArray) -> pa.StringArray:
    """One cell's change as JSON; null where it stayed."""
    text = pc.binary_join_element_wise(
        f'{{"column": "{name}", "old": "',
        "" if old is None else _escaped(old),
        '", "new": "',
        _escaped(new),
        '"}',
        "",
    )
    stayed = pc.equal("" if old is None else old, new)
    return pc.if_else(stayed, pa.scalar(None, pa.string()), text)


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
