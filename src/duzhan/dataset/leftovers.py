"""What the latest list of each county left out or tried to put off: imports.csv.

The ledger keeps issues that a new list leaves out, and takes no later deadline
unasked (SPEC section 5). Reports must be able to say so on any later day, so
what was left over of a county's latest import is kept beside the ledger,
written in the same transaction and on the journal like every other row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duzhan import columns as col
from duzhan.errors import DuzhanError, reason
from duzhan.files import contents
from duzhan.store.canonical_csv import read_rows

if TYPE_CHECKING:
    from pathlib import Path

_COUNTY, _DAY, _, _MISSING, _MOVED, _NOT_YET = col.IMPORT_COLUMNS


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What a county's latest import left over.

    Attributes:
        day: when it was imported, ISO.
        missing: 编号 of the ledger's issues that no list of that import named.
        moved: 编号 of the issues whose later dates were not taken.
    """

    day: str
    missing: tuple[str, ...]
    moved: tuple[str, ...]


def read_leftovers(root: Path) -> dict[str, Leftovers]:
    """Give what each county's latest import left over; counties with nothing are left out.

    Args:
        root: the dataset's folder.

    Raises:
        DuzhanError: the file was changed into something that cannot be read.
    """
    try:
        data = contents(root / col.IMPORTS)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise DuzhanError(f"{col.IMPORTS} 读不出来：{reason(error)}") from None
    return {
        row[_COUNTY]: Leftovers(row[_DAY], _ids(row[_MISSING]), _ids(row[_MOVED]))
        for row in leftover_rows(data)
    }


def leftover_rows(data: bytes) -> list[dict[str, str]]:
    """The rows of imports.csv by column.

    Raises:
        DuzhanError: the file was changed into something else.
    """
    try:
        header, rows = read_rows(data)
    except ValueError:
        header, rows = [], []
    if tuple(header) == col.IMPORT_COLUMNS[:-1]:
        # As it was written before dates that had not come yet were kept.
        header, rows = [*header, _NOT_YET], [[*row, ""] for row in rows]
    if tuple(header) != col.IMPORT_COLUMNS or any(len(row) != len(header) for row in rows):
        columns = "、".join(col.IMPORT_COLUMNS)
        line = f"{col.IMPORTS} 不是 duzhan 写下的样子（表头应为 {columns}），请从备份恢复，或删去它"
        raise DuzhanError(line)
    return [dict(zip(header, row, strict=True)) for row in rows]


def _ids(cell: str) -> tuple[str, ...]:
    return tuple(name for name in cell.split(col.JOINT) if name)
