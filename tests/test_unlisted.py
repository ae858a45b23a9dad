"""Sheets that are no lists, headings that nobody knows, and what reading had to interpret."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import xlsxwriter

from duzhan.campaign.opening import open_dataset
from duzhan.dataset.interpreted_cells import numbers_several
from duzhan.dataset.layouts import issue_layout
from duzhan.dataset.ledger import reading_of
from duzhan.intake.grid import RefusedFileError
from duzhan.intake.tables import read_tables

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run


def refusal(path: Path, dataset: Path, *rows: str) -> str:
    rules = open_dataset(dataset).rules
    path.write_text("\n".join(rows) + "\n", "utf-8")
    with pytest.raises(RefusedFileError) as caught:
        read_tables(path, issue_layout(rules), reading_of(rules).dates)
    return caught.value.message


@pytest.mark.parametrize(
    "rows",
    [
        ("创卫问题交办单,", "问题,熟食区未设三防设施", "整改要求,立即整改", "责任单位,市场监管局"),
        ("交办单,,,", "问题来源,省爱卫专项办,检查时间,2021-06-03", "存在问题,占道经营,,",
         "整改时限,6月30日前,责任单位,城管局"),
        ("问题描述,占道经营", "整改期限,2021-06-30"),
    ],
)  # fmt: skip
def test_labels_with_their_values_are_no_list(
    dataset: Path, tmp_path: Path, rows: tuple[str, ...]
) -> None:
    assert "一事一张" in refusal(tmp_path / "a.csv", dataset, *rows)


@pytest.mark.parametrize(
    "rows",
    [
        ("县区,问题总数,已整改数,整改率", "富宁县,12,10,83.3%", "广南县,9,9,100%"),
        ("县（市）,存在问题,已整改,未整改,整改率", "富宁县,12,10,2,83.3%", "广南县,9个,9,0,100%"),
    ],
)
def test_a_summary_is_no_list(dataset: Path, tmp_path: Path, rows: tuple[str, ...]) -> None:
    assert "汇总表" in refusal(tmp_path / "a.csv", dataset, *rows)


def test_a_refusal_shows_the_headings_the_likeliest_and_both_remedies(
    dataset: Path, tmp_path: Path
) -> None:
    message = refusal(
        tmp_path / "a.csv",
        dataset,
        "富宁县台账,,",
        "编号,情况及问题的描述,责任单位",
        "1,占道,城管局",
    )

    assert "表头有：编号、情况及问题的描述、责任单位" in message
    assert "把它改成“问题描述”" in message
    assert "--column 问题描述=情况及问题的描述" in message


@pytest.mark.parametrize(
    ("text", "several"),
    [
        ("1.垃圾未清；2.公厕无水", True),
        ("1、垃圾未清\n2、公厕无水", True),
        ("（1）垃圾未清（2）公厕无水", True),
        ("一是垃圾未清，二是公厕无水", True),
        ("①垃圾②公厕", True),
        ("一、垃圾。二、公厕", True),
        ("占地1.5亩，2.3公里", False),
        ("第2、3号楼", False),
        ("2.公厕无水", False),
        ("1楼至2楼堆物", False),
    ],
)
def test_a_cell_that_numbers_several_problems_is_known(text: str, several: bool) -> None:
    assert numbers_several(text) is several


def test_check_names_what_reading_had_to_interpret(dataset: Path, run: Run) -> None:
    (dataset / "issues/富宁县.csv").write_text(
        "编号,问题描述,发现日期,整改期限\n"
        "1,一是脏，二是乱,2021-06-01,6月底前\n2,乙,2021-06-01,立行立改\n3,丙,2021-06-01,2021-06-10\n",
        "utf-8",
    )

    result = run("check", "--json", "--data", dataset)

    problems = [
        p for p in json.loads(result.stdout)["problems"] if p["file"].endswith("富宁县.csv")
    ]
    told = [(p["code"], p["severity"], p["line"], p["value"]) for p in problems]
    assert sorted(told) == [
        ("interpreted-date", "warning", 2, "6月底前"),
        ("interpreted-date", "warning", 3, "立行立改"),
        ("several-problems", "warning", 2, "一是脏，二是乱"),
    ]
    assert "2021-06-30" in next(p["message"] for p in problems if p["value"] == "6月底前")


def test_a_county_may_have_headings_of_its_own(dataset: Path, run: Run) -> None:
    roster = dataset / "groups.yaml"
    text = roster.read_text("utf-8")
    at = text.index("name: 富宁县\n")
    indent = " " * (at - text.rindex("\n", 0, at) - 1)
    own = f"{indent}header_aliases: {{问题描述: [毛病], 整改期限: [完成时间]}}\n"
    end = text.index("\n", at) + 1
    roster.write_text(text[:end] + own + text[end:], "utf-8")
    (dataset / "issues/富宁县.csv").write_text("编号,毛病,完成时间\n1,甲,2021-06-10\n", "utf-8")
    (dataset / "issues/广南县.csv").write_text("编号,毛病,完成时间\n1,甲,2021-06-10\n", "utf-8")

    result = run("overdue", "--as-of", "2021-06-25", "--json", "--data", dataset)

    assert [issue["days_overdue"] for issue in json.loads(result.stdout)["issues"]] == [15]

    (dataset / "issues/富宁县.csv").unlink()
    (dataset / "issues/广南县.csv").unlink()
    (dataset / "富宁县.csv").write_text("编号,毛病,完成时间\n1,甲,2021-06-10\n", "utf-8")
    result = run("import", dataset / "富宁县.csv", "--json", "--data", dataset)
    (entry,) = json.loads(result.stdout)["files"]
    assert (entry["added"], entry["kept_columns"], entry["ambiguous_columns"]) == (1, [], [])


def test_a_summary_beside_a_list_is_named_and_left_aside(
    dataset: Path, tmp_path: Path, run: Run
) -> None:
    path = tmp_path / "富宁县.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, rows in (
            ("清单", [["编号", "问题描述"], ["1", "甲"]]),
            ("汇总", [["县（市）", "问题总数", "已整改数", "整改率"], ["富宁县", "1", "0", "0%"]]),
            ("填表说明", [["请按表头填写"]]),
        ):
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)

    result = run("import", path, "--json", "--data", dataset)

    answer = json.loads(result.stdout)
    assert [entry["added"] for entry in answer["files"]] == [1]
    assert [one["file"] for one in answer["not_lists"]] == ["富宁县.xlsx/汇总"]
    assert "汇总表" in answer["not_lists"][0]["what"]
