"""A ledger that was changed without the tool: its counts by the journal, and as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from duzhan.compliance.states import count
from duzhan.dataset.judging import judge
from duzhan.dataset.readable import Brokenness
from duzhan.store.canonical_csv import read_rows

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from duzhan.compliance.results import Overview
    from duzhan.dataset.facts import Reading
    from duzhan.dataset.ledger import Ledger
    from duzhan.dataset.outside import Outside
    from duzhan.requirements.results import Counts


@dataclass(frozen=True, slots=True)
class Difference:
    """What a ledger is, beside what the journal says it should be.

    Attributes:
        file: path in the dataset.
        gone: whether it was deleted.
        noticed: when the tool put the change on record, ISO; None if it has not yet.
        before: the issues as of the day by the journal; None if it cannot be done again.
        after: as they are now; None without data.
    """

    file: str
    gone: bool
    noticed: str | None
    before: Counts | None
    after: Counts | None


def differences(
    changed: Iterable[tuple[Outside, bytes | None]],
    ledger: Ledger,
    overview: Overview,
    reading: Reading,
) -> dict[str, Difference]:
    """Count both, by county; of several files of a county the last is told.

    Args:
        changed: what was changed without the tool, and the file by the journal, if it can be told.
        ledger: the issues as they are.
        overview: the judgement as of the day.
        reading: how cells are read.
    """
    now = {status.county.name: status.counts for status in overview.counties}
    return {
        one.county: Difference(
            one.file, one.gone, one.noticed,
            None if data is None else _counts(data, one.county, ledger, reading, overview.as_of),
            now[one.county],
        )
        for one, data in changed
        if one.county in now
    }  # fmt: skip


def _counts(data: bytes, county: str, ledger: Ledger, reading: Reading, day: dt.date) -> Counts:
    header, rows = read_rows(data)
    there = dict(zip(header, zip(*rows, strict=True), strict=True)) if rows else {}
    table = pa.table(
        {
            name: pa.array(there.get(name, [""] * len(rows)), pa.string())
            for name in dict.fromkeys((*ledger.cells.column_names, *header))
        }
    )
    number = next(at for at, one in enumerate(ledger.counties) if one.name == county)
    counties = np.full(len(rows), number, np.int16)
    facts = judge(table, counties, Brokenness(), reading, registers=ledger.registers)
    return count(facts, day, len(ledger.counties))[number]
