"""How large what a template makes may become, and the filters that could make it larger."""

from __future__ import annotations

import datetime as dt
import functools
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from jinja2 import pass_environment, pass_eval_context
from jinja2.exceptions import TemplateRuntimeError
from jinja2.filters import FILTERS as JINJA
from jinja2.filters import make_attrgetter
from jinja2.runtime import Undefined, markup_join, str_join

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jinja2 import Environment
    from jinja2.nodes import EvalContext

# Characters that a template may put out, and that any piece of text may have.
CHARACTERS = 10_000_000
# Items of a list or a range.
ITEMS = 200_000
_BITS = 256
_PLACES = 20

_WIDTH = re.compile(r"%(?:\([^)]*\))?[-+ #0]*(\*|\d*)(?:\.(\*|\d*))?")


class TooMuchError(TemplateRuntimeError):
    """A template takes too long, or makes something too large."""


def has_length(value: object) -> bool:
    """Whether it is text, or a list that can be joined to another."""
    return isinstance(value, str | list | tuple)


def fits(size: int, like: object = "") -> int:
    """Let a size through that text, or such a list, may have.

    Raises:
        TooMuchError: it is too large.
    """
    limit, unit = (CHARACTERS, "字") if isinstance(like, str) else (ITEMS, "项")
    if size > limit:
        raise TooMuchError(f"拼出的内容超过{limit // 10_000}万{unit}")
    return size


def small_product(left: Any, right: Any) -> None:  # noqa: ANN401 - any values of a template
    """Refuse a product that would be too large."""
    for value, times in ((left, right), (right, left)):
        if has_length(value) and isinstance(times, int):
            fits(len(value) * max(times, 0), value)
    if isinstance(left, int) and isinstance(right, int):
        _few_bits(left.bit_length() + right.bit_length())


def small_power(left: Any, right: Any) -> None:  # noqa: ANN401 - any values of a template
    """Refuse a power that would be too large."""
    if isinstance(left, int | Fraction) and isinstance(right, int | Fraction):
        size = max(left.numerator.bit_length(), left.denominator.bit_length())
        _few_bits(size * abs(int(right)))


def _few_bits(bits: int) -> None:
    if bits > _BITS:
        raise TooMuchError("算出的数太大")


def narrow_enough(pattern: str) -> None:
    """Widths of a %-pattern: '%999999999d' would fill the memory."""
    sizes = [size for pair in _WIDTH.findall(pattern) for size in pair if size]
    if "*" in sizes:
        raise TooMuchError("格式的宽度要写成数字")
    fits(sum(int(size[:9]) for size in sizes))


def bounded_range(*args: int) -> range:
    """Count up to `ITEMS` numbers."""
    numbers = range(*args)
    fits(len(numbers), [])
    return numbers


# ---------------------------------------------------------------- filters that could grow


def scalar(value: Any) -> Any:  # noqa: ANN401 - any value of a template
    """Let through what is short as text: a list of long texts is not."""
    if value is None or isinstance(value, str | int | float | Fraction | dt.date | Undefined):
        return value
    if hasattr(value, "__html__"):
        return value
    raise TypeError(f"{type(value).__name__} 不能直接当作文字")


def text_only(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that takes no list for text."""

    @functools.wraps(function)
    def filtered(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - any filter
        scalar(args[1] if hasattr(function, "jinja_pass_arg") else args[0])
        return function(*args, **kwargs)

    return filtered


@pass_eval_context
def joined(eval_ctx: EvalContext, parts: list[Any]) -> str:
    """Put pieces of text together (``~``)."""
    fits(sum(len(str(scalar(part))) for part in parts))
    return markup_join(parts) if eval_ctx.autoescape else str_join(parts)


@pass_eval_context
def _join(
    eval_ctx: EvalContext, value: Iterable[Any], d: str = "", attribute: str | None = None
) -> str:
    items = list(value)
    if attribute is not None:
        items = [make_attrgetter(eval_ctx.environment, attribute)(item) for item in items]
    fits(sum(len(str(scalar(item))) for item in items) + len(d) * len(items))
    joined: str = JINJA["join"](eval_ctx, items, d)
    return joined


@pass_eval_context
def _replace(eval_ctx: EvalContext, s: str, old: str, new: str, count: int | None = None) -> str:
    text = str(scalar(s))
    times = (text.count(old) if old else len(text) + 1) if count is None else count
    fits(len(text) + times * len(new))
    replaced: str = JINJA["replace"](eval_ctx, s, old, new, count)
    return replaced


@pass_environment
def _sum(environment: Environment, value: Iterable[Any], attribute: str | None = None) -> Any:  # noqa: ANN401
    items = list(value)
    if attribute is not None:
        items = [make_attrgetter(environment, attribute)(item) for item in items]
    if any(not isinstance(item, int | float | Fraction | Undefined) for item in items):
        raise TypeError("sum 只能加数字")
    return sum(items)


def _round(value: float, precision: int = 0) -> float:
    if abs(precision) > _PLACES:
        raise TooMuchError("round 的位数太大")
    return round(value, precision)


def _format(value: str, *args: Any, **kwargs: Any) -> str:  # noqa: ANN401 - any values
    narrow_enough(value)
    for each in (*args, *kwargs.values()):
        scalar(each)
    formatted: str = JINJA["format"](value, *args, **kwargs)
    return formatted


FILTERS = {
    "format": _format,
    "join": _join,
    "replace": _replace,
    "round": _round,
    "sum": _sum,
}
