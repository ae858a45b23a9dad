"""How a ledger at rest lies on the disk: its columns, its files, and each county's share of them.

    DIR/data-…/issues/5326.parquet   the issues of a prefecture's counties, typed, with refusals
    DIR/data-…/spells/5326.parquet   from when to when each row stands how

In a file the counties follow each other by code, each in row groups of its own, so that one
county is read without its neighbours. Exports before this form had a folder a county, with
the code in the folder's name, and told less of each spell; they are still read.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from duzhan import columns as col
from duzhan.errors import DuzhanError, reason
from duzhan.files import opened
from duzhan.store.atomic import file_digest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ISSUES, SPELLS = "issues", "spells"
FORM, OLDER = 3, 2

ORIGINAL = "（原文）"
INVALID, ISSUE, REFUSALS = "数据有误", "问题序号", "拒收"
OWN, SAID = "自有列", "状态词"
FILE, SHEET, LINE = "文件", "工作表", "行"
PLACE, ROW = "county", "row"

REFUSAL = pa.struct(
    [
        ("列", pa.string()),
        ("代码", pa.string()),
        ("错误", pa.bool_()),
        ("原文", pa.string()),
        ("说明", pa.string()),
    ]
)

# The first digits of a GB/T 2260 code that name the prefecture.
_PREFECTURE = 4


def _typed(name: str) -> list[tuple[str, pa.DataType]]:
    if name not in col.DATE_COLUMNS:
        return [(name, pa.string())]
    kind = pa.list_(pa.date32()) if name in col.EVENT_COLUMNS else pa.date32()
    return [(name, kind), (f"{name}{ORIGINAL}", pa.string())]


ISSUE_SCHEMA = pa.schema(
    [
        *(field for name in col.ISSUE_COLUMNS for field in _typed(name)),
        (col.COUNTY, pa.string()),
        *((name, pa.string()) for name in col.FURTHER_COLUMNS),
        (OWN, pa.map_(pa.string(), pa.string())),
        (SAID, pa.int8()),
        (INVALID, pa.bool_()),
        (ISSUE, pa.int32()),
        (REFUSALS, pa.list_(REFUSAL)),
        (FILE, pa.string()),
        (SHEET, pa.string()),
        (LINE, pa.int32()),
        (PLACE, pa.int32()),
        (ROW, pa.int32()),
    ]
)
# `row` and `issue` are places among the county's rows, from 0 on; `due` is the deadline in
# force, 0 for none, and `extensions` how often it had been extended by then.
SPELL_SCHEMA = pa.schema(
    [
        (PLACE, pa.int32()),
        (ROW, pa.int32()),
        ("issue", pa.int32()),
        ("standing", pa.int8()),
        ("since", pa.int32()),
        ("until", pa.int32()),
        ("invalid", pa.int8()),
        ("said_done", pa.int8()),
        ("extended", pa.int8()),
        ("entangled", pa.int8()),
        ("due", pa.int32()),
        ("extensions", pa.int32()),
    ]
)
_SCHEMAS = {ISSUES: ISSUE_SCHEMA, SPELLS: SPELL_SCHEMA}
_NEWER = {PLACE, ROW, "due", "extensions"}


class Share(NamedTuple):
    """Where the issues or spells of a county are.

    Attributes:
        code: the county's.
        path: a file.
        groups: its row groups in that file.
        footer: the file's, which need not be read again.
    """

    code: str
    path: Path
    groups: tuple[int, ...]
    footer: pq.FileMetaData


def file_of(code: str) -> str:
    """The name of the file that holds a county, without its ending."""
    return code[:_PREFECTURE]


def by_file(codes: Mapping[str, int]) -> dict[str, list[str]]:
    """The counties of each file, in the order in which they follow each other there.

    Args:
        codes: county code to the rows of its lists; those without rows are in no file.
    """
    files: dict[str, list[str]] = {}
    for code in sorted(code for code, rows in codes.items() if rows):
        files.setdefault(file_of(code), []).append(code)
    return files


def footer_of(path: Path, shown: str, kind: str, form: int) -> pq.FileMetaData:
    """The footer of a file, which has all columns that it should have.

    Raises:
        DuzhanError: it is lost or cut, or a column is missing or of another type.
    """
    try:
        with opened(path) as file:  # Never wait for a pipe.
            footer = pq.read_metadata(file)
        schema = footer.schema.to_arrow_schema()
    except FileNotFoundError:
        raise DuzhanError(f"{shown}：文件不见了，请重新 duzhan export --parquet") from None
    except (OSError, pa.ArrowException):
        raise DuzhanError(
            f"{shown}：不是完整的 Parquet 文件，请重新 duzhan export --parquet"
        ) from None
    for field in _SCHEMAS[kind]:
        if form == OLDER and field.name in _NEWER:
            continue
        if field.name not in schema.names:
            raise DuzhanError(f"{shown}：缺少列“{field.name}”（{field.type}）")
        found = schema.field(field.name).type
        if found != field.type:
            raise DuzhanError(f"{shown}：列“{field.name}”应为 {field.type}，现为 {found}")
    return footer


def refuse_changed(path: Path, shown: str, digest: str | None) -> None:
    """Look whether a file is still, to the byte, what was exported.

    Args:
        path: the file.
        shown: what it is called in a message.
        digest: the SHA-256 of what was exported; None if there was nothing.

    Raises:
        DuzhanError: it is not, or cannot be read.
    """
    try:
        known = path.stat()
        since = (known.st_ino, known.st_size, known.st_mtime_ns, known.st_ctime_ns)
        found = _digest(path, since)
    except OSError as error:
        raise DuzhanError(f"{shown}：读不出来：{reason(error)}") from None
    if found != digest:
        raise DuzhanError(f"{shown}：与导出时不同，请重新 duzhan export --parquet")


@functools.lru_cache(maxsize=4096)
def _digest(path: Path, _since: tuple[int, ...]) -> str | None:
    """The SHA-256 of a file, looked at once a process as long as nothing is written to it."""
    return file_digest(path)


def groups_of(
    footer: pq.FileMetaData, shown: str, rows: Mapping[str, int]
) -> dict[str, tuple[int, ...]]:
    """Each county's row groups in a file.

    Args:
        footer: the file's.
        shown: what the file is called in a message.
        rows: county code to how many rows it should have, as they follow each other.

    Raises:
        DuzhanError: the file has more or fewer, or a row group holds rows of two counties.
    """
    sizes = [footer.row_group(at).num_rows for at in range(footer.num_row_groups)]
    found, at = {}, 0
    for code, wanted in rows.items():
        first, number = at, 0
        while number < wanted and at < len(sizes):
            number, at = number + sizes[at], at + 1
        if number != wanted:
            break
        found[code] = tuple(range(first, at))
    if len(found) < len(rows) or at < len(sizes):
        told, there = sum(rows.values()), footer.num_rows
        wrong = (
            "各行组的行数与 ledger.json 不符"
            if told == there
            else f"应有 {told} 行，现有 {there} 行"
        )
        raise DuzhanError(f"{shown}：{wrong}，请重新 duzhan export")
    return found
