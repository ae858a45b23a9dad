"""The prefecture's charts: all counties beside the current milestone's line, rate and score.

Last week's figure stands hollow beside this week's filled one, so that who
moved is seen without colour.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from duzhan.report import words
from duzhan.report.charts import parts
from duzhan.report.charts.drawing import Chart
from duzhan.report.charts.parts import BLUE, GREY, LINE, RED, Spec
from duzhan.requirements import RATE, SCORE, asked_of, judged_of, kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duzhan.compliance.results import CountyStatus, Overview
    from duzhan.model import Requirement, Wording
    from duzhan.requirements.results import Rate

# What a dot takes beside a label, and the room between them.
_GAP = 28
# More counties than these make no readable picture.
SHOWN = 24


class _Axis(NamedTuple):
    unit: str
    factor: int
    row: int
    key: str


class _Row(NamedTuple):
    """A county's dots and its figure in words."""

    county: str
    now: float | None
    before: float | None
    label: str


def rates(now: Overview, before: Overview | None, wording: Wording, *, row: int = 20) -> Chart:
    """Draw the counties' rectification rates, last week's beside this week's, and the line.

    Args:
        now: all counties; rows stand in its order, of many the first `SHOWN`.
        before: the same for last week's Sunday, None if there is none.
        wording: what the campaign calls its things.
        row: height of a county's row, in pixels of a screen.
    """
    earlier = {s.county.code: s.rate for s in before.counties} if before else {}
    rows = [
        _Row(
            status.county.name,
            _share(status.rate),
            _share(earlier.get(status.county.code)),
            _rate_label(status),
        )
        for status in now.counties[:SHOWN]
    ]
    rule = _rule(now, RATE)
    key = f"实心：截至{words.month_day(now.as_of)}"
    if before is not None:
        key += f"；空心：截至{words.month_day(before.as_of)}"
    axis = _Axis("%", 100, row, key)
    return _dots(f"各{wording.unit}{wording.rate}{_cut(now)}", now, rows, rule, axis)


def points(now: Overview, wording: Wording, *, row: int = 20) -> Chart:
    """Draw what counts towards the current milestone's score, else the latest assessment, hollow.

    Args:
        now: all counties; rows stand in its order, of many the first `SHOWN`.
        wording: what the campaign calls its things.
        row: height of a county's row, in pixels of a screen.
    """
    rows = []
    for status in now.counties[:SHOWN]:
        counted, latest = _counted(status, now), status.score
        value = None if latest is None or latest.points is None else float(latest.points)
        rows.append(
            _Row(
                status.county.name,
                None if counted is None else float(counted),
                value if counted is None else None,
                _points_label(status, counted),
            )
        )
    rule = _rule(now, SCORE)
    key = f"实心：计入本节点；空心：本节点还没有评估，为最近一次{wording.score_short}"
    axis = _Axis("分", 1, row, key)
    return _dots(f"各{wording.unit}{wording.score}{_cut(now)}", now, rows, rule, axis)


def _cut(now: Overview) -> str:
    many = len(now.counties)
    return f"（列出{SHOWN}个，共{many}个）" if many > SHOWN else ""


def _rule(now: Overview, kind: str) -> Requirement | None:
    return next(iter(asked_of(now.current, kind)), None)


def _share(rate: Rate | None) -> float | None:
    return None if rate is None else float(rate.value * 100)


def _rate_label(status: CountyStatus) -> str:
    if status.counts is None:
        return "无数据"
    rate = status.rate
    if rate is None:
        return "无问题"
    return f"{words.percent(rate)}（{rate.numerator}/{rate.denominator}）"


def _counted(status: CountyStatus, now: Overview) -> Fraction | None:
    for result in status.milestones:
        if now.current is not None and result.milestone.id == now.current.id:
            for judged in judged_of(result.requirements, SCORE):
                if isinstance(judged.actual, Fraction):
                    return judged.actual
    return None


def _points_label(status: CountyStatus, counted: Fraction | None) -> str:
    latest = status.score
    if counted is not None:
        return f"{words.points(counted)}分"
    if latest is None:
        return "未评估"
    value = "读不出分数" if latest.points is None else f"{words.points(latest.points)}分"
    return f"本节点未评（{words.month_day(latest.day)}{latest.assessor}{value}）"


def _dots(
    title: str, now: Overview, rows: Sequence[_Row], rule: Requirement | None, axis: _Axis
) -> Chart:
    """A row a county: hollow and filled dots, the figure beside them, the line through all."""
    line = None if rule is None else float(rule.threshold or 0) * axis.factor
    encoding = {"x": _values(rows, line, axis), "y": _names(rows)}
    filled = [{"c": one.county, "x": one.now} for one in rows if one.now is not None]
    hollow = [{"c": one.county, "x": one.before} for one in rows if one.before is not None]
    moved = [
        {"c": one.county, "x": one.before, "x2": one.now}
        for one in rows
        if one.now is not None and one.before is not None
    ]
    left, right = (
        parts.text_width(one.county for one in rows),
        parts.text_width(one.label for one in rows),
    )
    sides = left + _GAP, right + _GAP
    beside = {"x": {"value": parts.TOTAL - sum(sides) + 10}, "y": encoding["y"]}
    layers = [
        parts.mark(moved, "rule", {**encoding, "x2": {"field": "x2"}}, color=GREY, strokeWidth=2),
        parts.mark(hollow, "point", encoding, size=80, color=GREY, fill="white", strokeWidth=1.6),
        parts.mark(filled, "point", encoding, size=110, color=BLUE, filled=True, opacity=1),
        *parts.label([{"c": one.county, "t": one.label} for one in rows], beside, align="left"),
    ]
    if rule is not None and now.current is not None:
        name = f"{now.current.name}{rule.required}{kind_of(rule).unit}"
        above = {"x": encoding["x"], "y": {"value": 0}}
        layers = [
            parts.mark([{"x": line}], "rule", {"x": encoding["x"]}, **LINE),
            *layers,
            *parts.label([{"x": line, "t": name}], above, dy=-9, color=RED),
        ]
    alt = "；".join(f"{one.county}{one.label}" for one in rows)
    height = axis.row * max(len(rows), 1)
    spec = parts.chart(title, layers, height, subtitle=axis.key, sides=sides)
    return Chart(title, f"{title}，截至{words.month_day(now.as_of)}：{alt}。", spec)


def _values(rows: Sequence[_Row], line: float | None, axis: _Axis) -> Spec:
    """Values across: what there is, with some room; not from zero, since dots are not bars."""
    known = [v for one in rows for v in (one.now, one.before, line) if v is not None]
    low, high = min(known, default=0), max(known, default=100)
    margin = max((high - low) * 0.08, high / 100)
    top = high + margin if axis.unit != "%" else min(high + margin, 100)
    return {
        "field": "x",
        "type": "quantitative",
        "scale": {
            "domain": [max(low - margin, 0), top],
            "nice": False,
            "zero": False,
        },
        "axis": {"title": None, "labelExpr": f"datum.label + '{axis.unit}'", "tickCount": 6},
    }


def _names(rows: Sequence[_Row]) -> Spec:
    return {
        "field": "c",
        "type": "nominal",
        "sort": [one.county for one in rows],
        "axis": {
            "title": None,
            "ticks": False,
            "labelPadding": 12,
            "domain": False,
            "grid": True,
            "tickBand": "center",
        },
    }
