"""What docs/extending.md says is enough: a toy of each kind is used like the others."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

import duzhan
from conftest import read_json
from duzhan import cli
from duzhan.intake import formats as intake_formats
from duzhan.intake.formats import delimited
from duzhan.intake.formats.sample import Sample
from duzhan.report.weekly import formats as report_formats
from small import FUNING, Calls, issue, small_dataset

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from duzhan.compliance.week_report import WeekReport
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


@pytest.fixture
def calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Calls:
    monkeypatch.setenv("DUZHAN_TODAY", DAY)
    return Calls(small_dataset(tmp_path / "ds"), capsys)


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
