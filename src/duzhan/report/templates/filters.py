"""What templates can say: filters and functions for figures, dates and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from duzhan.report import words
from duzhan.report.templates.limits import scalar
from duzhan.visible import visible
from duzhan.weeks import week_id
from duzhan.widths import pad, width

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from duzhan.model import Light, State

_DIGITS = "零一二三四五六七八九"
_WIDEST = 200


def light(value: Light) -> str:
    """A light by word and shape, such as ■红."""
    return words.LIGHTS[value]


def light_word(value: Light) -> str:
    """A light by its word, such as 红."""
    return words.LIGHTS[value][1]


def state(value: State) -> str:
    """Where an issue stands, such as 待核验."""
    return words.STATES[value]


def numeral(value: int) -> str:
    """A number up to 99 in Chinese, as headings and issue numbers have it: 十二."""
    if not 0 <= value <= 99:
        return str(value)
    tens, ones = divmod(value, 10)
    if not tens:
        return _DIGITS[ones]
    return f"{_DIGITS[tens] if tens > 1 else ''}十{_DIGITS[ones] if ones else ''}"


def listed(items: Iterable[object], shown: int = 5, unit: str = "个") -> str:
    """Items with 、 between them; of more than `shown` the first ones and 等N个."""
    every = [str(scalar(item)) for item in items]
    if len(every) <= shown:
        return "、".join(every)
    return f"{'、'.join(every[:shown])}等{len(every)}{unit}"


def one_line(text: object) -> str:
    """Text without line breaks, as a table's cell needs it."""
    return " ".join(visible(str(scalar(text))).split())


def tight(text: object) -> str:
    """A sentence without spaces between characters and figures."""
    return words.tight(str(scalar(text)))


def cell(value: object) -> str:
    """Text that no Markdown table takes for its own marks."""
    text = words.NONE if value is None else one_line(value)
    for mark in ("\\", "|", "*", "_", "`", "[", "]", "<", "~"):
        text = text.replace(mark, f"\\{mark}")
    return text


def fill(text: object, columns: int, align: str = "left") -> str:
    """Text filled up with spaces; Chinese characters are two columns wide."""
    return pad(one_line(text), min(columns, _WIDEST), align)


def text_table(header: Sequence[object], rows: Iterable[Sequence[object]], align: str = "") -> str:
    """A table for a fixed-width font.

    Args:
        header: titles.
        rows: cells.
        align: one letter a column, r for those that stand right.
    """
    lines = [[one_line(words.NONE if c is None else c) for c in row] for row in (header, *rows)]
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
    sides = ["right" if mark == "r" else "left" for mark in align.ljust(len(widths), "l")]

    def line(cells: Sequence[str]) -> str:
        return "  ".join(map(pad, cells, widths, sides)).rstrip()

    rule = "  ".join("-" * columns for columns in widths)
    return "\n".join([line(lines[0]), rule, *map(line, lines[1:])])


FILTERS: dict[str, Callable[..., Any]] = {
    "actual": words.actual,
    "cell": cell,
    "fill": fill,
    "full_date": words.full_date,
    "light": light,
    "light_word": light_word,
    "listed": listed,
    "month_day": words.month_day,
    "numeral": numeral,
    "one_line": one_line,
    "percent": words.percent,
    "points": words.points,
    "required": words.required,
    "state": state,
    "tight": tight,
    "verdict": words.verdict,
    "week_id": week_id,
}
GLOBALS: dict[str, Callable[..., Any]] = {"text_table": text_table}
