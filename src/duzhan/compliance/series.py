"""Day by day: what was found, claimed and closed, and how many closures the rules asked for.

Nothing is counted here: every day's figures are those that verdicts rest on, and
what a milestone asks for is the `closures_asked` that verdicts rest on.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from duzhan.requirements import RATE, asked_of
from duzhan.requirements.rate import closures_asked
from duzhan.requirements.results import Counts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from duzhan.model import County, Milestone, Requirement, Rules

# A national ledger is counted once a week: a page shows no finer difference.
_DAILY_UP_TO = 100_000


@dataclass(frozen=True, slots=True)
class Target:
    """How many verified closures a milestone asks for.

    Attributes:
        milestone: with its deadline.
        requirement: the rate to reach.
        closures: at the number of issues on the deadline, or as of the last day counted.
    """

    milestone: Milestone
    requirement: Requirement
    closures: int


@dataclass(frozen=True, slots=True)
class BurnUp:
    """A county's issues over the days.

    Attributes:
        county: whose.
        as_of: the last day counted.
        days: from the campaign's first day to `as_of`, ascending; a week or a day apart.
        counts: the issues as of each of the days.
        asked: day and closures that the milestone current on that day asks for, at the
            issues of the day, for later days at those of `as_of`; up to the horizon.
        targets: the milestones up to the horizon, the one after the current.
    """

    county: County
    as_of: dt.date
    days: tuple[dt.date, ...]
    counts: tuple[Counts, ...]
    asked: tuple[tuple[dt.date, int], ...]
    targets: tuple[Target, ...]

    @property
    def now(self) -> Counts:
        """The issues as of the last day."""
        return self.counts[-1]


def days_counted(rules: Rules, as_of: dt.date, rows: int) -> list[dt.date]:
    """The days of the campaign up to one that a ledger of so many rows is counted on, ascending."""
    deadlines = {m.deadline for m in rules.milestones if rules.start <= m.deadline <= as_of}
    return sorted(deadlines | set(sampled(rules.start, as_of, rows)))


def burn_ups(
    counted: Mapping[dt.date, Sequence[Counts]],
    missing: Mapping[str, str],
    rules: Rules,
    counties: Sequence[County],
) -> dict[str, BurnUp]:
    """The days of the campaign up to one, from what was counted on them.

    Args:
        counted: the counts of `counties` on all `days_counted`, ascending.
        missing: names of the counties without data.
        rules: the campaign.
        counties: in the roster's order.
    """
    days = list(counted)
    return {
        county.name: _burn_up(county, rules, days, [on_day[at] for on_day in counted.values()])
        for at, county in enumerate(counties)
        if county.name not in missing
    }


def sampled(start: dt.date, last: dt.date, rows: int) -> list[dt.date]:
    """The days to count: each of them, or of a very large ledger one a week; the last always."""
    step = 1 if rows <= _DAILY_UP_TO else 7
    return [
        last - dt.timedelta(days=back) for back in range(0, max((last - start).days, 0) + 1, step)
    ][::-1]


def _burn_up(
    county: County, rules: Rules, days: Sequence[dt.date], counts: Sequence[Counts]
) -> BurnUp:
    as_of, now = days[-1], counts[-1]
    known = dict(zip(days, counts, strict=True))
    ahead = [m for m in rules.milestones if m.deadline >= as_of][:2]
    shown = [m for m in rules.milestones if m.deadline < as_of] + ahead
    targets = tuple(
        Target(milestone, rule, closures_asked(rule, known.get(milestone.deadline, now)))
        for milestone in shown
        for rule in asked_of(milestone, RATE)
    )
    return BurnUp(
        county,
        as_of,
        tuple(days),
        tuple(counts),
        tuple(_asked(rules, known, as_of, targets)),
        targets,
    )


def _asked(
    rules: Rules, known: Mapping[dt.date, Counts], as_of: dt.date, targets: Sequence[Target]
) -> Iterator[tuple[dt.date, int]]:
    """What the then current milestone asks for, on the days counted and at what lies ahead."""
    for day, counts in known.items():
        current = rules.current_milestone(day)
        for rule in asked_of(current, RATE):
            yield day, closures_asked(rule, counts)
    after = as_of
    for target in targets:
        if target.milestone.deadline > as_of:
            if after > as_of:
                yield after + dt.timedelta(days=1), target.closures
            yield target.milestone.deadline, target.closures
            after = target.milestone.deadline


def combined(every: Sequence[BurnUp], whole: County) -> BurnUp:
    """Add up the days of several counties; a milestone asks for what it asks of each of them.

    Args:
        every: at least one, all counted on the same days.
        whole: whose the sum is.
    """
    first = every[0]
    return BurnUp(
        whole,
        first.as_of,
        first.days,
        tuple(_added(on_day) for on_day in zip(*(one.counts for one in every), strict=True)),
        tuple(
            (points[0][0], sum(closures for _, closures in points))
            for points in zip(*(one.asked for one in every), strict=True)
        ),
        tuple(
            replace(targets[0], closures=sum(target.closures for target in targets))
            for targets in zip(*(one.targets for one in every), strict=True)
        ),
    )


def _added(counts: Sequence[Counts]) -> Counts:
    return Counts(*(sum(getattr(one, field.name) for one in counts) for field in fields(counts[0])))
