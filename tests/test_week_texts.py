"""What the weekly report says, week after week, as somebody has read it.

After a change of words: ``DUZHAN_SNAPSHOTS=write pytest tests/test_week_texts.py``, then
read the difference.
"""

from __future__ import annotations

import copy
import functools
import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conftest import HERE, REPOSITORY, case_dataset
from duzhan.compliance.week_report import Provenance
from duzhan.model import County
from duzhan.report.templates.environment import render
from duzhan.report.weekly.context import context
from duzhan.report.weekly.phrases import our, whole
from made import create
from weekly import Weeks

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.compliance.week_report import WeekReport

ALL = "DUZHAN_LAWS" in os.environ
SNAPSHOTS = HERE / "snapshots"
WEEKS = (
    "2021-W17", "2021-W21", "2021-W22", "2021-W25", "2021-W26", "2021-W29", "2021-W31",
    "2021-W35", "2021-W43", "2021-W52",
)  # fmt: skip
COUNTIES = (
    ("2021-W25", "丘北县"), ("2021-W25", "西畴县"), ("2021-W31", "广南县"), ("2021-W17", "文山市"),
)  # fmt: skip


@functools.cache
def sample() -> Weeks:
    return Weeks(REPOSITORY / "data")


def fixed(report: WeekReport) -> WeekReport:
    """The report with what changes with every file and version left out."""
    return replace(report, provenance=Provenance("0" * 64, "文办通〔2021〕81号", "0.0"))


def text_of(report: WeekReport, form: str = "txt") -> str:
    return render(f"督战周报.{form}.j2", context(fixed(report)), REPOSITORY / "data")


def compare(name: str, text: str) -> None:
    path = SNAPSHOTS / name
    if os.environ.get("DUZHAN_SNAPSHOTS") == "write":
        SNAPSHOTS.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


@pytest.mark.parametrize("week", WEEKS)
def test_the_prefectures_report_reads_as_it_was_read(week: str) -> None:
    compare(f"督战周报_{week}.txt", text_of(sample().report(week)))


@pytest.mark.parametrize(("week", "name"), COUNTIES)
def test_a_countys_summary_reads_as_it_was_read(week: str, name: str) -> None:
    every = sample().report(week)
    county = next(c for c in sample().ledger.counties if c.name == name)

    compare(f"{name}周小结_{week}.txt", text_of(every.of(county)))


@pytest.mark.parametrize("week", ["2021-W25"])
def test_markdown_reads_as_it_was_read(week: str) -> None:
    compare(f"督战周报_{week}.md", text_of(sample().report(week), "md"))


# ---------------------------------------------------------------- what no sentence says

AWKWARD = (
    "第0", "None", "True", "False", "!", "！", "，，", "。。", "；。", "，。", "：。", "（）",
    "、、", "：；", "，；", "nan", "Fraction", "{{", "}}",
)  # fmt: skip


@pytest.mark.parametrize("name", ["sample", "clean", "messy-1", "messy-2", "empty"])
def test_no_week_says_anything_awkward(name: str, tmp_path: Path) -> None:
    weeks = sample()
    if name == "empty":
        create(tmp_path / "ds", sample=False)
        weeks = Weeks(tmp_path / "ds")
    elif name != "sample":
        weeks = Weeks(case_dataset(tmp_path / "ds", name))
    said = set()
    mondays = weeks.mondays()[:: 1 if ALL else 3 if name == "sample" else 6]
    for monday in mondays:
        every = weeks.report(monday)
        for report in (every, *(every.of(county) for county in weeks.ledger.counties)):
            prose = [
                part
                for section in context(report)["sections"]
                for part in section.parts
                if isinstance(part, str)
            ]
            for line in prose:
                assert not any(word in line for word in AWKWARD), line
                assert not re.search(r"(?<![\d.])0(个|件|次|份|周|天|项)", line), line
                assert not re.search(r"[\u4e00-\u9fff] \d|\d [\u4e00-\u9fff]", line), line
                assert line.endswith(("。", "：")), line
            said.add("\n".join(prose))
    if name == "sample":
        # Weeks differ because facts do.
        assert len(said) > 0.95 * len(mondays) * 9


def test_places_speak_of_themselves_by_what_they_are() -> None:
    report = sample().report("2021-W25")

    assert [our(County("1", name)) for name in ("富宁县", "文山市", "官渡区", "开发区管委会")] == [
        "我县",
        "我市",
        "我区",
        "我单位",
    ]
    province = replace(report, roster=replace(report.roster, prefecture=County("53", "云南省")))
    assert (whole(report), whole(province)) == ("全州", "全省")


@pytest.mark.parametrize(
    ("kinds", "said", "unsaid"),
    [
        ({"score"}, "创卫标准考核总体评分750分以上", "整改达标率95%以上"),
        ({"rectification_rate"}, "整改达标率95%以上", "创卫标准考核总体评分"),
        ({"deliverable"}, "3项任务，全部完成的3个", "以上"),
        (set(), "与上周日", "对照"),
    ],
)
def test_a_milestone_of_another_campaign_may_ask_for_anything(
    kinds: set[str], said: str, unsaid: str
) -> None:
    weeks = copy.copy(sample())
    rules = weeks.sources.rules
    milestones = tuple(
        replace(m, requirements=tuple(q for q in m.requirements if q.kind in kinds))
        for m in rules.milestones
    )
    weeks.sources = replace(weeks.sources, rules=replace(rules, milestones=milestones))
    section = context(weeks.report("2021-W25"))["section"]
    overall = "\n".join(section["overall"].parts)

    assert said in overall
    assert unsaid not in overall
    tables = [part for part in section["ahead"].parts if not isinstance(part, str)]
    columns = {name for table in tables for name in table.header}
    assert ("评分还差" in columns) is ("score" in kinds)
    assert ("还需销号" in columns) is ("rectification_rate" in kinds)
    assert ("任务未完成" in columns) is ("deliverable" in kinds)
