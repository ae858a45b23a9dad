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

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from duzhan.errors import DuzhanError
from duzhan.store.atomic import append, cut, file_digest, sync_folder, write_temporary
from duzhan.store.atomic import move as rename
from duzhan.store.entries import Entry, Line, Stamp, decode, encode_json
from duzhan.store.journal import JOURNAL
from duzhan.store.row_entries import RowEntries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

PENDING = ".duzhan-pending.jsonl"
# Lines that stay, while those beside them are taken out of the journal.
_KEPT = ".duzhan-kept.jsonl"
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Move:
    """A new file that is to take an old one's place.

    Attributes:
        file: path in the dataset.
        target: the file itself, where a link leads elsewhere.
        temporary: the new file, beside the target.
        before: SHA-256 of the old file; None if there is none.
        after: SHA-256 of the new file.
    """

    file: str
    target: str
    temporary: str
    before: str | None
    after: str


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
    journal = root / JOURNAL
    header = {
        "transaction": stamp.transaction,
        "journal": journal.stat().st_size if journal.exists() else 0,
        "digests": dict(digests),
        "files": [asdict(move) for move in moves],
    }
    _write(root, PENDING, [encode_json(header).encode() + b"\n"])
    append(journal, _lines(stamp, moves, entries, digests))


def finish(root: Path, moves: Sequence[Move]) -> None:
    """Put the new files in the place of the old ones, and remove the pending file.

    Raises:
        OSError: a file cannot be replaced; `settle` finds out which were.
    """
    for move in moves:
        rename(root / move.temporary, root / move.target)
    for folder in {(root / move.target).parent for move in moves}:
        sync_folder(folder)
    (root / PENDING).unlink()
    sync_folder(root)


def settle(root: Path) -> Settlement | None:
    """Bring files and journal together after a transaction broke off; None if none did.

    Raises:
        OSError: something cannot be written; the next call tries again.
        DuzhanError: the pending file is damaged.
    """
    pending = root / PENDING
    try:
        with pending.open("rb") as file:
            header: dict[str, Any] = json.loads(file.readline())
            moves = [Move(**move) for move in header["files"]]
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        message = f"{PENDING} 已损坏，请对照备份核对 issues/ 和各记录文件，然后删去这个文件"
        raise DuzhanError(message) from None
    new = [move for move in moves if _is_done(root, move)]
    old = [move for move in moves if move not in new]
    if old:
        _take_out(root, header, new)
    for move in old:
        (root / move.temporary).unlink(missing_ok=True)
    pending.unlink()
    sync_folder(root)
    return Settlement(tuple(move.file for move in new), tuple(move.file for move in old))


def mend(journal: Path) -> None:
    """Take a last line that broke off away from the journal; end a whole one that lost its end.

    Raises:
        OSError: the journal cannot be written.
    """
    if not journal.exists() or not (size := journal.stat().st_size):
        return
    with journal.open("rb") as file:
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


def _write(root: Path, name: str, pieces: Iterable[bytes]) -> None:
    """Write a file of the transaction: it is there whole or not at all."""
    temporary, _ = write_temporary(root / name, pieces)
    rename(temporary, root / name)
    sync_folder(root)


# ---------------------------------------------------------------- settling


def _is_done(root: Path, move: Move) -> bool:
    """Whether the new file has taken the old one's place, whatever happened to it since."""
    now = file_digest(root / move.target)
    if now in (move.before, move.after):
        return now == move.after
    return not (root / move.temporary).exists()


def _take_out(root: Path, header: dict[str, Any], new: Sequence[Move]) -> None:
    """Take the lines of files that did not change out of the journal.

    The others are kept aside before the journal is cut, so that this, too, may
    break off and be begun again.
    """
    journal, kept, start = root / JOURNAL, root / _KEPT, int(header["journal"])
    if new and not kept.exists():
        lines = _lines_of(journal, header, new)
        _write(root, _KEPT, (line.encode() for line in lines))
    if start == 0:
        journal.unlink(missing_ok=True)
    elif journal.exists() and journal.stat().st_size > start:
        cut(journal, start)
    if new:
        append(journal, [kept.read_bytes()])
        kept.unlink()


def _lines_of(journal: Path, header: dict[str, Any], new: Sequence[Move]) -> Iterator[Line]:
    """The transaction's lines about the files that did change, marked as written again."""
    files = {move.file: move.after for move in new}
    last: Line | None = None
    with journal.open("rb") as file:
        file.seek(int(header["journal"]))
        for raw in file:
            try:
                line = decode(raw)
            except ValueError:
                continue
            if line.file in files and line.stamp.transaction == header["transaction"]:
                if last:
                    yield last
                last = replace(line, recovered=True, digests={})
    if last:
        yield replace(last, digests={**header["digests"], **files})
