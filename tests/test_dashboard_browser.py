"""The dashboard as leaders meet it: in a real browser, from a file, without a network."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import os
import re
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from browser import Opened, opened
from conftest import REPOSITORY, require
from duzhan.campaign import dashboard
from duzhan.cli import main
from duzhan.columns import ISSUE_COLUMNS
from duzhan.report.words import tight
from duzhan.store.canonical_csv import rows_bytes
from duzhan.visible import visible
from made import create
from small import GUANGNAN, row, small_dataset
from test_dashboard import HOSTILE, data_of, make, unpacked
from test_engines import at_rest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

PLACES = ("", "#富宁县", "#问题清单")
# Every fifth day of the sample, so that each county has its turn; fewer of the case; or all days.
ALL_DAYS = "DUZHAN_LAWS" in os.environ
EVERY = {"sample": 1, "messy-2": 1} if ALL_DAYS else {"sample": 5, "messy-2": 9}
LIGHTS = {"red": "■红", "yellow": "▲黄", "green": "●绿"}
VERDICTS = {
    "met": "达标",
    "met_late": "逾期达标",
    "missed": "未达标",
    "pending": "尚未达到",
    "no_data": "无数据",
}


@pytest.fixture
def whole(dashboard_of: Callable[[str], tuple[Path, Path]]) -> Path:
    """The sample's page as of the campaign's last day."""
    return dashboard_of("sample")[1]


@pytest.fixture
def sample_page(browser: Browser, whole: Path) -> Iterator[Opened]:
    """The sample's page, which must neither ask for anything nor complain."""
    with opened(browser, whole) as page:
        yield page
        assert page.requests == []
        assert page.complaints == []


# ---------------------------------------------------------------- figures

READ_CARDS = """() => [...document.querySelectorAll('.card')].map(card => [
  card.dataset.county, {
    light: card.querySelector('.light').textContent,
    reasons: card.querySelector('.reasons').textContent,
    ...Object.fromEntries([...card.querySelectorAll('[data-figure]')].map(
      figure => [figure.dataset.figure, figure.textContent])),
  }])"""

READ_COUNTY = """() => ({
  light: document.querySelector('h2 .light').textContent,
  reasons: [...document.querySelectorAll('ul.reasons li')].map(item => item.textContent),
  figures: Object.fromEntries([...document.querySelectorAll('main [data-figure]')].map(
    figure => [figure.dataset.figure, figure.textContent])),
  milestones: [...document.querySelectorAll('.milestone')].map(milestone => [
    milestone.dataset.milestone,
    [...milestone.querySelectorAll('tbody tr')].map(
      row => [...row.cells].slice(0, 4).map(cell => cell.textContent))]),
  weeks: document.querySelectorAll('.week').length,
  count: document.querySelector('.count')?.textContent ?? '',
})"""


def go(page: Page, anchor: str) -> None:
    """Follow an address within the page."""
    page.evaluate(
        """anchor => new Promise(done => {
          addEventListener('hashchange', done, { once: true });
          if (decodeURI(location.hash) === anchor) done();
          else location.hash = anchor;
        }).then(() => null)""",
        anchor,
    )


def until(holds: Callable[[], bool]) -> None:
    """Wait for what a page does by itself; its policy forbids Playwright to wait inside."""
    for _ in range(200):
        if holds():
            return
        time.sleep(0.05)
    pytest.fail("it never came to hold")


def percent(rate: dict[str, int] | None) -> str:
    if rate is None:
        return "—"
    tenths = rate["numerator"] * 1000 // rate["denominator"]
    return f"{tenths // 10}.{tenths % 10}%"


def figures(status: dict[str, Any]) -> dict[str, str]:
    """What a card says, from `status --json` alone."""
    issues, score, weekly = status["issues"], status["score"], status["weekly"]
    claimed = issues and {
        "numerator": issues["closed"] + issues["claimed"],
        "denominator": issues["total"],
    }
    empty = issues is not None and issues["total"] == 0
    value = None if score is None else score["value"]
    supervised = weekly["supervision"]["actual"]
    none = "尚未督战" if weekly["supervision"]["expected"] else "不在督战期"
    return {
        "light": LIGHTS[status["light"]],
        "rate": "无问题" if empty else percent(status["rectification_rate"]),
        "claimed_rate": percent(claimed if issues and issues["total"] else None),
        "score": "—" if score is None else "总分读不出来" if value is None else f"{value}分",
        "overdue": f"{issues['overdue']}件" if issues else "—",
        "claimed": f"{issues['claimed']}件" if issues else "—",
        "supervision": f"{supervised}次" if supervised else none,
        "report": report(weekly["report"]),
    }


def report(told: dict[str, Any]) -> str:
    if told["submitted_on"] is None:
        return "尚未报送" if told["expected"] else "不需报送"
    return ("按时" if told["on_time"] else "迟报") + ("" if told["complete"] else "，不完整")


def requirement(told: dict[str, Any]) -> tuple[str, str, str]:
    """Line, actual and verdict of a requirement, from `status --json` alone."""
    verdict = VERDICTS[told["verdict"]]
    if told["kind"] == "deliverable":
        done = told["completed_on"]
        day = done and f"{int(done[5:7])}月{int(done[8:])}日完成"
        return "完成", day or "未完成", verdict
    actual = told["actual"]
    if told["kind"] == "score":
        verdict = "未评估" if told["verdict"] == "no_data" else verdict
        return f"≥{told['required']}分", "—" if actual is None else f"{actual}分", verdict
    if actual is None:
        return f"≥{told['required']}", "无问题" if told["verdict"] == "met" else "—", verdict
    counted = f"（{actual['numerator']}/{actual['denominator']}）"
    return f"≥{told['required']}", percent(actual) + counted, verdict


@pytest.mark.parametrize("case", ["sample", "messy-2"])
def test_the_overview_of_every_offered_day_shows_what_status_json_says(
    case: str, browser: Browser, dashboard_of: Callable[[str], tuple[Path, Path]]
) -> None:
    _, file = dashboard_of(case)
    data = data_of(file)
    values = unpacked(data["pool"])
    with opened(browser, file) as (page, requests, complaints):
        for day, number in list(zip(data["days"], data["views"], strict=True))[
            :: 1 if ALL_DAYS else EVERY[case]
        ]:
            go(page, f"#/{day['day']}")
            shown = dict(page.evaluate(READ_CARDS))
            statuses = {s["code"]: s for s in values[number]["status"]["counties"]}
            assert shown.keys() == statuses.keys()
            for code, status in statuses.items():
                expected = figures(status)
                assert {key: shown[code][key] for key in expected} == expected, (day, code)
            lights = [shown[code]["light"] for code in shown]
            assert lights == sorted(lights, key=list(LIGHTS.values()).index)
            assert page.title().startswith("督战看板")
    assert (requests, complaints) == ([], [])


@pytest.mark.parametrize("case", ["sample", "messy-2"])
def test_every_countys_page_shows_what_status_json_says_of_the_day(
    case: str, browser: Browser, dashboard_of: Callable[[str], tuple[Path, Path]]
) -> None:
    _, file = dashboard_of(case)
    data = data_of(file)
    values = unpacked(data["pool"])
    # Each county on other days, so that together all days are looked at; or all on all days.
    looked_at = range(8) if ALL_DAYS else None
    with opened(browser, file) as (page, requests, complaints):
        for number, view in list(enumerate(data["views"]))[:: EVERY[case]]:
            told = values[view]["status"]
            for index in looked_at or [number % 8]:
                status, county = told["counties"][index], data["counties"][index]
                go(page, f"#{county['name']}/{told['as_of']}")
                shown = page.evaluate(READ_COUNTY)
                expected = figures(status)
                assert shown["light"] == expected.pop("light")
                assert {key: shown["figures"][key] for key in expected} == expected
                assert shown["reasons"] == [tight(one) for one in status["reasons"]]
                assert [m["id"] for m in status["milestones"]] == [
                    m for m, _ in shown["milestones"]
                ]
                for milestone, (_, rows) in zip(
                    status["milestones"], shown["milestones"], strict=True
                ):
                    assert [tuple(cells[1:]) for cells in rows] == [
                        requirement(one) for one in milestone["requirements"]
                    ]
                issues = status["issues"]
                if issues and issues["total"]:
                    every = issues["total"]
                    assert shown["count"] == f"列出{every}件，共{every}件"
                    assert shown["figures"]["quality"] == (
                        f"未整改{issues['open']}件，没有整改期限{issues['no_due_date']}件，"
                        f"数据有误{issues['invalid']}件。"
                    )
    assert (requests, complaints) == ([], [])


# ---------------------------------------------------------------- finding one's way


def test_links_days_and_the_back_button_lead_where_they_say(
    sample_page: Opened,
) -> None:
    page = sample_page.page
    page.select_option("#day", label="6月27日 周日")
    page.click(".card >> nth=0 >> a")
    first = page.inner_text("h2")
    page.click("#later")
    later = page.inner_text("h2")
    page.go_back()
    back = page.inner_text("h2")
    page.go_back()

    assert "2021年6月27日" in first
    assert page.evaluate("decodeURI(location.hash)") == "#/2021-06-27"
    assert "2021年6月30日" in later
    assert back == first
    assert page.inner_text("h2") == "各县（市）达标情况（截至2021年6月27日）"
    assert page.locator(".card").count() == 8


def test_the_back_button_returns_to_where_one_was_on_a_phone(browser: Browser, whole: Path) -> None:
    with opened(browser, whole, size=(390, 844)) as (page, *_):
        page.locator(".card h3 a").nth(5).scroll_into_view_if_needed()
        before = page.evaluate("scrollY")
        page.locator(".card h3 a").nth(5).click()
        assert page.evaluate("scrollY") == 0
        page.go_back()
        until(lambda: bool(page.evaluate("scrollY") == before))
        assert before > 1500


def test_turning_a_phone_keeps_what_was_searched(browser: Browser, whole: Path) -> None:
    with opened(browser, whole, "#问题清单", (390, 844)) as (page, requests, complaints):
        page.fill("#search", "富宁-0012")
        until(lambda: page.inner_text(".count").startswith("列出1件"))
        assert shown_rows(page, "location") == []
        # What an input method has not finished searches for nothing yet.
        page.evaluate(
            """() => {
              const search = document.getElementById('search');
              search.value = 'fuyang';
              search.dispatchEvent(new InputEvent('input', { isComposing: true }));
            }"""
        )
        page.wait_for_timeout(300)
        assert page.inner_text(".count").startswith("列出1件")
        page.evaluate(
            """() => {
              const search = document.getElementById('search');
              search.value = '富宁-001';
              search.dispatchEvent(new CompositionEvent('compositionend'));
            }"""
        )
        until(lambda: page.inner_text(".count").startswith("列出10件"))
        page.fill("#search", "富宁-0012")
        until(lambda: page.inner_text(".count").startswith("列出1件"))
        page.set_viewport_size({"width": 844, "height": 390})
        until(lambda: len(shown_rows(page, "location")) == 1)
        assert shown_rows(page, "id") == ["富宁-0012"]
        page.set_viewport_size({"width": 390, "height": 844})
        go(page, "#富宁县/2021-06-20")
        shown = page.evaluate(
            """() => [...document.querySelectorAll('.milestone')]
              .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
              .map(one => [one.dataset.milestone, one.querySelector('details').open])"""
        )
        assert shown[0] == ["2021-06", True]
        assert [number for number, unfolded in shown if unfolded] == ["2021-06"]
        # Turned, searched and left again before the grid of issues has been built.
        page.evaluate(
            """() => {
              const add = MediaQueryList.prototype.addEventListener;
              MediaQueryList.prototype.addEventListener = function (kind, listener) {
                add.call(this, kind, listener);
                listener();
              };
              for (const hash of ['#富宁县', '#问题清单', '#问题清单']) {
                history.replaceState(null, '', hash);
                dispatchEvent(new PopStateEvent('popstate'));
              }
              const county = document.getElementById('county');
              county.value = '富宁县';
              county.dispatchEvent(new Event('change'));
            }"""
        )
        small = page.locator(".issues .small")
        until(lambda: {of[:2] for of in small.all_inner_texts()} == {"富宁"})
        assert (requests, complaints) == ([], [])


DEEP_LINKS = (
    ("#%E0%A4%A", "各县（市）达标情况（截至2021年12月31日）", "没有“%E0%A4%A”这个县（市）"),
    ("#富宁县/2021-06-27", "富宁县达标情况（截至2021年6月27日）", ""),
    ("#/2021-06-29", "各县（市）达标情况（截至2021年6月27日）", "没有 2021-06-29 的快照"),
    ("#532628", "富宁县达标情况（截至2021年12月31日）", ""),
    ("#昆明市", "各县（市）达标情况（截至2021年12月31日）", "没有“昆明市”这个县（市）"),
    ("#富宁", "富宁县达标情况（截至2021年12月31日）", ""),
    ("#问题清单/2021-05-31", "各县（市）问题清单（截至2021年5月31日）", ""),
    ("#富宁县/昨天", "富宁县达标情况（截至2021年12月31日）", "“昨天”不是日期"),
)
# Those that a page is opened with; the others it turns to.
LOADED_ANEW = 3


def test_a_deep_link_opens_its_place_and_day(browser: Browser, whole: Path) -> None:
    with opened(browser, whole) as (page, requests, complaints):
        for number, (anchor, heading, notice) in enumerate(DEEP_LINKS):
            if number < LOADED_ANEW:
                # From elsewhere: the page is loaded and does not only turn to the place.
                page.goto("about:blank")
                page.goto(whole.as_uri() + anchor)
            else:
                go(page, anchor)
            assert page.inner_text("h2").startswith(heading), anchor
            assert notice in page.inner_text("#notice"), anchor
            assert bool(page.inner_text("#notice")) == bool(notice), anchor
            assert (requests, complaints) == ([], []), anchor


def test_everything_can_be_reached_with_the_keyboard(sample_page: Opened) -> None:
    page = sample_page.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.focus("#slider")
    page.keyboard.press("ArrowLeft")
    assert page.get_attribute("#slider", "aria-valuetext") == "12月26日 周日"
    page.focus("nav >> text=富宁县")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "H2"
    page.focus(".sort >> text=整改期限")
    page.keyboard.press("Enter")
    assert page.get_attribute(".tabulator-col[tabulator-field=due]", "aria-sort") == "ascending"


# ---------------------------------------------------------------- the issues


def shown_rows(page: Page, field: str) -> list[str]:
    return page.locator(
        f".tabulator-row .tabulator-cell[tabulator-field={field}]"
    ).all_inner_texts()


def exported(page: Page) -> list[dict[str, str]]:
    """What the export button saves."""
    with page.expect_download() as saved:
        page.click("#export")
    data = Path(saved.value.path()).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def texts(issue: dict[str, str]) -> str:
    """What is searched."""
    return " ".join(issue[name] for name in ("编号", "问题描述", "地点", "责任单位"))


def listed(root: Path, capsys: pytest.CaptureFixture[str], *filters: str) -> list[dict[str, Any]]:
    """`issues --json` with those filters."""
    capsys.readouterr()
    with pytest.raises(SystemExit):
        main(["--data", str(root), "issues", "--as-of", "2021-12-31", "--json", *filters])
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["issues"]
    return found


def test_issues_are_searched_filtered_sorted_and_exported_as_the_command_line_lists_them(
    sample_page: Opened, whole: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, root = sample_page.page, whole.parent / "sample"
    go(page, "#富宁县")
    page.select_option("#action", "扫厕所")
    page.select_option("#state", "c")
    told = listed(*(root, capsys, "--county", "富宁县", "--action", "扫厕所", "--state", "closed"))
    rows = exported(page)

    assert page.inner_text(".count").startswith(f"列出{len(told)}件，")
    keys = {
        "县(市)": "county",
        "编号": "id",
        "问题描述": "description",
        "地点": "location",
        "问题来源": "source",
        "责任单位": "responsible_unit",
        "发现日期": "found_on",
        "整改期限": "due_on",
    }
    assert [[one[name] for name in keys] for one in sorted(rows, key=lambda r: r["编号"])] == [
        [one[key] or "" for key in keys.values()] for one in sorted(told, key=lambda i: i["id"])
    ]
    assert {one["状态"] for one in rows} == {"已销号"}
    assert list(rows[0])[-1].startswith("示例数据")

    page.select_option("#state", "")
    page.select_option("#action", "")
    every = [texts(one) for one in exported(page)]
    for typed, wanted in (("富宁-0012", "富宁-0012"), ("ｘｈｚ", "新华镇"), ("nmsc", "农贸市场")):
        page.fill("#search", typed)
        page.wait_for_timeout(200)
        found = {texts(one) for one in exported(page)}
        assert {text for text in every if wanted in text} <= found
        assert 0 < len(found) < len(every)
    page.fill("#search", "没有这样的问题")
    page.wait_for_selector("text=没有符合条件的问题")

    page.fill("#search", "")
    page.wait_for_selector(".tabulator-row")
    page.click(".sort >> text=整改期限")
    first = [one["整改期限"] for one in exported(page)]
    page.click(".sort >> text=整改期限")
    last = [one["整改期限"] for one in exported(page)]
    dated = sorted(day for day in first if day)
    assert [day for day in first if day] == dated
    assert [day for day in last if day] == dated[::-1]


def test_all_counties_issues_are_one_list_and_export_as_the_command_line_does(
    sample_page: Opened, whole: Path, tmp_path: Path
) -> None:
    page, file = sample_page.page, tmp_path / "清单.csv"
    arguments = ["issues", "--data", str(whole.parent / "sample"), "--as-of", "2021-12-31"]
    with pytest.raises(SystemExit):
        main([*arguments, "--csv", str(file)])
    with file.open(encoding="utf-8-sig", newline="") as told:
        every = list(csv.DictReader(told))
    go(page, "#问题清单")
    rows = exported(page)

    assert page.inner_text(".count") == f"列出{len(every)}件，共{len(every)}件"
    assert list(rows[0]) == [name for name in every[0] if name not in ("责任人", "备注")]
    ours = [tuple(one.values()) for one in rows]
    theirs = [tuple(one[name] for name in rows[0]) for one in every]
    assert sorted(ours, key=str) == sorted(theirs, key=str)

    page.select_option("#county", "广南县")
    number = sum(one["县(市)"] == "广南县" for one in every)
    assert page.inner_text(".count").startswith(f"列出{number}件，")
    assert set(shown_rows(page, "county")) == {"广南县"}
    assert len(exported(page)) == number


# ---------------------------------------------------------------- safety


def test_hostile_text_stays_text_in_the_browser_on_paper_and_in_the_export(
    browser: Browser, tmp_path: Path
) -> None:
    root = small_dataset(tmp_path / "ds")
    told = row('"><svg onload=taken=3>', 问题描述=HOSTILE, 地点="=1+1", 责任单位="-2+3")
    (root / GUANGNAN).write_bytes(rows_bytes(ISSUE_COLUMNS, [told]))
    with opened(browser, make(root, "2021-07-15"), "#广南县") as (page, requests, complaints):
        assert shown_rows(page, "description") == [visible(HOSTILE)]
        assert shown_rows(page, "id") == ['"><svg onload=taken=3>']
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert visible(HOSTILE) in (page.text_content(".printed") or "")
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        (one,) = exported(page)
        assert one["问题描述"] == visible(HOSTILE)
        assert (one["地点"], one["责任单位"]) == ("'=1+1", "'-2+3")
        page.fill("#search", "<img")
        page.wait_for_timeout(200)
        assert page.inner_text(".count") == "列出1件，共1件"
        assert page.evaluate("typeof taken") == "undefined"
        assert page.locator("main img, main svg, main script").count() == 0
        assert (requests, complaints) == ([], [])


def test_the_policy_stops_foreign_scripts_styles_and_connections(
    browser: Browser, whole: Path
) -> None:
    with opened(browser, whole) as (page, _, complaints):
        page.evaluate(
            """() => {
              const script = document.createElement('script');
              script.textContent = 'window.taken = 1';
              document.body.append(script);
              const image = document.createElement('img');
              image.src = 'https://example.invalid/a.png';
              document.body.append(image);
            }"""
        )
        fetched = page.evaluate(
            "fetch('https://example.invalid/').then(() => 'sent', () => 'refused')"
        )
        page.evaluate("setTimeout('window.taken = 2')")
        page.wait_for_timeout(50)
        assert fetched == "refused"
        assert page.evaluate("typeof taken") == "undefined"
        assert sum("Content Security Policy" in told for told in complaints) >= 4


# ---------------------------------------------------------------- looks


@pytest.mark.parametrize(("scheme", "width"), [("light", 1366), ("dark", 390)])
def test_axe_finds_nothing_serious(scheme: str, width: int, browser: Browser, whole: Path) -> None:
    axe = Axe()
    with opened(browser, whole, size=(width, 900), dark=scheme == "dark") as (page, *_):
        for anchor in PLACES:
            go(page, anchor)
            found = axe.run(page).response
            serious = [
                (one["id"], [node["html"][:200] for node in one["nodes"]])
                for one in found["violations"]
                if one["impact"] in ("serious", "critical")
            ]
            assert serious == [], anchor
            assert len(found["passes"]) > 20


@pytest.mark.parametrize("width", [360, 768, 1366, 2560])
def test_no_width_needs_scrolling_sideways(width: int, browser: Browser, whole: Path) -> None:
    with opened(browser, whole, size=(width, 900)) as (page, _, complaints):
        for anchor in PLACES:
            go(page, anchor)
            page.wait_for_timeout(50)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            clipped = page.evaluate(
                """() => [...document.querySelectorAll('main h2, main h3, .figure, .reasons')]
                  .filter(box => box.getBoundingClientRect().right > innerWidth + 1).length"""
            )
            assert clipped == 0
            cut = page.evaluate(
                """() => [...document.querySelectorAll('.tabulator-col')].filter(column => {
                  const edge = column.closest('.tabulator').getBoundingClientRect().right;
                  const title = column.querySelector('.tabulator-col-title');
                  return column.getBoundingClientRect().right > edge + 1
                    || title.scrollWidth > title.clientWidth;
                }).length"""
            )
            assert cut == 0
        assert complaints == []


def test_charts_follow_the_theme_and_say_in_words_what_they_show(
    sample_page: Opened,
) -> None:
    page = sample_page.page
    go(page, "#富宁县")
    page.wait_for_selector(".chart canvas")
    series = "() => [...document.querySelectorAll('.u-legend .u-marker')].map(m => m.style.border)"
    assert "2px dashed rgb(180, 35, 24)" in page.evaluate(series)
    page.emulate_media(color_scheme="dark")
    until(lambda: "2px dashed rgb(255, 138, 128)" in page.evaluate(series))
    labels = page.locator(".chart canvas").evaluate_all(
        "all => all.map(one => one.getAttribute('aria-label'))"
    )
    assert labels[0].startswith("富宁县整改进度图，截至2021年12月31日：发现")
    # Where nobody points, the legend tells of the day shown.
    legends = page.locator(".u-legend").all_inner_texts()
    total, closed = re.findall(r"发现(\d+)件，已销号(\d+)件", labels[0])[0]
    assert re.search(rf"日期\s*12月31日\s*发现\s*{total}件", legends[0])
    assert re.search(rf"已销号\s*{closed}件", legends[0])
    assert re.search(r"评分\s*\d+分", legends[1])
    assert labels[1].startswith("富宁县评分图：2021-05-30 州级 728")


def test_eight_counties_print_on_one_page(browser: Browser, whole: Path, tmp_path: Path) -> None:
    require("pdfinfo")
    paper = tmp_path / "总览.pdf"
    with opened(browser, whole, "#/2021-06-20", dark=True) as (page, *_):
        page.pdf(path=paper, prefer_css_page_size=True, print_background=True)
    info = subprocess.run(["pdfinfo", paper], capture_output=True, text=True, check=True).stdout

    assert re.search(r"Pages: +1$", info, re.MULTILINE)
    assert "A4" in info


def test_a_page_without_any_list_opens_and_says_so(browser: Browser, tmp_path: Path) -> None:
    create(tmp_path / "ds", sample=False)
    for day in ("2021-04-01", "2022-02-01"):
        file = make(tmp_path / "ds", day)
        with opened(browser, file) as (page, requests, complaints):
            assert set(dict(page.evaluate(READ_CARDS))["532628"]["rate"]) == {"—"}
            go(page, "#富宁县")
            assert "截至当日没有问题。" in page.inner_text("main")
            assert "没有报送问题清单" in page.inner_text("main")
            assert "还没有评估。" in page.inner_text("main")
            assert page.is_disabled("#export")
            assert (requests, complaints) == ([], [])


def test_another_campaign_over_the_new_year_without_scores_is_another_dataset(
    browser: Browser, tmp_path: Path
) -> None:
    root = tmp_path / "ds"
    create(root, sample=True)
    rules = root / "milestones.yaml"
    text = rules.read_text("utf-8").replace("end: 2021-12-31", "end: 2022-03-31", 1)
    # No milestone asks for a score, and the first one for no rate either.
    text = re.sub(r" {6}- kind: score\n(?: {8,}.*\n)+", "", text)
    text = re.sub(r" {6}- kind: rectification_rate\n(?: {8,}.*\n)+", TASK, text, count=1)
    rules.write_text(text, "utf-8")
    for day, shown in (
        ("2021-05-20", "2021年5月20日 周四（截至日）"),
        ("2022-02-02", "2022年2月2日"),
    ):
        with opened(browser, make(root, day), "#富宁县") as (page, requests, complaints):
            assert page.inner_text("#day option:checked").startswith(shown)
            assert page.locator(".milestone").count() == 5
            assert "成立专班" in page.inner_text(".milestone >> nth=0")
            assert "评分" not in page.inner_text(".milestone >> nth=1")
            assert page.locator(".chart canvas").count() == 1
            assert (requests, complaints) == ([], [])


TASK = """\
      - kind: deliverable
        name: 成立专班
        clause: 一
        sentence: 成立专班。
"""


def test_a_county_prints_on_a4_with_all_its_issues(
    browser: Browser, whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    require("pdftotext", "pdfinfo")
    paper = tmp_path / "富宁县.pdf"
    with opened(browser, whole, "#富宁县", dark=True) as (page, _, complaints):
        page.pdf(path=paper, prefer_css_page_size=True, print_background=True)
        assert complaints == []
    text = subprocess.run(
        ["pdftotext", "-layout", paper, "-"], capture_output=True, text=True, check=True
    ).stdout
    info = subprocess.run(["pdfinfo", paper], capture_output=True, text=True, check=True).stdout

    assert "A4" in info
    told = listed(whole.parent / "sample", capsys, "--county", "富宁县")
    assert [one["id"] for one in told if one["id"] not in text] == []
    for words in ("示例数据", "富宁县达标情况（截至2021年12月31日）", "节点要求", "整改进度"):
        assert words in text
    assert "导出所列" not in text


def test_without_scripts_the_page_still_says_who_is_red(browser: Browser, whole: Path) -> None:
    with opened(browser, whole, scripts=False) as (page, *_):
        text = page.inner_text("main")
        assert "只显示这张总表" in text
        assert "■红" in text
        assert "富宁县" in text


# ---------------------------------------------------------------- twenty thousand issues

LOADED = """() => {
  const [entry] = performance.getEntriesByType('navigation');
  return entry.loadEventEnd - entry.startTime;
}"""


def big_dataset(folder: Path, rows: int) -> Path:
    path = REPOSITORY / "benchmarks/make_dataset.py"
    spec = importlib.util.spec_from_file_location("make_dataset", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.write_dataset(folder, rows)
    return folder


def loading(browser: Browser, file: Path) -> tuple[float, float]:
    """Milliseconds until everything is loaded and shown: by the clock, and of the page's thread."""
    with opened(browser, file) as (page, *_):
        until(lambda: page.evaluate(LOADED) > 0)
        taken: float = page.evaluate(LOADED)
        watch = page.context.new_cdp_session(page)
        watch.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.reload()
        until(lambda: page.evaluate(LOADED) > 0)
        told = watch.send("Performance.getMetrics")["metrics"]
        (seconds,) = (one["value"] for one in told if one["name"] == "TaskDuration")
        watch.detach()
        return taken, 1000 * seconds


def test_thousands_of_issues_open_and_are_searched_without_waiting(
    browser: Browser, tmp_path: Path
) -> None:
    many = 20_000 if "DUZHAN_LAWS" in os.environ else 3_000
    file = make(big_dataset(tmp_path / "big", many), "2021-12-31")
    bare = tmp_path / "bare.html"
    text = "字" * (file.stat().st_size // 3)
    bare.write_text(f'<!doctype html><script type="text/plain">{text}</script><p>空', "utf-8")
    # Other tests run beside it: once in three times it must be quick, by the clock and by the
    # page's own thread.
    tried = []
    for _ in range(3):
        floor, ours = loading(browser, bare), loading(browser, file)
        tried.append((ours[0] - floor[0], ours[1] - floor[1]))
        quick = tried[-1][0] < 1500 and tried[-1][1] < 1500 * many / 20_000
        if quick:
            break
    assert quick, tried
    with opened(browser, file, "#问题清单") as (page, requests, complaints):
        assert page.inner_text(".count") == f"列出{many}件，共{many}件"
        assert page.locator(".tabulator-row").count() < 200
        taken = page.evaluate(
            """async (many) => {
              const search = document.getElementById('search');
              const count = document.querySelector('.count');
              const begun = performance.now();
              search.value = 'nmsc';
              search.dispatchEvent(new Event('input'));
              while (count.textContent.startsWith('列出' + many))
                await new Promise(done => setTimeout(done, 10));
              return performance.now() - begun;
            }""",
            many,
        )
        assert taken < 3000
        assert page.locator(".tabulator-row").count() > 0
        assert (requests, complaints) == ([], [])


# ---------------------------------------------------------------- a nation


def test_a_nation_s_page_has_cards_of_the_worst_and_says_which_issues_it_has_not(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dashboard, "LARGE", 1)
    monkeypatch.setattr(dashboard, "MOST_ISSUES", 1)
    create(tmp_path / "sample", sample=True)
    file = make(at_rest(tmp_path / "sample"), "2021-06-25")
    # As if three were as many as sixty; the page's policy would not run what was changed.
    text = file.read_text("utf-8").replace("MOST_CARDS = 60", "MOST_CARDS = 3")
    file.write_text(re.sub(r"<meta http-equiv=[^>]*>", "", text), "utf-8")
    data = data_of(file)
    (kept,) = data["kept"]
    names = {county["code"]: county["name"] for county in data["counties"]}

    with opened(browser, file) as (page, requests, complaints):
        assert page.locator(".card").count() == 3
        assert page.locator(".trend").count() == 0
        cards = page.locator(".card").evaluate_all("all => all.map(one => one.dataset.county)")
        links = page.locator("[data-figure=others] tbody a").all_inner_texts()
        assert sorted([*(names[code] for code in cards), *links]) == sorted(names.values())
        assert page.locator("#nav a").all_inner_texts() == ["总览", "问题清单"]
        page.locator("[data-figure=others] tbody a").first.click()
        note = page.locator("[data-figure=left-out]")
        assert note.inner_text().startswith(f"问题太多，这一页只有{links[0]}的合计")
        assert "截至当日没有问题" not in page.inner_text("main")
        assert page.locator("#nav a").all_inner_texts()[0::2] == ["总览", "问题清单"]
        page.goto(f"{file.as_uri()}#问题清单")
        until(lambda: note.inner_text().startswith("问题太多，这里只逐件列出最差的1个县（市）的"))
        page.goto(f"{file.as_uri()}#{kept}")
        until(lambda: page.locator(f"h2[data-county='{kept}']").count() == 1)
        assert note.count() == 0
        assert page.locator(".tabulator-row").count() > 0
        assert (requests, complaints) == ([], [])
