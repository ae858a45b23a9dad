"""A zipped document: its parts found as Office finds them, nothing unpacked that would burst.

Names are compared without regard to case, and with backslashes for slashes, as
some writers have them.
"""

from __future__ import annotations

import posixpath
import zipfile
from typing import IO, TYPE_CHECKING, Self

from duzhan.intake.foreign.xml import local, parsed
from duzhan.intake.refusals import RefusedFileError, broken, locked
from duzhan.intake.unzip import UNZIP_FAULTS, part_name

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.intake.foreign.xml import Element

# A workbook of a hundred sheets with as many pictures has fewer.
MAX_PARTS = 20_000


class Package:
    """The parts of a zipped document.

    Args:
        path: the file.
        max_unpacked: how many bytes it may unpack to.

    Raises:
        RefusedFileError: damaged, encrypted, or a bomb.
    """

    def __init__(self, path: Path, max_unpacked: int) -> None:
        try:
            self._archive = zipfile.ZipFile(path)
        except UNZIP_FAULTS:
            raise broken() from None
        entries = [entry for entry in self._archive.infolist() if not entry.is_dir()]
        refuse_bomb(entries, max_unpacked)
        self.parts = {part_name(entry.filename): entry for entry in entries}
        if len(self.parts) < len(entries):
            # Of two parts of one name each reader takes another.
            raise broken()
        self.encrypted = any(entry.flag_bits & 1 for entry in entries)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def __contains__(self, name: str) -> bool:
        return part_name(name) in self.parts

    def size(self, name: str) -> int:
        """How many bytes a part unpacks to."""
        return self.parts[part_name(name)].file_size

    def read(self, name: str) -> bytes:
        """The bytes of a part.

        Raises:
            RefusedFileError: there is none of that name, or it is damaged.
        """
        try:
            return self._archive.read(self.parts[part_name(name)])
        except (KeyError, *UNZIP_FAULTS):
            raise (locked() if self.encrypted else broken()) from None

    def open(self, name: str) -> IO[bytes]:
        """A part as a stream; reading may raise `UNZIP_FAULTS`."""
        try:
            return self._archive.open(self.parts[part_name(name)])
        except (KeyError, *UNZIP_FAULTS):
            raise (locked() if self.encrypted else broken()) from None

    def tree(self, name: str) -> Element:
        """A part as an XML tree.

        Raises:
            RefusedFileError: it is none, or declares entities.
        """
        return parsed(self.read(name))

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """The parts that a part refers to: id to the last word of the kind, and the part's name.

        Targets outside the file have the kind alone.
        """
        folder, base = posixpath.split(part_name(name))
        rels = f"{folder}/_rels/{base}.rels"
        if rels not in self:
            return {}
        found = {}
        for one in self.tree(rels):
            if local(one) == "Relationship":
                target = one.get("Target", "")
                outside = one.get("TargetMode", "") == "External"
                at = (
                    ""
                    if outside
                    else part_name(posixpath.join("/", folder, target.replace("\\", "/")))
                )
                found[one.get("Id", "")] = one.get("Type", "").rpartition("/")[2], at
        return found

    def main(self, fallback: str) -> str:
        """The part with which the document begins.

        Args:
            fallback: where it is if the package does not say.
        """
        for kind, part in self.relations("").values():
            if kind == "officeDocument" and part in self:
                return part
        return fallback


def refuse_bomb(entries: list[zipfile.ZipInfo], max_unpacked: int) -> None:
    """Refuse an archive by what its directory says, before anything is unpacked.

    Raises:
        RefusedFileError: too many entries, or they unpack to too much.
    """
    if len(entries) > MAX_PARTS:
        message = f"压缩包里有 {len(entries)} 个文件，超过上限 {MAX_PARTS} 个，未读取"
        raise RefusedFileError("bad-file", message)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > max_unpacked:
        limit = max_unpacked >> 20
        message = f"解压后有 {unpacked >> 20} MiB，超过上限 {limit} MiB，未读取"
        raise RefusedFileError("bad-file", message)
