"""Which issue of the ledger does an incoming row speak of? (SPEC section 5)

A row is looked up exactly first: same 编号, 问题描述 and 地点; then by 问题描述,
地点 and 发现日期 (the county renumbered its list); then by 编号 with either
问题描述 or 地点, an empty cell agreeing with any. An issue that one row of the
file names exactly is not given to another row by a weaker likeness.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.intake.text import squash, squash_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from duzhan.intake.dates import Dates

    Mask = NDArray[np.bool_]
    Rows = NDArray[np.int64]

NEW, AMBIGUOUS = -1, -2


@dataclass(frozen=True, slots=True)
class Keys:
    """What identifies rows, as numbers that are equal where the texts agree; 0 is empty."""

    id: Rows
    description: Rows
    location: Rows
    found: Rows

    def at(self, rows: Rows) -> Keys:
        """Only these rows."""
        return Keys(self.id[rows], self.description[rows], self.location[rows], self.found[rows])


def keys_of(cells: pa.Table, found: Dates) -> Keys:
    """Number the identifying texts of rows; compare only rows numbered together."""
    days = found.single(len(found.refused)).astype(np.int64)
    unread = np.flatnonzero(found.refused)
    if len(unread):
        texts = [squash(text) for text in cells[col.FOUND].take(pa.array(unread)).to_pylist()]
        days[unread] = -1 - np.unique(texts, return_inverse=True)[1]
    return Keys(
        _codes(cells[col.ID]), _codes(cells[col.DESCRIPTION]), _codes(cells[col.LOCATION]), days
    )


def _codes(column: pa.ChunkedArray) -> Rows:
    """A number from 1 for each distinct text (width and spaces aside), 0 for the empty one."""
    # Texts repeat, in the ledger and in the new list: each is squashed once.
    raw = column.combine_chunks().dictionary_encode()
    plain = squash_array(pa.chunked_array([raw.dictionary])).combine_chunks().dictionary_encode()
    empty = plain.dictionary.index("").as_py()
    words = plain.indices.to_numpy(zero_copy_only=False).astype(np.int64) + 1
    words[words == empty + 1] = 0
    codes: Rows = words[raw.indices.to_numpy(zero_copy_only=False)]
    return codes


def group_new(keys: Keys) -> Rows:
    """Number the issues among rows that are new: as doubles are told (SPEC section 3)."""
    named = keys.id > 0
    parts = [keys.id, keys.description, keys.location, np.where(named, 0, keys.found)]
    _, groups = _tuples([part[:0] for part in parts], parts)
    return groups


def match(ledger: Keys, incoming: Keys, found_says_nothing: Mask, numbered: Mask) -> Rows:
    """Give for each incoming row the ledger row of its issue, NEW, or AMBIGUOUS.

    Args:
        ledger: keys of the ledger's rows, numbered together with `incoming`.
        incoming: keys of the rows of one file.
        found_says_nothing: rows whose 发现日期 is empty, unreadable, or after the
            day of import: it cannot make a known issue a new one.
        numbered: ledger rows whose 编号 the ledger itself gave.
    """
    target = np.full(len(incoming.id), NEW, np.int64)
    parts = ("id", "description", "location")
    have, want = _tuples(*([getattr(keys, p) for p in parts] for keys in (ledger, incoming)))
    strict, _ = _lookup(have, want)
    named = incoming.id > 0
    target[named] = strict[named]
    _match_by_text(target, ledger, incoming, found_says_nothing)
    candidate, several = _lookup(ledger.id, incoming.id)
    rows = np.flatnonzero(named & (target == NEW) & (candidate >= 0) & ~several)
    at = candidate[rows]
    likely = _agree(incoming.description[rows], ledger.description[at])
    likely |= _agree(incoming.location[rows], ledger.location[at])
    likely &= ~np.isin(at, target[target >= 0])
    target[rows[likely]] = at[likely]
    _match_without_words(target, ledger, incoming, numbered)
    return target


def match_known(ledger: pa.Table, incoming: pa.Table) -> Rows | None:
    """Match a list all of whose rows name a known issue exactly, or a first list.

    What `match` and `group_new` would give, at a fraction of their cost: the
    ledger row of each, counting on below its last for the first list's. None if
    any row needs a closer look, or two issues have one 编号.
    """
    ids, wanted = squash_array(ledger[col.ID]), squash_array(incoming[col.ID])
    if pc.any(pc.equal(wanted, "")).as_py():
        return None
    if ledger.num_rows == 0:
        several = len(pc.unique(wanted)) < len(wanted)
        return None if several else np.arange(len(wanted))
    values = ids.combine_chunks()
    if values.null_count or len(pc.unique(values)) != len(values):
        return None
    at = pc.index_in(wanted, values)
    if at.null_count:
        return None
    for name in (col.DESCRIPTION, col.LOCATION):
        if not pc.all(pc.equal(ledger[name].take(at), incoming[name])).as_py():
            return None
    return np.asarray(at.to_numpy(), np.int64)


def _match_by_text(target: Rows, ledger: Keys, incoming: Keys, unfound: Mask) -> None:
    """Match what is left by 问题描述, 地点 and 发现日期, among issues that nobody named exactly."""
    free = np.ones(len(ledger.id), bool)
    free[target[target >= 0]] = False
    free &= ledger.description > 0
    rows = np.flatnonzero(free)
    for mask, parts in (
        (np.ones(len(unfound), bool), ("description", "location", "found")),
        (unfound, ("description", "location")),
    ):
        wanted = np.flatnonzero(mask & (target == NEW) & (incoming.description > 0))
        if len(wanted) == 0 or len(rows) == 0:
            continue
        have, want = _tuples(
            [getattr(ledger, part)[rows] for part in parts],
            [getattr(incoming, part)[wanted] for part in parts],
        )
        candidate, several = _lookup(have, want)
        target[wanted] = np.where(candidate >= 0, rows[candidate], NEW)
        target[wanted[several]] = AMBIGUOUS


def _match_without_words(target: Rows, ledger: Keys, incoming: Keys, numbered: Mask) -> None:
    """Match rows that have an 编号 alone, to issues that had to get another one when they came."""
    free = numbered & (ledger.description == 0)
    free[target[target >= 0]] = False
    rows = np.flatnonzero(free)
    wanted = np.flatnonzero((target == NEW) & (incoming.description == 0) & (incoming.id > 0))
    if len(rows) == 0 or len(wanted) == 0:
        return
    candidate, several = _lookup(ledger.location[rows], incoming.location[wanted])
    target[wanted] = np.where(candidate >= 0, rows[candidate], NEW)
    target[wanted[several]] = AMBIGUOUS


def _agree(left: Rows, right: Rows) -> Mask:
    agree: Mask = (left == right) | (left == 0) | (right == 0)
    return agree


def _tuples(have: list[Rows], want: list[Rows]) -> tuple[Rows, Rows]:
    """One number for several on both sides; numbers are equal where all parts are."""
    code = np.zeros(len(have[0]) + len(want[0]), np.int64)
    for left, right in zip(have, want, strict=True):
        part = np.unique(np.concatenate((left, right)), return_inverse=True)[1]
        code = np.unique(code * (part.max(initial=0) + 1) + part, return_inverse=True)[1]
    return code[: len(have[0])], code[len(have[0]) :]


def _lookup(have: Rows, want: Rows) -> tuple[Rows, Mask]:
    """Where each wanted key stands among those there (NEW if nowhere), and whether often."""
    order = np.argsort(have, kind="stable")
    ordered = have[order]
    left, right = np.searchsorted(ordered, want, "left"), np.searchsorted(ordered, want, "right")
    found = right > left
    at = np.full(len(want), NEW, np.int64)
    at[found] = order[left[found]]
    return at, right - left > 1
