"""The issue ledger as typed columns: what its cells say, and which of them cannot be.

`judge` reads the date columns of all lists at once and applies the order of
SPEC section 3: what cannot be read or cannot be is treated as empty, is
reported, and makes its issue invalid. Nothing here depends on a day of asking.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.dataset.doubles import find_doubles
from duzhan.dataset.faults import Fault, Faults
from duzhan.intake.states import Said, StateWords
from duzhan.intake.text import squash

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from duzhan.intake.dates import DateReader, Dates

    Days = NDArray[np.int32]
    Mask = NDArray[np.bool_]
    Rows = NDArray[np.integer]

# Event kinds, as numbers in the `kinds` column.
CLAIM, CLOSURE, RETURN = 0, 1, 2

# rows * _SPAN + day orders the dates of one row after those of the rows before.
_SPAN = np.int64(1) << 22
_KINDS = np.int64(4)


class Stamps(NamedTuple):
    """Dates of one kind of event: the row of each, and its day as an ordinal."""

    rows: Rows
    days: Days

    def where(self, mask: Mask) -> Stamps:
        """Only those that the mask names."""
        return self if mask.all() else Stamps(self.rows[mask], self.days[mask])

    @property
    def keys(self) -> Rows:
        """One ordered number for row and day."""
        return self.rows.astype(np.int64) * _SPAN + self.days


@dataclass(frozen=True, slots=True)
class Events:
    """Claims, closures and returns, one a date, ordered by row, then day, then kind.

    Attributes:
        rows: row of the ledger.
        kinds: CLAIM, CLOSURE or RETURN.
        days: ordinal of the date.
    """

    rows: Rows
    kinds: NDArray[np.int8]
    days: Days


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Facts:
    """What the ledger says, row by row; rows with one `issue` number are one issue.

    Every ledger's facts are themselves alone, so that what follows from them can be kept.

    Attributes:
        county: index of the county in the roster.
        issue: number of the issue: that of its first row.
        found: 发现日期 as an ordinal, 0 if empty, unreadable or impossible.
        due: 整改期限 likewise.
        stays_open: sent back on a day that cannot be read or cannot be.
        invalid: a cell of the row cannot be read or cannot be, whatever the day.
        events: claims, closures and returns that count.
        faults: everything to report, by kind.
        unverified: rows with a closure and without 核验人.
        said: what words of state say of each row; they close nothing.
    """

    county: NDArray[np.int16]
    issue: Rows
    found: Days
    due: Days
    stays_open: Mask
    invalid: Mask
    events: Events
    faults: tuple[Fault, ...]
    unverified: Mask
    said: Said


@dataclass(frozen=True, slots=True)
class Brokenness:
    """What the intake found broken before any meaning was read.

    Attributes:
        cells: column to rows whose cell is broken (formula error, oversize).
        rows: rows whose cells are shifted against the header.
        elsewhere: rows that say they belong to another county.
    """

    cells: Mapping[str, Rows] = field(default_factory=dict)
    rows: Rows = field(default_factory=lambda: np.zeros(0, np.int64))
    elsewhere: Rows = field(default_factory=lambda: np.zeros(0, np.int64))


@dataclass(frozen=True, slots=True)
class Reading:
    """How cells are to be read: the campaign's calendar, its last day, its words.

    Attributes:
        dates: reads date cells.
        last_day: ordinal of the campaign's last day.
        closure_needs_verifier: whether a closure without 核验人 is only a claim.
        vocabularies: column to the words that it may hold, squashed.
        states: words of state.
    """

    dates: DateReader
    last_day: int
    closure_needs_verifier: bool = False
    vocabularies: Mapping[str, frozenset[str]] = field(default_factory=dict)
    states: StateWords = field(default_factory=StateWords)


def judge(
    cells: pa.Table,
    county: NDArray[np.int16],
    broken: Brokenness,
    reading: Reading,
    said: Said | None = None,
) -> Facts:
    """Read and judge the ledger's rows.

    Args:
        cells: the fourteen columns of SPEC section 3 at least, as text, "" for empty;
            what `columns.own_columns` finds among the others is the counties' own.
        county: index of the county that each row counts for.
        broken: what the intake found.
        reading: how to read.
        said: what the rows' words of state say; None to read it from 整改情况.
    """
    said = said or _said(cells, reading)
    faults = Faults(cells.num_rows)
    cells = _without_broken(cells, broken, faults)
    nameless = _nameless(cells, broken, reading.dates, faults)
    cells = _blank(cells, col.EVENT_COLUMNS, np.flatnonzero(nameless))
    read = {
        name: reading.dates.column(cells[name], several=name in col.EVENT_COLUMNS)
        for name in (col.FOUND, *col.EVENT_COLUMNS)
    }
    found = _found(read[col.FOUND], reading.last_day, faults)
    # Some words of 整改期限 count from 发现日期.
    read[col.DUE] = reading.dates.deadlines(cells[col.DUE], found)
    for name, dates in read.items():
        rows = np.flatnonzero(dates.refused)
        broken_rows = broken.cells.get(name, rows[:0])
        faults.add("bad-cell", name, np.intersect1d(rows, broken_rows))
        faults.add("bad-date", name, np.setdiff1d(rows, broken_rows))
    due = _due(read[col.DUE], found, reading.last_day, faults)
    claims, closures, returns = _possible_events(read, found, reading.last_day, faults)
    closures_cells_unverified = says_nothing(cells[col.VERIFIER], reading.dates)
    unverified = np.zeros(cells.num_rows, bool)
    unverified[closures.rows] = True
    unverified &= closures_cells_unverified
    issue = find_doubles(cells, county, read[col.FOUND], nameless, faults)
    undated = (due == 0) & ~read[col.DUE].filled
    undated[closures.rows] = False
    undated[broken.rows] = False
    faults.warn("no-due-date", col.DUE, np.flatnonzero(undated))
    _warn_of_words(cells, faults, reading)
    faults.warn("no-verifier", col.VERIFIER, np.flatnonzero(unverified))
    if reading.closure_needs_verifier:
        verified = ~unverified[closures.rows]
        claims = _joined(claims, closures.where(~verified))
        closures = closures.where(verified)
    return Facts(
        county=county,
        issue=issue,
        found=found,
        due=due,
        stays_open=read[col.SENT_BACK].refused | _fewer(returns, read[col.SENT_BACK]),
        invalid=faults.invalid,
        events=_ordered(claims, closures, returns),
        faults=tuple(faults.found),
        unverified=unverified,
        said=said,
    )


def _said(cells: pa.Table, reading: Reading) -> Said:
    if col.PROGRESS not in cells.column_names:
        return Said.nothing(cells.num_rows)
    return Said.of(reading.states.column(cells[col.PROGRESS]))


# ---------------------------------------------------------------- cells before their meaning


def _without_broken(cells: pa.Table, broken: Brokenness, faults: Faults) -> pa.Table:
    """Broken text cells are empty; no date of a row with shifted cells can be trusted."""
    for name, rows in broken.cells.items():
        if name not in col.DATE_COLUMNS:
            faults.add("bad-cell", name, rows)
            cells = _blank(cells, (name,), rows)
    faults.add("bad-cell", None, broken.rows)
    faults.add("unknown-county", col.COUNTY, broken.elsewhere)
    return _blank(cells, col.DATE_COLUMNS, broken.rows)


def _blank(cells: pa.Table, names: tuple[str, ...], rows: Rows) -> pa.Table:
    if len(rows) == 0:
        return cells
    mask = np.zeros(cells.num_rows, bool)
    mask[rows] = True
    for name in names:
        text = pc.if_else(pa.array(mask), "", cells[name])
        cells = cells.set_column(cells.schema.get_field_index(name), name, text)
    return cells


def says_nothing(column: pa.ChunkedArray, dates: DateReader) -> Mask:
    """Rows whose cell says nothing: empty, or a word such as 无."""
    empty = np.asarray(pc.equal(column, "").to_numpy(), bool)
    short = np.flatnonzero(
        ~empty & np.asarray(pc.less_equal(pc.binary_length(column), dates.longest_empty).to_numpy())
    )
    if len(short) and not dates.empty_has_digit:
        # Numbers such as 编号 are short, all different, and no such word.
        cells = column.take(pa.array(short))
        short = short[~np.asarray(pc.match_substring_regex(cells, "[0-9]").to_numpy(), bool)]
    if len(short):
        encoded = column.take(pa.array(short)).combine_chunks().dictionary_encode()
        words = [dates.is_empty(word) for word in encoded.dictionary.to_pylist()]
        empty[short] = np.array(words, bool)[encoded.indices.to_numpy()]
    return empty


def _nameless(cells: pa.Table, broken: Brokenness, dates: DateReader, faults: Faults) -> Mask:
    """Rows with neither 编号 nor 问题描述: issues all the same, open and invalid."""
    undescribed = says_nothing(cells[col.DESCRIPTION], dates)
    # A broken description has been reported as such.
    known = broken.cells.get(col.DESCRIPTION, np.zeros(0, np.int64))
    missing = np.setdiff1d(np.flatnonzero(undescribed), known)
    faults.add("missing-description", col.DESCRIPTION, missing)
    if not undescribed.any():
        return undescribed
    return undescribed & says_nothing(cells[col.ID], dates)


# ---------------------------------------------------------------- dates that cannot be


def _found(read: Dates, last_day: int, faults: Faults) -> Days:
    found = read.single(len(read.refused))
    late = found > last_day
    faults.add("future-date", col.FOUND, np.flatnonzero(late))
    found[late] = 0
    return found


def _due(read: Dates, found: Days, last_day: int, faults: Faults) -> Days:
    due = read.single(len(found))
    late = due > last_day
    faults.add("future-date", col.DUE, np.flatnonzero(late))
    due[late] = 0
    early = (due > 0) & (due < found)
    faults.add("date-order", col.DUE, np.flatnonzero(early), "早于发现日期")
    due[early] = 0
    return due


def _possible_events(
    read: Mapping[str, Dates], found: Days, last_day: int, faults: Faults
) -> tuple[Stamps, Stamps, Stamps]:
    """Drop what cannot be, in the order of SPEC section 3."""
    kept = {}
    for name in col.EVENT_COLUMNS:
        stamps = Stamps(read[name].rows, read[name].days)
        late = stamps.days > last_day
        faults.add("future-date", name, stamps.rows[late])
        early = ~late & (stamps.days < found[stamps.rows])
        faults.add("date-order", name, stamps.rows[early], "早于发现日期")
        kept[name] = stamps.where(~late & ~early)
    claims, closures, returns = (kept[name] for name in col.EVENT_COLUMNS)
    returns = _caused(claims, closures, returns, len(found), faults)
    return claims, _not_claimed_again(claims, closures, returns, faults), returns


def _caused(
    claims: Stamps, closures: Stamps, returns: Stamps, count: int, faults: Faults
) -> Stamps:
    """A return needs a claim or a closure on or before it: else there was nothing to send back."""
    if len(returns.rows) == 0:
        return returns
    first = np.full(count, np.iinfo(np.int32).max, np.int32)
    for stamps in (claims, closures):
        np.minimum.at(first, stamps.rows, stamps.days)
    caused = first[returns.rows] <= returns.days
    detail = "此前没有整改完成日期或销号日期"
    faults.add("date-order", col.SENT_BACK, returns.rows[~caused], detail)
    return returns.where(caused)


def _not_claimed_again(claims: Stamps, closures: Stamps, returns: Stamps, faults: Faults) -> Stamps:
    """A closure that a later claim follows, with no return from the one to the other, is dropped.

    The nearest later claim decides: a return before it lies before all others.
    """
    if len(closures.rows) == 0 or len(claims.rows) == 0:
        return closures
    following, again = _next(claims, closures.keys, closures.rows, "right")
    sent_back, back = _next(returns, closures.keys, closures.rows, "left")
    wrong = again & ~(back & (sent_back <= following))
    detail = "之后又有整改完成日期，其间没有退回日期"
    faults.add("date-order", col.CLOSED, closures.rows[wrong], detail)
    return closures.where(~wrong)


def _next(stamps: Stamps, keys: Rows, rows: Rows, side: str) -> tuple[Rows, Mask]:
    """The first of `stamps` after each key in its row, and whether there is one."""
    ordered = np.append(np.sort(stamps.keys), np.iinfo(np.int64).max)
    at = np.searchsorted(ordered, keys, "right" if side == "right" else "left")
    return ordered[at], ordered[at] // _SPAN == rows


def _fewer(kept: Stamps, read: Dates) -> Mask:
    """Rows that lost a date on the way."""
    count = len(read.refused)
    return np.bincount(kept.rows, minlength=count) < np.bincount(read.rows, minlength=count)


def _joined(first: Stamps, second: Stamps) -> Stamps:
    return Stamps(
        np.concatenate((first.rows, second.rows)), np.concatenate((first.days, second.days))
    )


def _ordered(claims: Stamps, closures: Stamps, returns: Stamps) -> Events:
    kinds = ((CLAIM, claims), (CLOSURE, closures), (RETURN, returns))
    # Each part is all but sorted already, which this way of sorting makes use of.
    keys = np.sort(np.concatenate([s.keys * _KINDS + kind for kind, s in kinds]), kind="stable")
    moments, kind = keys // _KINDS, keys % _KINDS
    rows = (moments // _SPAN).astype(np.int32)
    return Events(rows, kind.astype(np.int8), (moments % _SPAN).astype(np.int32))


# ---------------------------------------------------------------- warnings


def _warn_of_words(cells: pa.Table, faults: Faults, reading: Reading) -> None:
    """Words that are in no vocabulary decide nothing, but lists by action or source miss them."""
    for name, words in reading.vocabularies.items():
        encoded = cells[name].combine_chunks().dictionary_encode()
        unknown = [
            not reading.dates.is_empty(word) and squash(word) not in words
            for word in encoded.dictionary.to_pylist()
        ]
        rows = np.flatnonzero(np.array(unknown, bool)[encoded.indices.to_numpy()])
        faults.warn("unknown-value", name, rows)
