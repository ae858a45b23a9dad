"""What a dataset has on file about the counties asked for, each read once."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duzhan.engines import IN_MEMORY, Engine

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from duzhan.campaign.lists import Lists
    from duzhan.dataset.folder import Dataset
    from duzhan.dataset.ledger import Ledger
    from duzhan.dataset.provenance import Recorded
    from duzhan.model import County, Problem, Records
    from duzhan.store.entries import Line


@dataclass(frozen=True)
class CampaignFiles:
    """A dataset opened for one day; whatever is read is kept.

    Attributes:
        dataset: roster and rules.
        day: as of which day.
        county: the county that was asked for, None for all.
        engine: what counts the issues.
        only_counts: whether issues are asked for one by one hardly ever, so that lists that
            were counted before need not be read.
    """

    dataset: Dataset
    day: dt.date
    county: County | None = None
    engine: Engine = IN_MEMORY
    only_counts: bool = False

    @property
    def sample(self) -> str | None:
        """The line that marks synthetic data; None for real data."""
        return self.dataset.sample

    # ------------------------------------------------------------ what is on file

    @functools.cached_property
    def lists(self) -> Lists:
        """The issue lists of the counties asked for: in files, or at rest for engines."""
        from duzhan.campaign.lists import lists_in_files

        if self.dataset.rules.ledger_parquet is not None:
            from duzhan.campaign.rested_lists import lists_at_rest

            cache = self.dataset.cache if self.only_counts else None
            return lists_at_rest(self.dataset, self.county, cache)
        return self._counted_before or lists_in_files(self._read())

    @property
    def _counted_before(self) -> Lists | None:
        """The lists, without reading those that were counted before; None to read them all."""
        cache = self.dataset.cache
        if cache is None or self.engine != IN_MEMORY or not self.only_counts:
            return None
        from duzhan.campaign.kept_lists import lists_kept

        return lists_kept(self.dataset, cache, self.county)

    @property
    def ledger(self) -> Ledger:
        """The issues one by one; a ledger at rest is read only now."""
        return self.lists.load()

    @property
    def missing(self) -> dict[str, str]:
        """County name to why it has no data, for those without."""
        return self.lists.missing

    @property
    def records(self) -> Records:
        """Scores, deliverables, supervisions and reports that can be used."""
        return self._records[0]

    def recorded(self, after: dt.date) -> Recorded | None:
        """What the journal tells of the ledger; None without a journal.

        Args:
            after: whatever was written after this day is told one by one.
        """
        from duzhan.dataset.provenance import recorded

        if after not in self._recorded:
            self._recorded[after] = recorded(self.dataset.root, self.dataset.rules, after)
        return self._recorded[after]

    @functools.cached_property
    def _recorded(self) -> dict[dt.date, Recorded | None]:
        return {}

    @functools.cached_property
    def _records(self) -> tuple[Records, list[Problem]]:
        from duzhan.campaign.kept_records import records_kept

        return records_kept(self.dataset)

    def _read(self) -> Ledger:
        from duzhan.dataset.ledger import load_ledger

        only = None if self.county is None else {self.county.code}
        return load_ledger(self.dataset.root, self.dataset.roster, self.dataset.rules, only)

    # ------------------------------------------------------------ what must be known of it

    @property
    def refused(self) -> tuple[str, ...]:
        """One line a list that was not read at all."""
        return tuple(str(p) for p in self.lists.problems if p.severity == "error")

    @property
    def list_faults(self) -> int:
        """How many errors are in the issue lists."""
        return self.lists.faults

    @property
    def faults(self) -> int:
        """How many errors are in the issue lists and the record files."""
        wrong = sum(problem.severity == "error" for problem in self._records[1])
        return self.lists.faults + wrong

    @property
    def record_problems(self) -> list[Problem]:
        """What is wrong with the record files."""
        return self._records[1]

    @property
    def noticed_outside(self) -> Sequence[Line] | None:
        """What the journal has of changes without the tool, if it was read already."""
        known = next((told for told in self._recorded.values() if told), None)
        return known.outside if known else None
