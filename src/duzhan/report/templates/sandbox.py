"""Where templates run: no file, no other part of the program, and an end to everything.

Whoever edits a template may make a mistake, and the report of eight counties
must neither hang nor fill the memory for it. Jinja's sandbox keeps templates
from the program's insides; here they are also kept from what takes too long or
grows too large: loops are counted, operators looked at before they calculate,
pieces of text measured as they are put together.
"""

from __future__ import annotations

import datetime as dt
import time
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.runtime import Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from duzhan.model import plain_number
from duzhan.report.templates import limits
from duzhan.report.words import NONE
from duzhan.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jinja2.runtime import Context

# Seconds of work: a report of a whole prefecture takes a twentieth of one.
SECONDS = 3.0
# Each so many counties may put out as much again as any template.
_COUNTIES_AS_MUCH = 500
COUNTIES_A_SECOND = 100


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

# Names that no template can write.
_COUNTED, _JOINED = "counted loop", "joined text"


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox with an end to everything.

    From one call of `begin` on, templates may work `SECONDS` of processor time
    and put out `limits.CHARACTERS` characters.
    """

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - Jinja's options
        super().__init__(finalize=self._put_out, optimized=False, **options)
        del self.globals["lipsum"]
        self.globals["range"] = limits.bounded_range
        self.filters = {
            **{name: FILTERS[name] for name in _ALLOWED},
            **{name: limits.text_only(FILTERS[name]) for name in _ON_TEXT},
            **limits.FILTERS,
            _COUNTED: self._counted,
            _JOINED: limits.joined,
        }
        self._steps = 0
        self.begin()

    def begin(self, counties: int = 0) -> None:
        """Start to count anew.

        Args:
            counties: how many the variables tell of: a nation's take longer than a prefecture's.
        """
        self.seconds = SECONDS + counties // COUNTIES_A_SECOND
        self._until = time.thread_time() + self.seconds
        # A table of so many counties is long by right.
        self.characters = limits.CHARACTERS * (1 + counties // _COUNTIES_AS_MUCH)
        self._left = self.characters

    def step(self, characters: int = 0) -> None:
        """Count one step of a template, and the characters that it puts out.

        Raises:
            TooMuchError: it is one too many.
        """
        self._left -= characters
        if self._left < 0:
            raise limits.TooMuchError(f"输出超过{self.characters // 10_000}万字，请检查循环")
        self._steps += 1
        if self._steps % 64 == 0 and time.thread_time() > self._until:
            raise limits.TooMuchError(f"{self.seconds:.0f}秒还没有算完，请检查循环")

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
            self.step(limits.fits(len(value)))
            value = value if hasattr(value, "__html__") else visible(value)
        elif value is None:
            value = NONE
        elif isinstance(value, bool):
            value = "是" if value else "否"
        elif isinstance(value, Fraction):
            value = plain_number(value)
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
            limits.narrow_enough(left)
            for each in right if isinstance(right, tuple) else (right,):
                limits.scalar(each)
        elif operator == "**":
            limits.small_power(left, right)
        elif operator == "*":
            limits.small_product(left, right)
        elif operator == "+" and limits.has_length(left) and limits.has_length(right):
            limits.fits(len(left) + len(right), left)
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
