"""The bytes of pictures that stand in workbooks and documents, read when somebody wants them."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.intake.foreign.sheet import SheetPicture

# A photograph is smaller.
_LARGEST = 64 << 20


def picture_bytes(path: Path, picture: SheetPicture) -> bytes | None:
    """The bytes of a picture; None if they cannot be had.

    Args:
        path: the file that the picture's grid was read from.
        picture: one of the grid's `beside.pictures`.
    """
    if not picture.part:
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                name = posixpath.normpath(entry.filename.replace("\\", "/")).lstrip("/").lower()
                if name == picture.part.lower() and entry.file_size <= _LARGEST:
                    return archive.read(entry)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError):
        return None
    return None
