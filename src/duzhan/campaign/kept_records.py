"""The record files, without reading them where not a byte has changed since they were read."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, cast

from duzhan import columns as col
from duzhan.store.digests import digest_of_all
from duzhan.store.plain import plain, restored

if TYPE_CHECKING:
    from duzhan.dataset.folder import Dataset
    from duzhan.model import Problem, Records

_NAME = "records"
_FILES = (col.SCORES, col.DELIVERABLES, col.SUPERVISION, col.COUNTY_REPORTS, col.SCORE_ITEMS)


def records_kept(dataset: Dataset) -> tuple[Records, list[Problem]]:
    """The rows of the record files that can be used, and what is wrong with the others.

    Args:
        dataset: whose records.
    """
    cache, root = dataset.cache, dataset.root
    before = digest_of_all(root, _FILES) if cache else None
    if cache is None or before is None:
        return _read(dataset)
    with suppress(ValueError):
        if (document := cache.get(_NAME, before)) is not None:
            records, problems = cast("tuple[Records, tuple[Problem, ...]]", restored(document))
            return records, list(problems)
    records, found = _read(dataset)
    # What changed while it was read is of no use to anybody.
    if digest_of_all(root, _FILES) == before:
        cache.put(_NAME, before, plain((records, tuple(found))))
    return records, found


def _read(dataset: Dataset) -> tuple[Records, list[Problem]]:
    from duzhan.dataset.records import load_records

    return load_records(dataset.root, dataset.roster, dataset.rules)
