"""Which issues are listed: the overdue ones, those due soon, or all there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from duzhan.compliance.issue_list import IssueList, by_urgency, is_urgent
from duzhan.compliance.states import ABSENT, Standing, standing

if TYPE_CHECKING:
    import datetime as dt

    from duzhan.arrays import Mask
    from duzhan.dataset.ledger import Ledger


def overdue(ledger: Ledger, day: dt.date, due_within: int | None = None) -> IssueList:
    """Overdue issues, by county, longest first; with those due in so many days if asked.

    Args:
        ledger: the issues.
        day: as of which day.
        due_within: also list open issues due from the day on and within so many days.
    """
    now = standing(ledger.facts, day)
    return by_urgency(lines(ledger, now, is_urgent(now, due_within)))


def everything(ledger: Ledger, day: dt.date) -> IssueList:
    """All issues that exist on the day, by county, in the order of their files."""
    now = standing(ledger.facts, day)
    return lines(ledger, now, now.state != ABSENT)


def lines(ledger: Ledger, now: Standing, wanted: Mask) -> IssueList:
    """The issues that a mask over `now` names, by county, in the files' order."""
    at = np.flatnonzero(wanted)
    at = at[np.argsort(now.county[at], kind="stable")]
    rows = now.rows[at]
    return IssueList(
        cells=ledger.cells,
        rows=rows,
        names=tuple(county.name for county in ledger.counties),
        county=now.county[at],
        state=now.state[at],
        found=ledger.facts.found[rows],
        due=now.due[at],
        original=ledger.facts.due[rows],
        extensions=ledger.facts.extended_by(rows, now.day),
        day=now.day,
    )
