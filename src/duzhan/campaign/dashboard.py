"""What the dashboard is made of: a whole campaign, or of a nation as much as a browser opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.compliance.ranking import ranked
from duzhan.compliance.rechecks import recheck_shares
from duzhan.compliance.series import days_counted
from duzhan.compliance.snapshots import offered_days, sundays
from duzhan.dataset.batches import CountyBatch
from duzhan.report.dashboard.document import DashboardFacts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from duzhan.campaign.standing import Campaign
    from duzhan.compliance.rechecks import RecheckShare
    from duzhan.compliance.results import Overview
    from duzhan.dataset.ledger import Ledger
    from duzhan.model import County

# A ledger at rest with more rows than these is a nation's: of it the page has the as-of day
# alone, everybody's counts, and no more issues than these, those of the worst counties.
LARGE = 200_000
MOST_ISSUES = 20_000


def dashboard_facts(campaign: Campaign) -> DashboardFacts:
    """Judge and gather all that the page shows.

    Args:
        campaign: opened for the last day on offer.

    Raises:
        DuzhanError: a ledger at rest cannot be read.
    """
    dataset, day, lists = campaign.dataset, campaign.day, campaign.lists
    rules = dataset.rules
    parts = lists.in_parts
    large = parts is not None and parts.rows > LARGE
    days = (day,) if large else offered_days(rules, day)
    weeks = sorted({*days, *sundays(rules, day)})
    judged = campaign.judged(days, also=[*weeks, *days_counted(rules, day, lists.rows)])
    kept = _worst(judged[day]) if large else None
    if parts is not None and kept is not None:
        ledger = parts.some([county.code for county in kept])
    else:
        ledger = campaign.ledger
    return DashboardFacts(
        dataset=dataset,
        as_of=day,
        days=days,
        overviews=judged,
        unsettled=campaign.unsettled(weeks),
        ledger=ledger,
        records=campaign.records,
        series=campaign.series(day),
        shares=_shares(_rechecked(campaign, ledger) if large else [_whole(ledger)], days),
        points={one: campaign.points_on(judged[one]) for one in days},
        kept=kept,
    )


def _worst(overview: Overview) -> tuple[County, ...]:
    """The counties that a leader looks at first, as many as have so many issues together."""
    kept: list[County] = []
    left = MOST_ISSUES
    for status in ranked(overview.counties):
        if status.counts is None:
            continue
        left -= status.counts.total
        if kept and left < 0:
            break
        kept.append(status.county)
    return tuple(kept)


def _whole(ledger: Ledger) -> CountyBatch:
    return CountyBatch(ledger.counties, ledger)


def _rechecked(campaign: Campaign, ledger: Ledger) -> Iterator[CountyBatch]:
    """The issues that rechecks are about; where there are none, nobody's are gone through."""
    if campaign.lists.registers.rechecks:
        yield from campaign.lists.batches()
    else:
        yield _whole(ledger)


def _shares(
    batches: Iterable[CountyBatch], days: Sequence[dt.date]
) -> Mapping[dt.date, Mapping[str, RecheckShare]]:
    """Day to county name to what its rechecks found."""
    shares: dict[dt.date, dict[str, RecheckShare]] = {day: {} for day in days}
    for batch in batches:
        codes = batch.codes
        for day in days:
            ours = recheck_shares(batch.ledger, day)
            shares[day].update((one.county.name, one) for one in ours if one.county.code in codes)
    return shares
