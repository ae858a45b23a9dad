"""The machines that can count: a table in memory, or an engine that outgrows one machine's memory.

This is the only module in which an engine has a name. Everything else works on
frames of narwhals, whose expressions mean the same on each of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import narwhals as nw
import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

_PART = 1 << 19

Frame: TypeAlias = "nw.DataFrame[Any] | nw.LazyFrame[Any]"


def in_memory(columns: Mapping[str, NDArray[Any]]) -> Frame:
    """A frame of columns that are in memory already."""
    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    frame: Frame = nw.from_native(table)
    return frame


def parts(frame: Frame) -> Iterator[Frame]:
    """A frame in memory in parts, whose conditions take little room; any other as it is."""
    if isinstance(frame, nw.LazyFrame):
        yield frame
        return
    for start in range(0, len(frame), _PART):
        yield frame[start : start + _PART]


def numbers(frame: Frame, *names: str) -> list[NDArray[np.int64]]:
    """Work a frame out; give some of its columns as whole numbers."""
    table = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    return [np.asarray(table.get_column(name).to_list()).astype(np.int64) for name in names]
