"""Lists as counties lay them out: what is an issue, what is not, what speaks for the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import xlsxwriter

from duzhan import columns as col
from duzhan.campaign.opening import open_dataset
from duzhan.dataset.layouts import issue_layout
from duzhan.dataset.ledger import reading_of
from duzhan.intake.grid import RefusedFileError
from duzhan.intake.tables import Table, read_tables
from duzhan.intake.text import squash

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    Read = Callable[..., Table]


@pytest.fixture
def read(dataset: Path, tmp_path: Path) -> Read:
    rules = open_dataset(dataset).rules

    def start(
        *rows: str, sheet: str | None = None, told: dict[str, Sequence[str]] | None = None
    ) -> Table:
        cells = [row.split(",") for row in rows]
        path = tmp_path / ("a.xlsx" if sheet else "a.csv")
        if sheet:
            with xlsxwriter.Workbook(path) as book:
                page = book.add_worksheet(sheet)
                for at, row in enumerate(cells):
                    page.write_row(at, 0, row)
        else:
            path.write_text("\n".join(rows) + "\n", "utf-8")
        (table,) = read_tables(path, issue_layout(rules, told), reading_of(rules).dates)
        return table

    return start


def cells(table: Table, name: str) -> list[str]:
    column: list[str] = table.cells[name].to_pylist()
    return column


LIST = ("序号,编号,问题描述,责任单位,整改期限,备注", "1,A-1,垃圾,城管局,2021-06-10,")


@pytest.mark.parametrize(
    "line",
    [
        "填报人：张三,,,,,",
        "填　报　人　：张三,,,,,",
        "填 报 人  张三,,,,,",
        "填报人,,张三,,,",
        "填报单位（盖章）：富宁县爱卫办,,,,,",
        "填报时间：2021年6月21日,,,,,",
        "编制：甲某,审核：乙某,,批准：丙某,,",
        "编制｜甲某,,,,,",
        "制表/甲某,,,,,",
        "单位负责人（签字）：,,,填报人：,,甲某",
        "分管领导：,,,,,",
        "联系电话：0876-6000000,,,,,",
        "\u200b联系人：甲某,,,电话：0876-6000000,,",
        "注：每周五报送,,,,,",
        "备 注 ：每周五报送,,,,,",
        "说明:共一件,,,,,",
        "合　计,,1,,,",
        "合计,1,,,,",
        ",小 计,5,,,",
        ",总计,,,,3",
        "一、已完成整改问题,,,,,",
        "截至6月21日共排查问题2个,,,,,",
        ",,,富宁县爱国卫生专项行动办公室,,",
        ",,,,,整改后",
        "整改前,,,整改后,,照片",
        "序 号,编 号,问 题 描 述,责任单位,整改期限,备注",
        "序号,编号,问题描述,责任单位,整改期限,备注",
    ],
)
def test_a_row_that_is_no_issue_is_left_out_and_told(read: Read, line: str) -> None:
    table = read(*LIST, line)

    assert (table.row_count, table.skipped, table.cells.num_rows) == (2, 1, 1)
    if not line.startswith("序"):
        assert [number for number, _ in table.left_out] == [3]
        assert squash(line.partition(",")[0]) in squash(table.left_out[0][1])


@pytest.mark.parametrize(
    "line",
    [
        "填报人员未佩戴口罩,A-2,,,,",
        "负责人不在岗,,负责人不在岗,城管局,,",
        "审核人：张三,,,,2021-06-12,",
        "编制不足,,,城管局,,",
        "合计,A-2,,,,",
        "合计,,五个问题,城管局,,",
        "2,,合计金额未公示,城管局,,",
        ",,积水,,,",
        ",A-2,,,,",
        ",,,,2021-06-12,",
        ",,,,6月底前,",
        ",填报人员,,,,",
        "2,,问题,城管局,,",
    ],
)
def test_an_issue_is_never_left_out(read: Read, line: str) -> None:
    table = read(*LIST, line)

    assert (table.row_count, table.skipped, table.cells.num_rows) == (2, 0, 2)


def test_a_row_of_column_numbers_is_a_part_of_the_header(read: Read) -> None:
    table = read(LIST[0], "1,2,3,4,5,6", LIST[1], "（1）,（2）,（3）,（4）,（5）,（6）")

    assert (cells(table, col.ID), table.skipped) == (["A-1", "（2）"], 1)


def test_a_title_of_a_section_speaks_for_the_rows_below_it(read: Read) -> None:
    table = read(
        "序号,问题描述,责任单位,整改情况",
        "一、已完成整改问题（2个）,,,",
        "1,甲,城管局,",
        "2,乙,城管局,未启动",
        "（一）城区,,,",
        "3,丙,城管局,清运三车",
        "二、未完成整改问题,,,",
        "4,丁,城管局,",
        "三、其他,,,",
        "5,戊,城管局,",
    )

    assert table.said.done.tolist() == [True, False, True, False, False]
    assert table.said.not_done.tolist() == [False, True, False, True, False]
    assert cells(table, col.PROGRESS) == [
        "已完成整改",
        "未启动",
        "清运三车；已完成整改",
        "未完成整改",
        "",
    ]
    assert table.skipped == 4


@pytest.mark.parametrize(
    ("sheet", "done", "not_done"),
    [
        ("已完成", True, False),
        ("未完成", False, True),
        ("未整改到位（6月）", False, True),
        ("已销号问题", True, False),
        ("限期整改到位", False, False),
        ("整改完成情况", False, False),
        ("Sheet1", False, False),
    ],
)
def test_the_name_of_a_sheet_speaks_for_rows_without_a_word_of_their_own(
    read: Read, sheet: str, done: bool, not_done: bool
) -> None:
    table = read("问题描述,责任单位,整改情况", "甲,城管局,", "乙,城管局,整改中", sheet=sheet)

    assert (table.said.done.tolist(), table.said.not_done.tolist()) == (
        [done, False],
        [not_done, True],
    )


def test_a_word_in_brackets_behind_the_description_is_no_part_of_it(read: Read) -> None:
    table = read(
        "问题描述,责任单位",
        "垃圾未清（已整改）,城管局",
        "公厕无水(未完成) ,城管局",
        "占道【整改到位】,城管局",
        "门牌缺失（三处）,城管局",
        "（已整改）,城管局",
    )

    assert cells(table, col.DESCRIPTION) == [
        "垃圾未清",
        "公厕无水",
        "占道",
        "门牌缺失（三处）",
        "（已整改）",
    ]
    assert table.said.done.tolist() == [True, False, True, False, False]
    assert table.said.not_done.tolist() == [False, True, False, False, False]
    assert cells(table, col.PROGRESS) == ["已整改", "未完成", "整改到位", "", ""]


def test_ticks_say_what_their_heading_says(read: Read) -> None:
    table = read(
        "序号,问题描述,整改时限,整改情况,,,备注",
        ",,,已完成,正在整改,未完成,",
        "1,甲,2021-06-10,√,,,",
        "2,乙,2021-06-10,,✓,,",
        "3,丙,2021-06-10,,,是,",
        "4,丁,2021-06-10,√,,√,",
        "5,戊,2021-06-10,×,,,",
        "6,己,2021-06-10,,,缺资金,",
    )

    assert (table.row_count, table.own, table.joined) == (6, (), ())
    assert table.said.done.tolist() == [True, False, False, False, False, False]
    assert table.said.not_done.tolist() == [False, True, True, True, True, False]
    assert cells(table, col.PROGRESS) == [
        "已完成", "正在整改", "未完成", "已完成；未完成", "已完成：×", "未完成：缺资金",
    ]  # fmt: skip


@pytest.mark.parametrize("head", ["问题描述,已整改,未整改", "问题描述,是否完成,\n,是,否"])
def test_ticks_stand_below_headings_of_one_or_two_rows(read: Read, head: str) -> None:
    table = read(*head.split("\n"), "甲,√,", "乙,,√")

    assert table.cells.num_rows == 2
    assert table.said.done.tolist() == [True, False]
    assert table.said.not_done.tolist() == [False, True]


def test_no_to_the_striking_off_says_nothing_of_the_issue(read: Read) -> None:
    table = read("问题描述,是否销号,整改完成日期", "甲,是,", "乙,否,2021-06-01", "丙,已销号,")

    assert table.said.done.tolist() == [True, False, True]
    assert not table.said.not_done.any()
    assert cells(table, col.PROGRESS) == ["是", "是否销号：否", "已销号"]


@pytest.mark.parametrize(
    ("upper", "lower", "own"),
    [
        ("序号,问题描述,整改照片,", ",,整改前,整改后", ("整改照片整改前", "整改照片整改后")),
        ("序号,问题描述,资金投入,,备注", ",,中央,地方,", ("资金投入中央", "资金投入地方")),
        (
            "问题描述,包保,,,",
            ",县级,乡级,村级,户级",
            ("包保县级", "包保乡级", "包保村级", "包保户级"),
        ),
    ],
)
def test_a_second_header_row_is_header_whatever_it_holds(
    read: Read, upper: str, lower: str, own: tuple[str, ...]
) -> None:
    row = "1,甲" if upper.startswith("序") else "甲,乙"
    table = read(upper, lower, row + ",," * 1)

    assert (table.row_count, table.own) == (1, own)


def test_the_first_issue_is_no_second_header_row(read: Read) -> None:
    assert read("问题描述,整改前,,", "垃圾,无,有,有").cells.num_rows == 1
    assert read("序号,问题描述,问题来源", "1,甲,督战组督战发现", "2,乙,").cells.num_rows == 2


def test_tables_below_each_other_are_read_by_their_own_headers(read: Read) -> None:
    table = read(
        "一、城区,,,",
        "序号,问题描述,责任单位,整改期限",
        "1,甲,城管局,2021-06-10",
        ",,,",
        "二、乡镇,,,",
        "序号,乡镇街,存在问题,整改时限,整改目标",
        "1,新华镇,乙,6月底前,干净",
        "2,剥隘镇,丙,6月底前,干净",
        "合计,,2,,",
    )

    assert cells(table, col.DESCRIPTION) == ["甲", "乙", "丙"]
    assert cells(table, col.UNIT) == ["城管局", "", ""]
    assert cells(table, col.DUE) == ["2021-06-10", "6月底前", "6月底前"]
    assert table.own == ("乡镇街", "整改目标")
    assert cells(table, "整改目标") == ["", "干净", "干净"]
    assert (table.row_count, table.skipped, table.flaws) == (6, 3, ())
    assert table.lines(table.positions[:0]) == []


def test_a_header_of_two_rows_may_begin_a_further_table(read: Read) -> None:
    head = ("序号,问题描述,责任单位,整改情况,", ",,,已完成,未完成")
    table = read(
        *head, "1,甲,城管局,√,", *head, "2,乙,城管局,,√", "序号,问题,地点,情况,照片", "1,丙,东门,,"
    )

    assert cells(table, col.DESCRIPTION) == ["甲", "乙", "丙"]
    assert table.said.not_done.tolist() == [False, True, False]
    assert (table.row_count, table.skipped) == (6, 3)


def test_a_line_above_the_header_speaks_for_all_rows(read: Read) -> None:
    table = read(
        "富宁县问题清单,",
        "检查时间：2021年6月1日  检查地点：城东农贸市场,",
        "整改时限：2021年6月30日前　　填报人：张三,",
        "备注：每周五报,",
        "序号,问题描述",
        "1,甲",
        "2,乙",
    )

    assert cells(table, col.FOUND) == ["2021年6月1日"] * 2
    assert cells(table, col.LOCATION) == ["城东农贸市场"] * 2
    assert cells(table, col.DUE) == ["2021年6月30日前"] * 2
    assert col.REMARK not in table.cells.column_names


def test_a_line_above_the_header_never_speaks_for_a_column_that_is_there(read: Read) -> None:
    table = read("整改时限：2021年6月30日前,", "问题描述,整改期限", "甲,", "乙,2021-06-10")

    assert cells(table, col.DUE) == ["", "2021-06-10"]


@pytest.mark.parametrize(
    "heading", ["完成时间", "完成日期", "整改完成时间", "完 成 时 间（年月日）"]
)
def test_a_date_of_completion_without_a_deadline_is_not_guessed(read: Read, heading: str) -> None:
    table = read(f"问题描述,责任单位,{heading}", "甲,城管局,2021-06-10")

    assert table.ambiguous == table.own
    assert len(table.own) == 1
    assert col.CLAIMED not in table.cells.column_names


def test_a_date_of_completion_is_what_somebody_says_it_is(read: Read) -> None:
    rows = ("问题描述,责任单位,完成时间", "甲,城管局,2021-06-10")

    due = read(*rows, told={col.DUE: ["完成时间"]})
    claimed = read(*rows, told={col.CLAIMED: ["完成时间"]})

    assert (cells(due, col.DUE), due.ambiguous) == (["2021-06-10"], ())
    assert (cells(claimed, col.CLAIMED), claimed.ambiguous) == (["2021-06-10"], ())


def test_with_a_deadline_beside_it_a_date_of_completion_is_the_claim(read: Read) -> None:
    table = read("问题描述,整改时限,完成时间", "甲,2021-06-10,2021-06-08")

    assert (cells(table, col.CLAIMED), table.ambiguous) == (["2021-06-08"], ())


@pytest.mark.parametrize(
    "heading",
    [
        "＊问题描述", "*问题描述（必填）", "1.问题描述", "①问题描述", "一、问题描述",
        "问 题\u3000描 述",
        "\ufeff问题描述", "问题\u200b描述", "问题描述：", "★存在问题", "隐患描述", "问题清单",
        "不符合项", "问题描述2",
    ],
)  # fmt: skip
def test_a_heading_is_known_whatever_stands_around_it(read: Read, heading: str) -> None:
    assert cells(read(f"{heading},责任单位", "甲,城管局"), col.DESCRIPTION) == ["甲"]


def test_headings_of_the_same_event_by_their_turn_are_joined(read: Read) -> None:
    table = read(
        "问题描述,退回日期1,第二次退回日期,销号日期（首次）,再次销号日期",
        "甲,2021-06-01,2021-06-05,2021-05-31,",
    )

    assert cells(table, col.SENT_BACK) == ["2021-06-01；2021-06-05"]
    assert len(table.joined) == 2


@pytest.mark.parametrize(
    "heading", ["延期后时限", "申请延期至", "延期至", "整改前照片", "整改目标"]
)
def test_a_heading_that_only_resembles_a_known_one_is_the_countys_own(
    read: Read, heading: str
) -> None:
    assert read(f"问题描述,{heading}", "甲,2021-06-10").own == (heading,)


def test_too_many_columns_of_its_own_are_refused_with_their_number(read: Read) -> None:
    names = ",".join(f"列甲{chr(0x4E00 + number)}" for number in range(400))

    with pytest.raises(RefusedFileError, match="400 列"):
        read(f"问题描述,{names}", "甲")


def test_a_number_that_excel_made_of_a_text_is_refused(read: Read) -> None:
    table = read("编号,问题描述,地点", "5.33E+17,甲,东门", "A+1,乙,西门")

    assert [flaw[:3] for flaw in table.flaws] == [(0, col.ID, "5.33E+17")]
    assert "文本格式" in table.flaws[0][3]


@pytest.mark.parametrize("tail", [",,", ",多余", ",,,"])
def test_a_row_with_more_cells_than_the_header_has_shifted(read: Read, tail: str) -> None:
    table = read("编号,问题描述,整改期限", "1,甲,2021-06-10" + tail, "2,乙,2021-06-11")

    assert [flaw[:2] for flaw in table.flaws] == [(0, None)]
    assert table.own == ()


def test_a_separator_behind_every_row_shifts_nothing(read: Read) -> None:
    table = read("编号,问题描述,整改期限", "1,甲,2021-06-10,", "2,乙,2021-06-11,", ",,,,,")

    assert (table.flaws, table.cells.num_rows) == ((), 2)


def test_in_a_ledger_no_other_heading_means_one_of_its_columns(read: Read) -> None:
    table = read(
        ",".join([*col.ISSUE_COLUMNS, "完成时间", col.PROGRESS]), "1,甲,,,,,,,,,,,,,2021-06-10"
    )

    assert (table.own, table.joined, table.ambiguous) == (("完成时间",), (), ())
    assert cells(table, col.CLAIMED) == [""]
