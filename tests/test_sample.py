"""The sample dataset in data/: marked, and telling the stories it is meant to tell.

The figures are computed here once more, in plain Python and by another way than
the program's, for the seven counties whose lists are clean.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
CLEAN = ("文山市", "砚山县", "西畴县", "麻栗坡县", "马关县", "丘北县", "富宁县")
COUNTIES = (*CLEAN, "广南县")
RECORDS = ("scores.csv", "deliverables.csv", "supervision.csv", "county_reports.csv")

ISSUE_HEADER = (
    "编号,问题描述,地点,专项行动,问题来源,责任单位,责任人,发现日期,整改期限,"
    "整改完成日期,销号日期,退回日期,核验人,备注"
)
HEADERS = {
    "scores.csv": "日期,县(市),评估方,总分,考核节点,备注",
    "deliverables.csv": "任务,县(市),完成日期,验收单位,备注",
    "supervision.csv": "日期,县(市),方式,带队领导,发现问题,工作要求,备注",
    "county_reports.csv": "周次,县(市),报送日期,报送督战组,含小结分析,抄送州爱卫办,"
    "抄送州爱卫专项办,备注",
}
EVENTS = ("整改完成日期", "销号日期", "退回日期")
DATES = ("发现日期", "整改期限", *EVENTS)
ACTIONS = {"清垃圾", "扫厕所", "勤洗手", "净餐馆", "常消毒", "管集市", "众参与"}
SOURCES = {"省爱卫专项办", "红河州创卫指导组", "州级业务指导组", "省州交办", "督战组督战发现"}
ASSESSORS = {"州级", "省级", "红河州", "省州联合", "县级自评"}
METHODS = {"实地督战", "电话督战", "视频督战", "书面指示督战", "约谈", "随机督战"}

# The notice's leaders as 姓名, by county; posts without a name have none.
PEOPLE = {
    "文山市": "王毅 李英杰 陆勇 董文晓",
    "砚山县": "玉荣 刘锦超 刘贵红",
    "西畴县": "李献文 周家宝 杜勇 高启刚",
    "麻栗坡县": "熊朝康 赵庭江 唐斌",
    "马关县": "杜建辉 陆波 李顺福 袁加全 刘先文",
    "丘北县": "梁映敏 陶开晖 刀锦祥 杨云",
    "广南县": "张仁茂 张彦 韦超 罗勇",
    "富宁县": "李先祥 李云龙 王毅 屠金亮",
}
UNNAMED = {"砚山县": "州商务局局长", "麻栗坡县": "副州长、州公安局局长"}

# Deadline, share that must be struck off, points, and whose assessment counts.
MILESTONES = {
    "2021-05": ("2021-05-31", 90, 720, {"州级"}),
    "2021-06": ("2021-06-30", 95, 750, {"省级", "红河州"}),
    "2021-07": ("2021-07-31", 98, 800, {"州级"}),
    "2021-08": ("2021-08-31", 99, 850, {"省州联合"}),
    "2021-12": ("2021-12-31", 99, 850, {"省级", "省州联合"}),
}
TASKS = {
    "病媒生物防制通过省级验收": "2021-06",
    "省级慢性病综合防控示范区通过省级验收": "2021-06",
    "爱国卫生组织管理各项工作指标全面完成": "2021-06",
    "管理、机制、档案等制度性工作要求全面完成和落实": "2021-07",
    "工程性建设项目全部完成": "2021-08",
    "迎接省级创卫评估验收": "2021-12",
}
MISSED_RATES = {"2021-06": {"丘北县"}, "2021-07": {"麻栗坡县", "马关县"}, "2021-08": {"砚山县"}}
MISSED_SCORES = {"2021-05": {"广南县"}, "2021-07": {"马关县"}, "2021-08": {"文山市"}}
LATE_TASKS = {
    "2021-06": {"丘北县", "广南县"},
    "2021-07": {"马关县"},
    "2021-08": {"广南县", "富宁县"},
}


class Count(NamedTuple):
    total: int
    closed: int
    claimed: int
    overdue: int

    def reaches(self, percent: int) -> bool:
        return 100 * self.closed >= percent * self.total


@functools.cache
def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def issues_of(county: str) -> list[dict[str, str]]:
    return rows_of(f"issues/{county}.csv")


def latest(cell: str, day: str) -> str:
    return max((date for date in cell.split("；") if date <= day), default="")


def state(row: dict[str, str], day: str) -> str:
    """ISO dates compare as text, and no date is less than any."""
    claim, closure, back = (latest(row[column], day) for column in EVENTS)
    if closure > back:
        return "closed"
    return "claimed" if claim > back else "open"


def count(county: str, day: str) -> Count:
    rows = [row for row in issues_of(county) if row["发现日期"] <= day]
    states = [state(row, day) for row in rows]
    late = [
        row["整改期限"] != "" and row["整改期限"] < day and now == "open"
        for row, now in zip(rows, states, strict=True)
    ]
    return Count(len(rows), states.count("closed"), states.count("claimed"), sum(late))


def score_passes(county: str, milestone: str, deadline: str) -> bool:
    """Every assessment of the sample that is meant for a milestone names it, or is its month's."""
    _, _, points, assessors = MILESTONES[milestone]
    counting = [
        int(row["总分"])
        for row in rows_of("scores.csv")
        if row["县(市)"] == county
        and row["评估方"] in assessors
        and (row["考核节点"] or row["日期"][:7]) == milestone
        and row["日期"] <= deadline
    ]
    return bool(counting) and counting[-1] >= points


def completed(county: str, milestone: str, day: str) -> bool:
    return all(
        row["完成日期"] <= day
        for row in rows_of("deliverables.csv")
        if row["县(市)"] == county and TASKS[row["任务"]] == milestone
    )


def test_the_dataset_says_that_it_is_synthetic() -> None:
    first = (DATA / "示例数据.txt").read_text(encoding="utf-8-sig").splitlines()[0]
    assert first == "示例数据：由程序生成，不是任何县（市）的真实情况。"


@pytest.mark.parametrize("name", [*RECORDS, *(f"issues/{county}.csv" for county in COUNTIES)])
def test_files_are_written_as_the_tool_writes_them_and_marked(name: str) -> None:
    content = (DATA / name).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    rows = rows_of(name)
    assert ",".join(rows[0]) == HEADERS.get(name, ISSUE_HEADER)
    assert all(row["备注"].startswith("示例数据") for row in rows)


@pytest.mark.parametrize("county", CLEAN)
def test_clean_lists_use_known_words_and_possible_dates(county: str) -> None:
    rows = issues_of(county)
    assert 120 <= len(rows) <= 180
    assert {row["专项行动"] for row in rows} == ACTIONS
    assert {row["问题来源"] for row in rows} <= SOURCES
    numbers = range(1, len(rows) + 1)
    assert [row["编号"] for row in rows] == [f"{county[:-1]}-{n:04d}" for n in numbers]
    assert all(row["问题描述"] and row["地点"] and row["责任单位"] for row in rows)
    assert len({(row["问题描述"], row["地点"]) for row in rows}) == len(rows)
    for row in rows:
        assert_possible(row)


def assert_possible(row: dict[str, str]) -> None:
    found = row["发现日期"]
    every = [day for name in DATES for day in row[name].split("；") if day]
    assert all(dt.date.fromisoformat(day) for day in every)
    assert all("2021-05-01" <= found <= day <= "2021-12-31" for day in every), row["编号"]
    claims, closures, returns = ([d for d in row[name].split("；") if d] for name in EVENTS)
    assert all(claims and claims[0] <= back for back in returns), row["编号"]
    for closure in closures:
        later = [claim for claim in claims if claim > closure]
        assert all(any(closure <= back <= claim for back in returns) for claim in later)


def test_records_use_known_words() -> None:
    assert {row["县(市)"] for name in RECORDS for row in rows_of(name)} == set(COUNTIES)
    assert {row["方式"] for row in rows_of("supervision.csv")} == METHODS
    assert {row["评估方"] for row in rows_of("scores.csv")} == ASSESSORS
    assert {row["考核节点"] for row in rows_of("scores.csv")} <= {*MILESTONES, ""}
    assert {row["任务"] for row in rows_of("deliverables.csv")} == set(TASKS)
    answers = {row[name] for row in rows_of("county_reports.csv") for name in list(row)[3:7]}
    assert answers == {"是", "否"}


def test_nobody_but_the_people_of_the_notice_appears() -> None:
    for county in COUNTIES:
        rows = issues_of(county)
        assert {row["责任人"] for row in rows} == {""}
        assert {row["核验人"] for row in rows} <= {"", f"{county}督战组"}
    for row in rows_of("supervision.csv"):
        post, _, name = row["带队领导"].partition(" ")
        county = row["县(市)"]
        assert name in PEOPLE[county].split() or (name == "" and post == UNNAMED[county])


@pytest.mark.parametrize("milestone", MILESTONES)
def test_each_deadline_is_missed_by_whom_the_story_says(milestone: str) -> None:
    deadline, percent, _, _ = MILESTONES[milestone]
    low = {county for county in CLEAN if not count(county, deadline).reaches(percent)}
    poor = {county for county in COUNTIES if not score_passes(county, milestone, deadline)}
    tardy = {county for county in COUNTIES if not completed(county, milestone, deadline)}
    assert low == MISSED_RATES.get(milestone, set())
    assert poor == MISSED_SCORES.get(milestone, set())
    assert tardy == LATE_TASKS.get(milestone, set())


def test_fortunes_of_the_counties_that_slip_and_recover() -> None:
    summer = [f"2021-{month:02d}-{day:02d}" for month in (8, 9, 10) for day in range(1, 31)]
    assert count("丘北县", "2021-07-12").reaches(95)
    assert all(count("丘北县", day).reaches(95) for day in summer)
    assert count("马关县", "2021-08-31").reaches(98)
    assert count("砚山县", "2021-12-31").reaches(99)


def test_funing_stands_just_short_on_25_june() -> None:
    now = count("富宁县", "2021-06-25")
    assert (now.overdue, now.claimed) == (2, 1)
    assert now.reaches(93)
    assert not now.reaches(95)
    assert count("富宁县", "2021-06-30").reaches(95)
    tasks = [row for row in rows_of("deliverables.csv") if row["县(市)"] == "富宁县"]
    assert sum(row["完成日期"] <= "2021-06-25" for row in tasks) == 1
    scores = {r["日期"]: r["总分"] for r in rows_of("scores.csv") if r["县(市)"] == "富宁县"}
    assert scores[max(day for day in scores if day <= "2021-06-25")] == "748"


def test_xichou_is_always_early() -> None:
    days = [dt.date(2021, 5, 10) + dt.timedelta(days=n) for n in range(236)]
    assert all(count("西畴县", str(day)).overdue == 0 for day in days)
    for milestone, (deadline, percent, _, _) in MILESTONES.items():
        early = str(dt.date.fromisoformat(deadline) - dt.timedelta(days=10))
        assert count("西畴县", early).reaches(percent), milestone
        assert score_passes("西畴县", milestone, early), milestone
        assert completed("西畴县", milestone, early), milestone


def test_guangnan_has_dirt_of_every_kind() -> None:
    rows = issues_of("广南县")
    dates = {row[name] for row in rows for name in DATES}
    assert {"已完成", "2021-06-31", "2022-01-10", "已退回", "06/07/2021", "无", "/"} <= dates
    assert any("年" in date for date in dates)
    assert any(date.isdigit() and len(date) == 5 for date in dates)
    assert sum(row["问题描述"] == "" for row in rows) == 3
    assert {row["问题来源"] for row in rows} - SOURCES == {"群众举报", "省级暗访"}
    assert {row["专项行动"] for row in rows} - ACTIONS == {"清理垃圾"}
    assert max(Counter(row["编号"] for row in rows).values()) == 2
    assert len({tuple(row.values()) for row in rows}) == len(rows) - 1


def test_weeks_without_supervision_or_report() -> None:
    seen = {(row["县(市)"], week_of(row["日期"])) for row in rows_of("supervision.csv")}
    sent = {(row["县(市)"], row["周次"]) for row in rows_of("county_reports.csv")}
    weeks = [f"2021-W{number}" for number in range(22, 53)]
    assert all(("西畴县", week) in seen and ("西畴县", week) in sent for week in weeks)
    assert [week for week in weeks if ("文山市", week) not in seen][:4] == weeks[9:13]
    assert [week for week in weeks if ("丘北县", week) not in sent] == ["2021-W25", "2021-W26"]


def week_of(day: str) -> str:
    year, week, _ = dt.date.fromisoformat(day).isocalendar()
    return f"{year}-W{week:02d}"


def test_claims_wait_long_in_malipo_and_much_is_sent_back_in_yanshan() -> None:
    waits = {county: sorted(waiting_days(county))[60] for county in CLEAN}
    assert max(waits, key=lambda county: waits[county]) == "麻栗坡县"
    assert waits["麻栗坡县"] > 7
    returned = {county: sum(row["退回日期"] != "" for row in issues_of(county)) for county in CLEAN}
    assert returned["砚山县"] >= 25
    assert returned["砚山县"] > 2 * sorted(returned.values())[-2]


def waiting_days(county: str) -> list[int]:
    return [
        (date_of(row["销号日期"]) - date_of(row["整改完成日期"])).days
        for row in issues_of(county)
        if row["销号日期"] and row["整改完成日期"]
    ]


def date_of(cell: str) -> dt.date:
    return dt.date.fromisoformat(cell[-10:])
