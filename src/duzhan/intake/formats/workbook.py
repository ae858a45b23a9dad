"""xlsx, xls and ods: every sheet that has a known header, as text cells.

Calamine reads all three fast, but shows an error value (#REF!) and a formula
that was never calculated as empty cells. Those would pass for "nothing here",
so they are looked up apart, in the file's own records.
"""

from __future__ import annotations

import datetime as dt
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from duzhan.intake import cellerrors
from duzhan.intake.grid import Flaw, Grid, RefusedFileError, columns_of
from duzhan.intake.headers import HEADER_WITHIN, HeaderFinder
from duzhan.intake.spread import sheets_within

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from python_calamine import CalamineSheet

    from duzhan.intake.cellerrors import Cell, SheetMarks
    from duzhan.intake.formats.sample import Sample

    Rows = list[list[Any]]
    Tables = list[tuple[CalamineSheet, Rows]]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_UNZIP_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)
_LOCKED = "文件加了密码，请取消密码后重新保存"
_BROKEN = "文件不完整或已损坏，打不开，请重新保存或重新发送"


def fits(sample: Sample) -> bool:
    """Whether the file is a zip archive or an OLE container, as workbooks are."""
    return sample.head.startswith((_OLE, _ZIP))


def read(sample: Sample, finder: HeaderFinder) -> list[Grid]:
    """Read all sheets that have a known header.

    Raises:
        RefusedFileError: encrypted, damaged, a bomb, or without any known header.
    """
    reader = _read_zipped if sample.head.startswith(_ZIP) else _read_xls
    tables, marks = reader(sample.path, sample.max_unpacked)
    grids = [
        grid
        for sheet, rows in tables
        if (grid := _grid(sheet, rows, marks.get(sheet.name), finder))
    ]
    # Beside a list, 问题描述 by itself is a word of the instructions for filling it in.
    lists = [grid for grid in grids if len(grid.header.columns) > 1]
    return lists or grids or _refuse_headless(tables, finder)


def _read_zipped(path: Path, max_unpacked: int) -> tuple[Tables, dict[str, SheetMarks]]:
    raw = _unpacked(path, max_unpacked)
    # The reader leaves the other cores free while it parses.
    with ThreadPoolExecutor(1) as beside:
        reading = beside.submit(_tables, path)
        plain = bool(raw) and not any(map(cellerrors.may_have_any, raw))
        del raw
        tables = reading.result()
    return tables, {} if plain else cellerrors.find(path)


def _read_xls(path: Path, _: int) -> tuple[Tables, dict[str, SheetMarks]]:
    if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
        raise RefusedFileError("bad-file", _LOCKED)
    try:
        marks = cellerrors.find_in_xls(path)
    except PermissionError:
        raise RefusedFileError("bad-file", _LOCKED) from None
    except ValueError as error:
        raise RefusedFileError("bad-file", _BROKEN) from error
    return _tables(path), marks


def _tables(path: Path) -> Tables:
    # Loaded when there is a workbook.
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError  # noqa: PLC0415

    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
            return [(sheet, sheet.to_python(skip_empty_area=False)) for sheet in sheets]
    except PasswordError:
        raise RefusedFileError("bad-file", _LOCKED) from None
    except (CalamineError, OSError, ValueError) as error:
        raise RefusedFileError("bad-file", _BROKEN) from error
    # A panic inside the reader on a damaged file is no Exception subclass.
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise RefusedFileError("bad-file", _BROKEN) from error


def _unpacked(path: Path, max_unpacked: int) -> list[bytes]:
    """Refuse what the reader must not be given; give an xlsx file's sheets as they are inside."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            if unpacked > max_unpacked:
                limit = max_unpacked >> 20
                message = f"解压后有 {unpacked >> 20} MiB，超过上限 {limit} MiB，未读取"
                raise RefusedFileError("bad-file", message)
            sheets = sheets_within(archive)
    except _UNZIP_FAULTS:
        raise RefusedFileError("bad-file", _BROKEN) from None
    if sheets is None:
        message = "有单元格远在表外（或整行重复太多），展开会占满内存，请删去多余的行列后重新保存"
        raise RefusedFileError("bad-file", message)
    return sheets


def _refuse_headless(tables: Tables, finder: HeaderFinder) -> list[Grid]:
    filled = [row for _, rows in tables for row in rows if any(cell != "" for cell in row)]
    if not filled:
        raise RefusedFileError("bad-file", "工作簿里没有内容，应有表头和问题清单")
    first = "，".join(as_text(cell) for cell in filled[0] if cell != "")
    message = f"找不到表头（至少要有“{finder.required}”一列），第一行是：{first[:40]}"
    raise RefusedFileError("missing-column", message)


def _grid(
    sheet: CalamineSheet, rows: Rows, marks: SheetMarks | None, finder: HeaderFinder
) -> Grid | None:
    _fill_merged(rows, sheet.merged_cell_ranges or (marks.merged if marks else ()))
    header = finder.find([[as_text(cell) for cell in row] for row in rows[:HEADER_WITHIN]])
    if header is None:
        return None
    first = header.index + 1
    body = rows[first:]
    flaws = []
    for (row, position), (value, message) in (marks.broken if marks else {}).items():
        if 0 <= row - first < len(body) and position < len(header.cells):
            body[row - first][position] = value
            flaws.append(Flaw(row - first, position, value, message))
    return Grid(
        sheet=sheet.name,
        header=header,
        preface=[[as_text(cell) for cell in row] for row in rows[: header.index]],
        columns=columns_of(body, len(header.cells), as_text),
        line_of=lambda wanted: (np.asarray(wanted) + first + 1).tolist(),
        flaws=flaws,
    )


def _fill_merged(rows: Rows, merges: Sequence[tuple[Cell, Cell]]) -> None:
    """Repeat what stands in cells merged downwards, in every row that has anything of its own."""
    if not merges:
        return
    own = [any(cell != "" for cell in row) for row in rows]
    for (top, left), (bottom, _) in merges:
        if top < len(rows) and left < len(rows[top]):
            for row in range(top + 1, min(bottom + 1, len(rows))):
                if own[row]:
                    rows[row][left] = rows[top][left]


def as_text(cell: object) -> str:
    """Write a typed cell as text: dates in ISO, whole numbers without a point."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell)
