"""Lists that counties send, taken in: read, merged, written, and what goes back."""

from __future__ import annotations

import datetime as dt
import difflib
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from duzhan import columns as col
from duzhan.errors import DuzhanError, UsageError
from duzhan.intake.text import header_key, shorten
from duzhan.visible import readable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from duzhan.campaign.changing import Workplace
    from duzhan.model import County
    from duzhan.register.arriving import Arrival, Batch, Intake, NotTaken
    from duzhan.register.blending import MergeTerms
    from duzhan.register.evidence import Piece
    from duzhan.register.import_state import ImportState
    from duzhan.register.importing import Account
    from duzhan.report.sheets.returning import SentBack
    from duzhan.store.transaction import Store

RETURNED = "退回"
_ACCEPTED = "清单推迟了整改期限，导入时批准"


@dataclass(frozen=True, slots=True)
class Wanted:
    """How lists are to be taken in.

    Attributes:
        county: whose lists they are, if the office says so.
        columns: canonical column to headings that mean it in this call.
        accept_moved_dates: whether later dates are taken: deadlines by the register.
        by: who imports, and who approves later deadlines.
        verified_by: who vouches for closures that nobody signed.
        rejects_to: where lists that go back are written; None for the dataset's folder.
        dry_run: report the same and write nothing.
        max_size: largest file in bytes.
    """

    county: County | None = None
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    accept_moved_dates: bool = False
    by: str | None = None
    verified_by: str | None = None
    rejects_to: Path | None = None
    dry_run: bool = False
    max_size: int = 512 << 20


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the lists of one call.

    Attributes:
        accounts: of each file, sheet and county.
        not_taken: files that were left aside.
        returned: place of the account to the list that goes back.
        pictures: that came with the lists, and where they are kept.
        state: of the dataset afterwards; None if nothing was written, or it cannot be told.
        changed: whether anything in it changed.
    """

    accounts: tuple[Account, ...]
    not_taken: tuple[NotTaken, ...]
    returned: Mapping[int, SentBack]
    pictures: tuple[Piece, ...] = ()
    state: ImportState | None = None
    changed: bool = False

    @property
    def left_over(self) -> bool:
        """Whether anything was not taken as it came."""
        return bool(self.not_taken) or any(account.left_over for account in self.accounts)

    @property
    def next(self) -> Imported | None:
        """What the same call does next, when nothing has changed; None if it may be anything."""
        if self.state is None or self.left_over or self.returned or self.pictures:
            return None
        if not self.changed:
            return self
        counties = {account.batch.county for account in self.accounts}
        again = [one for account in self.accounts if (one := account.sent_again())]
        if not len(counties) == len(again) == len(self.accounts):
            return None
        return replace(self, accounts=tuple(again), changed=False)


def import_lists(
    place: Workplace,
    paths: Sequence[Path],
    wanted: Wanted,
    on_step: Callable[[str, Path | None], None] = lambda _what, _path: None,
) -> Imported:
    """Take lists in.

    Args:
        place: the dataset.
        paths: the files.
        wanted: how.
        on_step: called before each step with what it is, and the file that it is about.

    Raises:
        UsageError: later dates are accepted by nobody.
        DuzhanError: a ledger cannot be rewritten, or something cannot be written.
    """
    from duzhan.register.arriving import read_batches

    if wanted.accept_moved_dates and not wanted.by:
        raise UsageError("采用推迟的日期要写明是谁批准的：--accept-moved-dates --by 姓名")
    with ExitStack() as folders:
        arrival = read_batches(
            paths, place.dataset, _how(place, wanted), folders,
            on_file=lambda path: on_step(f"读取 {readable(path.name)}", path),
        )  # fmt: skip
        return _taken_in(place, arrival, wanted, on_step)


def _how(place: Workplace, wanted: Wanted) -> Intake:
    """How lists are read."""
    from duzhan.dataset.layouts import issue_layout
    from duzhan.register.arriving import Intake

    rules = place.dataset.rules
    return Intake(
        place.terms.reading,
        issue_layout(rules, wanted.columns),
        wanted.county,
        wanted.max_size,
        own={
            county: issue_layout(rules, wanted.columns, county)
            for county in place.dataset.roster.counties
            if county.header_aliases
        },
    )


def _taken_in(
    place: Workplace,
    arrival: Arrival,
    wanted: Wanted,
    on_step: Callable[[str, Path | None], None],
) -> Imported:
    """Merge what came in and write it, its pictures with it."""
    from duzhan.register.import_state import registers_now, state_of
    from duzhan.register.importing import take_in
    from duzhan.register.leftovers import stage_leftovers

    def on_batch(batch: Batch) -> None:
        on_step(f"并入 {batch.county.name}", batch.path if batch.first else None)

    with place.hold(dry_run=wanted.dry_run) as store:
        before = registers_now(place.dataset)
        terms, reading = _terms(place, wanted), place.terms.reading
        accounts = take_in(store, place.dataset, arrival.batches, reading, terms, on_batch)
        stage_leftovers(store, accounts, place.terms.today)
        _stage_extensions(store, place, accounts, wanted)
        pictures = _stage_pictures(store, place, arrival, accounts, wanted)
        on_step("核对和写入", None)
        returned = {} if wanted.dry_run else _returned(accounts, place, wanted)
        changed, state = False, None
        if not wanted.dry_run:
            changed = store.commit(command="import") is not None
            state = state_of(place.dataset, [account.batch.county for account in accounts])
            known = {name: store.watch(name) or "" for name in state.written} if state else {}
            if state and (known != state.written or before != state.registers):
                # Somebody else wrote meanwhile.
                state = None
    return Imported(tuple(accounts), arrival.not_taken, returned, pictures, state, changed)


_LEDGER = (*col.ISSUE_COLUMNS, *col.FURTHER_COLUMNS)


def unused_headings(wanted: Wanted, done: Imported) -> list[str]:
    """Headings that were said to mean a column and stand in no list; none if a list is in doubt."""
    if done.not_taken:
        return []
    headers = [account.batch.table.grid.header for account in done.accounts]
    cells = [header_key(cell) for header in headers for cell in header.cells]
    every = (name for names in wanted.columns.values() for name in names)
    return [name for name in every if not any(header_key(name) in cell for cell in cells)]


def headings(
    pairs: Sequence[str], columns: Sequence[str] = _LEDGER, table: str = "台账"
) -> dict[str, list[str]]:
    """Read what `--column 列=表头` says.

    Args:
        pairs: as typed.
        columns: that can be meant.
        table: what they are the columns of.

    Raises:
        UsageError: a pair names no such column, or no heading.
    """
    known = {header_key(name): name for name in columns}
    found: dict[str, list[str]] = {}
    for pair in pairs:
        name, equals, heading = pair.partition("=")
        if not equals or not heading.strip():
            raise UsageError(f"--column 的“{shorten(pair)}”应写成 列=表头，如 问题描述=隐患描述")
        column = known.get(header_key(name))
        if column is None or column == col.WITHDRAWN:
            near = difflib.get_close_matches(header_key(name), known, 1, 0.4)
            hint = f"，是不是“{known[near[0]]}”？" if near else "，"
            raise UsageError(
                f"--column：{table}没有“{shorten(name)}”这一列{hint}可用的有：{'、'.join(known.values())}"
            )
        found.setdefault(column, []).append(heading.strip())
    return found


def _terms(place: Workplace, wanted: Wanted) -> Callable[[County], MergeTerms]:
    """On what terms a county's lists are taken in."""
    from duzhan.register.blending import MergeTerms
    from duzhan.register.judging import judge_of

    dataset, today = place.dataset, place.terms.today
    passed = [m.deadline for m in dataset.rules.milestones if m.deadline < today]
    judge = judge_of(dataset, place.terms.reading)
    return lambda county: MergeTerms(
        today=today.toordinal(),
        passed=max(passed).toordinal() if passed else 0,
        prefix=county.short_name,
        judged=judge(county),
        accept_moved_dates=wanted.accept_moved_dates,
        verified_by=wanted.verified_by,
        by=wanted.by or wanted.verified_by,
    )


def _stage_extensions(
    store: Store, place: Workplace, accounts: Sequence[Account], wanted: Wanted
) -> None:
    """Enter later deadlines that the office accepts in the register, approved today."""
    from duzhan.register.extensions import Grant, extension_row
    from duzhan.register.record_files import RecordFile

    rows = []
    for account in accounts:
        for name, (old, new) in account.extensions.items():
            grant = Grant(
                dt.date.fromordinal(new), wanted.by or "", place.terms.today,
                _ACCEPTED, remark=account.batch.name,
            )  # fmt: skip
            before = dt.date.fromordinal(old)
            rows.append(extension_row(name, account.batch.county, before, grant))
    if rows:
        file = RecordFile(store, place.dataset, col.EXTENSIONS, place.terms)
        file.stage_all(rows, again=True, by=wanted.by)


def _stage_pictures(
    store: Store,
    place: Workplace,
    arrival: Arrival,
    accounts: Sequence[Account],
    wanted: Wanted,
) -> tuple[Piece, ...]:
    """Keep the pictures that came with the lists, if any did."""
    from duzhan.register.evidence import EvidenceFiles
    from duzhan.register.pictures import take_pictures

    files = EvidenceFiles(store, place.dataset, place.terms, dry_run=wanted.dry_run)
    pieces = take_pictures(arrival, accounts, files, place.terms.today)
    files.stage(wanted.by)
    return pieces


def _returned(accounts: Sequence[Account], place: Workplace, wanted: Wanted) -> dict[int, SentBack]:
    """Write what goes back to the counties before anything is taken in."""
    from duzhan.report.sheets.returning import write_rejects

    folder = wanted.rejects_to or place.dataset.root / RETURNED
    try:
        return write_rejects(accounts, folder, place.terms.reading.dates)
    except DuzhanError as error:
        raise DuzhanError(f"{error}；这一次什么都没有导入") from None
