"""A chart becomes SVG or PNG, without a browser; or one sentence says what is missing.

The extra `charts` brings the drawing engine. An SVG keeps its text as text, so
that the reader's own fonts show it. A PNG is painted here: without a Chinese
font every character of it would be a box, so none is painted then.
"""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from duzhan.errors import DuzhanError

NO_ENGINE = '没有画图：未安装图表组件，请运行 pip install "duzhan[charts]" 后重新生成'
NO_FONT = (
    "没有画图：这台电脑上没有中文字体，请安装一种后重新生成"
    "（Debian、Ubuntu：apt install fonts-noto-cjk；Fedora、openEuler："
    "dnf install google-noto-sans-cjk-fonts；Windows、macOS 自带，无须安装）"
)
FONTS = (
    "'Noto Sans CJK SC', 'Source Han Sans SC', 'Microsoft YaHei', 'PingFang SC', "
    "'Hiragino Sans GB', 'WenQuanYi Micro Hei', SimHei, sans-serif"
)

# A picture is printed 156 mm wide: 2.5 pixels for one of the screen give 265 dots an inch.
PNG_SCALE = 2.5

_PROBE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48">'
    '<text x="4" y="38" font-size="36" font-family="{fonts}">{letter}</text></svg>'
)


@dataclass(frozen=True, slots=True)
class Chart:
    """What is to be drawn.

    Attributes:
        title: what it shows.
        alt: the same in words, with its figures, for those who cannot see it.
        spec: a Vega-Lite specification, data included.
    """

    title: str
    alt: str
    spec: dict[str, Any]


class NotDrawnError(DuzhanError):
    """No chart can be drawn here; the text is one sentence that may stand in its place."""


def why_no_svg() -> str | None:
    """Say in one sentence why no SVG can be made here; None if it can."""
    return NO_ENGINE if _engine() is None else None


def why_no_png() -> str | None:
    """Say in one sentence why no PNG can be made here; None if it can."""
    engine = _engine()
    if engine is None:
        return NO_ENGINE
    return None if _paints_chinese(engine) else NO_FONT


def svg(chart: Chart) -> str:
    """Draw an SVG: self-contained, without ids, named for screen readers; same chart, same text.

    Raises:
        NotDrawnError: the extra `charts` is not installed.
    """
    if _engine() is None:
        raise NotDrawnError(NO_ENGINE)
    name = f'<svg role="img" aria-label="{html.escape(chart.alt)}" '
    return _drawn(json.dumps(chart.spec)).replace("<svg ", name, 1)


def png(chart: Chart) -> bytes:
    """Paint a PNG fit for print; same chart and same fonts, same bytes.

    Raises:
        NotDrawnError: the extra `charts` or a Chinese font is missing.
    """
    missing = why_no_png()
    if missing:
        raise NotDrawnError(missing)
    painted: bytes = _engine().svg_to_png(_drawn(json.dumps(chart.spec)), scale=PNG_SCALE)
    return painted


@lru_cache(maxsize=64)
def _drawn(spec: str) -> str:
    """Draw once for HTML and Word: working a chart out takes as long as painting it."""
    drawn: str = _engine().vegalite_to_svg(spec)
    return drawn


@cache
def _engine() -> Any:  # noqa: ANN401 - a module without types, or None
    try:
        import vl_convert  # noqa: PLC0415 - optional
    except ImportError:
        return None
    return vl_convert


@cache
def _paints_chinese(engine: Any) -> bool:  # noqa: ANN401
    """Ask the engine itself: without a font that has them, all characters look the same."""
    seen = {
        engine.svg_to_png(_PROBE.format(fonts=FONTS, letter=letter))
        for letter in ("督", "战", "县")
    }
    return len(seen) == 3
