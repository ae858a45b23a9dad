"""Charts: exact series, readable SVG and PNG, and one sentence where none can be drawn."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import asdict, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from conftest import REPOSITORY, Run, case_dataset, read_json
from duzhan.campaign.opening import open_dataset
from duzhan.campaign.standing import Campaign
from duzhan.compliance.series import BurnUp, sampled
from duzhan.model import Verdict, Wording
from duzhan.report.charts import county as charts
from duzhan.report.charts import drawing, prefecture

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from duzhan.report.charts.drawing import Chart

SAMPLE = REPOSITORY / "data"
DAY = dt.date(2021, 6, 27)

# Prints the digest of the sample's charts.
DIGEST = """
import datetime as dt, sys
sys.path.insert(0, "tests")
from test_charts import all_charts, digest
print(digest(all_charts(dt.date(2021, 6, 27), "富宁县")))
"""


def digest(every: Sequence[Chart]) -> str:
    """Of charts as they are to be drawn, and of the first one, of many days, as it is."""
    told = hashlib.sha256(json.dumps([asdict(chart) for chart in every]).encode())
    told.update(drawing.svg(every[0]).encode())
    told.update(drawing.png(every[0]))
    return told.hexdigest()


def judged_on(root: Path, day: dt.date) -> Campaign:
    """The day and the same of the week before."""
    return Campaign(open_dataset(root), day)


def series_of(root: Path, day: dt.date) -> dict[str, BurnUp]:
    """Every county's days."""
    return judged_on(root, day).series(day)


@functools.cache
def all_charts(day: dt.date, name: str, root: Path = SAMPLE) -> list[Chart]:
    """Every kind of chart of a dataset, as it is when first asked for."""
    rules, judged = open_dataset(root).rules, judged_on(root, day)
    before, now = judged.judged([day - dt.timedelta(days=7), day]).values()
    county = next(s.county for s in now.counties if s.county.name == name)
    burn_up = series_of(root, day).get(name)
    return [
        *([charts.burn_up(burn_up)] if burn_up else []),
        charts.scores(county, judged.records.scores, rules, day),
        prefecture.rates(now, before, Wording()),
        prefecture.points(now, Wording()),
    ]


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own, at the top of the repository."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


# ---------------------------------------------------------------- the series


@pytest.mark.parametrize("case", ["clean", "messy-1", "messy-2"])
def test_every_day_of_the_series_equals_the_judgement_of_that_day(
    tmp_path: Path, case: str
) -> None:
    root = case_dataset(tmp_path / "ds", case)
    every = series_of(root, dt.date(2021, 8, 21))
    days = [dt.date(2021, 5, 12), dt.date(2021, 6, 24), dt.date(2021, 7, 18)]
    overviews = Campaign(open_dataset(root), days[0]).judged(days)
    compared = 0
    for day in days:
        for status in overviews[day].counties:
            if status.counts is None:
                assert status.county.name not in every
                continue
            series = every[status.county.name]
            assert series.counts[series.days.index(day)] == status.counts
            compared += 1
    assert compared >= 15


@pytest.mark.parametrize("case", ["clean", "messy-1", "messy-2"])
def test_a_target_is_reached_on_its_deadline_just_when_the_verdict_says_so(
    tmp_path: Path, case: str
) -> None:
    root = case_dataset(tmp_path / "ds", case)
    day = dt.date(2021, 9, 15)
    overview = judged_on(root, day).overview
    every, compared = series_of(root, day), 0
    for status in overview.counties:
        series = every.get(status.county.name)
        for target in series.targets if series else ():
            if target.milestone.deadline >= day:
                continue
            assert series
            closed = series.counts[series.days.index(target.milestone.deadline)].closed
            (judged,) = (
                judged
                for result in status.milestones
                if result.milestone.id == target.milestone.id
                for judged in result.requirements
                if judged.requirement.kind == "rectification_rate"
            )
            assert (closed >= target.closures) == (judged.verdict is Verdict.MET)
            compared += 1
    assert compared >= 16


def test_the_line_steps_at_deadlines_and_stands_at_todays_issues_from_then_on() -> None:
    series = series_of(SAMPLE, DAY)["富宁县"]
    asked = dict(series.asked)
    assert series.now.total == 94
    assert asked[dt.date(2021, 5, 31)] == -(-9 * series.counts[30].total // 10)
    assert asked[DAY] == asked[dt.date(2021, 6, 30)] == 90  # 95 % of 94
    assert asked[dt.date(2021, 7, 1)] == asked[dt.date(2021, 7, 31)] == 93  # 98 % of 94
    assert [target.closures for target in series.targets] == [51, 90, 93]
    assert max(asked) == dt.date(2021, 7, 31)


def test_a_day_before_the_campaign_and_its_last_day_have_a_series() -> None:
    for day, targets in ((dt.date(2021, 4, 20), 2), (dt.date(2021, 12, 31), 5)):
        series = series_of(SAMPLE, day)["富宁县"]
        assert series.days[-1] == day
        assert len(series.targets) == targets
        assert drawing.svg(charts.burn_up(series)).startswith("<svg")


def test_a_very_large_ledger_is_counted_once_a_week_and_on_the_last_day() -> None:
    first, last = dt.date(2021, 5, 1), dt.date(2021, 5, 17)
    assert len(sampled(first, last, 1000)) == 17
    assert sampled(first, last, 2_000_000) == [
        dt.date(2021, 5, 3),
        dt.date(2021, 5, 10),
        dt.date(2021, 5, 17),
    ]


# ---------------------------------------------------------------- what is drawn


def test_an_svg_shows_the_figures_of_status_json(run: Run) -> None:
    document = read_json(run("--data", SAMPLE, "status", "--as-of", "2021-06-27", "--json").stdout)
    chart = all_charts(DAY, "富宁县")[2]
    text = drawing.svg(chart)
    for county in document["counties"]:
        rate = county["rectification_rate"]
        tenths = rate["numerator"] * 1000 // rate["denominator"]
        shown = f"{tenths // 10}.{tenths % 10}%（{rate['numerator']}/{rate['denominator']}）"
        assert shown in text
        assert f"{county['county']}{shown}" in chart.alt


def test_the_alternative_text_gives_the_figures_in_words() -> None:
    burn_up, scores, _, points = all_charts(DAY, "富宁县")
    assert burn_up.alt == (
        "富宁县问题整改进度，截至6月27日：发现94件，已销号88件，待核验2件，未整改4件；"
        "5月底前要求90%，即销号51件；6月底前要求95%，即销号90件；7月底前要求98%，即销号93件。"
    )
    assert scores.alt == (
        "富宁县创卫标准考核总体评分，截至6月27日：5月30日州级评728分；"
        "6月8日县级自评781分；6月18日州级评742分；6月24日省级评748分。"
    )
    assert "麻栗坡县本节点未评（5月29日州级723分）" in points.alt


def test_a_self_assessment_is_drawn_as_one_that_does_not_count() -> None:
    text = drawing.svg(all_charts(DAY, "富宁县")[1])
    assert "县级自评（不作数）" in text
    assert "省级评" in text


def test_an_svg_stands_alone_and_several_share_a_page() -> None:
    for chart in all_charts(DAY, "富宁县"):
        text = drawing.svg(chart)
        root = ET.fromstring(text)  # noqa: S314 - our own
        assert root.get("role") == "img"
        assert root.get("aria-label") == chart.alt
        names = {key for element in root.iter() for key in element.attrib}
        assert not names & {"id", "href", "{http://www.w3.org/1999/xlink}href", "style"}
        assert not re.findall(r'(?<!xmlns=")(?<!xlink=")https?://', text)
        assert "url(" not in text
        assert "axis titled" not in text


def test_names_from_the_rules_are_text_and_not_markup(sample: Path) -> None:
    rules = sample / "milestones.yaml"
    odd = 'name: "6月<b>&\'底前"'
    rules.write_text(rules.read_text("utf-8").replace("name: 6月底前", odd), "utf-8")
    for chart in all_charts(DAY, "富宁县", sample):
        root = ET.fromstring(drawing.svg(chart))  # noqa: S314 - our own
        assert "6月<b>&'底前" in "".join(root.itertext())


@pytest.mark.parametrize("day", ["2021-05-01", "2021-12-31"])
def test_the_first_and_the_last_days_and_an_empty_dataset_are_drawn(
    dataset: Path, day: str
) -> None:
    every = all_charts(dt.date.fromisoformat(day), "马关县")
    # Of a third day those that show days; without anything, those of the first day or the last.
    young = all_charts(dt.date(2021, 5, 3), "马关县")[:2] if day == "2021-05-01" else []
    empty = all_charts(dt.date.fromisoformat(day), "马关县", dataset)
    for chart in (*every, *young, *empty):
        width = ET.fromstring(drawing.svg(chart)).get("width")  # noqa: S314
        assert width
        assert 300 < float(width) < 800


def test_of_very_many_counties_the_first_are_drawn_and_all_are_counted() -> None:
    now = judged_on(SAMPLE, DAY).overview
    many = replace(now, counties=now.counties * 15)
    for chart in (prefecture.rates(many, None, Wording()), prefecture.points(many, Wording())):
        assert chart.title.endswith("（列出24个，共120个）")
        root = ET.fromstring(drawing.svg(chart))  # noqa: S314 - our own
        assert float(root.get("height", "0")) < 800


def test_another_campaigns_milestones_and_scale_are_drawn(sample: Path) -> None:
    """Of a hundred points; the first milestone asks for neither rate nor score."""
    rules = sample / "milestones.yaml"
    text = rules.read_text("utf-8").replace("max: 1000", "max: 100", 1)
    text = re.sub(r"at_least: (\d\d)\d$", r"at_least: \1", text, flags=re.MULTILINE)
    text = re.sub(r" {6}- kind: score\n(?: {8,}.*\n)+", "", text, count=1)
    task = "      - kind: deliverable\n        name: 成立专班\n"
    task += "        clause: 一\n        sentence: 成立专班。\n"
    text = re.sub(r" {6}- kind: rectification_rate\n(?: {8,}.*\n)+", task, text, count=1)
    rules.write_text(text, "utf-8")
    scores = sample / "scores.csv"
    told = scores.read_text("utf-8-sig")
    scores.write_text(re.sub(r",(\d\d)\d,", r",\1,", told), "utf-8-sig")
    first, later = (all_charts(day, "富宁县", sample) for day in (dt.date(2021, 5, 1), DAY))
    for chart in (*first, *later[:2]):
        root = ET.fromstring(drawing.svg(chart))  # noqa: S314 - our own
        assert 300 < float(root.get("width", "0")) < 800
        assert 200 < float(root.get("height", "0")) < 500
    shown = drawing.svg(all_charts(DAY, "富宁县", sample)[1])
    assert ">75分<" in shown
    assert ">74<" in shown


def test_a_score_that_cannot_be_read_is_told_in_words_and_not_drawn(sample: Path) -> None:
    scores = sample / "scores.csv"
    text = scores.read_text("utf-8-sig").replace("富宁县,州级,742", "富宁县,州级,七百多")
    scores.write_text(text, "utf-8-sig")
    chart = all_charts(DAY, "富宁县", sample)[1]
    assert "6月18日州级评，读不出分数" in chart.alt
    assert "742" not in drawing.svg(chart)


def test_a_picture_is_fine_enough_to_print() -> None:
    picture = drawing.png(all_charts(DAY, "富宁县")[0])
    width, height = struct.unpack(">II", picture[16:24])
    assert width >= 140 / 25.4 * 250  # dots an inch, as wide as Word places it
    assert height < width


def test_the_same_data_gives_the_same_bytes_in_any_process_zone_and_locale() -> None:
    zone = "America/Los_Angeles"
    there = python(DIGEST, TZ=zone, LANG="C", LC_ALL="C", PYTHONHASHSEED="2")
    assert there.returncode == 0, there.stderr
    assert there.stdout == f"{digest(all_charts(DAY, '富宁县'))}\n"


def test_the_specifications_follow_the_grammar_of_charts() -> None:
    import altair as alt

    for chart in all_charts(DAY, "富宁县"):
        alt.Chart.from_dict(chart.spec, validate=True)


def test_labels_that_would_collide_are_pushed_apart() -> None:
    from duzhan.report.charts.parts import Scale, apart

    placed = apart([(90.0, "乙"), (88.0, "甲"), (94.0, "丙")], Scale(0, 100, 200).shift(14))
    assert placed == [(88.0, "甲"), (95.0, "乙"), (102.0, "丙")]
    assert Fraction(Scale(0, 100, 200).shift(14)) == 7


# ---------------------------------------------------------------- where none can be drawn


def test_without_the_extra_one_sentence_says_what_to_install() -> None:
    code = """
import sys
sys.modules["vl_convert"] = None
from duzhan.errors import DuzhanError
from duzhan.report.charts import drawing
for draw in (drawing.svg, drawing.png):
    try:
        draw(drawing.Chart("图", "图", {}))
    except DuzhanError as error:
        print(error)
print(drawing.why_no_svg())
"""
    ran = python(code)
    assert ran.stdout == f"{drawing.NO_ENGINE}\n" * 3, ran.stderr
    assert 'pip install "duzhan[charts]"' in drawing.NO_ENGINE


def test_without_a_chinese_font_a_picture_is_refused_and_an_svg_keeps_its_text() -> None:
    """Hide the machine's fonts from a process, in a mount namespace of its own."""
    drawn = all_charts(DAY, "富宁县")[0]
    code = (
        "import json, sys\n"
        "from duzhan.errors import DuzhanError\n"
        "from duzhan.report.charts import drawing\n"
        "chart = drawing.Chart(**json.load(sys.stdin))\n"
        "print('截至6月27日' in drawing.svg(chart))\n"
        "try:\n    drawing.png(chart)\nexcept DuzhanError as error:\n    print(error)\n"
    )
    folders = "/usr/share/fonts /usr/local/share/fonts"
    hide = f"for d in {folders}; do [ ! -d $d ] || mount -t tmpfs none $d; done"
    script = f'{hide} && HOME=/nowhere exec "$0" -c "$1"'
    namespace = ["unshare", "--mount", "--map-root-user"]
    if not shutil.which("unshare") or subprocess.run([*namespace, "true"], check=False).returncode:
        pytest.skip("no mount namespaces here")
    ran = subprocess.run(
        [*namespace, "sh", "-c", script, sys.executable, code],
        cwd=REPOSITORY,
        input=json.dumps(asdict(drawn)),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert ran.stdout == f"True\n{drawing.NO_FONT}\n", ran.stderr
    assert "apt install fonts-noto-cjk" in drawing.NO_FONT
