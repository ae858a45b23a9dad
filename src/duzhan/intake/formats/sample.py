"""A file at the door: its place, its first bytes, how much of it may be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# As much as any format needs to be known by.
HEAD = 512


@dataclass(frozen=True, slots=True)
class Sample:
    """A file that waits to be read.

    Attributes:
        path: where it lies.
        head: its first bytes, at most `HEAD`.
        max_unpacked: how many bytes it may unpack to.
    """

    path: Path
    head: bytes
    max_unpacked: int
