"""A county's charts: its issues and its scores over the days, against the milestones' lines.

Plain results in, a drawable chart out (`drawing.svg`, `drawing.png`). Everything
is told apart by shape or dash and not by colour alone, and prints in grey.
Figures in words are cut as everywhere; positions are for the eye and decide nothing.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from duzhan.report import words
from duzhan.report.charts import parts
from duzhan.report.charts.drawing import Chart
from duzhan.report.charts.parts import AMBER, BLUE, GREY, LINE, RED, SHAPES, Scale, Spec, at
from duzhan.requirements import SCORE, asked_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duzhan.compliance.series import BurnUp
    from duzhan.model import County, Milestone, Requirement, Rules, Score

_FOUND, _CLAIMED, _CLOSED, _ASKED = "发现", "已销号加待核验", "已销号", "节点要求销号"
_LINES = {
    _FOUND: (GREY, [1, 0], 1.6),
    _CLAIMED: (AMBER, [2, 3], 2),
    _CLOSED: (BLUE, [1, 0], 3),
    _ASKED: (RED, [9, 4], 1.8),
}
# Of a plot, in pixels of a screen; labels come on top.
_HEIGHT = 190


def burn_up(series: BurnUp) -> Chart:
    """Draw found, claimed and closed issues against the closures that milestones ask for.

    Args:
        series: the county's days, from `compliance.series.burn_ups`.
    """
    top = max([c.total for c in series.counts] + [t.closures for t in series.targets] + [4])
    scale = Scale(0, top * 1.15, _HEIGHT)
    first, lines = series.days[0], [t.milestone.deadline for t in series.targets]
    last = max([series.as_of, first + dt.timedelta(days=1), *lines])
    xy = {
        "x": parts.time_axis(first, last),
        "y": parts.value_axis(scale, "件"),
    }
    targets = [
        {
            "x": at(t.milestone.deadline),
            "y": t.closures,
            "low": scale.low,
            "t": f"{t.milestone.name}{t.requirement.required}\n要求{t.closures}件",
        }
        for t in series.targets
    ]
    ends = [{"x": at(series.as_of), "y": y, "t": t} for y, t in _ends(series, scale)]
    layers = [
        *parts.as_of_line(series.as_of, xy, scale),
        parts.mark(_burn_lines(series), "line", {**xy, **_line_styles()}, interpolate="step-after"),
        *parts.deadlines(targets, xy),
        parts.mark(targets, "point", xy, shape="diamond", size=60, color=RED, fill="white"),
        *parts.label(ends, xy, dx=5, align="left", fontSize=11),
    ]
    title = f"{series.county.name}问题整改进度"
    alt = f"{title}，截至{words.month_day(series.as_of)}：{_burn_words(series)}"
    return Chart(title, alt, parts.chart(title, layers, _HEIGHT))


def _burn_lines(series: BurnUp) -> list[Spec]:
    counted = list(zip(series.days, series.counts, strict=True))
    lines = {
        _FOUND: [(day, counts.total) for day, counts in counted],
        _CLAIMED: [(day, counts.closed + counts.claimed) for day, counts in counted],
        _CLOSED: [(day, counts.closed) for day, counts in counted],
        _ASKED: series.asked,
    }
    return [{"x": at(day), "y": y, "s": name} for name in lines for day, y in lines[name]]


def _ends(series: BurnUp, scale: Scale) -> list[tuple[float, str]]:
    now = series.now
    labels = [(now.closed, f"销号{now.closed}"), (now.total, f"发现{now.total}")]
    if now.claimed:
        labels.insert(1, (now.closed + now.claimed, f"加待核验{now.closed + now.claimed}"))
    return parts.apart(labels, scale.shift(14))


def _burn_words(series: BurnUp) -> str:
    now = series.now
    known = f"发现{now.total}件，已销号{now.closed}件，待核验{now.claimed}件，未整改{now.open}件"
    asked = [
        f"{t.milestone.name}要求{t.requirement.required}，即销号{t.closures}件"
        for t in series.targets
    ]
    return f"{'；'.join([known, *asked])}。"


def _line_styles() -> Spec:
    colours, dashes, widths = (list(style) for style in zip(*_LINES.values(), strict=True))
    legend = {"symbolSize": 900, "symbolType": "stroke"}
    return parts.by_name(_LINES, legend, color=colours, strokeDash=dashes, strokeWidth=widths)


def scores(
    county: County,
    assessed: Sequence[Score],
    rules: Rules,
    as_of: dt.date,
) -> Chart:
    """Draw a county's assessments, by whom, against the points that milestones ask for.

    Args:
        county: whose.
        assessed: of any county and day (`Records.scores`); later ones are left out.
        rules: the campaign, with the lines and who assesses.
        as_of: the last day.
    """
    ours = [s for s in assessed if s.county == county.name and s.day <= as_of]
    by_itself = rules.vocabularies.self_assessors
    dots: list[Spec] = [
        {
            "x": at(s.day),
            "y": float(s.points),
            "s": f"{s.assessor}（不作数）" if s.assessor in by_itself else f"{s.assessor}评",
            "own": s.assessor in by_itself,
            "t": words.points(s.points),
        }
        for s in ours
        if s.points is not None
    ]
    ahead = rules.current_milestone(as_of) or rules.milestones[-1]
    asked = _score_rules(rules, ahead)
    values = [dot["y"] for dot in dots] + [float(rule.threshold or 0) for _, rule in asked]
    scale = _score_scale(values)
    last = max(as_of, ahead.deadline)
    across = Scale(at(rules.start), at(last), parts.WIDTH)
    xy = {
        "x": parts.time_axis(rules.start, last),
        "y": parts.value_axis(scale, "分"),
    }
    layers = [
        *parts.as_of_line(as_of, xy, scale),
        *_score_lines(asked, rules, scale, xy),
        *(_score_dots(dots, xy, across, scale) if dots else ()),
    ]
    title = f"{county.name}{rules.wording.score}"
    alt = f"{title}，截至{words.month_day(as_of)}：{_score_words(ours)}"
    return Chart(title, alt, parts.chart(title, layers, _HEIGHT))


def _score_rules(rules: Rules, last: Milestone) -> list[tuple[Milestone, Requirement]]:
    return [
        (milestone, rule)
        for milestone in rules.milestones
        if milestone.deadline <= last.deadline
        for rule in asked_of(milestone, SCORE)
    ]


def _score_scale(values: Sequence[float]) -> Scale:
    """Room below for the milestones' names, above for the dots' figures."""
    low, high = min(values, default=0), max(values, default=1000)
    room = max(high - low, high * 0.06)
    return Scale(low - room * 0.4, high + room * 0.2, _HEIGHT)


def _score_lines(
    asked: Sequence[tuple[Milestone, Requirement]], rules: Rules, scale: Scale, xy: Spec
) -> list[Spec]:
    """Each milestone's points, from the day after the milestone before to its deadline."""
    starts = [rules.start, *(milestone.deadline for milestone, _ in asked)]
    lines = [
        {
            "x0": at(start),
            "x": at(milestone.deadline),
            "y": float(rule.threshold or 0),
            "low": scale.low,
            "t": f"{milestone.name}\n{rule.required}分",
        }
        for start, (milestone, rule) in zip(starts, asked, strict=False)
    ]
    across = {**xy, "x": {**xy["x"], "field": "x0"}, "x2": {"field": "x"}}
    return [*parts.deadlines(lines, xy), parts.mark(lines, "rule", across, **LINE)]


def _score_dots(dots: Sequence[Spec], xy: Spec, across: Scale, up: Scale) -> list[Spec]:
    """A shape an assessor; a self-assessment is grey and told last."""
    names = {dot["s"]: dot["own"] for dot in sorted(dots, key=lambda dot: bool(dot["own"]))}
    shapes = [SHAPES[place % len(SHAPES)] for place in range(len(names))]
    colours = [GREY if own else BLUE for own in names.values()]
    styles = {**xy, **parts.by_name(names, {"symbolSize": 90}, shape=shapes, color=colours)}
    return [
        parts.mark(dots, "point", styles, size=90, filled=True, opacity=1),
        *parts.label(parts.beside(dots, across, up), xy),
    ]


def _score_words(ours: Sequence[Score]) -> str:
    said = [
        f"{words.month_day(s.day)}{s.assessor.removesuffix('评')}评"
        + ("，读不出分数" if s.points is None else f"{words.points(s.points)}分")
        for s in sorted(ours, key=lambda s: s.day)
    ]
    return f"{'；'.join(said)}。" if said else "还没有评估。"
