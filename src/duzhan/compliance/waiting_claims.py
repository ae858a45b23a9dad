"""Claims that wait to be verified: after a week they are the group's debt, not the county's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

import numpy as np
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.compliance.listing import lines
from duzhan.compliance.states import CLAIMED, standing
from duzhan.dataset.events import CLAIM

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from duzhan.arrays import Mask, Numbers, Rows
    from duzhan.compliance.issue_list import IssueLine, IssueList
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


@dataclass(frozen=True, slots=True, eq=False)
class WaitingList(Sequence[Waiting]):
    """Claims in the order of a list, kept as columns as those of `IssueList` are.

    Attributes:
        issues: the issues.
        days: days since the latest 整改完成日期 of each.
    """

    issues: IssueList
    days: Numbers

    def __len__(self) -> int:
        """How many claims there are."""
        return len(self.issues)

    @overload
    def __getitem__(self, at: int) -> Waiting: ...
    @overload
    def __getitem__(self, at: slice) -> WaitingList: ...
    def __getitem__(self, at: int | slice) -> Waiting | WaitingList:
        """One claim, or a part of the list."""
        if isinstance(at, slice):
            return WaitingList(self.issues[at], self.days[at])
        return Waiting(self.issues[at], int(self.days[at]))

    def __iter__(self) -> Iterator[Waiting]:
        """The claims one by one."""
        pairs = zip(self.issues, self.days.tolist(), strict=True)
        return (Waiting(issue, days) for issue, days in pairs)

    def at(self, which: Rows | Mask) -> WaitingList:
        """Some of the claims; see `IssueList.at`."""
        return WaitingList(self.issues.at(which), self.days[which])

    @property
    def listed(self) -> WaitingList:
        """Those that have texts; see `IssueList.listed`."""
        there = self.issues.rows >= 0
        return self if there.all() else self.at(there)

    def of(self, county: str) -> WaitingList:
        """Those of one county, by its full name."""
        return self.at(self.issues.is_of(county))

    @property
    def by_county(self) -> dict[str, tuple[int, int]]:
        """How many there are of each county that has any, and how long its oldest has waited."""
        longest = np.zeros(len(self.issues.names), np.int64)
        np.maximum.at(longest, self.issues.county, self.days)
        at = dict(zip(self.issues.names, longest.tolist(), strict=True))
        return {name: (count, at[name]) for name, count in self.issues.by_county.items()}

    @property
    def overlong(self) -> WaitingList:
        """Those that have waited for more than a week."""
        return self.at(self.days > PATIENCE)


def waiting(ledger: Ledger, day: dt.date) -> WaitingList:
    """Claims not verified on a day, longest first, then in the roster's order and by id.

    Args:
        ledger: the issues.
        day: as of which day.
    """
    now = standing(ledger.facts, day)
    events = ledger.facts.events
    latest = np.zeros(len(ledger.facts.found), np.int32)
    claims = (events.kinds == CLAIM) & (events.days <= now.day)
    # Events are ordered by day, so the last one written is the latest.
    latest[events.rows[claims]] = events.days[claims]
    issues = lines(ledger, now, now.state == CLAIMED)
    days = now.day - latest[issues.rows]
    ids = pc.rank(issues.text(col.ID), tiebreaker="dense").to_numpy()
    return WaitingList(issues, days).at(np.lexsort((ids, issues.county, -days)))
