"""The bytes of pictures that stand in workbooks and documents, read when somebody wants them.

One picture is in memory at a time, however many there are.
"""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

from duzhan.intake.unzip import UNZIP_FAULTS, part_name

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

# A photograph is smaller.
LARGEST = 64 << 20
# Where documents keep pictures; not the thumbnail of the document itself.
_MEDIA = re.compile(r"(?:[^/]+/media|pictures)/[^/]+")


class Pictures:
    """The pictures of a file; use it in a ``with`` statement.

    Args:
        path: a workbook or document.
    """

    def __init__(self, path: Path) -> None:
        self._archive: zipfile.ZipFile | None = None
        self._parts: dict[str, zipfile.ZipInfo] = {}
        try:
            if zipfile.is_zipfile(path):
                self._archive = zipfile.ZipFile(path)
                entries = self._archive.infolist()
                self._parts = {part_name(entry.filename): entry for entry in entries}
        except UNZIP_FAULTS:
            self._parts = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._archive is not None:
            self._archive.close()

    @property
    def parts(self) -> list[str]:
        """The parts that are pictures, whether a sheet shows them or not, in the file's order."""
        return [name for name in self._parts if _MEDIA.fullmatch(name)]

    def read(self, part: str) -> bytes | None:
        """The bytes of a picture; None if they cannot be had.

        Args:
            part: as `SheetPicture` or `parts` name it.
        """
        entry = self._parts.get(part.lower())
        if entry is None or self._archive is None or entry.file_size > LARGEST:
            return None
        try:
            return self._archive.read(entry)
        except UNZIP_FAULTS:
            return None
