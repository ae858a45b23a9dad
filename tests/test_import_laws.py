"""What holds for every import, looked for over generated county lists (SPEC section 5).

Lists are written as counties write them: ids missing, given twice or to two
issues, dates in several forms, cells garbled, rows listed twice, rows that name
no issue.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from conftest import read_json
from duzhan.campaign.opening import open_dataset
from duzhan.campaign.standing import Campaign
from duzhan.intake.text import squash
from duzhan.store.canonical_csv import read_rows
from made import create
from small import FUNING, TODAY, Calls, assert_replays, snapshot
from test_laws import (
    CLAIMED,
    CLOSED,
    DAYS,
    END,
    FOUND,
    GARBAGE,
    HEADER,
    NO_ISSUES,
    SENT_BACK,
    Row,
    sound_rows,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from duzhan.compliance.results import CountyStatus
    from duzhan.requirements.results import Counts

Rows = tuple[Row, ...]

COUNTY = "富宁县"
ID, DESCRIPTION, LOCATION = range(3)
OUTCOMES = ("added", "updated", "unchanged", "rejected", "skipped")

LAW = settings(
    max_examples=int(os.environ.get("DUZHAN_LAWS", "3")),
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.function_scoped_fixture,
    ],
)


@pytest.fixture(autouse=True)
def a_day_of_import(
    monkeypatch: pytest.MonkeyPatch,
    no_dataset_from_outside: None,  # noqa: ARG001 - it would take the day away again
) -> None:
    monkeypatch.setenv("DUZHAN_TODAY", TODAY)


# ---------------------------------------------------------------- an office with a dataset


class Office:
    """A dataset, a folder for what the county sends, and the commands between them."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self.desk = folder / "ds", folder / "desk"
        self.desk.mkdir()
        create(self.root, sample=False)
        self._call = Calls(self.root, capsys)

    def sent(self, name: str, rows: Sequence[Row]) -> Path:
        """Write a list as the county sends it."""
        path = self.desk / f"{COUNTY} {name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEADER, *rows])
        return path

    def take(self, *paths: Path, options: Sequence[str] = ()) -> list[dict[str, Any]]:
        """Import files; gives the entry of each."""
        said = self._call("import", "--json", *options, *map(str, paths))
        assert said.code in {0, 1}, said.err
        files: list[dict[str, Any]] = read_json(said.out)["files"]
        left_over = any(f["rejected"] or f["refused_cells"] or f["moved_dates"] for f in files)
        assert said.code == int(left_over)
        return files

    @property
    def ledger(self) -> bytes:
        path = self.root / FUNING
        return path.read_bytes() if path.exists() else b""

    def status(self, days: Sequence[dt.date]) -> list[CountyStatus]:
        """How the county stands as of several days, counted at once."""
        judged = Campaign(open_dataset(self.root), days[-1]).judged(days)
        return [next(c for c in judged[d].counties if c.county.name == COUNTY) for d in days]

    def closed(self, days: Sequence[dt.date]) -> list[Fraction | None]:
        """The county's rate as of several days; None before its first issue."""
        return [one.rate.value if one.rate else None for one in self.status(days)]


@contextmanager
def office(capsys: pytest.CaptureFixture[str]) -> Iterator[Office]:
    """A new office for each example."""
    with tempfile.TemporaryDirectory() as folder:
        yield Office(Path(folder), capsys)


# ---------------------------------------------------------------- what is generated


@st.composite
def sound_list(draw: st.DrawFn, least: int = 1) -> Rows:
    """Distinct issues, some without an id."""
    return tuple(draw(sound_rows(number)) for number in range(1, draw(st.integers(least, 7)) + 1))


def _with(row: Row, at: int, text: str) -> Row:
    return (*row[:at], text, *row[at + 1 :])


@st.composite
def messy_list(draw: st.DrawFn) -> Rows:
    """A list with everything that is wrong with county lists."""
    rows = list(draw(sound_list()))
    for _ in range(draw(st.integers(0, 5))):
        row = draw(st.sampled_from(rows))
        dated = draw(st.integers(FOUND, SENT_BACK))
        kind = draw(st.integers(0, 7))
        if kind == 0:
            row = _with(row, dated, draw(st.sampled_from(GARBAGE)))
        elif kind == 1:
            row = _with(row, dated, draw(st.sampled_from(("", "无", "/"))))
        elif kind == 2:
            row = _with(row, LOCATION, draw(st.sampled_from(("别处", "", "东门"))))
        elif kind == 3:
            row = _with(row, ID, draw(st.sampled_from(("", "N-001", "Ｎ-002", "富宁-0001"))))
        elif kind == 4:
            row = _with(row, DESCRIPTION, draw(st.sampled_from(("", "问题1", "问 题2"))))
        elif kind == 5:
            row = _with(_with(row, ID, ""), DESCRIPTION, "")
        elif kind == 6:
            days = draw(st.lists(DAYS, min_size=1, max_size=3))
            row = _with(row, dated, "；".join(day.isoformat() for day in days))
        rows.insert(draw(st.integers(0, len(rows))), row)
    for extra in draw(st.lists(st.sampled_from(NO_ISSUES), max_size=2)):
        rows.insert(draw(st.integers(0, len(rows))), extra)
    return tuple(rows)


# ---------------------------------------------------------------- accounts


def conserved(entry: dict[str, Any]) -> bool:
    return bool(sum(entry[outcome] for outcome in OUTCOMES) == entry["rows"])


@LAW
@given(rows=messy_list())
def test_the_same_list_twice_changes_nothing_the_second_time(
    rows: Rows, capsys: pytest.CaptureFixture[str]
) -> None:
    with office(capsys) as here:
        path = here.sent("一", rows)
        here.take(path)
        before = here.ledger
        (second,) = here.take(path)

        assert (second["added"], second["updated"]) == (0, 0)
        assert here.ledger == before


@LAW
@given(first=messy_list(), second=messy_list())
def test_every_row_of_every_file_is_accounted_for(
    first: Rows, second: Rows, capsys: pytest.CaptureFixture[str]
) -> None:
    with office(capsys) as here:
        entries = here.take(here.sent("一", first), here.sent("二", second))

        for entry, rows in zip(entries, (first, second), strict=True):
            assert conserved(entry), entry
            assert entry["rows"] == sum(any(cell.strip() for cell in row) for row in rows)


@LAW
@given(rows=messy_list(), more=messy_list())
def test_no_id_stands_twice_in_a_ledger(
    rows: Rows, more: Rows, capsys: pytest.CaptureFixture[str]
) -> None:
    with office(capsys) as here:
        for name, sent in (("一", rows), ("二", more)):
            here.take(here.sent(name, sent))
            if not here.ledger:
                continue
            ids = [squash(row[0]) for row in read_rows(here.ledger)[1]]
            assert all(ids)
            assert len(ids) == len(set(ids)), ids


@LAW
@given(lists=st.lists(messy_list(), min_size=2, max_size=3))
def test_the_journal_done_again_gives_the_ledger(
    lists: list[Rows], capsys: pytest.CaptureFixture[str]
) -> None:
    with office(capsys) as here:
        first = snapshot(here.root)
        here.take(*(here.sent(f"又{at}", rows) for at, rows in enumerate(lists)))
        here.take(here.sent("三", lists[-1]), options=["--accept-moved-dates", "--by", "李处长"])

        assert_replays(here.root, first)


@LAW
@given(first=messy_list(), second=messy_list(), third=messy_list())
def test_a_rehearsal_says_the_same_and_writes_nothing(
    first: Rows, second: Rows, third: Rows, capsys: pytest.CaptureFixture[str]
) -> None:
    with office(capsys) as here:
        here.take(here.sent("一", first))
        paths = here.sent("二", second), here.sent("三", third)
        before = snapshot(here.root), snapshot(here.desk)
        rehearsed = here.take(*paths, options=["--dry-run"])

        assert (snapshot(here.root), snapshot(here.desk)) == before
        taken = here.take(*paths)
        for entry in (*rehearsed, *taken):
            del entry["rejected_to"]
        assert rehearsed == taken


# ---------------------------------------------------------------- order


def in_both_orders(
    one: Rows, other: Rows, capsys: pytest.CaptureFixture[str], old: Rows = ()
) -> list[list[Counts | None]]:
    found = []
    for order in (("甲", one), ("乙", other)), (("乙", other), ("甲", one)):
        with office(capsys) as here:
            if old:
                here.take(here.sent("旧", old))
            for name, rows in order:
                here.take(here.sent(name, rows))
            days = [dt.date(2021, month, 30) for month in (6, 9, 12)]
            found.append([status.counts for status in here.status(days)])
    return found


@LAW
@given(rows=sound_list(least=2), data=st.data())
def test_the_order_of_the_parts_of_a_list_does_not_matter(
    rows: Rows, data: st.DataObject, capsys: pytest.CaptureFixture[str]
) -> None:
    here = [data.draw(st.booleans()) for _ in rows]
    parts = [
        tuple(r for r, h in zip(rows, here, strict=True) if h is side) for side in (True, False)
    ]
    assume(all(parts))
    first, second = in_both_orders(parts[0], parts[1], capsys)

    assert first == second


@LAW
@given(rows=sound_list(), data=st.data())
def test_the_order_of_two_lists_of_the_same_issues_does_not_matter(
    rows: Rows, data: st.DataObject, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tuple(_with(row, ID, f"N-{number:03}") for number, row in enumerate(rows, 1))
    lists = []
    for _ in range(2):
        changed = []
        for row in old:
            at = data.draw(st.integers(FOUND + 1, SENT_BACK))
            days = data.draw(st.lists(DAYS, min_size=1, max_size=2 if at >= CLAIMED else 1))
            cell = "；".join(day.isoformat() for day in days)
            changed.append(_with(row, at, data.draw(st.sampled_from((cell, cell, "已完成", "")))))
        lists.append(tuple(changed))
    first, second = in_both_orders(
        lists[0], lists[1], capsys, data.draw(st.sampled_from((old, ())))
    )

    assert first == second


# ---------------------------------------------------------------- no rate is bettered


def worsened(draw: st.DrawFn, rows: Rows) -> Rows:
    """Leave rows out, garble cells, rename ids; at most one of these a row."""
    changed = []
    for number, known in enumerate(rows):
        row = known
        kind = draw(st.sampled_from(("keep", "leave out", "garble", "empty", "rename", "unname")))
        if kind == "leave out":
            continue
        at = draw(st.integers(FOUND, SENT_BACK))
        if kind == "garble" and row[at]:
            row = _with(row, at, draw(st.sampled_from(GARBAGE)))
        elif kind == "empty":
            row = _with(row, at, "")
        elif kind == "rename" and row[FOUND]:
            row = _with(row, ID, draw(st.sampled_from((f"新{number}", "N-001", "N-002"))))
        elif kind == "unname" and row[FOUND]:
            row = _with(row, ID, "")
        changed.append(row)
    return tuple(changed)


@LAW
@given(rows=sound_list(), data=st.data())
def test_leaving_out_garbling_or_renaming_what_is_known_betters_no_rate(
    rows: Rows, data: st.DataObject, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = data.draw(st.composite(worsened)(rows))
    days = [END, *data.draw(st.lists(DAYS, min_size=3, max_size=3))]
    with office(capsys) as here:
        here.take(here.sent("旧", rows))
        before = here.closed(days)
        here.take(here.sent("新", sent))
        after = here.closed(days)

        for day, was, now in zip(days, before, after, strict=True):
            assert now is None or was is None or now <= was, (day, was, now)


@LAW
@given(rows=sound_list(), data=st.data())
def test_a_list_of_progress_left_out_garbled_or_renamed_betters_no_rate(
    rows: Rows, data: st.DataObject, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tuple(_with(_with(_with(r, CLAIMED, ""), CLOSED, ""), SENT_BACK, "") for r in rows)
    full = tuple(_with(_with(r, SENT_BACK, ""), CLAIMED, "") for r in rows)
    sent = data.draw(st.composite(worsened)(full))
    days = [END, *data.draw(st.lists(DAYS, min_size=3, max_size=3))]
    rates = []
    for new in (full, sent):
        with office(capsys) as here:
            here.take(here.sent("旧", old))
            here.take(here.sent("新", new))
            rates.append(here.closed(days))

    for day, whole, part in zip(days, *rates, strict=True):
        assert part is None or whole is None or part <= whole, (day, whole, part)


@pytest.mark.parametrize("found", ["6.3", "已发现", "2021-06-31", ""])
def test_a_closed_issue_renamed_with_its_finding_date_garbled_is_a_new_one_and_named(
    found: str, capsys: pytest.CaptureFixture[str]
) -> None:
    closed = ("A", "甲", "东门", "2021-06-01", "", "", "2021-06-09", "", "")
    left = ("B", "乙", "西门", "2021-06-02", "", "", "", "", "")
    with office(capsys) as here:
        here.take(here.sent("旧", (closed, left)))
        (entry,) = here.take(here.sent("新", (_with(_with(closed, ID, "Z"), FOUND, found), left)))

        assert (entry["added"], entry["added_closed"]) == (1, 1)
        assert entry["suspected"] == [["Z", "A"]]
