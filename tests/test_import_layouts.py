"""Lists as county offices lay them out: headers of two rows, marks that nobody sees."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter

from conftest import Run, case_dataset, converted, read_json
from duzhan.dataset.names import fold
from duzhan.intake.text import UNSEEN, squash

if TYPE_CHECKING:
    from pathlib import Path

TOP = ["序号", "编号", "存在问题", "点位", "检查\n时间", "整改情况", "", "", "备注"]
SUB = ["", "", "", "", "", "完成时限", "完成日期", "销号日期", ""]
ISSUES = [
    ["1", "001", "垃圾未清", "东门", "2021-06-01", "2021-06-10", "2021-06-08", "2021-06-09", ""],
    ["2", "002", "积水", "东门", "2021-06-02", "2021-06-11", "", "", "已督促"],
]
LEDGER = [
    "001,垃圾未清,东门,,,,,2021-06-01,2021-06-10,2021-06-08,2021-06-09,,,",
    "002,积水,东门,,,,,2021-06-02,2021-06-11,,,,,已督促",
]


def imported(run: Run, root: Path, path: Path) -> Any:  # noqa: ANN401 - any JSON document
    result = run("import", path, "--json", "--data", root, env={"DUZHAN_TODAY": "2021-06-25"})
    (entry,) = read_json(result.stdout)["files"]
    return entry


def ledger(root: Path) -> list[str]:
    return (root / "issues/富宁县.csv").read_text("utf-8-sig").splitlines()[1:]


def workbook(path: Path) -> Path:
    """A list with a header of two rows and merged cells, on two printed pages."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 8, "富宁县问题清单")
        for first, rows in ((1, ISSUES[:1]), (4, ISSUES[1:])):
            for at, name in enumerate(TOP):
                if SUB[at]:
                    sheet.write_string(first + 1, at, SUB[at])
                else:
                    sheet.merge_range(first, at, first + 1, at, name)
            sheet.merge_range(first, 5, first, 7, TOP[5])
            for row, cells in enumerate(rows):
                for at, text in enumerate(cells):
                    sheet.write_string(first + 2 + row, at, text)
    return path


def text(path: Path, *rows: list[str]) -> Path:
    lines = (",".join(f'"{cell}"' for cell in row) for row in rows)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_header_of_two_rows_is_read_as_one_and_skipped_when_repeated(
    kind: str, dataset: Path, tmp_path: Path, run: Run
) -> None:
    path = workbook(tmp_path / "富宁县.xlsx")
    if kind != "xlsx":
        path = converted(path, kind, tmp_path)

    entry = imported(run, dataset, path)

    assert (entry["rows"], entry["added"], entry["skipped"]) == (4, 2, 2)
    assert ledger(dataset) == LEDGER


def test_a_header_of_two_rows_is_read_from_text_too(
    dataset: Path, tmp_path: Path, run: Run
) -> None:
    path = text(tmp_path / "富宁县.csv", ["富宁县问题清单"], TOP, SUB, *ISSUES, TOP, SUB)

    entry = imported(run, dataset, path)

    assert (entry["rows"], entry["added"], entry["skipped"]) == (4, 2, 2)
    assert ledger(dataset) == LEDGER


@pytest.mark.parametrize(
    ("top", "sub"),
    [
        (["问题情况", "", "", "整改情况", ""], ["编号", "存在问题", "点位", "期限", "销号日期"]),
        (["问题", "", "", "整改", "销号"], ["编号", "描述", "地点", "时限", "日期"]),
        (["编号", "问题情况", "", "限期", "销号时间"], ["", "存在问题", "所在地点", "", ""]),
        (["基本情况", "", "", "整改", ""], ["编号", "问题描述", "地点", "整改期限", "验收日期"]),
    ],
)
def test_two_rows_of_a_header_are_taken_together_or_the_lower_for_the_upper(
    top: list[str], sub: list[str], dataset: Path, tmp_path: Path, run: Run
) -> None:
    row = ["001", "垃圾", "东门", "2021-06-10", "2021-06-09"]

    entry = imported(run, dataset, text(tmp_path / "富宁县.csv", top, sub, row))

    assert (entry["rows"], entry["added"]) == (1, 1)
    assert ledger(dataset) == ["001,垃圾,东门,,,,,,2021-06-10,,2021-06-09,,,"]


def test_the_first_issue_below_a_header_is_never_taken_for_a_part_of_it(
    dataset: Path, tmp_path: Path, run: Run
) -> None:
    header = ["编号", "存在问题", "整改情况", "说明"]
    path = text(tmp_path / "富宁县.csv", header, ["", "问题", "完成日期", ""], ["2", "水", "", ""])

    entry = imported(run, dataset, path)
    path = text(tmp_path / "富宁县.csv", header, ["", "公厕", "销号日期", ""], ["2", "水", "", ""])
    other = imported(run, dataset, path)

    assert (entry["rows"], entry["added"]) == (1, 1)
    assert (other["rows"], other["added"], other["unchanged"]) == (2, 1, 1)


@pytest.mark.parametrize("mark", ["\u200b", "\u202a"])
def test_marks_that_nobody_sees_change_no_date_no_word_and_no_id(
    mark: str, dataset: Path, tmp_path: Path, run: Run
) -> None:
    header = ["编号", f"问题{mark}描述", "地点", "县(市)", "发现日期", "销号日期"]
    plain = ["001", "垃圾", "东门", "富宁县", "2021-06-01", "2021-06-10"]
    hidden = [f"{cell[:2]}{mark}{cell[2:]}{mark}" for cell in plain]

    first = imported(run, dataset, text(tmp_path / "富宁县.csv", header, plain))
    again = imported(run, dataset, text(tmp_path / "富宁县 2.csv", header, hidden))

    assert (first["added"], first["refused_cells"]) == (1, 0)
    assert (again["added"], again["rejected"], again["refused_cells"]) == (0, 0, 0)
    assert json.dumps(again["missing"]) == "[]"


def test_both_ways_to_fold_text_know_the_same_marks() -> None:
    unseen = [chr(code) for code in range(0x110000) if UNSEEN.fullmatch(chr(code))]

    assert len(unseen) > 20
    assert {squash(mark) for mark in unseen} == {fold(mark) for mark in unseen} == {""}


@pytest.mark.parametrize("name", ["富宁县.xlsx", "汇总.xlsx"])
def test_instructions_that_name_the_columns_are_no_list(
    name: str, dataset: Path, tmp_path: Path, run: Run
) -> None:
    with xlsxwriter.Workbook(tmp_path / name) as book:
        notes, issues = book.add_worksheet("填表说明"), book.add_worksheet("富宁县")
        for row, pair in enumerate(
            [("列", "怎样填"), ("问题描述", "写清楚"), ("地点", "写到街道")]
        ):
            notes.write_row(row, 0, pair)
        issues.write_row(0, 0, ["编号", "问题描述", "地点"])
        issues.write_row(1, 0, ["001", "垃圾", "东门"])

    entry = imported(run, dataset, tmp_path / name)

    assert (entry["sheet"], entry["rows"], entry["added"]) == ("富宁县", 1, 1)


def test_a_row_with_too_many_cells_goes_back_and_is_not_done_with(
    dataset: Path, tmp_path: Path, run: Run
) -> None:
    path = tmp_path / "富宁县.csv"
    path.write_text("编号,问题描述,销号日期\n1,占道,停放,2021-06-01\n2,垃圾,2021-06-02\n", "utf-8")

    result = run("import", path, "--data", dataset, env={"DUZHAN_TODAY": "2021-06-25"})

    assert result.returncode == 1
    returned = dataset / "退回" / "富宁县 退回更正.csv"
    assert "多半是文字里的逗号没有加引号" in returned.read_text("utf-8")


def test_an_issue_that_reads_like_headings_begins_no_further_table(
    tmp_path: Path, run: Run
) -> None:
    root = case_dataset(tmp_path / "ds", "clean")
    header = "编号,问题描述,地点,整改完成日期,销号日期,核验人\n"
    row = "N-001,问题1,东门,已完成（改）,2021-06-01,王某\nN-002,问题,西门,完成时间,,王某\n"
    (root / "issues" / "富宁县.csv").write_text(header + row, "utf-8")

    told = run("status", "--data", root, "--county", "富宁", "--as-of", "2021-06-25", "--json")

    assert read_json(told.stdout)["counties"][0]["issues"]["total"] == 2
