"""The list that goes back to a county: it says what is wrong, and imports once mended."""

from __future__ import annotations

import csv
import datetime as dt
import os
import re
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pyarrow as pa
import pytest
import xlsxwriter

from duzhan import columns as col
from duzhan.campaign.opening import open_dataset
from duzhan.dataset.layouts import issue_layout
from duzhan.dataset.ledger import reading_of
from duzhan.errors import DuzhanError
from duzhan.intake.dateforms import Calendar
from duzhan.intake.dates import DateReader
from duzhan.intake.tables import Table, read_tables
from duzhan.register.returned_sheets import MARK_HEADER, untouched
from duzhan.register.returned_sheets import RETURN_HEADERS as HEADERS
from duzhan.report.sheets import returned as sheets
from duzhan.report.sheets.returned import (
    Reject,
    Returned,
    returned,
    write_returned_csv,
    write_returned_xlsx,
)
from duzhan.report.sheets.workbook import lines_in, new_workbook
from small import Calls

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    Write = Callable[[Path, Returned], int | None]

WRITERS: dict[str, Write] = {"csv": write_returned_csv, "xlsx": write_returned_xlsx}

DATES = DateReader(Calendar(dt.date(2021, 5, 1), dt.date(2021, 12, 31)), ("无", "/"))

FIRST = {
    col.ID: "007",
    col.DESCRIPTION: "两行\n描述",
    col.LOCATION: "=1+1",
    col.UNIT: "<r>&</r>",
    col.DUE: "6.3",
    col.CLAIMED: "已完成",
    col.REMARK: "-",
}
SECOND = {col.DESCRIPTION: "", col.UNIT: "环卫站", col.FOUND: "2021-06-01"}

ASKS = {col.DESCRIPTION: "重复的一件", col.WITHDRAWN: "重复"}


def reject(row: int, cells: dict[str, str], **told: Any) -> Reject:  # noqa: ANN401 - fields of Reject
    fields: dict[str, Any] = {"kind": "refused", "column": None, "value": None, "sheet": "Sheet1"}
    fields |= {"reason": "", "remedy": "", **told}
    return Reject(file="富宁县.xlsx", row=row, cells=cells, **fields)


REJECTS = [
    reject(5, FIRST, column=col.DUE, value="6.3", reason="可能是 6.30", remedy="写成 2021-06-30"),
    reject(9, SECOND, kind="rejected", sheet=None, reason="没有编号和问题描述", remedy="补填"),
    reject(
        5, FIRST, column=col.CLAIMED, value="已完成", reason="不是日期", remedy="写成 2021-06-30"
    ),
    reject(5, FIRST, kind="moved", column=col.FOUND, value="2021-06-20", reason="推迟了"),
]


def read_back(path: Path, dataset: Path) -> Table:
    rules = open_dataset(dataset).rules
    [table] = read_tables(path, issue_layout(rules), reading_of(rules).dates)
    return table


def written(folder: Path, kind: str, rejects: Sequence[Reject] = REJECTS) -> Path:
    path = folder / f"富宁县.{kind}"
    WRITERS[kind](path, returned(rejects, DATES))
    return path


def rows_of_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_the_columns_that_explain_are_no_headers_of_an_issue_list(dataset: Path) -> None:
    finder = issue_layout(open_dataset(dataset).rules).finder
    assert finder.match(HEADERS) == {}


def test_faults_of_one_row_become_one_line_in_the_order_of_the_list(tmp_path: Path) -> None:
    header, first, second = rows_of_csv(written(tmp_path, "csv"))
    assert header == [*HEADERS, *col.ISSUE_COLUMNS, MARK_HEADER]
    assert first[: len(HEADERS)] == [
        "富宁县.xlsx",
        "Sheet1",
        "5",
        "单元格未采用；日期推迟未采用",
        "整改期限；整改完成日期；发现日期",
        "6.3；已完成；2021-06-20",
        "可能是 6.30；不是日期；推迟了",
        "写成 2021-06-30",
    ]
    assert second[: len(HEADERS)] == [
        *("富宁县.xlsx", "", "9", "整行未导入", "", "", "没有编号和问题描述", "补填")
    ]


@pytest.mark.parametrize("kind", WRITERS)
def test_the_original_cells_read_back_as_they_came(
    kind: str, dataset: Path, tmp_path: Path
) -> None:
    table = read_back(written(tmp_path, kind), dataset)
    expected = [{name: row.get(name, "") for name in col.ISSUE_COLUMNS} for row in (FIRST, SECOND)]
    assert table.cells.select(list(col.ISSUE_COLUMNS)).to_pylist() == expected
    assert (table.row_count, table.skipped, table.flaws) == (2, 0, ())


@pytest.mark.parametrize("kind", WRITERS)
def test_a_list_that_nobody_touched_is_known_also_where_the_county_wrote_what_the_office_decides(
    kind: str, dataset: Path, tmp_path: Path
) -> None:
    table = read_back(written(tmp_path, kind, [*REJECTS, reject(7, ASKS)]), dataset)
    assert untouched(table, "returned", DATES)
    place = table.cells.column_names.index(col.UNIT)
    mended = table.cells.set_column(place, col.UNIT, pa.array(["<r>&</r>", "环卫站", "城管局"]))
    assert not untouched(replace(table, cells=mended), "returned", DATES)


@pytest.mark.parametrize("kind", WRITERS)
def test_a_row_that_began_like_a_note_is_not_skipped_on_its_way_back(
    kind: str, dataset: Path, tmp_path: Path
) -> None:
    rows = [reject(3, {col.DESCRIPTION: "说明：路面破损"}), reject(4, {col.DESCRIPTION: "合计"})]
    table = read_back(written(tmp_path, kind, rows), dataset)
    assert (table.row_count, table.skipped) == (2, 0)


@pytest.mark.parametrize("kind", WRITERS)
def test_the_county_of_a_row_stands_there_only_if_the_list_named_one(
    kind: str, dataset: Path, tmp_path: Path
) -> None:
    assert col.COUNTY not in read_back(written(tmp_path, kind), dataset).cells.column_names
    rows = [*REJECTS, reject(7, {col.COUNTY: "广南县", col.ID: "3"}, kind="rejected")]
    table = read_back(written(tmp_path, kind, rows), dataset)
    assert table.cells[col.COUNTY].to_pylist() == ["", "", "广南县"]


def test_no_cell_of_the_csv_runs_as_a_formula(tmp_path: Path) -> None:
    bad = reject(2, {col.DESCRIPTION: "@SUM(1)"}, value="=cmd", reason="+1", remedy="\t=1")
    for cell in rows_of_csv(written(tmp_path, "csv", [bad]))[1]:
        assert not re.match(r"[=+\-@\x00-\x1f]", cell)


def test_no_cell_of_the_workbook_is_a_formula(tmp_path: Path) -> None:
    with zipfile.ZipFile(written(tmp_path, "xlsx")) as archive:
        assert not re.search(rb"<f[ >]", archive.read("xl/worksheets/sheet1.xml"))
        assert b"=1+1" in archive.read("xl/sharedStrings.xml")


MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def test_cells_at_fault_are_coloured_and_carry_the_reason(tmp_path: Path) -> None:
    with zipfile.ZipFile(written(tmp_path, "xlsx")) as archive:
        sheet = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314
        styles = ET.fromstring(archive.read("xl/styles.xml"))  # noqa: S314
        comments = ET.fromstring(archive.read("xl/comments1.xml"))  # noqa: S314
    notes = {c.get("ref"): "".join(c.itertext()) for c in comments.iter(f"{MAIN}comment")}
    # The cells begin in column I with 编号: P is 发现日期, Q 整改期限, R 整改完成日期.
    assert notes == {
        "P2": "推迟了",
        "Q2": "可能是 6.30；写成 2021-06-30",
        "R2": "不是日期；写成 2021-06-30",
    }
    fills = [fill.find(f".//{MAIN}fgColor") for fill in styles.iter(f"{MAIN}fill")]
    red = [
        at
        for at, colour in enumerate(fills)
        if colour is not None and "FFC7CE" in str(colour.attrib)
    ]
    formats = styles.find(f"{MAIN}cellXfs")
    assert formats is not None
    coloured = {
        cell.get("r")
        for cell in sheet.iter(f"{MAIN}c")
        if int(formats[int(cell.get("s", "0"))].get("fillId", "0")) in red
    }
    assert coloured == set(notes)


def test_notes_stand_where_xlsxwriter_puts_them_with_its_words(tmp_path: Path) -> None:
    rows = [
        reject(row, dict.fromkeys(col.ISSUE_COLUMNS, "x" * row), column=name, reason=f"<{row}>")
        for row, name in enumerate((col.ID, col.DUE, col.REMARK, col.DUE, col.DUE), 1)
    ]
    path = written(tmp_path, "xlsx", rows)
    with zipfile.ZipFile(path) as ours, xlsxwriter.Workbook(tmp_path / "theirs.xlsx") as book:
        sheet = book.add_worksheet()
        rendered = ET.fromstring(ours.read("xl/worksheets/sheet1.xml"))  # noqa: S314
        for column in rendered.iter(f"{MAIN}col"):
            first, last = (int(column.get(at, "")) - 1 for at in ("min", "max"))
            width = float(column.get("width", "")) - 0.7109375
            sheet.set_column(first, last, width, None, {"hidden": bool(column.get("hidden"))})
        for at, row in enumerate(rendered.iter(f"{MAIN}row")):
            sheet.set_row(at, float(row.get("ht", "")))
        for place, (note, position) in enumerate(zip(rows, (8, 16, 21, 16, 16), strict=True), 1):
            sheet.write_comment(place, position, note.reason, {"width": 220, "height": 40})
    with zipfile.ZipFile(path) as ours, zipfile.ZipFile(tmp_path / "theirs.xlsx") as theirs:
        for part in ("xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"):
            assert ours.read(part).decode() == theirs.read(part).decode()


def test_the_header_stays_in_sight(tmp_path: Path) -> None:
    with zipfile.ZipFile(written(tmp_path, "xlsx")) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert 'topLeftCell="D2"' in sheet
    assert 'state="frozen"' in sheet


def test_a_cell_longer_than_a_spreadsheet_holds_is_cut_and_not_lost(tmp_path: Path) -> None:
    long = reject(2, {col.DESCRIPTION: "长" * 40_000})
    with zipfile.ZipFile(written(tmp_path, "xlsx", [long])) as archive:
        strings = archive.read("xl/sharedStrings.xml").decode()
    assert f"{'长' * 32_766}…<" in strings
    assert rows_of_csv(written(tmp_path, "csv", [long]))[1][9] == "长" * 40_000


def test_what_a_sheet_has_no_room_for_is_told_of_and_stands_in_the_csv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "ROOM", 1)
    path = tmp_path / "富宁县.xlsx"

    assert write_returned_xlsx(path, returned(REJECTS, DATES)) == 1

    with zipfile.ZipFile(path) as archive:
        assert 'name="退回清单（后面1行见CSV）"' in archive.read("xl/workbook.xml").decode()
    assert len(rows_of_csv(written(tmp_path, "csv"))) == 3


def test_a_workbook_holds_as_many_lines_as_its_parts_can_be_long(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 60_000)
    rows = [reject(n, FIRST, column=col.DUE, reason=f"第{n}处") for n in range(2, 302)]

    held = write_returned_xlsx(tmp_path / "富宁县.xlsx", returned(rows, DATES))

    assert (held, read_back(tmp_path / "富宁县.xlsx", dataset).row_count) == (75, 75)


def test_a_workbook_with_a_part_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1000)
    with (
        pytest.raises(DuzhanError, match="超过 2 GiB"),
        new_workbook(tmp_path / "a.xlsx") as book,
    ):
        book.add_worksheet()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", WRITERS)
def test_a_failed_write_leaves_the_old_list_and_no_litter(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"a.{kind}"
    path.write_text("old", "utf-8")

    def refuse(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("pathlib.Path.replace", refuse)
    with pytest.raises(DuzhanError, match="写不进去"):
        WRITERS[kind](path, returned(REJECTS, DATES))
    assert path.read_text("utf-8") == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("kind", WRITERS)
def test_a_folder_that_is_not_there_is_named(kind: str, tmp_path: Path) -> None:
    with pytest.raises(DuzhanError, match=r"nowhere/a\.\w+”写不进去"):
        WRITERS[kind](tmp_path / "nowhere" / f"a.{kind}", returned(REJECTS, DATES))


def test_a_short_text_takes_one_line_however_wide_its_characters_are() -> None:
    assert [lines_in("甲" * length, 33) for length in (0, 14, 15, 16)] == [1, 1, 1, 2]
    assert lines_in("甲\n乙", 33) == 2


def test_each_cell_that_goes_back_comes_with_what_would_be_right(
    dataset: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "ROOM", 1)
    path = dataset.parent / "富宁县.csv"
    rows = "甲,06/05/2021,,\n乙,2021-06-10,2021-06-05,\n丙,,,2021-06-08\n"
    path.write_text(f"问题描述,发现日期,整改期限,完成时间\n{rows}", "utf-8")
    said = Calls(dataset, capsys)("import", str(path), "--column", "地点=隐患地点")

    assert "第2行 “发现日期” 06/05/2021：分不清月和日\n" in said.out
    assert "（另有同名 xlsx）\n同名 xlsx 只放得下前1行，其余1行只在 CSV 里，" in said.out
    assert "--column 的“隐患地点”在这些清单的表头里都没有" in said.err
    back = rows_of_csv(dataset / "退回" / "富宁县 退回更正.csv")[1:]
    assert [row[7] for row in back] == [
        "应写成 2021-06-30 或 2021年6月30日 的样子",
        "请核对这个日期和发现日期，把写错的改正",
    ]
