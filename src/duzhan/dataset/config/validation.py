"""A document against its schema: every value that is refused, in words and with its line."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from duzhan import values
from duzhan.dataset.config import keys, roster_keys, standard_keys
from duzhan.dataset.config.document import ROBOTS
from duzhan.requirements import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

    from duzhan.dataset.config.document import Document, Path

Model = TypeVar("Model", bound=BaseModel)

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


def validate(document: Document, model: type[Model]) -> Model | None:
    """Check a document against the schema; everything refused becomes a problem of it.

    Args:
        document: a loaded file.
        model: the schema of the whole file.
    """
    if document.data is None:
        return None
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _report(document, detail, model)
        return None


def _report(document: Document, detail: ErrorDetails, model: type[BaseModel]) -> None:
    path = _key_path(detail["loc"])
    kind, context = detail["type"], detail.get("ctx", {})
    value = _HIDDEN if ROBOTS in path else document.get(path)
    if kind == "extra_forbidden":
        document.report(path, "unknown-key", _unknown(str(path[-1])), at_key=True)
    elif kind in {"missing", "union_tag_not_found"}:
        path = path if kind == "missing" else (*path, "kind")
        message = f"缺少“{path[-1]}”{_meaning(document, model, path)}"
        document.report(path, "missing-key", message)
    elif kind in {"literal_error", "union_tag_invalid"}:
        path = path if kind == "literal_error" else (*path, "kind")
        expected = str(context.get("expected") or context.get("expected_tags", ""))
        words = expected.replace("'", "").replace(" or ", "、").replace(", ", "、")
        document.report(
            path, "bad-value", f"{values.kind_of(document.get(path))}不认识，应为：{words}"
        )
    elif value is None and kind in _TYPES:
        document.report(path, "missing-value", f"不能空着{_meaning(document, model, path)}")
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


def _models() -> list[type[BaseModel]]:
    """All mappings of all files; where a key stands in several, the first one's words are said."""
    models = [
        value
        for module in (roster_keys, keys, standard_keys)
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, BaseModel)
        if value.__module__ == module.__name__
    ]
    before = models.index(keys.MilestoneKeys)
    return [*models[:before], *(kind.keys for kind in KINDS.values()), *models[before:]]


def _unknown(key: str) -> str:
    known = {name for model in _models() for name in model.model_fields}
    near = difflib.get_close_matches(key, sorted(known), 1)
    return f"没有“{key}”这个键" + (f"，是不是“{near[0]}”？" if near else "，请删去")


def _meaning(document: Document, model: type[BaseModel], path: Path) -> str:
    """What a key is for, with an example; from the same file if it has one."""
    told = _description(model, path)
    alike = _alike(document, path)
    if alike:
        plain = _EXAMPLE.sub("", told, count=1)
        told = f"{plain}{'，' if plain else ''}如本文件里的“{alike}”"
    return f"（{_fitted(document, path, told)}）" if told else ""


def _description(model: type[BaseModel], path: Path) -> str:
    """The words of the schema for the key at a path: a group's name is not a county's."""
    holders: list[type[BaseModel]] = [model]
    for part in path[:-1]:
        if isinstance(part, str):
            fields = (one.model_fields.get(part) for one in holders)
            holders = [one for field in fields if field for one in _inside(field.annotation)]
    for one in holders:
        field = one.model_fields.get(str(path[-1]))
        if field is not None and field.description:
            return field.description
    return ""


def _inside(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - any annotation
    """The mappings that an annotation speaks of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _inside(inner)


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
