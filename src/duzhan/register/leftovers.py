"""Writes down what the latest list of each county left out or tried to put off: imports.csv."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan import columns as col
from duzhan.dataset.leftovers import leftover_rows
from duzhan.store.canonical_csv import rows_bytes
from duzhan.store.entries import Change, Entry

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from duzhan.model import County
    from duzhan.register.importing import Account
    from duzhan.store.entries import Action
    from duzhan.store.transaction import Store

_COUNTY, _DAY, _FILES, _MISSING, _MOVED = col.IMPORT_COLUMNS


def stage_leftovers(store: Store, accounts: Sequence[Account], today: dt.date) -> None:
    """Stage what an import left over; nothing if that is what stands there already.

    Args:
        store: the dataset, held.
        accounts: all of the import.
        today: the day of the import.
    """
    data = store.read(col.IMPORTS)
    rows = leftover_rows(data) if data else []
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
        _FILES: col.JOINT.join(dict.fromkeys(account.batch.path.name for account in accounts)),
        _MISSING: col.JOINT.join(dict.fromkeys(missing)),
        _MOVED: col.JOINT.join(dict.fromkeys(moved)),
    }
