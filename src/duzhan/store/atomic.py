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
from contextlib import suppress
from typing import TYPE_CHECKING

from duzhan.errors import reason
from duzhan.files import BINARY, open_plain, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

# Hidden, so that no reader of issues/ takes it for a list.
TEMPORARY = ".duzhan-*.tmp"
# The umask takes from it; the folder may name a group and a list of its own.
NEW_MODE = 0o666
_ACCESS_LIST = "system.posix_acl_access"
# Windows refuses to rename over a file that another program has open: access denied, sharing
# violation. A virus scanner or an indexer lets go of it soon.
_HELD = (5, 32)
_PAUSES = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0)
_PIECE = 1 << 20

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_FOLDER_SYNC = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EBADF)
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
        with opened(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def write_temporary(
    target: Path, data: bytes | Iterable[bytes], mode: int = NEW_MODE
) -> tuple[Path, str]:
    """Write what is to become `target` to a new file beside it, down to the disk.

    The new file has the target's mode and owner, as far as the system allows;
    where there is no target yet it is readable by all whom the umask lets read.

    Args:
        target: the file to replace later; its folder must exist.
        data: the content, whole or in pieces.
        mode: of the file if there is no target yet; the umask takes from it.

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
    mode = mode if like is None else 0o600
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, mode)
    try:
        digest = hashlib.sha256()
        try:
            _write(handle, data, digest.update)
            if like is not None:
                dress(handle, target, like)
            else:
                share(handle, target.parent)
            os.fsync(handle)
        finally:
            os.close(handle)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary, digest.hexdigest()


def append(path: Path, pieces: Iterable[bytes], mode: int = NEW_MODE) -> None:
    """Add to the end of a file, down to the disk; make it if it is not there.

    Args:
        path: the file.
        pieces: what to add.
        mode: of a new file; the umask takes from it.

    Raises:
        OSError: not all could be added; part of it may stand there.
    """
    new = not path.exists()
    handle = open_plain(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, mode)
    try:
        if new:
            share(handle, path.parent)
        _write(handle, pieces)
        os.fsync(handle)
    finally:
        os.close(handle)
    if new:
        sync_folder(path.parent)


def narrow(path: Path, mode: int) -> None:
    """Take from a file's mode what another mode does not have: a record is as private as its files.

    Whose file it is not cannot do so, and need not: it has been done when it was made.
    """
    if sys.platform == "win32":
        return
    now = stat.S_IMODE(path.stat().st_mode)
    # Nobody loses the right to write to his own record.
    narrower = now & (mode | stat.S_IRUSR | stat.S_IWUSR)
    if narrower != now:
        with suppress(PermissionError):
            path.chmod(narrower)


def cut(path: Path, size: int) -> None:
    """Shorten a file to so many bytes, down to the disk."""
    handle = open_plain(path, os.O_WRONLY)
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
    except OSError as error:
        # Some network disks keep no folder back: there is nothing to bring to the disk.
        if error.errno not in _NO_FOLDER_SYNC:
            raise
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


def dress(handle: int, target: Path, like: os.stat_result) -> None:
    """Give a new file the mode and, as far as the system allows, owner and access list of another.

    Args:
        handle: the new file.
        target: the file that it is to replace.
        like: the target's status.
    """
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
    _give_list(handle, target)


def _give_list(handle: int, target: Path) -> None:
    """Copy a file's access list, where the system has such lists: it says more than the mode."""
    if sys.platform != "linux":
        return
    try:
        access = os.getxattr(target, _ACCESS_LIST)
    except OSError:
        access = b""
    with suppress(OSError):
        if access:
            os.setxattr(handle, _ACCESS_LIST, access)
        else:
            os.removexattr(handle, _ACCESS_LIST)


def share(handle: int, folder: Path) -> None:
    """Give a new file the group of its folder, so that a second account of the office can write."""
    if sys.platform == "win32":
        return
    group = folder.stat().st_gid
    if os.fstat(handle).st_gid != group:
        with suppress(PermissionError):
            os.fchown(handle, -1, group)
