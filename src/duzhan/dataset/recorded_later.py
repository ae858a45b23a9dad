"""What entered the record after a day: lines of the journal that can change the answer about it.

An answer about a past day may get better only through what is named (SPEC section 1).
So the journal is asked what was written since: changed issues, and rows of the record files.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duzhan import columns as col

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from duzhan.store.entries import Line

_TRANSACTION = len(b'{"transaction": "')
_TIME = re.compile(rb'"time": "(\d{4}-\d\d-\d\d)')
_FILE = re.compile(rb'"file": ("issues/(?:[^"\\]|\\.)*")')
_COUNTY = re.compile(rb'"county": ("(?:[^"\\]|\\.)*")')
_ADDED = b'"action": "added"'
_TO_NOTHING = re.compile(rb'"row": 0\b')


@dataclass(frozen=True, slots=True)
class FirstImport:
    """A county's first list, which is no accusation: it is only counted.

    Attributes:
        day: when it was taken in, ISO.
        issues: how many it brought.
    """

    day: str
    issues: int


@dataclass(frozen=True, slots=True)
class Later:
    """What was written after a day.

    Attributes:
        lines: about issues and records, oldest first, but for those of first imports.
        first: county name to its first list, if that came after the day.
    """

    lines: tuple[Line, ...] = ()
    first: Mapping[str, FirstImport] = field(default_factory=dict)


class LaterLines:
    """Tells by a line's bytes whether it was written after a day; counts first imports.

    Args:
        after: the day; None if nothing is wanted.
    """

    def __init__(self, after: dt.date | None) -> None:
        self._after = None if after is None else after.isoformat().encode()
        self._first: dict[tuple[bytes, bytes], str] = {}
        self.first: dict[str, FirstImport] = {}

    def wants(self, raw: bytes) -> bool:
        """Whether the line is to be kept; each line is asked for once, in order."""
        when = None if self._after is None else _TIME.search(raw)
        if self._after is None or when is None or when[1] <= self._after:
            return False
        file = _FILE.search(raw)
        return file is None or not self._of_first_import(raw, file[1], when[1].decode())

    def _of_first_import(self, raw: bytes, file: bytes, day: str) -> bool:
        """Whether the line belongs to the list that filled an empty ledger."""
        key = raw[_TRANSACTION : raw.index(b'"', _TRANSACTION)], file
        added = _ADDED in raw
        if key not in self._first:
            named = _COUNTY.search(raw)
            if not added or named is None or not _TO_NOTHING.search(raw):
                return False
            self._first[key] = str(json.loads(named[1]))
        county = self._first[key]
        known = self.first.get(county, FirstImport(day, 0))
        self.first[county] = FirstImport(known.day, known.issues + added)
        return True


def day_told(line: Line) -> str | None:
    """The day that a new row of a record file speaks of, as it stands there; None without one."""
    column = col.RECORD_DAYS.get(line.file)
    return next((c.new for c in line.entry.changes if c.column == column), None)
