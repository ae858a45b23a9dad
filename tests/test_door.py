"""Whole ways through the door: a list is sent, taken in, and each figure is as it should be."""

from __future__ import annotations

import csv
import zipfile
from typing import TYPE_CHECKING, Any

import docx
import pytest
import python_calamine
import xlsxwriter

import parts
from conftest import read_json
from made import create
from small import FUNING, Calls

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Rows = list[list[str]]


class Door:
    """A dataset, a folder for what the counties send, and the commands between them."""

    def __init__(
        self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.root, self.desk = folder / "ds", folder / "收到"
        self.desk.mkdir()
        create(self.root, sample=False)
        self.call = Calls(self.root, capsys)
        self._patch = monkeypatch
        self.day("2021-06-25")

    def day(self, today: str) -> None:
        """Let it be another day."""
        self._patch.setenv("DUZHAN_TODAY", today)

    def csv(self, *lines: str, name: str = "富宁县.csv") -> Path:
        path = self.desk / name
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return path

    def xlsx(self, sheets: Mapping[str, Rows], name: str = "富宁县.xlsx") -> Path:
        path = self.desk / name
        with xlsxwriter.Workbook(path) as book:
            for title, rows in sheets.items():
                page = book.add_worksheet(title)
                for at, row in enumerate(rows):
                    page.write_row(at, 0, row)
        return path

    def taken(self, *arguments: str | Path) -> list[dict[str, Any]]:
        """Import; the entries of the answer."""
        answer = read_json(self.call("import", "--json", *map(str, arguments)).out)
        files: list[dict[str, Any]] = answer["files"]
        for entry in files:
            kinds = ("added", "updated", "unchanged", "rejected", "skipped")
            assert entry["rows"] == sum(entry[kind] for kind in kinds), entry
        return files

    def ledger(self, file: str = FUNING) -> dict[str, dict[str, str]]:
        """编号 to its cells that are not empty."""
        with (self.root / file).open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
        return {row["编号"]: {name: text for name, text in row.items() if text} for row in rows}

    def issues(self, county: str = "富宁县") -> dict[str, int]:
        answer = read_json(self.call.done("status", "--county", county, "--json").out)
        counts: dict[str, int] = answer["counties"][0]["issues"]
        return {name: count for name, count in counts.items() if count}


@pytest.fixture
def door(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    no_dataset_from_outside: None,  # noqa: ARG001 - it would take the day away again
) -> Door:
    return Door(tmp_path, capsys, monkeypatch)


# ---------------------------------------------------------------- the form


def form_rows(door: Door) -> Rows:
    """The county's sheet of a fresh form, as text."""
    path = door.desk / "表.xlsx"
    door.call.done("form", "--county", "富宁", "-o", str(path))
    sheet = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_name("富宁县")
    return [[str(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]


def sent_back(door: Door, rows: Rows) -> dict[str, Any]:
    (entry,) = door.taken(door.xlsx({"富宁县": rows}, "填好.xlsx"))
    return entry


FORM_LIST = (
    "编号,问题描述,地点,整改期限,整改情况,类别",
    "A,占道经营,北街,6月30日前,正在整改,秩序",
    "B,垃圾未清,南街,2021-06-20,,卫生",
)


def test_a_form_holds_every_column_and_comes_back_untouched_with_a_word(door: Door) -> None:
    door.taken(door.csv(*FORM_LIST))
    rows = form_rows(door)

    (entry,) = door.taken(door.desk / "表.xlsx")

    head = next(row for row in rows if row[0] == "编号")
    assert head[14:16] == ["整改情况", "类别"]
    assert "6月30日前" in rows[rows.index(head) + 1]
    assert (entry["rows"], entry["missing"]) == (0, [])
    assert "一处都没有改动，跳过" in door.call("import", str(door.desk / "表.xlsx")).out


@pytest.mark.parametrize("mark", [True, False])
def test_a_filled_form_is_partial_even_without_the_columns_behind_the_list(
    door: Door, *, mark: bool
) -> None:
    door.taken(door.csv(*FORM_LIST))
    rows = form_rows(door)
    at = next(at for at, row in enumerate(rows) if row[0] == "编号")
    rows[at + 1][rows[at].index("整改完成日期")] = "2021-06-24"
    rows[at + 1][rows[at].index("类别")] = "市容"
    kept = [row if mark else row[:16] for row in rows[: at + 2]]

    entry = sent_back(door, kept)

    assert (entry["updated"], entry["missing"], entry["kept_columns"]) == (1, [], ["类别"])
    assert door.ledger()["A"]["整改完成日期"] == "2021-06-24"
    assert door.ledger()["A"]["类别"] == "市容"


# ---------------------------------------------------------------- what cells mean


def test_plain_numbers_of_a_workbook_that_counts_from_1904_are_its_own_days(door: Door) -> None:
    rows = (
        f'<row r="2">{parts.text_cell("A2", "A")}{parts.text_cell("B2", "垃圾")}'
        '<c r="D2"><v>42886</v></c><c r="E2"><v>42895</v></c></row>'
    )
    path = parts.xlsx(door.desk / "富宁县.xlsx", rows, properties='date1904="1"')

    door.taken(path)

    (cells,) = door.ledger().values()
    assert (cells["发现日期"], cells["整改期限"]) == ("2021-06-01", "2021-06-10")


@pytest.mark.parametrize("word", ["(×)", "（×）", "【√】", "（已整改）", "[整改中]"])
def test_a_word_of_state_in_brackets_is_no_part_of_the_description(door: Door, word: str) -> None:
    door.taken(door.csv("编号,问题描述,地点", f"A,垃圾未清{word},北街"))

    cells = door.ledger()["A"]
    assert (cells["问题描述"], cells["整改情况"]) == ("垃圾未清", word.strip("()（）【】[]"))
    assert ("整改完成日期" in cells) == (word in {"【√】", "（已整改）"})


@pytest.mark.parametrize(
    ("title", "done"),
    [
        ("一、已完成整改问题（1个）", True),
        ("一、已完成", True),
        ("（一）未完成", False),
        ("二、整改到位的问题", True),
        ("一、需立即整改到位的问题", False),
        ("一、6月底前完成整改的问题", False),
        ("一、下一步整改完成的问题", False),
        ("三、整改完成后复查的问题", False),
        ("一、是否已整改的问题", False),
    ],
)
def test_a_title_that_demands_says_nothing_of_what_is_done(
    door: Door, title: str, done: bool
) -> None:
    (entry,) = door.taken(
        door.csv("序号,问题描述,地点,责任单位", f"{title},,,", "1,垃圾未清,北街,城管局")
    )

    assert (entry["skipped"], entry["dated_claims"] == ["富宁-0001"]) == (1, done)


@pytest.mark.parametrize("cell", ["4个", "4", "共4条", "４件"])
def test_a_sum_with_its_unit_is_a_sum(door: Door, cell: str) -> None:
    (entry,) = door.taken(door.csv("序号,问题描述,地点", "1,垃圾未清,北街", f"合　计,{cell},"))

    assert (entry["added"], entry["skipped"]) == (1, 1)


# ---------------------------------------------------------------- headings


def test_a_heading_that_nearly_is_known_is_suggested_and_never_taken(door: Door) -> None:
    path = door.csv("编号,问题描述,整改期线,责任单味,备用", "A,垃圾未清,2021-06-10,城管局,x")

    said = door.call("import", str(path)).out

    assert "“整改期线”像是“整改期限”" in said
    assert "--column 责任单位=责任单味" in said
    assert "“备用”像是" not in said
    assert door.ledger()["A"]["整改期线"] == "2021-06-10"
    assert door.issues()["no_due_date"] == 1


# ---------------------------------------------------------------- whose list it is


def test_a_row_of_another_county_is_listed_for_that_countys_office_too(door: Door) -> None:
    (entry,) = door.taken(
        door.csv("县(市),编号,问题描述", "富宁县,A,垃圾未清", "文山,B,占道经营", "别处,C,污水")
    )

    assert (entry["added"], entry["rejected"]) == (1, 2)
    theirs = (door.root / "退回/文山市 退回更正.csv").read_text("utf-8-sig")
    assert "写在富宁县的清单里，没有导入" in theirs
    assert "占道经营" in theirs
    assert "污水" not in theirs
    (back,) = door.taken(door.root / "退回/文山市 退回更正.xlsx")
    assert (back["county"], back["rows"]) == ("文山市", 0)


def test_the_folder_of_an_archive_says_whose_list_it_holds(door: Door) -> None:
    path = door.desk / "材料.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("富宁县/清单.csv", "编号,问题描述\n1,垃圾未清\n")
        archive.writestr("文山市/广南县.csv", "编号,问题描述\n1,占道经营\n")

    counties = {entry["county"] for entry in door.taken(path)}

    assert counties == {"富宁县", "广南县"}


def test_labels_with_their_values_in_a_word_document_are_told_for_what_they_are(
    door: Door,
) -> None:
    document = docx.Document()
    table = document.add_table(0, 2)
    for label, value in (("问题编号", "1"), ("存在问题", "垃圾"), ("责任单位", "城管局")):
        for cell, text in zip(table.add_row().cells, (label, value), strict=True):
            cell.text = text
    document.save(str(door.desk / "富宁县交办单.docx"))

    said = door.call("import", str(door.desk / "富宁县交办单.docx"))

    assert (said.code, "一事一张" in said.err) == (1, True)


# ---------------------------------------------------------------- what the office decides


def test_what_the_office_has_verified_is_closed_though_the_countys_word_is_old(door: Door) -> None:
    door.taken(door.csv("编号,问题描述,整改情况", "A,垃圾未清,未完成"))

    said = door.call.done("close", "A", "--on", "2021-06-25", "--by", "丁四")

    assert "仍写着没有整改完" in said.err
    assert door.issues() == {"total": 1, "closed": 1, "invalid": 1}
    door.call.done("amend", "A", "整改情况", "已完成", "--by", "丁四", "--reason", "核验合格")
    assert door.issues() == {"total": 1, "closed": 1}


def test_events_of_a_withdrawn_double_are_told_and_the_issue_itself_is_not_missing(
    door: Door,
) -> None:
    head = "编号,问题描述,地点,整改完成日期"
    door.taken(door.csv(head, "A,垃圾堆积,北街,"))
    door.taken(door.csv(head, "B,垃圾堆积未清运,北街,"))
    door.call.done("withdraw", "B", "--same-as", "A", "--by", "丁四", "--reason", "重复")
    path = door.csv(head, "B,垃圾堆积未清运,北街,2021-06-20")

    said = door.call.done("import", "--dry-run", str(path)).out
    (entry,) = door.taken(path)

    assert "已经撤销，新报的完成、销号、退回日期不算" in said
    assert entry["missing"] == []
    assert door.issues()["open"] == 1


def test_of_many_hidden_rows_the_first_are_told_and_how_many(door: Door, tmp_path: Path) -> None:
    rows = "".join(
        f'<row r="{n}" hidden="1">{parts.text_cell(f"B{n}", f"甲{n}")}</row>' for n in range(2, 27)
    )
    said = door.call.done("import", str(parts.xlsx(tmp_path / "富宁县.xlsx", rows))).out

    assert "第20行、第21行等25处\n" in said


def test_an_issue_that_reads_like_headings_is_an_issue(door: Door) -> None:
    (entry,) = door.taken(
        door.csv("序号,问题描述,地点,责任单位", "1,甲,一街,甲局", "2,卫生问题,小区,城管局")
    )

    assert (entry["added"], entry["skipped"]) == (2, 0)


def test_a_percentage_is_read_as_it_is_shown(door: Door) -> None:
    path = door.desk / "富宁县.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        shown = book.add_format({"num_format": "0%"})
        page.write_row(0, 0, ["编号", "问题描述", "整改进度"])
        for at, (name, value) in enumerate((("A", 1), ("B", 0.85)), 1):
            page.write_row(at, 0, [name, f"垃圾{name}"])
            page.write_number(at, 2, value, shown)

    (entry,) = door.taken(path)

    assert [cells["整改情况"] for cells in door.ledger().values()] == ["100%", "85%"]
    assert entry["dated_claims"] == ["A"]


def test_a_summary_beside_a_list_of_the_dataset_is_named_by_check(door: Door) -> None:
    path = door.xlsx(
        {
            "清单": [["编号", "问题描述"], ["A", "垃圾未清"]],
            "汇总": [["县市", "问题总数", "已整改数", "整改率"], ["富宁县", "1", "0", "0%"]],
        }
    )
    path.rename(door.root / "issues" / "富宁县.xlsx")

    problems = read_json(door.call.done("check", "--json").out)["problems"]

    (named,) = (one for one in problems if one["code"] == "missing-column")
    assert (named["severity"], "汇总表" in named["message"]) == ("warning", True)


def test_many_missing_issues_fit_into_what_is_kept_of_an_import(door: Door) -> None:
    rows = [
        f"编号很长很长很长很长很长很长很长很长的-{number:05},垃圾{number}" for number in range(4000)
    ]
    door.taken(door.csv("编号,问题描述", *rows))
    door.taken(door.csv("编号,问题描述", rows[0]))

    (entry,) = door.taken(door.csv("编号,问题描述", rows[0]))

    assert len(entry["missing"]) == 3999
    assert door.call("weekly-report", "--format", "json").code == 0


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ("序号,问题描述,地点,整改期限", ",（具体描述）,,（年月日）"),
        ("序号,问题描述,地点,整改期限", "A,B,C,D"),
        ("序号,问题描述,地点,整改期限", "(1),(2),(3),(4)"),
        ("序号,问题描述,地点,限期", "①,②,③,④"),
    ],
)
def test_a_row_that_explains_or_numbers_the_columns_is_header(
    door: Door, upper: str, lower: str
) -> None:
    (entry,) = door.taken(door.csv(upper, lower, "1,垃圾未清,北街,2021-06-10"))

    assert entry["added"] == 1
    assert door.ledger()["富宁-0001"]["整改期限"] == "2021-06-10"


def test_a_heading_below_the_one_that_it_belongs_before_is_known(door: Door) -> None:
    door.taken(
        door.csv(
            "序号,问题描述,责任,,时间,", ",,单位,人,发现,整改期限", "1,垃圾,甲局,张,6月1日,6月10日"
        )
    )

    (cells,) = door.ledger().values()
    assert (cells["责任单位"], cells["责任人"]) == ("甲局", "张")
    assert (cells["发现日期"], cells["整改期限"]) == ("2021-06-01", "2021-06-10")


def test_a_list_without_dates_sent_again_after_its_issues_were_closed_adds_nothing(
    door: Door,
) -> None:
    head = "编号,问题描述,地点"
    door.taken(door.csv(head, "1,垃圾未清,北街", "2,污水横流,南街"))
    door.taken(door.csv(head, "1,污水横流,南街"))
    door.call.done("close", "2", "--on", "2021-06-25", "--by", "丁四")

    (entry,) = door.taken(door.csv(head, "1,污水横流,南街"))

    assert (entry["added"], entry["unchanged"]) == (0, 1)
    assert door.ledger()["2"]["原编号"] == "1"
