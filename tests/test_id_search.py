"""An issue is looked up in the lists that may have it, as if all had been read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from duzhan.campaign.changing import workplace
from duzhan.columns import ISSUE_COLUMNS
from duzhan.dataset.ledger import load_ledger
from duzhan.errors import DuzhanError
from duzhan.register import id_search, issue_rows
from duzhan.register.issue_rows import IssueRows
from duzhan.store.canonical_csv import rows_bytes
from small import row, small_dataset

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from duzhan.campaign.changing import Workplace
    from duzhan.dataset.ledger import Ledger
    from duzhan.model import Roster, Rules

WENSHAN = "issues/文山市.csv"
PLAIN = rows_bytes(ISSUE_COLUMNS, [row("文山-0001", 备注='第一行\n“第2行”,"引号"')])
HEADER = ",".join(ISSUE_COLUMNS)


def place_of(folder: Path) -> Workplace:
    return workplace(folder, 5, lambda: None, lambda _: None)


def found(place: Workplace, *identifiers: str) -> object:
    """The issues, or what is said in their place."""
    with place.hold(dry_run=True) as store:
        try:
            issues = IssueRows(store, place.dataset, None, identifiers).find(identifiers)
        except DuzhanError as error:
            return error.lines
    return [(one.county, one.file, one.row, one.cells) for one in issues]


# The list of a third county, and whether the 编号 of the others can be told without reading it.
LISTS = {
    "plain": (PLAIN, True),
    "the same 编号": (rows_bytes(ISSUE_COLUMNS, [row("富宁-0001")]), False),
    "in other width": (rows_bytes(ISSUE_COLUMNS, [row("富宁－０００１")]), False),
    "with spaces": (rows_bytes(ISSUE_COLUMNS, [row("富 宁-0001")]), False),
    "in quotes": (f'\ufeff{HEADER}\n"富宁-0001",垃圾,,,,,,,,,,,,\n'.encode(), False),
    "a quotation mark alone": (f'\ufeff{HEADER}\n文山-1,5",,,,,,,,,,,,\n'.encode(), False),
    "in GBK, of others": (f"{HEADER}\n文山-1,垃圾,,,,,,,,,,,,\n".encode("gb18030"), True),
    "in GBK": (f"{HEADER}\n富宁-0001,垃圾,,,,,,,,,,,,\n".encode("gb18030"), False),
    "Windows lines": (f"\ufeff{HEADER}\r\n富宁-0001,垃圾,,,,,,,,,,,,\r\n".encode(), False),
    "another order": ("\ufeff问题描述,编号\n垃圾1,富宁-0001\n".encode(), False),
    "a second header": (
        f"\ufeff{HEADER}\n文山-1,水\n问题描述,编号\n垃圾1,富宁-0001\n".encode(),
        False,
    ),
    "no 编号": (rows_bytes(ISSUE_COLUMNS, [row("")]), False),
    "garbled": (PLAIN + b"\xff\xfe", False),
}


@pytest.mark.parametrize("name", LISTS)
def test_what_is_found_is_what_all_lists_together_give(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = small_dataset(tmp_path / "ds")
    content, told = LISTS[name]
    (folder / WENSHAN).write_bytes(content)
    place = place_of(folder)
    scope = place.dataset.roster.counties
    asked = [["富宁-0001"], ["富宁-0004", "广南-0001"], ["富宁-0009"], ["富宁-0001", "文山-1"]]
    few = id_search.counties_to_read(place.dataset, scope, ["富宁-0001"])

    assert ("文山市" in {county.name for county in few}) is not told
    assert "广南县" not in {county.name for county in few}
    got = [found(place, *identifiers) for identifiers in asked]
    monkeypatch.setattr(issue_rows, "counties_to_read", lambda _, scope, __: scope)
    assert got == [found(place, *identifiers) for identifiers in asked]


def test_other_counties_lists_are_not_even_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = small_dataset(tmp_path / "ds")
    read: list[Collection[str] | None] = []

    def load(root: Path, roster: Roster, rules: Rules, only: Collection[str] | None) -> Ledger:
        read.append(only)
        return load_ledger(root, roster, rules, only)

    monkeypatch.setattr("duzhan.register.issue_rows.load_ledger", load)
    assert found(place_of(folder), "富宁-0001")
    assert found(place_of(folder), "广南-0001", "富宁-0002")
    assert read == [{"532628"}, {"532627", "532628"}]
