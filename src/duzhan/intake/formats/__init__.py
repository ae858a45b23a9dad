"""Formats of foreign files: one module each, all told apart by what the files hold.

A new format is a new module that satisfies `Format`, and one line in `FORMATS`.
Modules load what they read with when there is such a file: most runs see none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from duzhan.intake.formats import (
    archive,
    delimited,
    mail,
    other,
    web_page,
    word,
    workbook,
)

if TYPE_CHECKING:
    from duzhan.intake.formats.sample import Sample
    from duzhan.intake.grid import Grid
    from duzhan.intake.headers import HeaderFinder


class Format(Protocol):
    """A way to hold tables; each module of this room is one."""

    def fits(self, sample: Sample, /) -> bool:
        """Whether the file is of this format, by its content, whatever its name says."""

    def read(self, sample: Sample, finder: HeaderFinder, /) -> list[Grid]:
        """Read every table that has a known header.

        Raises:
            RefusedFileError: it cannot be read, or has none.
        """


# Asked in this order; text is what is left.
FORMATS: tuple[Format, ...] = (
    word,
    workbook,
    web_page,
    other,
    archive,
    mail,
    delimited,
)


def read_grids(sample: Sample, finder: HeaderFinder) -> list[Grid]:
    """Read the tables of a file in the first format that it fits.

    Raises:
        RefusedFileError: it cannot be read, or no known header is in it.
    """
    return next(one for one in FORMATS if one.fits(sample)).read(sample, finder)
