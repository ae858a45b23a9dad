"""A ledger as Parquet, whole or as it was: typed for people with SQL, and as spells for engines."""

from __future__ import annotations

import json
import secrets
import shutil
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from duzhan import columns as col
from duzhan.compliance import spells as sp
from duzhan.dataset.events import CLAIM, CLOSURE, RETURN
from duzhan.dataset.ledger import Listing, load_ledger, reading_of
from duzhan.dataset.locate import MANIFEST
from duzhan.dataset.names import county_of_file
from duzhan.dataset.problems import problems_by_row
from duzhan.errors import DuzhanError
from duzhan.files import contents
from duzhan.parquet import manifest as rest
from duzhan.parquet.reading import written
from duzhan.store.atomic import explain, sync_folder
from duzhan.store.outputs import refuse_harm, replacing
from duzhan.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from duzhan.dataset.facts import Facts
    from duzhan.dataset.folder import Dataset
    from duzhan.dataset.ledger import Ledger
    from duzhan.model import County, Problem

_KINDS = {col.CLAIMED: CLAIM, col.CLOSED: CLOSURE, col.SENT_BACK: RETURN}
_EPOCH = 719_163  # 1970-01-01 as an ordinal
_DATA = "data-"
_LOCK = ".duzhan.lock"
# So many counties are in memory at a time.
_BATCH = 100


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
    parts: dict[str, rest.Part] = {}
    problems: list[tuple[str | None, Problem]] = []
    counties = dataset.roster.counties
    with _held(folder):
        data = folder / f"{_DATA}{secrets.token_hex(6)}"
        for first in range(0, len(counties), _BATCH):
            batch = counties[first : first + _BATCH]
            tell(first, len(batch))
            ledger = load_ledger(
                dataset.root, dataset.roster, dataset.rules, {county.code for county in batch}
            )
            parts |= _write_counties(ledger, batch, dataset, data)
            for problem in ledger.problems:
                county = county_of_file(PurePosixPath(problem.file).name, dataset.roster)
                if county is not None or first == 0:
                    problems.append((None if county is None else county.code, problem))
        data.mkdir(exist_ok=True)
        _sync(data)
        _announce(folder, data.name, dataset, parts, problems)
    return parts


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
    folder: Path,
    name: str,
    dataset: Dataset,
    parts: dict[str, rest.Part],
    problems: Sequence[tuple[str | None, Problem]],
) -> None:
    """Name the new data in place of the old; take away what is older than that."""
    before = _data_of(folder)
    told = {
        "form": rest.FORM,
        "duzhan": VERSION,
        "campaign": dataset.rules.name,
        "notice": dataset.sample,
        "folder": name,
        "read_by": rest.read_by(dataset.root, dataset.rules),
        "counties": {code: asdict(part) for code, part in parts.items()},
        "problems": [(code, asdict(problem)) for code, problem in problems],
    }
    with replacing(folder / MANIFEST) as temporary:
        temporary.write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")
    sync_folder(folder)
    # A command that began before may still be reading the data before.
    for old in folder.glob(f"{_DATA}*"):
        if old.name not in {name, before}:
            shutil.rmtree(old, ignore_errors=True)


def _data_of(folder: Path) -> str | None:
    try:
        told: dict[str, Any] = json.loads(contents(folder / MANIFEST))
        return told.get("folder")
    except (OSError, ValueError):
        return None


def _sync(data: Path) -> None:
    """Bring files and folders to the disk; the system takes both alike."""
    for path in (data, *data.rglob("*")):
        sync_folder(path)


def _write_counties(
    ledger: Ledger, batch: Sequence[County], dataset: Dataset, data: Path
) -> dict[str, rest.Part]:
    facts = ledger.facts
    issues = _by_county(_issues(ledger, dataset), facts.county, len(ledger.counties))
    spells = sp.spells(facts)
    told = _by_county(_spells(spells), spells.county, len(ledger.counties))
    numbers = {county.code: at for at, county in enumerate(ledger.counties)}
    parts = {}
    for county in batch:
        at = numbers[county.code]
        listing = ledger.listings[at]
        if listing is Listing.MISSING:
            continue
        _write(issues[at], data / rest.ISSUES, county)
        _write(told[at], data / rest.SPELLS, county)
        wrong = pc.struct_field(pc.list_flatten(issues[at][rest.REFUSALS]), "错误")
        faults = int(pc.sum(wrong).as_py() or 0)
        faults += sum(one.county == county.name for one in facts.ignored)
        parts[county.code] = rest.Part(listing.value, len(issues[at]), len(told[at]), faults)
    return parts


def _by_county(table: pa.Table, county: NDArray[np.integer], counties: int) -> list[pa.Table]:
    """A table in as many tables as there are counties, in each the rows of one in their order."""
    ordered = table.take(pa.array(np.argsort(county, kind="stable")))
    ends = np.cumsum(np.bincount(county, minlength=counties)).tolist()
    starts = [0, *ends[:-1]]
    return [ordered.slice(start, end - start) for start, end in zip(starts, ends, strict=True)]


def _write(table: pa.Table, folder: Path, county: County) -> None:
    if table.num_rows == 0:
        return
    place = folder / f"county={county.code}"
    place.mkdir(parents=True)
    pq.write_table(table, place / "part-0.parquet", compression="zstd")


def _spells(spells: sp.Spells) -> pa.Table:
    columns = {name: pa.array(spells.counted[name]) for name in rest.SPELL_SCHEMA.names}
    return pa.table(columns).cast(rest.SPELL_SCHEMA)


def _issues(ledger: Ledger, dataset: Dataset) -> pa.Table:
    facts = ledger.facts
    columns: dict[str, Any] = {}
    for name in col.ISSUE_COLUMNS:
        text = ledger.cells[name].combine_chunks()
        if name in col.DATE_COLUMNS:
            days = _days(facts, name)
            columns[name] = days
            same = pc.equal(written(days), text)
            columns[f"{name}{rest.ORIGINAL}"] = pc.if_else(same, pa.scalar(None, pa.string()), text)
        else:
            columns[name] = text
    columns |= {name: ledger.cells[name] for name in (col.COUNTY, *col.FURTHER_COLUMNS)}
    columns[rest.OWN] = _own(ledger.cells)
    columns[rest.SAID] = pa.array(facts.said.codes)
    columns[rest.INVALID] = pa.array(facts.invalid)
    columns[rest.ISSUE] = pa.array(facts.issue).cast(pa.int32())
    columns[rest.REFUSALS] = _refusals(ledger, dataset)
    columns |= dict(zip((rest.FILE, rest.SHEET, rest.LINE), _places(ledger), strict=True))
    return pa.table(columns, schema=rest.ISSUE_SCHEMA)


def _own(cells: pa.Table) -> pa.Array:
    """What stands in the counties' own columns, row by row: heading to text."""
    names = col.own_columns(cells.column_names)
    kind = pa.map_(pa.string(), pa.string())
    filled = [np.flatnonzero(pc.not_equal(cells[name], "").to_numpy()) for name in names]
    if not names:
        return pa.array([{}], kind).take(pa.array(np.zeros(cells.num_rows, np.int64)))
    rows = np.concatenate(filled)
    order = pa.array(np.argsort(rows, kind="stable"))
    keys = pa.array(names).take(pa.array(np.repeat(np.arange(len(names)), list(map(len, filled)))))
    texts = [
        cells[name].take(pa.array(at)).combine_chunks()
        for name, at in zip(names, filled, strict=True)
    ]
    ends = np.cumsum(np.bincount(rows, minlength=cells.num_rows))
    offsets = pa.array(np.concatenate(([0], ends)).astype(np.int32))
    return pa.MapArray.from_arrays(offsets, keys.take(order), pa.concat_arrays(texts).take(order))


def _days(facts: Facts, name: str) -> pa.Array:
    """What counts of a date column: a date, or a list of dates."""
    if name in _KINDS:
        ours = facts.events.kinds == _KINDS[name]
        rows, days = facts.events.rows[ours], facts.events.days[ours]
        ends = np.cumsum(np.bincount(rows, minlength=len(facts.found)))
        offsets = pa.array(np.concatenate(([0], ends)).astype(np.int32))
        return pa.ListArray.from_arrays(offsets, _dates(days))
    days = facts.found if name == col.FOUND else facts.due
    return pc.if_else(pa.array(days > 0), _dates(days), pa.scalar(None, pa.date32()))


def _dates(ordinals: NDArray[np.integer]) -> pa.Array:
    return pa.array((ordinals - _EPOCH).astype(np.int32)).cast(pa.date32())


def _refusals(ledger: Ledger, dataset: Dataset) -> pa.Array:
    """What is wrong with each row, in the words of `duzhan check`."""
    found = problems_by_row(ledger, dataset.rules, reading_of(dataset.rules).dates)
    ends = np.cumsum(np.bincount([row for row, _ in found], minlength=ledger.cells.num_rows))
    said = [(p.column, p.code, p.severity == "error", p.value, p.message) for _, p in found]
    columns = zip(*said, strict=True) if said else [()] * rest.REFUSAL.num_fields
    fields = [pa.array(c, f.type) for c, f in zip(columns, rest.REFUSAL, strict=True)]
    structs = pa.StructArray.from_arrays(fields, fields=list(rest.REFUSAL))
    offsets = pa.array(np.concatenate(([0], ends)).astype(np.int32))
    return pa.ListArray.from_arrays(offsets, structs)


def _places(ledger: Ledger) -> tuple[pa.Array, pa.Array, pa.Array]:
    """File, sheet and line of every row."""
    files: list[str] = []
    sheets: list[str | None] = []
    lines: list[int] = []
    counts = [source.table.cells.num_rows for source in ledger.sources]
    for source, count in zip(ledger.sources, counts, strict=True):
        files.append(source.file)
        sheets.append(source.table.sheet)
        lines.extend(source.table.lines(np.arange(count)))
    which = pa.array(np.repeat(np.arange(len(counts)), counts))
    return (
        pa.array(files, pa.string()).take(which),
        pa.array(sheets, pa.string()).take(which),
        pa.array(lines, pa.int32()),
    )
