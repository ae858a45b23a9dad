"""All that judgement needs of the issue lists, whether they are in files or at rest for engines."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duzhan.dataset.listings import missing_in

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from duzhan.compliance.results import Tally
    from duzhan.dataset.folder import Dataset
    from duzhan.dataset.ledger import Ledger
    from duzhan.engines import Engine
    from duzhan.model import County, Problem


@dataclass(frozen=True, slots=True)
class Lists:
    """The issue lists, as far as judgement needs them.

    Attributes:
        missing: county name to why it has no data, for those without.
        faults: how many errors are in them.
        problems: what concerns whole files.
        count: counts every county's issues on some days, and closures up to others, on an engine.
        load: gives the issues one by one.
    """

    missing: dict[str, str]
    faults: int
    problems: tuple[Problem, ...]
    count: Callable[[Engine, Sequence[dt.date], Sequence[dt.date]], Tally]
    load: Callable[[], Ledger]


def lists_in_files(ledger: Ledger) -> Lists:
    """Lists that have been read."""
    from duzhan.compliance import spells as sp
    from duzhan.compliance.counting import count_spells
    from duzhan.dataset.ledger import missing_lists
    from duzhan.dataset.problems import count_faults
    from duzhan.engines.machines import start

    def count(engine: Engine, days: Sequence[dt.date], paced: Sequence[dt.date]) -> Tally:
        with start(engine) as machine:
            spells = machine.table(sp.spells(ledger.facts).counted)
            return count_spells(spells, days, range(len(ledger.counties)), paced)

    faults = count_faults(ledger)
    return Lists(missing_lists(ledger), faults, ledger.problems, count, lambda: ledger)


def lists_at_rest(dataset: Dataset, only: County | None, load: Callable[[], Ledger]) -> Lists:
    """Lists that stay where they are: the engine reads what it counts.

    Args:
        dataset: whose rules name a ledger at rest.
        only: the county that is asked for; None for all.
        load: reads the issues, for whoever needs them one by one.

    Raises:
        DuzhanError: the ledger cannot be read.
    """
    import numpy as np

    from duzhan.compliance.counting import COLUMNS, count_spells
    from duzhan.dataset.registers import load_registers
    from duzhan.engines.machines import start
    from duzhan.parquet import checking, layout, manifest, reading

    at_rest = manifest.open_at_rest(dataset.root, dataset.roster, dataset.rules)
    counties = dataset.roster.counties
    asked = counties if only is None else (only,)
    codes = {county.code for county in asked}
    shares = at_rest.table(layout.SPELLS, codes)

    def count(engine: Engine, days: Sequence[dt.date], paced: Sequence[dt.date]) -> Tally:
        numbers = [int(county.code) for county in counties]
        with start(engine) as machine:
            if not shares:
                nothing = machine.table({name: np.zeros(0, np.int64) for name in COLUMNS})
                return count_spells(nothing, days, numbers, paced)
            if only is None:
                spells = machine.parquet(at_rest.folder / layout.SPELLS, COLUMNS)
            else:  # Its row groups, and no neighbour's.
                ((_, read),) = reading.read_files(shares, COLUMNS)
                spells = machine.table({name: read[name].to_numpy() for name in COLUMNS})
            checking.refuse_impossible_spells(spells, at_rest, codes, dataset.rules)
            return count_spells(spells, days, numbers, paced)

    listings = {county.name: reading.listing_of(at_rest, county) for county in asked}
    problems = at_rest.problems_of(codes)
    registers = load_registers(dataset.root, dataset.roster, dataset.rules)
    parts = [part for code, part in at_rest.parts.items() if code in codes]
    return Lists(
        missing_in(listings),
        len(problems) + len(registers.problems) + sum(part.faults for part in parts),
        problems,
        count,
        functools.cache(load),
    )
