"""Claims that wait to be verified: after a week they are the group's debt, not the county's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from duzhan.compliance.listing import lines
from duzhan.compliance.states import CLAIMED, standing
from duzhan.dataset.events import CLAIM

if TYPE_CHECKING:
    import datetime as dt

    from duzhan.compliance.listing import IssueLine
    from duzhan.dataset.ledger import Ledger

# Days that a claim may wait, since the group supervises once a week 〔六(二)〕.
PATIENCE = 7


@dataclass(frozen=True, slots=True)
class Waiting:
    """An issue that its county says is rectified, and nobody has verified.

    Attributes:
        issue: the issue.
        days: days since the latest 整改完成日期.
    """

    issue: IssueLine
    days: int

    @property
    def overlong(self) -> bool:
        """Whether it has waited for more than a week."""
        return self.days > PATIENCE


def waiting(ledger: Ledger, day: dt.date) -> list[Waiting]:
    """Claims not verified on a day, longest first, then in the roster's order and by id.

    Args:
        ledger: the issues.
        day: as of which day.
    """
    now = standing(ledger.facts, day)
    wanted = now.state == CLAIMED
    events = ledger.facts.events
    latest = np.zeros(len(ledger.facts.found), np.int32)
    claims = (events.kinds == CLAIM) & (events.days <= now.day)
    # Events are ordered by day, so the last one written is the latest.
    latest[events.rows[claims]] = events.days[claims]
    at = np.flatnonzero(wanted)
    at = at[np.argsort(now.county[at], kind="stable")]
    since = (now.day - latest[now.rows[at]]).tolist()
    found = [Waiting(*pair) for pair in zip(lines(ledger, now, wanted), since, strict=True)]
    rank = {county.name: index for index, county in enumerate(ledger.counties)}
    return sorted(found, key=lambda w: (-w.days, rank[w.issue.county], w.issue.id or ""))
