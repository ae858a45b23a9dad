"""New datasets, copied from one that the program made: hundreds of tests begin with one."""

from __future__ import annotations

import functools
import shutil
import tempfile
from pathlib import Path

from duzhan.register.create import create as made_anew


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
