"""Web pages, which many systems export under the name of a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duzhan.intake.formats.sample import Sample
    from duzhan.intake.grid import Grid
    from duzhan.intake.headers import HeaderFinder

_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<head", b"<meta", b"<body", b"<!--")


def fits(sample: Sample) -> bool:
    """Whether the file begins with markup."""
    head = sample.head
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[2:].replace(b"\0", b"")
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP)


def read(sample: Sample, finder: HeaderFinder) -> list[Grid]:
    """Read all lists of a page.

    Raises:
        RefusedFileError: it cannot be read.
        NotAListError: no table of it is a list.
    """
    # Loaded when there is a foreign file.
    from duzhan.intake.documents import lists_of  # noqa: PLC0415
    from duzhan.intake.foreign_reader import read_foreign  # noqa: PLC0415

    sheets = read_foreign("web", sample.path, sample.max_unpacked)
    return lists_of(sheets, finder, "网页（HTML）")
