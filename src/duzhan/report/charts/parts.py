"""What all charts share: axes, marks, the line of the as-of day, labels that do not collide."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

from duzhan import widths
from duzhan.report import words
from duzhan.report.charts.drawing import FONTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Spec = dict[str, Any]

# Every chart is as wide as every other, labels and all, so that all have letters of one size.
TOTAL = 640
# What axis and labels of a chart over time take beside its plot.
_LEFT, _RIGHT = 50, 60
WIDTH = TOTAL - _LEFT - _RIGHT
INK, GREY, RED, BLUE, AMBER = "#222222", "#8a8a8a", "#b3202a", "#16497a", "#b9770e"
# Half a Chinese character of a label.
_LETTER = 6.2
# How every line that a milestone draws looks.
LINE: Spec = {"color": RED, "strokeDash": [9, 4], "strokeWidth": 1.8}
SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "triangle-left")


class Scale(NamedTuple):
    """What values an axis of so many pixels spans."""

    low: float
    high: float
    pixels: int

    def shift(self, pixels: float) -> float:
        """Give so many pixels as a difference of values."""
        return (self.high - self.low) * pixels / self.pixels


def at(day: dt.date) -> int:
    """A day on the time axis: milliseconds, as UTC, whatever the host's time zone."""
    midnight = dt.datetime.combine(day, dt.time(), dt.UTC)
    return int(midnight.timestamp()) * 1000


def chart(
    title: str,
    layers: Sequence[Spec],
    height: int,
    *,
    subtitle: str = "",
    sides: tuple[int, int] = (_LEFT, _RIGHT),
) -> Spec:
    """A whole specification, in the house's fonts and greys.

    Args:
        title: above the plot.
        layers: what is drawn.
        height: of the plot, in pixels of a screen.
        subtitle: below the title.
        sides: what stands left and right of the plot takes so much.
    """
    left, right = sides
    width = TOTAL - left - right
    heading = {"text": title, "anchor": "middle", "fontSize": 15, "color": INK, "offset": 12}
    if subtitle:
        heading |= {"subtitle": subtitle, "subtitleFontSize": 12, "subtitlePadding": 5}
    return {
        "title": heading,
        "width": width,
        "height": height,
        "layer": [_ground(-left, width + right), *layers],
        "config": {
            "font": FONTS,
            "background": "white",
            "aria": False,
            "view": {"stroke": None},
            "axis": {
                "labelFontSize": 12,
                "titleFontSize": 12,
                "titleFontWeight": "normal",
                "gridColor": "#e4e4e4",
                "domainColor": GREY,
                "tickColor": GREY,
                "labelColor": INK,
                "titleColor": INK,
            },
            "legend": {"labelFontSize": 12, "labelColor": INK, "columnPadding": 14},
        },
    }


def _ground(left: int, right: int) -> Spec:
    """Something unseen from edge to edge: a picture is as wide as what is in it."""
    across = {"x": {"value": left}, "x2": {"value": right}, "y": {"value": 0}, "y2": {"value": 1}}
    return mark([{}], "rect", across, opacity=0)


def text_width(texts: Iterable[str]) -> int:
    """Pixels that the longest of some labels takes."""
    return round(max(map(widths.width, texts), default=0) * _LETTER)


def time_axis(first: dt.date, last: dt.date) -> Spec:
    """Days across, with a tick where each month begins."""
    months = [
        dt.date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in range(1, 13)
        if first <= dt.date(year, month, 1) <= last
    ]
    ticks = (
        [at(day) for day in dict.fromkeys([first, *months])] if months else [at(first), at(last)]
    )
    return {
        "field": "x",
        "type": "temporal",
        "scale": {"type": "utc", "domain": [at(first), at(last)], "nice": False},
        "axis": {
            "title": None,
            "values": ticks,
            "format": "%-m月%-d日",
            "grid": False,
            "labelFlush": False,
        },
    }


def value_axis(scale: Scale, title: str) -> Spec:
    """Values upwards, as whole numbers."""
    return {
        "field": "y",
        "type": "quantitative",
        "scale": {"domain": [scale.low, scale.high], "nice": False, "zero": False},
        "axis": {
            "title": title,
            "titleAngle": 0,
            "titleAlign": "left",
            "titleAnchor": "end",
            "titleX": -28,
            "titleY": -10,
            "format": "d",
            "tickMinStep": 1,
            "tickCount": 6,
        },
    }


def mark(
    values: Iterable[Spec],
    kind: str,
    encoding: Spec,
    *,
    text: str | None = None,
    **style: Any,  # noqa: ANN401 - Vega-Lite's own
) -> Spec:
    """A layer with its own data; `text` names the field that a label shows."""
    shown = {"text": {"field": text, "type": "nominal"}} if text else {}
    return {
        "data": {"values": list(values)},
        "mark": {"type": kind, **style},
        "encoding": {**encoding, **shown},
    }


def by_name(names: Iterable[str], legend: Spec, **looks: Sequence[Any]) -> Spec:
    """Tell marks apart by the name in their field `s`, with one legend for all their looks.

    Args:
        names: in the legend's order.
        legend: its own properties.
        looks: what differs (colour, shape, dash, …), a value for each name.
    """
    shown = {"title": None, "orient": "top", **legend}
    domain = list(names)
    return {
        look: {
            "field": "s",
            "type": "nominal",
            "scale": {"domain": domain, "range": list(values)},
            "legend": shown,
        }
        for look, values in looks.items()
    }


def label(values: Iterable[Spec], encoding: Spec, **style: Any) -> list[Spec]:  # noqa: ANN401
    """Layers of text (field `t`) that stays readable across lines and grids."""
    values = list(values)
    look = {"fontSize": 12, "color": INK, "lineBreak": "\n", **style}
    halo = {**look, "stroke": "white", "strokeWidth": 4, "strokeJoin": "round", "opacity": 0.9}
    return [mark(values, "text", encoding, text="t", **how) for how in (halo, look)]


def as_of_line(day: dt.date, xy: Spec, scale: Scale) -> list[Spec]:
    """An upright line at the as-of day, named above the plot."""
    where = [{"x": at(day), "y": scale.low, "y2": scale.high}]
    name = [{"x": at(day), "y": scale.high, "t": f"截至{words.month_day(day)}"}]
    return [
        mark(where, "rule", {**xy, "y2": {"field": "y2"}}, color=GREY, strokeWidth=1),
        *label(name, xy, dy=-7),
    ]


def deadlines(lines: Sequence[Spec], xy: Spec) -> list[Spec]:
    """From each milestone's line (`x`, `y`) a dotted one down to `low`, named (`t`) at its foot.

    The name stands to the right, where curves are high already; the last one to the left.
    """
    foot = {**xy, "y": {**xy["y"], "field": "low"}}
    look = {"baseline": "line-bottom", "dy": -18, "fontSize": 11, "color": RED}
    last = max((line["x"] for line in lines), default=0)
    before, at_end = ([one for one in lines if (one["x"] == last) is end] for end in (False, True))
    return [
        mark(lines, "rule", {**xy, "y2": {"field": "low"}}, color=RED, strokeDash=[1, 3]),
        *label(before, foot, align="left", dx=4, **look),
        *label(at_end, foot, align="right", dx=-4, **look),
    ]


def beside(dots: Sequence[Spec], across: Scale, up: Scale) -> list[Spec]:
    """Move labels (`x`, `y`, `t`) off their dots, each to the first place that nobody takes.

    Args:
        dots: in values of the axes.
        across: the axis of `x`.
        up: the axis of `y`.
    """
    taken = [_Box.around(dot["x"], dot["y"], 10, 10, across, up) for dot in dots]
    placed = []
    for dot in dots:
        size = text_width([dot["t"]]), 13
        places = [
            (dot["x"] + across.shift(x * (size[0] / 2 + 9)), dot["y"] + up.shift(y))
            for x, y in _PLACES
        ]
        boxes = [_Box.around(x, y, *size, across, up) for x, y in places]
        free = (at for at, box in enumerate(boxes) if not any(map(box.meets, taken)))
        chosen = next(free, 0)
        taken.append(boxes[chosen])
        placed.append({**dot, "x": places[chosen][0], "y": places[chosen][1]})
    return placed


# Above, below, left, right, farther: in half widths of the label, and pixels upwards.
_PLACES = ((0, 14), (0, -14), (-1, 0), (1, 0), (-1, 14), (1, -14), (0, 28), (0, -28))


class _Box(NamedTuple):
    """What a mark covers, in values of the axes."""

    left: float
    right: float
    low: float
    high: float

    @classmethod
    def around(
        cls, x: float, y: float, width: float, height: float, across: Scale, up: Scale
    ) -> _Box:
        """Give the box of so many pixels around a place."""
        half, tall = across.shift(width / 2), up.shift(height / 2)
        return cls(x - half, x + half, y - tall, y + tall)

    def meets(self, other: _Box) -> bool:
        """Whether both cover the same place."""
        return not (
            self.left > other.right
            or other.left > self.right
            or self.low > other.high
            or other.low > self.high
        )


def apart(values: Sequence[tuple[float, str]], gap: float) -> list[tuple[float, str]]:
    """Push labels upwards until they stand a gap apart; equal ones keep their order."""
    placed: list[tuple[float, str]] = []
    for value, text in sorted(values, key=lambda pair: pair[0]):
        low = placed[-1][0] + gap if placed else value
        placed.append((max(value, low), text))
    return placed
