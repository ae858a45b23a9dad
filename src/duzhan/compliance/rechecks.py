"""What became of the register: extensions granted in a week, and rechecks with their share.

SPEC sections 3 and 8. Only entries that count are told of; the others are problems.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from duzhan.dataset.ledger import Ledger
    from duzhan.model import County, Extension, Recheck

# Of a normal distribution, for an interval of 95 %.
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class RecheckShare:
    """The rechecks of a county's closed issues up to a day.

    Attributes:
        county: whose issues.
        done: rechecks that count.
        false: those that found the closure 不属实.
    """

    county: County
    done: int
    false: int

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share of 不属实 (Wilson), from 0 to 1; all of it without any."""
        return wilson(self.false, self.done)


def wilson(hits: int, tries: int) -> tuple[float, float]:
    """The Wilson interval of a share.

    Args:
        hits: how many.
        tries: of how many; 0 gives the whole range.
    """
    if not tries:
        return 0.0, 1.0
    share, z2 = hits / tries, _Z * _Z
    middle = (share + z2 / (2 * tries)) / (1 + z2 / tries)
    half = _Z / (1 + z2 / tries) * math.sqrt(share * (1 - share) / tries + z2 / (4 * tries**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def recheck_shares(ledger: Ledger, day: dt.date) -> tuple[RecheckShare, ...]:
    """Count the rechecks up to a day, for every county of the ledger in its order."""
    ours = rechecks_until(ledger, day)
    done = Counter(one.county for one in ours)
    false = Counter(one.county for one in ours if not one.true)
    return tuple(
        RecheckShare(county, done[county.name], false[county.name]) for county in ledger.counties
    )


def rechecks_until(ledger: Ledger, day: dt.date) -> list[Recheck]:
    """The rechecks that count up to a day, the latest first."""
    register = ledger.registers.rechecks
    counted = [register[entry] for entry in ledger.facts.rechecked.entries]
    return sorted((one for one in counted if one.day <= day), key=lambda one: one.day)[::-1]


@dataclass(frozen=True, slots=True)
class Granted:
    """An extension that counts (延期), with what came before it.

    Attributes:
        id: 编号.
        county: full name.
        approved_on: from this day on `until` is the deadline.
        until: 延至.
        approved_by: 批准人.
        reason: 理由.
        document: 文号.
        original_due_on: 整改期限 as it was before any extension; None without one.
        times: the how manieth extension of the issue it is.
        days: from the original deadline to this one; None without an original one.
    """

    id: str
    county: str
    approved_on: dt.date
    until: dt.date
    approved_by: str
    reason: str
    document: str
    original_due_on: dt.date | None
    times: int
    days: int | None


def granted_between(ledger: Ledger, first: dt.date, last: dt.date) -> dict[int, Granted]:
    """The extensions that count and were approved on or between two days.

    Returns:
        By the line of the register, in its order.
    """
    deadlines = ledger.facts.deadlines
    # An issue listed twice is extended in all its rows: the first of them tells.
    entries, at = np.unique(deadlines.entries, return_index=True)
    register = ledger.registers.extensions
    return {
        register[entry].line: _granted(ledger, register[entry], place)
        for entry, place in zip(entries.tolist(), at.tolist(), strict=True)
        if first <= register[entry].approved_on <= last
    }


def _granted(ledger: Ledger, one: Extension, at: int) -> Granted:
    """One extension; `at` is its place among the deadlines, which stand by row, then by day."""
    rows = ledger.facts.deadlines.rows
    row = int(rows[at])
    due = int(ledger.facts.due[row])
    return Granted(
        one.id, one.county, one.approved_on, one.until, one.approved_by, one.reason, one.document,
        original_due_on=dt.date.fromordinal(due) if due else None,
        times=at - int(np.searchsorted(rows, row)) + 1,
        days=one.until.toordinal() - due if due else None,
    )  # fmt: skip
