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
from duzhan.compliance.results import WINDOW, Tally
from duzhan.engines.frames import columns, numbers, parts
from duzhan.requirements.results import Counts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from duzhan.engines.frames import Frame

    Numbers: TypeAlias = NDArray[np.int64]

COLUMNS = sp.COLUMNS

# What is counted of issues beside their standing, one bit each.
_INVALID, _SAID_DONE, _EXTENDED = 1, 2, 4
_MARKS = 8


def count_spells(
    spells: Frame,
    days: Iterable[dt.date],
    counties: Sequence[int],
    paced: Iterable[dt.date] = (),
) -> Tally:
    """Count the issues of each county as of several days, wherever the spells are.

    An issue counts as invalid with any unreadable or impossible cell in a row
    of its own, also one that tells of a later day. Rows listed twice are one
    issue in its worst standing.

    Args:
        spells: whole numbers in the columns of `Spells.counted`.
        days: as of which days.
        counties: the numbers that stand for them in `spells`, in the order of the answer.
        paced: the days whose closures of the last `WINDOW` are asked for as well.
    """
    pace = sorted(set(paced))
    asked = sorted({*days, *pace, *(day - WINDOW for day in pace)})
    ordinals = [day.toordinal() for day in asked]
    pairs = [(asked.index(day - WINDOW), asked.index(day)) for day in pace]
    tally = np.zeros((len(asked) + 1, len(counties), sp.STANDINGS, _MARKS), np.int64)
    closures = np.zeros((len(pairs), len(counties)), np.int64)
    if asked:
        for part in parts(spells):
            _add_single(tally, closures, part, ordinals, pairs, counties)
        _add_entangled(tally, closures, spells, ordinals, pairs, counties)
    return Tally(
        {day: _counts(tally[at]) for at, day in enumerate(asked)},
        {day: closures[at].tolist() for at, day in enumerate(pace)},
    )


def joined(every: Iterable[tuple[Sequence[int], Tally]], counties: Sequence[int]) -> Tally:
    """Put together what was counted of some counties at a time, on the same days.

    Args:
        every: the numbers of counties, each in one place alone, and what was counted of them.
        counties: the order of the answer; of those that are nowhere there is nothing.
    """
    counts: dict[dt.date, dict[int, Counts]] = {}
    closures: dict[dt.date, dict[int, int]] = {}
    for ours, tally in every:
        for day, figures in tally.counts.items():
            counts.setdefault(day, {}).update(zip(ours, figures, strict=True))
        for day, closed in tally.closures.items():
            closures.setdefault(day, {}).update(zip(ours, closed, strict=True))
    nothing = Counts(0, 0, 0, 0, 0, 0, 0)
    return Tally(
        {day: [known.get(one, nothing) for one in counties] for day, known in counts.items()},
        {day: [known.get(one, 0) for one in counties] for day, known in closures.items()},
    )


def _add_single(
    tally: Numbers,
    closures: Numbers,
    spells: Frame,
    days: Sequence[int],
    pairs: Sequence[tuple[int, int]],
    counties: Sequence[int],
) -> None:
    """Issues whose spells tell it all: those that hold on the same of the days count alike."""
    places = len(days) + 1
    first, end = (
        nw.sum_horizontal(*((nw.col(column) > day).cast(nw.Int16) for day in days))
        for column in ("since", "until")
    )
    kind = (
        nw.col("standing").cast(nw.Int16) * _MARKS
        + nw.col("extended").cast(nw.Int16) * _EXTENDED
        + nw.col("said_done").cast(nw.Int16) * _SAID_DONE
        + nw.col("invalid")
    )
    alike = (
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
    where, keys, number = numbers(alike, "county", "alike", "number")
    county, known = _places(where, counties)
    keys, number = keys[known], number[known]
    kinds, first_day, last_day = keys // places**2, keys // places % places, keys % places
    standing, marks = kinds // _MARKS, kinds % _MARKS
    changes = np.zeros_like(tally)
    for at, change in ((first_day, number), (last_day, -number)):
        np.add.at(changes, (at, county, standing, marks), change)
    tally += changes.cumsum(axis=0)
    for pair, (before, now) in enumerate(pairs):
        new = (standing == sp.CLOSED) & (first_day > before) & (first_day <= now) & (last_day > now)
        np.add.at(closures[pair], county[new], number[new])


def _add_entangled(
    tally: Numbers,
    closures: Numbers,
    spells: Frame,
    days: Sequence[int],
    pairs: Sequence[tuple[int, int]],
    counties: Sequence[int],
) -> None:
    """Issues listed or closed more than once: on each day the worst standing of their rows."""
    holds = [((nw.col("since") <= day) & (nw.col("until") > day)).cast(nw.Int64) for day in days]
    worst = {f"{at}": nw.col("standing").cast(nw.Int64) * held for at, held in enumerate(holds)}
    given = {f"e{at}": nw.col("extended").cast(nw.Int64) * held for at, held in enumerate(holds)}
    marks = nw.col("said_done").cast(nw.Int64) * _SAID_DONE + nw.col("invalid")
    # What an issue counts as on each day, and from one day to another 1 if it was closed.
    kinds = {
        name: (nw.col(name) > 0).cast(nw.Int64)
        * (nw.col(name) * _MARKS + nw.col(f"e{name}") * _EXTENDED + nw.col("marks"))
        for name in worst
    }
    newly = {
        f"n{at}": ((nw.col(f"{now}") == sp.CLOSED) & (nw.col(f"{before}") != sp.CLOSED)).cast(
            nw.Int64
        )
        for at, (before, now) in enumerate(pairs)
    }
    alike = (
        spells.filter(nw.col("entangled") == 1)
        .select("county", "issue", marks=marks, **worst, **given)
        .group_by("county", "issue")
        .agg(*(nw.col(name).max() for name in ("marks", *worst, *given)))
        .select("county", **kinds, **newly)
        .unpivot([*kinds, *newly], index=["county"], variable_name="day", value_name="kind")
        .filter(nw.col("kind") > 0)
        .group_by("county", "day", "kind")
        .agg(number=nw.len())
    )
    where, names, found, number = columns(alike, "county", "day", "kind", "number")
    county, known = _places(np.asarray(where, np.int64), counties)
    named = [name for name, ours in zip(names, known, strict=True) if ours]
    kinds_found, many = (np.asarray(column, np.int64)[known] for column in (found, number))
    for name, ours, kind, number_of in zip(
        named, county.tolist(), kinds_found.tolist(), many.tolist(), strict=True
    ):
        if name.startswith("n"):
            closures[int(name[1:]), ours] += number_of
        else:
            tally[int(name), ours, kind // _MARKS, kind % _MARKS] += number_of


def _places(keys: Numbers, counties: Sequence[int]) -> tuple[Numbers, NDArray[np.bool_]]:
    """The places of counties in the answer, and which of the keys name one of them."""
    asked = np.asarray(counties, np.int64)
    known = np.isin(keys, asked)
    order = np.argsort(asked)
    return order[np.searchsorted(asked, keys[known], sorter=order)], known


def _counts(tally: Numbers) -> list[Counts]:
    """Figures of each county, from the numbers of issues by county, standing and marks."""
    by_standing = tally.sum(axis=2)
    existing = tally[:, : sp.WITHDRAWN].sum(axis=1)
    opened = by_standing[:, [sp.UNDATED, sp.PENDING, sp.OVERDUE]].sum(axis=1)
    marked = (
        existing[:, [mark for mark in range(_MARKS) if mark & bit]].sum(axis=1)
        for bit in (_INVALID, _EXTENDED, _SAID_DONE)
    )
    invalid, extended, said_done = marked
    figures = (
        existing.sum(axis=1),
        by_standing[:, sp.CLOSED],
        by_standing[:, sp.CLAIMED],
        opened,
        by_standing[:, sp.OVERDUE],
        by_standing[:, sp.UNDATED],
        invalid,
        by_standing[:, sp.WITHDRAWN],
        extended,
        said_done,
    )
    return [Counts(*row) for row in np.stack(figures, axis=1).tolist()]
