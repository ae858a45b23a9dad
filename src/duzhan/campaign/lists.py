"""All that judgement needs of the issue lists, whether they are in files or at rest for engines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from duzhan.engines import IN_MEMORY

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection, Iterator, Sequence

    from duzhan.compliance.issue_list import Listed
    from duzhan.compliance.results import Tally
    from duzhan.dataset.batches import CountyBatch
    from duzhan.dataset.ledger import Ledger
    from duzhan.dataset.registers import Registers
    from duzhan.engines import Engine
    from duzhan.model import Problem

    Count: TypeAlias = Callable[[Engine, Sequence[dt.date], Sequence[dt.date]], Tally]


class InParts(NamedTuple):
    """Lists that need not all be in memory at once.

    Attributes:
        registers: extensions, rechecks and evidence about all their issues.
        rows: how many rows they have.
        batches: gives the issues one by one, some counties at a time, of all counties asked
            for or of those with these codes.
        some: gives those of the counties with these codes, all at once.
        own: tells the headings of their own columns; None if that is not known beforehand.
    """

    registers: Registers
    rows: int
    batches: Callable[[Collection[str] | None], Iterator[CountyBatch]]
    some: Callable[[Collection[str]], Ledger]
    own: Callable[[Collection[str]], Sequence[str]] | None


@dataclass(frozen=True, slots=True)
class Lists:
    """The issue lists, as far as judgement needs them.

    Attributes:
        missing: county name to why it has no data, for those without.
        faults: how many errors are in them.
        problems: what concerns whole files.
        count: counts every county's issues on some days, and closures up to others, on an engine.
        load: gives the issues one by one, all at once.
        in_parts: how they are gone through without that; None for lists in files.
        existing: lists what exists on a day, without all that; None for lists in files.
    """

    missing: dict[str, str]
    faults: int
    problems: tuple[Problem, ...]
    count: Count
    load: Callable[[], Ledger]
    in_parts: InParts | None = None
    existing: Callable[[dt.date], Listed] | None = None

    def listed(self, day: dt.date) -> Listed:
        """All issues that exist on a day; those of a ledger at rest are read as they are shown."""
        if self.existing:
            return self.existing(day)
        from duzhan.compliance.listing import everything

        return everything(self.load(), day)

    @property
    def registers(self) -> Registers:
        """Extensions, rechecks and evidence about all their issues."""
        return self.in_parts.registers if self.in_parts else self.load().registers

    @property
    def rows(self) -> int:
        """How many rows they have."""
        return self.in_parts.rows if self.in_parts else self.load().cells.num_rows

    def batches(self) -> Iterator[CountyBatch]:
        """The issues one by one, some counties at a time; lists in files all together."""
        from duzhan.dataset.batches import CountyBatch, gone_through

        if self.in_parts:
            yield from gone_through(self.in_parts.batches(None), self.in_parts.rows)
            return

        ledger = self.load()
        yield CountyBatch(ledger.counties, ledger)


def lists_in_files(ledger: Ledger) -> Lists:
    """Lists that have been read."""
    from duzhan.compliance import spells as sp
    from duzhan.compliance.counting import count_spells
    from duzhan.compliance.states import tally
    from duzhan.dataset.ledger import missing_lists
    from duzhan.dataset.problems import count_faults

    def count(engine: Engine, days: Sequence[dt.date], paced: Sequence[dt.date]) -> Tally:
        counties = len(ledger.counties)
        if engine == IN_MEMORY:
            return tally(ledger.facts, days, counties, paced)
        from duzhan.engines.machines import start

        with start(engine) as machine:
            spells = machine.table(sp.spells(ledger.facts).counted)
            return count_spells(spells, days, range(counties), paced)

    faults = count_faults(ledger)
    return Lists(missing_lists(ledger), faults, ledger.problems, count, lambda: ledger)
