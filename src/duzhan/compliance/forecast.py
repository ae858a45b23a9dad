"""When a county would reach the current milestone's rate at its present pace (SPEC section 8)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from duzhan.compliance.results import FEWEST, WINDOW, Forecast
from duzhan.requirements import RATE, judged_of

if TYPE_CHECKING:
    from duzhan.compliance.results import MilestoneResult, Overview
    from duzhan.model import County
    from duzhan.requirements.results import Counts


def forecast_of(
    county: County,
    counts: Counts | None,
    ahead: MilestoneResult | None,
    closed: int,
    day: dt.date,
) -> Forecast:
    """Forecast for one county.

    Args:
        county: whose it is.
        counts: its issues as of the day; None without data.
        ahead: the current milestone as it stands; None after the last.
        closed: its closures of the last 14 days.
        day: as of which day.
    """
    rate = next(iter(judged_of(ahead.requirements, RATE) if ahead else ()), None)
    if ahead is None or rate is None:
        return Forecast(county, counts is not None, None, None, closed, 0, 0, None)
    closures = (rate.lack.closures or 0) if rate.lack else 0
    days_left = (ahead.milestone.deadline - day).days
    reached_on = None
    if closures and closed >= FEWEST:
        days = -(-closures * WINDOW.days // closed)
        reached_on = day + dt.timedelta(days=days)
    return Forecast(
        county, counts is not None, ahead.milestone, rate.requirement,
        closed, closures, days_left, reached_on,
    )  # fmt: skip


def forecasts(overview: Overview) -> tuple[Forecast, ...]:
    """The forecasts of all counties of an overview, in its order."""
    return tuple(status.forecast for status in overview.counties)
