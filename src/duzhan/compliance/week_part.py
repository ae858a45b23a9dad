"""What a week's result takes from the issues themselves, gathered some counties at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from duzhan.compliance.breakdown import breakdowns
from duzhan.compliance.flow import flows
from duzhan.compliance.issue_list import joined
from duzhan.compliance.listing import overdue
from duzhan.compliance.quality import qualities
from duzhan.compliance.rechecks import granted_between, recheck_shares
from duzhan.compliance.waiting_claims import WaitingList, waiting
from duzhan.dataset.ledger import missing_lists

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from duzhan.arrays import Mask
    from duzhan.compliance.breakdown import Breakdown
    from duzhan.compliance.flow import Flow
    from duzhan.compliance.issue_list import IssueList
    from duzhan.compliance.outside import Difference
    from duzhan.compliance.quality import Quality
    from duzhan.compliance.rechecks import Granted, RecheckShare
    from duzhan.compliance.results import Overview
    from duzhan.dataset.batches import CountyBatch
    from duzhan.dataset.provenance import Recorded
    from duzhan.dataset.registers import Registers
    from duzhan.model import Rules

# A longer list of overdue issues, or of claims, is told by each county's longest: as many as
# its own page shows, and some.
LISTED = 200_000
LONGEST = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the issues.

    Attributes:
        rules: the campaign.
        now: the judgement as of the week's day, of the counties that the report is about.
        before: the day that it is compared with.
        monday: the week's first day.
        recorded: what the journal tells of them; None without a journal.
        registers: extensions, rechecks and evidence about all their issues.
        outside: county name to its ledger, if that was changed without the tool.
    """

    rules: Rules
    now: Overview
    before: dt.date
    monday: dt.date
    recorded: Recorded | None
    registers: Registers
    outside: Mapping[str, Difference]

    def of(self, batch: CountyBatch) -> Asked:
        """The same of those counties alone that are in a batch."""
        codes = batch.codes
        ours = tuple(one for one in self.now.counties if one.county.code in codes)
        return replace(self, now=replace(self.now, counties=ours))


@dataclass(frozen=True, slots=True)
class WeekPart:
    """What was found of some counties' issues; by county in the order of the overview.

    Attributes:
        flow, quality, breakdown, rechecks: see `WeekReport`.
        granted: line of the register to the extension that was approved in the week.
        overdue: by county, longest first.
        claims: longest first.
    """

    flow: tuple[Flow, ...]
    quality: tuple[Quality, ...]
    breakdown: tuple[Breakdown, ...]
    rechecks: tuple[RecheckShare, ...]
    granted: Mapping[int, Granted]
    overdue: IssueList
    claims: WaitingList


def gathered(batches: Iterable[CountyBatch], asked: Asked) -> WeekPart:
    """Go through the issues once, and keep what the week's result says of them.

    Args:
        batches: all counties that the report is about, each in one of them.
        asked: what is asked of them.
    """
    counts = [status.counts for status in asked.now.counties if status.counts]
    most = tuple(
        LONGEST if sum(numbers) > LISTED else None
        for numbers in ((one.overdue for one in counts), (one.claimed for one in counts))
    )
    parts: list[WeekPart] = []
    own: Sequence[str] = ()
    for batch in batches:
        part = _shortened(_part(batch, asked.of(batch)), *most)
        if batch.counties == batch.ledger.counties:
            return part
        parts.append(_by_itself(part))
        own = batch.own
    return _together(parts, asked.now, own)


def _part(batch: CountyBatch, asked: Asked) -> WeekPart:
    """What there is in one batch, with all texts."""
    ledger, now = batch.ledger, asked.now
    day, rules = now.as_of, asked.rules
    ours = {status.county.code for status in now.counties}
    names = {status.county.name for status in now.counties}
    moved = flows(ledger.facts, missing_lists(ledger), ledger.counties, asked.before, day)
    granted = granted_between(ledger, asked.monday, day)
    return WeekPart(
        flow=tuple(one for one in moved if one.county.code in ours),
        quality=qualities(
            ledger, now, asked.recorded, rules, asked.outside, registers=asked.registers
        ),
        breakdown=tuple(
            one for one in breakdowns(ledger, day, rules.vocabularies) if one.county.code in ours
        ),
        rechecks=tuple(one for one in recheck_shares(ledger, day) if one.county.code in ours),
        granted={line: one for line, one in granted.items() if one.county in names},
        overdue=overdue(ledger, day),
        claims=waiting(ledger, day),
    )


def _shortened(part: WeekPart, overdue: int | None, claims: int | None) -> WeekPart:
    """Without the texts of all but each county's first ones, where a list is too long."""
    late, waits = part.overdue, part.claims
    if overdue is not None:
        late = late.with_texts_of(_first_of_each(late.county, overdue))
    if claims is not None:
        kept = waits.issues.with_texts_of(_first_of_each(waits.issues.county, claims))
        waits = WaitingList(kept, waits.days)
    return replace(part, overdue=late, claims=waits)


def _by_itself(part: WeekPart) -> WeekPart:
    """With the texts of what it lists alone, so that the ledger may go."""
    late, waits = part.overdue, part.claims
    issues = waits.issues.with_texts_of(waits.issues.rows >= 0)
    return replace(
        part,
        overdue=late.with_texts_of(late.rows >= 0),
        claims=WaitingList(issues, waits.days),
    )


def _first_of_each(county: NDArray[np.int16], most: int) -> Mask:
    """The first entries of each county."""
    order = np.argsort(county, kind="stable")
    sorted_by = county[order]
    first = np.searchsorted(sorted_by, sorted_by, "left")
    mask: Mask = np.zeros(len(order), bool)
    mask[order] = np.arange(len(order)) - first < most
    return mask


def _together(parts: Sequence[WeekPart], now: Overview, own: Sequence[str]) -> WeekPart:
    """Several parts as if all had been found at once."""
    late = joined([part.overdue for part in parts], own)
    issues = joined([part.claims.issues for part in parts], own)
    waits = WaitingList(issues, np.concatenate([part.claims.days for part in parts]))
    granted = {line: one for part in parts for line, one in part.granted.items()}
    codes = [status.county.code for status in now.counties]
    flow, quality, breakdown, rechecks = (
        {one.county.code: one for part in parts for one in getattr(part, name)}
        for name in ("flow", "quality", "breakdown", "rechecks")
    )
    return WeekPart(
        flow=tuple(flow[code] for code in codes),
        quality=tuple(quality[code] for code in codes),
        breakdown=tuple(breakdown[code] for code in codes),
        rechecks=tuple(rechecks[code] for code in codes),
        granted=dict(sorted(granted.items())),
        overdue=late.at(np.argsort(late.county, kind="stable")),
        claims=waits.at(np.lexsort((issues.county, -waits.days))),
    )
