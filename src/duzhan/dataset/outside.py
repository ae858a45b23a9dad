"""Ledgers that were changed behind the tool's back, as the journal's digests tell (SPEC 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from duzhan.dataset.names import county_of_file
from duzhan.errors import DuzhanError
from duzhan.model import Problem
from duzhan.store.atomic import file_digest
from duzhan.store.entries import encode_json
from duzhan.store.journal import last_digests, lines_where, replay

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from duzhan.model import Roster
    from duzhan.store.entries import Line

_FOLDER = "issues/"
_MARK = b'"action": "outside"'


class Outside(NamedTuple):
    """A ledger that is not what the journal's lines give.

    Attributes:
        county: whose; "" if the file is nobody's.
        file: path in the dataset.
        gone: whether it is not there any more.
        noticed: when the tool put the change on record, ISO; None if it has not yet.
    """

    county: str
    file: str
    gone: bool
    noticed: str | None = None


def changed_outside(root: Path, roster: Roster, noticed: Iterable[Line] | None) -> list[Outside]:
    """Find the ledgers that somebody edited or deleted without the tool, by file.

    Args:
        root: the dataset's folder.
        roster: whose ledgers they are.
        noticed: the journal's lines that say so; None to look for them.

    Raises:
        DuzhanError: the journal or a ledger cannot be read.
    """
    told = _noticed(root) if noticed is None else noticed
    found = dict(_told(told))
    for file, before in sorted(last_digests(root).items()):
        if file.startswith(_FOLDER) and (after := file_digest(root / file)) != before:
            found[file] = Outside(_county(file, roster), file, gone=after is None)
    return [
        one._replace(county=one.county or _county(file, roster))
        for file, one in sorted(found.items())
    ]


def _noticed(root: Path) -> Iterator[Line]:
    """The lines of changes that a later command noticed."""
    for line, _ in lines_where(root, lambda raw: _MARK in raw):
        if line.entry.action == "outside":
            yield line


def _told(lines: Iterable[Line]) -> Iterator[tuple[str, Outside]]:
    """What such lines say of ledgers; the last of each file counts."""
    for line in lines:
        if line.file.startswith(_FOLDER):
            county, gone = line.entry.county or "", line.after is None
            yield line.file, Outside(county, line.file, gone, line.stamp.time)


def by_the_journal(root: Path, one: Outside) -> bytes | None:
    """The ledger as the journal has it, before it was changed without the tool.

    Args:
        root: the dataset's folder.
        one: from `changed_outside`.

    Returns:
        The file; None if the journal does not tell it from its beginning on.
    """
    mark = f'"file": {encode_json(one.file)}'.encode()
    lines = [line for line, _ in lines_where(root, lambda raw: mark in raw)]
    lines = [line for line in lines if line.file == one.file]
    if one.noticed is not None:
        last = max(at for at, line in enumerate(lines) if line.entry.action == "outside")
        lines = lines[:last]
    try:
        return replay(None, lines)
    except DuzhanError:
        return None


def _county(file: str, roster: Roster) -> str:
    county = county_of_file(file.removeprefix(_FOLDER), roster)
    return county.name if county else ""


def outside_problems(root: Path, roster: Roster, noticed: Iterable[Line] | None) -> list[Problem]:
    """The same as warnings of `duzhan check`."""
    return [
        Problem("warning", one.file, None, None, None, "changed-outside", _message(one))
        for one in changed_outside(root, roster, noticed)
    ]


def _message(one: Outside) -> str:
    whose = f"{one.county}的台账" if one.county else "台账"
    what = "被删除" if one.gone else "被改动"
    if one.noticed is not None:
        return f"{whose}曾在工具之外{what}（{one.noticed[:10]} 发现），改了哪些没有记录，请核对"
    return f"{whose}在工具之外{what}，与变更记录不符，改了哪些没有记录，请核对"
