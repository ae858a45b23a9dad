"""Frames that an engine holds, whichever it is: made of columns, worked out."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np
import pyarrow as pa

from duzhan.errors import DuzhanError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import narwhals as nw
    from numpy.typing import NDArray

    Columns = Mapping[str, NDArray[Any]]

Frame: TypeAlias = "nw.LazyFrame[Any]"


class Machine(Protocol):
    """Where frames are made and worked out."""

    def table(self, columns: Columns) -> Frame:
        """A frame of columns that are in memory."""
        ...

    def parquet(self, folder: Path, columns: Sequence[str]) -> Frame:
        """Some columns of a folder of Parquet files; where one is none, folders tell `county`."""
        ...


def arrow(columns: Columns) -> pa.Table:
    """Columns that are in memory as a table."""
    return pa.table({name: pa.array(values) for name, values in columns.items()})


def columns(frame: Frame, *names: str) -> list[list[Any]]:
    """Work a frame out; give some of its columns."""
    table = frame.collect()
    return [table.get_column(name).to_list() for name in names]


def numbers(frame: Frame, *names: str) -> list[NDArray[np.int64]]:
    """Work a frame out; give some of its columns as whole numbers."""
    return [np.asarray(column).astype(np.int64) for column in columns(frame, *names)]


def module(path: str, name: str) -> Any:  # noqa: ANN401 - a module that may not be there
    """Load a library.

    Raises:
        DuzhanError: it, or a library that it needs, is not installed.
    """
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError:
        raise DuzhanError(f"没有安装 {name} 引擎，请先安装：pip install 'duzhan[{name}]'") from None


def failed(name: str, error: Exception | str) -> DuzhanError:
    """Give what an engine complains of, as one line."""
    said = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
    return DuzhanError(f"{name} 引擎没有算成：{said.strip()[:300]}")
