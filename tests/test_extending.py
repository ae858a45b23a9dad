"""What docs/extending.md says is enough: a toy of each kind is used like the others."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from conftest import REPOSITORY, read_json
from duzhan import cli
from duzhan.deliver import channels
from duzhan.intake import formats as intake_formats
from duzhan.model import ROBOTS
from duzhan.report.weekly import formats as report_formats
from robots import chat_services, robot, robot_dataset, robot_environment
from small import FUNING, Calls, calls_on, environment, issue, small_dataset
from test_json import schema_check
from toy_requirement import sample_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


DAY = "2021-07-15"


# ---------------------------------------------------------------- a format of foreign files


calls = calls_on(DAY)


def test_a_format_of_foreign_files_is_a_module_and_a_line(
    calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy = sample_of("一种外来文件", f"{intake_formats.__name__}.toy")
    monkeypatch.setattr(intake_formats, "FORMATS", (toy, *intake_formats.FORMATS))
    sent = tmp_path / "富宁县.toy"
    sent.write_text("TOY 1\n清单\n编号|问题描述|发现日期\n玩-1|下水道堵塞|6月21日\n", "utf-8")

    answer = read_json(calls("import", str(sent), "--json").out)

    assert [(one["county"], one["added"]) for one in answer["files"]] == [("富宁县", 1)]
    assert issue(calls.folder, "玩-1", FUNING)["发现日期"] == "2021-06-21"
    assert calls.done("check", "--json").code == 0
    told = read_json(calls.done("status", "--json").out)["counties"]
    counts = {county["county"]: county["issues"] for county in told}
    assert counts["富宁县"]["total"] == 5


# ---------------------------------------------------------------- a form of the weekly report


@pytest.fixture
def toy_form(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    module = sample_of("一种周报的样式", f"{report_formats.__name__}.slides")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(report_formats.FORMATS, "slides", report_formats.FormatEntry("slides"))
    command = importlib.import_module(f"{cli.__name__}.weekly_report")
    importlib.reload(command)
    yield
    monkeypatch.undo()
    importlib.reload(command)


@pytest.mark.usefixtures("toy_form")
def test_a_form_of_the_weekly_report_is_a_module_and_a_line(calls: Calls, tmp_path: Path) -> None:
    own = calls.folder / "templates" / "督战周报.slides.j2"
    own.parent.mkdir(exist_ok=True)
    own.write_text("{{ title }}（{{ as_of }}）\n", "utf-8")
    told = calls.done("weekly-report", "--week", "2021-W27", "--format", "slides").out
    assert told == "督战周报（截至2021年7月11日24时）\n"

    calls.done(
        "weekly-report", "--week", "2021-W27", "--format", "slides", "--format", "json",
        "--output", str(tmp_path / "out"),
    )  # fmt: skip
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["督战周报_2021-W27.json", "督战周报_2021-W27.slides"]
    assert "slides" in calls.done("weekly-report", "--help").out
    refused = calls("weekly-report", "--copy-template", "--format", "json")
    assert (refused.code, refused.err) == (2, "json 给程序用，没有模板\n")


# ---------------------------------------------------------------- a kind of requirement

TOY_RULE = """      - kind: closed
        name: 销号的件数
        at_least: 3
        clause: 三(三)3
        sentence: 至少销号三件。
"""


def test_a_kind_of_requirement_is_a_module_and_a_line(tmp_path: Path) -> None:
    folder = small_dataset(tmp_path / "ds")
    rules = folder / "milestones.yaml"
    text = rules.read_text("utf-8")
    at = text.index("      - kind: score", text.index("name: 7月底前"))
    rules.write_text(f"{text[:at]}{TOY_RULE}{text[at:]}", "utf-8")
    wrong = tmp_path / "wrong"
    shutil.copytree(folder, wrong)
    bad = (wrong / "milestones.yaml").read_text("utf-8").replace("at_least: 3\n", "at_lest: 3\n")
    (wrong / "milestones.yaml").write_text(bad, "utf-8")
    page = tmp_path / "page.html"
    day = ["--data", str(folder), "--as-of", DAY]
    week = ["--data", str(folder), "--week", DAY]

    told = subprocess.run(
        [sys.executable, REPOSITORY / "tests/toy_requirement.py", json.dumps([
            ["check", "--data", str(folder), "--json"],
            ["check", "--data", str(wrong)],
            ["milestones", "--data", str(folder)],
            ["status", *day],
            ["status", *day, "--county", "富宁"],
            ["status", *day, "--json"],
            ["weekly-report", *week],
            ["weekly-report", *week, "--county", "富宁"],
            ["weekly-report", *week, "--format", "json"],
            ["dashboard", *day, "-o", str(page)],
            ["doctor", "--data", str(folder)],
        ])],
        env=environment(DUZHAN_TODAY=DAY), capture_output=True, text=True, check=True,
    )  # fmt: skip
    said = json.loads(told.stdout)
    check, misspelt, milestones, all_, county, status, week_, ours, document, board, doctor = said

    assert [one["code"] for one in (check, milestones, all_, county, status, board)] == [0] * 6
    assert [one["code"] for one in said if one["code"] not in (0, 1)] == []
    assert read_json(check["out"])["problems"] == []
    assert misspelt["code"] == 1
    assert "没有“at_lest”这个键，是不是“at_least”？" in misspelt["out"] + misspelt["err"]
    assert "销号的件数 ≥3件" in milestones["out"]
    assert "销号件数≥3" in all_["out"]
    assert "销号的件数" in county["out"]
    assert "1件" in county["out"]
    schema_check("status", status["out"])
    judged = read_json(status["out"])["counties"]
    found = {
        one["county"]: rule
        for one in judged
        for milestone in one["milestones"]
        for rule in milestone["requirements"]
        if rule["kind"] == "closed"
    }
    assert found["富宁县"] == {"kind": "closed", "closed": 1, "verdict": "pending"}
    assert found["文山市"] == {"kind": "closed", "closed": None, "verdict": "no_data"}
    assert "销号件数3件以上" in week_["out"]
    assert "销号少 2 件" in county["out"]
    assert "销号的件数" in ours["out"]
    schema_check("weekly-report", document["out"])
    shown = page.read_text("utf-8")
    assert "销号的件数" in shown
    assert "≥3件" in shown
    assert "数据集" in doctor["out"]


# ---------------------------------------------------------------- a channel


def test_a_channel_is_a_module_and_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = sample_of("一种群机器人", f"{channels.__name__}.parrot")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(ROBOTS, "parrot", "鹦鹉机器人")
    calls = Calls(robot_dataset(tmp_path / "ds", {"funing": robot("parrot", "P")}), capsys)
    monkeypatch.setenv("DUZHAN_TODAY", "2021-07-02")

    assert calls.done("check", "--json").code == 0
    assert "没有设置环境变量 ROBOT_P，不知道鹦鹉机器人的地址" in calls("doctor").out
    with chat_services(tmp_path / "chats") as chats:
        for name, value in robot_environment(chats, P="wecom").items():
            monkeypatch.setenv(name, value)
        sent = calls.done("overdue", "--notify")
        again = calls.done("overdue", "--notify")
        (shown,) = chats.shown("P")

    assert "已送出：鹦鹉机器人（ROBOT_P）" in sent.out
    assert "没有要发的群消息" in again.out
    assert shown.startswith("【督战】富宁县超期问题 2 件（截至2021-07-02）!超期未整改2件，")
    assert len(shown.encode()) <= module.KIND.limit
    assert "1个机器人的地址和密钥都在" in calls("doctor").out
