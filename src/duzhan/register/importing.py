"""`import`: what came in is merged into the ledgers, every row accounted for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.compliance.states import CLOSED, row_states
from duzhan.dataset.layouts import issue_layout
from duzhan.dataset.listings import issue_files
from duzhan.errors import DuzhanError
from duzhan.intake.refusals import RefusedFileError
from duzhan.intake.tables import read_tables
from duzhan.parallel import on_all_cores
from duzhan.register.merging import REJECTED, UNCHANGED, UPDATED, Merged, merge
from duzhan.register.own_files import adoption, ledger_name, ledger_table, why_foreign
from duzhan.register.withdrawing import same_as
from duzhan.store.canonical_csv import table_chunks
from duzhan.store.row_entries import RowEntries
from duzhan.visible import readable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from duzhan.arrays import Rows
    from duzhan.dataset.facts import Reading
    from duzhan.dataset.folder import Dataset
    from duzhan.model import County
    from duzhan.register.arriving import Batch
    from duzhan.register.blending import MergeTerms
    from duzhan.store.entries import Entry
    from duzhan.store.transaction import Store


@dataclass(frozen=True, slots=True)
class Account:
    """What became of a batch: rows = added + updated + unchanged + rejected + skipped.

    Attributes:
        batch: the rows.
        merged: the merge, in the order of `order`.
        order: rows of the batch's table that were offered to the merge.
        first_import: whether the county had no ledger before.
        missing: rows of the ledger that no list of this call names, not closed.
        missing_closed: how many closed ones no list of this call names.
        entries: what changed, for the journal; None if nothing did.
        extensions: later deadlines that the office accepts, by 编号: old and new ordinal.
    """

    batch: Batch
    merged: Merged
    order: Rows
    first_import: bool = False
    missing: tuple[Mapping[str, str], ...] = ()
    missing_closed: int = 0
    entries: RowEntries | None = None
    extensions: Mapping[str, tuple[int, int]] = field(default_factory=dict)

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

    @property
    def backdated(self) -> tuple[int, ...]:
        """Rows with a 销号日期 entered after its milestone; a first import is no accusation."""
        return () if self.first_import else self.merged.backdated

    def ids_of(self, rows: Iterable[int]) -> list[str]:
        """编号 in the ledger of some rows of the merge."""
        return self.ids_at(self.merged.target[list(rows)])

    def ids_at(self, rows: Iterable[int]) -> list[str]:
        """编号 of some rows of the ledger."""
        at = np.fromiter(rows, np.int64)
        ids: list[str] = self.merged.cells[col.ID].take(pa.array(at)).to_pylist()
        return ids

    def moved(self, *, taken: bool = False) -> list[int]:
        """Rows with a later date that was not taken, or that was."""
        return list(dict.fromkeys(one.row for one in self.merged.moved if one.taken == taken))

    @property
    def left_over(self) -> bool:
        """Whether anything was rejected, refused, moved or not guessed."""
        merged, table = self.merged, self.batch.table
        # Of a row with too many cells no date is taken.
        shifted = {row for row, column, *_ in table.flaws if column is None}
        return bool(
            self.outcomes[REJECTED]
            or merged.refused
            or self.moved()
            or (self.batch.first and table.ambiguous)
            or shifted.intersection(self.batch.rows.tolist() if shifted else ())
        )

    def sent_again(self) -> Account | None:
        """What becomes of the batch if it comes once more; None if that has to be found out.

        Issues that entered under their own 编号, as they came, are what the list says.
        """
        merged = self.merged
        told = (
            merged.refused, merged.moved, merged.renumbered, merged.numbered, merged.reworded,
            merged.dated_claims, merged.suspected, merged.withdrawn, self.batch.elsewhere,
            self.missing, self.batch.partial, self.left_over,
        )  # fmt: skip
        if any(told) or UPDATED in merged.outcome:
            return None
        outcome = np.full_like(merged.outcome, UNCHANGED)
        same = replace(merged, outcome=outcome, backdated=(), added_closed=0)
        return replace(self, merged=same, first_import=False, entries=None)


def take_in(
    store: Store,
    dataset: Dataset,
    batches: Sequence[Batch],
    reading: Reading,
    terms: Callable[[County], MergeTerms],
    on_batch: Callable[[Batch], None] = lambda _batch: None,
) -> list[Account]:
    """Merge batches into the ledgers, and stage what is to be written.

    Those of one county are merged in the order of the files' names, whatever the
    order in which they were given.

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
    for place in sorted(range(len(batches)), key=lambda place: _turn(batches[place])):
        ours.setdefault(batches[place].county, []).append(place)

    def grow(county: County) -> _Growth:
        mine = [batches[place] for place in ours[county]]
        return _grown(store, dataset, mine, reading, terms(county), on_batch)

    accounts: dict[int, Account] = {}
    for county, growth in zip(ours, on_all_cores(grow, list(ours)), strict=True):
        accounts.update(zip(ours[county], growth.accounts, strict=True))
        if growth.entries:
            cells = table_chunks(growth.cells, growth.cells.column_names)
            store.replace(ledger_name(county), cells, growth.entries)
    return [accounts[place] for place in range(len(batches))]


def _turn(batch: Batch) -> tuple[str, str, str]:
    return batch.name, str(batch.path), batch.table.sheet or ""


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
    terms: MergeTerms,
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
        account = _merged(batch, cells, reading, terms)
        changed = _entries(account, cells, terms.by)
        accounts.append(replace(account, entries=changed, first_import=before.num_rows == 0))
        target = account.merged.target
        named[target[(target >= 0) & (target < len(named))]] = True
        cells = account.merged.cells
    _name_the_same(before, named)
    if not all(batch.partial for batch in batches):
        accounts[-1] = _with_missing(accounts[-1], np.flatnonzero(~named), cells, terms)
    accounts[-1] = replace(accounts[-1], extensions=_extensions(accounts))
    entries = [account.entries for account in accounts if account.entries]
    # A ledger in another form is written anew: the journal says so first.
    adopted = adoption(before, before.column_names, digest, county) if entries else []
    return _Growth(cells, accounts, [*adopted, *entries])


def _name_the_same(ledger: pa.Table, named: NDArray[np.bool_]) -> None:
    """Who names a withdrawn issue names the one that it is in truth, and what that one is."""
    if col.WITHDRAWN not in ledger.column_names:
        return
    new = named.copy()
    while new.any():
        before = named.copy()
        for reason in ledger[col.WITHDRAWN].filter(pa.array(new)).to_pylist():
            if (other := same_as(reason)) is not None:
                named |= np.asarray(pc.equal(ledger[col.ID], other).to_numpy(), bool)
        new = named & ~before


def _with_missing(account: Account, rows: Rows, cells: pa.Table, terms: MergeTerms) -> Account:
    """Which issues of the ledger no list of the call names; withdrawn ones nobody misses."""
    if len(rows) == 0:
        return account
    left = cells.take(pa.array(rows))
    if col.WITHDRAWN in left.column_names:
        left = left.filter(pc.equal(left[col.WITHDRAWN], ""))
    closed = row_states(terms.judged(left), terms.today) == CLOSED
    missing = tuple(left.filter(pa.array(~closed)).to_pylist())
    return replace(account, missing=missing, missing_closed=int(closed.sum()))


def _extensions(accounts: Sequence[Account]) -> dict[str, tuple[int, int]]:
    """The later deadlines that the office accepts: 编号 to the old and the latest new one."""
    accepted: dict[str, tuple[int, int]] = {}
    for account in accounts:
        moved = [one for one in account.merged.moved if one.taken]
        for name, one in zip(account.ids_of(m.row for m in moved), moved, strict=True):
            old, new = accepted.get(name, (one.old, one.new))
            accepted[name] = old, max(new, one.new)
    return accepted


def _ledger(dataset: Dataset, county: County, reading: Reading) -> pa.Table:
    """The county's issues as its own file holds them; none if there is no file.

    Raises:
        DuzhanError: they are in another file too, or in a form that cannot be rewritten.
    """
    own = ledger_name(county)
    advice = "请先把它移出 issues/，再用 duzhan import 导入它"
    cells = pa.table({col.ID: pa.array([], pa.string())})
    for path, owner in issue_files(dataset.root, dataset.roster):
        if owner != county:
            continue
        if path.name != own.rpartition("/")[2]:
            raise DuzhanError(
                f"issues/{readable(path.name)}：{county.name}的台账应只有 {own}，{advice}"
            )
        try:
            (table,) = read_tables(path, issue_layout(dataset.rules), reading.dates)
        except (RefusedFileError, ValueError) as error:
            raise DuzhanError(f"{own}：{error}，{advice}") from None
        if why := why_foreign(table, county):
            raise DuzhanError(f"{own}：{why}，{advice}")
        cells = table.cells
    return ledger_table(cells, cells.column_names)


def _merged(batch: Batch, ledger: pa.Table, reading: Reading, terms: MergeTerms) -> Account:
    order = np.setdiff1d(batch.rows, np.fromiter(batch.elsewhere, np.int64))
    cells, done = batch.content, batch.table.said.done
    if len(order) < cells.num_rows:
        cells, done = cells.take(pa.array(order)), done[order]
    aside = set(batch.table.own).difference(batch.own)
    place = {int(row): int(np.searchsorted(order, row)) for row, *_ in batch.table.flaws}
    broken = {
        (place[row], column): value
        for row, column, value, _ in batch.table.flaws
        if place[row] < len(order) and order[place[row]] == row and column not in aside
        and column not in (col.SERIAL, col.COUNTY)
    }  # fmt: skip
    return Account(batch, merge(ledger, cells, done, broken, reading, terms), order)


def _entries(account: Account, before: pa.Table, by: str | None) -> RowEntries | None:
    """What the journal says of the batch: one entry for each issue that it changed."""
    merged, after = account.merged, account.merged.cells
    before, old = ledger_table(before, after.column_names), before.num_rows
    differs = np.ones(after.num_rows, bool)
    differs[:old] = False
    for name in after.column_names:
        differs[:old] |= np.asarray(pc.not_equal(before[name], after[name][:old]).to_numpy(), bool)
    rows = np.flatnonzero(differs)
    if len(rows) == 0:
        return None
    source = np.zeros(after.num_rows, np.int64)
    source[merged.target[merged.taken]] = merged.taken
    lines = account.batch.table.lines(account.order[source[rows]])
    known = int(np.searchsorted(rows, old))
    return RowEntries(
        county=account.batch.county.name,
        rows=rows,
        known=known,
        before=before.take(pa.array(rows[:known])),
        after=after.take(pa.array(rows)),
        file=account.batch.name,
        sheet=account.batch.table.sheet,
        lines=np.asarray(lines, np.int64),
        by=by,
    )
