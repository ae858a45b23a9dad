"""The result of a week: what came and went, who is behind, what waits, and how fast it goes."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import REPOSITORY, case_dataset
from duzhan.columns import ISSUE_COLUMNS
from duzhan.compliance.flow import flows
from duzhan.dataset.ledger import missing_lists
from duzhan.store.canonical_csv import rows_bytes
from small import row
from test_laws import DAYS, LAW, Lists, sound_lists, written
from weekly import Weeks

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.compliance.week_report import WeekReport

DATASETS = ("sample", "clean", "messy-1", "messy-2")


def weeks_of(name: str, folder: Path) -> Weeks:
    return Weeks(REPOSITORY / "data" if name == "sample" else case_dataset(folder / "ds", name))


@pytest.mark.parametrize("name", DATASETS)
def test_the_flow_balances_for_every_county_and_week_and_equals_the_counts(
    name: str, tmp_path: Path
) -> None:
    weeks = weeks_of(name, tmp_path)
    seen = 0
    mondays = weeks.mondays()[:: 1 if name == "sample" or "DUZHAN_LAWS" in os.environ else 3]
    for monday in mondays:
        report = weeks.report(monday)
        pairs = zip(report.previous.counties, report.status.counties, report.flow, strict=True)
        for before, now, flow in pairs:
            moved = flow.movement
            if now.counts is None or before.counts is None:
                assert moved is None
                continue
            assert moved is not None
            assert moved.opening == before.counts.total - before.counts.closed
            assert moved.closing == now.counts.total - now.counts.closed
            assert moved.new == now.counts.total - before.counts.total
            assert moved.opening + moved.new - moved.closed + moved.sent_back == moved.closing
            seen += 1
    assert seen == len(mondays) * sum(listing.has_data for listing in weeks.ledger.listings)
    assert seen >= 5 * 12


def test_a_weeks_part_about_a_county_is_what_it_is_in_the_whole(tmp_path: Path) -> None:
    whole = weeks_of("messy-1", tmp_path).report("2021-W25")

    parts: list[WeekReport] = [whole.of(status.county) for status in whole.status.counties]

    assert [part.status.counties[0] for part in parts] == list(whole.status.counties)
    assert [part.flow[0] for part in parts] == list(whole.flow)
    assert sum(len(part.overdue) for part in parts) == len(whole.overdue)
    assert sum(len(part.claims) for part in parts) == len(whole.claims)
    assert whole.week.as_of == dt.date(2021, 6, 27)


def test_what_is_left_is_broken_down_without_loss(tmp_path: Path) -> None:
    for name in DATASETS:
        report = weeks_of(name, tmp_path / name).report("2021-W28")
        for flow, part in zip(report.flow, report.breakdown, strict=True):
            left = flow.movement.closing if flow.movement else 0
            assert flow.county == part.county
            assert sum(number for _, number in part.actions) == left
            assert sum(number for _, number in part.units) == left
            numbers = [number for _, number in part.units]
            assert numbers == sorted(numbers, reverse=True)


def test_an_action_is_one_however_it_is_written(dataset: Path) -> None:
    rows = [
        row(f"F-{n}", 专项行动=word) for n, word in enumerate(("清垃圾", "清 垃圾", "", "别的"))
    ]
    (dataset / "issues/富宁县.csv").write_bytes(rows_bytes(ISSUE_COLUMNS, rows))

    (part,) = (one for one in Weeks(dataset).report("2021-W25").breakdown if one.actions)

    assert part.actions == (("清垃圾", 2), ("别的", 1), ("未写明", 1))


@LAW
@given(lists=sound_lists(), days=st.tuples(DAYS, DAYS))
def test_the_flow_between_any_two_days_balances_and_equals_the_counts(
    lists: Lists, days: tuple[dt.date, dt.date]
) -> None:
    first, last = sorted(days)
    with tempfile.TemporaryDirectory() as folder:
        judge = written(lists, folder)
    ledger = judge.ledger
    before, after = judge.on(first), judge.on(last)
    found = flows(ledger.facts, missing_lists(ledger), ledger.counties, first, last)
    for flow, then, now in zip(found, before.counties, after.counties, strict=True):
        moved = flow.movement
        if moved is None or then.counts is None or now.counts is None:
            assert (moved, then.counts, now.counts) == (None, None, None)
            continue
        assert moved.opening == then.counts.total - then.counts.closed
        assert moved.closing == now.counts.total - now.counts.closed
        assert moved.opening + moved.new - moved.closed + moved.sent_back == moved.closing
        assert min(moved.new, moved.closed, moved.sent_back) >= 0
