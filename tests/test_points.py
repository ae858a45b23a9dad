"""Where points were lost, what changed, and the fewest items that reach the line."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import duzhan
from conftest import read_json
from duzhan.campaign.opening import open_dataset
from duzhan.campaign.standing import Campaign
from duzhan.compliance.lost_points import fewest
from duzhan.report.charts import points as points_charts
from duzhan.report.charts.drawing import svg
from duzhan.report.charts.points import lost_points, slope
from duzhan.report.weekly.visit import asks
from duzhan.report.words import items
from duzhan.store.canonical_csv import rows_bytes
from small import FUNING, Calls

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from duzhan.compliance.points import CountyPoints
    from duzhan.frames.opened import OpenedCampaign

STANDARD = """
name: 测试标准
items:
  - {id: A1, name: 组织管理, full: 400, category: 基础}
  - {id: A2, name: 健康教育, full: 100, category: 基础}
  - {id: B1, name: 主次干道, full: 300, category: 市容环境}
  - {id: B2, name: 农贸市场, full: 200, category: 市容环境, until: 2021-06-30}
  - {id: B3, name: 农贸市场, full: 200, category: 市容环境, since: 2021-07-01}
"""
ITEMS = ("日期", "县(市)", "评估方", "考核节点", "分项", "得分", "扣分原因", "备注")
JUNE, JULY = "2021-06-20", "2021-07-10"
POINTS = {
    JUNE: ("省级", (380, 60, 200, 110)),
    JULY: ("省级", (370, 90, 200, 111.5)),
}
ISSUES = (
    "编号,问题描述,发现日期,整改期限,整改完成日期,销号日期,核验人,考核分项\n"
    "1,甲,2021-06-01,2021-08-01,,,,主次干道\n"
    "2,乙,2021-06-01,2021-08-01,2021-07-01,,,B1、农贸市场\n"
    "3,丙,2021-06-01,2021-08-01,2021-06-10,2021-06-12,赵六,主次干道\n"
    "4,丁,2021-06-01,2021-08-01,,,,\n"
    "5,戊,2021-06-01,2021-08-01,,,,主干道\n"
    "2,乙,2021-06-01,2021-08-01,2021-07-01,,,B1\n"
)


@pytest.fixture
def folder(dataset: Path) -> Path:
    (dataset / "standard.yaml").write_text(STANDARD, "utf-8")
    write(dataset, POINTS)
    (dataset / FUNING).write_text(ISSUES, "utf-8")
    return dataset


def write(
    folder: Path, assessments: Mapping[str, tuple[str, Sequence[object]]], county: str = "富宁县"
) -> None:
    """Write score_items.csv: day to assessor and points of the four items, in their order."""
    names = ("组织管理", "健康教育", "主次干道", "农贸市场")
    rows = [
        (day, county, assessor, "", name, str(points), f"{name}的原因", "")
        for day, (assessor, every) in assessments.items()
        for name, points in zip(names, every, strict=True)
    ]
    (folder / "score_items.csv").write_bytes(rows_bytes(ITEMS, rows))


def points(folder: Path, day: str = "2021-07-20") -> CountyPoints | None:
    """What is said of 富宁县."""
    campaign = Campaign(open_dataset(folder), dt.date.fromisoformat(day))
    return next((one for one in campaign.points if one.county.name == "富宁县"), None)


def found(folder: Path, day: str = "2021-07-20") -> CountyPoints:
    """The same, where something must be said."""
    one = points(folder, day)
    assert one is not None
    return one


def number(value: Fraction | None) -> float | None:
    """Points as anybody writes them."""
    return None if value is None else float(value)


def test_items_stand_most_lost_first_with_what_they_were_before(folder: Path) -> None:
    told = found(folder)

    assert [
        (one.item.id, *map(number, (one.points, one.lost, one.before))) for one in told.items
    ] == [
        ("B1", 200, 100, 200),
        ("B3", 111.5, 88.5, 110),
        ("A1", 370, 30, 380),
        ("A2", 90, 10, 60),
    ]
    assert [(one.item.id, number(one.change)) for one in told.worse] == [("A1", -10)]
    assert [(one.item.id, number(one.change)) for one in told.better] == [("A2", 30), ("B3", 1.5)]
    assert [(one.name, number(one.lost), number(one.before)) for one in told.categories] == [
        ("市容环境", 188.5, 310),
        ("基础", 40, 440),
    ]


def test_an_assessment_keeps_the_items_of_its_day(folder: Path) -> None:
    then, now = found(folder, JUNE), found(folder)
    assert {one.item.id for one in then.items} == {"A1", "A2", "B1", "B2"}
    assert {one.item.id for one in now.items} == {"A1", "A2", "B1", "B3"}
    assert (then.previous, number(then.score.points)) == (None, 750)


def test_the_fewest_items_reach_the_current_milestones_line(folder: Path) -> None:
    plan = found(folder).fewest  # 771.5 of the 800 asked for by the end of July

    assert plan is not None
    assert [one.item.id for one in plan.items] == ["B1"]
    assert [number(one) for one in (plan.line, plan.wanted, plan.gain)] == [800, 28.5, 100]
    assert plan.reaches


def test_issues_are_linked_by_id_or_name_each_once(folder: Path) -> None:
    told = found(folder)
    plan = told.fewest
    assert plan is not None
    behind = {one.item.id: one.issues for one in told.items}

    assert plan.issues is not None
    assert (plan.issues.unsettled, plan.issues.claimed) == (2, 1)
    assert behind["B1"] == plan.issues
    assert behind["B3"] is not None
    assert (behind["B3"].open, behind["B3"].claimed) == (0, 1)
    assert behind["A1"] is not None
    assert behind["A1"].unsettled == 0


def test_a_word_that_names_no_item_is_a_warning_and_nothing_else(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    problems = read_json(Calls(folder, capsys)("check", "--json").out)["problems"]
    linked = [one for one in problems if one["column"] == "考核分项"]
    assert [(one["severity"], one["code"], one["line"], one["value"]) for one in linked] == [
        ("warning", "unknown-value", 6, "主干道")
    ]


def test_without_a_column_of_links_nothing_is_said_of_issues(folder: Path) -> None:
    (folder / FUNING).write_text("编号,问题描述\n1,甲\n", "utf-8")
    told = found(folder)
    assert {one.issues for one in told.items} == {None}
    assert told.fewest is not None
    assert told.fewest.issues is None


def test_nothing_reaches_the_line_from_an_assessment_that_is_not_the_latest(
    folder: Path,
) -> None:
    total = [("2021-07-15", "富宁县", "州级", "790", "", "")]
    header = ("日期", "县(市)", "评估方", "总分", "考核节点", "备注")
    (folder / "scores.csv").write_bytes(rows_bytes(header, total))

    told = found(folder)

    assert (told.is_latest, told.fewest, told.score.day.isoformat()) == (False, None, JULY)


def test_nothing_reaches_the_line_where_an_item_cannot_be_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, {JULY: ("省级", (370, "九十", 200, 111.5))})
    told = found(folder)
    assert told.fewest is None
    assert [one.item.id for one in told.unreadable] == ["A2"]
    assert "另有1个分项读不出来（健康教育）" in "".join(items.sentences(told))
    monkeypatch.setattr(items, "NAMED", 0)
    assert "另有1个分项读不出来（等1项）" in "".join(items.sentences(told))
    assert [number(one.lost) for one in told.categories] == [188.5, None]


def test_a_self_assessment_says_nothing(folder: Path) -> None:
    write(folder, {JULY: ("县级自评", (370, 90, 200, 111.5))})
    assert points(folder) is None


def test_a_day_knows_nothing_of_later_assessments(folder: Path) -> None:
    assert points(folder, "2021-06-19") is None
    assert found(folder, "2021-07-09").score.day.isoformat() == JUNE


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 8).map(lambda n: Fraction(n, 2)), max_size=7),
    st.integers(1, 40).map(lambda n: Fraction(n, 2)),
)
def test_the_fewest_items_are_really_the_fewest(lost: list[Fraction], wanted: Fraction) -> None:
    enough = [
        places
        for size in range(len(lost) + 1)
        for places in combinations(range(len(lost)), size)
        if sum(lost[at] for at in places) >= wanted
    ]
    chosen = fewest(lost, wanted)

    if not enough:
        assert chosen is None
        return
    assert chosen is not None
    assert sum(lost[at] for at in chosen) >= wanted
    assert len(chosen) == min(map(len, enough))
    # Most first, and of those that lost alike the first ones of the standard.
    assert list(chosen) == sorted(range(len(lost)), key=lambda at: (-lost[at], at))[: len(chosen)]


# ---------------------------------------------------------------- where it is said

PLAN = "距7月底前800分差28.5分，最少补齐1项：主次干道（失100分）"
BEHIND = "补齐这1项可增加100分，对应未销号问题2件，其中1件待核验。"


@pytest.fixture
def opened(folder: Path) -> OpenedCampaign:
    return duzhan.open(folder, as_of="2021-07-20", county="富宁")


def test_the_page_of_a_county_says_it_in_sentences_and_a_table(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = Calls(folder, capsys).done("status", "--county", "富宁", "--as-of", "2021-07-20").out

    assert "7月10日省级评估得771.5分，分项共失228.5分。" in said
    assert f"{PLAN}。{BEHIND}" in said.replace("\n", "")
    assert (
        "与6月20日省级评估相比，总分增21.5分，其中健康教育增30分、农贸市场增1.5分；组织管理减10分"
        in said
    )
    assert "按类别失分：市容环境188.5分、基础40分。" in said
    assert "2件（待核验1）" in said


def test_a_report_of_a_county_says_the_same(opened: OpenedCampaign) -> None:
    week = opened.week("2021-07-18")
    for text in (week.to_markdown(), week.to_html(), week.to_text()):
        assert PLAN in text
        assert BEHIND in text
        assert "200/300" in text
    assert week.to_dict()["status"]["counties"][0]["points"]["fewest"]["items"] == ["B1"]


def test_a_report_of_all_counties_has_a_line_a_county(folder: Path) -> None:
    text = duzhan.open(folder, as_of="2021-07-20").week("2021-07-18").to_text()
    (line,) = [one for one in text.splitlines() if "7月10日省级" in one and "771.5" in one]
    assert "1项（100分）" in line
    assert "请县委、县政府" in text
    assert "补齐“主次干道”（可增加100分）" in text.replace("\n", "")


def test_a_group_takes_the_items_along(folder: Path) -> None:
    campaign = Campaign(open_dataset(folder), dt.date(2021, 7, 20))
    (visit,) = (one for one in campaign.visits(0) if one.status.county.name == "富宁县")
    told = asks(visit, campaign.dataset.rules)
    assert (
        "7月31日前评分达到800分：按7月10日省级评估，最少补齐主次干道（失100分），"
        "对应未销号问题2件，其中1件待核验。"
    ) in told


def test_points_are_there_as_a_frame(opened: OpenedCampaign) -> None:
    frame = opened.points()
    assert frame["id"].tolist() == ["B1", "B3", "A1", "A2"]
    assert frame["lost"].tolist() == [100, 88.5, 30, 10]
    assert frame["claimed_issues"].tolist() == [1, 1, 0, 0]
    assert frame["fewest"].tolist() == [True, False, False, False]


def test_charts_say_what_they_show(opened: OpenedCampaign, monkeypatch: pytest.MonkeyPatch) -> None:
    (told,) = opened.campaign.points
    lost, moved = lost_points(told), slope(told)
    monkeypatch.setattr(points_charts, "SHOWN", 1)
    for cut in (lost_points(told), slope(told)):
        assert cut is not None
        assert cut.alt.partition("（")[2].startswith("列出1类，共2类），")

    assert lost is not None
    assert lost.alt == "富宁县各类别失分，7月10日省级评估：市容环境失188.5分；基础失40分。"
    assert moved is not None
    assert "市容环境62.0%至62.3%；基础88.0%至92.0%" in moved.alt
    assert all("<svg" in svg(chart) for chart in (lost, moved))


def test_without_items_nothing_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "score_items.csv").unlink()
    call = Calls(folder, capsys)
    page = call.done("status", "--county", "富宁", "--as-of", "2021-07-20").out
    told = read_json(call.done("status", "--as-of", "2021-07-20", "--json").out)
    text = duzhan.open(folder, as_of="2021-07-20", county="富宁").week("2021-07-18").to_text()

    assert "失分" not in page + text
    assert all("points" not in one for one in told["counties"])
