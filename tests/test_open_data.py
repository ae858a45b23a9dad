"""All tables for other programs: SQLite that Datasette opens, CSV that frictionless validates."""

from __future__ import annotations

import csv
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from conftest import read_json
from small import FUNING, Calls, small_dataset

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = "2021-07-15"
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = small_dataset(tmp_path_factory.mktemp("open") / "ds")
    with (made / FUNING).open("a", encoding="utf-8") as file:
        file.write("富宁-0009,'=1+1 的墙,南门,,,,,2021-07-02,2021-07-10,下周,,,,\n")
    return made


@pytest.fixture(scope="module")
def base(folder: Path) -> Iterator[sqlite3.Connection]:
    """The database, and the package beside it, made once."""
    from duzhan.cli import main

    with pytest.raises(SystemExit) as end:
        main(
            [
                *("--data", str(folder), "export", "--as-of", DAY),
                *("--sqlite", str(folder / "all.db"), "--datapackage", str(folder / "表")),
            ]
        )
    assert end.value.code == 0
    with closing(sqlite3.connect(folder / "all.db")) as made:
        yield made


def one(base: sqlite3.Connection, query: str, *values: object) -> tuple[Any, ...]:
    found: tuple[Any, ...] = base.execute(query, values).fetchone()
    return found


def test_every_issue_has_a_state_on_every_day_as_status_counts_them(
    base: sqlite3.Connection, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert base.execute("pragma foreign_key_check").fetchall() == []
    for day in ("2021-06-05", "2021-06-11", "2021-07-05", DAY):
        said = Calls(folder, capsys)("status", "--county", "富宁", "--as-of", day, "--json")
        (county,) = read_json(said.out)["counties"]
        counts = county["issues"]
        states = dict(
            base.execute(
                "select state, count(*) from issue_days where day = ? and county = '富宁县'"
                " group by state",
                (day,),
            ).fetchall()
        )
        late = states.get("overdue", 0)
        assert states.get("open", 0) + late == counts["open"]
        assert (late, states.get("closed", 0)) == (counts["overdue"], counts["closed"])
        told = one(
            base,
            "select total, closed, light from county_days where day = ? and county = '富宁县'",
            day,
        )
        assert told == (counts["total"], counts["closed"], county["light"])


def test_the_ledger_is_there_as_it_was_read(base: sqlite3.Connection) -> None:
    told = one(base, 'select 问题描述, 整改完成日期, line from ledger where 编号 = "富宁-0009"')
    assert told == ("=1+1 的墙", "下周", 7)
    assert one(base, "select count(*) from problems where code = 'bad-date'") == (1,)
    assert one(base, "select 总分 from scores") == ("731",)


def test_datasette_opens_the_database(base: sqlite3.Connection, folder: Path) -> None:
    assert base is not None
    asked = f"/all/issue_days.json?day={DAY}&county={quote('富宁县')}&_shape=array"
    made = subprocess.run(
        [BIN / "datasette", folder / "all.db", "--get", asked],
        capture_output=True,
        check=True,
        timeout=120,
    )
    assert {row["id"] for row in json.loads(made.stdout)} >= {"富宁-0001", "富宁-0009"}


def test_frictionless_validates_the_package(base: sqlite3.Connection, folder: Path) -> None:
    assert base is not None
    made = subprocess.run(
        [BIN / "frictionless", "validate", "--json", "datapackage.json"],
        capture_output=True,
        check=False,
        timeout=120,
        cwd=folder / "表",
    )
    report = json.loads(made.stdout)
    assert report["valid"], report
    assert {task["name"] for task in report["tasks"]} >= {"ledger", "issue_states", "county_days"}


def test_cells_of_the_package_run_in_no_spreadsheet(base: sqlite3.Connection, folder: Path) -> None:
    assert base is not None
    with (folder / "表" / "ledger.csv").open(encoding="utf-8", newline="") as file:
        words = {row["编号"]: row["问题描述"] for row in csv.DictReader(file)}
    assert words["富宁-0009"] == "'=1+1 的墙"


def test_a_package_is_replaced_whole_and_no_other_folder_is(
    base: sqlite3.Connection, folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert base is not None
    calls = Calls(folder, capsys)
    (folder / "表" / "旧.csv").write_text("x")
    calls.done("export", "--datapackage", str(folder / "表"), "--as-of", "2021-06-01")
    assert not (folder / "表" / "旧.csv").exists()
    (tmp_path / "mine").write_text("x")
    assert calls("export", "--datapackage", str(tmp_path)).code == 1
    assert calls("export", "--sqlite", str(folder / "groups.yaml")).code == 2
    assert calls("export").code == 2
    assert calls("export", "--parquet", str(tmp_path / "p"), "--as-of", DAY).code == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine"]


def test_the_weekly_reports_tables_are_tidy_csv(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = Calls(folder, capsys)
    asked = ("weekly-report", "--week", "2021-W27", "--format")
    told = read_json(calls.done(*asked, "json").out)
    text = calls.done(*asked, "csv").out.removeprefix("\ufeff")
    rows = list(csv.DictReader(text.splitlines()))

    def value(table: str, county: str, measure: str, item: str = "") -> str:
        (found,) = [
            row["value"]
            for row in rows
            if (row["table"], row["county"], row["measure"], row["item"])
            == (table, county, measure, item)
        ]
        return found

    (flow,) = [one for one in told["flow"] if one["county"] == "富宁县"]
    assert value("flow", "富宁县", "closing") == str(flow["closing"])
    (status,) = [one for one in told["status"]["counties"] if one["county"] == "富宁县"]
    assert value("status", "富宁县", "issues.total") == str(status["issues"]["total"])
    assert value("status", "富宁县", "light") == status["light"]
    late = told["overdue"][0]
    assert value("overdue", late["county"], "days_overdue", late["id"]) == str(late["days_overdue"])
    assert {row["week"] for row in rows} == {"2021-W27"}
