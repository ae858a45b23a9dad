"""Dates of an incoming list that have not come yet: left out, and told."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from duzhan import columns as col
from duzhan.columns import JOINT
from duzhan.intake.dates import SEPARATORS
from duzhan.register.cells import with_texts
from duzhan.register.merging_dates import DateRefusal

if TYPE_CHECKING:
    import pyarrow as pa

    from duzhan.arrays import Mask
    from duzhan.dataset.facts import Reading

NOT_FOUND_YET = "晚于导入当天，不可能已经发现"
NOT_YET = "晚于导入当天，还没有到的日期不算"


class Arrived(NamedTuple):
    """An incoming list without the dates that have not come yet.

    Attributes:
        cells: the list.
        future_found: rows whose 发现日期 lies after the day of import.
        refusals: the dates left out.
    """

    cells: pa.Table
    future_found: Mask
    refusals: tuple[DateRefusal, ...]


def without_future(cells: pa.Table, reading: Reading, today: int) -> Arrived:
    """Leave out events and 发现日期 after the day of import: they would ripen in the ledger."""
    future_found = np.zeros(cells.num_rows, bool)
    refusals: list[DateRefusal] = []
    for name in (col.FOUND, *col.EVENT_COLUMNS):
        several = name in col.EVENT_COLUMNS
        dates = reading.dates.column(cells[name], several=several)
        late = dates.days > today
        if not late.any():
            continue
        texts = {}
        for row in np.unique(dates.rows[late]).tolist():
            kept, left = _parted(cells[name][row].as_py(), reading, today, several=several)
            texts[row] = JOINT.join(kept)
            refusals.append(DateRefusal(row, name, NOT_YET if several else NOT_FOUND_YET, left))
            future_found[row] |= not several
        at = cells.schema.get_field_index(name)
        cells = cells.set_column(at, name, with_texts(cells[name], texts))
    return Arrived(cells, future_found, tuple(refusals))


def _parted(
    text: str, reading: Reading, today: int, *, several: bool
) -> tuple[list[str], tuple[str, ...]]:
    """The parts of a cell that may stay, and those that lie after today."""
    parts = [part.strip() for part in SEPARATORS.split(text)] if several else [text]
    late = [any(day > today for day in reading.dates.read(part)[0]) for part in parts]
    kept = [p for p, is_late in zip(parts, late, strict=True) if p and not is_late]
    return kept, tuple(p for p, is_late in zip(parts, late, strict=True) if is_late)
