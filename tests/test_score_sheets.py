"""`record score --items`: an office's own scoring sheet goes in whole, or not at all."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

import pytest
import xlsxwriter

from conftest import read_json
from duzhan.campaign.opening import open_dataset
from duzhan.dataset.layouts import score_sheet_layout
from duzhan.dataset.ledger import reading_of
from duzhan.intake.tables import read_tables
from duzhan.store.canonical_csv import read_rows
from small import Calls, assert_replays, snapshot
from test_json import schema_check

if TYPE_CHECKING:
    from pathlib import Path

STANDARD = """
name: 测试标准
items:
  - {id: A1, name: 组织管理, full: 40, category: 基础}
  - {id: A2, name: 健康教育, full: 60, category: 基础}
  - {id: B1, name: 主次干道, full: 120.5, category: 市容环境}
  - {id: B2, name: 农贸市场, full: 80, category: 市容环境}
  - {id: B3, name: 联合项, full: 30, category: 市容环境, assessors: [省州联合]}
"""
ITEMS = "score_items.csv"
GOOD = ("组织管理,40,38", "健康教育,60,50.5", "主次干道,120.5,100", "农贸市场,80,60")
OPTIONS = ("--county", "富宁", "--on", "2021-06-20", "--assessor", "州级")


@pytest.fixture
def call(
    dataset: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Calls:
    monkeypatch.setenv("DUZHAN_TODAY", "2021-06-25")
    (dataset / "standard.yaml").write_text(STANDARD, "utf-8")
    return Calls(dataset, capsys)


def sheet(call: Calls, *rows: str, header: str = "检查项目,分值,得分", name: str = "表.csv") -> str:
    """A scoring sheet as a text file."""
    path = call.folder.parent / name
    path.write_text("\n".join((header, *rows)), "utf-8")
    return str(path)


def book(path: Path, sheets: dict[str, list[list[object]]], merged: tuple[str, ...] = ()) -> Path:
    """A workbook; cells of `merged` (A3:A4) of each sheet keep what stands in their first one."""
    with xlsxwriter.Workbook(path) as made:
        for title, rows in sheets.items():
            page = made.add_worksheet(title)
            for at, row in enumerate(rows):
                page.write_row(at, 0, row)
            for area in merged:
                page.merge_range(area, rows[int(area[1:].split(":")[0]) - 1][0])
    return path


def kept(call: Calls) -> list[list[str]]:
    """The rows of score_items.csv."""
    return read_rows((call.folder / ITEMS).read_bytes())[1]


def problems(call: Calls, file: str, *options: str) -> list[tuple[int | None, str, str]]:
    """What is wrong with a sheet that must be refused: line, code, message; nothing is written."""
    before = snapshot(call.folder)
    said = call("record", "score", "--items", file, *(options or OPTIONS), "--json")
    document = read_json(said.out)
    schema_check("record-score", said.out)
    assert said.code == 1
    assert not document["recorded"]
    assert snapshot(call.folder) == before
    assert len(said.err.splitlines()) == len(document["problems"])
    return [(p["line"], p["code"], p["message"]) for p in document["problems"]]


def test_a_whole_sheet_goes_in_counts_and_replays(call: Calls) -> None:
    first = snapshot(call.folder)
    file = sheet(call, *GOOD, "合计,300.5,248.5")

    said = call.done("record", "score", "--items", file, *OPTIONS, "--milestone", "2021-06")

    assert "分项合计248.5分（满分300.5分，失52分），与表里的1个合计数一致" in said.out
    assert [row[:6] for row in kept(call)] == [
        ["2021-06-20", "富宁县", "州级", "2021-06", name, points]
        for name, points in (
            ("组织管理", "38"), ("健康教育", "50.5"), ("主次干道", "100"), ("农贸市场", "60"),
        )
    ]  # fmt: skip
    counted = read_json(call("status", "--county", "富宁", "--json").out)["counties"][0]["score"]
    assert counted == {"value": 248.5, "assessor": "州级", "date": "2021-06-20"}
    assert_replays(call.folder, first)
    again = call("record", "score", "--items", file, *OPTIONS, "--milestone", "2021-06")
    assert again.code == 1
    assert "第2行起已有 2021-06-20 富宁县 州级的这次评估" in again.err


def test_a_rehearsal_says_the_same_and_writes_nothing(call: Calls) -> None:
    before = snapshot(call.folder)
    said = call.done("record", "score", "--items", sheet(call, *GOOD), *OPTIONS, "--dry-run")
    assert "这是预演，没有写入" in said.out
    assert snapshot(call.folder) == before


def test_a_workbook_of_a_sheet_a_category_is_read_with_its_titles_sums_and_signatures(
    call: Calls,
) -> None:
    head: list[object] = [
        "序号",
        "考核项目",
        "考核内容",
        "标准分",
        "扣分",
        "存在问题",
        "责任单位",
        "评分标准",
    ]
    basic: list[list[object]] = [
        ["富宁县评分表"],
        ["评估时间：2021年6月20日  评估单位：州级"],
        head,
        [1, "基础", "1、组织管理（40分）", 40, 2, "机构不健全", "县卫健局", "查资料"],
        [2, "基础", "（二）健康 教育", 60, -9.5, "", "", "现场看"],
        ["小计", "", "", 100, 11.5],
        ["检查人：张三", "", "", "", "日期：6月20日"],
    ]
    street: list[list[object]] = [
        head,
        [1, "市容环境", "B1", 120.5, 20.5, "占道"],
        [2, "市容环境", "农贸市场", 80, 20],
        ["合计", "", "", 300.5, 52],
    ]
    file = book(
        call.folder.parent / "评分.xlsx", {"基础": basic, "市容": street}, merged=("B4:B5",)
    )

    said = call.done("record", "score", "--items", str(file), "--json")
    told = read_json(said.out)
    schema_check("record-score", said.out)

    assert (told["county"], told["date"], told["assessor"]) == ("富宁县", "2021-06-20", "州级")
    assert [(one["name"], one["points"]) for one in told["items"]] == [
        ("组织管理", 38), ("健康教育", 50.5), ("主次干道", 100), ("农贸市场", 60),
    ]  # fmt: skip
    assert [one["agrees"] for one in told["sums"]] == [True, True]
    assert told["rows"] == len(told["items"]) + len(told["sums"]) + len(told["left_out"])
    assert told["other_columns"] == ["评分标准"]
    assert kept(call)[0][6:] == ["机构不健全", "责任单位：县卫健局"]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (GOOD[:3], (None, "missing-value", "表里没有分项“农贸市场”（B2，80分）")),
        ((*GOOD, "农贸市场,80,70"), (6, "duplicate-value", "在第5行已经有了")),
        ((*GOOD, "农贸集市,80,70"), (6, "unknown-value", "是不是“农贸市场”？")),
        ((*GOOD, "联合项,30,20"), (6, "unknown-value", "不是这次评估的分项")),
        ((*GOOD[:3], "农贸市场,80,80.5"), (5, "bad-number", "“80.5”高于“农贸市场”的分值")),
        ((*GOOD[:3], "农贸市场,90,60"), (5, "bad-number", "标准里“农贸市场”是80分")),
        ((*GOOD[:3], "农贸市场,80,"), (5, "missing-value", "没有扣分的，扣分填0")),
        ((*GOOD[:3], "农贸市场,80,无"), (5, "missing-value", "没有得分，也没有扣分")),
        ((*GOOD[:3], "农贸市场,80,不涉及"), (5, "bad-number", "应是0至80的数字")),
        ((*GOOD, "合计,300.5,250"), (6, "score-mismatch", "得分248.5、扣分52")),
        (("组织管理；健康教育,,38", *GOOD), (2, "unknown-value", "可以是好几个分项")),
    ],
)
def test_a_sheet_that_would_not_count_is_refused_whole(
    rows: tuple[str, ...], found: tuple[int | None, str, str], call: Calls
) -> None:
    told = problems(call, sheet(call, *rows))

    line, code, words = found
    assert [(at, kind) for at, kind, _ in told] == [(line, code)]
    assert words in told[0][2]


def test_points_and_deductions_that_are_both_given_must_agree(call: Calls) -> None:
    rows = ("组织管理,40,38,2", "健康教育,60,50,9", "主次干道,120.5,,20.5", "农贸市场,80,60,")
    file = sheet(call, *rows, header="指标,满分,得分,扣分")

    (wrong,) = problems(call, file)

    assert wrong[:2] == (3, "bad-number")
    assert wrong[2] == "“健康教育”得分50加扣分9不等于分值60"


def test_every_fault_is_told_at_once(call: Calls) -> None:
    rows = ("组织管理,41,38", "健康教肓,60,50", "主次干道,120.5,121")
    assert [line for line, _, _ in problems(call, sheet(call, *rows))] == [3, 2, 4, None, None]


def test_a_sheet_of_another_county_or_day_than_said_is_refused(call: Calls) -> None:
    titled = sheet(call, *GOOD, header="广南县评分表\n检查项目,分值,得分")
    dated = sheet(call, *GOOD, header="评估日期：2021年6月21日\n检查项目,分值,得分", name="二.csv")

    told = [call("record", "score", "--items", file, *OPTIONS) for file in (titled, dated)]

    assert [said.code for said in told] == [1, 1]
    assert "富宁县、广南县；一张评分表只能是一次评估" in told[0].err
    assert "2021-06-21、2021-06-20" in told[1].err


def test_a_total_that_differs_stays_beside_the_items_and_the_smaller_counts(call: Calls) -> None:
    call.done("record", "score", *OPTIONS, "--points", "260")

    said = call("record", "score", "--items", sheet(call, *GOOD), *OPTIONS)

    assert said.code == 1
    assert "scores.csv 里这次评估的总分是260分，分项合计248.5分：暂按较低的计" in said.err
    assert len(kept(call)) == 4
    checked = read_json(call("check", "--json").out)["problems"]
    assert {p["code"] for p in checked if p["severity"] == "error"} == {"score-mismatch"}
    status = read_json(call("status", "--county", "富宁", "--json").out)["counties"][0]
    assert status["score"]["value"] == 248.5


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--items", "表.csv", "--on", "2021-06-20", "--assessor", "州级"), 2, "请加上 --county"),
        (("--items", "表.csv", *OPTIONS, "--points", "9"), 2, "不能再写 --points"),
        ((*OPTIONS, "--points", "9", "--dry-run"), 2, "要与 --items 一起用"),
        ((*OPTIONS,), 2, "缺少选项 --points"),
        (("--items", "没有.csv", *OPTIONS), 1, "没有.csv"),
        (("--items", "表.csv", *OPTIONS, "--column", "项=检查项目"), 2, "评分表没有“项”这一列"),
        (("--items", "表.csv", *OPTIONS, "--milestone", "2021-13"), 2, "没有“2021-13”这个考核节点"),
    ],
)
def test_a_wrong_call_says_what_would_be_right(
    options: tuple[str, ...], code: int, said: str, call: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet(call, *GOOD)
    monkeypatch.chdir(call.folder.parent)

    told = call("record", "score", *options)

    assert (told.code, said in told.err) == (code, True), told.err


def test_without_a_standard_nobody_knows_the_items(call: Calls) -> None:
    (call.folder / "standard.yaml").unlink()
    said = call("record", "score", "--items", sheet(call, *GOOD), *OPTIONS)
    assert said.code == 1
    assert "没有 standard.yaml" in said.err


def test_an_assessor_without_items_is_no_assessment(call: Calls) -> None:
    (call.folder / "standard.yaml").write_text(
        "name: 标准\nitems: [{id: A1, name: 组织管理, full: 40, assessors: [省级]}]\n", "utf-8"
    )
    said = call("record", "score", "--items", sheet(call, GOOD[0]), *OPTIONS)
    assert (said.code, (call.folder / ITEMS).exists()) == (1, False)
    assert "standard.yaml 里没有 2021-06-20 州级评估的分项" in said.err


def test_items_that_add_up_beyond_the_scale_are_not_recorded(call: Calls) -> None:
    (call.folder / "standard.yaml").write_text(
        "name: 标准\nitems: [{id: A1, name: 组织管理, full: 1200}]\n", "utf-8"
    )
    said = call("record", "score", "--items", sheet(call, "组织管理,1200,1001"), *OPTIONS)
    assert (said.code, (call.folder / ITEMS).exists()) == (1, False)
    assert "分项合计1001分，不在评分范围0至1000内，不会被计入" in said.err


def test_a_heading_that_nobody_knows_can_be_named(call: Calls) -> None:
    file = sheet(call, *GOOD, header="要点,分值,得分")

    refused = call("record", "score", "--items", file, *OPTIONS)
    taken = call.done("record", "score", "--items", file, *OPTIONS, "--column", "分项=要点")

    assert refused.code == 1
    assert "--column 分项=" in refused.err
    assert "score_items.csv 加了4条记录" in taken.out


def test_a_blank_sheet_says_which_assessment_it_is_and_comes_back(call: Calls) -> None:
    path = call.folder.parent / "空白.xlsx"
    call.done("record", "score", "--blank", str(path), *OPTIONS, "--milestone", "2021-06")
    first = path.read_bytes()

    rules = open_dataset(call.folder).rules
    (table,) = read_tables(path, score_sheet_layout(rules), reading_of(rules).dates)
    empty = problems(call, str(path), "--milestone", "2021-06")
    with zipfile.ZipFile(path) as parts:
        filled = {name: parts.read(name) for name in parts.namelist()}
    part = "xl/worksheets/sheet1.xml"
    text = filled[part].decode()
    for row, points in zip(range(4, 8), (38, 50.5, 100, 60), strict=True):
        text = re.sub(rf'<c r="E{row}"( s="\d+")/>', rf'<c r="E{row}"\1><v>{points}</v></c>', text)
    filled[part] = re.sub(r"(<f>SUM\(E4:E7\)</f><v>)0", r"\g<1>248.5", text).encode()
    with zipfile.ZipFile(path, "w") as parts:
        for name, data in filled.items():
            parts.writestr(name, data)
    taken = call.done("record", "score", "--items", str(path), "--json")
    call.done("record", "score", "--blank", str(path), *OPTIONS, "--milestone", "2021-06")

    assert table.cells["分项"].to_pylist() == ["组织管理", "健康教育", "主次干道", "农贸市场"]
    assert {code for _, code, _ in empty} == {"missing-value"}
    told = read_json(taken.out)
    assert (told["county"], told["milestone"], told["total"]) == ("富宁县", "2021-06", 248.5)
    assert [one["agrees"] for one in told["sums"]] == [True]
    assert path.read_bytes() == first


@pytest.mark.parametrize(
    ("items", "code", "said"),
    [
        ("{id: A1, name: 甲, full: 1}, {id: A1, name: 乙, full: 1}", "duplicate-value", "“A1”重复"),
        (
            "{id: A1, name: 甲, full: 1}, {id: A2, name: 甲, full: 1}",
            "duplicate-value",
            "“甲”已经是分项 A1",
        ),
        ("{id: A1, name: 甲, full: 0}", "bad-number", "满分应大于 0"),
        ("{id: A1, name: 甲, full: 1, assessors: [邻州]}", "unknown-value", "“邻州”不是评估方"),
    ],
)
def test_a_standard_that_contradicts_itself_is_not_used(
    items: str, code: str, said: str, call: Calls
) -> None:
    (call.folder / "standard.yaml").write_text(f"name: 标准\nitems: [{items}]\n", "utf-8")

    (problem,) = read_json(call("check", "--json").out)["problems"]

    assert (problem["file"], problem["code"]) == ("standard.yaml", code)
    assert said in problem["message"]
    assert call("record", "score", "--items", sheet(call, *GOOD), *OPTIONS).code == 1


def test_items_of_one_name_may_follow_each_other_in_time(call: Calls) -> None:
    (call.folder / "standard.yaml").write_text(
        "name: 标准\nitems:\n"
        "  - {id: A1, name: 甲, full: 100, until: 2021-06-19}\n"
        "  - {id: A2, name: 甲, full: 80, since: 2021-06-20}\n",
        "utf-8",
    )
    file = sheet(call, "甲,80,70")

    before = call("record", "score", "--items", file, "--county", "富宁", "--on", "2021-06-19",
                  "--assessor", "州级")  # fmt: skip
    after = call("record", "score", "--items", file, *OPTIONS)

    assert (before.code, after.code) == (1, 0)
    assert "标准里“甲”是100分" in before.err
