"""`duzhan record score --items`: what became of every row of a scoring sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.report import words
from duzhan.report.pages.page import Page, PageColumn, Text, titled

if TYPE_CHECKING:
    from duzhan.register.recorded_items import RecordedItems
    from duzhan.register.score_sheet import LeftOut, ScoreRow

# Of the items that lost points, and of rows that are no items, so many are shown.
_SHOWN = 10


def recorded_page(done: RecordedItems, sample: str | None, *, dry_run: bool) -> Page:
    """Which assessment it is, the total, where points were lost, what was left out, the outcome.

    Args:
        done: what became of the sheet.
        sample: the line that marks synthetic data.
        dry_run: nothing was to be written.
    """
    scoring, key = done.scoring, done.key
    page = titled(f"评分表 {scoring.sheet.file}", sample)
    about = [key.county, key.assessor, key.day.isoformat()]
    if key.milestone:
        about.append(f"考核节点 {key.milestone}")
    page.line(f"{'，'.join(about)}；标准：{done.standard}，{len(scoring.asked)}个分项")
    page.line(
        f"表里{scoring.sheet.row_count}行：分项{len(scoring.taken)}行，合计"
        f"{len(scoring.sums)}行，标题、签名等{len(scoring.left_out)}行，"
        f"有问题{_wrong(done)}行"
    )
    if not done.refused:
        lost = scoring.full - scoring.total
        page.line(
            f"分项合计{words.points(scoring.total)}分（满分{words.points(scoring.full)}分，"
            f"失{words.points(lost)}分）{_sums(done)}"
        )
        _losses(page, done)
    _left_out(page, done)
    page.line(*_outcome(done, dry_run=dry_run))
    return page


def _wrong(done: RecordedItems) -> int:
    scoring = done.scoring
    known = len(scoring.taken) + len(scoring.sums) + len(scoring.left_out)
    return scoring.sheet.row_count - known


def _sums(done: RecordedItems) -> str:
    compared = [one for one in done.scoring.sums if one.agrees is not None]
    return f"，与表里的{len(compared)}个合计数一致" if compared else ""


def _losses(page: Page, done: RecordedItems) -> None:
    lost = sorted((one for one in done.scoring.taken if one.lost), key=lambda one: -one.lost)
    if not lost:
        return
    columns = (
        PageColumn("失分", "right"),
        PageColumn("得分", "right"),
        PageColumn("分项", wrap=True),
        PageColumn("扣分原因", wrap=True),
    )
    page.table(
        columns,
        [
            (
                words.points(one.lost),
                words.points(one.points),
                one.item.name,
                one.row.text("扣分原因"),
            )
            for one in lost[:_SHOWN]
        ],
    )
    if len(lost) > _SHOWN:
        page.line(f"另有{len(lost) - _SHOWN}个分项失分。")


def _left_out(page: Page, done: RecordedItems) -> None:
    scoring = done.scoring
    for one in scoring.left_out[:_SHOWN]:
        page.line(Text(f"不计：{_place(one)} {one.text}", "dim"))
    if len(scoring.left_out) > _SHOWN:
        page.line(Text(f"另有{len(scoring.left_out) - _SHOWN}行不计", "dim"))
    for sum_row in scoring.sums:
        if sum_row.agrees is None and not done.refused:
            page.line(Text(f"没有核对：{_place(sum_row.row)} {sum_row.row.words}", "dim"))
    if scoring.sheet.other_columns:
        page.line(Text(f"没有用到的列：{'、'.join(scoring.sheet.other_columns)}", "dim"))


def _place(row: LeftOut | ScoreRow) -> str:
    where = f"工作表“{row.sheet}”" if row.sheet else ""
    return f"{where}第{row.line}行"


def _outcome(done: RecordedItems, *, dry_run: bool) -> tuple[Text | str, ...]:
    if done.refused:
        number = len(done.scoring.problems)
        return (Text(f"有{number}处问题，整张表没有记入；改好后再记一次。", "red"),)
    if dry_run:
        return ("这是预演，没有写入。",)
    return (f"score_items.csv 加了{len(done.scoring.taken)}条记录。",)
