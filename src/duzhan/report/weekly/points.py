"""Where points were lost, in the weekly report's section 距下一节点: only where items are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.report import words
from duzhan.report.weekly.tables import Part, grid
from duzhan.report.words import items as said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duzhan.compliance.points import CountyPoints, FewestItems, ItemPoints
    from duzhan.compliance.week_report import WeekReport

# So many items of a county are listed, and named in the prefecture's table.
SHOWN, _NAMED = 10, 3


def points(report: WeekReport) -> list[Part]:
    """Sentences and a table; nothing where no assessment is known item by item."""
    if report.county is None:
        return _overview(report)
    return [part for told in report.points for part in _county(told)]


def _overview(report: WeekReport) -> list[Part]:
    if not report.points:
        return []
    reaching = [one.fewest for one in report.points if one.fewest and one.fewest.reaches]
    wording, milestone = report.wording, report.milestone
    begin = f"{wording.score_short}失在哪些分项，按各{wording.unit}最近一次逐项的评估列出"
    rows = [_row(one) for one in report.points]
    columns = f"{wording.unit} 评估+ 得分> 失分> 失分最多的分项+ 最少补齐 对应未销号问题+"
    if all(plan.issues is None for plan in reaching):
        columns, rows = columns.rpartition(" ")[0], [row[:-1] for row in rows]
    table = grid("失分最多的分项", columns, rows)
    more = ""
    if reaching and milestone is not None:
        line = f"{milestone.name}{words.points(reaching[0].line)}分"
        more = f"；“最少补齐”是从失分最多的补起，达到{line}最少要补齐的项数和可增加的分数"
    return [f"{begin}{more}。", table]


def _row(told: CountyPoints) -> tuple[str, ...]:
    score, plan = told.score, told.fewest
    return (
        told.county.name,
        said.assessed(score).removesuffix("评估"),
        words.points(score.points) if score.points is not None else "有误",
        words.points(told.lost),
        "、".join(f"{one.item.name}{words.points(one.lost)}分" for one in told.losing[:_NAMED])
        or words.NONE,
        _least(plan),
        words.NONE if plan is None else said.issue_cell(plan.issues),
    )


def _least(plan: FewestItems | None) -> str:
    if plan is None:
        return words.NONE
    return f"{len(plan.items)}项（{words.points(plan.gain)}分）" if plan.reaches else "仍达不到"


def _county(told: CountyPoints) -> list[Part]:
    losing = told.losing
    table = _table(losing[:SHOWN], told)
    more = f"另有{len(losing) - SHOWN}个分项失分。" if len(losing) > SHOWN else ""
    return ["".join(said.sentences(told)), *([table] if losing else []), *([more] if more else [])]


def _table(losing: Sequence[ItemPoints], told: CountyPoints) -> Part:
    """The items, most lost first; a column that would hold nothing is left out."""
    moved, linked = told.previous is not None, any(one.issues for one in losing)
    reasons = any(one.why for one in losing)
    columns = [
        "分项+", "得分/满分>", "失分>",
        *(["比上次>"] if moved else []),
        *(["扣分原因+"] if reasons else []),
        *(["未销号问题+"] if linked else []),
    ]  # fmt: skip
    rows = [
        (
            one.item.name,
            f"{words.points(one.points)}/{words.points(one.item.full)}",
            words.points(one.lost),
            *([said.signed(one.change)] if moved else []),
            *([one.why or words.NONE] if reasons else []),
            *([said.issue_cell(one.issues)] if linked else []),
        )
        for one in losing
    ]
    return grid("失分的分项", " ".join(columns), rows)
