"""Headings that are nearly known ones: suggested to people, never taken (SPEC section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.intake.text import header_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duzhan.intake.headers import HeaderFinder

# Shorter headings differ by one character from too many others.
_SHORTEST = 4


def nearly_known(own: Sequence[str], finder: HeaderFinder) -> list[tuple[str, str]]:
    """Own headings that one slip of the hand parts from a known one, each with its column.

    Args:
        own: the county's own headings.
        finder: knows the others.
    """
    from rapidfuzz.distance import Levenshtein  # noqa: PLC0415 - few lists have any
    from rapidfuzz.process import extractOne  # noqa: PLC0415

    known = {header_key(name): name for name in sorted(finder.headings)}
    near = []
    for heading in own:
        key = header_key(heading)
        if len(key) < _SHORTEST:
            continue
        if found := extractOne(key, known.keys(), scorer=Levenshtein.distance, score_cutoff=1):
            column = finder.column_of(known[found[0]])
            if column is not None:
                near.append((heading, column))
    return near
