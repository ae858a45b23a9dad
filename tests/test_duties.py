"""Weekly duties 〔六(二)〕: which week is complete, which report counts, since when nobody came."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from conftest import REPOSITORY
from duzhan.campaign.opening import open_dataset
from duzhan.compliance.week_duties import report_of, week_duties, weeks_unsupervised
from duzhan.model import CountyReport, Rules, Supervision
from duzhan.weeks import last_complete_monday, monday_of, parse_week, week_id

MONDAY = dt.date(2021, 6, 14)
SUNDAY = dt.date(2021, 6, 20)
BEFORE_MONDAY, NEXT_MONDAY = dt.date(2021, 6, 13), dt.date(2021, 6, 21)


@pytest.fixture(scope="module")
def rules() -> Rules:
    """The campaign's own."""
    return open_dataset(REPOSITORY / "data").rules


def report(day: int, *, complete: bool, week: dt.date = MONDAY) -> CountyReport:
    return CountyReport(week, "富宁县", dt.date(2021, 6, day), complete=complete)


def supervision(day: dt.date) -> Supervision:
    return Supervision(
        day=day, county="富宁县", method="实地督战", on_site=True, at_random=False,
        leader="", findings="", demands="",
    )  # fmt: skip


# ---------------------------------------------------------------- weeks


def test_a_week_runs_from_monday_to_sunday() -> None:
    assert [monday_of(day) for day in (MONDAY, SUNDAY, NEXT_MONDAY)] == [
        MONDAY,
        MONDAY,
        NEXT_MONDAY,
    ]


def test_a_week_is_complete_on_its_sunday_and_not_before() -> None:
    assert last_complete_monday(SUNDAY) == MONDAY
    assert last_complete_monday(SUNDAY - dt.timedelta(days=1)) == dt.date(2021, 6, 7)
    assert last_complete_monday(NEXT_MONDAY) == MONDAY


def test_a_week_reads_back_as_it_is_named() -> None:
    assert week_id(MONDAY) == "2021-W24"
    assert parse_week("2021-W24") == MONDAY
    assert parse_week("2021-W53") is None


# ---------------------------------------------------------------- the report that counts


@pytest.mark.parametrize(
    ("reports", "counts"),
    [
        ((report(15, complete=False), report(17, complete=True)), report(17, complete=True)),
        ((report(19, complete=True), report(17, complete=True)), report(17, complete=True)),
        ((report(18, complete=False), report(16, complete=False)), report(16, complete=False)),
        ((report(16, complete=False), report(26, complete=True)), report(16, complete=False)),
        ((report(16, complete=True, week=dt.date(2021, 6, 7)),), None),
    ],
    ids=[
        "the first complete one, not the first",
        "of complete ones the first, in whatever order they stand",
        "else the first",
        "none from after the day",
        "none of another week",
    ],
)
def test_of_several_reports_for_a_week(
    reports: tuple[CountyReport, ...], counts: CountyReport | None
) -> None:
    assert report_of(reports, MONDAY, dt.date(2021, 6, 25)) == counts


def test_a_report_is_on_time_up_to_its_sunday(rules: Rules) -> None:
    for day, on_time in ((20, True), (21, False)):
        week = week_duties(
            MONDAY, dt.date(2021, 6, 30), rules, (), (report(day, complete=True),), unsettled=True
        )
        assert week.on_time is on_time


def test_nothing_is_owed_before_the_duties_begin_or_when_all_is_settled(rules: Rules) -> None:
    begin = rules.duties_from
    assert begin is not None
    week, before = (
        week_duties(monday, rules.end, rules, (), (), unsettled=True)
        for monday in (begin, begin - dt.timedelta(days=7))
    )
    settled = week_duties(begin, rules.end, rules, (), (), unsettled=False)

    assert (week.supervision_expected, week.report_expected) == (True, True)
    assert (before.supervision_expected, before.report_expected) == (False, False)
    assert (settled.supervision_expected, settled.report_expected) == (True, False)


def test_a_supervision_counts_in_its_week_and_not_before_it_was(rules: Rules) -> None:
    days = (BEFORE_MONDAY, MONDAY, SUNDAY, NEXT_MONDAY)
    every = tuple(map(supervision, days))
    for day, seen in ((NEXT_MONDAY, [MONDAY, SUNDAY]), (dt.date(2021, 6, 17), [MONDAY])):
        week = week_duties(MONDAY, day, rules, every, (), unsettled=True)
        assert [one.day for one in week.supervisions] == seen


def test_weeks_unsupervised_are_counted_back_from_the_latest_complete_one(rules: Rules) -> None:
    day = dt.date(2021, 7, 1)
    begun = replace(rules, duties_from=dt.date(2021, 5, 31))

    assert weeks_unsupervised(day, begun, ()) == 4
    assert weeks_unsupervised(day, begun, (supervision(SUNDAY),)) == 1
    assert weeks_unsupervised(day, begun, (supervision(dt.date(2021, 6, 27)),)) == 0
    # One that is still to come ends no streak.
    assert weeks_unsupervised(dt.date(2021, 6, 27), begun, (supervision(day),)) == 4
