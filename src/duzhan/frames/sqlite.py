"""All tables as one SQLite file, which Datasette and anything else with SQL opens."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from duzhan.errors import DuzhanError
from duzhan.frames.columns import ColumnType
from duzhan.store.outputs import replacing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from duzhan.frames.open_data import OpenTable, Value

_TYPES = {
    ColumnType.FLAG: "INTEGER",
    ColumnType.COUNT: "INTEGER",
    ColumnType.NUMBER: "REAL",
}
# Each issue on each day, made of the runs of days that are kept.
_EVERY_DAY = """
CREATE VIEW issue_days AS
SELECT days.day, s.county, s.id, s.row, s.state
FROM issue_states s
JOIN (SELECT DISTINCT day FROM county_days) days ON days.day BETWEEN s.first_day AND s.last_day
"""


def write_sqlite(path: Path, tables: Sequence[OpenTable]) -> None:
    """Write tables as a database, whole or as it was.

    Dates are ISO texts, yes and no 1 and 0; `issue_days` is a view of each issue and day.

    Args:
        path: the file.
        tables: what is in it.

    Raises:
        DuzhanError: it cannot be written.
    """
    with replacing(path) as temporary:
        try:
            with closing(sqlite3.connect(temporary)) as base, base:
                # It is thrown away unless it is whole.
                base.execute("PRAGMA journal_mode = OFF")
                for table in tables:
                    _write(base, table)
                base.execute(_EVERY_DAY)
        except sqlite3.Error as error:
            raise DuzhanError(f"“{path}”写不进去：{error}") from None


def _write(base: sqlite3.Connection, table: OpenTable) -> None:
    parts = [f"{_name(one.name)} {_TYPES.get(one.kind, 'TEXT')}" for one in table.columns]
    if table.key:
        parts.append(f"PRIMARY KEY ({', '.join(map(_name, table.key))})")
    if table.county:
        parts.append(f"FOREIGN KEY ({_name(table.county)}) REFERENCES counties (name)")
    base.execute(f"CREATE TABLE {_name(table.name)} ({', '.join(parts)})")
    marks = ", ".join("?" * len(table.columns))
    base.executemany(
        f"INSERT INTO {_name(table.name)} VALUES ({marks})",  # noqa: S608 - the name is quoted
        (tuple(map(_stored, row)) for row in table.rows),
    )


def _name(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _stored(value: Value) -> str | int | float | None:
    return value.isoformat() if isinstance(value, dt.date) else value
