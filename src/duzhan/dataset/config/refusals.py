"""Every value of a document that is refused, in words and with its line."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from duzhan import values
from duzhan.dataset.config import keys, roster_keys, standard_keys
from duzhan.dataset.config.document import ROBOTS
from duzhan.dataset.config.models import held, model_of
from duzhan.requirements import KINDS
from duzhan.shapes import Below, ByKind, Each, FileKeys, FreeKeys, Maybe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

    from duzhan.dataset.config.document import Document, Path
    from duzhan.shapes import Shape

Keys = TypeVar("Keys", bound=FileKeys)

# Stands for what must not be shown.
_HIDDEN = "…"
# What a description gives as an example, and the day that messages give as one.
_EXAMPLE = re.compile("，如 [^；]*")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_EXAMPLE_DAY = "2021-06-30"
_TYPES = {
    "string_type": "应为文字",
    "list_type": "应为列表，每行一个“- ”",
    "dict_type": "应为一组“键: 值”",
    "model_type": "应为一组“键: 值”",
    "model_attributes_type": "应为一组“键: 值”",
}
_PATTERNS = {
    values.CODE_PATTERN: "应为六位数字的行政区划代码，如 450123",
    values.NAME_PATTERN: "不能含有 / \\ : * ? 等不能作文件名的字符",
    values.VARIABLE_PATTERN: "应为环境变量的名字，如 DUZHAN_ROBOT_EAST；地址和密钥不写在这里",
    values.ELSEWHERE_PATTERN: "应为文件的路径；地址和密钥不写在这里",
    values.LINE_PATTERN: "不能含有换行或控制字符",
}


def look_into(document: Document, whole: type[Keys]) -> Keys | None:
    """Report everything that is refused; give what the document says if that is nothing.

    Args:
        document: a loaded file.
        whole: the keys of the whole file.
    """
    try:
        model = model_of(whole).model_validate(document.data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _report(document, detail, whole)
        return None
    return held(model, whole)


def _report(document: Document, detail: ErrorDetails, whole: type[FileKeys]) -> None:
    path = _key_path(detail["loc"])
    kind, context = detail["type"], detail.get("ctx", {})
    value = _HIDDEN if ROBOTS in path else document.get(path)
    if kind == "extra_forbidden":
        document.report(path, "unknown-key", _unknown(str(path[-1])), at_key=True)
    elif kind in {"missing", "union_tag_not_found"}:
        path = path if kind == "missing" else (*path, "kind")
        message = f"缺少“{path[-1]}”{_meaning(document, whole, path)}"
        document.report(path, "missing-key", message)
    elif kind in {"literal_error", "union_tag_invalid"}:
        path = path if kind == "literal_error" else (*path, "kind")
        expected = str(context.get("expected") or context.get("expected_tags", ""))
        words = expected.replace("'", "").replace(" or ", "、").replace(", ", "、")
        document.report(
            path, "bad-value", f"{values.kind_of(document.get(path))}不认识，应为：{words}"
        )
    elif value is None and kind in _TYPES:
        document.report(path, "missing-value", f"不能空着{_meaning(document, whole, path)}")
    else:
        code, message = _refusal(kind, context, value, detail["msg"])
        document.report(path, code, _fitted(document, path, message))


def _refusal(kind: str, context: dict[str, Any], value: object, message: str) -> tuple[str, str]:
    """Code and message for a value of the wrong kind or form."""
    shown = values.kind_of(value)
    if kind in _TYPES:
        return "bad-type", f"{_TYPES[kind]}，现为{shown}"
    if kind == "string_pattern_mismatch":
        return "bad-value", f"{shown}{_PATTERNS.get(context['pattern'], '写法不对')}"
    if kind in {"too_short", "string_too_short"}:
        return "missing-value", "不能空着，至少要有一项"
    if kind == "greater_than_equal":
        return "bad-number", f"{shown}不能小于 {context['ge']}"
    return kind, message


def _key_path(location: tuple[int | str, ...]) -> Path:
    """Drop the tags that pydantic puts into the path of a requirement."""
    path: list[str | int] = []
    for part in location:
        tagged = len(path) > 1 and path[-2] == "requirements" and part in KINDS
        if not tagged:
            path.append(part)
    return tuple(path)


def _known() -> set[str]:
    """The keys of all files."""
    of_files = (
        value
        for module in (roster_keys, keys, standard_keys)
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, FileKeys)
    )
    of_kinds = (kind.keys for kind in KINDS.values())
    return {name for one in (*of_files, *of_kinds) for name in one.declared}


def _unknown(key: str) -> str:
    known = _known()
    near = difflib.get_close_matches(key, sorted(known), 1)
    return f"没有“{key}”这个键" + (f"，是不是“{near[0]}”？" if near else "，请删去")


def _meaning(document: Document, whole: type[FileKeys], path: Path) -> str:
    """What a key is for, with an example; from the same file if it has one."""
    told = _description(whole, path)
    alike = _alike(document, path)
    if alike:
        plain = _EXAMPLE.sub("", told, count=1)
        told = f"{plain}{'，' if plain else ''}如本文件里的“{alike}”"
    return f"（{_fitted(document, path, told)}）" if told else ""


def _description(whole: type[FileKeys], path: Path) -> str:
    """What is declared of the key at a path: a group's name is not a county's."""
    holders: list[type[FileKeys]] = [whole]
    for part in path[:-1]:
        if isinstance(part, str):
            found = (one.declared.get(part) for one in holders)
            holders = [one for key in found if key for one in _inside(key.shape)]
    for one in holders:
        if key := one.declared.get(str(path[-1])):
            return key.about
    return ""


def _inside(shape: Shape[Any]) -> Iterator[type[FileKeys]]:
    """The mappings that a shape speaks of."""
    match shape:
        case Below():
            yield shape.keys
        case ByKind():
            yield from shape.kinds().values()
        case Each() | FreeKeys() | Maybe():
            yield from _inside(shape.inner)


def _alike(document: Document, path: Path) -> str:
    """What stands for the same key elsewhere in the file; nothing of secrets."""
    if ROBOTS in path:
        return ""
    pattern = [None if isinstance(part, int) else part for part in path]
    return next((text for found, text in document.texts(*pattern) if found != path and text), "")


def _fitted(document: Document, path: Path, message: str) -> str:
    """A message whose example of a day lies in the dataset's own period."""
    end = document.get(("period", "end"))
    if not isinstance(end, str) or path == ("period", "end") or not _DAY.fullmatch(end):
        return message
    return _DAY.sub(end, message) if _DAY.findall(message) == [_EXAMPLE_DAY] else message
