"""A transaction under way, on the disk, so that whoever comes next can settle it.

In this order, each step on the disk before the next: the new files, beside the
old ones; the pending file, which names them; the journal's lines; the new files
in the place of the old ones; the pending file is removed. The renaming comes
last because it is the one step that needs no room: a full disk is met while
nothing has changed yet.

Broken off anywhere, `settle` looks at each file: if it is the new one, its
lines stay in the journal, otherwise they are taken out again.
"""

from __future__ import annotations

import shutil
import stat
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from duzhan.files import contents, opened
from duzhan.store.atomic import (
    NEW_MODE,
    append,
    cut,
    file_digest,
    narrow,
    sync_folder,
    write_temporary,
)
from duzhan.store.atomic import move as rename
from duzhan.store.entries import Entry, Line, Stamp, decode, encode_json
from duzhan.store.journal import JOURNAL
from duzhan.store.pending_file import KEPT, PENDING, Move, Pending, read_pending, set_aside
from duzhan.store.row_entries import RowEntries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

_PIECE = 1 << 20
# Of the group and of all others: the right to read, and those to read and write.
_CLASSES = ((stat.S_IRGRP, 0o060), (stat.S_IROTH, 0o006))
# What a file is known by without reading it: device, number, size, times.
Signature = tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a broken-off transaction ended: which files are new and which are old."""

    done: tuple[str, ...]
    undone: tuple[str, ...]


def announce(
    root: Path,
    stamp: Stamp,
    moves: Sequence[Move],
    entries: Mapping[str, Iterable[Entry | RowEntries]],
    digests: Mapping[str, str | None],
) -> None:
    """Write the pending file, then the lines at the end of the journal.

    Args:
        root: the dataset's folder.
        stamp: the transaction.
        moves: what is to change.
        entries: the journal's entries of each file, at least one; read once.
        digests: SHA-256 of every file that was ever written, before this transaction.

    Raises:
        OSError: there is no room or no permission; `settle` takes back what was written.
    """
    journal, mode = root / JOURNAL, private_mode(root, moves)
    header = {
        "transaction": stamp.transaction,
        "journal": journal.stat().st_size if journal.exists() else 0,
        "digests": dict(digests),
        "files": [asdict(move) for move in moves],
    }
    _write(root, PENDING, [encode_json(header).encode() + b"\n"], mode)
    append(journal, _lines(stamp, moves, entries, digests), mode)
    narrow(journal, mode)


def signature(path: Path) -> Signature:
    """What a file is known by without reading it; None if there is none."""
    try:
        told = path.stat()
    except FileNotFoundError:
        return None
    return told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns


def finish(root: Path, moves: Sequence[Move], seen: Mapping[str, Signature]) -> list[str]:
    """Put the new files in the place of the old ones, and remove the pending file.

    What is only added goes first, so that nothing tells of a file that is not there.
    What somebody saved since the files were compared is kept beside, as a ``.conflict`` copy.

    Args:
        root: the dataset's folder.
        moves: what is to change.
        seen: by file, what was there when it was compared last.

    Returns:
        The copies, as paths from the dataset's folder.

    Raises:
        OSError: a file cannot be replaced; `settle` finds out which were.
    """
    copies = []
    for move in sorted(moves, key=lambda move: move.told_by is None):
        target = root / move.target
        if signature(target) != seen[move.file] and file_digest(target) not in (None, move.before):
            copies.append(_keep(root, move))
        rename(root / move.temporary, target)
    for folder in {(root / move.target).parent for move in moves}:
        sync_folder(folder)
    (root / PENDING).unlink()
    sync_folder(root)
    return copies


def _keep(root: Path, move: Move) -> str:
    """Keep what somebody saved meanwhile, where no list is looked for."""
    target = root / move.target
    number = 1
    while (copy := root / f"{PurePath(move.file).name}.{number}.conflict").exists():
        number += 1
    try:
        copy.hardlink_to(target)
    except OSError:
        shutil.copy2(target, copy)
    sync_folder(root)
    return copy.name


def all_done(root: Path, moves: Sequence[Move]) -> bool:
    """Whether every new file has taken its place."""
    return all(file_digest(root / move.target) == move.after for move in moves)


def settle(root: Path) -> Settlement | None:
    """Bring files and journal together after a transaction broke off; None if none did.

    Raises:
        OSError: something cannot be written; the next call tries again.
        DuzhanError: the pending file is damaged, or not the dataset's.
    """
    pending = read_pending(root)
    if pending is None:
        return None
    moves = [move for move in pending.moves if not move.told_by]
    new = [move for move in moves if _is_done(root, move)]
    old = [move for move in moves if move not in new]
    if old:
        _take_out(root, pending, new)
    for move in old:
        (root / move.temporary).unlink(missing_ok=True)
    added = [move for move in pending.moves if move.told_by]
    _settle_added(root, added, {move.file for move in new})
    (root / PENDING).unlink()
    sync_folder(root)
    return Settlement(tuple(move.file for move in new), tuple(move.file for move in old))


def mend(journal: Path) -> None:
    """Take a last line that broke off away from the journal; end a whole one that lost its end.

    Raises:
        OSError: the journal cannot be written.
    """
    if not journal.exists() or not (size := journal.stat().st_size):
        return
    with opened(journal) as file:
        start, last = size, b""
        while start and b"\n" not in last:
            step = min(start, _PIECE)
            start -= step
            file.seek(start)
            last = file.read(step) + last
    torn = last[last.rfind(b"\n") + 1 :]
    if not torn:
        return
    try:
        decode(torn)
    except ValueError:
        cut(journal, size - len(torn))
    else:
        append(journal, [b"\n"])


# ---------------------------------------------------------------- lines


def _lines(
    stamp: Stamp,
    moves: Sequence[Move],
    entries: Mapping[str, Iterable[Entry | RowEntries]],
    digests: Mapping[str, str | None],
) -> Iterator[bytes]:
    """Number the entries; a file's last line tells its digests, the very last one all."""
    number = 0
    moves = [move for move in moves if not move.told_by]
    after = {**digests, **{move.file: move.after for move in moves}}
    for move in moves:
        last: Line | None = None
        for entry in entries[move.file]:
            if last:
                yield last.encode()
            number += 1
            if isinstance(entry, RowEntries):
                rest = len(entry) - 1
                yield from entry.encoded(stamp, move.file, number, rest)
                number += rest
                (entry,) = entry.between(rest, len(entry))  # noqa: PLW2901 - the last of them
            last = Line(stamp, number, move.file, entry)
        if last is None:
            raise ValueError(f"{move.file} changes without an entry")
        known = after if move is moves[-1] else {}
        yield replace(last, before=move.before, after=move.after, digests=known).encode()


def private_mode(root: Path, moves: Iterable[Move]) -> int:
    """The mode for the record of a change: who may not read a file may not read of it."""
    mode = NEW_MODE
    for move in moves:
        with suppress(FileNotFoundError):
            may = (root / move.target).stat().st_mode
            mode &= ~sum(both for read, both in _CLASSES if not may & read)
    return mode


def _write(root: Path, name: str, pieces: Iterable[bytes], mode: int) -> None:
    """Write a file of the transaction: it is there whole or not at all."""
    temporary, _ = write_temporary(root / name, pieces, mode)
    rename(temporary, root / name)
    sync_folder(root)


# ---------------------------------------------------------------- settling


def _is_done(root: Path, move: Move) -> bool:
    """Whether the new file has taken the old one's place, whatever happened to it since."""
    now = file_digest(root / move.target)
    if now in (move.before, move.after):
        return now == move.after
    return not (root / move.temporary).exists()


def _settle_added(root: Path, added: Iterable[Move], new: set[str]) -> None:
    """Take back files that nothing tells of; the others took their places before what tells."""
    for move in added:
        (root / move.temporary).unlink(missing_ok=True)
        if move.told_by not in new and file_digest(root / move.target) == move.after:
            (root / move.target).unlink()


def _take_out(root: Path, pending: Pending, new: Sequence[Move]) -> None:
    """Take the lines of files that did not change out of the journal.

    The others are kept aside before the journal is cut, so that this, too, may
    break off and be begun again.
    """
    journal, kept, start = root / JOURNAL, root / KEPT, pending.journal
    if new and not kept.exists():
        lines = _lines_of(journal, pending, new)
        _write(root, KEPT, (line.encode() for line in lines), private_mode(root, new))
    told = _kept_lines(root, pending) if new else b""
    if start == 0:
        journal.unlink(missing_ok=True)
    elif journal.exists() and journal.stat().st_size > start:
        cut(journal, start)
    if new:
        append(journal, [told], private_mode(root, new))
        kept.unlink()


def _kept_lines(root: Path, pending: Pending) -> bytes:
    """What stays of the transaction, if it is the transaction's."""
    told = contents(root / KEPT)
    if any(not line.startswith(pending.beginning) for line in told.splitlines()):
        raise set_aside(root, KEPT, "里面有别的记录")
    return told


def _lines_of(journal: Path, pending: Pending, new: Sequence[Move]) -> Iterator[Line]:
    """The transaction's lines about the files that did change, marked as written again."""
    files = {move.file: move.after for move in new}
    last: Line | None = None
    with opened(journal) as file:
        file.seek(pending.journal)
        for raw in file:
            try:
                line = decode(raw)
            except ValueError:
                continue
            if line.file in files and line.stamp.transaction == pending.transaction:
                if last:
                    yield last
                last = replace(line, recovered=True, digests={})
    if last:
        yield replace(last, digests={**pending.digests, **files})
