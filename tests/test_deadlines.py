"""整改期限 in words: what each form means, and what is refused (SPEC section 3)."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from conftest import Run, read_json
from duzhan.campaign.opening import open_dataset
from duzhan.dataset.ledger import reading_of
from duzhan.intake import dates
from duzhan.intake.dateforms import Calendar
from duzhan.intake.dates import DateReader

if TYPE_CHECKING:
    from pathlib import Path

FOUND = dt.date(2021, 6, 1)
TODAY = {"DUZHAN_TODAY": "2021-06-25"}


@pytest.fixture
def reader(dataset: Path) -> DateReader:
    return reading_of(open_dataset(dataset).rules).dates


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("6月30日前", "2021-06-30"),
        ("2021年6月30日之前", "2021-06-30"),
        ("６月３０日以前", "2021-06-30"),
        ("6月20日止", "2021-06-20"),
        ("6.30前", "2021-06-30"),
        ("2021/6/30前", "2021-06-30"),
        ("请于6月25日前完成整改", "2021-06-25"),
        ("6月底前", "2021-06-30"),
        ("5 月底前", "2021-05-31"),
        ("6月末", "2021-06-30"),
        ("6月内", "2021-06-30"),
        ("6月份", "2021-06-30"),
        ("6月", "2021-06-30"),
        ("六月", "2021-06-30"),
        ("十二月底前", "2021-12-31"),
        ("2021年6月", "2021-06-30"),
        ("二〇二一年六月", "2021-06-30"),
        ("6月上旬", "2021-06-10"),
        ("6月中旬前", "2021-06-20"),
        ("2021年6月下旬", "2021-06-30"),
        ("第二季度", "2021-06-30"),
        ("三季度末", "2021-09-30"),
        ("年底前", "2021-12-31"),
        ("年内", "2021-12-31"),
        ("今年底", "2021-12-31"),
        ("2021年", "2021-12-31"),
        ("6月15日前、7月底前", "2021-06-15"),
        ("7月底前，6月中旬", "2021-06-20"),
        ("立行立改", "2021-06-04"),
        ("立行立改，长期坚持", "2021-06-04"),
        ("立即整改，6月20日前完成", "2021-06-20"),
        ("立行立改（6月20日前）", "2021-06-20"),
        ("立行立改，6月底前", "2021-06-04"),
        ("三日内", "2021-06-04"),
    ],
)
def test_a_word_means_the_last_day_of_what_it_names(
    reader: DateReader, text: str, day: str
) -> None:
    read = reader.deadline(text)

    assert (read.refused, read.in_words) == (False, True)
    assert dt.date.fromordinal(read.on(FOUND.toordinal())).isoformat() == day


@pytest.mark.parametrize("text", ["长期坚持", "持续推进", "并长期坚持"])
def test_some_words_mean_that_there_is_no_deadline(reader: DateReader, text: str) -> None:
    read = reader.deadline(text)

    assert (read.on(FOUND.toordinal()), read.refused) == (0, False)


def test_a_word_that_counts_from_no_found_date_gives_no_deadline(reader: DateReader) -> None:
    assert reader.deadline("立行立改").on(0) == 0
    assert reader.deadline("立行立改，6月底前").on(0) == dt.date(2021, 6, 30).toordinal()


@pytest.mark.parametrize(
    "text",
    [
        "2021.6", "2021.06", "2021-06", "6.3", "6.3前", "已完成", "月底前", "30日前", "6月初",
        "13月", "6月31日前", "6月20日至6月30日", "待定", "尽快", "2021", "0021年6月", "详见附件",
    ],
)  # fmt: skip
def test_what_names_no_day_is_refused(reader: DateReader, text: str) -> None:
    assert reader.deadline(text).refused


def test_a_month_that_comes_twice_in_the_campaign_is_refused_without_its_year() -> None:
    reader = DateReader(Calendar(dt.date(2021, 5, 1), dt.date(2022, 8, 31)), ())

    assert reader.deadline("6月底前").refused
    assert reader.deadline("10月").on(0) == dt.date(2021, 10, 31).toordinal()
    assert reader.deadline("2022年6月底前").on(0) == dt.date(2022, 6, 30).toordinal()


@pytest.mark.parametrize("kept", [0, 2, 50_000])
def test_what_a_column_says_is_the_same_whatever_was_read_before(
    kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dates, "_KEPT", kept)
    calendar = Calendar(FOUND, dt.date(2021, 12, 31))
    first = ["6月3日", "", "无", "2021-06-31", "6月3日；2021/7/1", "已完成"]
    others = [first, ["2021-06-05", "6月3日", " 无 "], first[::-1], ["立行立改", "6月底前"], first]
    used = DateReader(calendar, ("无",), {"立行立改": 3})

    for texts in others:
        column, found = pa.chunked_array([texts]), np.full(len(texts), FOUND.toordinal())
        fresh = DateReader(calendar, ("无",), {"立行立改": 3})
        got, want = (
            [
                reader.column(column),
                reader.column(column, several=True),
                reader.deadlines(column, found),
            ]
            for reader in (used, fresh)
        )
        for one, other in zip(got, want, strict=True):
            for name in ("rows", "days", "refused", "filled"):
                assert np.array_equal(getattr(one, name), getattr(other, name))


def imported(run: Run, root: Path, text: str) -> Any:  # noqa: ANN401 - any JSON document
    (root / "富宁县.csv").write_text(text, "utf-8")
    result = run("import", root / "富宁县.csv", "--json", "--data", root, env=TODAY)
    (entry,) = read_json(result.stdout)["files"]
    return entry


def overdue(run: Run, root: Path) -> dict[str, int]:
    result = run(
        "overdue", "--as-of", "2021-06-25", "--county", "富宁", "--json", "--data", root, env=TODAY
    )
    return {issue["id"]: issue["days_overdue"] for issue in json.loads(result.stdout)["issues"]}


def test_the_ledger_keeps_the_words_and_counts_by_them(dataset: Path, run: Run) -> None:
    entry = imported(
        run,
        dataset,
        "编号,问题描述,发现日期,整改时限\n"
        "1,甲,2021-06-01,立行立改\n2,乙,2021-06-01,6月中旬\n3,丙,2021-06-01,长期坚持\n",
    )

    assert (entry["added"], entry["refused_cells"]) == (3, 0)
    cells = [line.split(",")[8] for line in
             (dataset / "issues/富宁县.csv").read_text("utf-8-sig").splitlines()[1:]]  # fmt: skip
    assert cells == ["立行立改", "6月中旬", "长期坚持"]
    assert overdue(run, dataset) == {"1": 21, "2": 5}


def test_no_deadline_never_takes_the_place_of_one(dataset: Path, run: Run) -> None:
    imported(run, dataset, "编号,问题描述,整改时限\n1,甲,2021-06-10\n")

    entry = imported(run, dataset, "编号,问题描述,整改时限\n1,甲,长期坚持\n")

    assert entry["moved_dates"] == ["1"]
    assert overdue(run, dataset) == {"1": 15}


def test_an_earlier_deadline_in_words_replaces_the_day(dataset: Path, run: Run) -> None:
    imported(run, dataset, "编号,问题描述,整改时限\n1,甲,2021-06-20\n")

    entry = imported(run, dataset, "编号,问题描述,整改时限\n1,甲,6月上旬\n")

    assert (entry["updated"], entry["moved_dates"]) == (1, [])
    assert overdue(run, dataset) == {"1": 15}


@pytest.mark.parametrize("year", ["0021-06-10", "1921-06-10", "1900-01-15", "2015-12-31"])
def test_a_year_that_cannot_be_closes_nothing(dataset: Path, run: Run, year: str) -> None:
    path = dataset / "issues/富宁县.csv"
    path.write_text(f"编号,问题描述,发现日期,销号日期,核验人\n1,甲,,{year},李\n", "utf-8")

    result = run("status", "--county", "富宁", "--as-of", "2021-06-25", "--json", "--data", dataset)

    (county,) = json.loads(result.stdout)["counties"]
    assert (county["issues"]["closed"], county["issues"]["invalid"]) == (0, 1)
