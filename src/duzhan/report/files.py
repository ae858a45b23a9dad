"""Files that a report leaves behind: there whole, or as they were."""

from __future__ import annotations

import io
import math
import os
import re
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duzhan.errors import DuzhanError
from duzhan.report.pages.plain import width
from duzhan.store.atomic import explain

if TYPE_CHECKING:
    from collections.abc import Iterator


def file_name(text: str) -> str:
    """Make a name fit to be a file's own: it cannot lead into another folder."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", text).strip(". ") or "_"


def lines_in(text: str, columns: float) -> int:
    """How many lines a wrapped text takes in a spreadsheet column of that width.

    Spreadsheets find the height of a row by themselves, but not all of them on
    opening a file, and none of them for merged cells.
    """
    # Words are not broken everywhere, and some marks are wider than counted.
    return sum(max(1, math.ceil(width(line) * 1.1 / columns)) for line in text.split("\n"))


# Hidden, and by whom it is written: what a killed process left can be told and taken away.
_TEMPORARY = ".duzhan-report-"


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
        prefix = f"{_TEMPORARY}{os.getpid()}-"
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=prefix, suffix=path.suffix)
        os.close(handle)
    except OSError as error:
        raise _unwritable(path, error) from None
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def new_workbook(path: Path) -> Iterator[Any]:
    """Write an xlsx, in which no text can become a formula or a link.

    Args:
        path: the file; replaced whole, or left as it was.

    Yields:
        The XlsxWriter workbook.

    Raises:
        DuzhanError: the file cannot be written.
    """
    made = io.BytesIO()
    with workbook_into(made) as book:
        yield book
    with replacing(path) as temporary:
        temporary.write_bytes(made.getvalue())


@contextmanager
def workbook_into(made: io.BytesIO) -> Iterator[Any]:
    """Write an xlsx into memory, in which no text can become a formula or a link.

    Args:
        made: takes the workbook's bytes, at the end.

    Yields:
        The XlsxWriter workbook.
    """
    import xlsxwriter  # noqa: PLC0415 - only for those who want a workbook

    safe = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(made, safe) as book:
        yield book


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


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
