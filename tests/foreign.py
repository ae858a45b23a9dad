"""Reads foreign files as the lists of a dataset are read, before rows are judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conftest import REPOSITORY
from duzhan.dataset.config.rules import load_rules
from duzhan.dataset.layouts import issue_layout
from duzhan.intake.formats import read_grids
from duzhan.intake.formats.sample import HEAD, Sample

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.intake.grid import Grid


def read_file(path: Path) -> list[Grid]:
    """Read a file as the lists of a dataset are read."""
    rules, _ = load_rules(REPOSITORY / "data" / "milestones.yaml", "milestones.yaml")
    assert rules is not None
    finder = issue_layout(rules).finder
    return read_grids(Sample(path, path.read_bytes()[:HEAD], 1 << 30), finder)


def rows_of(grid: Grid) -> list[list[str]]:
    return [list(row) for row in zip(*(c.to_pylist() for c in grid.columns), strict=True)]


def flaws_of(grid: Grid) -> list[tuple[int, int | None, str, str]]:
    return [(one.row, one.position, one.value, one.message) for one in grid.flaws]
