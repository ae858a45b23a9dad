"""The cells of a whole column written at once: what repeats is written once, what is odd by itself.

Long lists are written from columns with these; what they give is text, never null.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from duzhan.arrays import Days, Numbers


def changed_where(
    texts: pa.Array,
    pattern: str,
    change: Callable[[pa.Array], pa.Array],
    others: pa.Array | None = None,
) -> pa.Array:
    """Change the cells in which a pattern is found: there are few of them.

    Args:
        texts: strings without nulls.
        pattern: a regular expression in Arrow's words.
        change: what these cells become.
        others: what the cells are in which it is not found; None for what they were.
    """
    found = pc.match_substring_regex(texts, pattern)
    others = texts if others is None else others
    if not pc.any(found).as_py():
        return others
    return pc.replace_with_mask(others, found, change(texts.filter(found)))


def one_by_one(change: Callable[[str], str]) -> Callable[[pa.Array], pa.Array]:
    """Change cells each by itself."""
    return lambda cells: pa.array([change(text) for text in cells.to_pylist()], pa.string())


def of_distinct(numbers: Numbers, word: Callable[[int], str]) -> pa.Array:
    """Write each distinct number once, as a word."""
    distinct, at = np.unique(numbers, return_inverse=True)
    words = [word(number) for number in distinct.tolist()]
    return pa.array(words, pa.string()).take(pa.array(at))


def of_known(numbers: Numbers, words: Sequence[str]) -> pa.Array:
    """Write numbers that count from 0 as the words that they stand for."""
    return pa.array(words, pa.string()).take(pa.array(numbers))


def of_days(ordinals: Days, word: Callable[[dt.date], str], none: str) -> pa.Array:
    """Write each distinct day once.

    Args:
        ordinals: 0 for no day.
        word: how a day is written.
        none: what stands for no day.
    """
    return of_distinct(ordinals, lambda day: word(dt.date.fromordinal(day)) if day else none)


def side_by_side(*parts: pa.Array | str) -> pa.Array:
    """Join columns and the texts between them."""
    return pc.binary_join_element_wise(*parts, "")


def in_one(rows: pa.Array, between: str) -> str:
    """All rows as one text: strings of Python are not made of them first."""
    whole = pa.LargeListArray.from_arrays(np.array([0, len(rows)]), rows)
    text: str = pc.binary_join(whole, between)[0].as_py()
    return text
