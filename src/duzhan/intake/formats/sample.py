"""A file at the door: its place, its first bytes, how much of it may be read."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from duzhan.files import contents
from duzhan.intake.unzip import UNZIP_FAULTS

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.intake.seen import Taken

# As much as any format needs to be known by.
HEAD = 512
ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_END_OF_ZIP = 22
# The directory of a zipped document is smaller; a larger one is only measured.
_DIRECTORY = 8 << 20


@dataclass(frozen=True)
class Sample:
    """A file that waits to be read.

    Attributes:
        path: where it lies.
        head: its first bytes, at most `HEAD`.
        max_unpacked: how many bytes it may unpack to.
        taken: is shown the content by who reads it in one piece; None if nobody asks.
    """

    path: Path
    head: bytes
    max_unpacked: int
    taken: Taken | None = None

    def content(self) -> bytes:
        """All that the file holds.

        Raises:
            OSError: it cannot be read.
        """
        data = contents(self.path)
        if self.taken is not None and data.startswith(self.head):
            self.taken(data)
        return data

    @property
    def is_zip(self) -> bool:
        """Whether it is a zip archive of any kind."""
        return self.head.startswith((ZIP, _EMPTY_ZIP))

    @cached_property
    def members(self) -> frozenset[str]:
        """Names in the directory of a zip archive, in small letters, with slashes only."""
        if not self.is_zip or _directory_size(self.path) > _DIRECTORY:
            return frozenset()
        try:
            with zipfile.ZipFile(self.path) as archive:
                names = archive.namelist()
        except UNZIP_FAULTS:
            return frozenset()
        return frozenset(name.replace("\\", "/").lower() for name in names)

    def holds(self, name: str) -> bool:
        """Whether a member of the archive is called so, in whatever folder."""
        return any(one == name or one.endswith(f"/{name}") for one in self.members)


def _directory_size(path: Path) -> int:
    """How many bytes the directory of a zip archive takes, as its end says."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _END_OF_ZIP - (1 << 16)))
        tail = file.read()
    at = tail.rfind(_EMPTY_ZIP)
    return int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0
