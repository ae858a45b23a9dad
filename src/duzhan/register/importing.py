"""`import`: every file is read and checked before anything is written, every row accounted for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.dataset.layouts import issue_layout
from duzhan.dataset.ledger import issue_files
from duzhan.dataset.names import county_of_file, find_county
from duzhan.errors import DuzhanError
from duzhan.intake.grid import RefusedFileError
from duzhan.intake.tables import MAX_FILE, read_tables
from duzhan.parallel import on_all_cores
from duzhan.register.merging import ADDED, REJECTED, UPDATED, Merged, Terms, merge
from duzhan.register.own_files import adoption, canonical_table, ledger_name, why_foreign
from duzhan.store.canonical_csv import table_chunks
from duzhan.store.row_entries import RowEntries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from duzhan.dataset.facts import Reading
    from duzhan.dataset.folder import Dataset
    from duzhan.intake.tables import Table
    from duzhan.model import County, Roster
    from duzhan.store.entries import Entry
    from duzhan.store.transaction import Store

    Rows = NDArray[np.int64]

ELSEWHERE = "县(市)一栏与这份清单所属的县（市）不符"
NO_COUNTY = "看不出属于哪个县（市），请在“县(市)”一栏写明"


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of one file, sheet and county.

    Attributes:
        path: the file.
        table: its sheet.
        county: whose rows.
        rows: rows of the table.
        elsewhere: those of them that cannot be this county's, with the reason.
        first: whether the sheet's skipped rows are counted here.
    """

    path: Path
    table: Table
    county: County
    rows: Rows
    elsewhere: dict[int, str]
    first: bool


@dataclass(frozen=True, slots=True)
class Account:
    """What became of a batch: rows = added + updated + unchanged + rejected + skipped.

    Attributes:
        batch: the rows.
        merged: the merge, in the order of `order`.
        order: rows of the batch's table that were offered to the merge.
        missing: ids of the county's issues that no list of this call names.
        entries: what changed, for the journal; None if nothing did.
    """

    batch: Batch
    merged: Merged
    order: Rows
    missing: tuple[str, ...] = ()
    entries: RowEntries | None = None

    @property
    def outcomes(self) -> list[int]:
        """How many rows were added, updated, unchanged, rejected."""
        counts = np.bincount(self.merged.outcome, minlength=4)
        counts[REJECTED] += len(self.batch.elsewhere)
        return [int(count) for count in counts]

    @property
    def skipped(self) -> int:
        """Rows that are no issues; those of a sheet are counted once."""
        return self.batch.table.skipped if self.batch.first else 0

    @property
    def rows(self) -> int:
        """Rows below the header that are not blank."""
        return sum(self.outcomes) + self.skipped

    def ids_of(self, rows: Iterable[int]) -> list[str]:
        """编号 in the ledger of some rows of the merge."""
        at = self.merged.target[list(rows)]
        ids: list[str] = self.merged.cells[col.ID].take(pa.array(at)).to_pylist()
        return ids


def read_batches(
    paths: Sequence[Path],
    dataset: Dataset,
    reading: Reading,
    county: County | None,
    max_size: int = MAX_FILE,
    on_file: Callable[[Path], None] = lambda _path: None,
) -> list[Batch]:
    """Read all files, and tell whose every row is.

    Args:
        paths: the files.
        dataset: roster and rules.
        reading: how cells are read.
        county: whose lists they are, if the office says so.
        max_size: largest file in bytes.
        on_file: called before each file is read.

    Raises:
        DuzhanError: some file cannot be read; one line for each, and nothing is taken.
    """
    layout = issue_layout(dataset.rules)

    def read(path: Path) -> list[Batch] | str:
        on_file(path)
        try:
            tables = read_tables(path, layout, reading.dates, max_size)
            return [b for table in tables for b in _batches(path, table, dataset.roster, county)]
        except RefusedFileError as error:
            line = f" 第{error.line}行" if error.line else ""
            return f"{path.name}{line}：{error.message}"

    results = on_all_cores(read, paths)
    if faults := [result for result in results if isinstance(result, str)]:
        raise DuzhanError(*faults, "以上文件读不出来，这一次什么都没有导入")
    return [batch for result in results if not isinstance(result, str) for batch in result]


def _batches(path: Path, table: Table, roster: Roster, county: County | None) -> Iterator[Batch]:
    """Split a table by county; what the file, sheet or office says goes before the cells."""
    told = county or (county_of_file(table.sheet, roster) if table.sheet else None)
    told = told or county_of_file(path.name, roster) or _titled(table, roster)
    named = _named(table, roster)
    everything = np.arange(table.cells.num_rows)
    if told is not None:
        codes = [c.code if c else "" for c in named[1]]
        other = {
            int(row): ELSEWHERE for row in everything if named[0][row] and codes[row] != told.code
        }
        yield Batch(path, table, told, everything, other, first=True)
        return
    if not any(named[1]):
        message = (
            "看不出是哪个县（市）的清单：文件名、工作表名、标题和“县(市)”一栏都没有写，"
            "请用 --county 指明"
        )
        raise RefusedFileError("unknown-county", message)
    first = True
    known = [c for c in roster.counties if c in named[1]]
    for owner in known:
        rows = [row for row in everything.tolist() if named[1][row] == owner]
        lost = [row for row in everything.tolist() if named[1][row] is None] if first else []
        yield Batch(
            path, table, owner, np.array(sorted(rows + lost)),
            dict.fromkeys(lost, NO_COUNTY), first=first,
        )  # fmt: skip
        first = False


def _named(table: Table, roster: Roster) -> tuple[list[str], list[County | None]]:
    """What each row's 县(市) says, and the county that it means."""
    if col.COUNTY not in table.cells.column_names:
        return [""] * table.cells.num_rows, [None] * table.cells.num_rows
    texts = [text.strip() for text in table.cells[col.COUNTY].to_pylist()]
    means = {text: find_county(text, roster) or county_of_file(text, roster) for text in set(texts)}
    return texts, [means[text] for text in texts]


def _titled(table: Table, roster: Roster) -> County | None:
    """The only county that the rows above the header name (填报单位：广南县…)."""
    text = "\n".join(cell for row in table.preface for cell in row)
    named = [county for county in roster.counties if county.name in text]
    return named[0] if len(named) == 1 else None


def take_in(
    store: Store,
    dataset: Dataset,
    batches: Sequence[Batch],
    reading: Reading,
    terms: Callable[[County], Terms],
    on_batch: Callable[[Batch], None] = lambda _batch: None,
) -> list[Account]:
    """Merge batches into the ledgers, and stage what is to be written.

    Args:
        store: the dataset, held.
        dataset: roster and rules.
        batches: as read.
        reading: how cells are read.
        terms: on what terms, for a county.
        on_batch: called before each batch is merged.

    Raises:
        DuzhanError: a county's ledger is in no form that can be rewritten.
    """
    ours: dict[County, list[int]] = {}
    for place, batch in enumerate(batches):
        ours.setdefault(batch.county, []).append(place)

    def grow(county: County) -> _Growth:
        mine = [batches[place] for place in ours[county]]
        return _grown(store, dataset, mine, reading, terms(county), on_batch)

    accounts: dict[int, Account] = {}
    for county, growth in zip(ours, on_all_cores(grow, list(ours)), strict=True):
        accounts.update(zip(ours[county], growth.accounts, strict=True))
        if growth.entries:
            cells = table_chunks(growth.cells, col.ISSUE_COLUMNS)
            store.replace(ledger_name(county), cells, growth.entries)
    return [accounts[place] for place in range(len(batches))]


class _Growth(NamedTuple):
    """A county's ledger after the merge, the accounts of its batches, what the journal is told."""

    cells: pa.Table
    accounts: list[Account]
    entries: list[Entry | RowEntries]


def _grown(
    store: Store,
    dataset: Dataset,
    batches: Sequence[Batch],
    reading: Reading,
    terms: Terms,
    on_batch: Callable[[Batch], None],
) -> _Growth:
    """Merge the batches of one county."""
    county = batches[0].county
    digest = store.watch(ledger_name(county))
    before = cells = _ledger(dataset, county, reading)
    accounts: list[Account] = []
    named = np.zeros(before.num_rows, bool)
    for batch in batches:
        on_batch(batch)
        account, grown = _merged(batch, cells, reading, terms)
        changed = _entries(account, cells, grown, terms.verified_by)
        accounts.append(replace(account, entries=changed))
        target = account.merged.target
        named[target[(target >= 0) & (target < len(named))]] = True
        cells = grown
    missing = tuple(before[col.ID].filter(pa.array(~named)).to_pylist())
    accounts[-1] = replace(accounts[-1], missing=missing)
    entries = [account.entries for account in accounts if account.entries]
    # A ledger in another form is written anew: the journal says so first.
    adopted = adoption(before, col.ISSUE_COLUMNS, digest, county) if entries else []
    return _Growth(cells, accounts, [*adopted, *entries])


def _ledger(dataset: Dataset, county: County, reading: Reading) -> pa.Table:
    """The county's issues as its own file holds them; none if there is no file.

    Raises:
        DuzhanError: they are in another file too, or in a form that cannot be rewritten.
    """
    own = ledger_name(county)
    advice = "请先把它移出 issues/，再用 duzhan import 导入它"
    cells = canonical_table(pa.table({col.ID: pa.array([], pa.string())}), col.ISSUE_COLUMNS)
    for path, owner in issue_files(dataset.root, dataset.roster):
        if owner != county:
            continue
        if path.name != own.rpartition("/")[2]:
            raise DuzhanError(f"issues/{path.name}：{county.name}的台账应只有 {own}，{advice}")
        try:
            (table,) = read_tables(path, issue_layout(dataset.rules), reading.dates)
        except (RefusedFileError, ValueError) as error:
            raise DuzhanError(f"{own}：{error}，{advice}") from None
        if why := why_foreign(table, county):
            raise DuzhanError(f"{own}：{why}，{advice}")
        cells = canonical_table(table.cells, col.ISSUE_COLUMNS)
    return cells


def _merged(
    batch: Batch, ledger: pa.Table, reading: Reading, terms: Terms
) -> tuple[Account, pa.Table]:
    order = np.setdiff1d(batch.rows, np.fromiter(batch.elsewhere, np.int64))
    cells = canonical_table(batch.table.cells, col.ISSUE_COLUMNS)
    if len(order) < cells.num_rows:
        cells = cells.take(pa.array(order))
    place = {int(row): int(np.searchsorted(order, row)) for row, *_ in batch.table.flaws}
    broken = {
        (place[row], column): value
        for row, column, value, _ in batch.table.flaws
        if place[row] < len(order) and order[place[row]] == row
    }
    result = merge(ledger, cells, broken, reading, terms)
    return Account(batch, result, order), result.cells


def _entries(
    account: Account, before: pa.Table, after: pa.Table, by: str | None
) -> RowEntries | None:
    """What the journal says of the batch: one entry for each issue that it changed."""
    old = before.num_rows
    differs = np.ones(after.num_rows, bool)
    differs[:old] = False
    for name in col.ISSUE_COLUMNS:
        differs[:old] |= np.asarray(pc.not_equal(before[name], after[name][:old]).to_numpy(), bool)
    rows = np.flatnonzero(differs)
    if len(rows) == 0:
        return None
    merged = account.merged
    # Several equal rows may speak of one issue: the first of them is named.
    came = np.flatnonzero((merged.outcome == ADDED) | (merged.outcome == UPDATED))[::-1]
    source = np.zeros(after.num_rows, np.int64)
    source[merged.target[came]] = came
    lines = account.batch.table.lines(account.order[source[rows]])
    known = int(np.searchsorted(rows, old))
    return RowEntries(
        county=account.batch.county.name,
        rows=rows,
        known=known,
        before=before.select(col.ISSUE_COLUMNS).take(pa.array(rows[:known])),
        after=after.select(col.ISSUE_COLUMNS).take(pa.array(rows)),
        file=account.batch.path.name,
        sheet=account.batch.table.sheet,
        lines=np.asarray(lines, np.int64),
        by=by,
    )
