"""The issue ledger: every file under issues/, read as it is, in one table of text and facts."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from duzhan import columns as col
from duzhan.dataset.facts import Facts, Reading
from duzhan.dataset.faults import refusal
from duzhan.dataset.judging import judge
from duzhan.dataset.layouts import issue_layout
from duzhan.dataset.listings import (
    Listing,
    issue_files,
    lists_fault,
    missing_in,
    shown_as,
    stray,
)
from duzhan.dataset.names import county_of_file, find_county
from duzhan.dataset.readable import Brokenness
from duzhan.dataset.registers import Registers, load_registers
from duzhan.files import size_of
from duzhan.intake.dateforms import Calendar
from duzhan.intake.dates import DateReader
from duzhan.intake.grid import RefusedFileError
from duzhan.intake.states import Said, StateWords
from duzhan.intake.tables import MAX_FILE, Table, read_tables
from duzhan.intake.text import squash
from duzhan.parallel import on_all_cores

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from duzhan.intake.seen import Seen
    from duzhan.model import County, Problem, Roster, Rules

# As many bytes of lists are worth threads of their own.
_LARGE = 8 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """Where a run of the ledger's rows came from."""

    file: str
    county: int
    first: int
    table: Table


@dataclass(frozen=True, slots=True)
class Ledger:
    """All issues that were asked for.

    Attributes:
        counties: the roster's counties, by index.
        listings: each county's, by index; MISSING for those not asked for.
        cells: all columns as text, one row a row of the files: the fourteen, 县(市), the
            further ones (`columns.FURTHER_COLUMNS`), then the counties' own under their
            headings (`columns.own_columns`), "" where a list has no such column.
        facts: what the rows say.
        sources: the files and sheets, in the order of the rows.
        broken: (row, column) to what stands there and what is wrong with it.
        problems: what concerns whole files.
        registers: extensions, rechecks and evidence as they were read.
    """

    counties: tuple[County, ...]
    listings: tuple[Listing, ...]
    cells: pa.Table
    facts: Facts
    sources: tuple[Source, ...]
    broken: dict[tuple[int, str | None], tuple[str, str]]
    problems: tuple[Problem, ...]
    registers: Registers = field(default_factory=Registers)


@functools.lru_cache(maxsize=4)
def reading_of(rules: Rules) -> Reading:
    """How the campaign's cells are to be read: of whatever is read by these rules, once."""
    words = rules.vocabularies
    due_words = {word.name: word.days for word in words.due_words}
    dates = DateReader(Calendar(rules.start, rules.end), words.empty_words, due_words)
    vocabularies = {
        column: frozenset(squash(name) for term in terms for name in (term.name, *term.aliases))
        for column, terms in ((col.ACTION, words.actions), (col.SOURCE, words.sources))
    }
    states = StateWords(words.done_words, words.not_done_words)
    return Reading(
        dates=dates,
        last_day=rules.end.toordinal(),
        closure_needs_verifier=rules.closure_needs_verifier,
        closure_needs_evidence=rules.closure_needs_evidence,
        vocabularies=vocabularies,
        states=states,
    )


def load_ledger(
    root: Path,
    roster: Roster,
    rules: Rules,
    only: Collection[str] | None = None,
    seen: Seen | None = None,
) -> Ledger:
    """Read the issue lists.

    Args:
        root: the dataset's folder.
        roster: whose counties they are.
        rules: headers, words and calendar.
        only: codes of the counties to read; None for all.
        seen: is told what exactly is read of the lists; None if nobody asks.
    """
    reading = reading_of(rules)
    layout = issue_layout(rules)
    index = {county.code: number for number, county in enumerate(roster.counties)}
    listings = [Listing.MISSING] * len(index)
    sources: list[Source] = []
    fault = lists_fault(root)
    problems: list[Problem] = [fault] if fault else []
    first = 0
    asked = [
        (path, county)
        for path, county in issue_files(root, roster)
        if only is None or county is None or county.code in only
    ]

    def read(one: tuple[Path, County | None]) -> list[Table] | RefusedFileError:
        path, county = one
        try:
            own = issue_layout(rules, county=county) if county and county.header_aliases else layout
            return read_tables(path, own, reading.dates, MAX_FILE, seen) if county else []
        except RefusedFileError as error:
            return error
        finally:
            if size_of(path) >= _LARGE:
                pa.default_memory_pool().release_unused()

    for (path, county), tables in zip(asked, _each(read, asked), strict=True):
        shown = shown_as(path)
        if county is None:
            problems.append(stray(shown, roster))
            continue
        number = index[county.code]
        if isinstance(tables, RefusedFileError):
            problems.append(refusal(shown, tables, f"，{county.name}按无数据处理"))
            listings[number] = Listing.REFUSED
            continue
        for table in tables:
            sources.append(Source(shown, number, first, table))
            first += table.cells.num_rows
        if listings[number] is not Listing.REFUSED:
            rows = sum(table.cells.num_rows for table in tables)
            known = listings[number] is Listing.LISTED
            listings[number] = Listing.LISTED if rows or known else _empty(county)
    cells = _combined(sources)
    counties = np.repeat(
        np.array([source.county for source in sources], np.int16),
        [source.table.cells.num_rows for source in sources],
    )
    broken = _broken_cells(sources)
    elsewhere = [row for source in sources for row in _elsewhere(source, roster).tolist()]
    said = Said.joined([source.table.said for source in sources])
    registers = load_registers(root, roster, rules, only)
    # What reading and judging left behind in Arrow's memory serves nobody any more.
    pa.default_memory_pool().release_unused()
    facts = judge(cells, counties, brokenness(broken, elsewhere), reading, said, registers)
    pa.default_memory_pool().release_unused()
    return Ledger(
        roster.counties, tuple(listings), cells, facts, tuple(sources), broken, tuple(problems),
        registers,
    )  # fmt: skip


def _each(
    read: Callable[[tuple[Path, County | None]], list[Table] | RefusedFileError],
    files: Sequence[tuple[Path, County | None]],
) -> list[list[Table] | RefusedFileError]:
    """Read files: large ones on all cores; to begin threads for small ones takes longer."""
    if sum(size_of(path) for path, _ in files) < _LARGE:
        return [read(one) for one in files]
    return on_all_cores(read, files)


def missing_lists(ledger: Ledger) -> dict[str, str]:
    """Name the counties without data, and say why, for those that were asked for."""
    pairs = zip(ledger.counties, ledger.listings, strict=True)
    return missing_in({county.name: listing for county, listing in pairs})


def _empty(county: County) -> Listing:
    return Listing.ZERO if county.zero_list_confirmed_by else Listing.EMPTY


def _combined(sources: Sequence[Source]) -> pa.Table:
    """One table of all columns; one that a list lacks is empty in its rows."""
    own = dict.fromkeys(name for source in sources for name in source.table.own)
    names = (*col.ISSUE_COLUMNS, col.COUNTY, *col.FURTHER_COLUMNS, *own)
    rows = sum(source.table.cells.num_rows for source in sources)
    blank = pa.repeat(pa.scalar("", pa.string()), rows)
    known: dict[str, list[tuple[int, pa.ChunkedArray]]] = {name: [] for name in names}
    for source in sources:
        cells = source.table.cells
        for name, column in zip(cells.column_names, cells.columns, strict=True):
            if name in known:
                known[name].append((source.first, column))
    return pa.table({name: _filled(blank, parts) for name, parts in known.items()})


def _filled(blank: pa.StringArray, parts: Iterable[tuple[int, pa.ChunkedArray]]) -> pa.ChunkedArray:
    """A column from what lists have of it and where, with as few pieces between as can be."""
    pieces, end = [], 0
    for first, column in parts:
        pieces += [blank[end:first], *column.chunks]
        end = first + len(column)
    pieces.append(blank[end:])
    return pa.chunked_array([piece for piece in pieces if len(piece)], pa.string())


def _broken_cells(sources: Sequence[Source]) -> dict[tuple[int, str | None], tuple[str, str]]:
    return {
        (source.first + row, column): (value, message)
        for source in sources
        for row, column, value, message in source.table.flaws
    }


def brokenness(
    broken: Mapping[tuple[int, str | None], tuple[str, str]], elsewhere: Sequence[int]
) -> Brokenness:
    """What the intake found broken, by column.

    Args:
        broken: (row, column) to what stands there and what is wrong with it.
        elsewhere: rows that say they belong to another county.
    """
    cells: dict[str, list[int]] = {}
    for row, column in broken:
        if column not in (None, col.COUNTY, col.SERIAL):
            cells.setdefault(column, []).append(row)
    shifted = [row for row, column in broken if column is None]
    return Brokenness(
        {name: np.array(rows, np.int64) for name, rows in cells.items()},
        np.array(shifted, np.int64),
        np.array(elsewhere, np.int64),
    )


def _elsewhere(source: Source, roster: Roster) -> NDArray[np.int64]:
    """Rows that name another county than their file does, in a cell or by their sheet's name."""
    table = source.table
    code = roster.counties[source.county].code
    named = county_of_file(table.sheet, roster) if table.sheet else None
    if named is not None and named.code != code:
        return source.first + np.arange(table.cells.num_rows)
    if col.COUNTY not in table.cells.column_names:
        return np.zeros(0, np.int64)
    encoded = table.cells[col.COUNTY].combine_chunks().dictionary_encode()
    other = []
    for word in encoded.dictionary.to_pylist():
        county = find_county(word, roster) or county_of_file(word, roster)
        other.append(bool(squash(word)) and (county is None or county.code != code))
    return source.first + np.flatnonzero(np.array(other, bool)[encoded.indices.to_numpy()])
