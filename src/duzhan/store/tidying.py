"""What a writer puts in order before it begins: what broke off, leftovers, changes from outside."""

from __future__ import annotations

import secrets
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from duzhan.columns import EVIDENCE_FILES, ISSUES
from duzhan.store import unfinished
from duzhan.store.atomic import TEMPORARY, append, file_digest
from duzhan.store.entries import Entry, Line, Stamp, now
from duzhan.store.journal import JOURNAL, last_digests
from duzhan.store.pending_file import place_of

if TYPE_CHECKING:
    from pathlib import Path

_UNPLACED = f"{EVIDENCE_FILES}/*/*/"


def tidied(root: Path, zone: str) -> dict[str, str | None]:
    """Settle what broke off, remove leftovers, record changes from outside.

    Args:
        root: the dataset's folder, held by this process.
        zone: the campaign's time zone, for the journal's times.

    Returns:
        The files that were ever written, each with the SHA-256 of what it holds now.

    Raises:
        OSError: the folder cannot be written.
    """
    unfinished.settle(root)
    unfinished.mend(root / JOURNAL)
    for folder in _folders(root):
        for leftover in folder.glob(TEMPORARY):
            leftover.unlink(missing_ok=True)
    return _with_outside(root, zone)


def _folders(root: Path) -> set[Path]:
    """Where temporary files may lie: beside the dataset's files, and where links lead."""
    issues = root / ISSUES
    links = (path for path in (*root.glob("*.csv"), *issues.glob("*.csv")))
    evidence = [*root.glob(f"{EVIDENCE_FILES}/*/"), *root.glob(_UNPLACED)]
    linked = (p.resolve().parent for p in links if p.is_symlink())
    return {root, issues, *evidence, *linked}


def _with_outside(root: Path, zone: str) -> dict[str, str | None]:
    """Put files that somebody changed without the tool on the record as such."""
    known = last_digests(root)
    seen = {name: file_digest(place_of(root, name)) for name in known}
    changed = [name for name in known if known[name] != seen[name]]
    stamp = Stamp(secrets.token_hex(8), now(zone), "outside")
    lines = []
    for number, name in enumerate(changed, 1):
        path = PurePosixPath(name)
        county = path.stem if path.parent.name == ISSUES else None
        digests = seen if number == len(changed) else {}
        entry = Entry("outside", county)
        lines.append(Line(stamp, number, name, entry, known[name], seen[name], digests).encode())
    if lines:
        append(root / JOURNAL, [b"".join(lines)])
    return seen
