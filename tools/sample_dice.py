"""Chance that falls the same way on every run and every Python."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

_SLOT = re.compile(r"\{(few|many|clock)\}")
_RANGES = {"few": (2, 9), "many": (10, 60), "clock": (7, 9)}


class Dice:
    """Draws built on `Random.random()`, the one method whose sequence Python promises to keep."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a sample, no secret

    def share(self) -> float:
        """A number in [0, 1)."""
        return self._random.random()

    def happens(self, probability: float) -> bool:
        """Whether an event of that probability takes place."""
        return self.share() < probability

    def between(self, least: int, most: int) -> int:
        """A whole number from `least` to `most`, both included."""
        return least + int(self.share() * (most - least + 1))

    def pick(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[int(self.share() * len(items))]

    def fill(self, text: str) -> str:
        """Put numbers into a sentence's slots {few}, {many} and {clock}."""
        return _SLOT.sub(lambda slot: str(self.between(*_RANGES[slot[1]])), text)
