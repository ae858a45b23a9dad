"""What goes back to a county after an import: one workbook and one CSV, in its own words."""

from __future__ import annotations

import datetime as dt
import functools
from functools import partial
from itertools import chain, count
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from duzhan import columns as col
from duzhan.errors import DuzhanError, reason
from duzhan.intake.dateforms import WRITE_LIKE, why_refused
from duzhan.intake.text import shorten
from duzhan.register.arriving import NO_COUNTY
from duzhan.register.blending import OWN_VERIFIER, WHOSE_NAME
from duzhan.register.future_dates import NOT_FOUND_YET, NOT_YET
from duzhan.register.merging_dates import AFTER_OTHERS, BEFORE_FOUND, NOT_BESIDE, OUTSIDE
from duzhan.report.sheets.returned import (
    Kind,
    Reject,
    returned,
    write_returned_csv,
    write_returned_xlsx,
)
from duzhan.store.outputs import file_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from duzhan.arrays import Rows
    from duzhan.intake.dates import DateReader
    from duzhan.register.arriving import Batch
    from duzhan.register.importing import Account
    from duzhan.register.merging_dates import DateRefusal, Moved

    # A row of a batch's table, and what tells what is wrong with it.
    _Fault = tuple[int, Callable[["_Writer", int], Reject]]

# Seconds between the two files of a returned list, at most; else one was saved again.
_TOGETHER = 10

_POSTPONED = "确需推迟的，请写明理由报办公室批准；批准之前按原来的期限"
_FOUND_LATER = "发现日期写错的，请说明是哪一天发现的，报办公室更正"
_MISSING_WHY = "台账里还没有销号，这次的清单里没有这一件"
_MISSING_REMEDY = "请补报进展；整改完成的写明完成日期"
_STRAY_REMEDY = "确是自己的问题，请写进自己的清单再报；不是的，请告知办公室"
_HAPPENED = "已经做完的写做完那一天；还没有做完的空着"
_REMEDIES = {
    NOT_YET: _HAPPENED,
    NOT_FOUND_YET: _HAPPENED,
    BEFORE_FOUND: "请核对这个日期和发现日期，把写错的改正",
    OUTSIDE: "请核对这个日期，多半是年份写错",
    AFTER_OTHERS: "请核对发现日期，它应不晚于这件问题的其他日期",
    NOT_BESIDE: "请核对这个日期；中间退回过的，补上退回日期",
    WHOSE_NAME: "一次销号写一个核验人，按日子先后用“；”隔开",
    OWN_VERIFIER: "请写原来的责任人",
}


def rejects_of(account: Account) -> list[Reject]:
    """Everything of a batch that was not taken as it came, and the issues that it leaves out."""
    taken = _rejects(account, _faults(account))
    return [*taken, *(_missing(account, row) for row in account.missing)]


def first_rejects(account: Account, most: int) -> tuple[list[Reject], int]:
    """The first rows and cells that were not taken as they came, and how many there are."""
    faults = _faults(account)
    return _rejects(account, faults[:most]), len(faults)


def _missing(account: Account, cells: Mapping[str, str]) -> Reject:
    file = account.batch.name
    return Reject(file, None, None, "missing", None, None, _MISSING_WHY, _MISSING_REMEDY, cells)


def _rejects(account: Account, faults: Sequence[_Fault]) -> list[Reject]:
    if not faults:
        return []
    writer = _Writer(account, [row for row, _ in faults])
    return [tell(writer, row) for row, tell in faults]


def _faults(account: Account) -> list[_Fault]:
    """Rows of the table that something is wrong with, and what tells it, as the list has them."""
    return sorted(_each_fault(account), key=itemgetter(0))


def _each_fault(account: Account) -> Iterator[_Fault]:
    batch, merged, order = account.batch, account.merged, account.order
    for row, why in batch.elsewhere.items():
        remedy = f"应为{batch.county.name}，或移到它自己的清单里"
        remedy = "写明全称" if why == NO_COUNTY else remedy
        yield row, partial(_Writer.rejected, column=col.COUNTY, why=why, remedy=remedy)
    for index, why in merged.reasons.items():
        remedy = why.rpartition("，")[2]
        yield int(order[index]), partial(_Writer.rejected, column=None, why=why, remedy=remedy)
    for refusal in merged.refused:
        yield int(order[refusal.row]), partial(_Writer.refused, refusal=refusal)
    for moved in merged.moved:
        if not moved.taken:
            yield int(order[moved.row]), partial(_Writer.moved, moved=moved)
    shifted = {row: why for row, name, _, why in batch.table.flaws if name is None}
    for index, row in enumerate(order.tolist() if shifted else ()):
        if row in shifted and index not in merged.reasons:
            yield row, partial(_Writer.shifted, why=shifted[row])


class _Writer:
    """Says of each cell what it is and what is wrong with it."""

    def __init__(self, account: Account, rows: Sequence[int]) -> None:
        """Args: rows: of the account's table, those that are told of."""
        self._batch = account.batch
        table, at = account.batch.table, np.unique(np.array(rows, np.int64))
        self._flaws = {(row, column): (value, why) for row, column, value, why in table.flaws}
        self._headings = table.header_names
        self._lines = dict(zip(at.tolist(), table.lines(at), strict=True))
        self._cells = dict(zip(at.tolist(), _cells(account.batch, at), strict=True))
        # The same words are at fault in many rows.
        self._why_no_dates = functools.cache(_why_no_dates)

    def rejected(self, row: int, column: str | None, why: str, remedy: str) -> Reject:
        """A row that was not taken at all."""
        return self._reject(row, "rejected", column, why, remedy)

    def refused(self, row: int, refusal: DateRefusal) -> Reject:
        """A cell that could not be taken."""
        column = refusal.column
        named = refusal.parts != (self._cells[row].get(column, "").strip(),)
        if why := refusal.why:
            remedy = _REMEDIES.get(why, why)
            why = f"“{'、'.join(refusal.parts)}”{why}" if named and refusal.parts else why
            return self._reject(row, "refused", column, why, remedy)
        broken = self._flaws.get((row, column), ("", ""))[1]
        why = broken or self._why_no_dates(refusal.parts, named=named)
        remedy = WRITE_LIKE if column in col.DATE_COLUMNS else why
        return self._reject(row, "refused", column, why, remedy)

    def moved(self, row: int, moved: Moved) -> Reject:
        """A later date that was not taken, old and new."""
        old, new = (
            dt.date.fromordinal(day).isoformat() if day else "没有期限"
            for day in (moved.old, moved.new)
        )
        heading = self._headings.get(moved.column, moved.column)
        why = f"台账里的{heading}是 {old}，清单里改为 {new}，没有采用"
        remedy = _POSTPONED if moved.column == col.DUE else _FOUND_LATER
        return self._reject(row, "moved", moved.column, why, remedy)

    def shifted(self, row: int, why: str) -> Reject:
        """A row of text with more cells than its header has."""
        return self._reject(row, "refused", None, why, "给文字里的逗号加上引号，或改用 xlsx")

    def _reject(self, row: int, kind: Kind, column: str | None, why: str, remedy: str) -> Reject:
        cells, name = self._cells[row], column or ""
        value = self._flaws.get((row, column), (cells.get(name, ""), ""))[0]
        return Reject(
            self._batch.name, self._batch.table.sheet, self._lines[row], kind, column, value,
            why, remedy, cells, heading=self._headings.get(name, column),
        )  # fmt: skip


def _cells(batch: Batch, rows: Rows) -> Iterator[dict[str, str]]:
    """The original cells of some rows."""
    table = batch.table.cells.take(pa.array(rows))
    county = (col.COUNTY,) if col.COUNTY in table.column_names else ()
    names = (*col.ISSUE_COLUMNS, *col.FURTHER_COLUMNS, *batch.own, *county)
    empty = [""] * len(rows)
    columns = (table[name].to_pylist() if name in table.column_names else empty for name in names)
    for cells in zip(*columns, strict=True):
        yield dict(zip(names, cells, strict=True))


def _why_no_dates(parts: Sequence[str], *, named: bool) -> str:
    """What is wrong with a cell of dates; of several the faulty ones are named."""
    whys = [(shorten(part), why_refused(part).partition("，应写成")[0]) for part in parts]
    return "、".join(f"“{part}”{why}" if named else why for part, why in whys)


# ---------------------------------------------------------------- files


class SentBack(NamedTuple):
    """A list that goes back.

    Attributes:
        csv: the whole of it; a workbook of the same name lies beside.
        held: how many of its lines the workbook holds.
        beyond: how many behind them had no place in it.
    """

    csv: Path
    held: int
    beyond: int


def write_rejects(
    accounts: Sequence[Account], folder: Path, dates: DateReader
) -> dict[int, SentBack]:
    """Write one CSV and one workbook for each county whose lists left something over.

    Args:
        accounts: what became of each batch.
        folder: where to; made if it is not there.
        dates: reads dates, for the mark over each row.

    Returns:
        Place of the account to what was written.
    """
    written: dict[int, SentBack] = {}
    by_county: dict[str, list[tuple[int, list[Reject]]]] = {}
    taken = {account.batch.path.resolve() for account in accounts}
    for place, account in enumerate(accounts):
        if rejects := rejects_of(account):
            by_county.setdefault(account.batch.county.name, []).append((place, rejects))
    strays = _strays(accounts)
    for name in strays:
        by_county.setdefault(name, [])
    if by_county:
        _make(folder)
    for name, parts in by_county.items():
        target = _free_place(folder, name, taken)
        together = [reject for _, rejects in parts for reject in rejects]
        together += strays.get(name, ())
        back = returned(together, dates)
        write_returned_csv(target, back)
        held = write_returned_xlsx(target.with_suffix(".xlsx"), back)
        sent = SentBack(target, held, back.texts.num_rows - held)
        written.update(dict.fromkeys((place for place, _ in parts), sent))
    return written


def _strays(accounts: Sequence[Account]) -> dict[str, list[Reject]]:
    """Rows in another county's list, for the office of the county that they name."""
    strays: dict[str, list[Reject]] = {}
    for account in accounts:
        owners = account.batch.owners
        why = f"写在{account.batch.county.name}的清单里，没有导入"
        tell = partial(_Writer.rejected, column=col.COUNTY, why=why, remedy=_STRAY_REMEDY)
        rejects = _rejects(account, [(row, tell) for row in owners])
        for owner, reject in zip(owners.values(), rejects, strict=True):
            strays.setdefault(owner.name, []).append(reject)
    return strays


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DuzhanError(f"“{folder}”建不了：{reason(error)}，请换一个可写的位置") from None


def _free_place(folder: Path, county: str, taken: AbstractSet[Path]) -> Path:
    """Where to write what is left over for a county: over no list that somebody has mended."""
    numbers = chain([""], count(2))
    targets = (folder / f"{file_name(county)} 退回更正{number}.csv" for number in numbers)
    return next(
        target
        for target in targets
        if not {target.resolve(), target.with_suffix(".xlsx").resolve()} & taken
        and not _touched(target)
    )


def _touched(target: Path) -> bool:
    """Whether somebody has saved one of the two files again that are written together.

    A CSV alone is what an import leaves that was killed between the two.
    """
    times = [
        path.stat().st_mtime if path.exists() else 0.0
        for path in (target, target.with_suffix(".xlsx"))
    ]
    return times[1] > 0 and abs(times[0] - times[1]) > _TOGETHER
