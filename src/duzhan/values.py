"""What a value of a configuration file may be: text, numbers, days; each read in one way.

Values arrive as text (see `dataset.config.yamlfile`). The messages are Chinese because
users read them.
"""

from __future__ import annotations

import datetime as dt
import re

from duzhan.shapes import Read, RefusedValue, Written

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
        raise RefusedValue("bad-date", f"“{text}”不是日期，应写成 2021-06-30")
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        message = f"“{text}”这一天不存在，应是日历上有的日期，如 2021-06-30"
        raise RefusedValue("bad-date", message) from None


def _read_number(text: str) -> str:
    """Points stay text, so that they are shown as written."""
    if not _NUMBER.fullmatch(text):
        message = f"“{text}”不是数字，应写阿拉伯数字，如 720"
        raise RefusedValue("bad-number", message)
    return text


def _read_percent(text: str) -> str:
    """Percentages stay text, so that they are shown as written."""
    number = text.removesuffix("%").rstrip()
    if number == text or not _NUMBER.fullmatch(number):
        message = f"“{text}”不是百分数，应写成 90% 的形式"
        raise RefusedValue("bad-percent", message)
    if float(number) > 100:
        message = f"“{text}”超出 0% 至 100%"
        raise RefusedValue("bad-percent", message)
    return f"{number}%"


def _read_whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        message = f"“{text}”不是整数，应写阿拉伯数字，如 10"
        raise RefusedValue("bad-number", message)
    return int(text)


def _read_bool(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        message = f"“{text}”应为 true（是）或 false（否）"
        raise RefusedValue("bad-value", message)
    return text.lower() == "true"


def _read_time_zone(text: str) -> str:
    # Only here, so that a schema can be made where no time zones are installed.
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        message = f"没有“{text}”这个时区，应写 IANA 名称，如 Asia/Shanghai"
        raise RefusedValue("bad-value", message) from None
    return text


TEXT = Written(least=1)
LINE = Written(LINE_PATTERN)
NAME = Written(NAME_PATTERN)
_SIX_DIGITS = {"type": "integer", "minimum": 100_000, "maximum": 999_999}
CODE = Written(
    CODE_PATTERN,
    strip=False,
    schema={"anyOf": [{"type": "string", "pattern": CODE_PATTERN}, _SIX_DIGITS]},
)
NUMBER = Read(str, _read_number, schema={"type": "number", "minimum": 0})
PERCENT = Read(str, _read_percent, schema={"type": "string", "pattern": PERCENT_PATTERN})
TELEPHONE = Written(
    LINE_PATTERN, strip=False, schema={"type": ["string", "integer"], "minLength": 1}
)
# Whether it is an address is checked when the file is otherwise sound: one that is none
# keeps a mail from one recipient, and must not keep the figures from everybody.
EMAIL = Written(schema={"type": "string", "pattern": EMAIL_PATTERN})
VARIABLE = Written(VARIABLE_PATTERN)
ELSEWHERE = Written(ELSEWHERE_PATTERN, least=1)
DATE = Read(dt.date, _read_date)
WHOLE = Read(int, _read_whole, least=0, schema={"type": "integer", "minimum": 0})
DAYS = Read(int, _read_whole, schema={"type": "integer"})
BOOL = Read(bool, _read_bool)
TIME_ZONE = Read(str, _read_time_zone)
