"""Files that a command leaves behind for people: there whole, or as they were."""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import stat
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from duzhan.errors import DuzhanError, UsageError
from duzhan.files import BINARY
from duzhan.store.atomic import NEW_MODE, dress, explain, move, share
from duzhan.store.belongings import dataset_owning

if TYPE_CHECKING:
    from collections.abc import Iterator

# Hidden, and by whom it is written: what a killed process left can be told and taken away.
_TEMPORARY = ".duzhan-report-"
_SYSTEM = ("/dev/fd/", "/dev/std", "/proc/")
_NUMBERED = (f"{kind}{number}" for kind in ("COM", "LPT") for number in range(10))
_RESERVED = frozenset(("CON", "PRN", "AUX", "NUL", *_NUMBERED))


def file_name(text: str) -> str:
    """Make a name fit to be a file's own: it cannot lead into another folder."""
    name = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", text).strip(". ") or "_"
    # Windows takes these for devices, whatever their ending.
    return f"_{name}" if name.partition(".")[0].rstrip().upper() in _RESERVED else name


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Write beside the file and rename: it is there whole, or as it was.

    Where a link leads, the file at its end is replaced; it keeps its mode, owner and
    access list. A pipe or a device is written into when everything is made.

    Args:
        path: the file to make or to replace.

    Yields:
        The temporary file to write to.

    Raises:
        UsageError: it is one of a dataset's own files, or lies among its lists.
        DuzhanError: the file cannot be written.
    """
    try:
        target = _target(path)
        if target is None:
            with tempfile.TemporaryDirectory(prefix=_TEMPORARY) as folder:
                made = Path(folder) / f"output{path.suffix}"
                yield made
                _pour(made, path)
            return
        refuse_harm(target, path)
        temporary = _beside(target)
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        yield temporary
        move(temporary, target)
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        temporary.unlink(missing_ok=True)


def refuse_harm(target: Path, named: Path) -> None:
    """Refuse to write where a dataset has its own files.

    Args:
        target: where it would be written.
        named: what the user called it.

    Raises:
        UsageError: it would take such a file's place, or be read as a list.
    """
    owner = dataset_owning(target.resolve())
    if owner is not None:
        raise UsageError(f"不能写到“{named}”：那是数据集“{owner}”自己的文件，请写到别处")


def _target(path: Path) -> Path | None:
    """The plain file to make or replace; None for what is to be written into as it stands."""
    # What the shell opened (/dev/stdout, >(…)) it reads itself, even where it is a plain file.
    if str(path).startswith(_SYSTEM) and path.exists():
        return None
    try:
        kind = path.stat().st_mode
    except FileNotFoundError:
        return path.resolve() if path.is_symlink() else path
    if stat.S_ISDIR(kind):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(kind):
        return None
    return path.resolve() if path.is_symlink() else path


def _beside(target: Path) -> Path:
    """A new file beside the target, as private as that, or as open as any new file."""
    _sweep(target.parent)
    name = f"{_TEMPORARY}{os.getpid()}-{secrets.token_hex(8)}{target.suffix}"
    temporary = target.with_name(name)
    like = target.stat() if target.exists() else None
    # The system knows the umask.
    mode = NEW_MODE if like is None else 0o600
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        if like is None:
            share(handle, target.parent)
        else:
            dress(handle, target, like)
    finally:
        os.close(handle)
    return temporary


def _pour(made: Path, path: Path) -> None:
    """Write a finished file into a pipe or a device; a pipe that nobody reads is not waited for."""
    handle = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0) | BINARY)
    if hasattr(os, "set_blocking"):
        os.set_blocking(handle, True)
    with os.fdopen(handle, "wb") as into, made.open("rb") as out:
        shutil.copyfileobj(out, into)


def _sweep(folder: Path) -> None:
    """Take away what killed processes of this machine left half written."""
    for left in folder.glob(f"{_TEMPORARY}*"):
        process = left.name.removeprefix(_TEMPORARY).partition("-")[0]
        if process.isdigit() and not _alive(int(process)):
            left.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    if sys.platform == "win32":
        return True  # Asking would end it.
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _unwritable(path: Path, error: OSError) -> DuzhanError:
    return DuzhanError(f"“{path}”写不进去：{explain(error)}")
