"""What is wrong with a template, in one line that names file, line and remedy."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from jinja2.exceptions import (
    SecurityError,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
)
from jinja2.runtime import StrictUndefined
from jinja2.utils import missing

from duzhan.errors import DuzhanError
from duzhan.report.templates.limits import TooMuchError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_TAG = r"(?:Encountered unknown tag|Unknown tag) '([^']*)'"
_SYNTAX = (
    (re.compile(_TAG), "没有“{0}”这个标签"),
    (re.compile(r"Unexpected end of template.*innermost block .* is '(.*)'"), "“{0}”没有结束"),
    (re.compile(r"[Uu]nexpected end of template"), "没有写完"),
    (re.compile(r"No filter named '([^']*)'"), "没有“{0}”这个过滤器"),
    (re.compile(r"No test named '([^']*)'"), "没有“{0}”这个判断"),
    (re.compile(r"unexpected char '(.)'"), "不认识的符号“{0}”，代码里的标点要用半角"),
    (re.compile(r"expected token 'end of print statement', got '(.*)'"), "“{0}”前缺少 }}}}"),
    (re.compile(r"expected token 'end of statement block', got '(.*)'"), "“{0}”前缺少 %}}"),
    (re.compile(r"expected token '(.*)', got '(.*)'"), "“{1}”处应为“{0}”"),
    (re.compile(r"unexpected '(.*)'"), "“{0}”写在这里不对"),
    (re.compile(r"Missing end of (\w+)"), "{0} 没有结束"),
)


class ExplainedUndefined(StrictUndefined):
    """Something that is not there: any use of it is an error, in words."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        name = self._undefined_name
        if self._undefined_obj is missing:
            return f"没有“{name}”这个变量"
        names = _names_of(self._undefined_obj)
        return f"{_kind(self._undefined_obj)}没有“{name}”这一项{_nearest(str(name), names)}"


def _kind(value: object) -> str:
    if isinstance(value, dict):
        return "这组值"
    return "这个列表" if isinstance(value, list | tuple) else f"{type(value).__name__} "


def _names_of(value: object) -> list[str]:
    if isinstance(value, dict):
        return [str(key) for key in value]
    return [name for name in dir(value) if not name.startswith("_")]


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    return f"，是否为“{near[0]}”？" if near else ""


def line_number(line: int) -> str:
    """Name a line of a text file."""
    return f"第{line}行"


def explain(
    error: Exception,
    name: str,
    places: Mapping[str, str],
    names: Iterable[str],
    where: Callable[[int], str] = line_number,
) -> DuzhanError:
    """Say what is wrong with a template.

    Args:
        error: what Jinja, or the template's own calculation, raised.
        name: the template that was rendered.
        places: file of a template to the name by which users know it.
        names: the variables that there are.
        where: names a line of the template that was rendered; others are text files.
    """
    own = places.get(name, name)
    if isinstance(error, TemplateSyntaxError):
        file = places.get(error.filename or "", error.name or name)
        reason, line = _syntax(error.message or ""), error.lineno
    else:
        inside, at = _place(error, places)
        file, line, reason = inside or own, at or 0, _reason(error, names)
    place = (where if file == own else line_number)(line) if line else ""
    return DuzhanError(f"模板 {file} {place}：{reason}".replace(" ：", "："))


def _place(error: BaseException, places: Mapping[str, str]) -> tuple[str | None, int | None]:
    """The innermost place in a template that an error passed through."""
    found: tuple[str | None, int | None] = (None, None)
    trace = error.__traceback__
    while trace is not None:
        file = places.get(trace.tb_frame.f_code.co_filename)
        if file is not None:
            found = (file, trace.tb_lineno)
        trace = trace.tb_next
    return found


def _syntax(message: str) -> str:
    for pattern, words in _SYNTAX:
        if match := pattern.search(message):
            return words.format(*match.groups())
    return f"写法不对（{message}）"


_REASONS = (
    (TooMuchError, "{0}"),
    (SecurityError, "{0}"),
    (TemplateNotFound, "找不到所引用的模板“{0}”"),
    (RecursionError, "一层套一层没有尽头，请检查 include、宏是否引用了自己"),
    (MemoryError, "占用的内存太多，请检查循环"),
    (ZeroDivisionError, "除数为 0"),
)


def _reason(error: Exception, names: Iterable[str]) -> str:
    text = " ".join(str(error).split())
    if isinstance(error, UndefinedError):
        unknown = re.fullmatch(r"没有“(.*)”这个变量", text)
        return text + (_nearest(unknown[1], names) if unknown else "")
    for kind, words in _REASONS:
        if isinstance(error, kind):
            return words.format(text)
    return f"这里算不出来（{type(error).__name__}：{text}）"
