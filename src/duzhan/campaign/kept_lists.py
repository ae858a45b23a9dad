"""Issue lists that have not changed since they were counted: only the counts are looked at.

Each county is by itself: what was counted of it holds as long as its own lists, the registers,
the roster and the rules are what they were, byte for byte. The others are read anew.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from duzhan import columns as col
from duzhan.campaign.lists import Lists, lists_in_files
from duzhan.compliance.results import WINDOW, Tally
from duzhan.dataset.listings import (
    Listing,
    issue_files,
    lists_fault,
    missing_in,
    shown_as,
    stray,
)
from duzhan.files import digest, size_of
from duzhan.requirements.results import Counts
from duzhan.store.digests import digest_of_all
from duzhan.store.plain import plain, restored

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from duzhan.dataset.folder import Dataset
    from duzhan.dataset.ledger import Ledger
    from duzhan.engines import Engine
    from duzhan.intake.seen import Seen
    from duzhan.model import County, Problem
    from duzhan.store.cache import Cache

    Days: TypeAlias = Sequence[dt.date]

_NAME = "lists"
_REGISTERS = (col.EXTENSIONS, col.RECHECKS, col.EVIDENCE)
# More days than a campaign has: the document does not grow for ever.
_MOST_DAYS = 500
# Whoever is not asked about has none.
_NONE = Counts(0, 0, 0, 0, 0, 0, 0)
# Less than this is looked through sooner than threads are started.
_MUCH = 8 << 20


def lists_kept(dataset: Dataset, cache: Cache, county: County | None) -> Lists | None:
    """Lists that are read as far as they have changed since they were counted.

    Args:
        dataset: whose ledger is in files.
        cache: where counts are put aside.
        county: the county that is asked for; None for all.

    Returns:
        All that judgement needs of them; None if it cannot be told what has changed.
    """
    registers = digest_of_all(dataset.root, _REGISTERS)
    return None if registers is None else _Look(dataset, cache, registers, county).lists()


@dataclass(frozen=True, slots=True)
class _Counted:
    """What was made of a county's lists.

    Attributes:
        lists: digest over their names and contents.
        listing: whether there is data.
        faults: how many errors are in them, but for whole files.
        refused: what keeps whole files from being read, in their order.
        counts: day to the figures as of it.
        closures: day to the closures of the last `WINDOW`.
    """

    lists: str
    listing: Listing
    faults: int
    refused: tuple[Problem, ...]
    counts: dict[dt.date, Counts] = field(default_factory=dict)
    closures: dict[dt.date, int] = field(default_factory=dict)

    def tells(self, days: Iterable[dt.date], paced: Iterable[dt.date]) -> bool:
        """Whether all of these days were counted."""
        return self.counts.keys() >= set(days) and self.closures.keys() >= set(paced)

    def and_of(self, other: _Counted) -> _Counted:
        """With what was counted of the same lists on other days."""
        counts, closures = {**other.counts, **self.counts}, {**other.closures, **self.closures}
        if self.lists != other.lists or len(counts) > _MOST_DAYS:
            return self
        return replace(self, counts=counts, closures=closures)


class _Look:
    """One look at the lists: what was counted of them before, and what has to be read."""

    def __init__(
        self, dataset: Dataset, cache: Cache, registers: str, county: County | None
    ) -> None:
        self._dataset, self._cache, self._registers = dataset, cache, registers
        self._counties = dataset.roster.counties
        self._asked = self._counties if county is None else (county,)
        self._at = {one.code: number for number, one in enumerate(self._counties)}
        self._files = list(issue_files(dataset.root, dataset.roster))
        self._paths: dict[str, list[Path]] = {code: [] for code in self._at}
        for path, owner in self._files:
            if owner:
                self._paths[owner.code].append(path)
        self._read: list[tuple[frozenset[str], Ledger]] = []
        self._register_faults, kept = self._kept()
        asked = [one.code for one in self._asked if one.code in kept]
        digests = self._digests([path for code in asked for path in self._paths[code]])
        self._known = {
            code: kept[code] for code in asked if kept[code].lists == self._lists(code, digests.get)
        }

    def lists(self) -> Lists:
        """All that judgement needs of them."""
        changed = [county for county in self._asked if county.code not in self._known]
        if len(changed) == len(self._asked):
            return replace(lists_in_files(self._ledger(changed)), count=self._count)
        if changed:
            self._ledger(changed)
        problems = tuple(self._problems())
        faults = sum(known.faults for known in self._known.values())
        return Lists(
            missing=missing_in({one.name: self._listing(one) for one in self._counties}),
            faults=len(problems) + self._register_faults + faults,
            problems=problems,
            count=self._count,
            load=lambda: self._ledger(self._asked),
        )

    # ------------------------------------------------------------ what was put aside

    def _kept(self) -> tuple[int, dict[str, _Counted]]:
        """How many faults the registers have, and what was counted, by code."""
        document = self._cache.get(_NAME, self._registers)
        if document is None:
            return 0, {}
        try:
            faults, counties = cast("tuple[int, dict[str, Any]]", restored(document))
            return faults, {code: _counted(*told) for code, told in counties.items()}
        except (TypeError, ValueError):
            return 0, {}

    def _keep(self, ledger: Ledger) -> None:
        """Put aside what is known; what another process put aside meanwhile stays."""
        _, kept = self._kept()
        for code, known in self._known.items():
            if known.lists:
                kept[code] = known.and_of(kept.get(code, known))
        told = {code: _told(known) for code, known in kept.items()}
        document = plain((len(ledger.registers.problems), told))
        self._cache.put(_NAME, self._registers, document)

    # ------------------------------------------------------------ what is there

    def _lists(self, code: str, digest_of: Callable[[Path], str | None]) -> str | None:
        """The digest over a county's lists; None if one of them is not known."""
        whole = hashlib.sha256()
        for path in self._paths[code]:
            content = digest_of(path)
            if not content:
                return None
            whole.update(b"%b\0%b\0" % (os.fsencode(path.name), content.encode()))
        return whole.hexdigest()

    def _digests(self, paths: Sequence[Path]) -> dict[Path, str | None]:
        if sum(map(size_of, paths)) < _MUCH:
            return {path: digest(path) for path in paths}
        from duzhan.parallel import on_all_cores

        return dict(zip(paths, on_all_cores(digest, paths), strict=True))

    def _listing(self, county: County) -> Listing:
        known = self._known.get(county.code)
        return known.listing if known else Listing.MISSING

    def _problems(self) -> Iterable[Problem]:
        """What concerns whole files, in their order."""
        if fault := lists_fault(self._dataset.root):
            yield fault
        refused = [one for known in self._known.values() for one in known.refused]
        for path, owner in self._files:
            shown = shown_as(path)
            if owner is None:
                yield stray(shown, self._dataset.roster)
            elif own := next((one for one in refused if one.file == shown), None):
                refused.remove(own)
                yield own

    # ------------------------------------------------------------ what has to be read

    def _ledger(self, counties: Sequence[County]) -> Ledger:
        """The issues of some of the counties, at least; each list is read once."""
        codes = frozenset(county.code for county in counties)
        for known, ledger in self._read:
            if codes <= known:
                return ledger
        from duzhan.dataset.ledger import load_ledger
        from duzhan.intake.seen import Seen

        seen, dataset = Seen(), self._dataset
        only = None if len(codes) == len(self._counties) else codes
        ledger = load_ledger(dataset.root, dataset.roster, dataset.rules, only, seen=seen)
        self._read.append((codes, ledger))
        self._take(ledger, counties, seen)
        return ledger

    def _take(self, ledger: Ledger, counties: Sequence[County], seen: Seen) -> None:
        """Note what the lists are that were read, unless somebody changed them meanwhile."""
        from duzhan.dataset.problems import row_faults

        root, roster = self._dataset.root, self._dataset.roster
        quiet = self._files == list(issue_files(root, roster)) and self._registers == digest_of_all(
            root, _REGISTERS
        )
        self._register_faults = len(ledger.registers.problems)
        faults = row_faults(ledger)
        for county in counties:
            code, at = county.code, self._at[county.code]
            files = {shown_as(path) for path in self._paths[code]}
            found = _Counted(
                lists=(self._lists(code, seen.digest) if quiet else None) or "",
                listing=ledger.listings[at],
                faults=faults[at],
                refused=tuple(one for one in ledger.problems if one.file in files),
            )
            self._known[code] = found.and_of(self._known.get(code, found))

    def _count(self, engine: Engine, days: Days, paced: Days) -> Tally:
        """See `Lists.count`."""
        needed = sorted({*days, *paced, *(day - WINDOW for day in paced)})
        lacking = [one for one in self._asked if not self._known[one.code].tells(needed, paced)]
        if lacking:
            ledger = self._ledger(lacking)
            self._add(lists_in_files(ledger).count(engine, days, paced), lacking)
            self._keep(ledger)
        known = [self._known.get(county.code) for county in self._counties]
        return Tally(
            {day: [one.counts[day] if one else _NONE for one in known] for day in needed},
            {day: [one.closures[day] if one else 0 for one in known] for day in sorted(set(paced))},
        )

    def _add(self, tally: Tally, counties: Sequence[County]) -> None:
        for county in counties:
            at, known = self._at[county.code], self._known[county.code]
            known.counts.update({day: counts[at] for day, counts in tally.counts.items()})
            known.closures.update({day: number[at] for day, number in tally.closures.items()})


def _told(known: _Counted) -> tuple[object, ...]:
    counts = {day: dataclasses.astuple(one) for day, one in known.counts.items()}
    return known.lists, known.listing.value, known.faults, known.refused, counts, known.closures


def _counted(
    lists: str,
    listing: str,
    faults: int,
    refused: tuple[Problem, ...],
    counts: dict[dt.date, tuple[int, ...]],
    closures: dict[dt.date, int],
) -> _Counted:
    known = {day: Counts(*told) for day, told in counts.items()}
    return _Counted(lists, Listing(listing), faults, refused, known, closures)
