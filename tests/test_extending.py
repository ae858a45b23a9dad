"""What docs/extending.md says is enough: a toy of each kind is used like the others."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
import sys
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

import duzhan
from conftest import REPOSITORY, read_json
from duzhan import cli
from duzhan.deliver import channels
from duzhan.deliver.channels.robot import Answer, Post, RobotText
from duzhan.intake import formats as intake_formats
from duzhan.intake.formats import delimited
from duzhan.intake.formats.sample import Sample
from duzhan.model import ROBOTS
from duzhan.report.weekly import formats as report_formats
from robots import chat_services, robot, robot_dataset, robot_environment
from small import FUNING, Calls, calls_on, environment, issue, small_dataset
from test_json import schema_check

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from duzhan.compliance.week_report import WeekReport
    from duzhan.deliver.channels.secret import Secret
    from duzhan.intake.grid import Grid
    from duzhan.intake.headers import HeaderFinder
    from duzhan.report.weekly.formats import Making

DAY = "2021-07-15"


# ---------------------------------------------------------------- a format of foreign files


class Toy:
    """Text behind a line of its own."""

    MARK = b"TOY 1\n"

    def fits(self, sample: Sample) -> bool:
        return sample.head.startswith(self.MARK)

    def read(self, sample: Sample, finder: HeaderFinder) -> list[Grid]:
        inner = sample.path.with_suffix(".inner")
        inner.write_bytes(sample.path.read_bytes().removeprefix(self.MARK))
        return delimited.read(Sample(inner, inner.read_bytes()[:512], sample.max_unpacked), finder)


calls = calls_on(DAY)


def test_a_format_of_foreign_files_is_a_module_and_a_line(
    calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_formats, "FORMATS", (Toy(), *intake_formats.FORMATS))
    sent = tmp_path / "富宁县.toy"
    sent.write_bytes(Toy.MARK + "编号,问题描述,发现日期\n玩-1,下水道堵塞,6月21日\n".encode())

    answer = read_json(calls("import", str(sent), "--json").out)

    assert [(one["county"], one["added"]) for one in answer["files"]] == [("富宁县", 1)]
    assert issue(calls.folder, "玩-1", FUNING)["发现日期"] == "2021-06-21"
    assert calls.done("check", "--json").code == 0
    told = read_json(calls.done("status", "--json").out)["counties"]
    counts = {county["county"]: county["issues"] for county in told}
    assert counts["富宁县"]["total"] == 5


# ---------------------------------------------------------------- a form of the weekly report


def _template(_name: str) -> None:
    return None


def _render(report: WeekReport, name: str, made: Making) -> bytes:
    return f"{name} {report.week.id} {len(report.overdue)} {made.rules.name}\n".encode()


@pytest.fixture
def toy_form(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    module = ModuleType(f"{report_formats.__name__}.toy")
    vars(module).update(template=_template, render=_render)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(report_formats.FORMATS, "toy", report_formats.FormatEntry("toy"))
    command = importlib.import_module(f"{cli.__name__}.weekly_report")
    importlib.reload(command)
    yield
    monkeypatch.undo()
    importlib.reload(command)


@pytest.mark.usefixtures("toy_form")
def test_a_form_of_the_weekly_report_is_a_module_and_a_line(calls: Calls, tmp_path: Path) -> None:
    told = calls.done("weekly-report", "--week", "2021-W27", "--format", "toy").out
    name = duzhan.open(calls.folder, as_of=DAY).campaign.dataset.rules.name
    assert told == f"toy 2021-W27 4 {name}\n"

    calls.done(
        "weekly-report", "--week", "2021-W27", "--format", "toy", "--format", "json",
        "--output", str(tmp_path / "out"),
    )  # fmt: skip
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["督战周报_2021-W27.json", "督战周报_2021-W27.toy"]
    assert "toy" in calls.done("weekly-report", "--help").out
    refused = calls("weekly-report", "--copy-template", "--format", "toy")
    assert (refused.code, refused.err) == (2, "toy 给程序用，没有模板\n")


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


class Parrot:
    """A kind of robot that no service has."""

    limit = 300
    passing: frozenset[int] = frozenset()

    def size(self, notice: RobotText) -> int:
        return len(self.text(notice).encode())

    def text(self, notice: RobotText) -> str:
        return "!".join([notice.title, *notice.lines])

    def post(self, notice: RobotText, secret: Secret | None, now: float) -> Post:
        assert now > 0
        assert secret is None
        told = {"msgtype": "markdown", "markdown": {"content": self.text(notice)}}
        return Post(json.dumps(told).encode(), {})

    def answer(self, told: Mapping[str, object]) -> Answer:
        return Answer(0 if told["errcode"] == 0 else 1)


def test_a_channel_is_a_module_and_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = ModuleType(f"{channels.__name__}.parrot")
    vars(module).update(KIND=Parrot())
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
    assert len(shown.encode()) <= Parrot.limit
    assert "1个机器人的地址和密钥都在" in calls("doctor").out
