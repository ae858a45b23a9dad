"""How far a county's figures can be relied on: every doubt, counted (SPEC section 8, 七)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from duzhan import columns as col
from duzhan.compliance.states import ABSENT, CLOSED, standing

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from duzhan.compliance.results import Overview
    from duzhan.compliance.states import Standing
    from duzhan.dataset.ledger import Ledger
    from duzhan.dataset.leftovers import Leftovers
    from duzhan.dataset.provenance import Recorded
    from duzhan.model import County


@dataclass(frozen=True, slots=True)
class Quality:
    """Doubts about a county's list as of a day, in issues.

    Attributes:
        county: whose list.
        has_data: False while there is no list; all figures are 0 then.
        invalid: with a cell that cannot be read or cannot be.
        no_due_date: open and without a readable 整改期限.
        undated: without a readable 发现日期: they count on every day.
        unverified: closed without 核验人.
        missing: not closed, and left out of the county's latest list; None without a journal.
        moved: whose later dates were not taken at the latest import; None likewise.
        postponed: whose 整改期限 or 发现日期 was moved to a later day on the record.
        backdated: whose closure was entered after the milestone that it lies on or
            before (补录); None without a journal.
        claims_without_date: said to be done by a word, without any date.
        withdrawn: rows that somebody withdrew; they count nowhere.
    """

    county: County
    has_data: bool
    invalid: int = 0
    no_due_date: int = 0
    undated: int = 0
    unverified: int = 0
    missing: int | None = None
    moved: int | None = None
    postponed: int | None = None
    backdated: int | None = None
    claims_without_date: int = 0
    withdrawn: int = 0

    @property
    def clean(self) -> bool:
        """Whether there is nothing to say."""
        return self.has_data and not any(
            (
                self.invalid, self.no_due_date, self.undated, self.unverified,
                self.missing, self.moved, self.postponed, self.backdated,
                self.claims_without_date, self.withdrawn,
            )
        )  # fmt: skip


def qualities(ledger: Ledger, overview: Overview, recorded: Recorded | None) -> tuple[Quality, ...]:
    """Count the doubts about every county of an overview.

    Args:
        ledger: the issues.
        overview: the judgement as of the day.
        recorded: what the journal tells; None without a journal.
    """
    now = standing(ledger.facts, overview.as_of)
    counties = len(ledger.counties)
    undated = _count(now, (now.state != ABSENT) & (ledger.facts.found[now.rows] == 0), counties)
    unverified = _count(now, (now.state == CLOSED) & ledger.facts.unverified[now.rows], counties)
    backdated, postponed = _on_record(overview.as_of, recorded)
    index = {county.code: at for at, county in enumerate(ledger.counties)}
    found = []
    for status in overview.counties:
        name, counts, at = status.county.name, status.counts, index[status.county.code]
        left = recorded.leftovers.get(name) if recorded else None
        if counts is None:
            found.append(Quality(status.county, has_data=False))
            continue
        found.append(
            Quality(
                status.county, has_data=True, invalid=counts.invalid,
                no_due_date=counts.no_due_date, undated=undated[at], unverified=unverified[at],
                claims_without_date=counts.claims_without_date, withdrawn=counts.withdrawn,
                missing=None if recorded is None else _unsettled(ledger, now, at, left),
                moved=None if recorded is None else len(left.moved) if left else 0,
                postponed=None if recorded is None else postponed[name],
                backdated=None if recorded is None else backdated[name],
            )
        )  # fmt: skip
    return tuple(found)


def _count(now: Standing, mask: NDArray[np.bool_], counties: int) -> list[int]:
    counts: list[int] = np.bincount(now.county[mask], minlength=counties).tolist()
    return counts


def _unsettled(ledger: Ledger, now: Standing, county: int, left: Leftovers | None) -> int:
    """How many of the issues that the latest list left out are not closed."""
    if left is None or not left.missing:
        return 0
    ours = (now.county == county) & (now.state != ABSENT) & (now.state != CLOSED)
    names = ledger.cells[col.ID].take(pa.array(now.rows[ours])).to_pylist()
    return len(set(left.missing) & {name.strip() for name in names})


def _on_record(day: dt.date, recorded: Recorded | None) -> tuple[Counter[str], Counter[str]]:
    """Issues by county, each once, whose closure counts on the day or whose date was moved."""
    if recorded is None:
        return Counter(), Counter()
    backdated = {(x.county, x.id) for x in recorded.backdated if x.day <= day.isoformat()}
    postponed = {(late.county, late.id) for late in recorded.postponed}
    return Counter(county for county, _ in backdated), Counter(county for county, _ in postponed)
