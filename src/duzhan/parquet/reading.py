"""A ledger at rest, read back whole: the same cells, faults and lines as in the county's files."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from duzhan import columns as col
from duzhan.dataset.judging import judge
from duzhan.dataset.ledger import Ledger, Source, brokenness, reading_of
from duzhan.dataset.listings import Listing
from duzhan.errors import DuzhanError
from duzhan.intake.grid import Grid
from duzhan.intake.headers import Header
from duzhan.intake.states import Said
from duzhan.intake.tables import Table
from duzhan.parquet import layout as at
from duzhan.parquet import manifest as rest
from duzhan.parquet.checking import AGAIN, refuse_impossible_issues, shown_path

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from duzhan.dataset.registers import Registers
    from duzhan.intake.grid import LineNumbers
    from duzhan.model import County, Rules

BETWEEN = "；"

_COLUMNS = [name for name in at.ISSUE_SCHEMA.names if name != at.ROW]
_NAMES = (*col.ISSUE_COLUMNS, col.COUNTY, *col.FURTHER_COLUMNS)


def listing_of(at_rest: rest.AtRest, county: County) -> Listing:
    """Whether a county has data, as of the roster's word on empty lists."""
    part = at_rest.parts.get(county.code)
    found = Listing.MISSING if part is None else Listing(part.listing)
    if found in (Listing.EMPTY, Listing.ZERO):
        return Listing.ZERO if county.zero_list_confirmed_by else Listing.EMPTY
    return found


def load_rested(
    at_rest: rest.AtRest,
    counties: tuple[County, ...],
    rules: Rules,
    registers: Registers,
    only: Collection[str] | None = None,
) -> Ledger:
    """Read the issues of a ledger at rest.

    Args:
        at_rest: from `manifest.open_at_rest`.
        counties: the roster's.
        rules: how cells are read.
        registers: of these counties at least.
        only: codes of the counties to read; None for all.

    Raises:
        DuzhanError: it cannot be read.
    """
    wanted = [c for c in counties if only is None or c.code in only]
    names = {county.code for county in wanted}
    shares = at_rest.table(at.ISSUES, names)
    tables = []
    for path, read in read_files(shares):
        refuse_impossible_issues(read, path)
        tables.append(read.select(_COLUMNS))
    table = pa.concat_tables([at.ISSUE_SCHEMA.empty_table().select(_COLUMNS), *tables])
    index = {county.code: number for number, county in enumerate(counties)}
    county = np.repeat(
        np.array([index[share.code] for share in shares], np.int16),
        [at_rest.parts[share.code].rows for share in shares],
    )
    headings = at_rest.own_columns(names)
    nothing = pa.repeat(pa.scalar("", pa.string()), table.num_rows)
    own = dict.fromkeys(headings, nothing) | own_columns(table[at.OWN], headings)
    cells = pa.table({name: _text(table, name) for name in _NAMES} | own)
    about = registers.about({c.name for c in wanted})
    said = Said.of(table[at.SAID].to_numpy())
    broken, elsewhere = _broken(table)
    reading = reading_of(rules)
    faults = brokenness(broken, elsewhere)
    return Ledger(
        counties,
        tuple(listing_of(at_rest, c) if c.code in names else Listing.MISSING for c in counties),
        cells,
        judge(cells, county, faults, reading, said, about),
        tuple(_sources(table, cells, county)),
        broken,
        at_rest.problems_of(names),
        about,
    )


def read_files(
    shares: Sequence[at.Share],
    columns: Sequence[str] | None = None,
    words: Sequence[str] = (),
) -> Iterator[tuple[Path, pa.Table]]:
    """Read what is asked for of each file.

    Args:
        shares: from `AtRest.table`.
        columns: which; None for all.
        words: the columns of text to give as dictionaries.

    Raises:
        DuzhanError: a file is damaged, or a row is said to be another county's than the
            file's place for it tells.
    """
    for path, found in groupby(shares, key=lambda share: share.path):
        ours = list(found)
        table, sizes = _read_groups(path, ours, columns, words)
        county = pa.array(np.repeat(np.array([int(one.code) for one in ours], np.int32), sizes))
        if at.PLACE not in table.column_names:
            table = table.append_column(at.PLACE, county)
        elif not table[at.PLACE].combine_chunks().equals(county):
            raise DuzhanError(f"{shown_path(path)}：列“{at.PLACE}”里有别的县区，{AGAIN}")
        yield path, table


def _read_groups(
    path: Path,
    shares: Sequence[at.Share],
    columns: Sequence[str] | None,
    words: Sequence[str],
) -> tuple[pa.Table, list[int]]:
    """Some counties' row groups of a file, and how many rows each county has."""
    groups = [group for share in shares for group in share.groups]
    try:
        file = pq.ParquetFile(path, metadata=shares[0].footer, read_dictionary=list(words))
        known = set(file.schema_arrow.names)
        # An older form has the county in the folder's name.
        wanted = columns and [name for name in columns if name in known or name != at.PLACE]
        table = file.read_row_groups(groups, wanted)
    except MemoryError:
        raise
    except (OSError, pa.ArrowException):
        raise DuzhanError(f"{shown_path(path)}：文件已损坏，读不出来，{AGAIN}") from None
    rows = file.metadata.row_group
    return table, [sum(rows(group).num_rows for group in share.groups) for share in shares]


def written(days: pa.Array) -> pa.Array:
    """Dates, or lists of dates, as the ledger writes them; "" for none."""
    if pa.types.is_list(days.type):
        inner = written(days.values)
        texts = pa.ListArray.from_arrays(days.offsets, inner)
        return pc.binary_join(texts, BETWEEN)
    return pc.fill_null(days.cast(pa.string()), "")


def _text(table: pa.Table, name: str) -> pa.ChunkedArray:
    column = table[name]
    if name not in col.DATE_COLUMNS:
        return column
    texts = [written(chunk) for chunk in column.chunks]
    return pc.coalesce(table[f"{name}{at.ORIGINAL}"], pa.chunked_array(texts, pa.string()))


def own_columns(column: pa.ChunkedArray, names: Sequence[str]) -> dict[str, pa.ChunkedArray]:
    """The counties' own columns in which anything stands, "" where a row has nothing.

    Most headings are one county's: what has none of it is the same piece of nothing.

    Args:
        column: heading to text, row by row.
        names: the headings in their order; others follow as they appear.
    """
    maps = column.combine_chunks()
    ends = maps.offsets.to_numpy()
    rows = np.repeat(np.arange(len(maps)), np.diff(ends))
    texts = maps.items[ends[0] : ends[-1]]
    headings = maps.keys[ends[0] : ends[-1]].dictionary_encode()
    found = headings.dictionary.to_pylist()
    codes = headings.indices.to_numpy()
    sizes = np.bincount(codes, minlength=len(found))
    cells = np.split(np.argsort(codes, kind="stable"), np.cumsum(sizes))
    nothing = pa.repeat(pa.scalar("", pa.string()), len(maps))
    columns = {}
    for heading, ours in zip(found, cells, strict=False):
        first, last = rows[ours[0]], rows[ours[-1]] + 1
        mask = np.zeros(last - first, bool)
        mask[rows[ours] - first] = True
        filled = pc.replace_with_mask(
            nothing[first:last], pa.array(mask), texts.take(pa.array(ours))
        )
        columns[heading] = pa.chunked_array([nothing[:first], filled, nothing[last:]])
    known = [name for name in names if name in columns]
    return {name: columns[name] for name in dict.fromkeys((*known, *found))}


def _broken(
    table: pa.Table,
) -> tuple[dict[tuple[int, str | None], tuple[str, str]], list[int]]:
    """Broken cells with what stood there and why, and rows of another county."""
    refusals = table[at.REFUSALS].combine_chunks()
    rows = pc.list_parent_indices(refusals).to_pylist()
    broken: dict[tuple[int, str | None], tuple[str, str]] = {}
    elsewhere = []
    for row, said in zip(rows, pc.list_flatten(refusals).to_pylist(), strict=True):
        if said["代码"] == "bad-cell":
            broken[row, said["列"]] = (said["原文"] or "", said["说明"])
        elif said["代码"] == "unknown-county":
            elsewhere.append(row)
    return broken, elsewhere


def _sources(table: pa.Table, cells: pa.Table, county: NDArray[np.int16]) -> Iterator[Source]:
    """The files and sheets that the rows came from, each a run of rows."""
    if table.num_rows == 0:
        return
    files, sheets = (
        np.asarray(pc.fill_null(table[name], "").to_numpy(zero_copy_only=False), object)
        for name in (at.FILE, at.SHEET)
    )
    lines = table[at.LINE].to_numpy()
    turns = (files[1:] != files[:-1]) | (sheets[1:] != sheets[:-1]) | (county[1:] != county[:-1])
    firsts = [0, *(np.flatnonzero(turns) + 1).tolist()]
    # Nobody looks for words in a part; of all columns of a nation each would be a thousand slices.
    cells = cells.select([col.ID])
    for first, end in zip(firsts, [*firsts[1:], table.num_rows], strict=True):
        part, own = cells.slice(first, end - first), lines[first:end]
        sheet = sheets[first] or None
        grid = Grid(sheet, Header(0, (), {}), (), (), _lines(own))
        rows = np.arange(end - first)
        said = Said.nothing(end - first)  # What the rows say is judged for all of them at once.
        read = Table(sheet, None, part, rows, grid, (), end - first, 0, said)
        yield Source(files[first], int(county[first]), first, read)


def _lines(lines: NDArray[np.int32]) -> LineNumbers:
    return lambda rows: lines[rows].tolist()
