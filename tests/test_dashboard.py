"""The dashboard's file: what it holds, that it is safe, and that it holds nothing else."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import os
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import REPOSITORY, Run, read_json
from duzhan.campaign.opening import open_dataset
from duzhan.campaign.standing import Campaign
from duzhan.cli import main
from duzhan.columns import ISSUE_COLUMNS
from duzhan.compliance.listing import everything
from duzhan.compliance.snapshots import offered_days, sundays
from duzhan.dataset.ledger import load_ledger
from duzhan.report.dashboard.encode import Pool, column, script_json
from duzhan.report.dashboard.page import libraries
from duzhan.report.json.status import status_json
from duzhan.store.canonical_csv import rows_bytes
from duzhan.visible import visible
from made import create
from small import GUANGNAN, litter, row, small_dataset

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VENDOR = REPOSITORY / "src/duzhan/report/vendor"
STATES = {"o": "open", "x": "open", "f": "claimed", "c": "closed"}


def data_of(page: Path) -> Any:  # noqa: ANN401 - any JSON document
    """The JSON that the page's scripts read."""
    (data,) = re.findall(
        r'<script type="application/json" id="data">(.*?)</script>',
        page.read_text("utf-8"),
        re.DOTALL,
    )
    return json.loads(data)


def unpacked(pool: list[Any]) -> list[Any]:
    """The values that a `Pool` packed; parts come before the whole."""
    values: list[Any] = []
    for packed in pool:
        if isinstance(packed, list):
            values.append([values[part] for part in packed])
        elif isinstance(packed, dict):
            values.append({key: values[part] for key, part in packed.items()})
        else:
            values.append(packed)
    return values


def cells(packed: dict[str, list[Any]], rows: int) -> list[Any]:
    """What `column` packed."""
    at = packed.get("at", range(rows))
    return [packed["words"][number] for number in at]


def state_in(runs: str, day: int) -> str:
    state = "-"
    for begins, letter in re.findall(r"(\d+)(\D)", runs):
        state = letter if int(begins) <= day else state
    return state


def make(dataset: Path, day: str, *more: str) -> Path:
    """Make a page beside the dataset, by the command's own entry."""
    page = dataset.parent / f"{dataset.name} {day}{''.join(more)}.html"
    arguments = ["dashboard", "--data", str(dataset), "--as-of", day, "-o", str(page), *more]
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 0
    return page


@pytest.fixture(scope="module")
def september(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same as of an earlier day; nobody changes them either."""
    root = tmp_path_factory.mktemp("september") / "ds"
    create(root, sample=True)
    return root, make(root, "2021-09-15")


@pytest.fixture
def whole(dashboard_of: Callable[[str], tuple[Path, Path]]) -> tuple[Path, Path]:
    """A sample dataset, and its page as of the campaign's last day."""
    return dashboard_of("sample")


def test_the_days_on_offer_are_sundays_milestones_and_the_day_itself(sample: Path) -> None:
    rules = open_dataset(sample).rules
    days = offered_days(rules, dt.date(2021, 7, 7))

    assert [day.isoformat() for day in days] == [
        *("2021-05-02", "2021-05-09", "2021-05-16", "2021-05-23", "2021-05-30", "2021-05-31"),
        *("2021-06-06", "2021-06-13", "2021-06-20", "2021-06-27", "2021-06-30", "2021-07-04"),
        "2021-07-07",
    ]
    assert len(offered_days(rules, dt.date(2021, 12, 31))) == 40
    assert offered_days(rules, dt.date(2021, 4, 1)) == (dt.date(2021, 4, 1),)
    assert sundays(rules, dt.date(2022, 2, 1))[-1] == dt.date(2022, 1, 2)
    assert offered_days(rules, dt.date(2022, 2, 1))[-2:] == (
        dt.date(2021, 12, 31),
        dt.date(2022, 2, 1),
    )


@pytest.mark.parametrize("case", ["sample", "clean", "messy-1", "messy-2"])
def test_every_offered_day_holds_what_status_json_says_of_it(
    case: str, dashboard_of: Callable[[str], tuple[Path, Path]]
) -> None:
    root, page = dashboard_of(case)
    dataset, data = open_dataset(root), data_of(page)

    assert len(data["days"]) == len(data["views"]) == 40
    values = unpacked(data["pool"])
    days = list(zip(data["days"], data["views"], strict=True))
    # The day on which all is over, and so many of those before.
    for day, number in days[:: -1 if "DUZHAN_LAWS" in os.environ else -9]:
        on = dt.date.fromisoformat(day["day"])
        alone = Campaign(dataset, on)
        told = status_json(alone.overview, dataset.rules, alone.points)
        assert values[number]["status"] == told


def test_the_totals_of_a_day_are_the_sums_of_its_counties(whole: tuple[Path, Path]) -> None:
    data = data_of(whole[1])
    values = unpacked(data["pool"])
    for number in data["views"]:
        counties = values[number]["status"]["counties"]
        known = [one["issues"] for one in counties if one["issues"]]
        told = {key: (text, note) for key, _, text, note in values[number]["totals"]}
        added = {key: sum(issues[key] for issues in known) for key in known[0]}
        assert told["total_rate"][1] == f"销号{added['closed']}件，共{added['total']}件"
        tenths = added["closed"] * 1000 // added["total"]
        assert told["total_rate"][0] == f"{tenths // 10}.{tenths % 10}%"
        assert told["total_overdue"] == (f"{added['overdue']}件", f"未整改{added['open']}件")
        assert told["total_claimed"][0] == f"{added['claimed']}件"
        if needs := [one["needs"] for one in counties if one["needs"]]:
            assert told["total_closures"][0] == f"{sum(one['closures'] for one in needs)}件"
            late = sum(one["on_course"] is False for one in needs)
            assert told["total_late"][0] == f"{late}个县（市）"
        else:
            assert "total_late" not in told


def test_the_command_line_says_the_same(september: tuple[Path, Path], run: Run) -> None:
    sample, data = september[0], data_of(september[1])
    for day in ("2021-05-31", "2021-06-27", "2021-09-15"):
        (number,) = (n for d, n in zip(data["days"], data["views"], strict=True) if d["day"] == day)
        told = read_json(run("status", "--data", sample, "--as-of", day, "--json").stdout)
        assert told.pop("notice") == data["sample"]
        assert unpacked(data["pool"])[number]["status"] == told


@pytest.mark.parametrize("case", ["sample", "messy-1", "messy-2"])
def test_every_offered_day_holds_the_issues_that_the_list_of_the_day_holds(
    case: str, dashboard_of: Callable[[str], tuple[Path, Path]]
) -> None:
    root, page = dashboard_of(case)
    dataset, data = open_dataset(root), data_of(page)
    ledger = load_ledger(root, dataset.roster, dataset.rules)
    columns = data["issues"]
    names = {county["code"]: county["name"] for county in data["counties"]}
    rows = len(columns["county"]["at"])
    due_number = dict(zip(columns["due"]["words"], columns["due_numbers"], strict=True))
    keys = ("county", "id", "description", "location", "action", "source", "unit", "found", "due")
    texts = list(zip(*(cells(columns[key], rows) for key in keys), strict=True))
    runs = cells(columns["states"], rows)

    step = -1 if "DUZHAN_LAWS" in os.environ else -3
    for number, day in list(enumerate(data["days"]))[::step]:
        on = dt.date.fromisoformat(day["day"])
        shown = []
        for place, (text, life) in enumerate(zip(texts, runs, strict=True)):
            state = state_in(life, number)
            if state == "-":
                continue
            late = due_number[text[-1]]
            for begins, moved_to, moved_number in columns["moved"].get(str(place), ()):
                if begins <= number:
                    text, late = (*text[:-1], moved_to), moved_number  # noqa: PLW2901
            days = day["number"] - late if late is not None and state in "ox" else None
            assert (state == "x") == (days is not None and days > 0)
            shown.append((names[text[0]], text[1] or None, *text[2:], days, STATES[state]))
        told = [
            (
                *(line.county, line.id, line.description, line.location, line.action),
                *(line.source, line.unit),
                *(day and day.isoformat() for day in (line.found_on, line.due_on)),
                *(line.days_overdue, line.state.value),
            )
            for line in everything(ledger, on)
        ]
        assert sorted(shown, key=str) == sorted(told, key=str)


def test_the_counts_of_invalid_issues_are_those_that_are_marked(whole: tuple[Path, Path]) -> None:
    data = data_of(whole[1])
    rows = len(data["issues"]["county"]["at"])
    counties = cells(data["issues"]["county"], rows)
    runs = cells(data["issues"]["states"], rows)
    values = unpacked(data["pool"])
    for number, view in enumerate(data["views"]):
        for status in values[view]["status"]["counties"]:
            marked = [
                index
                for index in data["issues"]["invalid"]
                if counties[index] == status["code"] and state_in(runs[index], number) != "-"
            ]
            assert len(marked) == status["issues"]["invalid"]


def test_the_calendar_says_of_each_week_what_status_said_on_its_sunday_or_later_reports(
    whole: tuple[Path, Path],
) -> None:
    data = data_of(whole[1])
    days = [day["day"] for day in data["days"]]
    values = unpacked(data["pool"])
    views = [values[number] for number in data["views"]]
    checked = 0
    for day, view in zip(days, views, strict=True):
        for status, words in zip(view["status"]["counties"], view["words"], strict=True):
            if words["weeks"]:
                now = words["weeks"][-1]
                assert {key: now[key] for key in status["weekly"]} == status["weekly"]
                checked += 1
        assert len(view["words"][0]["weeks"]) == max(
            0, (dt.date.fromisoformat(day) - dt.date(2021, 5, 31)).days // 7 + 1
        )
    assert checked == 8 * 35
    late = [week for view in views[-1:] for words in view["words"] for week in words["weeks"]]
    assert {week["reported"] for week in late} >= {"done", "late", "partial", "missed"}


def test_the_same_data_for_the_same_day_give_the_same_bytes(
    september: tuple[Path, Path], sample: Path, tmp_path: Path, run: Run
) -> None:
    first = september[1].read_bytes()
    other = {"PYTHONHASHSEED": "7", "LANG": "C", "TZ": "America/New_York"}
    page = tmp_path / "again.html"
    args = ("dashboard", "--data", sample, "--as-of", "2021-09-15", "-o", page)
    assert run(*args, env=other).returncode == 0

    assert page.read_bytes() == first
    assert len(first) < 2_000_000


def test_nothing_dated_after_the_day_is_in_the_page(tmp_path: Path) -> None:
    root = small_dataset(tmp_path / "ds")
    before = make(root, "2021-06-11").read_bytes()
    later = [
        row("广南-0001", 整改完成日期="2021-06-20", 销号日期="2021-06-21"),
        row("广南-0002"),
        row("广南-0003", 发现日期="2021-06-12", 问题描述="以后的问题"),
    ]
    (root / GUANGNAN).write_bytes(rows_bytes(ISSUE_COLUMNS, later))
    scores = (root / "scores.csv").read_bytes()
    (root / "scores.csv").write_bytes(scores + "2021-06-12,富宁县,州级,999,,\n".encode())
    for name, line in (
        ("supervision.csv", "2021-06-12,富宁县,实地督战,,,,\n"),
        ("county_reports.csv", "2021-W23,富宁县,2021-06-12,是,是,是,是,\n"),
        ("deliverables.csv", "工程性建设项目全部完成,富宁县,2021-06-12,州级,\n"),
    ):
        (root / name).write_bytes((root / name).read_bytes() + line.encode())

    assert make(root, "2021-06-11").read_bytes() == before


def test_no_person_of_the_ledger_and_no_remark_is_in_the_page(tmp_path: Path) -> None:
    root = small_dataset(tmp_path / "ds")
    told = row("广南-0001", 责任人="责任人甲", 核验人="核验人乙", 备注="备注丙 13800000000")
    (root / GUANGNAN).write_bytes(rows_bytes(ISSUE_COLUMNS, [told]))
    page = make(root, "2021-07-15").read_text("utf-8")

    assert "广南-0001" in page
    for secret in ("责任人甲", "核验人乙", "备注丙", "13800000000", "赵六", "联系电话"):
        assert secret not in page


def test_the_policy_allows_exactly_the_styles_and_scripts_inside(
    september: tuple[Path, Path],
) -> None:
    page = september[1].read_text("utf-8")
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    rules = dict(rule.split(" ", 1) for rule in unescape(policy).split("; "))
    for kind in ("script", "style"):
        inside = re.findall(rf"<{kind}>(.*?)</{kind}>", page, re.DOTALL)
        hashes = [base64.b64encode(hashlib.sha256(t.encode()).digest()).decode() for t in inside]
        assert len(inside) == 3
        assert rules[f"{kind}-src"] == " ".join(f"'sha256-{digest}'" for digest in hashes)
    assert rules["default-src"] == rules["connect-src"] == rules["base-uri"] == "'none'"
    assert "unsafe" not in policy
    assert not re.findall(r'<(?:script|link|img|iframe)[^>]*(?:src|href)="(?!data:)', page)
    assert "sourceMappingURL" not in page


HOSTILE = (
    '</script><script>window.taken=1</script><!--\u2028<img src=x onerror="window.taken=2">&lt;'
)


def test_hostile_text_stays_text_in_the_file(tmp_path: Path) -> None:
    root = small_dataset(tmp_path / "ds")
    rows = [
        row("<!--duzhan:data-->", 问题描述=HOSTILE, 地点="<!--duzhan:scripts-->", 责任单位="=1+1")
    ]
    (root / GUANGNAN).write_bytes(rows_bytes(ISSUE_COLUMNS, rows))
    page = make(root, "2021-07-15")
    text = page.read_text("utf-8")

    assert text.count("</script>") == 4
    assert text.count("<!--") == 0
    assert "\u2028" not in text
    assert "onerror=" in text
    assert "<img src=x" not in text
    assert visible(HOSTILE) in data_of(page)["issues"]["description"]["words"]


def test_a_sample_shows_its_mark_and_real_data_do_not(
    september: tuple[Path, Path], dataset: Path
) -> None:
    marked = september[1]
    plain = make(dataset, "2021-09-15")

    assert f'<p class="sample">{data_of(marked)["sample"]}</p>' in marked.read_text("utf-8")
    assert data_of(plain)["sample"] is None
    assert 'class="sample"' not in plain.read_text("utf-8")


def test_one_county_makes_a_page_of_its_own(september: tuple[Path, Path]) -> None:
    root, page = september
    every = data_of(page)
    alone = data_of(make(root, "2021-09-15", "--county", "富宁"))

    assert [county["name"] for county in alone["counties"]] == ["富宁县"]
    assert alone["counties"][0] == every["counties"][-1]
    assert alone["issues"]["county"]["words"] == ["532628"]
    ours, theirs = unpacked(alone["pool"]), unpacked(every["pool"])
    assert ours[alone["views"][0]]["totals"] == []
    for mine, all_of in zip(alone["views"], every["views"], strict=True):
        one, eight = ours[mine], theirs[all_of]
        assert one["status"]["counties"] == eight["status"]["counties"][-1:]
        assert one["words"] == eight["words"][-1:]


@pytest.mark.parametrize(
    ("output", "code", "told"),
    [
        ("督战.pdf", 2, "应以 .html 结尾"),
        ("issues/督战.html", 2, "里面的文件都算台账"),
        ("没有/督战.html", 1, "写不进去"),
    ],
)
def test_a_place_that_will_not_do_is_one_clear_line(
    output: str, code: int, told: str, dataset: Path, run: Run
) -> None:
    made = run("dashboard", "--data", dataset, "-o", dataset / output, "--as-of", "2021-07-01")

    assert made.returncode == code
    assert told in made.stderr.splitlines()[-1]
    assert made.stdout == ""


def test_a_page_too_large_for_phones_says_so(
    dataset: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make(dataset, "2021-07-01")
    assert "手机可能打不开" not in capsys.readouterr().err
    monkeypatch.setattr("duzhan.cli.dashboard.LARGE", 500_000)
    make(dataset, "2021-07-01")
    assert "手机可能打不开；可用 --county 一个县区做一页" in capsys.readouterr().err


def test_a_template_of_the_office_replaces_the_shell_but_needs_its_marks(
    sample: Path, run: Run
) -> None:
    own = sample / "templates"
    own.mkdir(exist_ok=True)
    shell = (REPOSITORY / "templates/督战看板.html.j2").read_text("utf-8")
    (own / "督战看板.html.j2").write_text(
        shell.replace("<h1>{{ rules.wording.dashboard }}", "<h1>本州看板"), "utf-8"
    )
    page = make(sample, "2021-09-15")
    (own / "督战看板.html.j2").write_text(shell.replace("<!--duzhan:data-->", ""), "utf-8")
    broken = run("dashboard", "--data", sample, "-o", page, "--as-of", "2021-09-15")

    assert broken.returncode == 1
    assert broken.stderr.splitlines()[-1] == (
        "模板 督战看板.html.j2 里应当恰好有一处 <!--duzhan:data-->"
    )
    assert "<h1>本州看板</h1>" in page.read_text("utf-8")
    assert litter(page.parent) == []


def test_the_libraries_are_as_their_packages_have_them() -> None:
    known = libraries()
    assert [library["title"] for library in known] == ["Tabulator", "uPlot"]
    files = [file for library in known for file in library["files"]]
    for file in files:
        data = (VENDOR / file["name"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == file["sha256"]
        assert b"</script" not in data
        assert b"\r" not in data
    kept = {path.name for path in VENDOR.iterdir()} - {"vendor.json"}
    assert kept == {file["name"] for file in files}
    for library in known:
        assert library["licence"] == "MIT"
        assert library["integrity"].startswith("sha512-")
        licence = next(f["name"] for f in library["files"] if f["name"].endswith("LICENSE.txt"))
        assert "MIT License" in (VENDOR / licence).read_text("utf-8")
        named = f"{library['title']} {library['version']}"
        assert named in (REPOSITORY / "docs/dashboard.md").read_text("utf-8")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-3, 3) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=20,
)


@settings(max_examples=40, deadline=None)
@given(JSON)
def test_a_pool_gives_back_what_was_put_in(value: Any) -> None:  # noqa: ANN401
    pool = Pool()
    number = pool.put(value)

    assert repr(unpacked(pool.values)[number]) == repr(value)
    assert pool.put(value) == number


@given(st.lists(st.text(max_size=3)))
def test_a_column_gives_back_what_was_put_in(values: list[str]) -> None:
    lengths = [len(value) for value in values]

    assert cells(column(pa.array(values, pa.string())), len(values)) == values
    assert cells(column(pa.array(lengths, pa.int8()), str), len(values)) == list(map(str, lengths))


@given(st.text(st.characters(exclude_categories=("Cc", "Cs"))))
def test_json_in_a_script_says_the_same_and_holds_nothing_that_ends_it(text: str) -> None:
    written = script_json({"text": text})

    # What a terminal or a reader could be led astray by is made visible first.
    assert json.loads(written) == {"text": visible(text)}
    assert not set(written) & set("<>&\u2028\u2029")
