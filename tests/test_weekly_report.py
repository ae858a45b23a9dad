"""`duzhan weekly-report` and `duzhan forecast`: renderings, odd weeks, bad input."""

from __future__ import annotations

import datetime as dt
import html as html_module
import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from conftest import REPOSITORY, Run, case_dataset, done, read_json
from duzhan.columns import ISSUE_COLUMNS
from duzhan.report.weekly.issues import OVERDUE_SHOWN
from duzhan.store.canonical_csv import rows_bytes
from small import Calls, row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMATS = ("md", "html", "txt", "json")
WEEK = "2021-W25"
SUNDAY = "2021-06-27"
Table = list[list[str]]


# ---------------------------------------------------------------- reading what was rendered


class Page(HTMLParser):
    """The tables of a page, its references, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[Table] = []
        self.references: list[str] = []
        self.words: list[str] = []
        self._cell: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self._cell = []
        self.references += [v or "" for k, v in attrs if k in ("src", "href", "action", "data")]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None:
            self.tables[-1][-1].append("".join(self._cell))
            self._cell = None

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._cell is not None:
            self._cell.append(data)


def markdown_tables(text: str) -> Iterator[Table]:
    """The tables of a Markdown text."""
    table: Table = []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            cells = re.split(r"(?<!\\)\|", line)[1:-1]
            table.append([re.sub(r"\\(.)", r"\1", cell.strip()) for cell in cells])
        elif table:
            yield [table[0], *table[2:]]
            table = []


def text_tables(text: str) -> Iterator[Table]:
    """The tables of an aligned text: columns are where the rule has dashes."""
    lines = text.splitlines()
    for at, line in enumerate(lines):
        if line and set(line) <= {"-", " "} and at:
            spans = [match.span() for match in re.finditer("-+", line)]
            table = [_cut(lines[at - 1], spans)]
            for following in lines[at + 1 :]:
                if "  " not in following or following.startswith("【"):
                    break
                table.append(_cut(following, spans))
            yield table


def _cut(line: str, spans: list[tuple[int, int]]) -> list[str]:
    from duzhan.widths import width

    wide = "".join(char + "\0" * (width(char) - 1) for char in line)
    return [wide[begin:end].replace("\0", "").strip() for begin, end in spans]


def tables_of(form: str, text: str) -> list[Table]:
    if form == "html":
        return Page(text).tables
    return list(markdown_tables(text) if form == "md" else text_tables(text))


def table_with(tables: list[Table], *titles: str) -> list[dict[str, str]]:
    """The rows of the table with these columns; of columns that share a title the first."""
    for table in tables:
        if set(titles) <= set(table[0]):
            return [dict(reversed(list(zip(table[0], cells, strict=True)))) for cells in table[1:]]
    raise AssertionError(titles)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """The sample's and a messy case's week in all formats, with every county's summary."""
    folder = tmp_path_factory.mktemp("weekly")
    roots = {"sample": REPOSITORY / "data", "messy-1": case_dataset(folder / "ds", "messy-1")}
    made = {}
    for name, root in roots.items():
        out = folder / name
        formats = [option for form in FORMATS for option in ("--format", form)]
        done(
            "--data", root, "weekly-report", "--week", WEEK,
            *formats, "--each", "--no-charts", "--output", out,
        )  # fmt: skip
        made[name] = {path.name: path.read_text("utf-8") for path in out.iterdir()}
        made[name]["status"] = done("--data", root, "status", "--as-of", SUNDAY, "--json")
    return made


# ---------------------------------------------------------------- the same figures everywhere


def percent(rate: dict[str, int]) -> str:
    tenths = rate["numerator"] * 1000 // rate["denominator"]
    return f"{tenths // 10}.{tenths % 10}%"


def shown(county: dict[str, Any]) -> dict[str, str]:
    """How the table of counties must show a county of `status --json`."""
    issues, rate, score = county["issues"], county["rectification_rate"], county["score"]
    light = {"red": "■红", "yellow": "▲黄", "green": "●绿"}[county["light"]]
    figures = {"县（市）": county["county"], "灯": light}
    points = "—" if score is None else str("—" if score["value"] is None else score["value"])
    points += "" if score is None else f"（{score['assessor']}）"
    if issues is None:
        return {**figures, "达标率": "无数据", "销号/总数": "—", "评分": points, "超期": "—"}
    return {
        **figures,
        "达标率": percent(rate) if rate else "无问题",
        "销号/总数": f"{issues['closed']}/{issues['total']}",
        "评分": points,
        "超期": str(issues["overdue"]),
        "待核验": str(issues["claimed"]),
    }


@pytest.mark.parametrize("name", ["sample", "messy-1"])
@pytest.mark.parametrize("form", ["md", "html", "txt"])
def test_every_figure_of_the_counties_equals_status_json(
    rendered: dict[str, dict[str, str]], name: str, form: str
) -> None:
    status = json.loads(rendered[name]["status"])
    tables = tables_of(form, rendered[name][f"督战周报_{WEEK}.{form}"])

    rows = table_with(tables, "达标率", "销号/总数")

    by_county = {row["县（市）"]: row for row in rows}
    assert len(by_county) == len(status["counties"]) == 8
    for county in status["counties"]:
        expected = shown(county)
        got = by_county[county["county"]]
        assert {key: got[key] for key in expected} == expected
    order = {"■红": 0, "▲黄": 1, "●绿": 2}
    assert [order[row["灯"]] for row in rows] == sorted(order[row["灯"]] for row in rows)


@pytest.mark.parametrize("name", ["sample", "messy-1"])
def test_json_holds_status_json_and_every_rendering_shows_its_flow(
    rendered: dict[str, dict[str, str]], name: str
) -> None:
    week = json.loads(rendered[name][f"督战周报_{WEEK}.json"])

    assert week["status"] == json.loads(rendered[name]["status"])
    assert week["week"] == WEEK
    assert (week["period"], week["number"]) == (["2021-06-21", SUNDAY], 4)
    assert week["as_of"] == SUNDAY
    assert week["previous"]["as_of"] == "2021-06-20"
    known = [flow for flow in week["flow"] if flow["opening"] is not None]
    for flow in known:
        assert flow["opening"] + flow["new"] - flow["closed"] + flow["sent_back"] == flow["closing"]
    keys = ("opening", "new", "closed", "sent_back", "closing")
    titles = ("上期未销号", "本周新增", "本周销号", "本周退回", "期末未销号")
    expected = {flow["county"]: [str(flow[key]) for key in keys] for flow in known}
    expected["合计"] = [str(sum(flow[key] for flow in known)) for key in keys]
    for form in ("md", "html", "txt"):
        tables = tables_of(form, rendered[name][f"督战周报_{WEEK}.{form}"])
        rows = {row["县（市）"]: row for row in table_with(tables, *titles)}
        got = {county: [rows[county][title] for title in titles] for county in expected}
        assert got == expected, form


@pytest.mark.parametrize("form", ["md", "html", "txt"])
def test_overdue_issues_are_those_of_overdue_json_longest_first(
    rendered: dict[str, dict[str, str]], form: str, run: Run
) -> None:
    told = read_json(
        run("--data", REPOSITORY / "data", "overdue", "--as-of", SUNDAY, "--json").stdout
    )
    longest = sorted(told["issues"], key=lambda issue: -issue["days_overdue"])
    tables = tables_of(form, rendered["sample"][f"督战周报_{WEEK}.{form}"])

    rows = table_with(tables, "编号", "责任单位", "超期")

    expected = [
        (i["county"], i["id"] or "（无编号）", i["responsible_unit"], f"{i['days_overdue']}天")
        for i in longest[: len(rows)]
    ]
    assert len(rows) >= min(OVERDUE_SHOWN, len(longest))
    got = [(r["县（市）"], r["编号"], r["责任单位"], r["超期"]) for r in rows]
    assert got == expected


@pytest.mark.parametrize("form", ["md", "html", "txt"])
def test_a_countys_summary_shows_the_verdicts_of_status_json(
    rendered: dict[str, dict[str, str]], form: str
) -> None:
    status = json.loads(rendered["messy-1"]["status"])
    verdicts = {
        "met": {"达标"}, "met_late": {"逾期达标"}, "missed": {"未达标"},
        "pending": {"尚未达到"}, "no_data": {"无数据", "未评估"},
    }  # fmt: skip
    for county in status["counties"]:
        text = rendered["messy-1"][f"{county['county']}周小结_{WEEK}.{form}"]
        rows = table_with(tables_of(form, text), "节点", "判定")
        past = [m for m in county["milestones"] if m["deadline"] <= "2021-06-30"]
        judged = [r["verdict"] for milestone in past for r in milestone["requirements"]]
        assert len(rows) == len(judged) == 7
        for cells, verdict in zip(rows, judged, strict=True):
            assert cells["判定"] in verdicts[verdict]


def test_the_total_rate_in_words_is_the_sum_of_the_counties(
    rendered: dict[str, dict[str, str]],
) -> None:
    for name in ("sample", "messy-1"):
        status = json.loads(rendered[name]["status"])
        known = [c["issues"] for c in status["counties"] if c["issues"]]
        total, closed = (sum(issues[key] for issues in known) for key in ("total", "closed"))
        rate = percent({"numerator": closed, "denominator": total})
        sentence = f"共有问题{total}件，已销号{closed}件，整改达标率{rate}"
        for form in ("md", "html", "txt"):
            assert sentence in rendered[name][f"督战周报_{WEEK}.{form}"]


# ---------------------------------------------------------------- what every rendering holds


def test_synthetic_data_are_marked_in_every_rendering(rendered: dict[str, dict[str, str]]) -> None:
    mark = "示例数据：由程序生成，不是任何县（市）的真实情况"
    assert len(rendered["sample"]) == 1 + 9 * len(FORMATS)
    for name, text in rendered["sample"].items():
        assert mark in text or name == "status", name
    assert not any(mark in text for text in rendered["messy-1"].values())


@pytest.mark.parametrize(("county", "charts"), [(None, 3), ("富宁县", 2)])
def test_html_is_one_file_with_its_charts_and_without_outside_reference(
    county: str | None, charts: int, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = Calls(REPOSITORY / "data", capsys)
    only = ("--county", county) if county else ()

    text = calls.done("weekly-report", "--week", WEEK, "--format", "html", *only).out

    assert Page(text).references == []
    assert not re.search(r"@import|url\(|<script|<link|<iframe", text)
    assert set(re.findall(r"https?://[^\"' <]+", text)) <= {
        "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink",
    }  # fmt: skip
    assert text.count("<svg ") == charts
    if county:
        assert text == calls.done("weekly-report", "--week", WEEK, "--format", "html", *only).out


def test_the_same_inputs_give_the_same_bytes(
    rendered: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    root = shutil.copytree(REPOSITORY / "data", tmp_path / "copy")
    formats = [option for form in FORMATS for option in ("--format", form)]
    subprocess.run(
        [sys.executable, "-m", "duzhan", "--data", root, "weekly-report", "--week", WEEK, *formats,
         "--each", "--no-charts", "--output", tmp_path / "out"],
        check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": "7", "LANG": "C"},
    )  # fmt: skip
    again = {path.name: path.read_text("utf-8") for path in (tmp_path / "out").iterdir()}
    assert again == {name: text for name, text in rendered["sample"].items() if name != "status"}


def test_what_data_hold_cannot_become_html_or_break_a_table(dataset: Path, tmp_path: Path) -> None:
    text = "<script>alert(1)</script>|a|*b*\n`c`"
    cells = {"问题描述": text, "整改期限": "2021-06-10", "责任单位": "<b>|局&</b>"}
    (dataset / "issues/富宁县.csv").write_bytes(rows_bytes(ISSUE_COLUMNS, [row("F-1", **cells)]))
    done(
        "--data", dataset, "weekly-report", "--week", WEEK,
        "--format", "html", "--format", "md", "--format", "txt", "--no-charts",
        "--output", tmp_path,
    )  # fmt: skip
    page = (tmp_path / f"督战周报_{WEEK}.html").read_text("utf-8")

    assert "<script>" not in page
    assert html_module.escape("<script>alert(1)</script>|a|*b* `c`") in page
    for form in ("html", "md", "txt"):
        tables = tables_of(form, (tmp_path / f"督战周报_{WEEK}.{form}").read_text("utf-8"))
        (issue,) = table_with(tables, "编号", "责任单位", "超期")
        assert issue["问题"].startswith("<script>alert(1)</script>|a|*b* `c`")
        assert issue["责任单位"] == "<b>|局&</b>"


# ---------------------------------------------------------------- odd weeks and odd datasets


def weekly(calls: Calls, week: str, *arguments: str) -> str:
    return calls.done("weekly-report", "--week", week, "--format", "txt", *arguments).out


def says(text: str, *sentences: str) -> None:
    for sentence in sentences:
        assert sentence in text


def test_an_empty_dataset_says_that_there_is_nothing(
    dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = weekly(Calls(dataset, capsys), WEEK)

    says(
        text,
        "全州8个县（市）均为红灯。",
        "各县（市）均没有报送问题清单，按无数据处理。",
        "本周8个督战组均没有开展督战。均已连续4周未督战。",
        "一份也没有收到。均已连续4周未报。",
        "各县（市）都没有可用的问题清单。",
        "没有问题清单，本周增减无从统计。",
        "没有问题清单，超期情况无从统计。",
        "本周8个督战组均没有开展督战。",
        "至今都没有实地督战",
        "县（市）周报应报8份，一份也没有收到。",
        "没有记录可查",
    )
    assert "整改达标率由" not in text


def test_the_first_week_has_nothing_to_compare_with(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = Calls(sample, capsys)

    first = weekly(calls, "2021-W17")
    says(
        first,
        "2021年4月26日至5月2日",
        "截至2021年5月2日24时",
        "本周是行动的第一周，没有上周数据可比",
    )
    says(first, "本周不在每周督战、每周报告的期限内")
    assert "期  " not in first.splitlines()[1]
    numbered = weekly(calls, "2021-W22")
    says(numbered, "第1期  2021年5月31日至6月6日", "与上周日（5月30日）相比")


def test_the_last_week_ends_with_the_campaign(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = weekly(Calls(sample, capsys), "2021-W52")

    says(text, "第31期  2021年12月27日至2022年1月2日", "截至2021年12月31日24时", "当日到期")


def test_a_week_that_is_not_over_says_not_yet(
    dataset: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUZHAN_TODAY", "2021-06-23")
    calls = Calls(dataset, capsys)
    (dataset / "issues/富宁县.csv").write_bytes(rows_bytes(ISSUE_COLUMNS, [row("F-1")]))

    text = weekly(calls, WEEK)

    says(text, "截至2021年6月23日24时", "均尚未开展督战", "没有可用的问题清单")
    assert weekly(calls, "last").splitlines()[1].startswith("第3期  2021年6月14日至20日")


def test_a_cleared_county_and_one_reopened_after_clearing(
    dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    closed = {"整改完成日期": "2021-06-03", "销号日期": "2021-06-05", "核验人": "赵六"}
    reopened = {**closed, "退回日期": "2021-06-23"}
    for name, cells in (("富宁县", closed), ("广南县", reopened)):
        rows = rows_bytes(ISSUE_COLUMNS, [row("A-1", **cells)])
        (dataset / f"issues/{name}.csv").write_bytes(rows)
    calls = Calls(dataset, capsys)

    cleared = weekly(calls, WEEK, "--county", "富宁")
    says(
        cleared,
        "我县清单中共有问题1件，已全部销号，整改达标率100.0%。",
        "没有新增、销号和退回，问题已全部销号。",
        "没有超期问题。",
        "清单已全部销号，本周不需报送周报。",
    )
    again = weekly(calls, WEEK, "--county", "广南")
    says(
        again,
        "问题1件，都还没有销号，整改达标率0.0%；未整改1件，没有超期。",
        "整改达标率由100.0%降至0.0%",
        "退回重改1件，没有新增和销号；期末未销号的1件（0+0-0+1=1）",
        "本周周报应于6月27日前报送",
    )


def test_issues_of_no_action_are_not_ranked_by_it_and_leave_no_gap(
    dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row(str(number), 专项行动="", 整改期限=f"2021-06-1{number}") for number in range(5)]
    (dataset / "issues/富宁县.csv").write_bytes(rows_bytes(ISSUE_COLUMNS, rows))

    text = weekly(Calls(dataset, capsys), WEEK)
    assert "\n\n\n" not in text
    assert "最久的（编号0）已超期17天" in text


def test_a_county_without_data_is_named_and_not_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = Calls(case_dataset(tmp_path / "ds", "messy-1"), capsys)

    text = weekly(calls, WEEK)
    says(text, "文山市没有报送问题清单，按无数据处理，未计入以上件数。")
    own = weekly(calls, WEEK, "--county", "文山市")
    says(own, "我市没有报送问题清单，按无数据处理。", "我市综合判定为红灯")
    week = json.loads(calls.done("weekly-report", "--week", WEEK, "--format", "json").out)
    (flow,) = (flow for flow in week["flow"] if flow["county"] == "文山市")
    assert flow == dict.fromkeys(
        ("opening", "new", "closed", "sent_back", "closing", "new_closed")
    ) | {"county": "文山市", "extended": 0}


# ---------------------------------------------------------------- which week


@pytest.mark.parametrize(
    ("week", "told"),
    [
        ("2021-W54", "“2021-W54”：2021年没有第54周"),
        ("2021W25", "“2021W25”写法不对，是否为 2021-W25？"),
        ("W25", "“W25”写法不对，是否为 2021-W25？"),
        ("第25周", "“第25周”写法不对，是否为 2021-W25？"),
        ("W99", "“W99”：2021年没有第99周"),
        ("2021-W00", "“2021-W00”不是周"),
        ("昨天", "“昨天”不是周，应写成 2021-W25、last 或一个日期"),
        ("", "“”不是周"),
        ("2021-06-31", "“2021-06-31”不是周"),
        ("2021-W16", "2021-W16 不在行动期（2021-W17 至 2021-W52）内"),
        ("2022-W01", "2022-W01 不在行动期"),
        ("2021-03-01", "2021-W09 不在行动期"),
        ("2021-W40", "2021-W40 还没有开始（今天是 2021-07-15）"),
    ],
)
def test_a_week_that_is_none_is_refused_with_what_would_be_right(
    dataset: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    week: str,
    told: str,
) -> None:
    monkeypatch.setenv("DUZHAN_TODAY", "2021-07-15")

    said = Calls(dataset, capsys)("weekly-report", "--week", week)

    assert (said.code, said.out) == (2, "")
    assert told in said.err.splitlines()[0]


@pytest.mark.parametrize("week", ["2021-W25", "2021-w25", "2021-06-21", "6月27日", "2021/6/24"])
def test_a_week_is_named_by_its_number_or_any_of_its_days(
    dataset: Path, capsys: pytest.CaptureFixture[str], week: str
) -> None:
    said = Calls(dataset, capsys).done("weekly-report", "--week", week, "--format", "json")

    assert json.loads(said.out)["week"] == "2021-W25"


@pytest.mark.parametrize(
    ("today", "week", "as_of"),
    [
        ("2021-06-27", "2021-W25", "2021-06-27"),
        ("2021-06-28", "2021-W25", "2021-06-27"),
        ("2021-07-03", "2021-W25", "2021-06-27"),
        ("2021-05-01", "2021-W17", "2021-05-01"),
        ("2020-01-01", "2021-W17", "2021-05-01"),
        ("2021-12-31", "2021-W51", "2021-12-26"),
        ("2022-01-03", "2021-W52", "2021-12-31"),
        ("2026-01-01", "2021-W52", "2021-12-31"),
    ],
)
def test_last_is_the_latest_complete_week_of_the_campaign(
    dataset: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    today: str,
    week: str,
    as_of: str,
) -> None:
    monkeypatch.setenv("DUZHAN_TODAY", today)

    told = json.loads(Calls(dataset, capsys).done("weekly-report", "--format", "json").out)

    assert (told["week"], told["as_of"]) == (week, as_of)


# ---------------------------------------------------------------- where it goes


def test_files_are_written_whole_and_named(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "周报" / "新"

    said = Calls(dataset, capsys).done(
        "weekly-report", "--week", WEEK, "--format", "md", "--format", "json", "--output", str(out)
    )

    assert said.out == ""
    names = [f"督战周报_{WEEK}.md", f"督战周报_{WEEK}.json"]
    assert sorted(path.name for path in out.iterdir()) == sorted(names)
    assert [line for line in said.err.splitlines() if line.startswith("已写入")] == [
        f"已写入 {out / name}" for name in names
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ("--format", "md", "--format", "txt"),
            "--format 写了好几种，请用 --output 指明写到哪个目录",
        ),
        (("--each",), "--each 要写好几个文件，请用 --output 指明目录"),
        (("--each", "--county", "富宁", "--output", "x"), "--each 写每个县区的小结"),
        (("--format", "pdf"), "--format 的值不对"),
        (("--county", "昆明"), "没有“昆明”这个县（市）"),
    ],
)
def test_wrong_usage_is_refused(
    dataset: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], told: str
) -> None:
    said = Calls(dataset, capsys)("weekly-report", "--week", WEEK, *arguments)

    assert said.code == 2
    assert told in said.err


def test_an_output_that_is_a_file_is_refused(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "文件").write_text("原来的", "utf-8")
    calls = Calls(dataset, capsys)

    said = calls("weekly-report", "--week", WEEK, "--output", str(tmp_path / "文件"))
    assert said.code == 1
    assert said.err.splitlines()[-1].endswith("”是一个文件，不是目录；--output 要写一个目录")
    under = calls("weekly-report", "--week", WEEK, "--output", str(tmp_path / "文件" / "下"))
    assert under.code == 1
    assert "建不了" in under.err
    assert (tmp_path / "文件").read_text("utf-8") == "原来的"


def mount_or_skip(folder: Path, how: str) -> None:
    """Another disk there, unless nobody may."""
    mount = ["mount", "-t", "tmpfs", "-o", how, "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no right to mount")


def test_a_full_disk_leaves_the_old_files_as_they_were(
    dataset: Path, tmp_path: Path, run: Run
) -> None:
    small = tmp_path / "满"
    small.mkdir()
    mount_or_skip(small, "size=64k")
    try:
        old = small / f"督战周报_{WEEK}.md"
        old.write_text("旧", "utf-8")
        (small / "占满").write_bytes(b"x" * 48_000)
        made = run(
            "--data", dataset, "weekly-report", "--week", WEEK,
            "--format", "html", "--format", "md", "--no-charts", "--output", small,
        )  # fmt: skip

        assert made.returncode == 1
        assert "磁盘已满或超出限额" in made.stderr
        assert old.read_text("utf-8") == "旧"
        assert sorted(path.name for path in small.iterdir()) == sorted(["占满", old.name])
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_read_only_folder_is_named(dataset: Path, tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "只读"
    folder.mkdir()
    mount_or_skip(folder, "ro")
    try:
        made = run("--data", dataset, "weekly-report", "--week", WEEK, "--output", folder)

        assert made.returncode == 1
        assert made.stderr.splitlines()[-1].endswith("所在的磁盘是只读的，请换到可写的位置")
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_broken_template_writes_nothing_and_names_its_line(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (dataset / "templates").mkdir()
    (dataset / "templates/督战周报.md.j2").write_text("一\n{{ reprot.week }}", "utf-8")
    out = tmp_path / "out"

    said = Calls(dataset, capsys)(
        "weekly-report", "--week", WEEK, "--format", "txt", "--format", "md", "--output", str(out)
    )

    assert said.code == 1
    expected = "模板 templates/督战周报.md.j2 第2行：没有“reprot”这个变量，是否为“report”？"
    assert said.err.splitlines()[-1] == expected
    assert not out.exists()


def test_an_office_writes_its_own_report_from_the_result(
    dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (dataset / "templates").mkdir()
    (dataset / "templates/督战周报.md.j2").write_text(
        "{{ report.week.id }} {{ report.week.as_of|month_day }}\n"
        "{% for county in report.status.counties %}{{ county.county.name }}"
        "{{ county.light|light_word }} {{ county.rate|percent }}；{% endfor +%}\n"
        "{{ section.overall.heading }}\n",
        "utf-8",
    )

    said = Calls(dataset, capsys).done("weekly-report", "--week", WEEK)

    assert said.out.splitlines()[0] == "2021-W25 6月27日"
    assert said.out.splitlines()[1].startswith("文山市红 —；砚山县红 —；")
    assert said.out.splitlines()[2] == "一、总体情况"


# ---------------------------------------------------------------- forecast


def forty_issues(folder: Path, closed: int) -> None:
    """40 issues of 富宁县, the first of them closed: 26 before the last 14 days."""
    rows = []
    for number in range(40):
        day = "2021-06-05" if number < 26 else "2021-06-12"
        cells = {"销号日期": day, "核验人": "赵六"} if number < closed else {}
        rows.append(row(f"F-{number}", **cells))
    (folder / "issues/富宁县.csv").write_bytes(rows_bytes(ISSUE_COLUMNS, rows))


def forecast_of_funing(calls: Calls) -> dict[str, Any]:
    asked = ("forecast", "--county", "富宁", "--as-of", "2021-06-20", "--json")
    told: dict[str, Any] = json.loads(calls.done(*asked).out)
    return told


def test_the_forecast_says_pace_need_and_day(
    dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """40 issues, 30 closed, of which 4 in the last 14 days: 95 % are 38, so 8 more at 2 a week."""
    forty_issues(dataset, closed=30)
    calls = Calls(dataset, capsys)

    told = forecast_of_funing(calls)
    assert told["as_of"] == "2021-06-20"
    assert told["forecast"] == [
        {
            "county": "富宁县", "milestone": "2021-06", "deadline": "2021-06-30",
            "required": "95%", "days_left": 10, "closures_in_14_days": 4, "pace_per_week": 2,
            "closures_needed": 8, "needed_per_week": 5.6, "reached": False,
            "reached_on": "2021-07-18", "in_time": False, "enough_data": True,
        }
    ]  # fmt: skip
    page = calls.done("forecast", "--as-of", "2021-06-20").out
    (line,) = (line for line in page.splitlines() if line.startswith("富宁县"))
    assert line.split() == ["富宁县", "75.0%", "≥95%", "8件", "5.6件", "2件", "7月18日，晚18天"]
    assert "14天内销号不足2件的不作预测" in page


def test_a_day_begun_counts_whole_in_the_forecast(
    dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """7 more at 5 in 14 days take 19.6 days: on the 19th day they are not all closed."""
    forty_issues(dataset, closed=31)

    told = forecast_of_funing(Calls(dataset, capsys))["forecast"][0]

    assert (told["closures_needed"], told["closures_in_14_days"]) == (7, 5)
    assert told["reached_on"] == "2021-07-10"


def test_too_few_closures_forecast_nothing(
    dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row(f"F-{n}", **({"销号日期": "2021-06-19"} if n == 0 else {})) for n in range(9)]
    (dataset / "issues/富宁县.csv").write_bytes(rows_bytes(ISSUE_COLUMNS, rows))
    calls = Calls(dataset, capsys)

    told = forecast_of_funing(calls)["forecast"][0]

    assert (told["enough_data"], told["pace_per_week"], told["reached_on"]) == (False, None, None)
    assert "数据不足" in calls.done("forecast", "--as-of", "2021-06-20").out


def test_there_is_no_forecast_without_data_or_after_the_last_milestone(
    dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = Calls(dataset, capsys)

    told = json.loads(calls.done("forecast", "--as-of", "2021-06-20", "--json").out)["forecast"]

    assert {one["closures_needed"] for one in told} == {None}
    assert {one["in_time"] for one in told} == {None}
    assert (
        dt.date(2021, 12, 31).isoformat()
        in calls.done("forecast", "--as-of", "2021-12-31", "--json").out
    )
