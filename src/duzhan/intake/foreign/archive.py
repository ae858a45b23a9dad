"""zip archives: their members, those of archives inside them too, one level down."""

from __future__ import annotations

import struct
import zipfile
from typing import TYPE_CHECKING

from duzhan.intake.foreign.members import Unpacking, named
from duzhan.intake.foreign.package import refuse_bomb
from duzhan.intake.refusals import RefusedFileError, broken, locked
from duzhan.intake.unzip import UNZIP_FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ENCRYPTED, _UTF8 = 1, 1 << 11
_UNICODE_PATH = 0x7075
_BLOCK = 1 << 20
_DOCUMENTS = ("[content_types].xml", "mimetype", "ofd.xml")


def unpack(path: Path, folder: Path, max_unpacked: int) -> list[tuple[str, str]]:
    """Lay out the members of an archive.

    Returns:
        Name as the sender sees it, and the file in the folder; "" for an archive that is not
        opened any more.

    Raises:
        RefusedFileError: damaged, encrypted, or a bomb.
    """
    into = Unpacking(folder, max_unpacked)
    _unpack(path, into, "", max_unpacked)
    return into.members


def _unpack(path: Path, into: Unpacking, above: str, max_unpacked: int) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            refuse_bomb(entries, max_unpacked)
            if any(entry.flag_bits & _ENCRYPTED for entry in entries):
                raise locked()
            for entry in entries:
                _take(archive, entry, into, above, max_unpacked)
    except RefusedFileError:
        raise
    except UNZIP_FAULTS:
        raise broken() from None


def _take(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, into: Unpacking, above: str, most: int
) -> None:
    written = into.add(above + _name(entry), _pieces(archive, entry))
    if written is None or not _is_archive(written):
        return
    name, _ = into.members.pop()
    if above:
        into.members.append((name, ""))
    else:
        _unpack(written, into, f"{name}/", most)


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as member:
        while piece := member.read(_BLOCK):
            yield piece


def _is_archive(path: Path) -> bool:
    """Whether a member is an archive itself, and no zipped document."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return not any(name.lower() in _DOCUMENTS for name in archive.namelist())


def _name(entry: zipfile.ZipInfo) -> str:
    """A member's name, in UTF-8 if it says so, else in whatever its system writes."""
    if entry.flag_bits & _UTF8:
        return entry.filename
    if said := _unicode_path(entry.extra):
        return said
    try:
        return named(entry.orig_filename.encode("cp437"))
    except UnicodeEncodeError:
        return entry.filename


def _unicode_path(extra: bytes) -> str | None:
    """The name that some writers add in UTF-8 beside one in the system's encoding."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        if kind == _UNICODE_PATH and size > 5:
            return extra[9 : 4 + size].decode("utf-8", "replace")
        extra = extra[4 + size :]
    return None
