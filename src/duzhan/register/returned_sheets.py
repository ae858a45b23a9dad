"""Sheets of the tool's own that come back: a list of corrections, or a form to fill in.

Both know what they are: they are partial, so that nothing is missing from them,
and a row that nobody has touched says so by a mark over its cells. What stands
beside the list in them is no content of it.
"""

from __future__ import annotations

import functools
import hashlib
from typing import TYPE_CHECKING, Literal

from duzhan import columns as col
from duzhan.intake.dateforms import may_be_date
from duzhan.intake.dates import SEPARATORS
from duzhan.intake.text import header_key, squash

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from duzhan.intake.dates import DateReader
    from duzhan.intake.tables import Table

# What a list of corrections says before the cells; none may be a heading of an issue list,
# and none so plain that a county has a column of its own under it.
RETURN_HEADERS = (
    "所在文件", "所在工作表", "所在行", "退回类别", "所在列", "原值", "退回原因", "应怎样写",
)  # fmt: skip
# What a form says above and behind the cells.
FORM_TITLE = "问题清单填报表（截至"
MEND = "须更正"
# The mark over a row's cells as they were sent out.
MARK = "校验"
MARK_HEADER = "校验（请勿改动）"

Kind = Literal["returned", "form"]

_COLUMN, _VALUE = "所在列", "原值"


def kind_of(table: Table) -> Kind | None:
    """Whether a list is one that the tool sent out.

    A form is known by its title as well: somebody may have deleted the columns
    behind the list, and it is as partial as before.
    """
    own = {header_key(name) for name in table.own}
    if {"退回类别", _COLUMN, _VALUE, "应怎样写"} <= own:
        return "returned"
    titled = any(FORM_TITLE in cell for row in table.preface for cell in row)
    return "form" if titled or {MARK, MEND} & own else None


def beside(table: Table, kind: Kind) -> tuple[str, ...]:
    """The columns of such a list that are none of its content."""
    aside = {*(RETURN_HEADERS if kind == "returned" else ()), MEND, MARK}
    return tuple(name for name in table.own if header_key(name) in aside)


def untouched(table: Table, kind: Kind, dates: DateReader) -> bool:
    """Whether nobody has changed anything in such a list since it was sent out."""
    rows = table.cells.to_pylist()
    aside = {header_key(name): name for name in beside(table, kind)}
    mark, column, value = (aside.get(name) for name in (MARK, _COLUMN, _VALUE))
    content = [name for name in table.cells.column_names if name not in aside.values()]
    if mark is not None:
        marks = RowMarks(dates)
        return all(
            squash(row[mark]) == marks.of({name: row[name] for name in content}) for row in rows
        )
    return bool(column and value) and all(
        _as_sent(row, row[column], row[value], dates) for row in rows
    )


def _as_sent(row: Mapping[str, str], column: str, value: str, dates: DateReader) -> bool:
    """Whether a row without a mark still holds the cells that were sent back."""
    names = [name for name in map(squash, SEPARATORS.split(column)) if name]
    if not names:
        return not squash(row.get(col.ID, "")) and not squash(row.get(col.DESCRIPTION, ""))
    cells = [row.get(name, "") for name in names]
    return _plain(col.JOINT.join(filter(None, cells)), dates) == _plain(value, dates)


class RowMarks:
    """The marks over the rows of a list; words that many rows have are read once."""

    def __init__(self, dates: DateReader) -> None:
        """Args: dates: reads dates, which programs write in many forms."""
        self._plain = functools.cache(lambda text: _plain(text, dates))
        self._order = functools.cache(_order)

    def of(self, cells: Mapping[str, str]) -> str:
        """The mark over a row's cells, however a spreadsheet program writes them again.

        Args:
            cells: column to text; empty ones do not count.
        """
        told = [
            f"{name}\0{plain}"
            for name in self._order(tuple(cells))
            if (text := cells[name]) and (plain := self._plain(text))
        ]
        return hashlib.sha256("\0\0".join(told).encode()).hexdigest()[:12]


def _order(names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if name not in (col.SERIAL, col.COUNTY))


def _plain(text: str, dates: DateReader) -> str:
    words = [(part, squash(part)) for part in SEPARATORS.split(text)]
    return ";".join(_word(part, word, dates) for part, word in words if word)


def _word(part: str, word: str, dates: DateReader) -> str:
    days = dates.read(part)[0] if may_be_date(word) else ()
    return str(days[0]) if days else word
