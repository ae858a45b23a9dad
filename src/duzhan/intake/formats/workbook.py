"""Workbooks: xlsx, xlsb, xls and et, ods, and the XML workbook of Excel 2003."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duzhan.intake.formats.sample import Sample
    from duzhan.intake.grid import Grid
    from duzhan.intake.headers import HeaderFinder

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Sheets of Excel before 5.0 stand in no container.
_BARE = (
    b"\x09\x08\x08\0",
    b"\x09\x08\x10\0",
    b"\x09\x04\x06\0",
    b"\x09\x02\x06\0",
    b"\x09\0\x04\0",
)
_SHEETML = b"urn:schemas-microsoft-com:office:spreadsheet"


def fits(sample: Sample) -> bool:
    """Whether the file is a workbook, or in a container that workbooks are in."""
    return _reader(sample) is not None


def _reader(sample: Sample) -> str | None:
    if sample.head.startswith((OLE, *_BARE)):
        return "xls"
    if sample.head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml"):
        return "sheetml" if _SHEETML in sample.head else None
    for name, reader in (("workbook.xml", "xlsx"), ("workbook.bin", "xlsb")):
        if sample.holds(name):
            return reader
    return "ods" if "content.xml" in sample.members else None


def read(sample: Sample, finder: HeaderFinder) -> list[Grid]:
    """Read all sheets that have a known header.

    Raises:
        RefusedFileError: encrypted, damaged, a bomb, or without any known header.
    """
    # Loaded when there is a foreign file.
    from duzhan.intake.foreign_reader import read_foreign  # noqa: PLC0415
    from duzhan.intake.sheets import grids_of  # noqa: PLC0415

    sheets = read_foreign(_reader(sample) or "", sample.path, sample.max_unpacked)
    return grids_of(sheets, finder)
