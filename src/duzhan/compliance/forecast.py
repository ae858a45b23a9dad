"""When a county would reach the current milestone's rate at its present pace (SPEC section 8)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from duzhan.compliance.flow import flows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duzhan.compliance.results import CountyStatus, Overview
    from duzhan.dataset.facts import Facts
    from duzhan.model import County, Milestone, Requirement

# The pace is taken from the closures of these days; from fewer closures than that nothing follows.
WINDOW = dt.timedelta(days=14)
FEWEST = 2
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Forecast:
    """A county's pace against the pace that the current milestone asks for.

    Nothing is forecast about issues still to be found: the number of issues is
    taken as it is on the day.

    Attributes:
        county: whose it is.
        has_data: False while the county has no list; everything else is empty then.
        milestone: the current milestone; None after the last, or if it asks for no rate.
        requirement: its rate.
        closed: closures of the last 14 days (closed now, and not then).
        closures: further closures that reach the rate at today's number of issues.
        days_left: days until the deadline, today not counted.
        reached_on: the day on which the rate is reached at that pace; None without a
            pace, and if it is reached already.
    """

    county: County
    has_data: bool
    milestone: Milestone | None
    requirement: Requirement | None
    closed: int
    closures: int
    days_left: int
    reached_on: dt.date | None

    @property
    def reached(self) -> bool:
        """Whether nothing is missing today."""
        return self.has_data and self.requirement is not None and self.closures == 0

    @property
    def enough(self) -> bool:
        """Whether there were enough closures to tell a pace (else 数据不足)."""
        return self.closed >= FEWEST

    @property
    def pace(self) -> Fraction | None:
        """Closures per week in the last 14 days; None if there were too few."""
        return Fraction(self.closed * _WEEK, WINDOW.days) if self.enough else None

    @property
    def needed(self) -> Fraction | None:
        """Closures per week that reach the rate by the deadline; None on its last day."""
        return Fraction(self.closures * _WEEK, self.days_left) if self.days_left else None

    @property
    def in_time(self) -> bool | None:
        """Whether the rate is reached by the deadline at that pace; None if nothing tells."""
        if self.reached:
            return True
        if self.reached_on is None or self.milestone is None:
            return None
        return self.reached_on <= self.milestone.deadline


def forecasts(
    facts: Facts, missing: Mapping[str, str], counties: Sequence[County], overview: Overview
) -> tuple[Forecast, ...]:
    """Forecast for every county of an overview.

    Args:
        facts: the issue ledger; its county indexes refer to `counties`.
        missing: names of the counties without data.
        counties: in the roster's order.
        overview: the judgement as of the day.
    """
    day = overview.as_of
    closed = {
        flow.county.code: flow.movement.closed if flow.movement else 0
        for flow in flows(facts, missing, counties, day - WINDOW, day)
    }
    return tuple(
        _forecast(status, overview, closed[status.county.code]) for status in overview.counties
    )


def _forecast(status: CountyStatus, overview: Overview, closed: int) -> Forecast:
    milestone = overview.current
    rule = None if milestone is None else _rate_of(milestone)
    closures = status.gap.closures if rule and status.gap else 0
    days_left = (milestone.deadline - overview.as_of).days if milestone else 0
    reached_on = None
    if closures and closed >= FEWEST:
        days = -(-closures * WINDOW.days // closed)
        reached_on = overview.as_of + dt.timedelta(days=days)
    return Forecast(
        status.county, status.has_data, milestone if rule else None, rule,
        closed, closures, days_left, reached_on,
    )  # fmt: skip


def _rate_of(milestone: Milestone) -> Requirement | None:
    rates = (rule for rule in milestone.requirements if rule.kind == "rectification_rate")
    return next(rates, None)
