"""The pending file: which files a transaction is about, and whether that can be trusted.

Whoever can put a file into the dataset's folder could let the next command move any
file of the system over any other. So nothing in it is believed that this program would
not have written about this dataset; what it would not have is set aside and named.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath
from typing import TYPE_CHECKING, Any

from duzhan.columns import EVIDENCE_FILES
from duzhan.errors import DuzhanError, reason
from duzhan.files import opened
from duzhan.store.atomic import sync_folder
from duzhan.store.entries import all_texts
from duzhan.store.journal import JOURNAL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PENDING = ".duzhan-pending.jsonl"
# Lines that stay, while those beside them are taken out of the journal.
KEPT = ".duzhan-kept.jsonl"
_TEMPORARY = re.compile(r"\.duzhan-[0-9a-f]{16}\.tmp")
_TRANSACTION = re.compile(r"[0-9a-f]{16}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Move:
    """A new file that is to take an old one's place.

    Attributes:
        file: path in the dataset.
        target: the file itself, where a link leads elsewhere.
        temporary: the new file, beside the target.
        before: SHA-256 of the old file; None if there is none.
        after: SHA-256 of the new file.
        told_by: for a file that is only added beside others, the file whose rows tell of
            it: without that one's change it is taken back. The journal has no line of it.
    """

    file: str
    target: str
    temporary: str
    before: str | None
    after: str
    told_by: str | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """A transaction that was announced.

    Attributes:
        transaction: its id.
        journal: how many bytes the journal had before.
        digests: SHA-256 of every file that was ever written, before it.
        moves: what it is about.
    """

    transaction: str
    journal: int
    digests: Mapping[str, str | None]
    moves: tuple[Move, ...]

    @property
    def beginning(self) -> bytes:
        """How each line of the journal begins that is its own."""
        return f'{{"transaction": "{self.transaction}"'.encode()


def place_of(root: Path, name: str) -> Path:
    """Where a file of the dataset lies.

    Args:
        root: the dataset's folder.
        name: path in the dataset, such as ``issues/富宁县.csv``.

    Raises:
        DuzhanError: the name leads out of the dataset.
    """
    parts = PurePosixPath(name).parts
    if not parts or ".." in parts or PurePosixPath(name).is_absolute() or "\0" in name:
        raise DuzhanError(f"“{name}”不是数据集里的文件名")
    return root.joinpath(*parts)


def target_of(path: Path) -> Path:
    """The file that is replaced: where a link leads, else the file itself."""
    return path.resolve() if path.is_symlink() else path


def shown(root: Path, path: Path) -> str:
    """A path as the pending file has it: from the dataset's folder, if it lies in there."""
    return str(path.relative_to(root) if path.is_relative_to(root) else path)


def read_pending(root: Path) -> Pending | None:
    """Read what broke off; None if nothing did.

    Raises:
        OSError: it cannot be read.
        DuzhanError: it is damaged; or it speaks of what is not the dataset's, and was set aside.
    """
    try:
        with opened(root / PENDING) as file:
            raw = file.readline()
    except FileNotFoundError:
        return None
    try:
        pending = _parsed(json.loads(raw))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        message = f"{PENDING} 已损坏，请对照备份核对 issues/ 和各记录文件，然后删去这个文件"
        raise DuzhanError(message) from None
    if why := _foreign(root, pending):
        raise set_aside(root, PENDING, why)
    return pending


def set_aside(root: Path, name: str, why: str) -> DuzhanError:
    """Rename a file that is not trusted, so that nobody acts on it, and say so.

    Args:
        root: the dataset's folder.
        name: the file in it.
        why: what it says that this program would not have written.

    Raises:
        OSError: it cannot be renamed.
    """
    number = 1
    while (aside := root / f"{name.lstrip('.')}.存疑{number}").exists():
        number += 1
    (root / name).rename(aside)
    sync_folder(root)
    return DuzhanError(
        f"{name} 不是这个数据集写下的（{why}），没有照它改动任何文件，已改名为“{aside.name}”；"
        "请核对后重试"
    )


def _parsed(told: Any) -> Pending:  # noqa: ANN401 - any JSON document
    """The header as values.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: something is missing, or of another type.
    """
    moves = tuple(Move(**move) for move in told["files"])
    pending = Pending(told["transaction"], told["journal"], told["digests"], moves)
    size: object = pending.journal
    needed: list[object] = [pending.transaction, *pending.digests]
    needed += [part for m in moves for part in (m.file, m.target, m.temporary, m.after)]
    others: list[object] = [part for move in moves for part in (move.before, move.told_by)]
    others += pending.digests.values()
    if not (all_texts(needed) and all_texts(part for part in others if part is not None)):
        raise TypeError("not a text")
    if not isinstance(size, int) or size < 0:
        raise ValueError("not a size")
    if not _TRANSACTION.fullmatch(pending.transaction):
        raise ValueError("not an id")
    return pending


def _foreign(root: Path, pending: Pending) -> str | None:
    """What it says that this program would not have written about this dataset; None if nothing."""
    for move in pending.moves:
        try:
            target = target_of(place_of(root, move.file))
        except DuzhanError as error:
            return str(error)
        except OSError as error:
            return f"“{move.file}”{reason(error)}"
        if PurePath(move.target) != PurePath(shown(root, target)):
            return f"“{move.target}”不是“{move.file}”的位置"
        temporary = PurePath(move.temporary)
        beside = temporary.parent == PurePath(move.target).parent
        if not beside or not _TEMPORARY.fullmatch(temporary.name):
            return f"“{move.temporary}”不是数据集的临时文件"
        if not _DIGEST.fullmatch(move.after) or not _may_be_added(move):
            return f"“{move.file}”的摘要不对"
    return _other_lines(root, pending)


def _may_be_added(move: Move) -> bool:
    """Whether a file that is only added is one: new, and evidence."""
    return not move.told_by or (move.before is None and move.file.startswith(f"{EVIDENCE_FILES}/"))


def _other_lines(root: Path, pending: Pending) -> str | None:
    """Whether lines would be cut off the journal that the transaction did not write."""
    try:
        with opened(root / JOURNAL) as file:
            if pending.journal:
                file.seek(pending.journal - 1)
                if file.read(1) not in (b"\n", b""):
                    return f"{JOURNAL} 第 {pending.journal} 个字节处不是行尾"
            for raw in file:
                if raw.endswith(b"\n") and not raw.startswith(pending.beginning):
                    return f"{JOURNAL} 后面还有别的记录"
    except FileNotFoundError:
        return None
    return None
