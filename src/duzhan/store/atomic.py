"""Files that are there whole or not at all, and stay there when the power fails."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import stat
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from duzhan.errors import reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

# Hidden, so that no reader of issues/ takes it for a list.
TEMPORARY = ".duzhan-*.tmp"
_NEW_MODE = 0o644
# Where a system tells text from other files, these are others.
BINARY: int = getattr(os, "O_BINARY", 0)
# Windows refuses to rename over a file that another program has open: access denied, sharing
# violation. A virus scanner or an indexer lets go of it soon.
_HELD = (5, 32)
_PAUSES = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0)
_PIECE = 1 << 20

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FORBIDDEN = (errno.EACCES, errno.EPERM)


def explain(error: OSError) -> str:
    """Say in words why a file could not be written, and what helps."""
    if error.errno in _FULL:
        return "磁盘已满或超出限额，请腾出空间后重试"
    if error.errno in _FORBIDDEN:
        return "没有写入权限，或正被别的程序打开"
    if error.errno == errno.EROFS:
        return "所在的磁盘是只读的，请换到可写的位置"
    return reason(error)


def file_digest(path: Path) -> str | None:
    """Give the SHA-256 of a file's content in hexadecimal; None if there is no file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def write_temporary(target: Path, data: bytes | Iterable[bytes]) -> tuple[Path, str]:
    """Write what is to become `target` to a new file beside it, down to the disk.

    The new file has the target's mode and owner, as far as the system allows;
    where there is no target yet it is readable by all whom the umask lets read.

    Args:
        target: the file to replace later; its folder must exist.
        data: the content, whole or in pieces.

    Returns:
        The new file, and the SHA-256 of its content.

    Raises:
        OSError: it cannot be written; nothing is left behind.
    """
    temporary = target.with_name(f".duzhan-{secrets.token_hex(8)}.tmp")
    try:
        like = target.stat()
    except FileNotFoundError:
        like = None
    # A private file's content is nobody else's while it is written, either.
    mode = _NEW_MODE if like is None else 0o600
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, mode)
    try:
        digest = hashlib.sha256()
        try:
            _write(handle, data, digest.update)
            if like is not None:
                _dress(handle, like)
            os.fsync(handle)
        finally:
            os.close(handle)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary, digest.hexdigest()


def append(path: Path, pieces: Iterable[bytes]) -> None:
    """Add to the end of a file, down to the disk; make it if it is not there.

    Raises:
        OSError: not all could be added; part of it may stand there.
    """
    new = not path.exists()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | BINARY, _NEW_MODE)
    try:
        _write(handle, pieces)
        os.fsync(handle)
    finally:
        os.close(handle)
    if new:
        sync_folder(path.parent)


def cut(path: Path, size: int) -> None:
    """Shorten a file to so many bytes, down to the disk."""
    handle = os.open(path, os.O_WRONLY | BINARY)
    try:
        os.ftruncate(handle, size)
        os.fsync(handle)
    finally:
        os.close(handle)


def move(source: Path, target: Path) -> None:
    """Rename a file over another; wait for a program that has the other open, where that matters.

    Raises:
        OSError: it cannot be renamed.
    """
    for pause in _PAUSES:
        try:
            source.replace(target)
        except PermissionError as error:
            if getattr(error, "winerror", None) not in _HELD:
                raise
            time.sleep(pause)
        else:
            return
    source.replace(target)


def sync_folder(folder: Path) -> None:
    """Bring names made, changed or removed in a folder to the disk."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(
    handle: int, data: bytes | Iterable[bytes], seen: Callable[[bytes], object] = len
) -> None:
    """Write pieces, small ones together; each is shown to `seen`."""
    waiting = bytearray()
    for piece in (data,) if isinstance(data, bytes) else _ahead(data):
        seen(piece)
        if len(waiting) + len(piece) < _PIECE:
            waiting += piece
        else:
            _write_all(handle, waiting)
            _write_all(handle, piece)
            waiting.clear()
    _write_all(handle, waiting)


def _ahead(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Give pieces, each made while the one before it is written."""
    making = iter(pieces)
    with ThreadPoolExecutor(1) as maker:
        coming = maker.submit(next, making, None)
        while (piece := coming.result()) is not None:
            coming = maker.submit(next, making, None)
            yield piece


def _write_all(handle: int, data: bytes | bytearray) -> None:
    with memoryview(data) as view:
        written = 0
        while written < len(view):
            written += os.write(handle, view[written : written + _PIECE])


def _dress(handle: int, like: os.stat_result) -> None:
    """Give a file the mode and, as far as the system allows, the owner of another."""
    if sys.platform == "win32":
        return
    for owner, group in ((like.st_uid, like.st_gid), (-1, like.st_gid)):
        try:
            os.fchown(handle, owner, group)
        except PermissionError:
            continue
        break
    # After the owner: a change of owner takes special bits away.
    os.fchmod(handle, stat.S_IMODE(like.st_mode))
