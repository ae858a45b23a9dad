"""The record of every change that the tool made: journal.jsonl, one JSON object a line.

The store writes it (`duzhan.store.transaction`); here it is read: who changed an
issue and when, and what the files must hold after all that was written.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from typing import TYPE_CHECKING

from duzhan import columns as col
from duzhan.errors import DuzhanError, reason
from duzhan.files import opened
from duzhan.intake.text import squash
from duzhan.store.canonical_csv import clean, read_rows, rows_bytes
from duzhan.store.entries import Line, decode, encode_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

JOURNAL = "journal.jsonl"

_WINDOW = 1 << 16

# What lines look like before they are parsed. Inside a text every quotation
# mark has a backslash before it, so that none of these can be found there.
_ID = re.compile(rb'"id": ("(?:[^"\\]|\\.)*")')
_RENAMES = f'"column": "{col.ID}"'.encode()
_CHANGED = b'"action": "changed"'
_WHOLE_FILE = re.compile(rb'"action": "(?:outside|adopted)"')


def read_journal(root: Path, damaged: list[int] | None = None) -> Iterator[Line]:
    """Read the journal from its first line on.

    A last line that broke off is passed over: the next change mends it.

    Args:
        root: the dataset's folder.
        damaged: takes the numbers of lines that cannot be read; without it they are errors.

    Raises:
        DuzhanError: the journal cannot be read, or a line of it is damaged.
    """
    for _, line in _lines_where(root, lambda _number, _raw: True, damaged):
        yield line


def lines_where(root: Path, wanted: Callable[[bytes], bool]) -> Iterator[tuple[Line, bytes]]:
    """Read the lines that are wanted by their bytes, oldest first; others are not parsed.

    Raises:
        DuzhanError: the journal cannot be read, or a line of it is damaged.
    """
    kept: list[bytes] = []

    def keep(_: int, raw: bytes) -> bool:
        kept[:] = [raw]
        return wanted(raw)

    for _, line in _lines_where(root, keep, None):
        yield line, kept[0]


def _lines_where(
    root: Path, wanted: Callable[[int, bytes], bool], damaged: list[int] | None
) -> Iterator[tuple[int, Line]]:
    """Read the lines that are wanted by their bytes, with their numbers; others are not parsed."""
    try:
        with opened(root / JOURNAL) as file:
            for number, raw in enumerate(file, 1):
                whole = raw.startswith(b'{"transaction": "') and raw.endswith(b"}\n")
                if whole and not wanted(number, raw):
                    continue
                try:
                    yield number, decode(raw)
                except ValueError:
                    if not raw.endswith(b"\n"):
                        return
                    if damaged is None:
                        message = f"{JOURNAL} 第{number}行读不懂，请从备份恢复这一行"
                        raise DuzhanError(message) from None
                    damaged.append(number)
    except FileNotFoundError:
        return
    except OSError as error:
        raise DuzhanError(f"{JOURNAL} 读不出来：{reason(error)}") from None


def last_digests(root: Path) -> dict[str, str | None]:
    """Give the digest that each file had when the journal was last written.

    Only the journal's end is read, however long it is.

    Raises:
        DuzhanError: the journal cannot be read.
    """
    try:
        with opened(root / JOURNAL) as file:
            size = file.seek(0, 2)
            window = _WINDOW
            while True:
                file.seek(max(0, size - window))
                if found := _digests_in(file.read(), whole=window >= size):
                    return found
                if window >= size:
                    return {}
                window *= 8
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise DuzhanError(f"{JOURNAL} 读不出来：{reason(error)}") from None


def _digests_in(tail: bytes, *, whole: bool) -> dict[str, str | None]:
    lines = tail.split(b"\n")
    for raw in reversed(lines if whole else lines[1:]):
        if b'"digests": {' in raw:
            try:
                return dict(decode(raw).digests)
            except ValueError:
                continue
    return {}


def history(
    root: Path, county: str, identifier: str, damaged: list[int] | None = None
) -> list[Line]:
    """Give every change of one issue, under all ids that it has had, oldest first.

    Lines that say that the county's files were changed behind the tool's back
    are among them: the issue may have changed with them.

    Args:
        root: the dataset's folder.
        county: full name.
        identifier: 编号, width and spaces aside.
        damaged: as in `read_journal`.
    """
    county_is = f'"county": {encode_json(county)}'.encode()

    def is_renaming(_: int, raw: bytes) -> bool:
        return _RENAMES in raw and _CHANGED in raw and county_is in raw

    renamed = [
        (number, *pair)
        for number, line in _lines_where(root, is_renaming, damaged)
        for pair in _renamings(line)
    ]
    names = _names(squash(identifier), renamed)
    renumbered = {number for number, _, _ in renamed}

    def may_be_ours(number: int, raw: bytes) -> bool:
        if county_is not in raw:
            return False
        return number in renumbered or _WHOLE_FILE.search(raw) is not None or held(number, raw)

    def held(number: int, raw: bytes) -> bool:
        return _id_of(raw) == next(had for until, had in reversed(names) if number <= until)

    found = []
    for number, line in _lines_where(root, may_be_ours, []):
        name = next(had for until, had in reversed(names) if number <= until)
        ours = name in (squash(line.entry.id or ""), *(new for _, new in _renamings(line)))
        if line.entry.county == county and (ours or line.entry.action in ("outside", "adopted")):
            found.append(line)
    return found


def counties_on_record(root: Path, identifier: str) -> set[str]:
    """Name the counties that have or had an issue of this id, by the journal."""
    name = squash(identifier)
    lines = _lines_where(
        root, lambda _, raw: (_RENAMES in raw and _CHANGED in raw) or _id_of(raw) == name, []
    )
    return {
        line.entry.county
        for _, line in lines
        if line.entry.county
        and name in (squash(line.entry.id or ""), *(new for _, new in _renamings(line)))
    }


def _id_of(raw: bytes) -> str | None:
    """The id in a line that is not parsed otherwise, squashed."""
    match = _ID.search(raw)
    return squash(json.loads(match[1])) if match else None


def _renamings(line: Line) -> list[tuple[str, str]]:
    """Old and new id, squashed, if the line gives an issue another id."""
    if line.entry.action != "changed":
        return []
    changes = line.entry.changes
    return [(squash(c.old), squash(c.new)) for c in changes if c.column == col.ID]


def _names(name: str, renamed: list[tuple[int, str, str]]) -> list[tuple[float, str]]:
    """The ids that an issue has had, latest first, each with the last line for which it holds."""
    names: list[tuple[float, str]] = [(math.inf, name)]
    for number, old, new in reversed(renamed):
        if new == name and old:
            name = old
            names.append((number, name))
    return names


# ---------------------------------------------------------------- replaying


def replay(first: bytes | None, lines: Iterable[Line]) -> bytes | None:
    """Do again to a file what its journal says, and prove each step by its digest.

    Args:
        first: the file before the first of the lines; None if there was none.
        lines: the journal's lines about this one file, oldest first.

    Returns:
        The file, byte for byte.

    Raises:
        DuzhanError: the lines do not fit the file, or it was changed behind the tool's back.
    """
    data = first
    table: tuple[list[str], list[list[str]]] | None = None
    for line in lines:
        if line.entry.action == "outside":
            raise _unfit(line, "文件在 duzhan 之外被改过，不能从更早的内容重放")
        if line.entry.action == "adopted":
            raise _unfit(line, "文件原来不是台账格式，重放要先知道怎样读它")
        if table is None:
            table = read_rows(data) if data else (list(_columns(line)), [])
        _redo(line, *table)
        if line.after is not None:
            data, table = rows_bytes(*table), None
            if hashlib.sha256(data).hexdigest() != line.after:
                raise _unfit(line, "重放的结果与当时记下的摘要不符")
    return data


def _columns(line: Line) -> tuple[str, ...]:
    """The header of a file that did not exist before its first line."""
    if line.file == col.IMPORTS:
        return col.IMPORT_COLUMNS
    if line.file not in col.RECORD_COLUMNS:
        return col.ledger_columns(change.column for change in line.entry.changes)
    columns = col.RECORD_COLUMNS[line.file]
    # The counties' reports have a column an office, and every new row fills them.
    further = [c.column for c in line.entry.changes if c.column not in columns]
    return (*columns[:-1], *further, columns[-1])


def _redo(line: Line, header: list[str], rows: list[list[str]]) -> None:
    """Change the rows as the line says, if what it says of the old cells is so."""
    entry = line.entry
    if entry.row is None:
        return
    if entry.action == "added":
        rows.insert(entry.row, [""] * len(header))
    if entry.row >= len(rows):
        raise _unfit(line, f"没有第{entry.row}行")
    row = rows[entry.row]
    for change in entry.changes:
        if change.column not in header:
            _widen(header, rows, change.column)
        at = header.index(change.column)
        if row[at] != clean(change.old):
            raise _unfit(line, f"“{change.column}”原来不是“{change.old}”")
        row[at] = clean(change.new)


def _widen(header: list[str], rows: list[list[str]], column: str) -> None:
    """Give a ledger one more column, where it belongs."""
    wider = list(col.ledger_columns((*header, column)))
    at = wider.index(column)
    header[:] = wider
    for row in rows:
        row.insert(at, "")


def _unfit(line: Line, why: str) -> DuzhanError:
    return DuzhanError(f"{line.file} 的记录（{line.stamp.time}，{line.stamp.command}）：{why}")
