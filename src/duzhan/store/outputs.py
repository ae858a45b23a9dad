"""Files that a command leaves behind for people: there whole, or as they were."""

from __future__ import annotations

import os
import re
import secrets
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from duzhan.errors import DuzhanError
from duzhan.store.atomic import explain, move

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Hidden, and by whom it is written: what a killed process left can be told and taken away.
_TEMPORARY = ".duzhan-report-"


def file_name(text: str) -> str:
    """Make a name fit to be a file's own: it cannot lead into another folder."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", text).strip(". ") or "_"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Write beside the file and rename: it is there whole, or as it was.

    Args:
        path: the file to make or to replace.

    Yields:
        The temporary file to write to.

    Raises:
        DuzhanError: the file cannot be written.
    """
    try:
        _sweep(path.parent)
        name = f"{_TEMPORARY}{os.getpid()}-{secrets.token_hex(8)}{path.suffix}"
        temporary = path.with_name(name)
        # As readable as any new file: the system knows the umask.
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        yield temporary
        move(temporary, path)
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        temporary.unlink(missing_ok=True)


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
