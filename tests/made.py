"""What hundreds of tests begin with: a new dataset, copied from one that the program made.

And the roster and rules in it, which hardly any of these tests change: they are read once.
"""

from __future__ import annotations

import functools
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from duzhan.dataset.folder import read_configuration
from duzhan.register.create import create as made_anew

if TYPE_CHECKING:
    from duzhan.model import Problem, Roster, Rules


@functools.cache
def _pattern(*, sample: bool) -> Path:
    """A dataset that nobody changes, made once in each process of the tests."""
    folder = tempfile.TemporaryDirectory(prefix="duzhan-pattern-")
    _kept.append(folder)
    made_anew(Path(folder.name) / "ds", sample=sample)
    return Path(folder.name) / "ds"


# What keeps the folders until the process ends, and then removes them.
_kept: list[tempfile.TemporaryDirectory[str]] = []


def create(folder: Path, *, sample: bool) -> None:
    """Make a dataset as `duzhan init` does.

    Args:
        folder: must not exist, or be empty.
        sample: with the sample's lists and records.
    """
    shutil.copytree(_pattern(sample=sample), folder, dirs_exist_ok=True)


def configuration(root: Path) -> tuple[Roster | None, Rules | None, list[Problem]]:
    """What `read_configuration` gives, read once of files that hold the same bytes.

    Whatever is wrong with anything is looked at each time, and where a ledger rests.
    """
    files = sorted([*root.glob("*.yaml"), *root.glob("groups/*.yaml")])
    if not all(path.is_file() for path in files):
        return read_configuration(root)
    held = tuple((str(path.relative_to(root)), path.read_bytes()) for path in files)
    found = _read.get(held)
    if found is not None and (root / (found[1].ledger_parquet or ".")).is_dir():
        return *found, []
    roster, rules, problems = read_configuration(root)
    if roster is not None and rules is not None and not problems:
        _read[held] = roster, rules
    return roster, rules, problems


_read: dict[tuple[tuple[str, bytes], ...], tuple[Roster, Rules]] = {}
