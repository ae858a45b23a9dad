"""What the latest list of each county left out or tried to put off: imports.csv.

The ledger keeps issues that a new list leaves out, and takes no later deadline
unasked (SPEC section 5). Reports must be able to say so on any later day, so
what was left over of a county's latest import is kept beside the ledger,
written in the same transaction and on the journal like every other row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duzhan.dataset import columns as col
from duzhan.dataset.canonical import read_rows, rows_bytes
from duzhan.dataset.lines import Change, Entry
from duzhan.dataset.terms import JOINT
from duzhan.errors import DuzhanError, reason

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from duzhan.dataset.importing import Account
    from duzhan.dataset.lines import Action
    from duzhan.dataset.store import Store
    from duzhan.model import County

_COUNTY, _DAY, _FILES, _MISSING, _MOVED = col.IMPORT_COLUMNS


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
        data = (root / col.IMPORTS).read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise DuzhanError(f"{col.IMPORTS} 读不出来：{reason(error)}") from None
    return {
        row[_COUNTY]: Leftovers(row[_DAY], _ids(row[_MISSING]), _ids(row[_MOVED]))
        for row in _rows(data)
    }


def stage_leftovers(store: Store, accounts: Sequence[Account], today: dt.date) -> None:
    """Stage what an import left over; nothing if that is what stands there already.

    Args:
        store: the dataset, held.
        accounts: all of the import.
        today: the day of the import.
    """
    data = store.read(col.IMPORTS)
    rows = _rows(data) if data else []
    entries: list[Entry] = []
    for county in dict.fromkeys(account.batch.county for account in accounts):
        told = _told([one for one in accounts if one.batch.county == county], county, today)
        at = next((at for at, row in enumerate(rows) if row[_COUNTY] == county.name), len(rows))
        was = rows[at] if at < len(rows) else dict.fromkeys(col.IMPORT_COLUMNS, "")
        if all(told[column] == was[column] for column in (_MISSING, _MOVED)):
            continue
        changes = tuple(
            Change(column, was[column], told[column])
            for column in col.IMPORT_COLUMNS
            if told[column] != was[column]
        )
        action: Action = "added" if at == len(rows) else "changed"
        entries.append(Entry(action, county.name, None, at, changes))
        rows[at : at + 1] = [told]
    if entries:
        cells = [[row[column] for column in col.IMPORT_COLUMNS] for row in rows]
        store.replace(col.IMPORTS, rows_bytes(col.IMPORT_COLUMNS, cells), entries)


def _told(accounts: Sequence[Account], county: County, today: dt.date) -> dict[str, str]:
    missing = [name for account in accounts for name in account.missing if name]
    moved = [
        name
        for account in accounts
        for name in account.ids_of(sorted({index for index, _ in account.merged.moved}))
    ]
    return {
        _COUNTY: county.name,
        _DAY: today.isoformat(),
        _FILES: JOINT.join(dict.fromkeys(account.batch.path.name for account in accounts)),
        _MISSING: JOINT.join(dict.fromkeys(missing)),
        _MOVED: JOINT.join(dict.fromkeys(moved)),
    }


def _rows(data: bytes) -> list[dict[str, str]]:
    try:
        header, rows = read_rows(data)
    except ValueError:
        header, rows = [], []
    if tuple(header) != col.IMPORT_COLUMNS or any(len(row) != len(header) for row in rows):
        columns = "、".join(col.IMPORT_COLUMNS)
        line = f"{col.IMPORTS} 不是 duzhan 写下的样子（表头应为 {columns}），请从备份恢复，或删去它"
        raise DuzhanError(line)
    return [dict(zip(header, row, strict=True)) for row in rows]


def _ids(cell: str) -> tuple[str, ...]:
    return tuple(name for name in cell.split(JOINT) if name)
