"""Assessments item by item (SPEC section 4): which are whole, and how they go with the totals."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from duzhan import columns as col
from duzhan.dataset.record_cells import read_points, read_rows, words_of
from duzhan.intake.text import shorten, squash
from duzhan.model import ItemScore, Problem, Score, plain_number

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from fractions import Fraction
    from pathlib import Path

    from duzhan.dataset.record_cells import Context, Row
    from duzhan.model import Item, Rules, Standard

_ITEM, _POINTS, _WHY, _TOTAL = "分项", "得分", "扣分原因", "总分"


class Key(NamedTuple):
    """What tells one assessment from another."""

    day: dt.date
    county: str
    assessor: str
    milestone: str | None


@dataclass(frozen=True, slots=True)
class AssessmentWords:
    """How an assessment is named: assessors and milestones, as people write them."""

    assessors: Mapping[str, str]
    milestones: Mapping[str, str]

    @classmethod
    def of(cls, rules: Rules) -> AssessmentWords:
        """Those of a campaign."""
        milestones = {squash(one.id): one.id for one in rules.milestones}
        return cls(words_of(rules.vocabularies.assessors), milestones)

    def key(self, row: Row) -> Key:
        """Which assessment a row is about; a row that cannot say is reported."""
        day, county = row.day("日期"), row.county()
        if row.required("评估方"):
            row.word("评估方", dict(self.assessors), fatal=True)
        assessor = self.assessors.get(squash(row.text("评估方")), "")
        milestone = row.word("考核节点", dict(self.milestones), fatal=False)
        return Key(day, county, assessor, milestone)


class ListedTotal(NamedTuple):
    """A total of scores.csv and its line."""

    score: Score
    line: int

    @property
    def key(self) -> Key:
        """Which assessment it is."""
        score = self.score
        return Key(score.day, score.county, score.assessor, score.milestone)


@dataclass(frozen=True, slots=True)
class Assessment:
    """An assessment of score_items.csv.

    Attributes:
        line: of its first row.
        items: what was got for each item that could be read, in the standard's order.
        total: the sum; None if an item is missing, stands there twice or cannot be.
    """

    key: Key
    line: int
    items: tuple[ItemScore, ...]
    total: Fraction | None


class _Got(NamedTuple):
    key: Key
    line: int
    item: Item | None
    points: Fraction | None
    why: str


# ---------------------------------------------------------------- reading


def read_assessments(root: Path, context: Context, words: AssessmentWords) -> list[Assessment]:
    """Read the items, and put those of one assessment together.

    Args:
        root: the dataset's folder.
        context: how to read, and where problems go.
        words: how assessments are named.
    """
    standard = context.rules.standard
    if standard is None:
        _refuse_without_standard(root, context)
        return []
    names = _names(standard)
    rows = read_rows(root, context, col.SCORE_ITEMS, lambda row: _got(row, words, names))
    together: dict[Key, list[_Got]] = {}
    for row in rows:
        together.setdefault(row.key, []).append(row)
    return [_assessment(key, got, standard, context) for key, got in together.items()]


def _refuse_without_standard(root: Path, context: Context) -> None:
    """Items without a standard add up to nothing that anybody could check."""
    if read_rows(root, context, col.SCORE_ITEMS, lambda row: row):
        message = "有分项得分而没有 standard.yaml，无从核对，都不计；请补上评分标准的分项"
        context.problems.append(
            Problem("error", col.SCORE_ITEMS, None, None, None, "missing-standard", message)
        )


def _names(standard: Standard) -> dict[str, list[Item]]:
    """What a cell of 分项 may hold: an item's name or its id."""
    names: dict[str, list[Item]] = {}
    for item in standard.items:
        for name in {squash(item.name), squash(item.id)}:
            names.setdefault(name, []).append(item)
    return names


def _got(row: Row, words: AssessmentWords, names: Mapping[str, list[Item]]) -> _Got:
    key = words.key(row)
    text = row.text(_ITEM)
    fitting = [i for i in names.get(squash(text), ()) if i.applies(key.assessor, key.day)]
    item = fitting[0] if fitting else None
    if row.usable and item is None:
        message = f"“{shorten(text)}”不是这次评估的分项" if text else "没有写分项"
        code = "unknown-value" if text else "missing-value"
        row.problem(_ITEM, code, f"{message}，整次评估的总分按读不出来处理", fatal=False)
    return _Got(key, row.line, item, _item_points(row, item), row.text(_WHY))


def _item_points(row: Row, item: Item | None) -> Fraction | None:
    """The points; None if they cannot be read or cannot be, which is reported."""
    if item is None or not row.usable:
        return None
    value = row.text(_POINTS)
    points = read_points(value)
    if points is not None and points <= item.full:
        return points
    message = f"“{shorten(value)}”应是 0 至 {plain_number(item.full)} 的数字"
    code = "bad-number" if value else "missing-value"
    row.problem(_POINTS, code, f"{message}，整次评估的总分按读不出来处理", fatal=False)
    return None


def _assessment(key: Key, got: Sequence[_Got], standard: Standard, context: Context) -> Assessment:
    """Put the rows of one assessment together; report what is missing or stands there twice."""
    asked = standard.items_of(key.assessor, key.day)
    times = Counter(one.item for one in got if one.item is not None)
    missing = [item.name for item in asked if not times[item]]
    doubled = [item.name for item in asked if times[item] > 1]
    whole = not missing and not doubled
    for names, code, words in (
        (missing, "missing-value", "缺少分项"),
        (doubled, "duplicate-value", "分项重复"),
    ):
        if names:
            message = f"{key.day} {key.county} {key.assessor}的评估{words}：{'、'.join(names)}"
            context.problems.append(
                Problem("error", col.SCORE_ITEMS, got[0].line, _ITEM, None, code, message)
            )
    known = {one.item: one for one in got if one.item is not None}
    items = tuple(
        ItemScore(item, known[item].points, known[item].why) for item in asked if item in known
    )
    points = [one.points for one in got]
    readable = [one for one in points if one is not None]
    total = sum(readable, start=0 * standard.items[0].full) if whole else None
    return Assessment(key, got[0].line, items, total if len(readable) == len(points) else None)


# ---------------------------------------------------------------- with the totals


def with_items(
    totals: Sequence[ListedTotal], assessments: Sequence[Assessment], context: Context
) -> tuple[Score, ...]:
    """Put assessments item by item behind the totals; of one known both ways the smaller counts.

    Args:
        totals: scores.csv, in its order.
        assessments: score_items.csv, in the order of first appearance.
        context: where problems go.
    """
    itemised = {assessment.key: assessment for assessment in assessments}
    scores = [_agreed(listed, itemised.get(listed.key), context) for listed in totals]
    known = {listed.key for listed in totals}
    new = [one for one in assessments if one.key not in known]
    _report_conflicts(totals, new, context)
    low, high = context.rules.score_range or (0, 0)
    for one in new:
        fits = one.total is not None and low <= one.total <= high
        scores.append(
            Score(
                one.key.day, one.key.county, one.key.assessor, one.total if fits else None,
                one.key.milestone, one.items,
            )
        )  # fmt: skip
    return tuple(scores)


def _agreed(listed: ListedTotal, assessment: Assessment | None, context: Context) -> Score:
    """The total, or the sum of its items where that is smaller, which is reported."""
    if assessment is None:
        return listed.score
    score = replace(listed.score, items=assessment.items)
    total, points = assessment.total, score.points
    if total is None or total == points:
        return score
    told = "读不出来" if points is None else f"为 {plain_number(points)} 分"
    message = (
        f"{score.day} {score.county} {score.assessor}的总分{told}，分项合计"
        f" {plain_number(total)} 分，暂按较低的计，请核对"
    )
    for file, line, column in (
        (col.SCORES, listed.line, _TOTAL),
        (col.SCORE_ITEMS, assessment.line, _POINTS),
    ):
        context.problems.append(
            Problem("error", file, line, column, None, "score-mismatch", message)
        )
    return replace(score, points=None if points is None else min(points, total))


def _report_conflicts(
    totals: Sequence[ListedTotal], new: Sequence[Assessment], context: Context
) -> None:
    """Two assessments by one assessor for one county and day must not differ."""
    told: dict[tuple[dt.date, str, str], list[tuple[str, int, Fraction | None]]] = {}
    for listed in totals:
        told.setdefault(listed.key[:3], []).append((col.SCORES, listed.line, listed.score.points))
    for one in new:
        told.setdefault(one.key[:3], []).append((col.SCORE_ITEMS, one.line, one.total))
    for (day, county, assessor), entries in told.items():
        if len({points for _, _, points in entries}) < 2:
            continue
        shown = "、".join(
            "读不出来" if points is None else f"{plain_number(points)} 分"
            for _, _, points in entries
        )
        message = (
            f"{day} {county} {assessor}的评估有 {len(entries)} 次，总分不同（{shown}），请核对"
        )
        for file, line, _ in entries:
            column = _TOTAL if file == col.SCORES else _POINTS
            context.problems.append(
                Problem("error", file, line, column, None, "score-conflict", message)
            )
