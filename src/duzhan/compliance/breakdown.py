"""What the issues that are not closed are about, and whose they are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from duzhan import columns as col
from duzhan.compliance.states import ABSENT, CLOSED, standing
from duzhan.dataset.record_cells import words_of
from duzhan.intake.text import squash
from duzhan.intake.text_columns import taken

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from duzhan.dataset.ledger import Ledger
    from duzhan.model import County, Vocabularies

UNSAID = "未写明"


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A county's issues that are not closed, by word and number, most first.

    Attributes:
        county: whose.
        actions: by 专项行动.
        units: by 责任单位.
    """

    county: County
    actions: tuple[tuple[str, int], ...]
    units: tuple[tuple[str, int], ...]


def breakdowns(ledger: Ledger, day: dt.date, words: Vocabularies) -> tuple[Breakdown, ...]:
    """Count the issues that are not closed on a day by action and by unit.

    Args:
        ledger: the issues.
        day: as of which day.
        words: the actions, by all the ways to write them.
    """
    now = standing(ledger.facts, day)
    at = np.flatnonzero((now.state != ABSENT) & (now.state != CLOSED))
    county, rows = now.county[at].astype(np.int64), now.rows[at]
    actions = _counted(ledger, col.ACTION, rows, county, words_of(words.actions))
    units = _counted(ledger, col.UNIT, rows, county, {})
    return tuple(
        Breakdown(one, _most(actions[index]), _most(units[index]))
        for index, one in enumerate(ledger.counties)
    )


def together(every: Iterable[tuple[tuple[str, int], ...]]) -> tuple[tuple[str, int], ...]:
    """Add up the words of several counties, most first."""
    added: Counter[str] = Counter()
    for counted in every:
        added.update(dict(counted))
    return _most(added)


def _counted(
    ledger: Ledger,
    column: str,
    rows: NDArray[np.integer],
    county: NDArray[np.int64],
    meanings: Mapping[str, str],
) -> list[Counter[str]]:
    """The words of a column in some rows, counted by county."""
    encoded = taken(ledger.cells[column], rows).dictionary_encode()
    texts: list[str] = encoded.dictionary.to_pylist()
    keys = county * max(len(texts), 1) + encoded.indices.to_numpy()
    found, numbers = np.unique(keys, return_counts=True)
    counted: list[Counter[str]] = [Counter() for _ in ledger.counties]
    for key, number in zip(found.tolist(), numbers.tolist(), strict=True):
        index, code = divmod(key, max(len(texts), 1))
        text = " ".join(texts[code].split()) or UNSAID
        counted[index][meanings.get(squash(text), text)] += number
    return counted


def _most(counted: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))
