"""What became of the register: extensions granted in a week, and rechecks with their share.

SPEC sections 3 and 8. Only entries that count are told of; the others are problems.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from duzhan.dataset.ledger import Ledger
    from duzhan.model import County, Extension

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
    register = ledger.registers.rechecks
    counted = [register[entry] for entry in ledger.facts.rechecked.entries]
    ours = [one for one in counted if one.day <= day]
    return tuple(
        RecheckShare(
            county,
            sum(one.county == county.name for one in ours),
            sum(one.county == county.name and not one.true for one in ours),
        )
        for county in ledger.counties
    )


def granted_between(ledger: Ledger, first: dt.date, last: dt.date) -> tuple[Extension, ...]:
    """The extensions that count and were approved on or between two days, in the file's order."""
    register = ledger.registers.extensions
    entries = sorted({int(entry) for entry in ledger.facts.deadlines.entries})
    return tuple(
        register[entry] for entry in entries if first <= register[entry].approved_on <= last
    )
