"""What came and went between two days: it must balance (SPEC section 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from duzhan.compliance.states import ABSENT, CLOSED, standing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from duzhan.compliance.states import Standing
    from duzhan.dataset.facts import Facts
    from duzhan.model import County


@dataclass(frozen=True, slots=True)
class Movement:
    """Issues between two days; ``opening + new - closed + sent_back == closing``.

    Attributes:
        opening: not closed on the first day.
        new: exist on the last day and did not on the first.
        closed: closed on the last day and were not, or did not exist, on the first.
        sent_back: closed on the first day and no longer on the last.
        closing: not closed on the last day.
        new_closed: new ones that are closed: they came already struck off.
    """

    opening: int
    new: int
    closed: int
    sent_back: int
    closing: int
    new_closed: int = 0


@dataclass(frozen=True, slots=True)
class Flow:
    """A county's movement; None while the county has no data."""

    county: County
    movement: Movement | None


def flows(
    facts: Facts,
    missing: Mapping[str, str],
    counties: Sequence[County],
    first: dt.date,
    last: dt.date,
) -> tuple[Flow, ...]:
    """Compare where every issue stood on two days.

    Args:
        facts: the issue ledger; its county indexes refer to `counties`.
        missing: names of the counties without data.
        counties: in the roster's order.
        first: the earlier day, such as the Sunday before.
        last: the later day.
    """
    moved = movements(facts, len(counties), first, last)
    return tuple(
        Flow(county, None if county.name in missing else movement)
        for county, movement in zip(counties, moved, strict=True)
    )


def movements(facts: Facts, counties: int, first: dt.date, last: dt.date) -> list[Movement]:
    """Count each county's movement between two days."""
    now = standing(facts, last)
    before, after = _by_issue(facts, standing(facts, first)), _by_issue(facts, now)
    issues = facts.issue[now.rows]
    then, there = before[issues], after[issues]
    unsettled_then = (then != ABSENT) & (then != CLOSED)
    conditions = (
        unsettled_then,
        (there != ABSENT) & (then == ABSENT),
        (there == CLOSED) & (then != CLOSED),
        (then == CLOSED) & (there != CLOSED),
        (there != ABSENT) & (there != CLOSED),
        (there == CLOSED) & (then == ABSENT),
    )
    columns = [np.bincount(now.county[mask], minlength=counties) for mask in conditions]
    return [Movement(*(int(column[county]) for column in columns)) for county in range(counties)]


def _by_issue(facts: Facts, standings: Standing) -> NDArray[np.int8]:
    """States by the number of the issue: its row may be another on another day."""
    states = np.full(len(facts.found), ABSENT, np.int8)
    states[facts.issue[standings.rows]] = standings.state
    return states


def total(flow: Sequence[Flow]) -> Movement:
    """All counties that have data, added up."""
    known = [one.movement for one in flow if one.movement is not None]
    return Movement(
        *(
            sum(getattr(movement, name) for movement in known)
            for name in ("opening", "new", "closed", "sent_back", "closing", "new_closed")
        )
    )
