"""Writes down what the latest list of each county left out, or what of it was not taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan import columns as col
from duzhan.dataset.leftovers import leftover_rows
from duzhan.register.future_dates import NOT_FOUND_YET, NOT_YET
from duzhan.store.canonical_csv import rows_bytes
from duzhan.store.entries import Change, Entry

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from duzhan.model import County
    from duzhan.register.importing import Account
    from duzhan.store.entries import Action
    from duzhan.store.transaction import Store

_COUNTY, _DAY, _FILES, _MISSING, _MOVED, _NOT_YET = col.IMPORT_COLUMNS


def stage_leftovers(store: Store, accounts: Sequence[Account], today: dt.date) -> None:
    """Stage what an import left over; nothing if that is what stands there already.

    Sheets of the tool's own that come back say nothing of the other issues.

    Args:
        store: the dataset, held.
        accounts: all of the import.
        today: the day of the import.
    """
    data = store.read(col.IMPORTS)
    rows = leftover_rows(data) if data else []
    entries: list[Entry] = []
    whole = [account for account in accounts if not account.batch.partial]
    for county in dict.fromkeys(account.batch.county for account in whole):
        told = _told([one for one in accounts if one.batch.county == county], county, today)
        at = next((at for at, row in enumerate(rows) if row[_COUNTY] == county.name), len(rows))
        was = rows[at] if at < len(rows) else dict.fromkeys(col.IMPORT_COLUMNS, "")
        if all(told[column] == was[column] for column in (_MISSING, _MOVED, _NOT_YET)):
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
    missing = [row[col.ID] for account in accounts for row in account.missing if row[col.ID]]
    moved = [name for account in accounts for name in account.ids_of(account.moved())]
    not_yet = [text for account in accounts for text in _not_yet(account)]
    return {
        _COUNTY: county.name,
        _DAY: today.isoformat(),
        _FILES: col.JOINT.join(dict.fromkeys(account.batch.name for account in accounts)),
        _MISSING: col.JOINT.join(dict.fromkeys(missing)),
        _MOVED: col.JOINT.join(dict.fromkeys(moved)),
        _NOT_YET: col.JOINT.join(dict.fromkeys(not_yet)),
    }


def _not_yet(account: Account) -> Iterator[str]:
    """Dates after the day of import: they did not enter the ledger, and are on record here."""
    late = [one for one in account.merged.refused if one.why in (NOT_YET, NOT_FOUND_YET)]
    for name, one in zip(account.ids_of(refusal.row for refusal in late), late, strict=True):
        yield f"{name} {one.column} {'、'.join(one.parts)}"
