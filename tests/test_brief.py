"""督战要点: one page, the worst first, figure for figure what the commands say."""

from __future__ import annotations

import functools
import io
import json
import subprocess
from typing import TYPE_CHECKING

import docx
import pytest

from browser import opened
from conftest import REPOSITORY, Run, all_converted, read_json, require
from crowd import double
from duzhan.compliance.brief import GRAVEST, brief_of
from duzhan.compliance.ranking import ranked
from duzhan.model import Light
from duzhan.report.weekly import brief as told
from duzhan.report.weekly import brief_sheet
from duzhan.report.weekly.context import context
from made import create
from test_week_texts import compare, fixed
from weekly import Weeks

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from duzhan.compliance.week_report import WeekReport

# Weeks with most overdue issues, most to close, most tasks, most red lights.
WORST = ("2021-W22", "2021-W24", "2021-W25", "2021-W28", "2021-W31", "2021-W52")


@functools.cache
def weeks() -> Weeks:
    return Weeks(REPOSITORY / "data")


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Weeks:
    root = tmp_path_factory.mktemp("crowd") / "ds"
    create(root, sample=True)
    double(root)
    return Weeks(root)


def page(report: WeekReport, form: str = "json") -> bytes:
    return brief_sheet.render(report, form, None)


def pages_of(pdf: Path) -> int:
    info = subprocess.run(["pdfinfo", str(pdf)], capture_output=True, text=True, check=True)
    return int(next(line for line in info.stdout.splitlines() if "Pages" in line).split()[1])


def text_of(pdf: Path) -> str:
    told = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True)
    return "".join(told.stdout.split())


# ---------------------------------------------------------------- figures


@pytest.mark.parametrize("week", WORST)
def test_every_figure_is_the_one_of_status(run: Run, week: str) -> None:
    report = weeks().report(week)
    brief = json.loads(page(report))
    day = brief["as_of"]
    status = read_json(
        run("--data", REPOSITORY / "data", "status", "--as-of", day, "--json").stdout
    )
    pace = read_json(
        run("--data", REPOSITORY / "data", "forecast", "--as-of", day, "--json").stdout
    )
    by_name = {one["county"]: one for one in status["counties"]}
    forecast = {one["county"]: one for one in pace["forecast"]}

    assert [c["county"] for c in brief["counties"]] == [
        s.county.name for s in ranked(report.status.counties)
    ]
    for one in brief["counties"]:
        known = by_name[one["county"]]
        assert one["light"] == known["light"]
        assert one["rectification_rate"] == known["rectification_rate"]
        assert (one["overdue"], one["claimed"]) == (
            known["issues"]["overdue"],
            known["issues"]["claimed"],
        )
        assert one["forecast"] == forecast[one["county"]]
    total = sum(c["issues"]["total"] for c in by_name.values())
    closed = sum(c["issues"]["closed"] for c in by_name.values())
    assert brief["headline"].startswith(f"全州问题{total}件已销号{closed}件，")
    needed = sum(one["closures"] for one in brief["counties"])
    assert f"还需销号{needed}件" in brief["headline"]
    assert {ask["county"]: ask["claims"] for ask in brief["asks"]} == {
        name: known["issues"]["claimed"] for name, known in by_name.items()
    }


def test_the_table_stands_worst_first_and_every_figure_has_its_line() -> None:
    brief = brief_of(weeks().report("2021-W28"))
    table = told.table(brief)

    assert [row[:2] for row in table.rows][:2] == [("广南县", "■红"), ("麻栗坡县", "▲黄")]
    assert table.header[2:5] == ("达标率（线98%）", "比上周", "评分（线800）")
    row = dict(zip(table.header, table.rows[1], strict=True))
    assert row["达标率（线98%）"] == "78.0%"
    assert row["比上周"] == "-7.2"
    assert row["还差"] == "销号21件、任务①"
    assert row["照此速度"] == "12月12日，晚134天"
    assert told.legend(brief) == (
        "评分以州级评估的为准；任务：①管理、机制、档案等制度性工作要求全面完成和落实。"
    )


def test_the_gravest_are_overdue_longest_and_after_them_claims_that_wait() -> None:
    for monday in weeks().mondays():
        report = weeks().report(monday)
        brief = brief_of(report)
        assert len(brief.gravest) == min(GRAVEST, len(report.overdue) + len(report.debts))
        days = [one.days for one in brief.gravest if not one.waiting]
        assert days == sorted(days, reverse=True)
        assert [one.waiting for one in brief.gravest] == sorted(o.waiting for o in brief.gravest)


def test_each_group_has_one_line_that_begins_with_what_it_owes_itself() -> None:
    lines = dict(told.ask_lines(brief_of(weeks().report("2021-W29"))))

    assert len(lines) == 8
    assert lines["马关县督战组"].startswith("已连续2周未督战，先去实地；核验5件（最久已等2天）")
    assert lines["麻栗坡县督战组"] == (
        "核验15件（最久已等25天），如均属实，达标率为98.1%；请县委、县政府补报周报、完成任务①。"
    )
    assert lines["西畴县督战组"] == "没有急办事项。"


def test_a_week_without_lists_says_so_and_asks_for_them(dataset: Path) -> None:
    source = Weeks(dataset)
    brief = brief_of(source.report("2021-W25"))

    assert told.headline(brief).startswith("全州没有可用的问题清单，按无数据处理；")
    assert all("报送问题清单" in what for _, what in told.ask_lines(brief))
    assert all(one.now.light is not Light.GREEN for one in brief.counties)
    page(brief.report, "docx")


@pytest.mark.parametrize("week", ["2021-W17", "2021-W25", "2021-W28", "2021-W52"])
def test_the_brief_reads_as_it_was_read(week: str) -> None:
    compare(f"督战要点_{week}.txt", page(fixed(weeks().report(week)), "txt").decode())


def test_the_full_report_begins_with_the_page() -> None:
    report = weeks().report("2021-W28")
    first = context(report)["sections"][0]
    brief = brief_of(report)

    assert first.heading == "本期要点"
    assert first.parts[:2] == (told.headline(brief), told.table(brief))
    assert first.parts[-1].rows == tuple(told.ask_lines(brief))
    (graves,) = (p for p in first.parts if not isinstance(p, str) and p.title == "最急三件")
    for row, line in zip(graves.rows, told.grave_lines(brief), strict=True):
        assert row[0] in line
        assert all(cell in line for cell in row[2:])


# ---------------------------------------------------------------- one page


@pytest.fixture(scope="module")
def worst(crowded: Weeks) -> dict[str, WeekReport]:
    """The fullest weeks of sixteen counties, longer than any of eight, and one of eight."""
    many = {f"{w}-crowd": crowded.report(w) for w in ("2021-W22", "2021-W25", "2021-W28")}
    return {**many, "2021-W24": weeks().report("2021-W24")}


def test_it_is_one_page_of_word_in_the_worst_weeks_and_with_sixteen_counties(
    worst: dict[str, WeekReport], tmp_path: Path
) -> None:
    require("soffice", "pdfinfo", "pdftotext")
    for name, report in worst.items():
        (tmp_path / f"{name}.docx").write_bytes(page(report, "docx"))
    made = all_converted([tmp_path / f"{name}.docx" for name in worst], "pdf", tmp_path)
    for pdf, report in zip(made, worst.values(), strict=True):
        assert pages_of(pdf) == 1, pdf.stem
        shown = text_of(pdf)
        assert all(status.county.name in shown for status in report.status.counties)
        assert "".join(report.provenance.digest[:16]) in shown


def test_it_is_one_printed_page_of_html_in_the_worst_weeks_and_with_sixteen_counties(
    worst: dict[str, WeekReport], tmp_path: Path, browser: Browser
) -> None:
    require("pdfinfo")
    html, pdf = tmp_path / "brief.html", tmp_path / "brief.pdf"
    for name, report in worst.items():
        html.write_bytes(page(report, "html"))
        with opened(browser, html) as (shown, *_):
            shown.pdf(path=pdf, prefer_css_page_size=True)
        assert pages_of(pdf) == 1, name


def test_more_counties_than_a_page_holds_are_counted(crowded: Weeks) -> None:
    report = crowded.report("2021-W25")
    brief = brief_of(report)

    assert len(brief.counties) == 16
    assert "其余" not in told.legend(brief)
    assert len(docx.Document(io.BytesIO(page(report, "docx"))).tables[0].rows) == 17


# ---------------------------------------------------------------- the command


def test_the_command_writes_every_form(sample: Path, run: Run, tmp_path: Path) -> None:
    forms = ("md", "html", "docx", "txt", "json")
    options = [part for form in forms for part in ("--format", form)]
    made = run("--data", sample, "weekly-report", "--brief", "--week", "2021-W25", *options,
               "--output", tmp_path / "出")  # fmt: skip

    assert made.returncode == 0, made.stderr
    assert sorted(path.name for path in (tmp_path / "出").iterdir()) == sorted(
        f"督战要点_2021-W25.{form}" for form in forms
    )
    shown = run(
        "--data", sample, "weekly-report", "--brief", "--week", "2021-W25", "--county", "富宁"
    )
    assert shown.stdout.startswith("# 富宁县督战要点\n")
    refused = run("--data", sample, "weekly-report", "--brief", "--each")
    assert (refused.returncode, refused.stdout) == (2, "")


def test_an_office_edits_the_briefs_template(sample: Path, run: Run) -> None:
    copied = run("--data", sample, "weekly-report", "--brief", "--format", "md", "--copy-template")
    own = sample / "templates" / "督战要点.md.j2"
    assert copied.returncode == 0, copied.stderr
    own.write_text("{{ title }}：{{ headline }}\n", "utf-8")

    made = run("--data", sample, "weekly-report", "--brief", "--week", "2021-W28")

    assert made.stdout.startswith("督战要点：全州问题921件已销号781件，")
