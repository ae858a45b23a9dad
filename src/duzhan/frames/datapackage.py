"""All tables as CSV files with a datapackage.json (Frictionless Data) that says what they hold."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import secrets
import shutil
from typing import TYPE_CHECKING, Any

from duzhan.errors import DuzhanError
from duzhan.frames.columns import ColumnType
from duzhan.intake.safety import csv_line, defuse
from duzhan.store.atomic import explain, sync_folder
from duzhan.store.canonical_csv import clean
from duzhan.store.outputs import refuse_harm

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from duzhan.frames.open_data import OpenTable, Value

DESCRIPTOR = "datapackage.json"
_TYPES = {
    ColumnType.DAY: "date",
    ColumnType.FLAG: "boolean",
    ColumnType.COUNT: "integer",
    ColumnType.NUMBER: "number",
}
_TEXTS = (ColumnType.TEXT, ColumnType.WORD)


def write_datapackage(folder: Path, tables: Sequence[OpenTable], title: str) -> None:
    """Write tables as a data package; what was there is replaced whole, or stays.

    Cells that a spreadsheet would run have an apostrophe before them, as everywhere.

    Args:
        folder: the folder to make, or an earlier package.
        tables: what is in it.
        title: of the package.

    Raises:
        DuzhanError: the folder holds other things, or cannot be written.
    """
    refuse_harm(folder / DESCRIPTOR, folder)
    folder = folder.resolve()
    made = folder.with_name(f".duzhan-report-{os.getpid()}-{secrets.token_hex(8)}")
    try:
        _refuse_other_things(folder)
        made.mkdir(parents=True)
        resources = [_write(made, table) for table in tables]
        package = {
            "profile": "tabular-data-package",
            "name": "duzhan",
            "title": title,
            "resources": resources,
        }
        text = json.dumps(package, ensure_ascii=False, indent=1)
        (made / DESCRIPTOR).write_text(f"{text}\n", "utf-8")
        _take_place(made, folder)
    except OSError as error:
        raise DuzhanError(f"“{folder}”写不进去：{explain(error)}") from None
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _refuse_other_things(folder: Path) -> None:
    if not folder.exists():
        return
    others = [path.name for path in folder.iterdir()]
    if others and DESCRIPTOR not in others:
        raise DuzhanError(f"“{folder}”里有别的东西（{others[0]}），请换一个空目录")


def _take_place(made: Path, folder: Path) -> None:
    """Put the new folder in the place of the old one."""
    old = made.with_name(f"{made.name}-old")
    if folder.exists():
        folder.rename(old)
    try:
        made.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    sync_folder(folder.parent)
    shutil.rmtree(old, ignore_errors=True)


def _write(folder: Path, table: OpenTable) -> dict[str, Any]:
    """Write a table; give what the descriptor says of it."""
    texts = [one.kind in _TEXTS for one in table.columns]
    lines = [csv_line(one.name for one in table.columns)]
    lines += [csv_line(map(_written, row, texts)) for row in table.rows]
    data = "".join(lines).encode()
    (folder / f"{table.name}.csv").write_bytes(data)
    schema: dict[str, Any] = {"fields": [_field(table, at) for at in range(len(table.columns))]}
    schema["missingValues"] = [""]
    if table.key:
        schema["primaryKey"] = list(table.key)
    if table.county:
        reference = {"resource": "counties", "fields": ["name"]}
        schema["foreignKeys"] = [{"fields": [table.county], "reference": reference}]
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "title": table.title,
        "path": f"{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "schema": schema,
    }


def _field(table: OpenTable, at: int) -> dict[str, Any]:
    column = table.columns[at]
    field: dict[str, Any] = {
        "name": column.name,
        "title": column.title,
        "type": _TYPES.get(column.kind, "string"),
    }
    if column.words:
        field["constraints"] = {"enum": list(column.words)}
    return field


def _written(value: Value, is_text: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    return defuse(clean(str(value))) if is_text else str(value)
