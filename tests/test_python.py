"""The way in from Python: the commands' answers as typed DataFrames, and nothing else touched."""

from __future__ import annotations

import copy
import datetime as dt
import json
import subprocess
import sys
import textwrap
from dataclasses import fields
from itertools import product
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import duzhan
from conftest import REPOSITORY, Run, read_json
from duzhan.errors import DuzhanError, UsageError
from duzhan.frames import paces, tables
from duzhan.frames.columns import ColumnType
from duzhan.requirements.results import Counts
from made import create
from small import small_dataset, snapshot
from test_documents import tool

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.frames.opened import OpenedCampaign

DAY = "2021-06-25"
TABLES = {
    name: table
    for name, table in {**vars(tables), **vars(paces)}.items()
    if name.isupper() and name[0] != "_" and isinstance(table, tuple) and name != "IMPORT_"
}


SAMPLE = REPOSITORY / "data"


@pytest.fixture(scope="module")
def opened() -> OpenedCampaign:
    return duzhan.open(SAMPLE, as_of=DAY)


@pytest.fixture(scope="module")
def without_lists(tmp_path_factory: pytest.TempPathFactory) -> OpenedCampaign:
    folder = tmp_path_factory.mktemp("new") / "ds"
    create(folder, sample=False)
    return duzhan.open(folder, as_of=DAY)


def alone(code: str, *arguments: str) -> list[str]:
    """What a fresh process prints."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_importing_duzhan_loads_nothing_but_itself() -> None:
    said = alone(
        """
        import sys
        before = set(sys.modules)
        import duzhan
        print(*sorted(name for name in set(sys.modules) - before if name != "__future__"))
        """
    )
    assert said == ["duzhan duzhan.version"]


def test_importing_every_module_of_duzhan_changes_nothing_in_other_libraries() -> None:
    said = alone(
        """
        import importlib, pkgutil, sys
        finders = list(sys.meta_path)
        import duzhan
        for module in pkgutil.walk_packages(duzhan.__path__, "duzhan."):
            if module.name != "duzhan.__main__":
                importlib.import_module(module.name)
        assert sys.meta_path == finders
        import pandas as pd
        import pyarrow as pa
        print(pa.array(pd.Series([1.0, float("nan")])).null_count)
        """
    )
    assert said == ["1"]


def test_no_command_loads_pandas(tmp_path: Path) -> None:
    lines = (
        f"status --as-of {DAY}",
        "check",
        f"overdue --as-of {DAY} --json",
        "weekly-report --week 2021-W25 --format json",
        f"form --county 富宁 -o {tmp_path / 'f.xlsx'}",
    )
    alone(
        """
        import sys
        from duzhan.cli import main
        for line in sys.argv[2:]:
            try:
                main(["--data", sys.argv[1], *line.split()])
            except SystemExit:
                pass
            if "pandas" in sys.modules:
                sys.exit(f"{line} loaded pandas")
        """,
        str(SAMPLE), *lines,
    )  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_of_its_type_also_where_nothing_is(
    name: str, opened: OpenedCampaign, without_lists: OpenedCampaign
) -> None:
    columns = TABLES[name]
    for campaign, labels in product((opened, without_lists), ("en", "zh")):
        frame = getattr(campaign, name.lower())(labels=labels)
        assert list(frame.columns) == [
            column.label if labels == "zh" else column.name for column in columns
        ]
        for column, kind in zip(columns, frame.dtypes, strict=True):
            if column.kind is ColumnType.WORD:
                assert isinstance(kind, pd.CategoricalDtype)
            else:
                assert kind == pd.Series([], dtype=column.kind.value).dtype


def test_every_figure_that_is_counted_has_a_name_in_chinese() -> None:
    assert {field.name for field in fields(Counts)} <= {column.name for column in tables.STATUS}


def test_status_says_what_the_command_says(opened: OpenedCampaign, run: Run) -> None:
    told = read_json(run("status", "--data", SAMPLE, "--as-of", DAY, "--json").stdout)
    frame = opened.status()

    assert list(frame["county"]) == [county["county"] for county in told["counties"]]
    for row, county in zip(frame.to_dict("records"), told["counties"], strict=True):
        assert row["light"] == county["light"]
        assert {name: row[name] for name in county["issues"]} == county["issues"]
        rate = county["rectification_rate"]
        assert row["rate_numerator"] == rate["numerator"]
        assert row["rate_denominator"] == rate["denominator"]
        assert row["rate"] == rate["numerator"] / rate["denominator"]
        assert row["reasons"] == "；".join(county["reasons"])
        score = county["score"]
        assert (row["score"], row["assessor"]) == (score["value"], score["assessor"])
        assert row["scored_on"] == pd.Timestamp(score["date"])
    assert frame.attrs == {"as_of": DAY, "notice": told["notice"]}


def test_requirements_say_what_the_command_says(opened: OpenedCampaign, run: Run) -> None:
    told = read_json(run("status", "--data", SAMPLE, "--as-of", DAY, "--json").stdout)
    frame = opened.requirements()

    said = [
        (county["county"], milestone["id"], rule["kind"], rule["verdict"])
        for county in told["counties"]
        for milestone in county["milestones"]
        for rule in milestone["requirements"]
    ]
    columns = ["county", "milestone", "kind", "verdict"]
    assert list(frame[columns].itertuples(index=False, name=None)) == said
    rates = frame[frame["kind"] == "rectification_rate"].dropna(subset="actual")
    assert (rates["actual"] == rates["actual_numerator"] / rates["actual_denominator"]).all()
    assert frame["sentence"].str.len().min() > 5


def test_lists_say_what_the_commands_say(opened: OpenedCampaign, run: Run) -> None:
    for frame, line in (
        (opened.issues(), "issues"),
        (opened.issues(state="overdue", unit="局"), "issues --state overdue --unit 局"),
        (opened.overdue(5), "overdue --due-within 5"),
    ):
        said = run(*line.split(), "--data", SAMPLE, "--as-of", DAY, "--json").stdout
        told = read_json(said)["issues"]
        assert list(frame["id"].fillna("")) == [one["id"] or "" for one in told]
        assert list(frame["state"]) == [one["state"] for one in told]
        due = [one["due_on"] and pd.Timestamp(one["due_on"]) for one in told]
        assert list(frame["due_on"].astype(object).where(frame["due_on"].notna(), None)) == due


def test_a_week_is_the_report_of_the_command(opened: OpenedCampaign, run: Run) -> None:
    week = opened.week("2021-W25")
    for form, text in (("md", week.to_markdown()), ("txt", week.to_text())):
        said = run("weekly-report", "--data", SAMPLE, "--week", "2021-W25", "--format", form)
        assert said.stdout == text
    told = run("weekly-report", "--data", SAMPLE, "--week", "2021-W25", "--format", "json")
    assert read_json(told.stdout) == week.to_dict()
    assert week.to_html().startswith("<!")
    flow = opened.flow("2021-W25")
    assert [
        {**row, "county": row["county"]} for row in flow.to_dict("records")
    ] == [{key: one[key] for key in flow.columns} for one in week.to_dict()["flow"]]  # fmt: skip
    moved = flow["opening"] + flow["new"] - flow["closed"] + flow["sent_back"]
    assert (moved == flow["closing"]).all()


def test_the_trend_of_a_day_is_the_status_of_that_day(opened: OpenedCampaign) -> None:
    trend = opened.trend()
    assert len(trend) == 8 * 56  # from 1 May to 25 June
    for day in ("2021-05-31", "2021-06-13"):
        status = duzhan.open(SAMPLE, as_of=day).status()
        on_day = trend[trend["day"] == day].reset_index(drop=True)
        shared = [name for name in trend.columns if name != "day"]
        pd.testing.assert_frame_equal(on_day[shared], status[shared])
    assert list(opened.trend(2)["day"].dt.day.unique()) == [24, 25]
    assert len(opened.trend(["2021-06-01", dt.date(2021, 6, 9)])) == 16


def test_duties_and_forecast_are_those_of_the_commands(opened: OpenedCampaign, run: Run) -> None:
    told = read_json(run("status", "--data", SAMPLE, "--as-of", DAY, "--json").stdout)
    duties = opened.duties()
    last = duties[duties["week"] == "2021-W25"]
    assert list(last["supervisions"]) == [
        county["weekly"]["supervision"]["actual"] for county in told["counties"]
    ]
    assert len(duties) == 8 * 4
    forecast = opened.forecast()
    assert list(forecast["closures_needed"]) == list(opened.status()["closures_needed"])
    paces = forecast["pace_numerator"] / forecast["pace_denominator"]
    assert (paces.dropna() == forecast["pace"].dropna()).all()


def test_problems_are_those_of_check(opened: OpenedCampaign, run: Run) -> None:
    told = read_json(run("check", "--data", SAMPLE, "--json").stdout)["problems"]
    frame = opened.problems()
    assert list(frame["message"]) == [problem["message"] for problem in told]
    assert list(frame["line"].astype(object).where(frame["line"].notna(), None)) == [
        problem["line"] for problem in told
    ]


def test_chinese_labels_are_for_names_and_words() -> None:
    status = duzhan.open(SAMPLE, as_of=DAY, labels="zh").status()
    assert {"县(市)", "红黄绿灯", "整改达标率分子", "未完成任务"} <= set(status.columns)
    assert list(status["红黄绿灯"].cat.categories) == ["红", "黄", "绿"]
    assert "light" in duzhan.open(SAMPLE, as_of=DAY, labels="zh").status(labels="en").columns


def test_one_county_is_asked_for_as_on_the_command_line() -> None:
    opened = duzhan.open(SAMPLE, as_of="6月25日", county="富宁")
    assert opened.counties == ("富宁县",)
    assert opened.as_of == dt.date(2021, 6, 25)
    for frame in (opened.status(), opened.issues(), opened.flow("2021-W25"), opened.forecast()):
        assert set(frame["county"]) == {"富宁县"}


def test_errors_are_exceptions_with_the_line_of_the_command(tmp_path: Path, run: Run) -> None:
    with pytest.raises(DuzhanError) as missing:
        duzhan.open(tmp_path)
    assert run("status", "--data", tmp_path).stderr.strip() == str(missing.value)
    with pytest.raises(UsageError, match=r"^没有“富林县”这个县（市），是不是“富宁县”？$"):
        duzhan.open(SAMPLE, as_of=DAY, county="富林县")
    with pytest.raises(UsageError, match=r"^as_of 的“昨天”不是日期，应写成 2021-06-25 的样子$"):
        duzhan.open(SAMPLE, as_of="昨天")
    with pytest.raises(UsageError, match=r"^week 的“W25”写法不对，是否为 2021-W25？$"):
        duzhan.open(SAMPLE, as_of=DAY).week("W25")
    with pytest.raises(UsageError, match=r"^labels 的“de”应为 en 或 zh$"):
        duzhan.open(SAMPLE, as_of=DAY, labels="de")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"^state 的“开放”应为 overdue、open、.*已销号$"):
        duzhan.open(SAMPLE, as_of=DAY).issues(state="开放")
    with pytest.raises(UsageError, match=r"^as_of 的“20210625”不是日期"):
        duzhan.open(SAMPLE, as_of=20210625)  # type: ignore[arg-type]


def test_a_day_may_be_a_timestamp_and_the_last_week_is_that_of_the_day() -> None:
    opened = duzhan.open(SAMPLE, as_of=pd.Timestamp("2021-06-25 08:00"), county="富宁")
    assert opened.as_of == dt.date(2021, 6, 25)
    assert len(opened.trend(pd.date_range("2021-06-01", periods=2))) == 2
    assert len(opened.trend("2021-06-01")) == 1
    assert opened.week().report.week.id == "2021-W24"
    assert opened.flow().attrs["as_of"] == "2021-06-20"
    assert repr(opened.week()).endswith("，2021-W24，截至 2021-06-20>")
    assert len(opened.issues(state="超期")) == len(opened.issues(state="overdue"))


def test_today_outside_the_campaign_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUZHAN_TODAY", "2022-03-01")
    with pytest.warns(UserWarning, match="今天 2022-03-01 不在行动期") as said:
        opened = duzhan.open(SAMPLE)
    assert said[0].filename == __file__
    assert opened.as_of == dt.date(2021, 12, 31)


def test_lists_are_taken_in_as_by_the_command(tmp_path: Path, run: Run) -> None:
    roots = [small_dataset(tmp_path / name) for name in ("ours", "theirs")]
    sent = tmp_path / "富宁县.csv"
    sent.write_text("编号,问题描述,发现日期,隐患级别\n新-1,下水道堵塞,6月21日,高\n", "utf-8")
    picture = tmp_path / "照片.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    opened = duzhan.open(roots[0], as_of="2021-07-15")
    before = snapshot(roots[0])

    rehearsed = opened.import_([sent, picture], dry_run=True)
    assert snapshot(roots[0]) == before
    assert len(opened.import_(sent, dry_run=True)) == 1
    frame = opened.import_([sent, picture])
    asked = ("import", sent, picture, "--data", roots[1], "--json")
    told = read_json(run(*asked).stdout)

    pd.testing.assert_frame_equal(
        rehearsed.drop(columns="rejected_to"), frame.drop(columns="rejected_to")
    )
    (row,), (entry,) = frame.to_dict("records"), told["files"]
    lists = {"rejected_to", "encoding", "sheet"}
    assert set(entry) == set(row)
    assert {n: row[n] for n in row if n not in lists} == {
        n: entry[n] for n in entry if n not in lists
    }
    assert frame.attrs["not_lists"] == told["not_lists"]
    assert len(told["not_lists"]) == 1
    assert opened.issues(text="新-1")["found_on"].tolist() == [pd.Timestamp(2021, 6, 21)]


def test_the_reference_is_what_the_docstrings_say() -> None:
    page = tool("make_python_docs")
    assert page.TARGET.read_text("utf-8") == page.document()


def test_every_cell_of_the_notebook_runs_and_shows_what_it_shows() -> None:
    notebook = tool("run_notebook")
    kept = json.loads(notebook.NOTEBOOK.read_text("utf-8"))
    made = copy.deepcopy(kept)
    notebook.run(made)

    kinds = [
        [sorted(output["data"]) for cell in document["cells"] for output in cell.get("outputs", ())]
        for document in (kept, made)
    ]
    assert kinds[0] == kinds[1]
    assert sum("image/svg+xml" in kind for kind in kinds[1]) == 3
