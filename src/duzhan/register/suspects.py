"""New issues that look like known ones: named for the office to decide, never taken for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.intake.text_columns import squash_array

if TYPE_CHECKING:
    from duzhan.arrays import Rows


# Words at least so much alike, of 100.
ALIKE = 80

# More pairs of words than these are compared only where they begin or end alike.
_COMPARED = 20_000_000


def suspected(
    known: pa.Table, new: pa.Table, found: Rows, found_new: Rows
) -> list[tuple[int, int]]:
    """Give each new issue that looks like a known one, with the likest.

    One that has the same 编号, or the same 地点 and 发现日期, or words four fifths alike.

    Args:
        known: the ledger's issues.
        new: those that a list adds.
        found: 发现日期 of the known ones as ordinals, 0 for none.
        found_new: likewise of the new ones.

    Returns:
        Row of `new`, row of `known`.
    """
    if known.num_rows == 0 or new.num_rows == 0:
        return []
    likest: dict[int, tuple[float, int, int]] = {}
    ids = (squash_array(known[col.ID]), squash_array(new[col.ID]))
    places = [
        _with_day(cells[col.LOCATION], days) for cells, days in ((known, found), (new, found_new))
    ]
    words = [squash_array(cells[col.DESCRIPTION]).to_pylist() for cells in (known, new)]
    for strength, (had, has) in ((2, ids), (1, places)):
        for row, at in _first_equal(has, had):
            _note(likest, row, (_likeness(words[1][row], words[0][at]), strength, at))
    for row, at, score in _alike(words[1], words[0]):
        _note(likest, row, (score, 0, at))
    return [(row, likest[row][2]) for row in sorted(likest)]


def _note(
    likest: dict[int, tuple[float, int, int]], row: int, found: tuple[float, int, int]
) -> None:
    if row not in likest or found[:2] > likest[row][:2]:
        likest[row] = found


def _with_day(places: pa.ChunkedArray, days: Rows) -> pa.ChunkedArray:
    """Place and day in one text; empty if either is."""
    plain = squash_array(places)
    both = pc.binary_join_element_wise(plain, pa.array(days).cast(pa.string()), "|")
    filled = pc.and_(pc.not_equal(plain, ""), pa.chunked_array([pa.array(days > 0)]))
    return pc.if_else(filled, both, "")


def _first_equal(wanted: pa.ChunkedArray, there: pa.ChunkedArray) -> list[tuple[int, int]]:
    at = pc.index_in(wanted, there.combine_chunks())
    fits = pc.and_(pc.is_valid(at), pc.not_equal(wanted, ""))
    rows = np.flatnonzero(np.asarray(fits.to_numpy(), bool))
    return list(zip(rows.tolist(), at.take(pa.array(rows)).to_pylist(), strict=True))


def _likeness(one: str, other: str) -> float:
    from rapidfuzz.fuzz import ratio  # noqa: PLC0415 - few lists bring anything new

    return float(ratio(one, other))


def _alike(new: list[str], known: list[str]) -> list[tuple[int, int, float]]:
    """For each new text the known one that is most like it, if it is enough so."""
    from rapidfuzz import process  # noqa: PLC0415 - few lists bring anything new
    from rapidfuzz.fuzz import ratio  # noqa: PLC0415

    first = {text: at for at, text in reversed(list(enumerate(known))) if text}
    narrow = len(first) * len(set(new)) > _COMPARED
    by_ends = _by_ends(first) if narrow else {}
    best: dict[str, tuple[str, float] | None] = {"": None}
    for text in dict.fromkeys(new):
        if text not in best:
            near = {one for end in _ends(text) for one in by_ends.get(end, ())} if narrow else first
            one = process.extractOne(text, list(near), scorer=ratio, score_cutoff=ALIKE)
            best[text] = one and (one[0], float(one[1]))
    return [
        (row, first[found[0]], found[1]) for row, text in enumerate(new) if (found := best[text])
    ]


def _ends(text: str) -> tuple[str, str]:
    return f"^{text[:3]}", f"{text[-3:]}$"


def _by_ends(texts: dict[str, int]) -> dict[str, list[str]]:
    ends: dict[str, list[str]] = {}
    for text in texts:
        for end in _ends(text):
            ends.setdefault(end, []).append(text)
    return ends
