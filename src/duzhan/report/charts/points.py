"""Charts of points by category: what was lost, and how the shares moved between two assessments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.report import words
from duzhan.report.charts import parts
from duzhan.report.charts.drawing import Chart
from duzhan.report.charts.parts import BLUE, GREY, INK, RED, Scale, Spec
from duzhan.report.words.items import assessed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from duzhan.compliance.points import CategoryPoints, CountyPoints

# More rows make no readable picture.
SHOWN = 12
_ROW = 20
# Between a name or figure and what it stands beside.
_GAP = 16


def lost_points(told: CountyPoints, *, row: int = _ROW) -> Chart | None:
    """Draw a bar a category, as long as the points lost; None if nothing was lost.

    Args:
        told: a county's latest assessment item by item.
        row: height of a category's row, in pixels of a screen.
    """
    every = [one for one in told.categories if one.lost]
    losing = every[:SHOWN]
    if not losing:
        return None
    title = f"{told.county.name}各类别失分{_cut(every)}"
    values = [
        {
            "c": one.name,
            "x": float(one.lost or 0),
            "t": f"{words.points(one.lost)}（共{words.points(one.full)}）",
        }
        for one in losing
    ]
    top = float(max(one.lost or 0 for one in losing))
    xy = {"x": _across(top), "y": _names([one.name for one in losing])}
    layers = [
        parts.mark(values, "bar", xy, color=BLUE, height=row * 0.6),
        *parts.label(values, xy, dx=6, align="left"),
    ]
    alt = "；".join(f"{one.name}失{words.points(one.lost)}分" for one in losing)
    sides = parts.text_width(one.name for one in losing) + _GAP, _GAP
    subtitle = f"{assessed(told.score)}，分"
    spec = parts.chart(title, layers, row * len(losing), subtitle=subtitle, sides=sides)
    return Chart(title, f"{title}，{assessed(told.score)}：{alt}。", spec)


def _cut(every: Sequence[object]) -> str:
    return f"（列出{SHOWN}类，共{len(every)}类）" if len(every) > SHOWN else ""


def _across(top: float) -> Spec:
    return {
        "field": "x",
        "type": "quantitative",
        # Room for the figures behind the bars.
        "scale": {"domain": [0, top * 1.35], "nice": False},
        "axis": {"title": None, "tickCount": 5, "tickMinStep": 1, "format": "d"},
    }


def _names(names: Sequence[str]) -> Spec:
    axis = {"title": None, "ticks": False, "domain": False, "labelLimit": 240}
    return {"field": "c", "type": "nominal", "sort": list(names), "axis": axis}


def slope(told: CountyPoints, *, height: int = 260) -> Chart | None:
    """Draw each category's share of its full mark, then and now; None without two assessments.

    Falling lines are dashed, so that they are told apart in grey as well.

    Args:
        told: a county's latest assessment item by item.
        height: of the plot, in pixels of a screen.
    """
    before = told.previous
    every = [one for one in told.categories if one.before is not None and one.points is not None]
    known = every[:SHOWN]
    if before is None or not known:
        return None
    title = f"{told.county.name}各类别得分率的变化{_cut(every)}"
    shares = [_share(value, one) for one in known for value in (one.before, one.points)]
    low, high = min(shares), max(shares)
    room = max((high - low) * 0.12, 2)
    scale = Scale(low - room, high + room, height)
    ends = (assessed(before), assessed(told.score))
    layers = [
        *(_line(one, ends, scale) for one in known),
        *_side(known, ends[0], scale, then=True),
        *_side(known, ends[1], scale, then=False),
    ]
    alt = "；".join(
        f"{one.name}{_percent(_share(one.before, one))}至{_percent(_share(one.points, one))}"
        for one in known
    )
    names = parts.text_width(f"{one.name} 100.0%" for one in known)
    sides = parts.text_width(ends), max(names, parts.text_width(ends)) + _GAP
    subtitle = "得分占分值的比例；虚线为下降"
    spec = parts.chart(title, layers, height, subtitle=subtitle, sides=sides)
    return Chart(title, f"{title}，{ends[0]}至{ends[1]}：{alt}。", spec)


def _share(points: Fraction | None, one: CategoryPoints) -> float:
    return 100 * float((points or 0) / one.full)


def _percent(share: float) -> str:
    """With one decimal, cut."""
    return f"{int(share * 10 + 1e-9) / 10:.1f}%"


def _encoding(ends: Sequence[str], scale: Scale) -> Spec:
    axis = {"title": None, "labelAngle": 0, "domain": False, "ticks": False, "orient": "top"}
    y = {"type": "quantitative", "axis": None, "scale": {"domain": [scale.low, scale.high]}}
    return {
        "x": {
            "field": "x",
            "type": "nominal",
            "sort": list(ends),
            "scale": {"type": "point", "padding": 0, "domain": list(ends)},
            "axis": axis,
        },
        "y": {"field": "y", **y},
    }


def _line(one: CategoryPoints, ends: Sequence[str], scale: Scale) -> Spec:
    then, now = _share(one.before, one), _share(one.points, one)
    values = [{"x": ends[0], "y": then}, {"x": ends[1], "y": now}]
    fell = now < then
    return parts.mark(
        values,
        "line",
        _encoding(ends, scale),
        point={"size": 50, "color": RED if fell else BLUE},
        color=RED if fell else BLUE if now > then else GREY,
        strokeDash=[6, 4] if fell else [1, 0],
        strokeWidth=2,
    )


def _side(known: Sequence[CategoryPoints], end: str, scale: Scale, *, then: bool) -> list[Spec]:
    """Figures beside the points of one assessment, pushed apart; names stand on the right."""
    labels = [
        (share, _percent(share) if then else f"{one.name} {_percent(share)}")
        for one in known
        for share in (_share(one.before if then else one.points, one),)
    ]
    values = [{"x": end, "y": y, "t": t} for y, t in parts.apart(labels, scale.shift(15))]
    encoding = _encoding([end], scale)
    del encoding["x"]["scale"], encoding["x"]["sort"]
    beside = {"dx": -8, "align": "right"} if then else {"dx": 8, "align": "left"}
    return parts.label(values, encoding, fontSize=11, color=INK, **beside)
