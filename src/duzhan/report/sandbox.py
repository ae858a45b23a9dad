"""Where templates run: no file, no other part of the program, and an end to everything.

Whoever edits a template may make a mistake, and the report of eight counties
must neither hang nor fill the memory for it. Jinja's sandbox keeps templates
from the program's insides; here they are also kept from what takes too long or
grows too large: loops are counted, operators looked at before they calculate,
pieces of text measured as they are put together.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import time
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from jinja2 import nodes, pass_environment, pass_eval_context
from jinja2.exceptions import SecurityError, TemplateRuntimeError
from jinja2.filters import FILTERS, make_attrgetter
from jinja2.runtime import Undefined, markup_join, str_join
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from duzhan.report.words import NONE, number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jinja2 import Environment
    from jinja2.nodes import EvalContext
    from jinja2.runtime import Context

# Seconds of work: a report of a whole prefecture takes a twentieth of one.
SECONDS = 3.0
# Characters that a template may put out, and that any piece of text may have.
CHARACTERS = 10_000_000
# Items of a list or a range.
ITEMS = 200_000
_BITS = 256
_PLACES = 20


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Jinja's own filters that may be used. Left out are those that differ from one
# rendering to the next (random) and those that only serve to make text long.
_ALLOWED = _words("""
    abs count d default dictsort first float groupby int items last length list map max min reject
    rejectattr reverse safe select selectattr sort unique
""")
# Those that make text of their value: a list of long texts would be one huge text.
_ON_TEXT = _words("capitalize e escape lower string striptags title trim truncate upper wordcount")

# What text and dates can do; everything else is done by filters.
_TEXT = _words("""
    capitalize count endswith find index isalnum isalpha isascii isdecimal isdigit isspace lower
    lstrip partition removeprefix removesuffix rfind rpartition rsplit rstrip split splitlines
    startswith strip title upper
""")
_DATE = _words("day isocalendar isoformat isoweekday month strftime weekday year")
_WIDTH = re.compile(r"%(?:\([^)]*\))?[-+ #0]*(\*|\d*)(?:\.(\*|\d*))?")

# Names that no template can write.
_COUNTED, _JOINED = "counted loop", "joined text"


class TooMuchError(TemplateRuntimeError):
    """A template takes too long, or makes something too large."""


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox with an end to everything.

    From one call of `begin` on, templates may work `SECONDS` of processor time
    and put out `CHARACTERS` characters.
    """

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - Jinja's options
        super().__init__(finalize=self._put_out, optimized=False, **options)
        del self.globals["lipsum"]
        self.globals["range"] = _bounded_range
        self.filters = {
            **{name: FILTERS[name] for name in _ALLOWED},
            **{name: text_only(FILTERS[name]) for name in _ON_TEXT},
            "format": _format,
            "join": _join,
            "replace": _replace,
            "round": _round,
            "sum": _sum,
            _COUNTED: self._counted,
            _JOINED: _joined,
        }
        self._steps = 0
        self.begin()

    def begin(self) -> None:
        """Start to count anew."""
        self._until = time.thread_time() + SECONDS
        self._left = CHARACTERS

    def step(self, characters: int = 0) -> None:
        """Count one step of a template, and the characters that it puts out.

        Raises:
            TooMuchError: it is one too many.
        """
        self._left -= characters
        if self._left < 0:
            raise TooMuchError(f"输出超过{CHARACTERS // 10_000}万字，请检查循环")
        self._steps += 1
        if self._steps % 64 == 0 and time.thread_time() > self._until:
            raise TooMuchError(f"{SECONDS:.0f}秒还没有算完，请检查循环")

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:  # noqa: ANN401
        code: str = super()._generate(_Counting(self).visit(source), *args, **kwargs)
        return code

    def _counted(self, items: Iterable[Any], characters: int) -> Iterator[Any]:
        """Go through the items of a loop whose body holds so much fixed text."""
        for item in items:
            self.step(characters)
            yield item

    def _put_out(self, value: Any) -> Any:  # noqa: ANN401 - any value of a template
        """What ``{{ value }}`` writes: text and plain values, never a program's object."""
        if isinstance(value, str):
            self.step(_fits(len(value)))
        elif value is None:
            value = NONE
        elif isinstance(value, bool):
            value = "是" if value else "否"
        elif isinstance(value, Fraction):
            value = number(value)
        elif not isinstance(value, int | float | dt.date | Undefined):
            self.step()
            # Pieces of a document that know how to write themselves.
            if not hasattr(value, "__html__"):
                raise TypeError(f"{type(value).__name__} 不能直接写出，请写出它的某一项")
        return value

    # ------------------------------------------------------------ what is looked at before

    def wrap_str_format(self, value: Any) -> None:  # noqa: ANN401 - any value of a template
        """`str.format` is none of what text can do here."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ANN401
        """Whether a template may see it: of text and numbers only what cannot grow."""
        if isinstance(obj, str):
            return attr in _TEXT
        if isinstance(obj, dt.date):
            return attr in _DATE
        if isinstance(obj, int | float | Fraction | bytes):
            return attr in ("numerator", "denominator")
        return super().is_safe_attribute(obj, attr, value)

    def unsafe_undefined(self, obj: Any, attribute: str) -> Undefined:  # noqa: ANN401
        """What stands for something that a template may not see."""
        hint = f"模板不能用 {type(obj).__name__} 的“{attribute}”"
        return self.undefined(hint, name=attribute, obj=obj, exc=SecurityError)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Call a macro, a function or a method."""
        self.step()
        return super().call(context, obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401
        """Calculate, if the result cannot be too large."""
        if operator == "%" and isinstance(left, str):
            _narrow_enough(left)
            for each in right if isinstance(right, tuple) else (right,):
                scalar(each)
        elif operator == "**":
            _small_power(left, right)
        elif operator == "*":
            _small_product(left, right)
        elif operator == "+" and _has_length(left) and _has_length(right):
            _fits(len(left) + len(right), left)
        return super().call_binop(context, operator, left, right)


class _Counting(NodeTransformer):
    """Puts the counters into a parsed template."""

    def __init__(self, environment: Sandbox) -> None:
        self._environment = environment

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802 - Jinja's name
        fixed = sum(len(data.data) for part in node.body for data in _fixed(part))
        self.generic_visit(node)
        node.iter = self._filter(node.iter, _COUNTED, [nodes.Const(fixed)])
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:  # noqa: N802 - Jinja's name
        self.generic_visit(node)
        return self._filter(nodes.List(node.nodes, lineno=node.lineno), _JOINED, [])

    def _filter(self, value: nodes.Node, name: str, args: list[nodes.Expr]) -> nodes.Filter:
        made = nodes.Filter(value, name, args, [], None, None)
        made.set_lineno(value.lineno, override=False)
        made.set_environment(self._environment)
        return made


def _fixed(part: nodes.Node) -> Iterable[nodes.TemplateData]:
    return [part] if isinstance(part, nodes.TemplateData) else part.find_all(nodes.TemplateData)


# ---------------------------------------------------------------- bounds


def _has_length(value: object) -> bool:
    return isinstance(value, str | list | tuple)


def _fits(size: int, like: object = "") -> int:
    limit, unit = (CHARACTERS, "字") if isinstance(like, str) else (ITEMS, "项")
    if size > limit:
        raise TooMuchError(f"拼出的内容超过{limit // 10_000}万{unit}")
    return size


def _small_product(left: Any, right: Any) -> None:  # noqa: ANN401 - any values of a template
    for value, times in ((left, right), (right, left)):
        if _has_length(value) and isinstance(times, int):
            _fits(len(value) * max(times, 0), value)
    if isinstance(left, int) and isinstance(right, int):
        _few_bits(left.bit_length() + right.bit_length())


def _small_power(left: Any, right: Any) -> None:  # noqa: ANN401 - any values of a template
    if isinstance(left, int | Fraction) and isinstance(right, int | Fraction):
        size = max(left.numerator.bit_length(), left.denominator.bit_length())
        _few_bits(size * abs(int(right)))


def _few_bits(bits: int) -> None:
    if bits > _BITS:
        raise TooMuchError("算出的数太大")


def _narrow_enough(pattern: str) -> None:
    """Widths of a %-pattern: '%999999999d' would fill the memory."""
    sizes = [size for pair in _WIDTH.findall(pattern) for size in pair if size]
    if "*" in sizes:
        raise TooMuchError("格式的宽度要写成数字")
    _fits(sum(int(size[:9]) for size in sizes))


def _bounded_range(*args: int) -> range:
    """Count up to `ITEMS` numbers."""
    numbers = range(*args)
    _fits(len(numbers), [])
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
def _joined(eval_ctx: EvalContext, parts: list[Any]) -> str:
    """Put pieces of text together (``~``)."""
    _fits(sum(len(str(scalar(part))) for part in parts))
    return markup_join(parts) if eval_ctx.autoescape else str_join(parts)


@pass_eval_context
def _join(
    eval_ctx: EvalContext, value: Iterable[Any], d: str = "", attribute: str | None = None
) -> str:
    items = list(value)
    if attribute is not None:
        items = [make_attrgetter(eval_ctx.environment, attribute)(item) for item in items]
    _fits(sum(len(str(scalar(item))) for item in items) + len(d) * len(items))
    joined: str = FILTERS["join"](eval_ctx, items, d)
    return joined


@pass_eval_context
def _replace(eval_ctx: EvalContext, s: str, old: str, new: str, count: int | None = None) -> str:
    text = str(scalar(s))
    times = (text.count(old) if old else len(text) + 1) if count is None else count
    _fits(len(text) + times * len(new))
    replaced: str = FILTERS["replace"](eval_ctx, s, old, new, count)
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
    _narrow_enough(value)
    for each in (*args, *kwargs.values()):
        scalar(each)
    formatted: str = FILTERS["format"](value, *args, **kwargs)
    return formatted


__all__ = ["CHARACTERS", "ITEMS", "SECONDS", "Sandbox", "TooMuchError"]
