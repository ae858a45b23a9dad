"""For a circular: the counties ranked by rate, and what the rules propose for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duzhan.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction

    from duzhan.compliance.issue_list import IssueLine
    from duzhan.compliance.results import CountyStatus
    from duzhan.model import Sanction


@dataclass(frozen=True, slots=True)
class Place:
    """A county's place.

    Attributes:
        status: the county, judged.
        rank: from 1; equal rates have equal places, and the next ones are left out; None
            without data, or without issues.
        shared: whether others have the same place.
    """

    status: CountyStatus
    rank: int | None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a rule proposes for a county.

    Attributes:
        missed: requirements of past milestones that are missed.
        overdue: overdue issues.
        longest: days by which the longest is overdue.
    """

    sanction: Sanction
    status: CountyStatus
    missed: int
    overdue: int
    longest: int


def places(statuses: Iterable[CountyStatus]) -> list[Place]:
    """Rank counties by their exact rates, the best first.

    Those whose lists have no issues come after all ranked ones, those without data last.
    """
    every = list(statuses)
    rated = [(status.rate.value, status) for status in every if status.rate is not None]
    rates = sorted((rate for rate, _ in rated), reverse=True)
    best = sorted(rated, key=_by_rate, reverse=True)
    ranked = [Place(status, rates.index(rate) + 1, rates.count(rate) > 1) for rate, status in best]
    spared = [Place(one, None) for one in every if one.has_data and one.rate is None]
    return [*ranked, *spared, *(Place(one, None) for one in every if not one.has_data)]


def _by_rate(entry: tuple[Fraction, CountyStatus]) -> Fraction:
    return entry[0]


def proposals(
    statuses: Iterable[CountyStatus], overdue: Sequence[IssueLine], sanctions: Sequence[Sanction]
) -> list[Proposal]:
    """Give what the rules propose, by county in the order given, milder ones replaced.

    Args:
        statuses: the counties, judged.
        overdue: overdue issues.
        sanctions: the rules, milder ones first.
    """
    found = []
    for status in statuses:
        late = [
            line.days_overdue or 0
            for line in overdue
            if line.county == status.county.name and (line.days_overdue or 0) > 0
        ]
        missed = sum(
            result.verdict is Verdict.MISSED
            for milestone in status.milestones
            for result in milestone.requirements
        )
        ours = [
            Proposal(rule, status, missed, len(late), max(late, default=0))
            for rule in sanctions
            if _holds(rule, status, missed, late)
        ]
        replaced = {one.sanction.instead_of for one in ours}
        found += [one for one in ours if one.sanction.id not in replaced]
    return found


def _holds(rule: Sanction, status: CountyStatus, missed: int, late: Sequence[int]) -> bool:
    return (
        (not rule.no_data or not status.has_data)
        and (rule.missed is None or missed >= rule.missed)
        and (rule.overdue is None or len(late) >= rule.overdue)
        and (rule.days_overdue is None or max(late, default=0) >= rule.days_overdue)
    )
