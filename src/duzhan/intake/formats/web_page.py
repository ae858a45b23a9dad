"""Web pages, which many systems export under the name of a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.intake.grid import RefusedFileError

if TYPE_CHECKING:
    from duzhan.intake.formats.sample import Sample
    from duzhan.intake.grid import Grid
    from duzhan.intake.headers import HeaderFinder

_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<head", b"<meta")


def fits(sample: Sample) -> bool:
    """Whether the file begins with markup."""
    return sample.head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP)


def read(_sample: Sample, _finder: HeaderFinder) -> list[Grid]:
    """Refuse the page.

    Raises:
        RefusedFileError: always.
    """
    message = "其实是网页（HTML/XML），不是表格文件，请用 Excel 或 WPS 打开后另存为 xlsx"
    raise RefusedFileError("bad-file", message)
