"""The issues of all offered days as columns: what each says, and its state on each day."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.compliance.snapshots import OVERDUE, issue_history
from duzhan.compliance.spells import invalid_issues
from duzhan.compliance.states import ABSENT, CLAIMED, CLOSED, OPEN
from duzhan.report.dashboard.encode import column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from duzhan.dataset.facts import Facts
    from duzhan.dataset.ledger import Ledger

# Days are counted as browsers do.
EPOCH = dt.date(1970, 1, 1).toordinal()

# No names of persons and no remarks: the page goes further than the ledger.
_TEXTS = {
    "id": col.ID,
    "description": col.DESCRIPTION,
    "location": col.LOCATION,
    "action": col.ACTION,
    "source": col.SOURCE,
    "unit": col.UNIT,
}
_LETTERS = {ABSENT: "-", CLOSED: "c", CLAIMED: "f", OPEN: "o", OVERDUE: "x"}


def issue_columns(ledger: Ledger, days: Sequence[dt.date]) -> dict[str, Any]:
    """Everything that the page's issue tables show.

    Args:
        ledger: the issues.
        days: the offered days, ascending.

    Returns:
        Columns as `encode.column` gives them, an entry an issue: `county` (code); texts;
        `found` and `due` (ISO dates or null), with `due_numbers` beside the distinct due
        dates (days since 1970); `states`, which say from which of the days on the issue
        is in a state, such as ``3o5x9c``: c closed, f claimed, o open, x overdue, - absent;
        `moved`, for issues whose deadline was extended: number of the issue to
        ``[number of the first day, ISO date, days since 1970]``, ascending;
        `invalid`, the numbers of the issues with a faulty cell.
    """
    history = issue_history(ledger.facts, days)
    rows = pa.array(history.rows)
    codes = [county.code for county in ledger.counties]
    found, due = (pa.array(days[history.rows]) for days in (ledger.facts.found, ledger.facts.due))
    invalid = invalid_issues(ledger.facts)[history.rows].nonzero()[0]
    return {
        "county": column(pa.array(history.county), codes.__getitem__),
        **{key: column(_stripped(ledger.cells[name], rows)) for key, name in _TEXTS.items()},
        "found": column(found, _iso),
        "due": column(due, _iso),
        "due_numbers": [day - EPOCH if day else None for day in due.unique().to_pylist()],
        "moved": _moved(ledger.facts, history.rows, days),
        "states": column(_as_bytes(history.states), _runs),
        "invalid": invalid.tolist(),
    }


def _moved(
    facts: Facts, rows: NDArray[np.int64], days: Sequence[dt.date]
) -> dict[int, list[tuple[int, str | None, int | None]]]:
    """The deadlines of extended issues, each with the first of the days on which it holds."""
    numbers = np.flatnonzero(np.isin(rows, facts.deadlines.rows))
    told: dict[int, list[tuple[int, str | None, int | None]]] = {}
    for place, day in enumerate(days):
        due = facts.due_at(rows[numbers], day.toordinal()).tolist()
        for number, ordinal in zip(numbers.tolist(), due, strict=True):
            entry = (place, _iso(ordinal), ordinal - EPOCH if ordinal else None)
            known = told.setdefault(number, [])
            if not known or known[-1][1:] != entry[1:]:
                known.append(entry)
    return told


def _stripped(cells: pa.ChunkedArray, rows: pa.Array) -> pa.StringArray:
    return pc.utf8_trim_whitespace(cells.take(rows).combine_chunks())


def _as_bytes(states: NDArray[np.int8]) -> pa.FixedSizeBinaryArray:
    """The states of an issue on all days as one value."""
    count, days = states.shape
    data = pa.py_buffer(np.ascontiguousarray(states))
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(days), count, [None, data])


def _iso(ordinal: int) -> str | None:
    return dt.date.fromordinal(ordinal).isoformat() if ordinal else None


def _runs(states: bytes) -> str:
    """Write a state where it begins, with the number of its first day."""
    begins = 0
    written = []
    for state, run in groupby(np.frombuffer(states, np.int8).tolist()):
        if begins or state != ABSENT:
            written.append(f"{begins}{_LETTERS[state]}")
        begins += len(list(run))
    return "".join(written)
