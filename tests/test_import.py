"""`duzhan import`: what counties sent, merged, every row accounted for."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from conftest import CASES, Run, on_a_terminal, read_json

SHEETS = json.loads((CASES / "sheets" / "expected.json").read_text("utf-8"))
HEADER = "编号,问题描述,地点,发现日期,整改期限,整改完成日期,销号日期,退回日期,核验人"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "收到"
    folder.mkdir()
    return folder


def send(inbox: Path, rows: str, name: str = "富宁县.csv") -> Path:
    path = inbox / name
    path.write_text(f"{HEADER}\n{rows}\n", "utf-8")
    return path


def taken(run: Run, root: Path, *arguments: str | Path, today: str = "2021-06-25") -> Any:  # noqa: ANN401
    result = run("import", *arguments, "--json", "--data", root, env={"DUZHAN_TODAY": today})
    (entry,) = read_json(result.stdout)["files"]
    assert entry["rows"] == sum(
        entry[key] for key in ("added", "updated", "unchanged", "rejected", "skipped")
    )
    return entry


def ledger(root: Path) -> str:
    return (root / "issues/富宁县.csv").read_text("utf-8-sig")


@pytest.mark.parametrize("file", SHEETS)
def test_workbooks_of_real_programs_give_the_expected_account(
    file: str, dataset: Path, inbox: Path, run: Run
) -> None:
    path = shutil.copy(CASES / "sheets" / file, inbox)

    first = run("import", path, "--json", "--data", dataset)
    again = run("import", path, "--json", "--data", dataset)
    status = run("status", "--json", "--as-of", "2021-12-31", "--data", dataset)

    counts = {c["county"]: c["issues"] for c in read_json(status.stdout)["counties"]}
    for wanted, got, twice in zip(
        SHEETS[file],
        read_json(first.stdout)["files"],
        read_json(again.stdout)["files"],
        strict=True,
    ):
        closed, claimed = wanted["closed"], wanted["claimed"]
        plain = {k: v for k, v in wanted.items() if k not in ("closed", "claimed")}
        assert {key: got[key] for key in plain} == plain
        assert (got["updated"], got["unchanged"]) == (0, 0)
        assert counts[got["county"]]["closed"] == closed
        assert counts[got["county"]]["claimed"] == claimed
        assert (twice["added"], twice["updated"]) == (0, 0)
        assert twice["unchanged"] == got["added"]
    left_over = any(w["rejected"] or w["refused_cells"] for w in SHEETS[file])
    assert first.returncode == (1 if left_over else 0)


def test_a_non_empty_cell_replaces_and_an_empty_one_never_erases(
    dataset: Path, inbox: Path, run: Run
) -> None:
    taken(run, dataset, send(inbox, "FN-1,垃圾未清,东门,2021-06-01,2021-06-20,,,,"))

    entry = taken(run, dataset, send(inbox, "FN-1,垃圾满溢,东门,2021-06-01,,2021-06-10,,,"))

    assert (entry["updated"], entry["reworded"]) == (1, ["FN-1"])
    assert ledger(dataset).splitlines()[1].startswith("FN-1,垃圾满溢,东门,")
    assert ",2021-06-01,2021-06-20,2021-06-10," in ledger(dataset)


def test_events_are_added_each_once_and_none_is_taken_away(
    dataset: Path, inbox: Path, run: Run
) -> None:
    taken(
        run, dataset, send(inbox, "FN-1,垃圾,东门,2021-06-01,,2021-06-05,2021-06-06,2021-06-08,张")
    )
    entry = taken(run, dataset, send(inbox, "FN-1,垃圾,东门,,,6月5日；2021/6/12,,,"))

    assert entry["updated"] == 1
    assert "2021-06-05；2021-06-12,2021-06-06,2021-06-08,张" in ledger(dataset)


def test_a_later_deadline_is_not_taken_unless_the_office_says_so(
    dataset: Path, inbox: Path, run: Run
) -> None:
    taken(run, dataset, send(inbox, "FN-1,垃圾,东门,2021-06-01,2021-06-20,,,,"))
    later = send(inbox, "FN-1,垃圾,东门,2021-06-03,2021-06-30,,,,")

    refused = taken(run, dataset, later)
    assert (refused["unchanged"], refused["moved_dates"]) == (1, ["FN-1"])
    assert ",2021-06-01,2021-06-20," in ledger(dataset)

    nobody = run("import", later, "--accept-moved-dates", "--data", dataset)
    assert nobody.returncode == 2
    assert "--accept-moved-dates --by 姓名" in nobody.stderr

    options = ("--accept-moved-dates", "--by", "李处长")
    told = run("import", later, *options, "--dry-run", "--data", dataset).stdout
    assert "采用了推迟的日期（期限记入延期登记，今天批准）：FN-1，共1件\n" in told
    accepted = taken(run, dataset, later, *options)
    assert (accepted["updated"], accepted["moved_dates"]) == (1, [])
    assert ",2021-06-03,2021-06-20," in ledger(dataset)
    register = (dataset / "extensions.csv").read_text("utf-8-sig").splitlines()
    assert register[1].startswith("FN-1,富宁县,,2021-06-20,2021-06-30,")
    assert ",李处长,2021-06-25,,富宁县.csv" in register[1]


def test_what_cannot_be_read_never_replaces_what_can_and_is_kept_where_nothing_stood(
    dataset: Path, inbox: Path, run: Run
) -> None:
    taken(run, dataset, send(inbox, "FN-1,垃圾,东门,2021-06-01,2021-06-20,2021-06-05,,,"))

    entry = taken(run, dataset, send(inbox, "FN-1,垃圾,东门,六月,另定,已完成,已销号,退过,"))

    assert entry["refused_cells"] == 5
    assert ",2021-06-01,2021-06-20,2021-06-05,已销号,退过," in ledger(dataset)


def test_a_renumbered_list_keeps_the_ledgers_ids_and_adds_nothing(
    dataset: Path, inbox: Path, run: Run
) -> None:
    rows = "FN-{a},垃圾,东门,2021-06-01,,,,,\nFN-{b},积水,西门,2021-06-02,,,,,"
    taken(run, dataset, send(inbox, rows.format(a=1, b=2)))
    before = ledger(dataset)

    entry = taken(run, dataset, send(inbox, rows.format(a=7, b=8)))

    assert (entry["added"], entry["unchanged"], entry["missing"]) == (0, 2, [])
    assert ledger(dataset) == before


def test_one_id_for_two_issues_gets_a_second_id_and_stays_so(
    dataset: Path, inbox: Path, run: Run
) -> None:
    path = send(inbox, "FN-1,垃圾,东门,2021-06-01,,,,,\nFN-1,垃圾另一处,东门,2021-06-01,,,,,")

    first, again = taken(run, dataset, path), taken(run, dataset, path)

    assert (first["added"], first["renumbered"]) == (2, ["富宁-0001"])
    assert (again["added"], again["unchanged"]) == (0, 2)


@pytest.mark.parametrize("order", [1, -1])
def test_an_issue_that_one_row_names_exactly_is_not_given_to_a_row_that_is_only_like_it(
    dataset: Path, inbox: Path, run: Run, order: int
) -> None:
    taken(run, dataset, send(inbox, "FN-1,垃圾未清,东门,2021-06-01,,,,,"))
    rows = ["FN-1,垃圾未清,东门,2021-06-01,,,,,", "FN-1,公厕无水,东门,2021-06-01,,2021-06-20,,,"]

    entry = taken(run, dataset, send(inbox, "\n".join(rows[::order])))

    assert (entry["added"], entry["unchanged"], entry["renumbered"]) == (1, 1, ["富宁-0001"])
    exact, new = ledger(dataset).splitlines()[1:]
    assert exact.startswith("FN-1,垃圾未清,")
    assert "2021-06-20" not in exact
    assert new.startswith("富宁-0001,公厕无水,")


def test_one_id_with_and_without_words_changes_nothing_when_it_comes_again(
    dataset: Path, inbox: Path, run: Run
) -> None:
    rows = "N-001,问题1,东门,,,,,,王某\nN-001,,东门,,,,,,王某\nN-002,问题2,东门,,,,,,王某"
    path = send(inbox, rows)

    first = taken(run, dataset, path)
    again = [taken(run, dataset, path) for _ in range(2)]

    assert first["added"] == 3
    assert [(one["added"], one["updated"]) for one in again] == [(0, 0), (0, 0)]


def test_an_issue_left_out_stays_and_is_named(dataset: Path, inbox: Path, run: Run) -> None:
    taken(run, dataset, send(inbox, "FN-1,垃圾,东门,,,,,,\nFN-2,积水,西门,,,,,,"))

    entry = taken(run, dataset, send(inbox, "FN-2,积水,西门,,,,,,"))

    assert entry["missing"] == ["FN-1"]
    assert "FN-1,垃圾" in ledger(dataset)


def test_of_several_rows_for_one_issue_the_worst_is_taken(
    dataset: Path, inbox: Path, run: Run
) -> None:
    closed = "FN-1,垃圾,东门,2021-06-01,,2021-06-05,2021-06-06,,张"
    rows = f"{closed}\nFN-1,垃圾,东门,2021-06-01,,,,,\n{closed}"

    entry = taken(run, dataset, send(inbox, rows))

    assert (entry["added"], entry["rejected"]) == (1, 2)
    assert "FN-1,垃圾,东门,,,,,2021-06-01,,,,,," in ledger(dataset)


def test_a_discovery_in_the_future_is_refused_and_the_day_of_import_stands_in(
    dataset: Path, inbox: Path, run: Run
) -> None:
    path = send(inbox, "FN-1,垃圾,东门,2021-07-30,,,,,")

    first, again = taken(run, dataset, path), taken(run, dataset, path, today="2021-06-28")

    assert (first["added"], first["refused_cells"]) == (1, 1)
    assert (again["added"], again["unchanged"]) == (0, 1)
    assert ",2021-06-25," in ledger(dataset)


def test_a_closure_before_a_passed_milestone_is_taken_and_listed(
    dataset: Path, inbox: Path, run: Run
) -> None:
    rows = "FN-1,垃圾,东门,2021-05-01,,,{},,张\nFN-2,水,西,,,,{},,"
    first = taken(run, dataset, send(inbox, "FN-0,灰,北,2021-05-01,,,2021-05-20,,张"))
    taken(run, dataset, send(inbox, rows.format("", "")))

    entry = taken(run, dataset, send(inbox, rows.format("2021-05-31", "2021-06-01")))

    assert (first["backdated"], first["added_closed"]) == ([], 1)
    assert entry["backdated"] == ["FN-1"]


def test_the_office_may_vouch_for_a_sheet(dataset: Path, inbox: Path, run: Run) -> None:
    path = send(inbox, "FN-1,垃圾,东门,2021-05-01,,,2021-06-01,,\nFN-2,水,西门,,,,,,")

    taken(run, dataset, path, "--verified-by", "州爱卫办")

    assert "2021-06-01,,州爱卫办," in ledger(dataset)
    assert ledger(dataset).count("州爱卫办") == 1


def test_rows_of_another_county_are_rejected_and_sent_back(
    dataset: Path, inbox: Path, run: Run
) -> None:
    path = inbox / "富宁县.csv"
    path.write_text("县(市),问题描述\n富宁县,垃圾\n砚山县,积水\n", "utf-8")

    entry = taken(run, dataset, path)

    assert (entry["added"], entry["rejected"]) == (1, 1)
    returned = (dataset / "退回/富宁县 退回更正.csv").read_text("utf-8-sig")
    assert "与这份清单所属的不符" in returned
    assert entry["rejected_to"] == str(dataset / "退回/富宁县 退回更正.csv")
    assert (dataset / "退回/富宁县 退回更正.xlsx").is_file()


def test_a_mended_list_merges_when_it_comes_back(dataset: Path, inbox: Path, run: Run) -> None:
    taken(run, dataset, send(inbox, "FN-1,垃圾,东门,2021-06-01,06/05/2021,,,,"))
    returned = dataset / "退回/富宁县 退回更正.csv"
    text = returned.read_text("utf-8-sig")
    mended = inbox / "富宁县 已更正.csv"
    mended.write_text(text.replace("06/05/2021", "2021-06-05"), "utf-8-sig")

    entry = taken(run, dataset, mended)

    assert (entry["updated"], entry["refused_cells"]) == (1, 0)
    assert ",2021-06-01,2021-06-05," in ledger(dataset)


def test_a_dry_run_reports_the_same_and_writes_nothing(
    dataset: Path, inbox: Path, run: Run
) -> None:
    path = send(inbox, "FN-1,垃圾,东门,2021-06-31,,,,,")
    before = sorted(p.name for p in (*dataset.rglob("*"), *inbox.iterdir()))

    dry = taken(run, dataset, path, "--dry-run")

    assert (
        sorted(p.name for p in (*dataset.rglob("*"), *inbox.iterdir()) if "lock" not in p.name)
        == before
    )
    wet = taken(run, dataset, path)
    assert {**wet, "rejected_to": None} == dry


def test_a_county_with_an_unreadable_list_keeps_its_ledger_and_the_others_go_in(
    dataset: Path, inbox: Path, run: Run
) -> None:
    good, bad = send(inbox, "FN-1,垃圾,东门,,,,,,"), inbox / "砚山县.xlsx"
    other = send(inbox, "YS-1,积水,西门,,,,,,", "砚山县 第二张.csv")
    bad.write_bytes(b"PK\x03\x04 half a file")

    result = run("import", good, bad, other, "--json", "--data", dataset)

    assert result.returncode == 1
    assert "砚山县.xlsx：文件不完整或已损坏" in result.stderr
    answer = read_json(result.stdout)
    assert [entry["county"] for entry in answer["files"]] == ["富宁县"]
    assert [one["file"] for one in answer["not_lists"]] == ["砚山县.xlsx"]
    assert (dataset / "issues/富宁县.csv").exists()
    assert not (dataset / "issues/砚山县.csv").exists()


def test_a_list_that_names_no_county_asks_for_one(dataset: Path, inbox: Path, run: Run) -> None:
    path = send(inbox, "FN-1,垃圾,东门,,,,,,", "问题.csv")

    refused = run("import", path, "--data", dataset)
    named = taken(run, dataset, path, "--county", "富宁")

    assert refused.returncode == 1
    assert "请用 --county 指明" in refused.stderr
    assert named["county"] == "富宁县"


def test_a_ledger_in_a_form_of_the_countys_own_is_not_rewritten(
    dataset: Path, inbox: Path, run: Run
) -> None:
    (dataset / "issues/富宁县 第一批.csv").write_text("问题描述\n垃圾\n", "utf-8")

    result = run("import", send(inbox, "FN-1,积水,西门,,,,,,"), "--data", dataset)

    assert result.returncode == 1
    assert "富宁县的台账应只有 issues/富宁县.csv" in result.stderr


@pytest.mark.parametrize("column", ["问题描述", "备注", "整改期限", "销号日期"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_a_row_of_a_table_pasted_into_a_cell_is_refused_and_the_ledger_stays_readable(
    column: str, mark: str, dataset: Path, inbox: Path, run: Run
) -> None:
    path = inbox / "富宁县.xlsx"
    pasted = f"2021-06-01\r\n{mark.join(str(number) for number in range(14))}"
    cells = {"编号": "FN-1", "问题描述": "垃圾", "地点": "东门", "发现日期": "2021-06-01"}
    cells[column] = pasted
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for at, (name, text) in enumerate(cells.items()):
            sheet.write_string(0, at, name)
            sheet.write_string(1, at, text)

    entry = taken(run, dataset, path)
    again = taken(run, dataset, path)

    assert (entry["added"], entry["refused_cells"]) == (1, 1)
    assert (again["unchanged"], again["refused_cells"]) == (1, 1)
    rejects = Path(entry["rejected_to"]).read_text("utf-8-sig")
    assert "FN-1" in rejects
    status = run("status", "--json", "--as-of", "2021-06-25", "--data", dataset)
    (county,) = (c for c in read_json(status.stdout)["counties"] if c["county"] == "富宁县")
    assert (county["issues"]["total"], county["issues"]["closed"]) == (1, 0)


def test_a_rehearsal_is_coloured_as_a_diff_and_writes_nothing(
    dataset: Path, inbox: Path, run: Run
) -> None:
    taken(run, dataset, send(inbox, "FN-1,垃圾,东门,2021-06-01,2021-06-20,,,,"))
    before = ledger(dataset)
    path = send(inbox, "FN-1,垃圾,东门,,2021-06-10,2021-06-05,,,\nFN-2,积水,东门,2021-06-02,,,,,")
    arguments = ("import", str(path), "--dry-run", "--data", str(dataset))

    piped = run(*arguments, env={"DUZHAN_TODAY": "2021-06-25"})
    shown = on_a_terminal(arguments, raw=True, env={"DUZHAN_TODAY": "2021-06-25"})

    _, _, diff = piped.stdout.partition("将有的改动】\n")
    assert diff.partition("\n\n【")[0].splitlines() == [
        "修改 FN-1（第2行）",
        "  - 整改期限：2021-06-20",
        "  + 整改期限：2021-06-10",
        "  + 整改完成日期：2021-06-05",
        "新增 FN-2（第3行）",
        "  + 编号：FN-2",
        "  + 问题描述：积水",
        "  + 地点：东门",
        "  + 发现日期：2021-06-02",
    ]
    assert any("\x1b[31m- 整改期限：2021-06-20" in line for line in shown)
    assert any("\x1b[32m+ 整改期限：2021-06-10" in line for line in shown)
    assert ledger(dataset) == before


def test_a_long_import_shows_progress_on_a_terminal_and_nothing_in_a_pipe(
    dataset: Path, inbox: Path, run: Run
) -> None:
    many = "\n".join(
        f"FN-{number},{'垃圾未清' * 20},东门{number},2021-06-01,,,,," for number in range(9000)
    )
    path = send(inbox, many)
    assert path.stat().st_size > 2 << 20
    arguments = ("import", str(path), "--dry-run", "--data", str(dataset))

    piped = run(*arguments, env={"DUZHAN_TODAY": "2021-06-25"})
    shown = "\n".join(on_a_terminal(arguments, raw=True, env={"DUZHAN_TODAY": "2021-06-25"}))

    assert piped.stderr == ""
    for step in ("读取 富宁县.csv", "并入 富宁县", "核对和写入"):
        assert step in shown
        assert step not in piped.stdout
    assert "以上是9000件中的前20件，其余8980件未列出" in piped.stdout
