"""`duzhan import`: what became of every row, and the list that goes back to the county."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from duzhan import columns as col
from duzhan.intake.text import shorten
from duzhan.register.merging import ADDED, REJECTED, UNCHANGED, UPDATED
from duzhan.report.pages.page import Page, PageColumn, Text, titled
from duzhan.report.sheets.returning import first_rejects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from duzhan.register.arriving import NotTaken
    from duzhan.register.evidence import Piece
    from duzhan.register.importing import Account
    from duzhan.report.sheets.returning import SentBack
    from duzhan.store.entries import Entry

_SHOWN = 20
# Cells of an issue that are shown before and after.
_CELL = 60

_UNPLACED = "没有对应到问题，先存着，对上了用 duzhan evidence 归到问题"
_SENT_OUT = {"returned": "退回更正表", "form": "填报表"}


def import_json(
    accounts: Sequence[Account],
    not_taken: Sequence[NotTaken],
    returned: Mapping[int, SentBack],
    pictures: Sequence[Piece] = (),
) -> dict[str, Any]:
    """`import --json`: one entry a file, sheet and county; one a file left aside; one a picture."""
    return {
        "files": [_entry(account, returned.get(i)) for i, account in enumerate(accounts)],
        "not_lists": [
            {"file": one.file, "what": one.what, "remedy": one.remedy} for one in not_taken
        ],
        "evidence": [
            {
                "county": one.county.name,
                "id": one.id or None,
                "kind": one.kind,
                "source": one.source,
                "file": one.file or None,
                "new": one.new,
            }
            for one in pictures
        ],
    }


def _entry(account: Account, returned: SentBack | None) -> dict[str, Any]:
    batch, merged, outcomes = account.batch, account.merged, account.outcomes
    new = account.ids_at(at for at, _ in merged.suspected)
    old = account.ids_at(at for _, at in merged.suspected)
    return {
        "file": batch.name,
        "sheet": batch.table.sheet,
        "county": batch.county.name,
        "encoding": batch.table.encoding,
        "rows": account.rows,
        "added": outcomes[ADDED],
        "updated": outcomes[UPDATED],
        "unchanged": outcomes[UNCHANGED],
        "rejected": outcomes[REJECTED],
        "skipped": account.skipped,
        "missing": [row[col.ID] for row in account.missing],
        "refused_cells": len(merged.refused),
        "moved_dates": account.ids_of(account.moved()),
        "backdated": account.ids_of(account.backdated),
        "renumbered": account.ids_of(merged.renumbered),
        "numbered": merged.numbered,
        "kept_columns": list(batch.own) if account.rows else [],
        "joined_columns": [list(pair) for pair in batch.table.joined] if account.rows else [],
        "ambiguous_columns": list(batch.table.ambiguous) if account.rows else [],
        "dated_claims": account.ids_of(merged.dated_claims),
        "reworded": account.ids_of(merged.reworded),
        "suspected": [list(pair) for pair in zip(new, old, strict=True)],
        "added_closed": merged.added_closed,
        "missing_closed": account.missing_closed,
        "pictures": len(batch.table.grid.beside.pictures) if batch.first else 0,
        "hidden": _hidden(account),
        "rejected_to": str(returned.csv) if returned else None,
    }


def _hidden(account: Account) -> list[str]:
    """What of a sheet is hidden; it was read like all else."""
    table = account.batch.table
    beside = table.grid.beside
    if not account.batch.first:
        return []
    sheet = [f"工作表“{table.sheet}”"] if beside.hidden_sheet else []
    return [*sheet, *(f"第{row}行" for row in beside.hidden_rows)]


def import_page(
    accounts: Sequence[Account],
    not_taken: Sequence[NotTaken],
    returned: Mapping[int, SentBack],
    pictures: Sequence[Piece] = (),
    *,
    sample: str | None,
    dry_run: bool,
) -> Page:
    """What was merged, county by county, and what must go back; the summary last.

    Args:
        accounts: what became of each table.
        not_taken: files that are no lists.
        returned: number of the account to the list that goes back.
        pictures: what was filed of pictures.
        sample: the line that marks synthetic data.
        dry_run: whether nothing was written.
    """
    page = titled("导入演练（什么都没有写入）" if dry_run else "导入结果", sample)
    for place, account in enumerate(accounts):
        _details(page, account, returned.get(place))
        if dry_run:
            _differences(page, account)
    _evidence(page, pictures)
    if not_taken:
        page.heading("没有收下的文件")
        for one in not_taken:
            page.line(Text(str(one), "red"))
    if accounts:
        page.heading("各表合计")
        _summary(page, accounts)
    return page


def _evidence(page: Page, pictures: Sequence[Piece]) -> None:
    """What became of the pictures: kept, known, at no issue's row, of a kind that is not shown."""
    if not pictures:
        return
    page.heading("佐证材料（照片等，从不作销号）")
    for county in dict.fromkeys(one.county for one in pictures):
        ours = [one for one in pictures if one.county == county]
        new = Counter(one.kind for one in ours if one.new)
        kinds = f"（{'、'.join(f'{kind} {count}' for kind, count in new.items())}）" if new else ""
        known = sum(not one.new and bool(one.file) for one in ours)
        parts = [f"新存{new.total()}件{kinds}", f"已有{known}件" if known else ""]
        page.line(f"{county.name}：共{len(ours)}件，{'，'.join(filter(None, parts))}")
    told = (
        (_UNPLACED, [p for p in pictures if p.file and not p.id]),
        ("照原样存了，但不是看得了的图片", [p for p in pictures if p.file and not p.shown]),
        ("取不出来，没有存下", [p for p in pictures if not p.file]),
    )
    for words, some in told:
        for one in some[:_SHOWN]:
            kept = f" → {one.file}" if one.file else ""
            page.line(f"{shorten(one.source, _CELL)}{kept}：{words}")
        if len(some) > _SHOWN:
            page.line(f"以上是前{_SHOWN}件，另有{len(some) - _SHOWN}件{words}")


def _summary(page: Page, accounts: Sequence[Account]) -> None:
    names = ("行", "新增", "更新", "未变", "拒收", "跳过", "拒读格")
    columns = (
        PageColumn("文件"),
        PageColumn("属于"),
        *(PageColumn(name, "right") for name in names),
    )
    rows: list[tuple[Text | str, ...]] = []
    for account in accounts:
        table, outcomes = account.batch.table, account.outcomes
        file = account.batch.name + (f"/{table.sheet}" if table.sheet else "")
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


def _differences(page: Page, account: Account) -> None:
    """What the import would change, as a diff: the ledger's cells and what would replace them."""
    entries = account.entries
    if entries is None:
        return
    page.heading(f"{account.batch.county.name}（{account.batch.name}）将有的改动")
    for entry in entries.between(0, _SHOWN):
        _difference(page, entry)
    if (count := len(entries)) > _SHOWN:
        page.line(f"以上是{count}件中的前{_SHOWN}件，其余{count - _SHOWN}件未列出")


def _difference(page: Page, entry: Entry) -> None:
    line = f"（第{entry.source.row}行）" if entry.source else ""
    word = "新增" if entry.action == "added" else "修改"
    page.line(Text(f"{word} {entry.id or '（无编号）'}", "bold"), line)
    for change in entry.changes:
        for mark, text, style in (("-", change.old, "red"), ("+", change.new, "green")):
            if text:
                page.line(Text(f"{mark} {change.column}：{shorten(text, _CELL)}", style), indent=2)


def _details(page: Page, account: Account, returned: SentBack | None) -> None:
    batch, merged = account.batch, account.merged
    page.heading(f"{batch.county.name}（{shorten(batch.name)}）")
    if batch.untouched:
        page.line(f"这是退回去的{_SENT_OUT[batch.partial or 'form']}，一处都没有改动，跳过")
        return
    _columns(page, account)
    if batch.first:
        _sheet(page, account)
    for line in _added(account):
        page.line(line)
    _refusals(page, account)
    for title, ids in _named(account):
        if ids:
            _listed(page, title, ids)
    for title, number in _counted(account):
        if number:
            page.line(f"{title}{number}件")
    for new, old in zip(
        account.ids_at(at for at, _ in merged.suspected),
        account.ids_at(at for _, at in merged.suspected),
        strict=True,
    ):
        command = f"duzhan withdraw {new} --same-as {old} --by 经办人 --reason 重复报送"
        page.line(f"{new} 像是台账里的 {old}；确是同一件的：{command}")
    if returned is not None:
        _sent_back(page, returned)


def _sent_back(page: Page, returned: SentBack) -> None:
    page.line(f"请退回县里更正：{returned.csv}（另有同名 xlsx）")
    if rest := returned.beyond:
        page.line(
            f"同名 xlsx 只放得下前{returned.held}行，其余{rest}行只在 CSV 里，请把 CSV 一并退回"
        )


def _named(account: Account) -> tuple[tuple[str, Sequence[str]], ...]:
    merged = account.merged
    return (
        ("清单里不见了的问题（仍在台账中，照样计算）", [row[col.ID] for row in account.missing]),
        (
            "采用了推迟的日期（期限记入延期登记，今天批准）",
            account.ids_of(account.moved(taken=True)),
        ),
        ("补录（销号日期不晚于已过节点）", account.ids_of(account.backdated)),
        ("另编了编号", account.ids_of(merged.renumbered)),
        ("写了已完成而没有日期，按导入当天报完成", account.ids_of(merged.dated_claims)),
        ("改了问题描述", account.ids_of(merged.reworded)),
        (
            "已经撤销，新报的完成、销号、退回日期不算；应算到同一件上的，请在那一件上登记",
            account.ids_of(merged.withdrawn),
        ),
    )


def _counted(account: Account) -> tuple[tuple[str, int], ...]:
    merged = account.merged
    backdated = len(merged.backdated) if account.first_import else 0
    return (
        ("没有编号、由台账编号的", merged.numbered),
        ("新增时已经销号的", merged.added_closed),
        ("清单里不见了的已销号问题", account.missing_closed),
        ("首次导入，销号日期不晚于已过节点的", backdated),
    )


def _listed(page: Page, title: str, ids: Sequence[str]) -> None:
    shown = "、".join(text or "（无编号）" for text in ids[:_SHOWN])
    more = f"等{len(ids)}件" if len(ids) > _SHOWN else f"，共{len(ids)}件"
    page.line(f"{title}：{shown}{more}")


def _columns(page: Page, account: Account) -> None:
    table = account.batch.table
    if account.batch.own:
        page.line(f"县里自己的列，照样保留：{'、'.join(map(shorten, account.batch.own))}")
    for name, column in account.batch.near:
        if name in table.ambiguous:
            continue
        line = f"“{shorten(name)}”像是“{column}”，只差一个字，没有替你认"
        page.line(f"{line}；确是的：--column {column}={name}")
    for first, second in table.joined:
        page.line(f"“{shorten(first)}”和“{shorten(second)}”是一个意思，已合在一起")
    for name in table.ambiguous:
        line = f"“{shorten(name)}”可能是整改期限，也可能是整改完成日期，没有猜，先作县里自己的列"
        page.line(f"{line}；说明它：--column 整改期限={name}，或 --column 整改完成日期={name}")


def _sheet(page: Page, account: Account) -> None:
    """What stands beside the list: rows that are no issues, what is hidden or said otherwise."""
    table = account.batch.table
    for line, text in table.left_out[:_SHOWN]:
        page.line(f"第{line}行不是问题，跳过：{shorten(text, _CELL)}")
    if len(table.left_out) > _SHOWN:
        page.line(f"另有{len(table.left_out) - _SHOWN}行不是问题，跳过")
    if hidden := _hidden(account):
        more = f"等{len(hidden)}处" if len(hidden) > _SHOWN else ""
        page.line(f"隐藏的，照样读了：{'、'.join(hidden[:_SHOWN])}{more}")
    beside = table.grid.beside
    told = (
        ("批注", beside.comments), ("链接", beside.links), ("划掉的字", beside.struck),
    )  # fmt: skip
    if counted := "、".join(f"{name}{number}处" for name, number in told if number):
        page.line(f"表里另有：{counted}，没有当作内容")


def _added(account: Account) -> Iterator[str]:
    """One line for each new issue."""
    merged = account.merged
    rows = [int(row) for row in np.flatnonzero(merged.outcome == ADDED)]
    some = merged.cells.take(pa.array(merged.target[rows[:_SHOWN]])).to_pylist() if rows else []
    for cells in some:
        place = f"（{shorten(cells[col.LOCATION], _CELL)}）" if cells[col.LOCATION] else ""
        due = f"，限期 {cells[col.DUE]}" if cells[col.DUE] else ""
        yield f"新增 {cells[col.ID]} {shorten(cells[col.DESCRIPTION], _CELL)}{place}{due}"
    if len(rows) > _SHOWN:
        yield f"以上是新增的前{_SHOWN}件，其余{len(rows) - _SHOWN}件未列出"


def _refusals(page: Page, account: Account) -> None:
    """Rows and cells that were not taken, as they go back."""
    rejects, count = first_rejects(account, _SHOWN)
    for one in rejects:
        column = f" “{one.heading or one.column}”" if one.column else ""
        value = f" {shorten(one.value)}" if one.value else ""
        page.line(f"第{one.row}行{column}{value}：{one.reason}")
    if count > _SHOWN:
        page.line(f"以上是没有收下的前{_SHOWN}处，其余{count - _SHOWN}处见退回更正")
