"""What a line of the journal says: one change, when, by which command, to which file.

A transaction is what one command wrote at once. Its lines share an id and are
numbered; the last line of each file tells the file's digests before and after,
and the very last one the digests of all files that were ever written, so that
a change made behind the tool's back shows at once (SPEC sections 1 and 5).
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo

from duzhan.clock import today

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Action = Literal["added", "changed", "adopted", "outside"]

_ACTIONS = frozenset(get_args(Action))
_NEEDED = ("transaction", "time", "command", "action", "file")
_OPTIONAL = ("county", "id", "by", "reason", "before", "after")

# How the journal writes a piece of text, such as a name to look for.
encode_json = json.JSONEncoder(ensure_ascii=False).encode
_text = json.encoder.encode_basestring


class Change(NamedTuple):
    """A cell that changed: column, what stood there, what stands there now ("" for empty)."""

    column: str
    old: str
    new: str


class Origin(NamedTuple):
    """Where an imported row came from: file, worksheet if it is a workbook, line from 1."""

    file: str
    sheet: str | None
    row: int


class Entry(NamedTuple):
    """One change, as whoever makes it tells the store.

    Attributes:
        action: added or changed (one row), adopted (a file in another form was
            rewritten as it stands), outside (a file was changed behind the tool's back).
        county: full name.
        id: 编号 of the issue before the change; None for records and whole files.
        row: the row's index in the file after the change, from 0 below the header.
        changes: the cells; of an added row those that are not empty.
        source: where an imported row came from.
        by: who asked for the change.
        reason: why.
    """

    action: Action
    county: str | None = None
    id: str | None = None
    row: int | None = None
    changes: tuple[Change, ...] = ()
    source: Origin | None = None
    by: str | None = None
    reason: str | None = None


class Stamp(NamedTuple):
    """What all lines of a transaction share.

    Attributes:
        transaction: its id.
        time: when, ISO 8601 with the campaign's zone.
        command: the command that made it.
    """

    transaction: str
    time: str
    command: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the journal.

    Attributes:
        stamp: transaction, time and command.
        number: its place in the transaction, from 1.
        file: path of the changed file in the dataset.
        entry: the change.
        before: SHA-256 of the file before the transaction; None if there was no
            file, and on all but the file's last line.
        after: likewise, after the transaction.
        digests: file to SHA-256 for all files ever written; on a transaction's last line.
        recovered: the line was written when a broken-off transaction was settled.
    """

    stamp: Stamp
    number: int
    file: str
    entry: Entry
    before: str | None = None
    after: str | None = None
    digests: Mapping[str, str | None] = field(default_factory=dict)
    recovered: bool = False

    def document(self) -> dict[str, Any]:
        """The line for programs; what is empty is left out."""
        entry = self.entry
        parts: dict[str, Any] = {
            "transaction": self.stamp.transaction,
            "n": self.number,
            "time": self.stamp.time,
            "command": self.stamp.command,
            "by": entry.by,
            "reason": entry.reason,
            "action": entry.action,
            "county": entry.county,
            "id": entry.id,
            "file": self.file,
            "row": entry.row,
            "changes": [change._asdict() for change in entry.changes] or None,
            "source": entry.source._asdict() if entry.source else None,
            "before": self.before,
            "after": self.after,
            "digests": self.digests or None,
            "recovered": self.recovered or None,
        }
        return {key: value for key, value in parts.items() if value is not None}

    def encode(self) -> bytes:
        """The line as it stands in the journal: `document`, but for a new row's cells.

        Nothing stood there before, so they are written without it.
        """
        stamp, entry = self.stamp, self.entry
        parts = [
            f'"transaction": {_text(stamp.transaction)}, "n": {self.number}',
            f', "time": {_text(stamp.time)}, "command": {_text(stamp.command)}',
            _pair("by", entry.by),
            _pair("reason", entry.reason),
            f', "action": "{entry.action}"',
            _pair("county", entry.county),
            _pair("id", entry.id),
            _pair("file", self.file),
            "" if entry.row is None else f', "row": {entry.row}',
        ]
        if entry.changes and entry.action == "added":
            cells = [f"{_text(column)}: {_text(new)}" for column, _, new in entry.changes]
            parts.append(f', "cells": {{{", ".join(cells)}}}')
        elif entry.changes:
            changes = [
                f'{{"column": {_text(column)}, "old": {_text(old)}, "new": {_text(new)}}}'
                for column, old, new in entry.changes
            ]
            parts.append(f', "changes": [{", ".join(changes)}]')
        if entry.source:
            parts.append(f', "source": {encode_json(entry.source._asdict())}')
        parts += (_pair("before", self.before), _pair("after", self.after))
        if self.digests:
            parts.append(f', "digests": {encode_json(self.digests)}')
        if self.recovered:
            parts.append(', "recovered": true')
        # What is no text in UTF-8 becomes the escape that JSON has for it.
        return f"{{{''.join(parts)}}}\n".encode(errors="backslashreplace")


def _pair(key: str, value: str | None) -> str:
    return "" if value is None else f', "{key}": {_text(value)}'


def all_texts(values: Iterable[object]) -> bool:
    """Whether every value is a text."""
    return all(isinstance(value, str) for value in values)


def decode(raw: bytes) -> Line:
    """Read one line of the journal.

    Raises:
        ValueError: it is damaged.
    """
    try:
        parts = json.loads(raw)
        _check(parts)
        source = parts.get("source")
        entry = Entry(
            action=parts["action"],
            county=parts.get("county"),
            id=parts.get("id"),
            row=parts.get("row"),
            changes=(
                *(Change(**change) for change in parts.get("changes", ())),
                *(Change(column, "", new) for column, new in parts.get("cells", {}).items()),
            ),
            source=Origin(**source) if source else None,
            by=parts.get("by"),
            reason=parts.get("reason"),
        )
        return Line(
            stamp=Stamp(parts["transaction"], parts["time"], parts["command"]),
            number=parts["n"],
            file=parts["file"],
            entry=entry,
            before=parts.get("before"),
            after=parts.get("after"),
            digests=parts.get("digests", {}),
            recovered=parts.get("recovered", False),
        )
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(str(error)) from None


def _check(parts: dict[str, Any]) -> None:
    """See that a line holds what it should, in the types that it should have.

    Raises:
        TypeError, KeyError, AttributeError: it does not.
    """
    source, changes = parts.get("source"), parts.get("changes", ())
    texts = [parts[key] for key in _NEEDED]
    texts += [parts[key] for key in _OPTIONAL if parts.get(key) is not None]
    texts += [cell for change in changes for cell in change.values()]
    texts += [cell for pair in parts.get("cells", {}).items() for cell in pair]
    digests = parts.get("digests", {})
    texts += [*digests, *(digest for digest in digests.values() if digest is not None)]
    numbers = [parts["n"], parts.get("row", 0)]
    if source is not None:
        texts += [source["file"], source.get("sheet") or ""]
        numbers.append(source["row"])
    if not all_texts(texts) or not all(isinstance(number, int) for number in numbers):
        raise TypeError("a value of another type")
    if parts["action"] not in _ACTIONS:
        raise KeyError(parts["action"])


def now(time_zone: str) -> str:
    """Give the time of a change, to the second, in the campaign's zone.

    The day is that of `duzhan.clock`, so that a rehearsal's journal fits its dates.

    Args:
        time_zone: an IANA name, such as ``Asia/Shanghai``.
    """
    zone = ZoneInfo(time_zone)
    clock = dt.datetime.now(zone).time().replace(microsecond=0)
    return dt.datetime.combine(today(time_zone), clock, zone).isoformat()
