"""What people call a county: full name, alias, code, and how each is recognised.

Three strictnesses. A cell is matched exactly (`find_county`), since a guess
would book an issue to the wrong county; a file by how its name begins
(`county_of_file`); what somebody typed as a command's option by any prefix that
fits just one county (`resolve_county`). Everywhere 文山 is 文山市 and 文山州 is
the prefecture, which is no county.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from duzhan.errors import UsageError
from duzhan.intake.text import squash

if TYPE_CHECKING:
    from duzhan.model import County, Roster


# What spreadsheet programs and file managers leave beside a list while or after it is open.
_LITTER = ("~$", ".", "thumbs.db", "desktop.ini")
_DEVICES = re.compile(r"(?i)(?:con|prn|aux|nul|(?:com|lpt)\d)\s*(?:\.|$)")


def is_litter(name: str) -> bool:
    """Whether a file's name says that a program or the system left it, so that it is no list."""
    return name.lower().startswith(_LITTER)


def why_no_file(name: str) -> str | None:
    """Say why no list can be kept under a county's name; None if one can."""
    if is_litter(name) and not name.startswith(".."):  # That is a path, and told as one.
        return "以它开头的文件是系统或表格软件留下的，不当清单读，请换一个名称"
    if _DEVICES.match(name):
        return "在 Windows 上是设备名，不能作文件名，请换一个名称"
    if name.endswith("."):
        return "Windows 会去掉文件名末尾的点，请删去末尾的点"
    if name != unicodedata.normalize("NFC", name):
        return "里面有拆开写的字符（多半是从 macOS 复制来的），请重新输入一遍"
    return None


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Fold width (full-width forms to ASCII) and drop all white space."""
    return squash(text)


def find_county(text: str, roster: Roster) -> County | None:
    """Find the county with exactly this name, alias or code; width and spaces aside.

    Args:
        text: a cell, such as ``富宁县``, ``富 宁`` or ``532628``.
        roster: the known counties.
    """
    index = _index(roster)
    return index.names.get(text) or index.designations.get(fold(text))


def resolve_county(text: str, roster: Roster) -> County:
    """Find the county that somebody means on the command line.

    Args:
        text: a full name, an alias, a code, or a prefix of any of them.
        roster: the known counties.

    Raises:
        UsageError: it fits no county, or several.
    """
    if exact := find_county(text, roster):
        return exact
    wanted = fold(text)
    if not wanted:
        raise UsageError(f"{roster.unit}名称是空的，应为：{_list(roster.counties)}")
    if wanted in _designations(roster.prefecture):
        whole = roster.prefecture.name
        message = f"“{text}”是整个{whole}，不是其中一个，应为：{_list(roster.counties)}"
        raise UsageError(message)
    fitting = [
        county
        for county in roster.counties
        if any(name.startswith(wanted) for name in _designations(county))
    ]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise UsageError(f"“{text}”可以是好几个{roster.unit}，请写完整：{_list(fitting)}")
    raise UsageError(_unknown(text, roster))


def county_of_file(filename: str, roster: Roster) -> County | None:
    """Find the county whose list a file is: its name begins with the county's name or alias.

    The longest match wins, so that 文山州汇总.xlsx is the prefecture's and no
    county's, while 文山问题清单.xlsx is 文山市's.

    Args:
        filename: the file's own name; macOS may have decomposed it, which folding undoes.
        roster: the known counties.
    """
    name, index = fold(filename), _index(roster)
    for length in index.lengths:
        if name[:length] in index.beginnings:
            return index.beginnings[name[:length]]
    return None


class _Index(NamedTuple):
    """What counties are called, to be looked up: a nation has thousands.

    Attributes:
        names: full name to county.
        designations: folded name, alias or code to county.
        beginnings: folded name or alias to county, the prefecture's to None.
        lengths: how long these are, longest first.
    """

    names: dict[str, County]
    designations: dict[str, County]
    beginnings: dict[str, County | None]
    lengths: tuple[int, ...]


# The rosters asked for last, each with its index: a program may have several datasets open.
_indexed: list[tuple[Roster, _Index]] = []
_KEPT = 4


def _index(roster: Roster) -> _Index:
    for known, index in tuple(_indexed):
        if known is roster:
            return index
    made = _indexed_anew(roster)
    _indexed[:] = [(roster, made), *_indexed[: _KEPT - 1]]
    return made


def _indexed_anew(roster: Roster) -> _Index:
    names: dict[str, County] = {}
    designations: dict[str, County] = {}
    beginnings: dict[str, County | None] = {}
    for county in roster.counties:
        names.setdefault(county.name, county)
        for word in _designations(county):
            designations.setdefault(word, county)
        for word in county.names:
            beginnings.setdefault(fold(word), county)
    for word in filter(None, roster.prefecture.names):
        beginnings.setdefault(fold(word), None)
    lengths = sorted({len(word) for word in beginnings if word}, reverse=True)
    return _Index(names, designations, beginnings, tuple(lengths))


def _designations(county: County) -> tuple[str, ...]:
    return (*(fold(name) for name in county.names), *([county.code] if county.coded else []))


def _list(counties: tuple[County, ...] | list[County]) -> str:
    return "、".join(county.name for county in counties)


def _unknown(text: str, roster: Roster) -> str:
    """Say that there is no such county, and which is nearest."""
    import difflib  # noqa: PLC0415 - only for a slip of the fingers

    owners = {name: county.name for county in roster.counties for name in _designations(county)}
    near = difflib.get_close_matches(fold(text), owners, n=1, cutoff=0.5)
    if near:
        return f"没有“{text}”这个{roster.unit}，是不是“{owners[near[0]]}”？"
    return f"没有“{text}”这个{roster.unit}，应为：{_list(roster.counties)}"
