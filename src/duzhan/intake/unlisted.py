"""Sheets that are no lists: one of labels and values, a summary of counts, one without a header."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Protocol

from duzhan.intake.text import header_key, shorten, squash

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Rows = Sequence[Sequence[str]]

WITHIN = 60
# A heading less alike than this is not suggested.
_LIKE = 0.3


class Known(Protocol):
    """The headings of one kind of list, as `headers.HeaderFinder` knows them."""

    required: str
    headings: set[str]

    def column_of(self, cell: str) -> str | None:
        """The column that a heading means."""

    def match(self, cells: Sequence[str]) -> Mapping[str, tuple[int, ...]]:
        """The known columns of a row."""


_COUNT = re.compile(
    r"(?:总数|数量|个数|件数|条数|问题数|整改数|完成数|销号数|数|率|占比|百分比)(?:\(.*\))?%?$"
)
_NUMBER = re.compile(r"[-+]?[\d,]+(?:\.\d+)?%?[个件条]?")
# What most describes a problem, in a heading that no alias knows.
_LIKELY = re.compile("问题|隐患|不足|短板|缺陷|情况描述|内容|事项|描述")


def is_form(rows: Rows, finder: Known) -> bool:
    """Whether a sheet holds labels with their values beside them, as a 交办单 does.

    Two rows or more begin with different known headings and go on with what is
    none, one of them is 问题描述, and no row is a header.
    """
    labels: set[str] = set()
    firsts: set[str] = set()
    for row in rows[:WITHIN]:
        cells = [cell for cell in row if cell.strip()]
        if len(cells) < 2:
            continue
        known = [name for cell in cells if (name := finder.column_of(cell))]
        if len(known) > 1 and len(known) * 5 >= len(cells) * 3:
            return False
        if (first := finder.column_of(cells[0])) and len(known) < len(cells):
            firsts.add(first)
            labels.update(known)
    return len(firsts) > 1 and finder.required in labels


def is_summary(rows: Rows, finder: Known, header: int | None = None) -> bool:
    """Whether a sheet counts problems instead of naming them (问题总数, 已整改数, 整改率).

    Args:
        rows: of the sheet.
        finder: knows the headers.
        header: the row that would be its header, None if there is none.
    """
    if header is None:
        return any(_counts(row) > 1 for row in rows[:WITHIN])
    places = finder.match(rows[header]).get(finder.required, ())
    described = [
        text
        for row in rows[header + 1 : WITHIN]
        for at in places
        if at < len(row) and (text := squash(row[at]))
    ]
    return (
        _counts(rows[header]) > 0
        and bool(described)
        and all(_NUMBER.fullmatch(text) for text in described)
    )


def _counts(row: Sequence[str]) -> int:
    return sum(_COUNT.search(squash(cell)) is not None for cell in row if len(cell) < 30)


def why_unlisted(rows: Rows, finder: Known) -> str:
    """Say why a sheet is no list, and what helps.

    Args:
        rows: its first rows.
        finder: found no header in them.
    """
    if is_form(rows, finder):
        return (
            "这是一事一张的表（左边是栏目，右边是内容），不是清单，"
            "请改成一行一个问题的清单（第一行是表头）后再报"
        )
    if is_summary(rows, finder) or _summed(rows, finder):
        return "这是汇总表（只有问题总数、整改率之类的数字），不是清单，请报逐条列出问题的清单"
    headings = _headings(rows, finder)
    if len(headings) < 2:
        line = next((row for row in rows if any(cell.strip() for cell in row)), ())
        first = shorten("，".join(cell for cell in line if cell.strip()))
        return f"找不到表头（至少要有“{finder.required}”一列），第一行是：{first}"
    shown = "、".join(shorten(heading, 16) for heading in headings[:20])
    return (
        f"找不到“{finder.required}”一列，表头有：{shown}；"
        f"{_remedies(finder.required, _likeliest(headings, finder))}"
    )


def _summed(rows: Rows, finder: Known) -> bool:
    return any(
        finder.required in finder.match(row) and is_summary(rows, finder, at)
        for at, row in enumerate(rows[:WITHIN])
    )


def _headings(rows: Rows, finder: Known) -> list[str]:
    """The row that looks most like a header: that with the most known headings, then the widest."""

    def rank(row: Sequence[str]) -> tuple[int, int]:
        known = finder.match(row)
        short = [cell for cell in row if cell.strip() and len(cell) < 20]
        return len(known), len(short)

    best = max(rows[:WITHIN], key=rank, default=())
    return [text for cell in best if (text := " ".join(cell.split()))]


def _likeliest(headings: Sequence[str], finder: Known) -> str | None:
    """The heading that most likely means the required column; None if nothing speaks for any."""
    unknown = [heading for heading in headings if finder.column_of(heading) is None]
    names = [name for name in finder.headings if finder.column_of(name) == finder.required]

    def likeness(heading: str) -> float:
        key = header_key(heading)
        near = max(difflib.SequenceMatcher(None, key, name).ratio() for name in names)
        return near + (0.5 if _LIKELY.search(key) else 0.0)

    likely = max(unknown, key=likeness, default=None)
    return likely if likely is not None and likeness(likely) >= _LIKE else None


def _remedies(required: str, heading: str | None) -> str:
    if heading is None:
        return (
            f"请把写着{required.removesuffix('描述')}的那一列的表头改成“{required}”，"
            f"或者导入时加上 --column {required}=那一列的表头"
        )
    return (
        f"如果“{shorten(heading, 16)}”就是，请把它改成“{required}”，"
        f"或者导入时加上 --column {required}={shorten(heading, 16)}"
    )
