"""Where each issue stands as of a day, row by row, for lists; counts come from `counting`.

Both look which spells hold on the day (see `spells`, where the states are written).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from duzhan.compliance import spells as sp

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from duzhan.arrays import Days, Mask, Rows
    from duzhan.compliance.results import Tally
    from duzhan.dataset.facts import Facts
    from duzhan.requirements.results import Counts


# States in the order of badness: the worst of an issue's rows is their maximum.
ABSENT, CLOSED, CLAIMED, OPEN = -1, 0, 1, 2

# Stands for "no deadline" where the earliest deadline is looked for.
_NEVER = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True)
class Standing:
    """The ledger as of a day, one entry an issue (rows listed twice are one).

    Attributes:
        rows: the row that stands for the issue: among its rows in the worst
            state, the one longest overdue.
        county: index of the county.
        state: ABSENT, CLOSED, CLAIMED or OPEN.
        due: ordinal of the deadline, 0 if no row in that state has one.
        day: ordinal of the day.
    """

    rows: Rows
    county: NDArray[np.int16]
    state: NDArray[np.int8]
    due: Days
    day: int

    @property
    def overdue(self) -> Mask:
        """Open, and the deadline is past; the deadline day itself is not overdue."""
        late: Mask = (self.state == OPEN) & (self.due > 0) & (self.due < self.day)
        return late


# How a row stands (0 for not at all) -> its state.
STATE_OF = np.array([ABSENT, CLOSED, CLAIMED, OPEN, OPEN, OPEN, ABSENT], np.int8)


def row_states(facts: Facts, day: int) -> NDArray[np.int8]:
    """The state of every row as of a day."""
    return STATE_OF[_row_standings(facts, day)]


def _row_standings(facts: Facts, day: int) -> NDArray[np.int8]:
    spells = sp.spells(facts)
    holds = (spells.since <= day) & (spells.until > day)
    standings = np.zeros(len(facts.found), np.int8)
    standings[spells.row[holds]] = spells.standing[holds]
    return standings


def standing(facts: Facts, day: dt.date) -> Standing:
    """The state of every issue as of a day, in its worst row's state."""
    ordinal = day.toordinal()
    standings = _row_standings(facts, ordinal)
    rows = np.arange(len(standings))
    doubled = facts.issue != rows
    if doubled.any():
        members = np.flatnonzero(np.isin(facts.issue, np.unique(facts.issue[doubled])))
        # The worst first; of those that stand alike the earliest deadline, undated rows last.
        due = facts.due_at(members, ordinal)
        due = np.where(due > 0, due, _NEVER)
        worst = members[np.lexsort((members, due, -standings[members], facts.issue[members]))]
        _, first = np.unique(facts.issue[worst], return_index=True)
        rows = np.sort(np.concatenate((np.setdiff1d(rows, members), worst[first])))
    state = STATE_OF[standings[rows]]
    due = facts.due_at(rows, ordinal)
    return Standing(rows, facts.county[rows], state, due, ordinal)


def tally(
    facts: Facts, days: Iterable[dt.date], counties: int, paced: Iterable[dt.date] = ()
) -> Tally:
    """Count the issues of each county as of several days.

    Args:
        facts: the ledger.
        days: as of which days; ask for all of them at once.
        counties: how many counties the roster has.
        paced: the days whose closures of the last two weeks are asked for as well.
    """
    # Lists need no counting.
    from duzhan.compliance.counting import count_spells  # noqa: PLC0415

    return count_spells(sp.spells(facts).counted, days, range(counties), paced)


def count(facts: Facts, day: dt.date, counties: int) -> list[Counts]:
    """Count the issues of each county as of one day; for several days ask `tally`."""
    return list(tally(facts, [day], counties).counts[day])
