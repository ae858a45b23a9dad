"""Everything wrong with a dataset, one problem after the other, as its issues are gone through."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duzhan.campaign.evidence import file_problems, found_of
from duzhan.clock import today
from duzhan.compliance.evidence import asked_for, of_withdrawn, register_problems, unproven
from duzhan.dataset.ledger import reading_of
from duzhan.dataset.outside import outside_problems
from duzhan.dataset.problems import list_problems, register_rows

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from duzhan.campaign.standing import Campaign
    from duzhan.dataset.batches import CountyBatch
    from duzhan.dataset.registers import Ignored
    from duzhan.model import Problem


def problems_in_turn(campaign: Campaign, *, files: bool = False) -> Iterator[Problem]:
    """What is wrong with roster, issue lists, registers and record files, in this order.

    Args:
        campaign: opened for the day as of which closures without evidence are counted.
        files: look at the files of evidence, too.
    """
    dataset, lists = campaign.dataset, campaign.lists
    dates, now = reading_of(dataset.rules).dates, today(dataset.rules.time_zone)
    seen = _Registered(campaign)
    yield from dataset.roster.faults
    yield from lists.problems
    for batch in lists.batches():
        yield from list_problems(batch.ledger, dataset.rules, dates, now)
        seen.look(batch)
    yield from seen.problems()
    yield from _outside(campaign)
    yield from campaign.record_problems
    if files:
        yield from file_problems(dataset.root, lists.registers, seen.found)


@dataclass
class _Registered:
    """What the registers hold about the issues that were gone through."""

    campaign: Campaign
    ignored: list[Ignored] = field(default_factory=list)
    withdrawn: set[int] = field(default_factory=set)
    bare: dict[str, int] = field(default_factory=dict)
    found: dict[int, dt.date] = field(default_factory=dict)

    def look(self, batch: CountyBatch) -> None:
        """Take down what is known of some counties' rows."""
        ledger = batch.ledger
        self.ignored += ledger.facts.ignored
        self.withdrawn |= of_withdrawn(ledger)
        self.found |= found_of(ledger)
        if self._asked_for:
            bare = unproven(ledger, self.campaign.day)
            self.bare |= {county.name: bare[county.name] for county in batch.counties}

    def problems(self) -> list[Problem]:
        """Rows that do not count, and what the register of evidence shows."""
        registers, counties = self.campaign.lists.registers, self.campaign.dataset.roster.counties
        rows = register_rows(registers.problems, self.ignored)
        if not self._asked_for:
            return rows
        bare = {one.name: self.bare[one.name] for one in counties if one.name in self.bare}
        return [*rows, *register_problems(registers.evidence, self.withdrawn, bare)]

    @property
    def _asked_for(self) -> bool:
        needed = self.campaign.dataset.rules.closure_needs_evidence
        return asked_for(self.campaign.lists.registers, needed=needed)


def _outside(campaign: Campaign) -> list[Problem]:
    """Ledgers that were changed without the tool; lists beside one at rest are not read."""
    dataset = campaign.dataset
    if dataset.rules.ledger_parquet is not None:
        return []
    return outside_problems(dataset.root, dataset.roster, campaign.noticed_outside)
