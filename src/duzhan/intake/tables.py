"""A county's file -> tables of canonical and own columns; every row an issue, or left out."""

from __future__ import annotations

from dataclasses import dataclass
from stat import S_ISDIR, S_ISREG
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from duzhan.errors import reason
from duzhan.files import opened
from duzhan.intake.assembly import Assembled, assemble
from duzhan.intake.broken import broken_cells, lost_numbers, refuse_swallowed
from duzhan.intake.dateforms import from_1904
from duzhan.intake.formats import read_grids
from duzhan.intake.formats.sample import HEAD, Sample
from duzhan.intake.grid import Flaw, Grid, RefusedFileError
from duzhan.intake.safety import restore_column
from duzhan.intake.states import Said
from duzhan.intake.survey import ListSection, has_shifted, survey

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from duzhan.arrays import Rows
    from duzhan.intake.dates import DateReader
    from duzhan.intake.headers import Header
    from duzhan.intake.layout import Layout
    from duzhan.intake.seen import Seen, Taken


MAX_FILE = 512 << 20
MAX_UNPACKED = 1 << 30


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
        left_out: line and text of the rows that are no issues, headers excepted.
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
    left_out: tuple[tuple[int, str], ...] = ()

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
    path: Path,
    layout: Layout,
    dates: DateReader,
    max_size: int = MAX_FILE,
    seen: Seen | None = None,
) -> list[Table]:
    """Read every table of a file, whatever its format.

    Args:
        path: CSV, TSV, xlsx, xls or ods; told by its content, not by its name.
        layout: the kind of list to look for.
        dates: reads dates, to tell rows that hold one.
        max_size: largest file in bytes.
        seen: is told what exactly is read; None if nobody asks.

    Raises:
        RefusedFileError: the file cannot be read, or no known header is in it.
    """
    if seen is not None:
        with seen.reading(path) as taken:
            return _read(path, layout, dates, max_size, taken)
    return _read(path, layout, dates, max_size)


def _read(
    path: Path, layout: Layout, dates: DateReader, max_size: int, taken: Taken | None = None
) -> list[Table]:
    try:
        status = path.stat()
        if not (S_ISREG(status.st_mode) or S_ISDIR(status.st_mode)):
            # To open a pipe would wait for somebody to write into it.
            raise RefusedFileError("bad-file", "不是普通文件（是管道或设备），应是表格文件")
        size = status.st_size
        with opened(path) as file:
            head = file.read(HEAD)
    except OSError as error:
        raise RefusedFileError("bad-file", f"读不出来（{_why(error)}）") from None
    if size == 0:
        raise RefusedFileError("bad-file", "文件是空的（0 字节），应有表头和问题清单")
    if size > max_size:
        message = f"有 {size >> 20} MiB，超过上限 {max_size >> 20} MiB，未读取"
        raise RefusedFileError("bad-file", message)
    # Told by what the file holds: workbooks named .csv and texts named .xls are common.
    sample = Sample(path, head, max(MAX_UNPACKED, max_size), taken)
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
    refuse_swallowed(grid)

    def has_date(name: str, cell: str) -> bool:
        if name == layout.deadline:
            read = dates.deadline(cell)
            return read.day > 0 or read.after >= 0
        return bool(dates.read_several(cell)[0])

    found = survey(grid, layout, has_date)
    ends = [section.first for section in found.sections[1:]] + [len(found.there)]
    keep = found.there & ~found.skipped
    parts = [
        _part(grid, section, end, keep, layout, dates)
        for section, end in zip(found.sections, ends, strict=True)
        if section.first == 0 or keep[section.first : end].any()
    ]
    whole = (
        parts[0] if len(parts) == 1 else _stacked([part for part in parts if part.rows] or parts)
    )
    positions = np.flatnonzero(keep)
    order = np.cumsum(keep) - 1
    # To count a large file's lines takes as long as to read it.
    lines = grid.line_of(np.array([row for row, _ in found.said])) if found.said else []
    return Table(
        sheet=grid.sheet,
        encoding=grid.encoding,
        cells=pa.table(whole.columns.cells),
        positions=positions,
        grid=grid,
        flaws=tuple(
            (int(order[flaw.row]), column, flaw.value, flaw.message)
            for part in parts
            for flaw, column in part.flaws
        ),
        row_count=int(found.there.sum()),
        skipped=int((found.there & found.skipped).sum()),
        said=whole.columns.said,
        own=whole.columns.own,
        joined=whole.columns.joined,
        ambiguous=whole.columns.ambiguous,
        left_out=tuple(zip(lines, (text for _, text in found.said), strict=True)),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """The rows of a sheet that are read by one header, below one title."""

    columns: Assembled
    flaws: list[tuple[Flaw, str | None]]

    @property
    def rows(self) -> int:
        return len(self.columns.said.done)


def _part(
    grid: Grid,
    section: ListSection,
    end: int,
    keep: NDArray[np.bool_],
    layout: Layout,
    dates: DateReader,
) -> _Part:
    mask = keep[section.first : end]
    # What stands beyond the first header is told by the flaw of its row.
    width = len(section.header.cells) if section.header is grid.header else len(grid.columns)
    columns = [column.slice(section.first, end - section.first) for column in grid.columns[:width]]
    if not mask.all():
        columns = [column.filter(pa.array(mask)) for column in columns]
    if grid.sheet is None:
        # In text files an apostrophe keeps a cell from running as a formula; it is no content.
        columns = [restore_column(column) for column in columns]
    if grid.beside.epoch_1904:
        columns = _counted_from_1904(columns, section.header, layout)
    title = section.title or (layout.words.in_title(grid.sheet) if grid.sheet else None)
    made = assemble(columns, section.header, section.lines, title, layout, dates)
    names = made.names
    flaws: list[tuple[Flaw, str | None]] = [
        (flaw, None if flaw.position is None else names[flaw.position])
        for flaw in (*grid.flaws, *(_broken(grid, names, layout) if mask.any() else ()))
        if section.first <= flaw.row < end and keep[flaw.row]
        if (flaw.position in names and (not flaw.as_date or names[flaw.position] in layout.dates))
        or (flaw.position is None and has_shifted(grid, flaw.row, section.header))
    ]
    return _Part(made, flaws)


def _counted_from_1904(
    columns: Sequence[pa.ChunkedArray], header: Header, layout: Layout
) -> list[pa.ChunkedArray]:
    """Columns of dates whose plain numbers are days as elsewhere."""
    dated = {at for name in layout.dates for at in header.positions.get(name, ())}
    return [
        pa.chunked_array([[from_1904(text) for text in column.to_pylist()]], pa.string())
        if at in dated
        else column
        for at, column in enumerate(columns)
    ]


def _stacked(parts: Sequence[_Part]) -> _Part:
    """Tables below each other as one; what one of them lacks is empty in its rows."""
    made = [part.columns for part in parts]
    own = tuple(dict.fromkeys(name for one in made for name in one.own))
    names = dict.fromkeys(name for one in made for name in one.cells if name not in own)
    cells = {}
    for name in (*names, *own):
        columns = [
            one.cells[name].chunks
            if name in one.cells
            else [pa.repeat(pa.scalar("", pa.string()), part.rows)]
            for one, part in zip(made, parts, strict=True)
        ]
        cells[name] = pa.chunked_array([chunk for chunks in columns for chunk in chunks])
    return _Part(
        Assembled(
            cells=cells,
            names={},
            own=own,
            joined=tuple(dict.fromkeys(pair for one in made for pair in one.joined)),
            ambiguous=tuple(dict.fromkeys(name for one in made for name in one.ambiguous)),
            said=Said.joined([one.said for one in made]),
        ),
        [],
    )


def _broken(grid: Grid, names: Mapping[int, str], layout: Layout) -> Iterator[Flaw]:
    for position, name in names.items():
        yield from broken_cells(grid, position, layout.width)
        if name == layout.identifier:
            yield from lost_numbers(grid, position)
