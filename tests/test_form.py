"""The form goes out, spreadsheet programs save it, and it comes back as it was."""

from __future__ import annotations

import csv
import datetime as dt
import os
import re
import zipfile
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

import forked
from conftest import CASES, Run, case_dataset, converted
from duzhan import columns as col
from duzhan.campaign.opening import open_dataset
from duzhan.dataset.layouts import issue_layout
from duzhan.dataset.ledger import load_ledger, reading_of
from duzhan.errors import DuzhanError
from duzhan.intake.tables import Table, read_tables
from duzhan.register.returned_sheets import beside
from duzhan.report.sheets import form as form_sheets
from duzhan.report.sheets.form import BLANK_ROWS, write_form
from duzhan.report.sheets.form_rows import CountyForm, county_forms
from made import create

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

DAY = dt.date(2021, 6, 25)
TEXT_FILTER = "csv:Text - txt - csv (StarCalc):44,34,76,1"
FORMATS = {"xlsx": "xlsx", "xls": "xls", "ods": "ods", "csv": TEXT_FILTER}
EARLY, DUE = "2021-05-08", "2021-06-30"

# Rows as a ledger may hold them; the dates are 发现日期 to 退回日期.
ROWS = [
    ("富宁-0001", "垃圾外溢", "集镇", "清垃圾", "省州交办", EARLY, DUE, "", "", ""),
    ("007", "=1+1", "<r>2</r>", "扫厕所", "省爱卫专项办", "2021年5月9日", "6.30", "", "", ""),
    (
        "1-2",
        "两行\n描述",
        '引号"，；',
        "勤洗手",
        "",
        EARLY,
        DUE,
        EARLY,
        "",
        "2021-05-20",
    ),
    ("A/9", "  前后有空格 ", "无", "", "", EARLY, "无", "2021-05-09；2021-06-01", "", "2021-05-20"),
    ("", "没有编号", "城东", "常消毒行动", "", "20210510", "44377", "", "", ""),
    ("12345678901234567890", "注：其实是问题", "6.30", "", "", EARLY, DUE, "", "", ""),
    ("合计1", "负责人不在岗", "@城南", "", "", EARLY, DUE, "2021-06-02、2021-06-09", "", ""),
    ("关-1", "已销号", "城西", "", "", EARLY, DUE, EARLY, "2021-05-20", ""),
    ("迟-1", "以后才发现", "城北", "", "", "2021-07-01", "2021-07-30", "", "", ""),
]
BAD_ROWS = [
    ("坏-1", "期限不清", "集镇", "清垃圾", "省州交办", EARLY, "6.3", "", "", ""),
    (
        "坏-2",
        "退回不清",
        "集镇",
        "清垃圾",
        "省州交办",
        EARLY,
        DUE,
        "2021-05-09；已完成",
        "",
        "退回",
    ),
    ("坏-3", "#REF!", "集镇", "清垃圾", "省州交办", "昨天", DUE, "", "", ""),
    ("坏-4", "年份写错", "集镇", "大扫除", "省州交办", "2031-05-08", DUE, "", "", ""),
    ("", "没有编号又没有日期", "集镇", "", "", "昨天", DUE, "", "", ""),
    ("", "", "什么都没写", "", "", EARLY, DUE, "", "", ""),
]


def write_list(folder: Path, rows: Sequence[tuple[str, ...]]) -> None:
    with (folder / "issues" / "富宁县.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(col.ISSUE_COLUMNS)
        for row in rows:
            writer.writerow((*row[:5], "环卫站", "010", *row[5:], "", "-备注"))


def forms_of(folder: Path, day: dt.date = DAY) -> list[CountyForm]:
    dataset = open_dataset(folder)
    ledger = load_ledger(folder, dataset.roster, dataset.rules)
    return county_forms(ledger, dataset.rules, day)


def read_back(path: Path, folder: Path) -> list[Table]:
    """Read as `import` and `issues/` do."""
    rules = open_dataset(folder).rules
    return read_tables(path, issue_layout(rules), reading_of(rules).dates)


def expected(form: CountyForm) -> list[dict[str, str]]:
    return [{name: str(value) for name, value in row.cells.items()} for row in form.rows]


def content(table: Table) -> list[dict[str, str]]:
    aside = beside(table, "form")
    names = [name for name in table.cells.column_names if name not in aside]
    rows: list[dict[str, str]] = table.cells.select(names).to_pylist()
    return rows


@pytest.fixture(scope="module")
def form_files(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, CountyForm, dict[str, Path]]:
    """A dataset, its form, and the form as LibreOffice saved it in each format."""
    base = tmp_path_factory.mktemp("form")
    folder = base / "ds"
    create(folder, sample=False)
    write_list(folder, ROWS)
    [form] = [form for form in forms_of(folder) if form.county.name == "富宁县"]
    path = base / "富宁县.xlsx"
    write_form(path, [form], open_dataset(folder).rules, DAY, "示例数据：试")
    return folder, form, {kind: converted(path, how, base) for kind, how in FORMATS.items()}


# ---------------------------------------------------------------- there and back


@pytest.mark.parametrize("kind", FORMATS)
def test_what_libreoffice_saves_comes_back_cell_for_cell(
    kind: str, form_files: tuple[Path, CountyForm, dict[str, Path]]
) -> None:
    folder, form, files = form_files
    [table] = read_back(files[kind], folder)
    assert content(table) == expected(form)
    assert (table.row_count, table.skipped, table.flaws) == (len(form.rows), 0, ())


def test_the_form_itself_comes_back_cell_for_cell(
    form_files: tuple[Path, CountyForm, dict[str, Path]],
) -> None:
    folder, form, files = form_files
    [table] = read_back(files["xlsx"].parent.parent / "富宁县.xlsx", folder)
    assert content(table) == expected(form)
    assert table.sheet == "富宁县"


def test_a_saved_form_put_into_the_ledger_says_the_same(
    form_files: tuple[Path, CountyForm, dict[str, Path]], tmp_path: Path
) -> None:
    folder, form, files = form_files
    dataset = open_dataset(folder)
    before = load_ledger(folder, dataset.roster, dataset.rules)
    ids = before.cells[col.ID].to_pylist()
    kept = [row for row, name in enumerate(ids) if name not in ("关-1", "迟-1")]
    for kind, path in files.items():
        other = tmp_path / kind
        create(other, sample=False)
        (other / "issues" / f"富宁县.{kind}").write_bytes(path.read_bytes())
        after = load_ledger(other, dataset.roster, dataset.rules)
        assert len(after.facts.found) == len(form.rows)
        assert after.facts.found.tolist() == before.facts.found[kept].tolist()
        assert after.facts.due.tolist() == before.facts.due[kept].tolist()
        assert [fault.code for fault in after.facts.faults] == ["no-due-date"]


def test_a_row_added_below_is_read_as_an_issue(
    form_files: tuple[Path, CountyForm, dict[str, Path]], tmp_path: Path
) -> None:
    folder, form, files = form_files
    text = files["csv"].read_text("utf-8-sig")
    path = tmp_path / "富宁县.csv"
    path.write_text(f"{text},新问题,城中,净餐馆,,,,2021-06-20,2021-06-30,,,,,\n", "utf-8")
    [table] = read_back(path, folder)
    assert table.cells.num_rows == len(form.rows) + 1
    assert content(table)[-1][col.DESCRIPTION] == "新问题"


# ---------------------------------------------------------------- what stands in it


def test_only_issues_that_are_not_closed_on_the_day_are_listed(
    form_files: tuple[Path, CountyForm, dict[str, Path]],
) -> None:
    _, form, _ = form_files
    ids = [row.cells[col.ID] for row in form.rows]
    assert ids == ["富宁-0001", "007", "1-2", "A/9", "", "12345678901234567890", "合计1"]


def test_one_readable_date_is_a_date_and_several_stay_text(
    form_files: tuple[Path, CountyForm, dict[str, Path]],
) -> None:
    rows = {row.cells[col.ID]: row.cells for row in form_files[1].rows}
    assert rows["007"][col.FOUND] == dt.date(2021, 5, 9)
    assert rows["007"][col.DUE] == dt.date(2021, 6, 30)
    assert rows["A/9"][col.CLAIMED] == "2021-05-09；2021-06-01"
    assert rows["A/9"][col.DUE] == "无"
    assert rows[""][col.DUE] == dt.date(2021, 6, 30)


def test_cells_that_cannot_be_read_are_left_blank_and_named_beside(dataset: Path) -> None:
    write_list(dataset, BAD_ROWS)
    form = forms_of(dataset)[-1]
    rows = {row.cells[col.DESCRIPTION]: row for row in form.rows}
    assert rows["期限不清"].cells[col.DUE] == ""
    assert rows["期限不清"].faulty == {col.DUE}
    assert rows["期限不清"].mend.startswith("整改期限：“6.3”可能是 Excel 把 6.30 变成了 6.3")
    assert rows["退回不清"].cells[col.CLAIMED] == dt.date(2021, 5, 9)
    assert rows["退回不清"].cells[col.SENT_BACK] == ""
    assert rows[""].cells[col.ID] == "坏-3"
    assert rows[""].faulty == {col.DESCRIPTION, col.FOUND}
    assert rows["年份写错"].cells[col.FOUND] == ""
    assert "“大扫除”不在词表中" in rows["年份写错"].mend


def test_without_an_id_a_garbled_day_stays_since_the_issue_is_known_by_it(dataset: Path) -> None:
    write_list(dataset, BAD_ROWS)
    rows = {row.cells[col.DESCRIPTION]: row for row in forms_of(dataset)[-1].rows}
    assert rows["没有编号又没有日期"].cells[col.FOUND] == "昨天"


def test_issues_that_no_row_could_name_are_left_out_and_told(dataset: Path, run: Run) -> None:
    write_list(dataset, BAD_ROWS)
    assert forms_of(dataset)[-1].nameless == 1
    done = run("--data", dataset, "form", "--county", "富宁", "--as-of", str(DAY), "-o", "f.xlsx")
    assert done.returncode == 0
    assert "富宁县有1件未销号的问题既没有编号也没有问题描述" in done.stderr


@pytest.mark.parametrize("day", [dt.date(2021, 5, 31), dt.date(2021, 8, 31)])
@pytest.mark.parametrize("name", sorted(p.name for p in CASES.iterdir() if (p / "issues").is_dir()))
def test_forms_of_messy_ledgers_come_back_without_a_refused_cell(
    name: str, day: dt.date, tmp_path: Path
) -> None:
    folder = case_dataset(tmp_path / "ds", name)
    forms = forms_of(folder, day)
    dataset = open_dataset(folder)
    path = tmp_path / "全州.xlsx"
    write_form(path, forms, dataset.rules, day, None)
    tables = read_back(path, folder)
    dates = reading_of(dataset.rules).dates
    assert [table.sheet for table in tables] == [form.county.name for form in forms]
    for table, form in zip(tables, forms, strict=True):
        assert content(table) == expected(form)
        assert (table.row_count, table.skipped, table.flaws) == (len(form.rows), 0, ())
        for column in col.DATE_COLUMNS:
            several = column in col.EVENT_COLUMNS
            texts = table.cells[column].to_pylist()
            refused = [
                row.cells[col.ID]
                for row, text in zip(form.rows, texts, strict=True)
                if (
                    dates.deadline(text).refused
                    if column == col.DUE
                    else (dates.read_several if several else dates.read)(text)[1]
                )
            ]
            assert refused == ([""] * len(refused) if column == col.FOUND else [])


# ---------------------------------------------------------------- how it is made

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class Workbook:
    """An xlsx as its XML says."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        self.text = {name: data.decode("utf-8", "replace") for name, data in parts.items()}
        self.sheet = ET.fromstring(parts["xl/worksheets/sheet1.xml"])  # noqa: S314
        self.book = ET.fromstring(parts["xl/workbook.xml"])  # noqa: S314
        styles = ET.fromstring(parts["xl/styles.xml"])  # noqa: S314
        formats = styles.find(f"{MAIN}cellXfs")
        assert formats is not None
        self._open = [
            (lock := xf.find(f"{MAIN}protection")) is not None and lock.get("locked") == "0"
            for xf in formats
        ]

    def is_open(self, reference: str) -> bool:
        """Whether the protected sheet lets a cell be written."""
        for cell in self.sheet.iter(f"{MAIN}c"):
            if cell.get("r") == reference:
                return self._open[int(cell.get("s", "0"))]
        column = ord(re.sub(r"\d", "", reference)) - ord("A") + 1
        for entry in self.sheet.iter(f"{MAIN}col"):
            if int(entry.get("min", "0")) <= column <= int(entry.get("max", "0")):
                return self._open[int(entry.get("style", "0"))]
        return False

    def rules(self) -> Mapping[str, ET.Element]:
        """Column letter to its validation."""
        found = self.sheet.iter(f"{MAIN}dataValidation")
        return {entry.get("sqref", "")[0]: entry for entry in found}


@pytest.fixture
def workbook(form_files: tuple[Path, CountyForm, dict[str, Path]]) -> Workbook:
    return Workbook(form_files[2]["xlsx"].parent.parent / "富宁县.xlsx")


def test_the_sheets_are_the_county_the_rules_and_the_hidden_words(workbook: Workbook) -> None:
    sheets = [(s.get("name"), s.get("state")) for s in workbook.book.iter(f"{MAIN}sheet")]
    assert sheets == [("富宁县", None), ("填表说明", None), ("词表", "hidden")]


def test_headers_and_known_ids_are_protected_and_the_rest_is_open(workbook: Workbook) -> None:
    [protection] = workbook.sheet.iter(f"{MAIN}sheetProtection")
    assert protection.get("sheet") == "1"
    assert protection.get("password") is None
    # Three lines stand above the header in row 4; the issue in row 9 has no id yet.
    for reference in ("A1", "N3", "A4", "N4", "A5", "A11", "O5"):
        assert not workbook.is_open(reference), reference
    for reference in ("A9", "B5", "N5", "H11", "A12", "J12", "A211", "B300"):
        assert workbook.is_open(reference), reference


def test_words_are_chosen_from_the_rules_and_reach_below_the_list(workbook: Workbook) -> None:
    last = 4 + 7 + BLANK_ROWS
    for letter, words in (("D", "$A$62:$A$68"), ("E", "$B$62:$B$66")):
        rule = workbook.rules()[letter]
        assert rule.get("type") == "list"
        assert rule.get("sqref") == f"{letter}5:{letter}{last}"
        assert rule.findtext(f"{MAIN}formula1") == f"'词表'!{words}"
    words = workbook.text["xl/worksheets/sheet3.xml"]
    strings = re.findall("<si><t[^>]*>([^<]*)</t></si>", workbook.text["xl/sharedStrings.xml"])
    column = [strings[int(at)] for at in re.findall(r'r="A\d+" t="s"><v>(\d+)<', words)]
    assert column == ["清垃圾", "扫厕所", "勤洗手", "净餐馆", "常消毒", "管集市", "众参与"]


def test_dates_lie_between_a_year_before_the_campaign_and_its_end(workbook: Workbook) -> None:
    start, end = (
        str((day - dt.date(1899, 12, 30)).days)
        for day in (dt.date(2020, 5, 1), dt.date(2021, 12, 31))
    )
    for letter in "HIJKL":
        rule = workbook.rules()[letter]
        assert rule.get("type") == "date"
        assert (rule.findtext(f"{MAIN}formula1"), rule.findtext(f"{MAIN}formula2")) == (start, end)
        # Cells that may need several dates are warned of, the others refused.
        assert rule.get("errorStyle") == ("warning" if letter in "JKL" else None)
        assert "2020-05-01 至 2021-12-31" in rule.get("error", "")


def test_it_prints_on_a4_lengthwise_with_the_header_on_each_page(workbook: Workbook) -> None:
    [setup] = workbook.sheet.iter(f"{MAIN}pageSetup")
    assert (setup.get("orientation"), setup.get("paperSize"), setup.get("fitToHeight")) == (
        "landscape",
        "9",
        "0",
    )
    names = {n.get("name"): n.text for n in workbook.book.iter(f"{MAIN}definedName")}
    assert names["_xlnm.Print_Titles"] == "富宁县!$4:$4"
    [pane] = workbook.sheet.iter(f"{MAIN}pane")
    assert (pane.get("topLeftCell"), pane.get("state")) == ("C5", "frozen")


def test_no_cell_is_a_formula_or_a_link(workbook: Workbook) -> None:
    assert "=1+1" in workbook.text["xl/sharedStrings.xml"]
    for name, text in workbook.text.items():
        if name.startswith("xl/worksheets/"):
            assert not re.search(r"<f[ >]|<hyperlink", text)


def test_synthetic_data_is_marked_on_both_sheets(workbook: Workbook) -> None:
    strings = re.findall(r"<si>.*?</si>", workbook.text["xl/sharedStrings.xml"])
    index = strings.index("<si><t>示例数据：试</t></si>")
    for sheet in ("sheet1", "sheet2"):
        assert f"<v>{index}</v>" in workbook.text[f"xl/worksheets/{sheet}.xml"]


def test_more_issues_than_a_sheet_has_rows_are_refused(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_list(dataset, ROWS)
    monkeypatch.setattr(form_sheets, "LAST_ROW", BLANK_ROWS + 9)
    with pytest.raises(DuzhanError, match="富宁县未销号的有7件，填报表一张工作表最多放5件"):
        write_form(tmp_path / "a.xlsx", forms_of(dataset), open_dataset(dataset).rules, DAY, None)
    assert not (tmp_path / "a.xlsx").exists()


def test_the_same_issues_give_the_same_bytes(dataset: Path, tmp_path: Path) -> None:
    write_list(dataset, ROWS)
    rules = open_dataset(dataset).rules
    for name in ("a.xlsx", "b.xlsx"):
        write_form(tmp_path / name, forms_of(dataset), rules, DAY, None)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


# ---------------------------------------------------------------- the command


def test_all_counties_share_a_workbook_with_a_sheet_each(
    dataset: Path, run: Run, tmp_path: Path
) -> None:
    write_list(dataset, ROWS)
    done = run("--data", dataset, "form", "--as-of", "2021-06-25", "-o", "全州.xlsx")
    assert (done.returncode, done.stdout) == (0, "")
    tables = read_back(tmp_path / "全州.xlsx", dataset)
    assert [t.sheet for t in tables] == [c.name for c in open_dataset(dataset).roster.counties]
    assert [t.cells.num_rows for t in tables] == [0] * 7 + [7]


def test_into_a_folder_every_county_gets_its_own_workbook(
    dataset: Path, run: Run, tmp_path: Path
) -> None:
    write_list(dataset, ROWS)
    assert run("--data", dataset, "form", "--as-of", "2021-06-25", "-o", "表").returncode == 0
    names = sorted(path.name for path in (tmp_path / "表").iterdir())
    assert names == sorted(
        f"{c.name} 填报表 2021-06-25.xlsx" for c in open_dataset(dataset).roster.counties
    )


@pytest.mark.parametrize(
    ("output", "complaint"),
    [
        ("f.csv", "应以 .xlsx 结尾"),
        ("ds/issues/富宁县.xlsx", "都算台账"),
        ("ds/issues", "都算台账"),
    ],
)
def test_places_that_would_do_harm_are_refused(
    output: str, complaint: str, dataset: Path, run: Run, tmp_path: Path
) -> None:
    done = run("--data", dataset, "form", "-o", output)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert list((dataset / "issues").iterdir()) == []
    assert not (tmp_path / "f.csv").exists()


def test_a_full_disk_leaves_the_old_form_and_one_clear_line(dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "f.xlsx").write_bytes(b"old")
    command = ("--data", str(dataset), "form", "--as-of", "2021-06-25", "-o", "f.xlsx")
    done = forked.run(command, tmp_path, os.environ, file_size=2048)
    assert done.returncode == 1
    assert done.stderr.splitlines() == ["“f.xlsx”写不进去：磁盘已满或超出限额，请腾出空间后重试"]
    assert (tmp_path / "f.xlsx").read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ds", "f.xlsx"]
