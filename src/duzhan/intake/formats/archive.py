"""zip archives: `import` opens them; among the lists of a dataset they are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.intake.refusals import NotAListError, broken

if TYPE_CHECKING:
    from duzhan.intake.formats.sample import Sample
    from duzhan.intake.grid import Grid
    from duzhan.intake.headers import HeaderFinder

# The reader that lays its members out.
UNPACKER = "archive"


def fits(sample: Sample) -> bool:
    """Whether the file is a zip archive, and no zipped document."""
    return sample.is_zip


def read(sample: Sample, _finder: HeaderFinder) -> list[Grid]:
    """Refuse the archive.

    Raises:
        NotAListError: it is one.
        RefusedFileError: it is damaged.
    """
    if not sample.members:
        raise broken()
    raise NotAListError("压缩包（zip）", "请解压后放进来，或用 duzhan import 导入它")
