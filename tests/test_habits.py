"""What hands type by habit: either language, beginnings, Tab; and lines that break well."""

from __future__ import annotations

import json
import re
import shlex
import zipfile
from typing import TYPE_CHECKING

import click
import pytest
from click.shell_completion import ShellComplete
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from duzhan.cli import COMMANDS, app
from duzhan.cli.examples import EXAMPLES
from duzhan.report.pages import terminal
from duzhan.report.pages.page import Page, PageColumn
from duzhan.widths import lines, width
from small import TODAY, Calls, calls_on

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLOSING = "，。；：、！？）》〉〕】」』”’…"


calls = calls_on(TODAY)


def every_command() -> Iterator[tuple[list[str], click.Command]]:
    """All commands and the kinds of records, by the words that call them."""
    context = click.Context(app)
    for name in COMMANDS:
        command = app.get_command(context, name)
        assert command is not None
        yield [name], command
        for kind, record in getattr(command, "commands", {}).items():
            yield [name, kind], record


def test_every_help_page_ends_with_examples_that_can_be_typed() -> None:
    for path, command in every_command():
        text = command.get_help(click.Context(command, info_name=path[-1]))
        shown = [line for line in EXAMPLES[path[-1]] if f"  {line}\n" in f"{text}\n"]
        assert shown, path
        for line in shown:
            program, *words = shlex.split(line)
            assert (program, words[: len(path)]) == ("duzhan", path) or path == ["record"]
            # Whatever click would refuse, it refuses here.
            if path != ["record"]:
                command.make_context(path[-1], words[len(path) :])
    assert set(EXAMPLES) == {path[-1] for path, _ in every_command()}


def completed(calls: Calls, *words: str) -> list[str]:
    shell = ShellComplete(app, {}, "duzhan", "_DUZHAN_COMPLETE")
    *before, incomplete = words
    given_words = ["--data", str(calls.folder), *before]
    return [item.value for item in shell.get_completions(given_words, incomplete)]


OFFERED = [
    (("record", "deliverable", "--task", "病"), ["病媒生物防制通过省级验收"]),
    (("record", "supervision", "--method", "实"), ["实地督战"]),
    (("record", "score", "--assessor", "省"), ["省级", "省州联合"]),
    (("record", "score", "--milestone", "2021-0"), ["2021-05", "2021-06", "2021-07", "2021-08"]),
    (("record", "report", "--copied", "州爱卫办"), ["州爱卫办"]),
    (("record", "recheck", "--result", "不"), ["不属实"]),
    (("issues", "--action", "扫"), ["扫厕所"]),
    (("issues", "--source", "红"), ["红河州创卫指导组"]),
    (("issues", "--state", "待"), ["待核验"]),
    (("issues", "--state", "cl"), ["claimed", "closed"]),
    (("amend", "富宁-0001", "整改"), ["整改期限", "整改完成日期"]),
]


@pytest.mark.parametrize(("words", "offered"), OFFERED)
def test_tab_offers_the_words_of_the_rules(
    calls: Calls, words: tuple[str, ...], offered: list[str]
) -> None:
    assert completed(calls, *words) == offered


def test_completion_offers_nothing_where_there_is_no_dataset_or_a_broken_one(
    tmp_path: Path, calls: Calls
) -> None:
    (calls.folder / "milestones.yaml").write_text("milestones: [", "utf-8")
    assert completed(calls, "issues", "--action", "扫") == []
    calls.folder = tmp_path / "nowhere"
    assert completed(calls, "record", "deliverable", "--task", "") == []


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("超期", ["富宁-0001", "富宁-0004"]),
        ("OVERDUE", ["富宁-0001", "富宁-0004"]),
        ("待核验", ["富宁-0002"]),
        ("已销号", ["富宁-0003"]),
        ("open", ["富宁-0001", "富宁-0004"]),
    ],
)
def test_issues_are_listed_by_a_state_in_either_language(
    calls: Calls, state: str, found: list[str]
) -> None:
    told = calls.done("issues", "--county", "富宁", "--state", state).out
    assert [one for one in (f"富宁-000{n}" for n in range(1, 5)) if one in told] == found


REPORT = ("record", "report", "--county", "富宁")


@pytest.mark.parametrize(
    ("options", "week"),
    [
        (("--on", "7月15日"), "2021-W28"),
        (("--week", "7月6日", "--on", "7月10日"), "2021-W27"),
        (("--week", "2021-W26", "--on", "7月10日"), "2021-W26"),
    ],
)
def test_a_report_is_of_the_running_week_or_that_of_the_date_given(
    calls: Calls, options: tuple[str, ...], week: str
) -> None:
    calls.done(*REPORT, *options, "--complete")
    last = (calls.folder / "county_reports.csv").read_text("utf-8-sig").splitlines()[-1]
    assert last.startswith(f"{week},富宁县,2021-07-1")
    assert last.count("是") == 4


def test_a_report_sent_before_the_running_week_is_asked_for_its_own(calls: Calls) -> None:
    said = calls(*REPORT, "--on", "7月9日", "--complete")
    assert said.code == 2
    assert "请写 --week 2021-W27" in said.err


def test_the_beginning_of_a_task_will_do_if_it_is_just_one(calls: Calls) -> None:
    task = ("record", "deliverable", "--county", "富宁", "--on", "6月28日", "--accepted-by", "省")
    assert "病媒生物防制通过省级验收" in calls.done(*task, "--task", "病媒").out
    rules = calls.folder / "milestones.yaml"
    text = rules.read_text("utf-8")
    rules.write_text(text.replace("爱国卫生组织管理各项", "病媒密度各项"), "utf-8")
    said = calls(*task, "--task", "病媒")
    assert said.code == 2
    assert "可以是好几项任务，请写完整：病媒生物防制通过省级验收、病媒密度各项" in said.err
    assert "没有“天”这项任务" in calls(*task, "--task", "天").err


def test_doctor_fits_a_screen_and_check_names_the_issues(calls: Calls) -> None:
    assert len(calls("doctor").out.splitlines()) <= 24
    ledger = calls.folder / "issues" / "富宁县.csv"
    ledger.write_text(ledger.read_text("utf-8-sig").replace("赵六", ""), "utf-8")
    assert "issues/富宁县.csv：富宁-0003有销号日期而没有核验人" in calls("check").out


# ---------------------------------------------------------------- lists


def sheet_of(path: Path, name: str = "xl/worksheets/sheet1.xml") -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


def strings_of(path: Path) -> list[str]:
    return re.findall("<t[^>]*>([^<]*)</t>", sheet_of(path, "xl/sharedStrings.xml"))


def test_a_list_in_a_workbook_has_rows_as_high_as_their_text_and_numbered_pages(
    calls: Calls,
) -> None:
    path = calls.folder / "issues" / "富宁县.csv"
    path.write_text(path.read_text("utf-8-sig").replace("北门市场", "北门市场入口" * 12), "utf-8")
    made = calls.folder.parent / "清单.xlsx"
    calls.done("overdue", "--due-within", "0", "--xlsx", str(made))
    heights = dict(re.findall(r'<row r="(\d+)"[^>]*? ht="(\d+)"', sheet_of(made)))
    # 72 characters in a column of twelve; two words elsewhere.
    assert int(heights["5"]) > 6 * 14
    assert int(heights["3"]) == 18
    assert "第 &amp;P 页，共 &amp;N 页" in sheet_of(made)
    assert strings_of(made)[0] == "超期问题4件（截至2021年7月15日）"
    calls.done("issues", "--county", "富宁", "--state", "待核验", "--xlsx", str(made))
    assert strings_of(made)[0] == "富宁县问题清单1件（截至2021年7月15日）"


def test_the_form_of_a_county_without_open_issues_shows_where_to_write(calls: Calls) -> None:
    made = calls.folder.parent / "填报.xlsx"
    calls.done("form", "--county", "文山市", "-o", str(made))
    sheet = sheet_of(made)
    assert len(re.findall(r'<c r="B\d+" s="\d+"/>', sheet)) >= 20
    assert sheet.count('<dataValidation type="list"') == 2
    assert sheet.count('<dataValidation type="date"') == 5
    (told,) = json.loads(calls.done("import", str(made), "--dry-run", "--json").out)["files"]
    assert (told["rows"], told["rejected"], told["refused_cells"]) == (0, 0, 0)


# ---------------------------------------------------------------- lines


TOLD = "富宁县：5月底前未达标（还需销号14件）、富宁-0001和麻栗坡-0016；要晚35天，7件超期。"


@given(
    st.text(
        st.sampled_from("富宁县督战组超期整改达标率，。；、（）“”-0123456789abc %件天"), max_size=60
    ),
    st.integers(12, 40),
)
def test_no_line_is_too_long_or_begins_with_a_closing_mark(text: str, columns: int) -> None:
    broken = lines(text, columns)
    assert "".join("".join(broken).split()) == "".join(text.split())
    assert all(width(line) <= columns for line in broken)
    runs = max((len(run) for run in text.split(" ") if set(run) & set(CLOSING)), default=0)
    if 2 * runs <= columns:
        assert not [line for line in broken[1:] if line and line[0] in CLOSING]


@pytest.mark.parametrize("columns", [24, 30, 37, 51, 80])
def test_neither_sentence_nor_table_breaks_an_id_or_begins_with_a_comma(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    page = Page()
    page.line(TOLD, indent=2)
    page.table((PageColumn("灯"), PageColumn("原因", wrap=True)), [("■红", TOLD)])
    terminal.print_page(page)
    shown = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert max(map(width, shown)) <= columns
    assert not [line for line in shown if line and line[0] in CLOSING]
    assert sum("富宁-0001" in line for line in shown) == 2
    assert sum("麻栗坡-0016" in line for line in shown) == 2
    assert Console().width == columns
