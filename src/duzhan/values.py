"""What a value of a configuration file may be: text, numbers, days; each read in one way.

Values arrive as text (see `dataset.config.yamlfile`). The messages are Chinese because
users read them.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from collections.abc import Callable

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,6})?")
_WHOLE = re.compile(r"-?\d{1,9}")

# A name that can become a file's name on any system, and never another folder's.
NAME_PATTERN = r'^[^\x00-\x1f\x7f/\\:*?"<>|.][^\x00-\x1f\x7f/\\:*?"<>|]*$'
LINE_PATTERN = r"^[^\x00-\x1f\x7f]+$"
CODE_PATTERN = r"^[0-9]{6}$"
_ATOMS = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_DOMAIN = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
EMAIL_PATTERN = rf"^{_ATOMS}(?:\.{_ATOMS})*@{_DOMAIN}(?:\.{_DOMAIN})*$"
# The name of a variable, or of a file; an address put here by mistake is neither.
VARIABLE_PATTERN = r"^[A-Za-z_][A-Za-z0-9_]*$"
ELSEWHERE_PATTERN = r"^(?:[A-Za-z]:[\\/])?[^\x00-\x1f\x7f:?]+$"
PERCENT_PATTERN = r"^[0-9]+(\.[0-9]+)?%$"


def kind_of(value: object) -> str:
    """Name the kind of a value, as messages do."""
    kinds = {type(None): "空", list: "列表", dict: "一组键值"}
    return kinds.get(type(value), f"“{value}”")


def _read_date(text: str) -> dt.date:
    if not _DATE.fullmatch(text):
        raise PydanticCustomError("bad-date", "“{text}”不是日期，应写成 2021-06-30", {"text": text})
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        message = "“{text}”这一天不存在，应是日历上有的日期，如 2021-06-30"
        raise PydanticCustomError("bad-date", message, {"text": text}) from None


def _read_number(text: str) -> str:
    """Points stay text, so that they are shown as written."""
    if not _NUMBER.fullmatch(text):
        message = "“{text}”不是数字，应写阿拉伯数字，如 720"
        raise PydanticCustomError("bad-number", message, {"text": text})
    return text


def _read_percent(text: str) -> str:
    """Percentages stay text, so that they are shown as written."""
    number = text.removesuffix("%").rstrip()
    if number == text or not _NUMBER.fullmatch(number):
        message = "“{text}”不是百分数，应写成 90% 的形式"
        raise PydanticCustomError("bad-percent", message, {"text": text})
    if float(number) > 100:
        message = "“{text}”超出 0% 至 100%"
        raise PydanticCustomError("bad-percent", message, {"text": text})
    return f"{number}%"


def _read_whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        message = "“{text}”不是整数，应写阿拉伯数字，如 10"
        raise PydanticCustomError("bad-number", message, {"text": text})
    return int(text)


def _read_bool(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        message = "“{text}”应为 true（是）或 false（否）"
        raise PydanticCustomError("bad-value", message, {"text": text})
    return text.lower() == "true"


def _read_time_zone(text: str) -> str:
    # Only here, so that a schema can be made where no time zones are installed.
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        message = "没有“{text}”这个时区，应写 IANA 名称，如 Asia/Shanghai"
        raise PydanticCustomError("bad-value", message, {"text": text}) from None
    return text


def reader(read: Callable[[str], object]) -> BeforeValidator:
    """Read text; refuse lists, mappings and nothing in words."""

    def validate(value: object) -> object:
        if isinstance(value, str):
            return read(value.strip())
        if value is None:
            raise PydanticCustomError("missing-value", "不能空着")
        raise PydanticCustomError("bad-type", "应为一个值，现为{kind}", {"kind": kind_of(value)})

    return BeforeValidator(validate)


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, pattern=LINE_PATTERN)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, pattern=NAME_PATTERN)]
_SIX_DIGITS = {"type": "integer", "minimum": 100_000, "maximum": 999_999}
Code = Annotated[
    str,
    StringConstraints(pattern=CODE_PATTERN),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": CODE_PATTERN}, _SIX_DIGITS]}),
]
Number = Annotated[str, reader(_read_number), WithJsonSchema({"type": "number", "minimum": 0})]
Percent = Annotated[
    str, reader(_read_percent), WithJsonSchema({"type": "string", "pattern": PERCENT_PATTERN})
]
Telephone = Annotated[
    str,
    StringConstraints(pattern=LINE_PATTERN),
    WithJsonSchema({"type": ["string", "integer"], "minLength": 1}),
]
# Whether it is an address is checked when the file is otherwise sound: one that is none
# keeps a mail from one recipient, and must not keep the figures from everybody.
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    WithJsonSchema({"type": "string", "pattern": EMAIL_PATTERN}),
]
Variable = Annotated[str, StringConstraints(strip_whitespace=True, pattern=VARIABLE_PATTERN)]
Elsewhere = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, pattern=ELSEWHERE_PATTERN)
]
Date = Annotated[dt.date, reader(_read_date)]
Whole = Annotated[
    int, reader(_read_whole), Field(ge=0), WithJsonSchema({"type": "integer", "minimum": 0})
]
Days = Annotated[int, reader(_read_whole), WithJsonSchema({"type": "integer"})]
Bool = Annotated[bool, reader(_read_bool)]
TimeZone = Annotated[str, reader(_read_time_zone)]


class FileKeys(BaseModel):
    """A mapping with known keys and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
