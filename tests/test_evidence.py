"""Photographs and papers (佐证材料): the register, its files, what becomes of them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from duzhan.campaign.checking import check
from duzhan.campaign.opening import open_dataset
from duzhan.campaign.standing import Campaign
from small import small_dataset

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "编号,县(市),类别,文件,SHA-256,来源,收到日期,备注"
DIGEST = "0" * 64


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_dataset(tmp_path / "ds")


def register(root: Path, *rows: str) -> None:
    (root / "evidence.csv").write_text("\n".join((HEADER, *rows)) + "\n", "utf-8-sig")


def on(root: Path, day: str = "2021-07-15") -> Campaign:
    return Campaign(open_dataset(root), dt.date.fromisoformat(day))


def named(identifier: str = "富宁-0002", file: str = "a.jpg", **cells: str) -> str:
    told = {"类别": "整改后", "SHA-256": DIGEST, "收到日期": "2021-06-10", **cells}
    parts = (identifier, "富宁", told["类别"], f"evidence/富宁县/{file}", told["SHA-256"])
    return ",".join((*parts, "表.xlsx", told["收到日期"], ""))


# ---------------------------------------------------------------- the register


def test_evidence_is_read_with_what_it_is_about_and_since_when(folder: Path) -> None:
    register(folder, named(), named("", "b.jpg", 类别="其他"))
    ledger = on(folder).ledger

    assert [(one.id, one.county, one.kind, one.file) for one in ledger.registers.evidence] == [
        ("富宁-0002", "富宁县", "整改后", "evidence/富宁县/a.jpg"),
        ("", "富宁县", "其他", "evidence/富宁县/b.jpg"),
    ]
    assert ledger.registers.problems == ()
    evidenced = ledger.facts.evidenced
    assert evidenced.entries == (0,)
    assert ledger.cells["编号"][int(evidenced.stamps.rows[0])].as_py() == "富宁-0002"
    assert evidenced.stamps.days.tolist() == [dt.date(2021, 6, 10).toordinal()]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (named(类别="整改中"), "类别"),
        (named(类别=""), "类别"),
        (named(file="../../出去.jpg"), "文件"),
        (named(file=""), "文件"),
        (named(file="C:\\a.jpg"), "文件"),
        (named(**{"SHA-256": "1234"}), "SHA-256"),
        (named(收到日期="2021-06-31"), "收到日期"),
        (named().replace("富宁,", "别处县,"), "县(市)"),
    ],
)
def test_a_row_that_cannot_be_used_is_reported_and_proves_nothing(
    folder: Path, row: str, column: str
) -> None:
    register(folder, row)
    campaign = on(folder)

    assert campaign.ledger.registers.evidence == ()
    (problem,) = campaign.ledger.registers.problems
    assert (problem.code, problem.line, problem.column) == ("bad-evidence", 2, column)


def test_evidence_of_an_issue_that_nobody_knows_is_an_error(folder: Path) -> None:
    register(folder, named("富宁-9999"))

    (problem,) = [p for p in check(folder).problems if p.code == "bad-evidence"]
    assert (problem.file, problem.line, problem.id) == ("evidence.csv", 2, "富宁-9999")
    assert on(folder).faults == 1


def test_evidence_closes_nothing(folder: Path) -> None:
    before = on(folder).overview
    register(folder, *(named(f"富宁-000{n}", f"{n}.jpg") for n in range(1, 5)))

    assert on(folder).overview == before
