"""Extensions granted and rechecks in the weekly report: what the registers hold, counted once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from duzhan.compliance.rechecks import wilson
from duzhan.report.json.week import week as week_json
from duzhan.report.weekly.context import context
from weekly import Weeks

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.compliance.week_report import WeekReport


def words(report: WeekReport, section: str) -> str:
    parts = context(report)["section"][section].parts
    return "\n".join(part if isinstance(part, str) else repr(part.rows) for part in parts)


def test_the_interval_is_wilsons() -> None:
    low, high = wilson(1, 10)
    assert (round(low, 4), round(high, 4)) == (0.0179, 0.4042)
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 5)[0] == 0.0
    assert wilson(5, 5)[1] == 1.0


@pytest.fixture
def registered(sample: Path) -> Weeks:
    """The sample, with an extension in the week and two rechecks of closed issues."""
    plain = Weeks(sample).report("2021-W28")
    late = next(one for one in plain.overdue if one.id and one.county == "富宁县")
    with (sample / "extensions.csv").open("a", encoding="utf-8") as file:
        file.write(f"{late.id},富宁县,,,2021-08-15,要修管网,张三,2021-07-14,,\n")
    with (sample / "rechecks.csv").open("a", encoding="utf-8") as file:
        file.write("2021-07-15,富宁县,富宁-0001,属实,李四,\n")
        file.write("2021-07-16,富宁县,富宁-0002,不属实,李四,\n")
        file.write("2021-07-16,富宁县,没有这个,不属实,李四,\n")
    return Weeks(sample)


def test_extensions_of_the_week_are_named_with_their_day_and_who_approved(
    registered: Weeks,
) -> None:
    report = registered.report("2021-W28")
    (one,) = report.granted

    assert one.original_due_on is not None
    due, days = one.original_due_on, (one.until - one.original_due_on).days
    before = f"原{due.month}月{due.day}日，第1次，共延{days}天"
    told = words(report, "flow")
    assert f"本周批准延期1件：富宁县{one.id}延至8月15日（{before}，张三批准）。" in told
    assert not registered.report("2021-W29").granted
    extended = week_json(report, registered.dataset.rules)["extensions"]
    assert [(each["id"], each["due_on"]) for each in extended] == [(one.id, "2021-08-15")]
    assert [(each["times"], each["days_in_all"]) for each in extended] == [(1, days)]
    flow = week_json(report, registered.dataset.rules)["flow"]
    assert {one["county"]: one["extended"] for one in flow if one["extended"]} == {"富宁县": 1}
    assert report.of(registered.ledger.counties[0]).granted == ()


def test_rechecks_are_counted_with_the_share_of_those_not_as_said(registered: Weeks) -> None:
    report = registered.report("2021-W28")
    funing = next(one for one in report.rechecks if one.county.name == "富宁县")

    assert (funing.done, funing.false) == (2, 1)
    said = words(report, "quality")
    assert "抽查复核已销号的问题2件，不属实1件（已退回重改）。" in said
    assert "('富宁县', '2件', '1件', '50.0%', '9.4%至90.5%')" in said
    earlier = registered.report("2021-W27")
    assert all(one.done == 0 for one in earlier.rechecks)
    assert "抽查复核" not in words(earlier, "quality")
    assert report.week.as_of == dt.date(2021, 7, 18)


def test_withdrawn_rows_and_claims_without_a_date_stand_among_the_doubts(sample: Path) -> None:
    path = sample / "issues" / "富宁县.csv"
    head, first, *rest = path.read_text("utf-8-sig").splitlines()
    lines = [f"{head},整改情况,撤销说明", f"{first},,重复报送", *(f"{line},," for line in rest)]
    path.write_text("\n".join(lines) + "\n", "utf-8-sig")
    report = Weeks(sample).report("2021-W28")
    funing = next(one for one in report.quality if one.county.name == "富宁县")

    assert funing.withdrawn == 1
    assert not funing.clean
    assert "已撤销" in [
        title
        for part in context(report)["section"]["quality"].parts
        if not isinstance(part, str)
        for title in part.header
    ]
