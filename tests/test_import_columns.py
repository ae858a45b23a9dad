"""Columns as counties head them: the further ones, their own, two that mean one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from duzhan import columns as col
from duzhan.campaign.opening import open_dataset
from duzhan.dataset.layouts import issue_layout
from duzhan.dataset.ledger import load_ledger, reading_of
from duzhan.intake.tables import Table, read_tables

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.model import Rules


@pytest.fixture
def rules(dataset: Path) -> Rules:
    return open_dataset(dataset).rules


def read(path: Path, rules: Rules, *lines: str) -> Table:
    path.write_text("\n".join(lines) + "\n", "utf-8")
    (table,) = read_tables(path, issue_layout(rules), reading_of(rules).dates)
    return table


def cells(table: Table, name: str) -> list[str]:
    column: list[str] = table.cells[name].to_pylist()
    return column


def test_columns_that_no_alias_knows_are_kept_under_their_headings(
    tmp_path: Path, rules: Rules
) -> None:
    table = read(
        tmp_path / "a.csv",
        rules,
        "问题,整改 目标,措施,照片,,照片,整改目标",
        "垃圾,干净,清运,一张,无名,两张,再说",
    )

    assert table.own == ("整改目标", "照片", "第5列", "照片（2）", "整改目标（2）")
    assert cells(table, col.MEASURES) == ["清运"]
    assert [cells(table, name) for name in table.own] == [
        ["干净"], ["一张"], ["无名"], ["两张"], ["再说"],
    ]  # fmt: skip


def test_two_columns_of_one_meaning_are_joined_and_named(tmp_path: Path, rules: Rules) -> None:
    table = read(
        tmp_path / "a.csv",
        rules,
        "问题类别,问题,具体问题,整改期限,完成时限,退回日期（第一次）,退回日期（第二次）,责任单位,牵头单位",
        "卫生,垃圾,未清运,2021-06-20,2021-06-10,2021-06-01,2021-06-05,城管局,城管局",
        "卫生,垃圾,,2021-06-20,,,2021-06-05,城管局,住建局",
    )

    assert cells(table, col.DESCRIPTION) == ["垃圾：未清运", "垃圾"]
    assert cells(table, col.DUE) == ["2021-06-10", "2021-06-20"]
    assert cells(table, col.SENT_BACK) == ["2021-06-01；2021-06-05", "2021-06-05"]
    assert cells(table, col.UNIT) == ["城管局", "城管局；住建局"]
    assert table.own == ("问题类别",)
    assert set(table.joined) == {
        ("问题", "具体问题"),
        ("整改期限", "完成时限"),
        ("退回日期（第一次）", "退回日期（第二次）"),
        ("责任单位", "牵头单位"),
    }


def test_words_of_state_are_judged_cell_by_cell_not_done_first(
    tmp_path: Path, rules: Rules
) -> None:
    table = read(
        tmp_path / "a.csv",
        rules,
        "问题,整改情况,是否完成",
        "甲,已完成,",
        "乙,已 完 成,否",
        "丙,已完成三分之一,",
        "丁,,√",
    )

    assert table.said.done.tolist() == [True, False, False, True]
    assert table.said.not_done.tolist() == [False, True, False, False]
    assert cells(table, col.PROGRESS) == ["已完成", "已 完 成；否", "已完成三分之一", "√"]


def test_the_ledger_holds_the_own_columns_of_all_files(
    dataset: Path,
) -> None:
    lists = {"富宁县.csv": "问题,整改目标\n甲,干净\n", "广南县.csv": "问题,乡镇街\n乙,城关\n"}
    for name, text in lists.items():
        (dataset / "issues" / name).write_text(text, "utf-8")

    opened = open_dataset(dataset)
    ledger = load_ledger(dataset, opened.roster, opened.rules)

    assert col.own_columns(ledger.cells.column_names) == ("整改目标", "乡镇街")
    rows = ledger.cells.select(["问题描述", "整改目标", "乡镇街"]).to_pylist()
    assert [tuple(row.values()) for row in rows] == [("甲", "干净", ""), ("乙", "", "城关")]


def test_a_ledger_has_the_further_columns_before_the_own_ones() -> None:
    names = ["乡镇街", col.PROGRESS, col.ID, col.FORMER_ID, col.COUNTY, col.DESCRIPTION]

    assert col.ledger_columns(names) == (
        *col.ISSUE_COLUMNS, col.FORMER_ID, col.PROGRESS, "乡镇街",
    )  # fmt: skip
