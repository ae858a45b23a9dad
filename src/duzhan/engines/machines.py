"""Starts a machine that counts, makes frames on it, and works them out."""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw

from duzhan.engines import DUCKDB, SPARK, Engine
from duzhan.engines.frames import arrow, failed, module
from duzhan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from duzhan.engines.frames import Columns, Frame, Machine

# Leaves room for the program itself within 1 GiB; what does not fit is put on the disk.
_MEMORY = "640MiB"


@contextlib.contextmanager
def start(engine: Engine) -> Iterator[Machine]:
    """Start a machine, for as long as it is needed.

    Args:
        engine: which; what is counted in memory needs none.

    Raises:
        UsageError: the engine takes no address.
        DuzhanError: the engine is not installed, does not answer, or fails.
    """
    if engine.master is not None and engine.name != SPARK:
        raise UsageError(f"--master 只能与 --engine {SPARK} 一起用")
    if engine.name == DUCKDB:
        with _duckdb() as machine:
            yield machine
    elif engine.name == SPARK:
        from duzhan.engines.cluster import connect  # noqa: PLC0415 - the heaviest of them

        with connect(engine.master or "local[*]") as machine:
            yield machine
    else:
        raise ValueError(engine)


# ---------------------------------------------------------------- larger than memory, one machine


@dataclass(frozen=True, slots=True)
class _DuckDB:
    connection: Any

    def table(self, columns: Columns) -> Frame:
        frame: Frame = nw.from_native(self.connection.from_arrow(arrow(columns)))
        return frame

    def parquet(self, folder: Path, columns: Sequence[str]) -> Frame:
        # One by one: marks in the folder's own name would be patterns.
        paths = sorted(folder.rglob("*.parquet"))
        partitioned = any(path.parent != folder for path in paths)
        files = [str(path) for path in paths]
        relation = self.connection.read_parquet(files, hive_partitioning=partitioned)
        frame: Frame = nw.from_native(relation.select(*columns))
        return frame


@contextlib.contextmanager
def _duckdb() -> Iterator[Machine]:
    library = module("duckdb", DUCKDB)
    # Some expressions of narwhals work on the library's own connection only.
    connection = library.default_connection()
    with tempfile.TemporaryDirectory(prefix="duzhan-") as folder:
        settings = {
            "memory_limit": _MEMORY,
            "temp_directory": folder,
            # Rows in the order of files would take memory, and counting needs no order.
            "preserve_insertion_order": "false",
        }
        try:
            for key, value in settings.items():
                # By parameter: a folder may have a quotation mark in its name.
                connection.execute(f"SET {key} = ?", [value])
            yield _DuckDB(connection)
        except library.Error as error:
            raise failed(DUCKDB, error) from None
