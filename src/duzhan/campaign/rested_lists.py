"""Issue lists at rest: engines read what they count, the rest is read county by county."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from duzhan.campaign.lists import InParts, Lists
from duzhan.compliance.counting import COLUMNS, count_spells, joined
from duzhan.dataset.batches import CountyBatch, together
from duzhan.dataset.listings import missing_in
from duzhan.dataset.registers import load_registers
from duzhan.engines import IN_MEMORY
from duzhan.parallel import on_all_cores
from duzhan.parquet import checking, layout, listing, manifest, reading

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterator, Sequence

    from numpy.typing import NDArray

    from duzhan.campaign.lists import Count
    from duzhan.compliance.issue_list import Listed
    from duzhan.compliance.results import Tally
    from duzhan.dataset.folder import Dataset
    from duzhan.dataset.ledger import Ledger
    from duzhan.engines import Engine
    from duzhan.model import County
    from duzhan.store.cache import Cache

# Spells that are counted together, in memory.
_AT_ONCE = 500_000


def lists_at_rest(dataset: Dataset, only: County | None, cache: Cache | None = None) -> Lists:
    """Lists that stay where they are.

    Args:
        dataset: whose rules name a ledger at rest.
        only: the county that is asked for; None for all.
        cache: where counts of all counties are put aside; None if nowhere.

    Raises:
        DuzhanError: the ledger cannot be read.
    """
    return _Resting(dataset, only, cache).lists()


class _Resting:
    def __init__(self, dataset: Dataset, only: County | None, cache: Cache | None) -> None:
        self._dataset = dataset
        self._cache = cache if only is None else None
        self._counties = dataset.roster.counties
        self._asked = self._counties if only is None else (only,)
        self._codes = {county.code for county in self._asked}
        self._rest = manifest.open_at_rest(dataset.root, dataset.roster, dataset.rules)
        shares = self._rest.table(layout.SPELLS, self._codes)
        self._places = {share.code: share for share in shares}
        self._registers = load_registers(dataset.root, dataset.roster, dataset.rules, self._codes)

    def lists(self) -> Lists:
        listings = {one.name: reading.listing_of(self._rest, one) for one in self._asked}
        problems = self._rest.problems_of(self._codes)
        registers = self._registers
        parts = [part for code, part in self._rest.parts.items() if code in self._codes]
        rows = sum(part.rows for part in parts)
        return Lists(
            missing=missing_in(listings),
            faults=len(problems) + len(registers.problems) + sum(part.faults for part in parts),
            problems=problems,
            count=self._counting,
            load=functools.cache(functools.partial(self._load, self._codes)),
            # An older form does not tell enough.
            in_parts=InParts(
                *(registers, rows, self._batches, self._load),
                own=None if self._older else self._rest.own_columns,
            ),
            existing=None if self._older else self._existing,
        )

    @property
    def _older(self) -> bool:
        return self._rest.form == layout.OLDER

    def _load(self, codes: Collection[str]) -> Ledger:
        rules = self._dataset.rules
        return reading.load_rested(self._rest, self._counties, rules, self._registers, codes)

    def _batches(self, codes: Collection[str] | None) -> Iterator[CountyBatch]:
        known = {county.code: county for county in self._asked}
        rows = {code: part.rows for code, part in self._rest.parts.items()}
        own = tuple(self._rest.own_columns(self._codes))
        # As the files lie: whatever goes through them meets the rows in one order.
        for some in together(sorted(self._codes if codes is None else codes), rows):
            yield CountyBatch(tuple(known[code] for code in some), self._load(some), own)

    def _existing(self, day: dt.date) -> Listed:
        places, rules = list(self._places.values()), self._dataset.rules
        return listing.existing(self._rest, self._counties, self._codes, places, rules, day)

    # ------------------------------------------------------------ counting

    @property
    def _counting(self) -> Count:
        if self._cache is None or self._older:
            return self._count
        from duzhan.campaign.kept_counts import KeptCounts

        unchanged = functools.partial(self._rest.unchanged, layout.SPELLS)
        return KeptCounts(self._cache, self._rest.digest, self._count, unchanged).count

    def _count(self, engine: Engine, days: Sequence[dt.date], paced: Sequence[dt.date]) -> Tally:
        """See `Lists.count`."""
        numbers = [int(county.code) for county in self._counties]
        if engine != IN_MEMORY:
            from duzhan.engines.machines import start

            with start(engine) as machine:
                if self._places and self._asked is self._counties:
                    spells = machine.parquet(self._rest.folder / layout.SPELLS, COLUMNS)
                    rules = self._dataset.rules
                    checking.refuse_impossible_spells(spells, self._rest, self._codes, rules)
                    return count_spells(spells, days, numbers, paced)
        if not self._places:
            nothing = np.zeros(0, np.int64)
            return count_spells(dict.fromkeys(COLUMNS, nothing), days, numbers, paced)
        sizes = {code: self._rest.parts[code].spells for code in self._places}
        parts = list(together(sorted(sizes), sizes, _AT_ONCE))
        return joined(on_all_cores(lambda some: self._part(some, days, paced), parts), numbers)

    def _part(
        self, codes: Sequence[str], days: Sequence[dt.date], paced: Sequence[dt.date]
    ) -> tuple[list[int], Tally]:
        """Count some counties in memory: no machine is quicker with so few."""
        ours = [int(code) for code in codes]
        return ours, count_spells(self._spells(codes), days, ours, paced)

    def _spells(self, codes: Sequence[str]) -> dict[str, NDArray[np.integer[Any]]]:
        """The row groups of some counties, and no neighbour's."""
        files = reading.read_files([self._places[code] for code in codes], COLUMNS)
        read = pa.concat_tables(table.select(COLUMNS) for _, table in files)
        checking.refuse_impossible_spans(read, self._rest, codes, self._dataset.rules)
        return {name: read[name].to_numpy() for name in COLUMNS}
