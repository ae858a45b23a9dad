"""How many issues of each county stand how, on all days asked for, in one pass.

This is the one place where the rate's figures are counted, whatever machine groups the
spells: NumPy those that are in memory (`counted_arrays`), an engine those that it holds
(`counted_frames`). Tests hold each of the two to the rules, read row by row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from duzhan.compliance import spells as sp
from duzhan.compliance.grouped import EXTENDED, INVALID, MARKS, SAID_DONE, Alike, Worst
from duzhan.compliance.results import WINDOW, Tally
from duzhan.requirements.results import Counts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from duzhan.engines.frames import Frame

    Numbers: TypeAlias = NDArray[np.int64]
    Columns: TypeAlias = dict[str, NDArray[np.integer[Any]]]

COLUMNS = sp.COLUMNS


def count_spells(
    spells: Frame | Columns,
    days: Iterable[dt.date],
    counties: Sequence[int],
    paced: Iterable[dt.date] = (),
) -> Tally:
    """Count the issues of each county as of several days, wherever the spells are.

    An issue counts as invalid with any unreadable or impossible cell in a row
    of its own, also one that tells of a later day. Rows listed twice are one
    issue in its worst standing.

    Args:
        spells: whole numbers in the columns of `Spells.counted`; arrays, or a frame of an engine.
        days: as of which days.
        counties: the numbers that stand for them in `spells`, in the order of the answer.
        paced: the days whose closures of the last `WINDOW` are asked for as well.
    """
    pace = sorted(set(paced))
    asked = sorted({*days, *pace, *(day - WINDOW for day in pace)})
    ordinals = [day.toordinal() for day in asked]
    pairs = [(asked.index(day - WINDOW), asked.index(day)) for day in pace]
    tally = np.zeros((len(asked) + 1, len(counties), sp.STANDINGS, MARKS), np.int64)
    closures = np.zeros((len(pairs), len(counties)), np.int64)
    if asked:
        singly, worst = _grouped(spells, ordinals, pairs)
        for alike in singly:
            _add_single(tally, closures, alike, pairs, counties)
        _add_entangled(tally, closures, worst, counties)
    return Tally(
        {day: _counts(tally[at]) for at, day in enumerate(asked)},
        {day: closures[at].tolist() for at, day in enumerate(pace)},
    )


def _grouped(
    spells: Frame | Columns, days: Sequence[int], pairs: Sequence[tuple[int, int]]
) -> tuple[Iterable[Alike], Worst]:
    """The spells that tell it all, in parts, and the issues listed more than once."""
    if isinstance(spells, dict):
        from duzhan.compliance import counted_arrays  # noqa: PLC0415 - one of the two

        return counted_arrays.alike(spells, days), counted_arrays.worst(spells, days, pairs)
    # What expressions for engines are made with takes as long to load as a prefecture to count.
    from duzhan.compliance import counted_frames  # noqa: PLC0415 - as said

    return [counted_frames.alike(spells, days)], counted_frames.worst(spells, days, pairs)


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
    alike: Alike,
    pairs: Sequence[tuple[int, int]],
    counties: Sequence[int],
) -> None:
    """Issues whose spells tell it all: those that hold on the same of the days count alike."""
    places = len(tally)
    county, known = _places(alike.county, counties)
    keys, number = alike.key[known], alike.number[known]
    kinds, first_day, last_day = keys // places**2, keys // places % places, keys % places
    standing, marks = kinds // MARKS, kinds % MARKS
    changes = np.zeros_like(tally)
    for at, change in ((first_day, number), (last_day, -number)):
        np.add.at(changes, (at, county, standing, marks), change)
    tally += changes.cumsum(axis=0)
    for pair, (before, now) in enumerate(pairs):
        new = (standing == sp.CLOSED) & (first_day > before) & (first_day <= now) & (last_day > now)
        np.add.at(closures[pair], county[new], number[new])


def _add_entangled(
    tally: Numbers, closures: Numbers, worst: Worst, counties: Sequence[int]
) -> None:
    """Issues listed or closed more than once: on each day the worst standing of their rows."""
    county, known = _places(worst.county, counties)
    kind, number, at = worst.kind[known], worst.number[known], worst.at[known]
    on = at < len(tally) - 1
    days = (at[on], county[on], kind[on] // MARKS, kind[on] % MARKS)
    np.add.at(tally, days, number[on])
    np.add.at(closures, (at[~on] - (len(tally) - 1), county[~on]), number[~on])


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
        existing[:, [mark for mark in range(MARKS) if mark & bit]].sum(axis=1)
        for bit in (INVALID, EXTENDED, SAID_DONE)
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
