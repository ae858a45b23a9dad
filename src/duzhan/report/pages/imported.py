"""`duzhan import`: what became of every row, and the list that goes back to the county."""

from __future__ import annotations

import re
from itertools import chain, count
from typing import TYPE_CHECKING, Any

import numpy as np

from duzhan import columns as col
from duzhan.columns import ISSUES
from duzhan.intake.dateforms import WRITE_LIKE, why_refused
from duzhan.intake.text import shorten
from duzhan.register.importing import NO_COUNTY
from duzhan.register.merging import ADDED, REJECTED, UNCHANGED, UPDATED
from duzhan.report.pages.page import Page, PageColumn, Text
from duzhan.report.sheets.returned import Kind, Reject, write_rejects_csv, write_rejects_xlsx
from duzhan.store.outputs import file_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from duzhan.register.importing import Account
    from duzhan.store.entries import Entry

_SHOWN = 20
# Cells of an issue that are shown before and after.
_CELL = 60

_RETURNED = re.compile(r" 退回更正\d*$")
# Seconds between the two files of a returned list, at most; else one was saved again.
_TOGETHER = 10


def rejects_of(account: Account) -> list[Reject]:
    """Everything of a batch that was not taken as it came."""
    return sorted(_rejects(account), key=lambda reject: reject.row)


def _rejects(account: Account) -> Iterator[Reject]:
    batch, merged = account.batch, account.merged
    at_fault = batch.table.flaws
    if not (batch.elsewhere or merged.reasons or merged.refused or merged.moved or at_fault):
        return
    at = {int(row): index for index, row in enumerate(account.order)}
    rows = batch.rows.tolist()
    lines = dict(zip(rows, batch.table.lines(np.array(rows, np.int64)), strict=True))
    cells = dict(zip(range(batch.table.cells.num_rows), batch.table.cells.to_pylist(), strict=True))
    flaws = {(row, column): (value, why) for row, column, value, why in batch.table.flaws}

    def reject(row: int, kind: Kind, column: str | None, why: str, remedy: str) -> Reject:
        stands: str = cells[row].get(column or "", "")
        value: str = flaws.get((row, column), (stands, ""))[0]
        sheet = batch.table.sheet
        original = {name: cells[row].get(name, "") for name in col.ISSUE_COLUMNS}
        return Reject(
            batch.path.name, sheet, lines[row], kind, column, value, why, remedy, original
        )

    for row, why in batch.elsewhere.items():
        remedy = f"应为{batch.county.name}，或移到所属县（市）"
        remedy = "写明县（市）全称" if why == NO_COUNTY else remedy
        yield reject(row, "rejected", col.COUNTY, why, remedy)
    for index, why in merged.reasons.items():
        yield reject(int(account.order[index]), "rejected", None, why, why.rpartition("，")[2])
    for index, column, future, parts in merged.refused:
        row = int(account.order[index])
        whole = parts == (cells[row].get(column, "").strip(),)
        why = flaws.get((row, column), ("", ""))[1] or _why_no_dates(parts, named=not whole)
        if future:
            why = "晚于导入当天，不可能已经发现"
        yield reject(row, "refused", column, why, WRITE_LIKE if column in col.DATE_COLUMNS else why)
    for index, column in merged.moved:
        row = int(account.order[index])
        why = f"比台账中的{column}晚，未采用"
        yield reject(row, "moved", column, why, "确需推迟的，由办公室用 --accept-moved-dates 导入")
    for row, name in flaws:
        if name is None and row in at and at[row] not in merged.reasons:
            why = flaws[row, name][1]
            yield reject(row, "refused", None, why, "给文字里的逗号加上引号，或改用 xlsx")


def _why_no_dates(parts: Sequence[str], *, named: bool) -> str:
    """What is wrong with a cell of dates; of several the faulty ones are named."""
    whys = [(shorten(part), why_refused(part).partition("，应写成")[0]) for part in parts]
    return "、".join(f"“{part}”{why}" if named else why for part, why in whys)


def write_rejects(accounts: Sequence[Account], root: Path) -> dict[int, Path]:
    """Write a CSV and a workbook beside each import that left something over.

    Args:
        accounts: what became of each batch.
        root: the dataset's folder; a list that lies in its issues/ leaves nothing beside it,
            where it would be taken for issues.

    Returns:
        Place of the account to the CSV.
    """
    written: dict[int, Path] = {}
    by_file: dict[Path, list[tuple[int, list[Reject]]]] = {}
    taken = {account.batch.path.resolve() for account in accounts}
    for place, account in enumerate(accounts):
        if rejects := rejects_of(account):
            target = _free_place(account, root, taken)
            by_file.setdefault(target, []).append((place, rejects))
    for target, parts in by_file.items():
        together = [reject for _, rejects in parts for reject in rejects]
        write_rejects_csv(target, together)
        write_rejects_xlsx(target.with_suffix(".xlsx"), together)
        written.update(dict.fromkeys((place for place, _ in parts), target))
    return written


def _free_place(account: Account, root: Path, taken: AbstractSet[Path]) -> Path:
    """Where to write what is left over of a file: over no list that somebody has mended."""
    path, names = account.batch.path, account.batch.county.names
    # What is still left over of a mended list goes by the first list's name again.
    stem = _RETURNED.sub("", path.stem)
    if not stem.startswith(names):
        stem = f"{account.batch.county.name} {stem}"
    folder = root if path.resolve().parent == (root / ISSUES).resolve() else path.parent
    numbers = chain([""], count(2))
    targets = (folder / f"{file_name(stem)} 退回更正{number}.csv" for number in numbers)
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


def import_json(accounts: Sequence[Account], returned: Mapping[int, Path]) -> dict[str, Any]:
    """`import --json`: one entry for each file, sheet and county."""
    return {"files": [_entry(account, returned.get(i)) for i, account in enumerate(accounts)]}


def _entry(account: Account, returned: Path | None) -> dict[str, Any]:
    batch, merged, outcomes = account.batch, account.merged, account.outcomes
    return {
        "file": batch.path.name,
        "sheet": batch.table.sheet,
        "county": batch.county.name,
        "encoding": batch.table.encoding,
        "rows": account.rows,
        "added": outcomes[ADDED],
        "updated": outcomes[UPDATED],
        "unchanged": outcomes[UNCHANGED],
        "rejected": outcomes[REJECTED],
        "skipped": account.skipped,
        "missing": list(account.missing),
        "refused_cells": len(merged.refused),
        "moved_dates": account.ids_of(dict.fromkeys(row for row, _ in merged.moved)),
        "backdated": account.ids_of(merged.backdated),
        "renumbered": account.ids_of(merged.renumbered),
        "rejected_to": str(returned) if returned else None,
    }


def import_page(
    accounts: Sequence[Account],
    returned: Mapping[int, Path],
    sample: str | None,
    *,
    dry_run: bool,
) -> Page:
    """What was merged, county by county, and what must go back."""
    page = Page()
    page.title("导入演练（什么都没有写入）" if dry_run else "导入结果")
    if sample:
        page.line(Text(sample, "magenta"))
    names = ("行", "新增", "更新", "未变", "拒收", "跳过", "拒读格")
    columns = (
        PageColumn("文件"),
        PageColumn("县（市）"),
        *(PageColumn(name, "right") for name in names),
    )
    rows: list[tuple[Text | str, ...]] = []
    for account in accounts:
        table, outcomes = account.batch.table, account.outcomes
        file = account.batch.path.name + (f"/{table.sheet}" if table.sheet else "")
        refused = len(account.merged.refused)
        rows.append(
            (
                file,
                account.batch.county.name,
                str(account.rows),
                Text(str(outcomes[ADDED]), "green" if outcomes[ADDED] else ""),
                Text(str(outcomes[UPDATED]), "yellow" if outcomes[UPDATED] else ""),
                str(outcomes[UNCHANGED]),
                Text(str(outcomes[REJECTED]), "red" if outcomes[REJECTED] else ""),
                str(account.skipped),
                Text(str(refused), "red" if refused else ""),
            )
        )
    page.table(columns, rows)
    for place, account in enumerate(accounts):
        _details(page, account, returned.get(place))
    if dry_run:
        for account in accounts:
            _differences(page, account)
    return page


def _differences(page: Page, account: Account) -> None:
    """What the import would change, as a diff: the ledger's cells and what would replace them."""
    entries = account.entries
    if entries is None:
        return
    page.heading(f"{account.batch.county.name}（{account.batch.path.name}）将有的改动")
    for entry in entries.between(0, _SHOWN):
        _difference(page, entry)
    if (count := len(entries)) > _SHOWN:
        page.line(f"以上是 {count} 件中的前 {_SHOWN} 件，其余 {count - _SHOWN} 件未列出")


def _difference(page: Page, entry: Entry) -> None:
    line = f"（第{entry.source.row}行）" if entry.source else ""
    word = "新增" if entry.action == "added" else "修改"
    page.line(Text(f"{word} {entry.id or '（无编号）'}", "bold"), line)
    for change in entry.changes:
        for mark, text, style in (("-", change.old, "red"), ("+", change.new, "green")):
            if text:
                page.line(Text(f"{mark} {change.column}：{shorten(text, _CELL)}", style), indent=2)


def _details(page: Page, account: Account, returned: Path | None) -> None:
    merged = account.merged
    lists = (
        ("清单里不见了的问题（仍在台账中，照样计算）", account.missing),
        ("日期推迟、未采用", account.ids_of(dict.fromkeys(row for row, _ in merged.moved))),
        ("补录（销号日期不晚于已过节点）", account.ids_of(merged.backdated)),
        ("另编了编号", account.ids_of(merged.renumbered)),
    )
    if not any(ids for _, ids in lists) and returned is None:
        return
    page.heading(f"{account.batch.county.name}（{shorten(account.batch.path.name)}）")
    for title, ids in lists:
        if ids:
            shown = "、".join(text or "（无编号）" for text in ids[:_SHOWN])
            more = f"等 {len(ids)} 件" if len(ids) > _SHOWN else f"，共 {len(ids)} 件"
            page.line(f"{title}：{shown}{more}")
    if returned is not None:
        page.line(f"请退回县里更正：{returned}（另有同名 xlsx）")
