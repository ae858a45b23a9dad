"""Word documents: their tables, of which those with the same header are one list."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duzhan.intake.formats.sample import Sample
    from duzhan.intake.grid import Grid
    from duzhan.intake.headers import HeaderFinder


def fits(sample: Sample) -> bool:
    """Whether the file is a document of Word since 2007."""
    return "[content_types].xml" in sample.members and sample.holds("document.xml")


def read(sample: Sample, finder: HeaderFinder) -> list[Grid]:
    """Read all lists of a document.

    Raises:
        RefusedFileError: encrypted, damaged, or a bomb.
        NotAListError: no table of it is a list.
    """
    # Loaded when there is a foreign file.
    from duzhan.intake.documents import lists_of  # noqa: PLC0415
    from duzhan.intake.foreign_reader import read_foreign  # noqa: PLC0415

    sheets = read_foreign("word", sample.path, sample.max_unpacked)
    return lists_of(sheets, finder, "Word 文档")
