"""Spells in memory, grouped by NumPy; `counted_frames` says the same to engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from duzhan.compliance import spells as sp
from duzhan.compliance.grouped import EXTENDED, MARKS, SAID_DONE, Alike, Worst

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Column = NDArray[np.integer[Any]]

# Worked on in parts: what is found of each spell takes as much room as the spells.
_PART = 1 << 19


def alike(spells: Mapping[str, Column], days: Sequence[int]) -> Iterator[Alike]:
    """Group the spells of single rows that hold on the same of the days.

    Args:
        spells: the columns of `Spells.counted`.
        days: ordinals, ascending.
    """
    places = len(days) + 1
    for begin in range(0, len(spells["county"]), _PART):
        part = _whole(spells, slice(begin, begin + _PART))
        first, end = (np.searchsorted(days, part[name]) for name in ("since", "until"))
        kept = (part["entangled"] == 0) & (first < end)
        kind = part["standing"] * MARKS + part["extended"] * EXTENDED + _marks(part)
        county, key, number = _numbers(
            part["county"][kept], ((kind * places + first) * places + end)[kept]
        )
        yield Alike(county, key, number)


def worst(
    spells: Mapping[str, Column], days: Sequence[int], pairs: Sequence[tuple[int, int]]
) -> Worst:
    """Group issues listed or closed more than once by how they stand on each day.

    Args:
        spells: the columns of `Spells.counted`.
        days: ordinals, ascending.
        pairs: places of two days each; issues closed on the second and not on the first.
    """
    rows = _whole(spells, spells["entangled"] == 1)
    issues, codes = np.unique(
        np.stack((rows["county"], rows["issue"])), axis=1, return_inverse=True
    )
    marks = _greatest(codes, _marks(rows), issues.shape[1])
    standings = []
    found = []
    for at, day in enumerate(days):
        held = (rows["since"] <= day) & (rows["until"] > day)
        standing = _greatest(codes, rows["standing"] * held, issues.shape[1])
        extended = _greatest(codes, rows["extended"] * held, issues.shape[1])
        there = standing > 0
        kind = standing * MARKS + extended * EXTENDED + marks
        found.append((at, *_numbers(issues[0][there], kind[there])))
        standings.append(standing == sp.CLOSED)
    for at, (before, now) in enumerate(pairs, len(days)):
        new = standings[now] & ~standings[before]
        found.append((at, *_numbers(issues[0][new], np.ones(new.sum(), np.int64))))
    return Worst(
        np.concatenate([county for _, county, _, _ in found]),
        np.repeat([at for at, *_ in found], [len(county) for _, county, _, _ in found]),
        np.concatenate([kind for _, _, kind, _ in found]),
        np.concatenate([number for *_, number in found]),
    )


def _whole(spells: Mapping[str, Column], rows: slice | NDArray[np.bool_]) -> dict[str, Numbers]:
    """Some of the spells, with room for what is made of their numbers."""
    return {name: column[rows].astype(np.int64) for name, column in spells.items()}


def _marks(spells: Mapping[str, Numbers]) -> Numbers:
    return spells["said_done"] * SAID_DONE + spells["invalid"]


def _greatest(codes: Numbers, values: Numbers, count: int) -> Numbers:
    """The greatest value of each code."""
    found = np.zeros(count, np.int64)
    np.maximum.at(found, codes, values)
    return found


def _numbers(county: Numbers, key: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """The pairs of county and key, each once, and how often each is there."""
    if not len(key):
        return county, key, key
    keys = int(key.max()) + 1
    known, number = np.unique(county * keys + key, return_counts=True)
    return known // keys, known % keys, number
