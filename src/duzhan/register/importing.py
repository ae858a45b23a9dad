"""`import`: every file is read and checked before anything is written, every row accounted for."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.compliance.states import CLOSED, row_states
from duzhan.dataset.layouts import issue_layout
from duzhan.dataset.ledger import issue_files
from duzhan.dataset.names import county_of_file, find_county
from duzhan.errors import DuzhanError
from duzhan.intake.alike import nearly_known
from duzhan.intake.formats.opening import Member, opened
from duzhan.intake.formats.other import PICTURE
from duzhan.intake.refusals import NotAListError, RefusedFileError
from duzhan.intake.tables import MAX_FILE, MAX_UNPACKED, read_tables
from duzhan.parallel import on_all_cores
from duzhan.register.merging import REJECTED, Merged, merge
from duzhan.register.own_files import adoption, ledger_name, ledger_table, why_foreign
from duzhan.register.partial import beside, kind_of, untouched
from duzhan.register.withdrawing import same_as
from duzhan.store.canonical_csv import table_chunks
from duzhan.store.row_entries import RowEntries
from duzhan.visible import readable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import ExitStack

    from numpy.typing import NDArray

    from duzhan.dataset.facts import Reading
    from duzhan.dataset.folder import Dataset
    from duzhan.intake.layout import Layout
    from duzhan.intake.tables import Table
    from duzhan.model import County, Roster
    from duzhan.register.blending import MergeTerms
    from duzhan.register.partial import Kind
    from duzhan.store.entries import Entry
    from duzhan.store.transaction import Store

    Rows = NDArray[np.int64]

# Where a refusal goes on with what helps.
_REMEDY = re.compile("[，；](?=如果“|请)")

ELSEWHERE = "县(市)一栏与这份清单所属的不符"
NO_COUNTY = "看不出属于谁，请在“县(市)”一栏写明"
_UNKNOWN_COUNTY = (
    "看不出是谁的清单：文件名、工作表名、标题和“县(市)”一栏都没有写，请用 --county 指明"
)


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of one file, sheet and county.

    Attributes:
        path: the file.
        source: the file that its bytes lie in: a member's own, if it came inside another.
        name: what it is called; archive/member if it came inside another.
        table: its sheet.
        county: whose rows.
        rows: rows of the table.
        elsewhere: those of them that cannot be this county's, with the reason.
        owners: whose they are, where they name another county.
        first: whether what concerns the sheet as a whole is told here.
        partial: whether it is a sheet of the tool's own, which leaves out most issues.
        untouched: whether nobody has changed anything in it; it has no rows then.
        near: own headings that nearly are those of a known column, with that column.
    """

    path: Path
    source: Path
    name: str
    table: Table
    county: County
    rows: Rows
    elsewhere: dict[int, str]
    first: bool
    owners: Mapping[int, County] = field(default_factory=dict)
    partial: Kind | None = None
    untouched: bool = False
    near: tuple[tuple[str, str], ...] = ()

    @property
    def own(self) -> tuple[str, ...]:
        """Headings of the county's own columns."""
        aside = beside(self.table, self.partial) if self.partial else ()
        return tuple(name for name in self.table.own if name not in aside)

    @property
    def content(self) -> pa.Table:
        """The cells of the list, without what the tool wrote beside them."""
        names = (*col.ISSUE_COLUMNS, *col.FURTHER_COLUMNS, *self.own)
        return ledger_table(self.table.cells, names)


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A file that was left aside.

    Attributes:
        file: its name.
        what: what it is, or what is wrong with it.
        remedy: the step that helps.
        county: the county whose list it would be, which keeps its ledger as it is; None
            if it is no list.
        line: where, if known.
    """

    file: str
    what: str
    remedy: str
    county: County | None = None
    line: int | None = None

    def __str__(self) -> str:
        line = f" 第{self.line}行" if self.line else ""
        kept = f"；{self.county.name}的台账没有改动" if self.county else ""
        return f"{self.file}{line}：{'，'.join(filter(None, (self.what, self.remedy)))}{kept}"


@dataclass(frozen=True, slots=True)
class LoosePicture:
    """A picture that came beside a list, in an archive or a mail.

    Attributes:
        name: as the sender sees it, with the outer file's name before it.
        path: where its bytes lie.
        county: whose it is.
    """

    name: str
    path: Path
    county: County


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came in one call: the lists, and what is left aside.

    Attributes:
        batches: the lists.
        not_taken: files that were left aside.
        kept_back: lists that can be read, of counties that another list of cannot.
        loose: pictures beside lists.
    """

    batches: tuple[Batch, ...]
    not_taken: tuple[NotTaken, ...] = ()
    kept_back: tuple[Batch, ...] = ()
    loose: tuple[LoosePicture, ...] = ()


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

    def moved(self) -> list[int]:
        """Rows with a later date that was not taken."""
        return list(dict.fromkeys(one.row for one in self.merged.moved if not one.taken))

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


@dataclass(frozen=True, slots=True)
class Intake:
    """How lists are read.

    Attributes:
        reading: how cells are read.
        layout: how to find the list in a file.
        county: whose lists they are, if the office says so.
        max_size: largest file in bytes.
        own: the layouts of counties that have headings of their own.
    """

    reading: Reading
    layout: Layout
    county: County | None = None
    max_size: int = MAX_FILE
    own: Mapping[County, Layout] = field(default_factory=dict)

    def layout_of(self, county: County | None) -> Layout:
        """How to find the list of a county; None if nobody knows yet whose it is."""
        return self.layout if county is None else self.own.get(county, self.layout)


def read_batches(
    paths: Sequence[Path],
    dataset: Dataset,
    how: Intake,
    folders: ExitStack,
    on_file: Callable[[Path], None] = lambda _path: None,
) -> Arrival:
    """Read all files, and tell whose every row is.

    A county with a list that cannot be read keeps its ledger as it is: none of
    its lists is taken.

    Args:
        paths: the files.
        dataset: roster and rules.
        how: how they are read.
        folders: keeps the folders that archives are laid out in, for their pictures.
        on_file: called before each file is read.
    """

    def folder() -> Path:
        return Path(folders.enter_context(tempfile.TemporaryDirectory()))

    def read(path: Path) -> list[Batch | NotTaken | LoosePicture]:
        on_file(path)
        try:
            inside = opened(path, folder, max(MAX_UNPACKED, how.max_size))
        except RefusedFileError as error:
            whose = how.county or county_of_file(readable(path.name), dataset.roster)
            return [_left_aside(readable(path.name), error, whose)]
        except OSError:
            inside = None  # Whoever reads it says better what is wrong.
        if inside is None:
            return [*_read(Member(readable(path.name), path), path, dataset, how)]
        found = [(member, one) for member in inside for one in _read(member, path, dataset, how)]
        return _with_pictures(found, dataset.roster, how.county)

    results = [one for some in on_all_cores(read, paths) for one in some]
    aside = tuple(one for one in results if isinstance(one, NotTaken))
    kept = {one.county for one in aside if one.county}
    batches = [one for one in results if isinstance(one, Batch)]
    return Arrival(
        tuple(batch for batch in batches if batch.county not in kept),
        aside,
        tuple(batch for batch in batches if batch.county in kept),
        tuple(one for one in results if isinstance(one, LoosePicture)),
    )


def _with_pictures(
    found: Sequence[tuple[Member, Batch | NotTaken]], roster: Roster, told: County | None
) -> list[Batch | NotTaken | LoosePicture]:
    """What an archive holds, its pictures as such where it is known whose they are."""
    counties = {one.county for _, one in found if isinstance(one, Batch)}
    only = told or (next(iter(counties)) if len(counties) == 1 else None)
    taken: list[Batch | NotTaken | LoosePicture] = []
    for member, one in found:
        if isinstance(one, Batch) or one.what != PICTURE:
            taken.append(one)
            continue
        named = (county_of_file(part, roster) for part in member.name.split("/"))
        county = told or next((county for county in named if county), only)
        taken.append(LoosePicture(member.name, member.path, county) if county else one)
    return taken


def _sheets_aside(member: Member, tables: Sequence[Table]) -> list[NotTaken]:
    """Sheets beside the lists that are none, each with the reason."""
    return [
        NotTaken(f"{member.name}/{sheet}", what, f"请{remedy}")
        for table in tables
        for sheet, why in table.grid.aside
        for what, _, remedy in [why.partition("，请")]
    ]


def _read(member: Member, path: Path, dataset: Dataset, how: Intake) -> list[Batch | NotTaken]:
    """The lists of one file, or why there is none."""
    roster = dataset.roster
    # In an archive the folder around a file may name its county; what is nearest goes first.
    around = reversed([readable(path.name), *member.name.split("/")[1:]])
    named = (county for name in around if (county := county_of_file(name, roster)))
    whose = how.county or next(named, None)
    if member.refusal:
        return [_left_aside(member.name, member.refusal, None)]
    try:
        layout = how.layout_of(whose)
        tables = read_tables(member.path, layout, how.reading.dates, how.max_size)
        batches = [
            _partial(batch, how.reading, layout)
            for table in tables
            for batch in _batches(member, path, table, roster, (how.county, whose))
        ]
        return [*batches, *_sheets_aside(member, tables)]
    except RefusedFileError as error:
        return [_left_aside(member.name, error, whose)]


def _left_aside(name: str, error: RefusedFileError, county: County | None) -> NotTaken:
    if isinstance(error, NotAListError):
        return NotTaken(name, error.what, error.remedy)
    what, *remedy = _REMEDY.split(error.message, maxsplit=1)
    return NotTaken(name, what, "".join(remedy), county=county, line=error.line)


def _partial(batch: Batch, reading: Reading, layout: Layout) -> Batch:
    """A batch that knows whether it is a sheet of the tool's own, and whether it was touched."""
    kind = kind_of(batch.table)
    if kind is None:
        own = batch.table.own if batch.first else ()
        return replace(batch, near=tuple(nearly_known(own, layout.finder))) if own else batch
    if untouched(batch.table, kind, reading.dates):
        none = np.zeros(0, np.int64)
        return replace(batch, rows=none, elsewhere={}, first=False, partial=kind, untouched=True)
    return replace(batch, partial=kind)


def _batches(
    member: Member,
    path: Path,
    table: Table,
    roster: Roster,
    said: tuple[County | None, County | None],
) -> Iterator[Batch]:
    """Split a table by county; what the file, sheet or office says goes before the cells."""
    county, named_so = said
    told = county or (county_of_file(table.sheet, roster) if table.sheet else None)
    told = told or named_so or _titled(table, roster)
    named = _named(table, roster)
    everything = np.arange(table.cells.num_rows)
    if told is not None:
        codes = [c.code if c else "" for c in named[1]]
        other = {
            int(row): ELSEWHERE for row in everything if named[0][row] and codes[row] != told.code
        }
        owners = {row: owner for row in other if (owner := named[1][row]) is not None}
        yield Batch(
            path, member.path, member.name, table, told, everything, other,
            first=True, owners=owners,
        )  # fmt: skip
        return
    if not any(named[1]):
        raise RefusedFileError("unknown-county", _UNKNOWN_COUNTY)
    first = True
    known = [c for c in roster.counties if c in named[1]]
    for owner in known:
        rows = [row for row in everything.tolist() if named[1][row] == owner]
        lost = [row for row in everything.tolist() if named[1][row] is None] if first else []
        yield Batch(
            path, member.path, member.name, table, owner, np.array(sorted(rows + lost)),
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
