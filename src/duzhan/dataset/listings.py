"""Which lists there are, and whose; what they hold is not looked at."""

from __future__ import annotations

import os
import unicodedata
from enum import Enum
from typing import TYPE_CHECKING

from duzhan import columns as col
from duzhan.dataset.names import county_of_file, is_litter
from duzhan.errors import reason
from duzhan.model import Problem
from duzhan.visible import readable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from duzhan.model import County, Roster


class Listing(Enum):
    """Whether a county has data (SPEC section 3, missing lists)."""

    LISTED = "listed"
    ZERO = "zero"
    EMPTY = "empty"
    MISSING = "missing"
    REFUSED = "refused"

    @property
    def has_data(self) -> bool:
        """A list with rows, or an empty one that the office confirmed (零报告)."""
        return self in (Listing.LISTED, Listing.ZERO)


def issue_files(root: Path, roster: Roster) -> Iterator[tuple[Path, County | None]]:
    """Give each file under issues/ with the county it belongs to; None if it belongs to none."""
    folder = root / col.ISSUES
    if not folder.is_dir():
        return  # What stands there instead, or that it cannot be read, `lists_fault` tells.
    try:
        paths = list(folder.iterdir())
    except OSError:
        return
    for path in sorted(paths, key=lambda p: unicodedata.normalize("NFC", p.name)):
        if not is_litter(path.name):
            yield path, county_of_file(readable(path.name), roster)


def shown_as(path: Path) -> str:
    """What messages call a list: its path in the dataset."""
    return f"{col.ISSUES}/{unicodedata.normalize('NFC', readable(path.name))}"


def lists_fault(root: Path) -> Problem | None:
    """What keeps the folder of lists from being read; None if nothing, or if there is none."""
    folder = root / col.ISSUES
    try:
        if not folder.is_symlink() and not folder.exists():
            return None
        with os.scandir(folder):
            return None
    except OSError as error:
        why = "它不是文件夹" if isinstance(error, NotADirectoryError) else reason(error)
    message = f"{why}，里面的清单都没有读；应为放各处问题清单的文件夹"
    return Problem("error", f"{col.ISSUES}/", None, None, None, "bad-file", message)


def stray(file: str, roster: Roster) -> Problem:
    """Say that a file is nobody's list."""
    names = "、".join(county.name for county in roster.counties[:8])
    message = f"不属于名册中的任何{roster.unit}，未读取；文件名应以{roster.unit}名开头，如 {names}"
    return Problem("error", file, None, None, None, "unknown-county", message)


def missing_in(listings: Mapping[str, Listing]) -> dict[str, str]:
    """Name the counties without data, and say why.

    Args:
        listings: county name to what was found.
    """
    why = {
        Listing.EMPTY: "清单是空的，办公室尚未确认零报告",
        Listing.MISSING: "没有报送问题清单",
        Listing.REFUSED: "报送的清单读不出来",
    }
    return {name: why[listing] for name, listing in listings.items() if listing in why}
