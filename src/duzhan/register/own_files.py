"""Files that are the dataset's own, and what has to be so before the tool rewrites one.

The tool rewrites a file only in its canonical form. What has no place there (a
title above the header, columns of the county's own, signature lines) would be
lost; such a file is refused and has to come in through `duzhan import`.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.columns import ISSUES
from duzhan.errors import DuzhanError
from duzhan.intake.grid import RefusedFileError
from duzhan.intake.tables import read_tables
from duzhan.intake.text import squash
from duzhan.store.atomic import explain, write_temporary
from duzhan.store.canonical_csv import rows_bytes, table_chunks
from duzhan.store.entries import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from duzhan.intake.dates import DateReader
    from duzhan.intake.layout import Layout
    from duzhan.intake.tables import Table
    from duzhan.model import County


class UnreadableRowError(DuzhanError):
    """A row that would not be read again as it is meant."""


def ledger_name(county: County) -> str:
    """The file in which the tool keeps a county's issues, as a path in the dataset."""
    return f"{ISSUES}/{county.name}.csv"


def why_foreign(table: Table, county: County | None = None) -> str | None:
    """Say what a rewriting in canonical form would lose; None if nothing.

    Args:
        table: the file as read.
        county: whose file it is, for lists of issues.
    """
    return next(_losses(table, county), None)


def _losses(table: Table, county: County | None) -> Iterator[str]:
    if table.sheet is not None:
        yield "它是工作簿，不是 CSV"
    if any(cell.strip() for row in table.preface for cell in row):
        yield "表头上面还有标题行"
    if table.skipped:
        yield f"有{table.skipped}行不是数据（填报人、合计、说明之类）"
    shifted = [row for row, column, _, _ in table.flaws if column is None]
    if shifted:
        yield f"第{table.lines(np.array(shifted[:1]))[0]}行的格数比表头多"
    header = table.grid.header
    for first, second in table.joined:
        yield f"有两列是一个意思（“{first}”“{second}”）"
    known = set(header.columns.values())
    for at, cells in enumerate(table.grid.columns):
        if (
            county is None
            and at not in known
            and pc.any(pc.not_equal(pc.utf8_trim_whitespace(cells), "")).as_py()
        ):
            yield f"有台账没有的列“{header.cells[at].strip() or f'第{at + 1}列'}”"
    if county is not None and col.COUNTY in table.cells.column_names:
        # Rows of another county are faults that must not be lost with the column.
        ours = {"", county.code, *map(squash, county.names)}
        if not ours.issuperset(map(squash, pc.unique(table.cells[col.COUNTY]).to_pylist())):
            yield f"有的行“县(市)”一栏写的不是{county.name}"


def canonical_table(cells: pa.Table, columns: Sequence[str]) -> pa.Table:
    """The canonical columns of a table as read; those that it lacks are empty."""
    none = pa.chunked_array([pa.repeat(pa.scalar("", pa.string()), cells.num_rows)])
    names = cells.column_names
    return pa.table([cells[n] if n in names else none for n in columns], list(columns))


def ledger_table(cells: pa.Table, names: Sequence[str]) -> pa.Table:
    """The columns of a ledger that stand in some others, in the ledger's order.

    Args:
        cells: a table as read.
        names: columns that the ledger is to have beside the fourteen; 县(市) and 序号 are none.
    """
    return canonical_table(cells, col.ledger_columns(names))


def is_canonical(cells: pa.Table, columns: Sequence[str], digest: str | None) -> bool:
    """Whether a file with this digest is just what the tool would write for these cells."""
    written = hashlib.sha256()
    for piece in table_chunks(cells, columns):
        written.update(piece)
    return written.hexdigest() == digest


def adoption(
    cells: pa.Table, columns: Sequence[str], digest: str | None, county: County | None = None
) -> list[Entry]:
    """What the journal has to say before the first change of a file in another form.

    Args:
        cells: the file's cells, in canonical columns.
        columns: the canonical columns.
        digest: SHA-256 of the file; None if there is none.
        county: whose file it is, for lists of issues.

    Returns:
        An ``adopted`` entry if the file is about to be rewritten in canonical form, else none.
    """
    if digest is None or is_canonical(cells, columns, digest):
        return []
    name = county.name if county else None
    return [Entry("adopted", name, reason="改写成规范格式，内容不变")]


def refuse_unreadable(
    row: Mapping[str, str],
    columns: Sequence[str],
    layout: Layout,
    dates: DateReader,
    folder: Path,
) -> None:
    """Make sure that a row will be read again as it is meant, and not be taken for a signature.

    Args:
        row: the cells that are about to be written.
        columns: the file's columns.
        layout: how the file is read.
        dates: reads dates.
        folder: the dataset's, held for writing: the row is tried in a temporary file there.

    Raises:
        UnreadableRowError: it would be skipped, or read as something else.
        DuzhanError: it cannot be tried.
    """
    meant = [row.get(column, "") for column in columns]
    try:
        path, _ = write_temporary(folder / "row.csv", rows_bytes(columns, [meant]))
        try:
            (table,) = read_tables(path, layout, dates)
        finally:
            path.unlink()
    except RefusedFileError as error:
        raise UnreadableRowError(f"这样写进去以后整个文件就读不出来了：{error.message}") from None
    except OSError as error:
        raise DuzhanError(f"数据集“{folder}”写不进去，数据没有改动：{explain(error)}") from None
    if table.flaws:
        _, column, _, message = table.flaws[0]
        raise UnreadableRowError(f"“{column}”不能这样写：{message}")
    if table.cells.num_rows != 1:
        message = "这样写进去以后，这一行会被当成填报人、合计之类的行跳过，请换一种写法"
        raise UnreadableRowError(message)
    if [table.cells[column][0].as_py() for column in columns] != meant:
        raise UnreadableRowError("这样写进去以后读回来不一样，请去掉特殊的字符")
