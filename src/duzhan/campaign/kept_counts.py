"""Counts of a ledger at rest, which hold as long as its manifest and its files are what they were.

Its files are looked at, byte for byte, before anything is counted or taken from here.
"""

from __future__ import annotations

import dataclasses
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from duzhan.compliance.results import WINDOW, Tally
from duzhan.engines import IN_MEMORY
from duzhan.requirements.results import Counts
from duzhan.store.plain import plain, restored

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from duzhan.campaign.lists import Count
    from duzhan.engines import Engine
    from duzhan.store.cache import Cache

_NAME = "rested"
# More days than a campaign has: the document does not grow for ever.
_MOST_DAYS = 500


@dataclass(frozen=True, slots=True)
class KeptCounts:
    """Counts of all counties of a ledger at rest.

    Attributes:
        cache: where they are put aside.
        key: the digest of the ledger's manifest.
        anew: counts.
        unchanged: whether the files that were counted still are what the manifest tells.
    """

    cache: Cache
    key: str
    anew: Count
    unchanged: Callable[[], bool]

    def count(self, engine: Engine, days: Sequence[dt.date], paced: Sequence[dt.date]) -> Tally:
        """See `Lists.count`; an engine that is asked for counts itself."""
        if engine != IN_MEMORY:
            return self.anew(engine, days, paced)
        paces = sorted(set(paced))
        needed = sorted({*days, *paces, *(day - WINDOW for day in paces)})
        known = self._before()
        if not (known.counts.keys() >= set(needed) and known.closures.keys() >= set(paces)):
            known = self._add(self.anew(engine, days, paced), known)
        return Tally(
            {day: known.counts[day] for day in needed}, {day: known.closures[day] for day in paces}
        )

    def _before(self) -> Tally:
        with suppress(TypeError, ValueError):
            if (document := self.cache.get(_NAME, self.key)) is not None:
                counts, closures = cast("tuple[dict[Any, Any], dict[Any, Any]]", restored(document))
                return Tally(
                    {day: [Counts(*told) for told in every] for day, every in counts.items()},
                    closures,
                )
        return Tally({}, {})

    def _add(self, found: Tally, known: Tally) -> Tally:
        """What was counted now, with what was counted before unless that is too much."""
        both = Tally({**known.counts, **found.counts}, {**known.closures, **found.closures})
        kept = found if len(both.counts) > _MOST_DAYS else both
        if self.unchanged():
            counts = {
                day: tuple(map(dataclasses.astuple, every)) for day, every in kept.counts.items()
            }
            closures = {day: tuple(every) for day, every in kept.closures.items()}
            self.cache.put(_NAME, self.key, plain((counts, closures)))
        return kept
