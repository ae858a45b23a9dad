"""Points by item as JSON: what a scoring sheet said, and where points were lost."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from duzhan.model import plain_number

if TYPE_CHECKING:
    from fractions import Fraction

    from duzhan.compliance.points import (
        CategoryPoints,
        CountyPoints,
        FewestItems,
        ItemPoints,
        LinkedIssues,
    )
    from duzhan.model import Item, Score
    from duzhan.register.item_scoring import ItemRow, SumRow
    from duzhan.register.recorded_items import RecordedItems
    from duzhan.report.json import Json


def recorded(done: RecordedItems) -> Json:
    """`record score --items --json`: every row of the sheet and every item of the standard."""
    scoring, key = done.scoring, done.key
    return {
        "file": scoring.sheet.file,
        "county": key.county,
        "date": key.day.isoformat(),
        "assessor": key.assessor,
        "milestone": key.milestone,
        "recorded": done.recorded,
        "rows": scoring.sheet.row_count,
        "total": None if done.refused else _number(scoring.total),
        "full": _number(scoring.full),
        "items": [_taken(one) for one in scoring.taken],
        "sums": [_sum(one) for one in scoring.sums],
        "left_out": [asdict(one) for one in scoring.left_out],
        "other_columns": list(scoring.sheet.other_columns),
        "problems": [asdict(problem) for problem in scoring.problems],
        "conflicts": list(done.conflicts),
    }


def _taken(one: ItemRow) -> Json:
    return {
        **_of_standard(one.item),
        "points": _number(one.points),
        "lost": _number(one.lost),
        "sheet": one.row.sheet,
        "line": one.row.line,
    }


def _of_standard(item: Item) -> Json:
    return {
        "id": item.id,
        "name": item.name,
        "category": item.category or None,
        "full": _number(item.full),
    }


def _sum(one: SumRow) -> Json:
    return {
        "sheet": one.row.sheet,
        "line": one.row.line,
        "text": one.row.words,
        "points": _number(one.points),
        "agrees": one.agrees,
    }


def _number(value: Fraction | None) -> int | float | None:
    return None if value is None else plain_number(value)


# ---------------------------------------------------------------- where points were lost


def lost(told: CountyPoints) -> Json:
    """`points` of a county in `status --json`: its latest assessment item by item."""
    return {
        "assessment": _assessment(told.score),
        "previous": None if told.previous is None else _assessment(told.previous),
        "latest": told.is_latest,
        "full": _number(told.full),
        "lost": _number(told.lost),
        "categories": [_category(one) for one in told.categories],
        "items": [_item(one) for one in told.items],
        "fewest": None if told.fewest is None else _fewest(told.fewest),
    }


def _assessment(score: Score) -> Json:
    return {
        "date": score.day.isoformat(),
        "assessor": score.assessor,
        "milestone": score.milestone,
        "value": _number(score.points),
    }


def _category(one: CategoryPoints) -> Json:
    return {
        "name": one.name,
        "full": _number(one.full),
        "points": _number(one.points),
        "lost": _number(one.lost),
        "before": _number(one.before),
    }


def _item(one: ItemPoints) -> Json:
    return {
        **_of_standard(one.item),
        "points": _number(one.points),
        "lost": _number(one.lost),
        "before": _number(one.before),
        "change": _number(one.change),
        "reason": one.why or None,
        "issues": _issues(one.issues),
    }


def _fewest(plan: FewestItems) -> Json:
    return {
        "milestone": plan.milestone.id,
        "line": _number(plan.line),
        "wanted": _number(plan.wanted),
        "gain": _number(plan.gain),
        "reaches": plan.reaches,
        "items": [one.item.id for one in plan.items],
        "issues": _issues(plan.issues),
    }


def _issues(issues: LinkedIssues | None) -> Json | None:
    return None if issues is None else {**asdict(issues), "unsettled": issues.unsettled}
