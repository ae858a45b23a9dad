"""A ledger as Parquet, whole or as it was: typed for people with SQL, and as spells for engines.

A file whose counties and rules are what they were is carried over from the export before.
"""

from __future__ import annotations

import json
import secrets
import shutil
from contextlib import contextmanager
from dataclasses import asdict
from itertools import groupby
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

import pyarrow.compute as pc
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from duzhan.dataset.ledger import load_ledger
from duzhan.dataset.listings import Listing
from duzhan.dataset.locate import MANIFEST
from duzhan.dataset.names import county_of_file
from duzhan.errors import DuzhanError
from duzhan.parquet import layout as at
from duzhan.parquet import manifest as rest
from duzhan.parquet.keeping import Before, Kept, ManifestEntries, digests, export_before
from duzhan.parquet.origins import read_by
from duzhan.parquet.typed import resting
from duzhan.store.atomic import explain, sync_folder
from duzhan.store.outputs import refuse_harm, replacing
from duzhan.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from duzhan.dataset.folder import Dataset
    from duzhan.dataset.ledger import Ledger
    from duzhan.model import County, Problem

_DATA = "data-"
_LOCK = ".duzhan.lock"
# So many counties are in memory at a time.
_BATCH = 100
# Rows of a county in a row group, at most.
_ROWS = 1 << 20


def export_parquet(
    dataset: Dataset, folder: Path, tell: Callable[[int, int], None] = lambda *_: None
) -> dict[str, rest.Part]:
    """Write a dataset's ledger as Parquet; what was there is replaced whole, or stays.

    Args:
        dataset: whose lists are read.
        folder: the folder to make, or an earlier export.
        tell: hears before each step how many counties are done, and how many it is about.

    Returns:
        What was written, by county code; counties without a list are not in it.

    Raises:
        DuzhanError: the folder holds other things, or cannot be written.
    """
    told = ManifestEntries()
    with _held(folder):
        data = folder / f"{_DATA}{secrets.token_hex(6)}"
        for kind in (at.ISSUES, at.SPELLS):
            (data / kind).mkdir(parents=True)
        before, made_of = export_before(folder), digests(dataset)
        told.problems.extend((None, problem) for problem in _strays(dataset))
        kept = {name for name, made in made_of.items() if before.carry(name, made, data)}
        for name in kept:
            told.add(before.told.of(name))
        _write_files(dataset, made_of.keys() - kept, data, told, tell)
        files = {name: Kept.of(data, name, made, told) for name, made in made_of.items()}
        _sync(data)
        _announce(before, data.name, dataset, told, files)
    order = [county.code for county in dataset.roster.counties]
    missing = rest.Part(Listing.MISSING.value, 0, 0, 0)
    parts = {code: told.parts.get(code, missing) for code in order}
    return {code: part for code, part in parts.items() if part.listing != missing.listing}


def _strays(dataset: Dataset) -> Sequence[Problem]:
    """What concerns files of no county: they are looked at without reading any list."""
    return load_ledger(dataset.root, dataset.roster, dataset.rules, ()).problems


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Keep others out of the folder; turn errors of the system into one line."""
    refuse_harm(folder / MANIFEST, folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        known = {MANIFEST, _LOCK}
        others = [p.name for p in folder.iterdir() if p.name not in known and _DATA not in p.name]
        if others and not (folder / MANIFEST).exists():
            raise DuzhanError(f"“{folder}”里有别的东西（{others[0]}），请换一个空目录")
        with FileLock(folder / _LOCK, timeout=0):
            yield
    except Timeout:
        raise DuzhanError(f"“{folder}”正由另一个 duzhan export 写入，请稍后再试") from None
    except OSError as error:
        raise DuzhanError(f"“{folder}”写不进去：{explain(error)}") from None


def _announce(
    before: Before, name: str, dataset: Dataset, told: ManifestEntries, files: Mapping[str, Kept]
) -> None:
    """Name the new data in place of the old; take away what is older than that."""
    document = {
        "form": at.FORM,
        "duzhan": VERSION,
        "campaign": dataset.rules.name,
        "notice": dataset.sample,
        "folder": name,
        "read_by": read_by(dataset.root, dataset.roster, dataset.rules),
        "counties": {code: asdict(part) for code, part in sorted(told.parts.items())},
        "problems": [
            (code, asdict(problem))
            for code, problem in sorted(told.problems, key=lambda pair: pair[1].file)
        ],
        "own": [(own.code, own.file, own.headings) for own in told.own],
        "files": {name: asdict(kept) for name, kept in sorted(files.items())},
    }
    with replacing(before.place / MANIFEST) as temporary:
        temporary.write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")
    sync_folder(before.place)
    # A command that began before may still be reading the data before.
    for old in before.place.glob(f"{_DATA}*"):
        if old.name not in {name, before.folder}:
            shutil.rmtree(old, ignore_errors=True)


def _sync(data: Path) -> None:
    """Bring files and folders to the disk; the system takes both alike."""
    for path in (data, *data.rglob("*")):
        sync_folder(path)


# ---------------------------------------------------------------- what is written anew


class _Read(NamedTuple):
    """A county's share, read and judged."""

    code: str
    issues: pa.Table
    spells: pa.Table


def _write_files(
    dataset: Dataset,
    names: Collection[str],
    data: Path,
    told: ManifestEntries,
    tell: Callable[[int, int], None],
) -> None:
    """Write some files, county after county, each in row groups of its own."""
    reading = _read_counties(dataset, names, told, tell)
    for name, counties in groupby(reading, key=lambda read: at.file_of(read.code)):
        paths = [data / kind / f"{name}.parquet" for kind in (at.ISSUES, at.SPELLS)]
        with (
            pq.ParquetWriter(paths[0], at.ISSUE_SCHEMA, compression="zstd") as issues,
            pq.ParquetWriter(paths[1], at.SPELL_SCHEMA, compression="zstd") as spells,
        ):
            for read in counties:
                issues.write_table(read.issues, row_group_size=_ROWS)
                spells.write_table(read.spells, row_group_size=_ROWS)


def _read_counties(
    dataset: Dataset,
    names: Collection[str],
    told: ManifestEntries,
    tell: Callable[[int, int], None],
) -> Iterator[_Read]:
    """Read the counties of some files, a batch at a time, by code; empty lists are only told."""
    every = dataset.roster.counties
    wanted = sorted(
        (county for county in every if at.file_of(county.code) in names), key=lambda one: one.code
    )
    done = len(every) - len(wanted)
    numbers = {county.code: number for number, county in enumerate(every)}
    for first in range(0, len(wanted), _BATCH):
        batch = wanted[first : first + _BATCH]
        tell(done + first, len(batch))
        codes = {county.code for county in batch}
        ledger = load_ledger(dataset.root, dataset.roster, dataset.rules, codes)
        _note(ledger, dataset, told)
        read = resting(ledger, dataset.rules)
        for county in batch:
            number = numbers[county.code]
            listing = ledger.listings[number]
            issues, spells = read.county(number)
            faults = _faults(issues, county, ledger)
            # Without a list, rows of the registers about it are faults nevertheless.
            if listing is not Listing.MISSING or faults:
                sizes = issues.num_rows, spells.num_rows
                told.parts[county.code] = rest.Part(listing.value, *sizes, faults)
            if issues.num_rows:
                yield _Read(county.code, issues, spells)


def _note(ledger: Ledger, dataset: Dataset, told: ManifestEntries) -> None:
    """What concerns whole files of some counties, and their own columns."""
    for problem in ledger.problems:
        county = county_of_file(PurePosixPath(problem.file).name, dataset.roster)
        if county is not None:
            told.problems.append((county.code, problem))
    for source in ledger.sources:
        if source.table.own:
            code = ledger.counties[source.county].code
            told.own.append(rest.Own(code, source.file, tuple(source.table.own)))


def _faults(issues: pa.Table, county: County, ledger: Ledger) -> int:
    wrong = pc.struct_field(pc.list_flatten(issues[at.REFUSALS]), "错误")
    ignored = sum(one.county == county.name for one in ledger.facts.ignored)
    return int(pc.sum(wrong).as_py() or 0) + ignored
