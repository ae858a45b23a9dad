"""Spells that an engine holds, grouped there; `counted_arrays` does the same in memory.

The expressions keep to what every engine does alike: conditions as 0/1 integer columns
first, then group, then count or take the maximum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np

from duzhan.compliance import spells as sp
from duzhan.compliance.grouped import EXTENDED, MARKS, SAID_DONE, Alike, Worst
from duzhan.engines.frames import columns, numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duzhan.engines.frames import Frame


def alike(spells: Frame, days: Sequence[int]) -> Alike:
    """Group the spells of single rows that hold on the same of the days.

    Args:
        spells: the columns of `Spells.counted`.
        days: ordinals, ascending.
    """
    places = len(days) + 1
    first, end = (
        nw.sum_horizontal(*((nw.col(column) > day).cast(nw.Int16) for day in days))
        for column in ("since", "until")
    )
    kind = (
        nw.col("standing").cast(nw.Int16) * MARKS
        + nw.col("extended").cast(nw.Int16) * EXTENDED
        + nw.col("said_done").cast(nw.Int16) * SAID_DONE
        + nw.col("invalid")
    )
    found = (
        spells.select("county", "entangled", kind=kind, first=first, end=end)
        .filter((nw.col("entangled") == 0) & (nw.col("first") < nw.col("end")))
        .select(
            "county",
            alike=(nw.col("kind").cast(nw.Int32) * places + nw.col("first")) * places
            + nw.col("end"),
        )
        .group_by("county", "alike")
        .agg(number=nw.len())
    )
    return Alike(*numbers(found, "county", "alike", "number"))


def worst(spells: Frame, days: Sequence[int], pairs: Sequence[tuple[int, int]]) -> Worst:
    """Group issues listed or closed more than once by how they stand on each day.

    Args:
        spells: the columns of `Spells.counted`.
        days: ordinals, ascending.
        pairs: places of two days each; issues closed on the second and not on the first.
    """
    holds = [((nw.col("since") <= day) & (nw.col("until") > day)).cast(nw.Int64) for day in days]
    worst = {f"{at}": nw.col("standing").cast(nw.Int64) * held for at, held in enumerate(holds)}
    given = {f"e{at}": nw.col("extended").cast(nw.Int64) * held for at, held in enumerate(holds)}
    marks = nw.col("said_done").cast(nw.Int64) * SAID_DONE + nw.col("invalid")
    # What an issue counts as on each day, and from one day to another 1 if it was closed.
    kinds = {
        name: (nw.col(name) > 0).cast(nw.Int64)
        * (nw.col(name) * MARKS + nw.col(f"e{name}") * EXTENDED + nw.col("marks"))
        for name in worst
    }
    newly = {
        f"{at}": ((nw.col(f"{now}") == sp.CLOSED) & (nw.col(f"{before}") != sp.CLOSED)).cast(
            nw.Int64
        )
        for at, (before, now) in enumerate(pairs, len(days))
    }
    found = (
        spells.filter(nw.col("entangled") == 1)
        .select("county", "issue", marks=marks, **worst, **given)
        .group_by("county", "issue")
        .agg(*(nw.col(name).max() for name in ("marks", *worst, *given)))
        .select("county", **kinds, **newly)
        .unpivot([*kinds, *newly], index=["county"], variable_name="at", value_name="kind")
        .filter(nw.col("kind") > 0)
        .group_by("county", "at", "kind")
        .agg(number=nw.len())
    )
    where, places, kind, number = columns(found, "county", "at", "kind", "number")
    return Worst(
        np.asarray(where, np.int64),
        np.asarray([int(at) for at in places], np.int64),
        np.asarray(kind, np.int64),
        np.asarray(number, np.int64),
    )
