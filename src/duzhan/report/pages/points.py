"""Points by item on a county's page of `duzhan status`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from duzhan.report import words
from duzhan.report.pages.page import PageColumn
from duzhan.report.words import items as said

if TYPE_CHECKING:
    from duzhan.compliance.points import CountyPoints, ItemPoints
    from duzhan.report.pages.page import Page

SHOWN = 12


def add_points(page: Page, told: CountyPoints) -> None:
    """Where points were lost, most first, what reaches the line, what changed.

    Args:
        page: of the county.
        told: its latest assessment item by item.
    """
    page.heading("失分在哪里")
    for sentence in points_sentences(told):
        page.line(sentence)
    columns, rows = _columns(told), points_table(told)["rows"]
    if rows:
        page.table(columns, [tuple(row) for row in rows[:SHOWN]])
    if len(rows) > SHOWN:
        page.line(f"另有{len(rows) - SHOWN}个分项失分。")


def points_sentences(told: CountyPoints) -> list[str]:
    """What was lost in all, what reaches the line, what changed, what each category lost."""
    categories = _by_category(told)
    return [*said.sentences(told), *([categories] if categories else [])]


def _by_category(told: CountyPoints) -> str:
    losing = [one for one in told.categories if one.lost]
    if not losing or len(told.categories) == len(told.items):
        return ""
    lost = "、".join(f"{one.name}{words.points(one.lost)}分" for one in losing)
    return f"按类别失分：{lost}。"


def points_table(told: CountyPoints) -> dict[str, list[Any]]:
    """The items that lost points, most first: `columns` (titles) and `rows` (cells)."""
    linked = any(one.issues for one in told.items)
    rows = [_row(one, moved=told.previous is not None, linked=linked) for one in told.losing]
    return {"columns": [one.title for one in _columns(told)], "rows": rows}


def _columns(told: CountyPoints) -> tuple[PageColumn, ...]:
    linked = any(one.issues for one in told.items)
    return (
        PageColumn("失分", "right"),
        PageColumn("得分/满分", "right"),
        *([PageColumn("比上次", "right")] if told.previous else []),
        PageColumn("分项", wrap=True),
        PageColumn("扣分原因", wrap=True),
        *([PageColumn("未销号问题")] if linked else []),
    )


def _row(one: ItemPoints, *, moved: bool, linked: bool) -> list[str]:
    return [
        words.points(one.lost),
        f"{words.points(one.points)}/{words.points(one.item.full)}",
        *([said.signed(one.change)] if moved else []),
        one.item.name,
        one.why or words.NONE,
        *([said.issue_cell(one.issues)] if linked else []),
    ]
