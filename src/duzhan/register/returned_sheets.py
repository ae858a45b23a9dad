"""Sheets of the tool's own that come back: a list of corrections, or a form to fill in.

Both know what they are: they are partial, so that nothing is missing from them,
and a row that nobody has touched says so by a mark over its cells. What stands
beside the list in them is no content of it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Literal

import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.intake.dateforms import may_be_date
from duzhan.intake.dates import SEPARATORS
from duzhan.intake.text import header_key, squash
from duzhan.intake.text_columns import squash_array

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    aside = {header_key(name): name for name in beside(table, kind)}
    mark, column, value = (aside.get(name) for name in (MARK, _COLUMN, _VALUE))
    if mark is not None:
        content = {
            name: table.cells[name].combine_chunks()
            for name in table.cells.column_names
            if name not in aside.values()
        }
        sent: list[str] = squash_array(table.cells[mark]).to_pylist()
        return sent == row_marks(content, dates)
    return bool(column and value) and all(
        _as_sent(row, row[column], row[value], dates) for row in table.cells.to_pylist()
    )


def _as_sent(row: Mapping[str, str], column: str, value: str, dates: DateReader) -> bool:
    """Whether a row without a mark still holds the cells that were sent back."""
    names = [name for name in map(squash, SEPARATORS.split(column)) if name]
    if not names:
        return not squash(row.get(col.ID, "")) and not squash(row.get(col.DESCRIPTION, ""))
    cells = [row.get(name, "") for name in names]
    return _plain(col.JOINT.join(filter(None, cells)), dates) == _plain(value, dates)


def row_marks(cells: Mapping[str, pa.StringArray], dates: DateReader) -> list[str]:
    """The marks over the rows of a list, however a spreadsheet program writes them again.

    Args:
        cells: column to its texts; empty ones do not count.
        dates: reads dates, which programs write in many forms.
    """
    names = sorted(cells.keys() - {col.SERIAL, col.COUNTY})
    told = (_told(name, cells[name].dictionary_encode(), dates) for name in names)
    rows = pc.binary_join_element_wise(*told, "\0\0", null_handling="skip")
    return [hashlib.sha256(row.encode()).hexdigest()[:12] for row in rows.to_pylist()]


def _told(name: str, texts: pa.DictionaryArray, dates: DateReader) -> pa.StringArray:
    """What each cell of a column says behind the column's name, null for nothing."""
    words = texts.dictionary
    parted = pc.match_substring_regex(words, SEPARATORS.pattern)
    squashed = squash_array(pa.chunked_array([words]))
    plain = (
        _plain(text, dates) if several or may_be_date(word) else word
        for text, word, several in zip(
            *(one.to_pylist() for one in (words, squashed, parted)), strict=True
        )
    )
    told = pa.array([f"{name}\0{word}" if word else None for word in plain], pa.string())
    return told.take(texts.indices)


def _plain(text: str, dates: DateReader) -> str:
    words = [(part, squash(part)) for part in SEPARATORS.split(text)]
    return ";".join(_word(part, word, dates) for part, word in words if word)


def _word(part: str, word: str, dates: DateReader) -> str:
    days = dates.read(part)[0] if may_be_date(word) else ()
    return str(days[0]) if days else word
