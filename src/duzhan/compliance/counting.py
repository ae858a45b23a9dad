"""How many issues of each county stand how, on all days asked for, in one pass.

This is the one place where the rate's figures are counted, whatever machine
counts them: the expressions below run on a table in memory, and just so,
lazily, on an engine that holds more than memory does (see `duzhan.engines`).
They keep to what every engine does alike: conditions as 0/1 integer columns
first, then group, then count or take the maximum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import narwhals as nw
import numpy as np

from duzhan.compliance import spells as sp
from duzhan.compliance.results import Counts
from duzhan.engines.frames import numbers, parts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from duzhan.engines.frames import Frame

    Numbers: TypeAlias = NDArray[np.int64]

COLUMNS = sp.COLUMNS

_STANDINGS = sp.OVERDUE + 1


def count_spells(
    spells: Frame, days: Iterable[dt.date], counties: Sequence[int]
) -> dict[dt.date, list[Counts]]:
    """Count the issues of each county as of several days, wherever the spells are.

    An issue counts as invalid with any unreadable or impossible cell in a row
    of its own, also one that tells of a later day. Rows listed twice are one
    issue in its worst standing.

    Args:
        spells: whole numbers in the columns of `Spells.counted`.
        days: as of which days.
        counties: the numbers that stand for them in `spells`, in the order of the answer.

    Returns:
        Each day, ascending, with every county's counts.
    """
    asked = sorted(set(days))
    ordinals = [day.toordinal() for day in asked]
    tally = np.zeros((len(asked) + 1, len(counties), _STANDINGS, 2), np.int64)
    if asked:
        for part in parts(spells):
            _add_single(tally, part, ordinals, counties)
        _add_doubled(tally, spells, ordinals, counties)
    return {day: _counts(tally[at]) for at, day in enumerate(asked)}


def _add_single(
    tally: Numbers, spells: Frame, days: Sequence[int], counties: Sequence[int]
) -> None:
    """Issues listed once: spells that hold on the same of the days asked for are counted alike."""
    places = len(days) + 1
    first, end = (
        nw.sum_horizontal(*((nw.col(column) > day).cast(nw.Int16) for day in days))
        for column in ("since", "until")
    )
    kind = nw.col("standing").cast(nw.Int16) * 2 + nw.col("invalid")
    alike = (
        spells.select("county", "doubled", kind=kind, first=first, end=end)
        .filter((nw.col("doubled") == 0) & (nw.col("first") < nw.col("end")))
        .select(
            "county",
            alike=(nw.col("kind").cast(nw.Int32) * places + nw.col("first")) * places
            + nw.col("end"),
        )
        .group_by("county", "alike")
        .agg(number=nw.len())
    )
    where, keys, number = numbers(alike, "county", "alike", "number")
    county, known = _places(where, counties)
    kinds, first_day, last_day = keys // places**2, keys // places % places, keys % places
    standing, invalid = kinds // 2, kinds % 2
    changes = np.zeros_like(tally)
    for at, change in ((first_day, number), (last_day, -number)):
        np.add.at(changes, (at[known], county, standing[known], invalid[known]), change[known])
    tally += changes.cumsum(axis=0)


def _add_doubled(
    tally: Numbers, spells: Frame, days: Sequence[int], counties: Sequence[int]
) -> None:
    """Issues listed more than once: on each day the worst standing of their rows."""
    holds = [(nw.col("since") <= day) & (nw.col("until") > day) for day in days]
    standing = nw.col("standing").cast(nw.Int64)
    worst = {f"{at}": standing * held.cast(nw.Int64) for at, held in enumerate(holds)}
    alike = (
        spells.filter(nw.col("doubled") == 1)
        .select("county", "issue", "invalid", **worst)
        .group_by("county", "issue")
        .agg(*(nw.col(name).max() for name in ("invalid", *worst)))
        .unpivot(list(worst), index=["county", "invalid"], variable_name="day", value_name="worst")
        .filter(nw.col("worst") > 0)
        .group_by("county", "invalid", "day", "worst")
        .agg(number=nw.len())
    )
    columns = numbers(alike, "county", "invalid", "day", "worst", "number")
    county, known = _places(columns[0], counties)
    invalid, at, state, number = (column[known] for column in columns[1:])
    np.add.at(tally, (at, county, state, invalid), number)


def _places(keys: Numbers, counties: Sequence[int]) -> tuple[Numbers, NDArray[np.bool_]]:
    """The places of counties in the answer, and which of the keys name one of them."""
    asked = np.asarray(counties, np.int64)
    known = np.isin(keys, asked)
    order = np.argsort(asked)
    return order[np.searchsorted(asked, keys[known], sorter=order)], known


def _counts(tally: Numbers) -> list[Counts]:
    """Figures of each county, from the numbers of issues by county, standing and soundness."""
    by_standing = tally.sum(axis=2)
    opened = by_standing[:, [sp.UNDATED, sp.PENDING, sp.OVERDUE]].sum(axis=1)
    columns = (
        by_standing.sum(axis=1),
        by_standing[:, sp.CLOSED],
        by_standing[:, sp.CLAIMED],
        opened,
        by_standing[:, sp.OVERDUE],
        by_standing[:, sp.UNDATED],
        tally[:, :, 1].sum(axis=1),
    )
    return [Counts(*figures) for figures in np.stack(columns, axis=1).tolist()]
