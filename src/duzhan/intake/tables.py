"""A county's file -> tables of canonical columns: which rows are issues, which are not.

Rows that are no issues (signatures, notes, sums, the header again) are skipped
and counted; a row with a date in a date column or with an id is never skipped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from stat import S_ISDIR, S_ISREG
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan.errors import reason
from duzhan.intake.formats import delimited, read_grids
from duzhan.intake.formats.sample import HEAD, Sample
from duzhan.intake.grid import CELL_LIMIT, Flaw, Grid, RefusedFileError
from duzhan.intake.joining import earliest, filled, joined, side_by_side
from duzhan.intake.safety import restore_column
from duzhan.intake.states import NOTHING, Said, StateWords
from duzhan.intake.text import header_key, heading_text, holds_byte, shorten, squash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from duzhan.intake.dates import DateReader
    from duzhan.intake.headers import Header, HeaderFinder

    Rows = NDArray[np.integer]

MAX_FILE = 512 << 20
MAX_UNPACKED = 1 << 30

SIGNATURES = ("填报人", "填表人", "制表人", "审核人", "负责人", "联系电话", "联系人")
NOTES = ("注:", "说明:", "备注:")
SUMS = ("合计", "小计", "总计")
_MARKERS = SIGNATURES + NOTES + SUMS
# The same words with white space or full-width colons between; narrows down the rows to look at.
_MARKER_HINT = r"^\s*(?:" + "|".join(r"\s*".join(m.rstrip(":")) for m in _MARKERS) + ")"
_ERROR_VALUES = frozenset(
    ["#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"]
)
_NUMBER = re.compile(r"[-+]?[\d,.]*%?")


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of list: its columns and which of them matter for reading.

    Attributes:
        finder: knows the headers.
        serial: the column of row numbers, which is never content.
        identifier: the column that names a row, if there is one.
        dates: columns that hold dates.
        width: how many columns the dataset's own file of this kind has.
        events: those of the date columns that may hold several.
        state: the column whose words say whether an issue is done.
        words: these words.
        phrase: the column whose texts are joined as one sentence.
        keeps_others: whether columns that no header knows are kept.
    """

    finder: HeaderFinder
    serial: str | None
    identifier: str | None
    dates: tuple[str, ...]
    width: int
    events: tuple[str, ...] = ()
    state: str | None = None
    words: StateWords = field(default_factory=StateWords)
    phrase: str | None = None
    keeps_others: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one sheet (or text file) that count, in canonical and own columns.

    Attributes:
        sheet: worksheet name, None for text files.
        encoding: of a text file.
        cells: the canonical columns that the header has, then the county's own under
            their headings (`own`); "" for empty; one row a list row. Columns with the
            same meaning are joined already.
        flaws: broken cells (row of `cells`, column of `cells`) and rows (column None).
        row_count: rows below the header that are not blank.
        skipped: how many of them are no issues.
        own: headings of the county's own columns, as `cells` has them.
        joined: pairs of headings that mean one column, as the county wrote them.
        ambiguous: own headings that may mean a canonical column and were not guessed.
        said: what words of state say of each row of `cells`, whatever column, tick,
            bracket, sheet name or section title they stand in; judged before columns
            were joined, so that nothing else has to be read from the texts.
    """

    sheet: str | None
    encoding: str | None
    cells: pa.Table
    positions: Rows
    grid: Grid
    flaws: tuple[tuple[int, str | None, str, str], ...]
    row_count: int
    skipped: int
    said: Said
    own: tuple[str, ...] = ()
    joined: tuple[tuple[str, str], ...] = ()
    ambiguous: tuple[str, ...] = ()

    def lines(self, rows: Rows) -> list[int]:
        """Line numbers of rows of `cells`, from 1."""
        return self.grid.line_of(self.positions[rows])

    @property
    def preface(self) -> Sequence[Sequence[str]]:
        """The rows above the header: titles, who reports, when."""
        return self.grid.preface

    @property
    def header_names(self) -> Mapping[str, str]:
        """Column of `cells` to its heading as the county wrote it (the first of several)."""
        header = self.grid.header
        known = {name: header.cells[at].strip() for name, at in header.columns.items()}
        return known | {name: name for name in self.own}


def read_tables(
    path: Path, layout: Layout, dates: DateReader, max_size: int = MAX_FILE
) -> list[Table]:
    """Read every table of a file, whatever its format.

    Args:
        path: CSV, TSV, xlsx, xls or ods; told by its content, not by its name.
        layout: the kind of list to look for.
        dates: reads dates, to tell rows that hold one.
        max_size: largest file in bytes.

    Raises:
        RefusedFileError: the file cannot be read, or no known header is in it.
    """
    try:
        status = path.stat()
        if not (S_ISREG(status.st_mode) or S_ISDIR(status.st_mode)):
            # To open a pipe would wait for somebody to write into it.
            raise RefusedFileError("bad-file", "不是普通文件（是管道或设备），应是表格文件")
        size = status.st_size
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as error:
        raise RefusedFileError("bad-file", f"读不出来（{_why(error)}）") from None
    if size == 0:
        raise RefusedFileError("bad-file", "文件是空的（0 字节），应有表头和问题清单")
    if size > max_size:
        message = f"有 {size >> 20} MiB，超过上限 {max_size >> 20} MiB，未读取"
        raise RefusedFileError("bad-file", message)
    # Told by what the file holds: workbooks named .csv and texts named .xls are common.
    sample = Sample(path, head, max(MAX_UNPACKED, max_size))
    return [_table(grid, layout, dates) for grid in read_grids(sample, layout.finder)]


def _why(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "没有读取权限，请改文件权限"
    if isinstance(error, IsADirectoryError):
        return "它是文件夹，应是表格文件"
    if isinstance(error, FileNotFoundError):
        return "文件不存在，或是失效的链接"
    return reason(error)


def _table(grid: Grid, layout: Layout, dates: DateReader) -> Table:
    header = grid.header
    _refuse_swallowed(grid)
    there = _filled(grid, header.columns.get(layout.serial or ""))
    skipped = _skipped(grid, layout, dates, there)
    keep = there & ~skipped
    positions = np.flatnonzero(keep)
    columns = _kept(grid, keep)
    own = _own_headings(header, columns) if layout.keeps_others else {}
    names = {at: name for name, places in header.positions.items() for at in places} | own
    order = np.cumsum(keep) - 1
    flaws = tuple(
        (
            int(order[flaw.row]),
            names[flaw.position] if flaw.position is not None else None,
            flaw.value,
            flaw.message,
        )
        for flaw in (*grid.flaws, *_broken_cells(grid, names, layout.width))
        if keep[flaw.row] and (flaw.position is None or flaw.position in names)
    )
    cells = {
        name: _one_column(name, [columns[at] for at in places], layout, dates)
        for name, places in header.positions.items()
    }
    return Table(
        sheet=grid.sheet,
        encoding=grid.encoding,
        cells=pa.table(cells | {name: columns[at] for at, name in own.items()}),
        positions=positions,
        grid=grid,
        flaws=flaws,
        row_count=int(there.sum()),
        skipped=int(skipped.sum()),
        said=_said(columns, header, layout, len(positions)),
        own=tuple(own.values()),
        joined=_joined_headings(header, layout),
    )


def _kept(grid: Grid, keep: NDArray[np.bool_]) -> list[pa.ChunkedArray]:
    """The columns without the rows that are no issues."""
    whole = keep.all()
    columns = [c if whole else c.filter(pa.array(keep)) for c in grid.columns]
    if grid.sheet is None:
        # In text files an apostrophe keeps a cell from running as a formula; it is no content.
        return [restore_column(column) for column in columns]
    return columns


# ---------------------------------------------------------------- columns


def _own_headings(header: Header, columns: Sequence[pa.ChunkedArray]) -> dict[int, str]:
    """Position to name of the columns that no alias knows: 名称, then 名称（2）.

    A column without a heading is one if it holds anything.
    """
    known = {at for places in header.positions.values() for at in places}
    taken = set(header.positions)
    own: dict[int, str] = {}
    for at, column in enumerate(columns):
        heading = heading_text(header.cells[at]) if at < len(header.cells) else ""
        if at in known or not (heading or filled(column).any()):
            continue
        base = name = heading or f"第{at + 1}列"
        number = 1
        while name in taken:
            number += 1
            name = f"{base}（{number}）"
        taken.add(name)
        own[at] = name
    return own


def _one_column(
    name: str, columns: Sequence[pa.ChunkedArray], layout: Layout, dates: DateReader
) -> pa.ChunkedArray:
    """What all columns of one meaning say together."""
    if len(columns) == 1:
        return columns[0]
    if name in layout.dates and name not in layout.events:
        return joined(columns, earliest(lambda text: sum(dates.read(text)[0][:1])))
    return joined(columns, side_by_side("：" if name == layout.phrase else "；"))


def _joined_headings(header: Header, layout: Layout) -> tuple[tuple[str, str], ...]:
    return tuple(
        (header.cells[places[0]].strip(), header.cells[at].strip())
        for name, places in header.positions.items()
        if name != layout.serial
        for at in places[1:]
    )


def _said(columns: Sequence[pa.ChunkedArray], header: Header, layout: Layout, count: int) -> Said:
    codes = np.full(count, NOTHING, np.int8)
    for at in header.positions.get(layout.state or "", ()):
        # Not done goes before done.
        codes = np.maximum(codes, layout.words.column(columns[at]))
    return Said.of(codes)


# ---------------------------------------------------------------- rows with anything in them


def _filled(grid: Grid, serial: int | None) -> NDArray[np.bool_]:
    """Rows with anything in them besides a row number."""
    rows = len(grid.columns[0])
    there = np.zeros(rows, bool)
    # Most rows show at once that they are filled, in the column of descriptions.
    order = sorted(range(len(grid.columns)), key=lambda at: at not in grid.header.columns.values())
    for position in order:
        if position == serial:
            continue
        if there.all():
            break
        there |= filled(grid.columns[position])
    for flaw in grid.flaws:
        there[flaw.row] = True
    return there | _marked_serial(grid, serial)


def _mask(truth: pa.ChunkedArray) -> NDArray[np.bool_]:
    return np.asarray(truth.to_numpy(), bool)


def _marked_serial(grid: Grid, serial: int | None) -> NDArray[np.bool_]:
    """Rows whose row number is no number (合计, 填报人：) are not blank."""
    if serial is None:
        return np.zeros(len(grid.columns[0]), bool)
    return _mask(pc.match_substring_regex(grid.columns[serial], r"[^\d\s.]"))


# ---------------------------------------------------------------- rows that are no issues


def _skipped(
    grid: Grid, layout: Layout, dates: DateReader, filled: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    skipped = np.zeros(len(filled), bool)
    headers = [[header_key(cell) for cell in row] for row in _header_rows(grid)]
    for row in _candidates(grid, filled):
        cells = [column[row].as_py().strip() for column in grid.columns]
        skipped[row] = any(_repeats_header(cells, header) for header in headers) or (
            _is_marker_row(cells) and not _is_issue(cells, grid, layout, dates)
        )
    return skipped


def _candidates(grid: Grid, filled: NDArray[np.bool_]) -> Iterator[int]:
    """Rows whose first filled cell begins with a marker word or repeats the header's."""
    waiting = filled.copy()
    for position, column in enumerate(grid.columns):
        if not waiting.any():
            return
        names = {row[position].strip() for row in _header_rows(grid) if position < len(row)}
        repeat = "|".join(re.escape(name) for name in sorted(names) if name)
        hint = f"{_MARKER_HINT}|^\\s*(?:{repeat})\\s*$" if repeat else _MARKER_HINT
        here = pc.match_substring_regex(column, hint).to_numpy()
        yield from np.flatnonzero(here & waiting).tolist()
        waiting &= ~pc.match_substring_regex(column, r"\S").to_numpy()


def _header_rows(grid: Grid) -> list[tuple[str, ...]]:
    """The header as it is read, and its rows as they stand; each may be repeated further down."""
    return list(dict.fromkeys((grid.header.cells, *grid.header.rows)))


def _repeats_header(cells: Sequence[str], header: Sequence[str]) -> bool:
    pairs = [(header_key(cell), name) for cell, name in zip(cells, header, strict=False) if cell]
    return bool(pairs) and all(cell == name for cell, name in pairs)


def _is_marker_row(cells: Sequence[str]) -> bool:
    words = [squash(cell) for cell in cells if cell]
    if words[0].startswith(SIGNATURES + NOTES):
        return True
    return words[0].startswith(SUMS) and all(_NUMBER.fullmatch(word) for word in words[1:])


def _is_issue(cells: Sequence[str], grid: Grid, layout: Layout, dates: DateReader) -> bool:
    """Whether a row that looks like a signature holds a date, or an id of its own."""
    columns = grid.header.columns
    identifier = columns.get(layout.identifier or "")
    if identifier is not None and cells[identifier]:
        word = squash(cells[identifier])
        summed = squash(next(cell for cell in cells if cell)).startswith(SUMS)
        if not word.startswith(_MARKERS) and not (summed and _NUMBER.fullmatch(word)):
            return True
    return any(
        dates.read_several(cells[columns[name]])[0] for name in layout.dates if name in columns
    )


# ---------------------------------------------------------------- broken cells


def _refuse_swallowed(grid: Grid) -> None:
    """Refuse a file in which a stray quote has swallowed whole rows into one cell.

    Raises:
        RefusedFileError: a cell holds a line that has the separators of a row.
    """
    if grid.sheet is not None:
        return
    for column in grid.columns:
        rows = _with_rows_inside(column, len(grid.columns))
        if len(rows):
            count = column[int(rows[0])].as_py().count("\n")
            raise delimited.swallowed(grid.line_of(rows[:1])[0], count)


def _with_rows_inside(column: pa.ChunkedArray, width: int) -> Rows:
    """Rows whose cell holds, below its first line, one with the separators of a row."""
    ends = [end for end in "\r\n" if holds_byte(column, ord(end))]
    if width < 4 or not ends:
        return np.zeros(0, np.int64)
    broken = [_mask(pc.match_substring(column, end)) for end in ends]
    rows = np.flatnonzero(np.logical_or.reduce(broken))
    broken_cells = column.take(pa.array(rows))
    hit = np.zeros(len(rows), bool)
    for mark in (",", ";", "\t", "|"):
        # Few cells hold that many separators at all; only they are looked at closely.
        enough = pc.greater_equal(pc.count_substring(broken_cells, mark), width - 1).to_numpy()
        if enough.any():
            one = re.escape(mark)
            pattern = rf"[\r\n][^\r\n{one}]*(?:{one}[^\r\n{one}]*){{{width - 1},}}"
            inside = pc.match_substring_regex(broken_cells.filter(pa.array(enough)), pattern)
            hit[enough] |= _mask(inside)
    return rows[hit]


def _broken_cells(grid: Grid, positions: Iterable[int], width: int) -> Iterator[Flaw]:
    """Error values as text, cells that no spreadsheet could hold, whole rows inside a cell.

    A list of the dataset's own with such a row inside a cell would be refused
    as swallowed by a quote: it must never be written.
    """
    for position in positions:
        column = grid.columns[position]
        if len(column) == 0:
            continue
        known = {(flaw.row, flaw.position) for flaw in grid.flaws}
        for row in np.flatnonzero(_mask(pc.starts_with(column, "#"))).tolist():
            value = column[row].as_py().strip()
            if value in _ERROR_VALUES and (row, position) not in known:
                yield Flaw(row, position, value, "单元格是公式错误，请改成实际内容")
        lengths = pc.binary_length(column)
        if pc.max(lengths).as_py() > CELL_LIMIT:
            long = pc.greater(pc.utf8_length(column), CELL_LIMIT).to_numpy()
            for row in np.flatnonzero(long).tolist():
                text = column[row].as_py()
                message = f"这一格有 {len(text)} 个字，超过 {CELL_LIMIT} 个，多半是粘贴错误"
                yield Flaw(row, position, shorten(text), message)
        if grid.sheet is None and len(grid.columns) <= width:
            continue  # Such a text file has been refused.
        for row in _with_rows_inside(column, width).tolist():
            text = column[row].as_py()
            message = "这一格里换行之后是表格的一整行内容，多半是粘贴错误，请只留这一列的内容"
            yield Flaw(row, position, shorten(text), message)
