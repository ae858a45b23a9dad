"""What goes back to a county after an import: one workbook and one CSV, in its own words."""

from __future__ import annotations

import datetime as dt
from itertools import chain, count
from typing import TYPE_CHECKING

import numpy as np

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
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from duzhan.intake.dates import DateReader
    from duzhan.register.importing import Account
    from duzhan.register.merging_dates import DateRefusal, Moved

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
    taken = sorted(_rejects(account), key=lambda reject: reject.row or 0)
    return [*taken, *(_missing(account, row) for row in account.missing)]


def _missing(account: Account, cells: Mapping[str, str]) -> Reject:
    file = account.batch.name
    return Reject(file, None, None, "missing", None, None, _MISSING_WHY, _MISSING_REMEDY, cells)


def _rejects(account: Account) -> Iterator[Reject]:
    batch, merged = account.batch, account.merged
    flaws = {(row, column): (value, why) for row, column, value, why in batch.table.flaws}
    if not (batch.elsewhere or merged.reasons or merged.refused or merged.moved or flaws):
        return
    writer = _Writer(account, flaws)
    at = {int(row): index for index, row in enumerate(account.order)}
    for row, why in batch.elsewhere.items():
        remedy = f"应为{batch.county.name}，或移到它自己的清单里"
        remedy = "写明全称" if why == NO_COUNTY else remedy
        yield writer.reject(row, "rejected", col.COUNTY, why, remedy)
    for index, why in merged.reasons.items():
        row = int(account.order[index])
        yield writer.reject(row, "rejected", None, why, why.rpartition("，")[2])
    for refusal in merged.refused:
        yield writer.refused(refusal)
    for moved in merged.moved:
        if not moved.taken:
            yield writer.moved(moved)
    for row, name in flaws:
        if name is None and row in at and at[row] not in merged.reasons:
            remedy = "给文字里的逗号加上引号，或改用 xlsx"
            yield writer.reject(row, "refused", None, flaws[row, name][1], remedy)


class _Writer:
    """Says of each cell what it is and what is wrong with it."""

    def __init__(
        self, account: Account, flaws: Mapping[tuple[int, str | None], tuple[str, str]]
    ) -> None:
        batch = account.batch
        self._account = account
        self._flaws = flaws
        self._headings = batch.table.header_names
        rows = np.arange(batch.table.cells.num_rows)
        self._lines = batch.table.lines(rows)
        self._cells = batch.table.cells.to_pylist()
        self._names = (*col.ISSUE_COLUMNS, *col.FURTHER_COLUMNS, *batch.own)

    def reject(self, row: int, kind: Kind, column: str | None, why: str, remedy: str) -> Reject:
        """A row of the list that goes back."""
        cells, table = self._cells[row], self._account.batch.table
        stands: str = cells.get(column or "", "")
        value: str = self._flaws.get((row, column), (stands, ""))[0]
        original = {name: cells.get(name, "") for name in self._names}
        if col.COUNTY in cells:
            original[col.COUNTY] = cells[col.COUNTY]
        return Reject(
            self._account.batch.name, table.sheet, self._lines[row], kind, column, value,
            why, remedy, original, heading=self._headings.get(column or "", column),
        )  # fmt: skip

    def refused(self, refusal: DateRefusal) -> Reject:
        """A cell that could not be taken."""
        row, column = int(self._account.order[refusal.row]), refusal.column
        stands = self._cells[row].get(column, "").strip()
        whole = refusal.parts == (stands,)
        broken = self._flaws.get((row, column), ("", ""))[1]
        if refusal.why:
            named = not whole and refusal.parts
            why = f"“{'、'.join(refusal.parts)}”{refusal.why}" if named else refusal.why
            return self.reject(row, "refused", column, why, _REMEDIES.get(refusal.why, refusal.why))
        why = broken or _why_no_dates(refusal.parts, named=not whole)
        remedy = WRITE_LIKE if column in col.DATE_COLUMNS else why
        return self.reject(row, "refused", column, why, remedy)

    def moved(self, moved: Moved) -> Reject:
        """A later date that was not taken, old and new."""
        old, new = (
            dt.date.fromordinal(day).isoformat() if day else "没有期限"
            for day in (moved.old, moved.new)
        )
        row = int(self._account.order[moved.row])
        heading = self._headings.get(moved.column, moved.column)
        why = f"台账里的{heading}是 {old}，清单里改为 {new}，没有采用"
        remedy = _POSTPONED if moved.column == col.DUE else _FOUND_LATER
        return self.reject(row, "moved", moved.column, why, remedy)


def _why_no_dates(parts: Sequence[str], *, named: bool) -> str:
    """What is wrong with a cell of dates; of several the faulty ones are named."""
    whys = [(shorten(part), why_refused(part).partition("，应写成")[0]) for part in parts]
    return "、".join(f"“{part}”{why}" if named else why for part, why in whys)


# ---------------------------------------------------------------- files


def write_rejects(accounts: Sequence[Account], folder: Path, dates: DateReader) -> dict[int, Path]:
    """Write one CSV and one workbook for each county whose lists left something over.

    Args:
        accounts: what became of each batch.
        folder: where to; made if it is not there.
        dates: reads dates, for the mark over each row.

    Returns:
        Place of the account to the CSV.
    """
    written: dict[int, Path] = {}
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
        write_returned_xlsx(target.with_suffix(".xlsx"), back)
        written.update(dict.fromkeys((place for place, _ in parts), target))
    return written


def _strays(accounts: Sequence[Account]) -> dict[str, list[Reject]]:
    """Rows in another county's list, for the office of the county that they name."""
    strays: dict[str, list[Reject]] = {}
    for account in accounts:
        if not account.batch.owners:
            continue
        writer = _Writer(account, {})
        for row, owner in account.batch.owners.items():
            why = f"写在{account.batch.county.name}的清单里，没有导入"
            reject = writer.reject(row, "rejected", col.COUNTY, why, _STRAY_REMEDY)
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
