"""Who verified each closure (SPEC section 3): names in 核验人, one a 销号日期 or one for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan.intake.dates import SEPARATORS
from duzhan.intake.text import squash
from duzhan.intake.text_columns import squash_array

if TYPE_CHECKING:
    from duzhan.arrays import Mask, Numbers
    from duzhan.intake.dates import DateReader, Dates


# Stands for nobody among the numbers of names.
_NOBODY = -1


class Verified(NamedTuple):
    """Closures, in the order of `Dates`.

    Attributes:
        by_nobody: no name speaks for them.
        by_own: the row's 责任人 verified them.
    """

    by_nobody: Mask
    by_own: Mask


def verified(
    closures: Dates, verifier: pa.ChunkedArray, person: pa.ChunkedArray, dates: DateReader
) -> Verified:
    """Tell who verified each closure.

    Of several names each speaks for one 销号日期, in the order of the days; one
    name alone speaks for all.

    Args:
        closures: 销号日期 as read.
        verifier: 核验人.
        person: 责任人.
        dates: knows the words that mean nobody.
    """
    if len(closures.rows) == 0:
        return Verified(np.zeros(0, bool), np.zeros(0, bool))
    cells = verifier.combine_chunks().dictionary_encode()
    texts = [_names(text, dates) for text in cells.dictionary.to_pylist()]
    wholes = [squash(text) for text in cells.dictionary.to_pylist()]
    numbers: dict[str, int] = {"": _NOBODY}
    for name in (*(name for names in texts for name in names), *wholes):
        numbers.setdefault(name, len(numbers))
    flat = np.array([numbers[name] for names in texts for name in names], np.int64)
    count = np.array([len(names) for names in texts], np.int64)
    first = np.cumsum(count) - count
    code = cells.indices.to_numpy()[closures.rows]
    spoken = _spoken(flat, first, count, code, closures)
    owner = _owners(person, numbers)[closures.rows]
    whole = np.array([numbers[text] for text in wholes], np.int64)[code]
    own = (owner != _NOBODY) & ((owner == spoken) | ((owner == whole) & (whole != _NOBODY)))
    return Verified(spoken == _NOBODY, own)


def _names(text: str, dates: DateReader) -> list[str]:
    """The names of a cell, squashed, "" for nobody; at least one."""
    return ["" if dates.is_empty(part) else squash(part) for part in SEPARATORS.split(text)]


def _spoken(
    flat: Numbers, first: Numbers, count: Numbers, code: Numbers, closures: Dates
) -> Numbers:
    """The number of the name that speaks for each closure."""
    alone = count[code] == 1
    if alone.all():
        single: Numbers = flat[first[code]]
        return single
    rank = _ranks(closures)
    at = np.where(alone, 0, np.minimum(rank, count[code] - 1))
    named = alone | (rank < count[code])
    return np.where(named, flat[first[code] + at], _NOBODY)


def _ranks(closures: Dates) -> Numbers:
    """The place of each date among the dates of its row, from 0, by day."""
    order = np.lexsort((closures.days, closures.rows))
    rows = closures.rows[order]
    begins = np.flatnonzero(np.concatenate(([True], rows[1:] != rows[:-1])))
    within = np.arange(len(rows)) - np.repeat(begins, np.diff(np.append(begins, len(rows))))
    ranks = np.empty(len(rows), np.int64)
    ranks[order] = within
    return ranks


def _owners(person: pa.ChunkedArray, numbers: dict[str, int]) -> Numbers:
    """The number of each row's 责任人 among the names of verifiers; nobody if it is none."""
    cells = person.combine_chunks().dictionary_encode()
    plain = squash_array(pa.chunked_array([cells.dictionary]))
    names = [name for name in numbers if name]
    at = pc.index_in(plain, pa.array(names, pa.string())).combine_chunks()
    # `numbers` counts from "" on, which is left out of the names.
    known = pc.fill_null(pc.add(at, 1), _NOBODY).to_numpy().astype(np.int64)
    owners: Numbers = known[cells.indices.to_numpy()]
    return owners
