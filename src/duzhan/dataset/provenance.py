"""What a report was made from: a digest of the files, and what the journal tells of them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duzhan import columns as col
from duzhan.dataset.layouts import records_asked
from duzhan.dataset.leftovers import Leftovers, read_leftovers
from duzhan.dataset.listings import issue_files
from duzhan.dataset.locate import ROSTER, ROSTER_PARTS, RULES, STANDARD, roster_parts
from duzhan.dataset.recorded_later import Later, LaterLines
from duzhan.errors import DuzhanError, reason
from duzhan.store.atomic import file_digest
from duzhan.store.journal import JOURNAL, lines_where
from duzhan.visible import readable

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from duzhan.model import Roster, Rules
    from duzhan.store.entries import Line

# A line that says that a file was changed behind the tool's back.
OUTSIDE = b'"action": "outside"'

_UNREADABLE = "unreadable"

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(rb'"time": "(\d{4}-\d\d-\d\d)')
_TEXT = r'"((?:[^"\\]|\\.)*)"'
# A changed cell, or one of a new row. In a text every quotation mark has a
# backslash before it, so that neither can be found there.
_CELL = rf'"column": "{{0}}", "old": {_TEXT}, "new": {_TEXT}|"{{0}}": {_TEXT}'


@dataclass(frozen=True, slots=True)
class Late:
    """A date that was put on the record after the fact, as the journal tells.

    Attributes:
        county: full name.
        id: 编号 of the issue at that time.
        day: the date, ISO.
    """

    county: str
    id: str
    day: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the journal tells of the ledger's dates.

    Attributes:
        backdated: closures entered after a milestone that they lie on or before (补录).
        postponed: deadlines and finding dates that were moved to a later day; `day` is the new one.
        leftovers: county name to what its latest import left over, if anything.
        later: what was written after the day that was asked for.
        outside: lines that say that a ledger had been changed without the tool.
    """

    backdated: frozenset[Late]
    postponed: frozenset[Late]
    leftovers: Mapping[str, Leftovers] = field(default_factory=dict)
    later: Later = field(default_factory=Later)
    outside: tuple[Line, ...] = ()


def dataset_digest(root: Path, roster: Roster, rules: Rules) -> str:
    """Give the SHA-256 over names and contents of all files that figures are made from.

    Args:
        root: the dataset's folder.
        roster: whose lists are read.
        rules: whether the ledger rests elsewhere, as Parquet.

    Returns:
        In hexadecimal; a list that cannot be read counts as such: its county has no data.

    Raises:
        DuzhanError: another file cannot be read.
    """
    parts = [f"{ROSTER_PARTS}/{path.name}" for path in roster_parts(root)]
    asked = records_asked(rules)
    others = (STANDARD, *(col.RECORD_COLUMNS.keys() - asked))
    optional = sorted(name for name in others if (root / name).exists())
    records = [name for name in col.RECORD_COLUMNS if name in asked]
    names = [ROSTER, *parts, RULES, *records, col.IMPORTS, *optional]
    lists = [f"issues/{path.name}" for path, _ in issue_files(root, roster)]
    if rules.ledger_parquet is not None:
        rest = root / rules.ledger_parquet
        files = sorted(path for path in rest.rglob("*") if path.is_file())
        lists = [f"{rules.ledger_parquet}/{path.relative_to(rest)}" for path in files]
    whole = hashlib.sha256()
    for name in (*names, *lists):
        try:
            told = file_digest(root / name) or ""
        except OSError as error:
            if name not in lists:
                raise DuzhanError(f"{name} 读不出来：{reason(error)}") from None
            told = _UNREADABLE
        whole.update(f"{unicodedata.normalize('NFC', readable(name))}\0{told}\n".encode())
    return whole.hexdigest()


def recorded(root: Path, rules: Rules, after: dt.date | None = None) -> Recorded | None:
    """Read from the journal which dates were entered or moved after the fact.

    Args:
        root: the dataset's folder.
        rules: its milestones.
        after: also what was written after this day.

    Returns:
        What it tells; None if there is no journal, so that nobody can know.

    Raises:
        DuzhanError: the journal cannot be read.
    """
    if not (root / JOURNAL).is_file():
        return None
    backdated, postponed, later = _backdated(rules), _postponed(), LaterLines(after)
    late: tuple[set[Late], set[Late]] = set(), set()
    outside: list[Line] = []
    since: list[Line] = []

    def wanted(raw: bytes) -> bool:
        # Every line is asked for once: first imports are counted on the way.
        told[:] = [later.wants(raw)]
        return told[0] or OUTSIDE in raw or bool(backdated(raw) or postponed(raw))

    told = [False]
    for line, raw in lines_where(root, wanted):
        if line.entry.action == "outside":
            outside.append(line)
        elif told[0]:
            since.append(line)
        for found, days in zip(late, (backdated(raw), postponed(raw)), strict=True):
            found.update(_late(line, days))
    return Recorded(
        frozenset(late[0]), frozenset(late[1]), read_leftovers(root),
        Later(tuple(since), later.first), tuple(outside),
    )  # fmt: skip


def _backdated(rules: Rules) -> Callable[[bytes], list[str]]:
    """Finds in a line new closures on or before a milestone that had passed at their entry."""
    deadlines = [m.deadline.isoformat() for m in rules.milestones]
    cell = re.compile(_CELL.format(col.CLOSED).encode())

    def entered(raw: bytes) -> list[str]:
        when, found = _TIME.search(raw), cell.search(raw)
        if when is None or found is None:
            return []
        today = when[1].decode()
        passed = max((d for d in deadlines if d < today), default="")
        old, new = _dates(found)
        return sorted(day for day in set(new) - set(old) if day <= passed)

    return entered


def _postponed() -> Callable[[bytes], list[str]]:
    """Finds in a line the deadline and the finding date that were moved to a later day."""
    cells = [re.compile(_CELL.format(column).encode()) for column in (col.DUE, col.FOUND)]

    def moved(raw: bytes) -> list[str]:
        days = []
        for cell in cells:
            if found := cell.search(raw):
                old, new = _dates(found)
                days += new[-1:] if old and new and new[-1] > old[-1] else []
        return days

    return moved


def _dates(found: re.Match[bytes]) -> tuple[list[str], list[str]]:
    """ISO dates that stood in a cell, and that stand there now."""
    old, new = found[1] or b"", found[2] if found[3] is None else found[3]
    return _DATE.findall(old.decode()), _DATE.findall(new.decode())


def _late(line: Line, days: list[str]) -> Iterator[Late]:
    entry = line.entry
    named = next((c.new for c in entry.changes if c.column == col.ID), entry.id or "")
    for day in days:
        yield Late(entry.county or "", named, day)
