"""What is written is never run by a spreadsheet, and read back it is what came in."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conftest import REPOSITORY
from duzhan import columns as col
from duzhan.dataset.config.rules import load_rules
from duzhan.dataset.layouts import issue_layout
from duzhan.dataset.ledger import reading_of
from duzhan.intake.safety import defuse, defuse_column, restore, restore_column
from duzhan.intake.tables import read_tables
from duzhan.store.canonical_csv import (
    BOM,
    clean,
    read_rows,
    rows_bytes,
    table_bytes,
    table_chunks,
)

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.model import Rules

NASTY = st.text(st.sampled_from("=+-@'\t\r\n\0\x1f\",;| a中＝#"), max_size=6)
CELLS = st.one_of(NASTY, st.text(max_size=10))


@pytest.fixture(scope="module")
def rules() -> Rules:
    found, _ = load_rules(REPOSITORY / "data" / "milestones.yaml", "milestones.yaml")
    assert found is not None
    return found


def column(cells: list[str]) -> pa.ChunkedArray:
    """Two chunks, the second of them a slice, as readers give them."""
    half = len(cells) // 2
    padded = pa.array(["'=never seen", *cells[half:]], pa.string())
    return pa.chunked_array([pa.array(cells[:half], pa.string()), padded[1:]])


def issue_table(rows: list[list[str]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(col.ISSUE_COLUMNS)
    return pa.table([column(list(cells)) for cells in columns], list(col.ISSUE_COLUMNS))


def issue_rows(cells: list[list[str]]) -> list[list[str]]:
    """Rows with an id and a date, so that none of them can be taken for a signature."""
    rows = []
    for number, texts in enumerate(cells):
        row = dict(zip(("问题描述", "地点", "责任单位", "备注"), texts, strict=True))
        row |= {col.ID: f"富宁-{number:04}", col.FOUND: "2021-06-01"}
        rows.append([row.get(name, "") for name in col.ISSUE_COLUMNS])
    return rows


ROWS = st.lists(st.lists(CELLS, min_size=4, max_size=4), max_size=8).map(issue_rows)


@given(CELLS)
@example("=1+1")
@example("'=1+1")
@example("''@x")
@example("'plain")
@example("'")
def test_a_cell_read_back_is_what_was_written(cell: str) -> None:
    assert restore(defuse(cell)) == cell
    assert defuse(cell)[:1] not in {*"=+-@", *map(chr, range(32))}


@pytest.mark.parametrize("cell", ["=A1", "+1", "-1", "@x", "\tx", "\nx", "\x1f", "'=A1"])
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(cell: str) -> None:
    assert defuse(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "1=1", "富宁-0001", "'tis", "2021-06-01", " =1"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert defuse(cell) == restore(cell) == cell


@settings(deadline=None)  # The first call loads libraries.
@given(st.lists(CELLS, max_size=12))
def test_columns_are_treated_like_their_cells(cells: list[str]) -> None:
    assert defuse_column(column(cells)).to_pylist() == [defuse(cell) for cell in cells]
    assert restore_column(column(cells)).to_pylist() == [restore(cell) for cell in cells]


@pytest.mark.parametrize("cell", ["x;=1+1", "x; =1+1", "a\t@x", "a|-1", "a;'=1"])
def test_a_cell_that_another_separator_would_cut_before_a_formula_stands_in_quotes(
    cell: str,
) -> None:
    rows = issue_rows([[cell, "集市;车站", "", ""]])
    data = rows_bytes(col.ISSUE_COLUMNS, rows).decode()
    assert f'"{cell}",集市;车站,' in data
    assert table_bytes(issue_table(rows), col.ISSUE_COLUMNS).decode() == data


def test_a_column_without_suspects_is_not_copied() -> None:
    plain = column(["富宁-0001", "", "占道经营"])

    assert defuse_column(plain) is plain
    assert restore_column(plain) is plain


@given(ROWS)
def test_the_fast_writer_writes_what_the_csv_module_writes(rows: list[list[str]]) -> None:
    slow = rows_bytes(col.ISSUE_COLUMNS, rows)

    assert table_bytes(issue_table(rows), col.ISSUE_COLUMNS) == slow
    assert b"".join(table_chunks(issue_table(rows), col.ISSUE_COLUMNS)) == slow


@given(ROWS)
def test_a_ledger_is_utf8_with_mark_and_has_one_kind_of_line_end(rows: list[list[str]]) -> None:
    data = table_bytes(issue_table(rows), col.ISSUE_COLUMNS)

    assert data.startswith(BOM + "编号,问题描述,".encode())
    assert data.endswith(b"\n")
    assert b"\r" not in data
    parsed = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert len(parsed) == len(rows) + 1
    assert all(cell[:1] not in tuple("=+-@\t\n") for row in parsed for cell in row if cell)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS.filter(bool))
def test_a_ledger_read_back_is_what_came_in(
    rows: list[list[str]], rules: Rules, tmp_path: Path
) -> None:
    meant = [[clean(cell) for cell in row] for row in rows]
    path = tmp_path / "富宁县.csv"
    path.write_bytes(table_bytes(issue_table(rows), col.ISSUE_COLUMNS))

    (table,) = read_tables(path, issue_layout(rules), reading_of(rules).dates)

    assert [list(row.values()) for row in table.cells.to_pylist()] == meant
    assert read_rows(path.read_bytes()) == (list(col.ISSUE_COLUMNS), meant)


def test_a_large_ledger_read_back_is_what_came_in(rules: Rules, tmp_path: Path) -> None:
    cells = ['=1,"a"', "'+b", "x\ny", "", "'", "-", "占道经营", '"']
    rows = issue_rows(
        [[cells[(at + n) % 8] + "描述" * (n == 0) for n in range(4)] for at in range(40_000)]
    )
    path = tmp_path / "富宁县.csv"
    path.write_bytes(table_bytes(issue_table(rows), col.ISSUE_COLUMNS))

    (table,) = read_tables(path, issue_layout(rules), reading_of(rules).dates)

    assert path.stat().st_size > 1 << 20
    assert [list(row.values()) for row in table.cells.to_pylist()] == rows
    assert table_bytes(table.cells, col.ISSUE_COLUMNS) == path.read_bytes()


def test_an_apostrophe_in_a_workbook_is_content(rules: Rules, tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "富宁县.xlsx"
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate((["编号", "问题描述"], ["a-1", "'=1+1"])):
            for at, cell in enumerate(cells):
                sheet.write_string(row, at, cell)

    (table,) = read_tables(path, issue_layout(rules), reading_of(rules).dates)

    assert table.cells["问题描述"].to_pylist() == ["'=1+1"]


def test_a_list_for_the_county_is_disarmed_like_the_ledger(tmp_path: Path) -> None:
    from duzhan.compliance.issue_list import IssueList
    from duzhan.compliance.states import OPEN
    from duzhan.report.sheets.issues import write_csv

    cells = {name: [""] for name in col.ISSUE_COLUMNS} | {"编号": ["'=1"], "问题描述": ["=cmd()"]}
    found, due = dt.date(2021, 6, 1).toordinal(), dt.date(2021, 6, 4).toordinal()
    issues = IssueList(
        cells=pa.table(cells),
        rows=np.array([0]),
        names=("富宁县",),
        county=np.array([0], np.int16),
        state=np.array([OPEN], np.int8),
        found=np.array([found], np.int32),
        due=np.array([due], np.int32),
        original=np.array([due], np.int32),
        extensions=np.array([0]),
        day=found,
    )
    write_csv(tmp_path / "list.csv", issues, None)

    _, rows = read_rows((tmp_path / "list.csv").read_bytes())
    assert "'=cmd()" in (tmp_path / "list.csv").read_text("utf-8")
    assert rows[0][1:3] == ["'=1", "=cmd()"]


def test_an_empty_table_is_a_header() -> None:
    empty = pa.table({name: pa.array([], pa.string()) for name in col.ISSUE_COLUMNS})

    assert table_bytes(empty, col.ISSUE_COLUMNS) == rows_bytes(col.ISSUE_COLUMNS, [])
    assert np.frombuffer(table_bytes(empty, col.ISSUE_COLUMNS), np.uint8)[-1] == ord("\n")
