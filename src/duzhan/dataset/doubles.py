"""Which rows are one issue, and which ids name two (SPEC section 3, doubtful rows)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.intake.text import squash
from duzhan.intake.text_columns import squash_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from duzhan.arrays import Mask, Rows
    from duzhan.dataset.faults import Faults
    from duzhan.intake.dates import DateReader, Dates


def find_doubles(
    cells: pa.Table,
    county: NDArray[np.int16],
    found: Dates,
    dates: DateReader,
    alone: Mask,
    faults: Faults,
) -> Rows:
    """Number the issues: rows of one issue get the number of its first row.

    Rows agree if 编号, 问题描述 and 地点 do (spaces and width aside); without
    编号, if 问题描述, 地点, 发现日期, 责任单位 and all of the county's own columns do.
    One 编号 with two descriptions or places is two issues, both invalid.

    Args:
        cells: the ledger's text columns, 编号 squashed.
        county: index of the county of each row.
        found: 发现日期 as read.
        dates: reads the days in the county's own columns.
        alone: rows that name no issue, or none that counts; each is one by itself.
        faults: where doubles are reported.
    """
    count = cells.num_rows
    ids = cells[col.ID]
    without = np.asarray(pc.equal(ids, "").to_numpy(), bool)
    codes = _codes(ids) * np.int64(county.max(initial=0) + 1) + county
    # A million ids leave a large hash table behind.
    pa.default_memory_pool().release_unused()
    suspects = np.flatnonzero((_repeated(codes) | without) & ~alone)
    issue = np.arange(count)
    if len(suspects) == 0:
        return issue
    few = cells.select([col.DESCRIPTION, col.LOCATION]).take(pa.array(suspects))
    texts = _pair(
        _codes(squash_array(few[col.DESCRIPTION])), _codes(squash_array(few[col.LOCATION]))
    )
    by_id = np.where(without[suspects], 0, codes[suspects] + 1)
    place = _pair(by_id, texts)
    nameless = np.flatnonzero(without[suspects])
    further = np.zeros(len(suspects), np.int64)
    further[nameless] = _further(cells, suspects[nameless], found, dates)
    identity = _pair(_pair(place, further), county[suspects])
    first, inverse = _first_rows(identity)
    issue[suspects] = suspects[first[inverse]]
    again = np.bincount(inverse)[inverse] > 1
    faults.report(
        "duplicate-id", col.ID, suspects[again], "同一问题列了不止一次，按一件计，取最差状态"
    )
    conflict = _conflicting(by_id, place)
    detail = "同一编号用于不同的问题，各算一件，请分别编号"
    faults.add("duplicate-id", col.ID, suspects[conflict], detail)
    return issue


def _further(cells: pa.Table, rows: Rows, found: Dates, dates: DateReader) -> Rows:
    """A number for each distinct rest of rows without 编号: what tells two problems apart."""
    if len(rows) == 0:
        return np.zeros(0, np.int64)
    few = cells.select([col.UNIT, *col.own_columns(cells.column_names)]).take(pa.array(rows))
    key: Rows = _found_keys(found, rows)
    for column in few.columns:
        key = _pair(key, _meanings(column, dates))
    return key


def _meanings(column: pa.ChunkedArray, dates: DateReader) -> Rows:
    """A number for each distinct meaning of a cell: days as days, empty only with empty."""
    encoded = column.combine_chunks().dictionary_encode()
    numbers: dict[str, int] = {}
    meanings = [_meaning(text, dates) for text in encoded.dictionary.to_pylist()]
    codes = [numbers.setdefault(meaning, len(numbers)) for meaning in meanings]
    found: Rows = np.array(codes, np.int64)[encoded.indices.to_numpy()]
    return found


def _meaning(text: str, dates: DateReader) -> str:
    days, refused = dates.read(text)
    return f"{days[0]}日" if days and not refused else "" if dates.is_empty(text) else squash(text)


def _codes(column: pa.ChunkedArray) -> Rows:
    """A number for each distinct text."""
    codes: Rows = column.combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    return codes


def _repeated(codes: Rows) -> Mask:
    ordered = np.sort(codes)
    often = ordered[1:][ordered[1:] == ordered[:-1]]
    return np.isin(codes, often) if len(often) else np.zeros(len(codes), bool)


def _pair(left: Rows, right: NDArray[np.integer]) -> Rows:
    """A number for each distinct pair."""
    low = np.unique(right, return_inverse=True)[1].astype(np.int64)
    high = np.unique(left, return_inverse=True)[1].astype(np.int64)
    number: Rows = high * np.int64(low.max(initial=0) + 1) + low
    return number


def _found_keys(found: Dates, rows: Rows) -> Rows:
    """The day if it was read; what cannot be read agrees with nothing.

    Two garbled cells are no evidence that two rows are one issue: one issue
    less would better the rate.
    """
    days = found.single(len(found.refused))[rows].astype(np.int64)
    unread = np.flatnonzero(found.refused[rows])
    days[unread] = -1 - np.arange(len(unread))
    return days


def _first_rows(identity: Rows) -> tuple[Rows, Rows]:
    _, first, inverse = np.unique(identity, return_index=True, return_inverse=True)
    return first.astype(np.int64), inverse.astype(np.int64)


def _conflicting(by_id: Rows, place: Rows) -> Mask:
    """Rows whose 编号 stands with more than one description or place."""
    pairs = np.unique(np.stack((by_id, place)), axis=1)
    ids, places = np.unique(pairs[0], return_counts=True)
    return np.isin(by_id, ids[(places > 1) & (ids > 0)])
