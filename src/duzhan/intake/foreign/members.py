"""What stands in an archive or a mail, laid out in a folder under names that harm nobody."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duzhan.intake.refusals import RefusedFileError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MOST = 2_000
# What systems put beside files.
_NOISE = frozenset(["thumbs.db", ".ds_store", "desktop.ini", "__macosx"])
# File systems take names of at most 255 bytes.
_LONGEST = 120


@dataclass(slots=True)
class Unpacking:
    """A folder that members are laid out in.

    Attributes:
        folder: where; empty, and nobody else's.
        left: how many bytes may still be written.
        members: name as the sender sees it, and the file in the folder, "" if there is none.
    """

    folder: Path
    left: int
    members: list[tuple[str, str]] = field(default_factory=list)
    _places: int = 0

    def add(self, name: str, pieces: Iterable[bytes]) -> Path | None:
        """Write a member; None for what systems put beside files.

        Raises:
            RefusedFileError: there are too many, or they unpack to too much.
        """
        parts = [part for part in readable(name).split("/") if part not in ("", ".", "..")]
        if not parts or is_noise(parts):
            return None
        if self._places >= MOST:
            raise RefusedFileError("bad-file", f"里面的文件超过 {MOST} 个，未读取")
        place = self.folder / f"{self._places:04d}"
        self._places += 1
        place.mkdir()
        path = place / _plain(parts[-1])
        with path.open("wb") as file:
            for piece in pieces:
                self.left -= len(piece)
                if self.left < 0:
                    raise RefusedFileError("bad-file", "解压后超过上限，未读取")
                file.write(piece)
        self.members.append(("/".join(parts), path.relative_to(self.folder).as_posix()))
        return path


def is_noise(parts: list[str]) -> bool:
    """Whether a member is what systems and programs put beside files, not a file that was sent."""
    words = [part.lower() for part in parts]
    return words[-1].startswith(("~$", "._", ".~")) or not _NOISE.isdisjoint(words)


def readable(name: str) -> str:
    """A name with slashes, and without characters that nobody sees."""
    shown = name.replace("\\", "/")
    return "".join(c if c.isprintable() else "�" for c in posixpath.normpath(shown))


def _plain(name: str) -> str:
    """A name for a file of any system."""
    kept = "".join("_" if c in '<>:"|?*/\\' or not c.isprintable() else c for c in name)
    stem, dot, suffix = kept.rpartition(".")
    data = (stem if dot else kept).encode("utf-8", "replace")[:_LONGEST]
    return (data.decode("utf-8", "ignore").rstrip(". ") or "_") + (f".{suffix[:12]}" if dot else "")


def named(raw: bytes) -> str:
    """A name whose encoding nobody says: UTF-8, or the GBK of Windows."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp437")
