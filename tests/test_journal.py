"""The journal: replayed it gives the files, read it tells who changed what and when."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from conftest import EXAMPLES
from duzhan.columns import ISSUE_COLUMNS
from duzhan.errors import DuzhanError
from duzhan.store.canonical_csv import clean, read_rows, rows_bytes
from duzhan.store.entries import Change, Entry, Line, Origin, Stamp, decode
from duzhan.store.journal import (
    JOURNAL,
    counties_on_record,
    history,
    last_digests,
    read_journal,
    replay,
)
from duzhan.store.row_entries import RowEntries
from duzhan.store.transaction import Store
from small import FUNING, GUANGNAN, Calls, assert_replays, small_dataset, snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT = st.text(max_size=8)
MAYBE = st.none() | TEXT

ENTRIES = st.builds(
    Entry,
    action=st.sampled_from(["added", "changed", "adopted", "outside"]),
    county=MAYBE,
    id=MAYBE,
    row=st.none() | st.integers(0, 9),
    changes=st.lists(
        st.builds(Change, st.sampled_from(ISSUE_COLUMNS), TEXT, TEXT),
        max_size=3,
        unique_by=lambda change: change.column,
    ).map(tuple),
    source=st.none() | st.builds(Origin, TEXT, MAYBE, st.integers(1, 9)),
    by=MAYBE,
    reason=MAYBE,
).map(lambda entry: entry if entry.action != "added" else entry._replace(changes=_new(entry)))


def _new(entry: Entry) -> tuple[Change, ...]:
    """Where a row is added nothing stood before."""
    return tuple(change._replace(old="") for change in entry.changes)


LINES = st.builds(
    Line,
    stamp=st.builds(Stamp, TEXT, TEXT, TEXT),
    number=st.integers(1, 9),
    file=TEXT,
    entry=ENTRIES,
    before=MAYBE,
    after=MAYBE,
    digests=st.dictionaries(TEXT, MAYBE, max_size=2),
    recovered=st.booleans(),
)


@given(LINES)
def test_a_line_read_back_is_what_was_written(line: Line) -> None:
    raw = line.encode()

    assert decode(raw) == line
    document = json.loads(raw)
    if "cells" in document:
        document["changes"] = [
            {"column": column, "old": "", "new": new}
            for column, new in document.pop("cells").items()
        ]
    assert document == line.document()
    assert raw.count(b"\n") == 1
    assert raw.endswith(b"\n")


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[]", b"3", b"null", b"\xff", b"[" * 9999, b'{"action": "x"', b"\0"]
)
def test_a_damaged_line_is_a_value_error(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        decode(raw)


# ---------------------------------------------------------------- replaying

# A transaction: which file, then rows to add or cells to change.
STEPS = st.lists(
    st.tuples(
        st.sampled_from([FUNING, GUANGNAN, "issues/丘北县.csv"]),
        st.lists(
            st.tuples(st.booleans(), st.integers(0, 30), st.sampled_from(ISSUE_COLUMNS), TEXT),
            min_size=1,
            max_size=4,
        ),
    ),
    max_size=6,
)


def carry_out(folder: Path, file: str, steps: Sequence[tuple[bool, int, str, str]]) -> None:
    """Make one transaction of random changes to one file."""
    with Store(folder) as store:
        data = store.read(file)
        header, rows = read_rows(data) if data else (list(ISSUE_COLUMNS), [])
        entries = []
        for add, place, column, text in steps:
            if add or not rows:
                at = place % (len(rows) + 1)
                rows.insert(at, [text if name == column else "" for name in header])
                entries.append(Entry("added", row=at, changes=(Change(column, "", text),)))
            else:
                at = place % len(rows)
                old = rows[at][header.index(column)]
                rows[at][header.index(column)] = text
                entries.append(Entry("changed", row=at, changes=(Change(column, old, text),)))
        store.replace(file, rows_bytes(header, rows), entries)
        store.commit(command="import")


@settings(max_examples=EXAMPLES // 2, deadline=None)
@given(STEPS)
def test_the_journal_replayed_over_the_first_files_gives_the_last(
    steps: list[tuple[str, list[tuple[bool, int, str, str]]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ds = small_dataset(Path(folder) / "ds")
        first = snapshot(ds)
        for file, changes in steps:
            carry_out(ds, file, changes)

        assert_replays(ds, first)


def test_a_replay_that_does_not_fit_says_so() -> None:
    stamp = Stamp("t", "2021-06-01T08:00:00+08:00", "amend")
    data = rows_bytes(["编号", "备注"], [["a", ""]])
    change = (Change("备注", "", "好"),)

    for line, why in (
        (Line(stamp, 1, FUNING, Entry("outside")), "在 duzhan 之外被改过"),
        (Line(stamp, 1, FUNING, Entry("adopted")), "原来不是台账格式"),
        (Line(stamp, 1, FUNING, Entry("changed", row=1, changes=change)), "没有第1行"),
        (
            Line(stamp, 1, FUNING, Entry("changed", row=0, changes=(Change("备注", "旧", "好"),))),
            "“备注”原来不是“旧”",
        ),
        (Line(stamp, 1, FUNING, Entry("changed", row=0, changes=change), after="0"), "摘要不符"),
    ):
        with pytest.raises(DuzhanError, match=why):
            replay(data, [line])


def test_a_file_in_another_form_is_replayed_through_its_canonical_form(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUZHAN_TODAY", "2021-07-15")
    ds = small_dataset(tmp_path / "ds")
    canonical = (ds / FUNING).read_bytes()
    foreign = canonical.decode("utf-8-sig").replace("\n", "\r\n").encode("gb18030")
    (ds / FUNING).write_bytes(foreign)

    Calls(ds, capsys).done("close", "富宁-0001", "--on", "2021-07-01", "--by", "张三")

    lines = list(read_journal(ds))
    adopted, changed = lines
    assert [adopted.entry.action, changed.entry.action] == ["adopted", "changed"]
    assert replay(canonical, [changed]) == (ds / FUNING).read_bytes()


# ---------------------------------------------------------------- reading


@pytest.fixture
def ds(tmp_path: Path) -> Path:
    return small_dataset(tmp_path / "ds")


def test_damaged_lines_in_the_middle_are_counted_or_are_errors(ds: Path) -> None:
    carry_out(ds, FUNING, [(False, 0, "备注", "一")])
    good = (ds / JOURNAL).read_bytes()
    (ds / JOURNAL).write_bytes(b"rubbish\n" + good + b"{}\n" + good + b'{"torn')

    damaged: list[int] = []
    assert len(list(read_journal(ds, damaged))) == 2
    assert damaged == [1, 3]
    with pytest.raises(DuzhanError, match="第1行读不懂"):
        list(read_journal(ds))


def test_no_journal_is_an_empty_one(ds: Path) -> None:
    assert list(read_journal(ds)) == []
    assert last_digests(ds) == {}
    assert history(ds, "富宁县", "富宁-0001") == []


def test_the_last_digests_are_found_behind_a_long_tail_without_any(ds: Path) -> None:
    carry_out(ds, FUNING, [(False, 0, "备注", "一")])
    known = last_digests(ds)
    stamp = Stamp("t", "2021-06-01T08:00:00+08:00", "import")
    with (ds / JOURNAL).open("ab") as file:
        for number in range(3):
            change = Change("备注", "", f'"digests": {{{number}' + "长" * 60_000)
            file.write(Line(stamp, number, FUNING, Entry("changed", changes=(change,))).encode())

    assert last_digests(ds) == known


def add(folder: Path, county: str, *entries: Entry) -> None:
    """Put entries on the record as one transaction's."""
    stamp = Stamp("t", "2021-06-01T08:00:00+08:00", "import")
    with (folder / JOURNAL).open("ab") as file:
        for number, entry in enumerate(entries, 1):
            file.write(Line(stamp, number, f"issues/{county}.csv", entry).encode())


def test_history_follows_an_issue_through_its_ids(ds: Path) -> None:
    rename = (Change("编号", "旧-1", "新-1"),)
    taken = (Change("编号", "新-1", "别-1"),)
    add(
        ds,
        "富宁县",
        Entry("added", "富宁县", "旧-1", 0, (Change("编号", "", "旧-1"),)),
        Entry("added", "富宁县", "新-1", 1, (Change("编号", "", "新-1"),)),
        Entry("changed", "富宁县", "新-1", 1, taken),
        Entry("changed", "富宁县", "旧-1", 0, rename),
        Entry("changed", "富宁县", "新-1", 0, (Change("备注", "", "好"),)),
        Entry("changed", "富宁县", "旧-2", 2, (Change("备注", "", "好"),)),
    )

    assert [line.number for line in history(ds, "富宁县", "新-1")] == [1, 4, 5]
    assert [line.number for line in history(ds, "富宁县", "别-1")] == [2, 3]


def test_history_ignores_width_and_spaces_and_other_counties(ds: Path) -> None:
    change = (Change("备注", '"id": "旧-1"', ""),)
    add(ds, "富宁县", Entry("changed", "富宁县", "Ａ－１ ", 0, change))
    add(ds, "广南县", Entry("changed", "广南县", "A-1", 0, change))

    assert len(history(ds, "富宁县", "A-1")) == 1
    assert history(ds, "富宁县", "旧-1") == []
    assert counties_on_record(ds, "Ａ-1") == {"富宁县", "广南县"}
    assert counties_on_record(ds, "旧-1") == set()


def test_history_tells_when_the_list_was_changed_from_outside(ds: Path) -> None:
    add(ds, "富宁县", Entry("outside", "富宁县"))
    add(ds, "广南县", Entry("outside", "广南县"))

    (line,) = history(ds, "富宁县", "富宁-0001")
    assert line.file == FUNING


def test_carriage_returns_replay_as_they_are_written(ds: Path) -> None:
    first = snapshot(ds)
    carry_out(ds, FUNING, [(False, 0, "备注", "a\r\nb\rc")])
    carry_out(ds, FUNING, [(False, 0, "备注", "d")])

    assert clean("a\r\nb\rc") == "a\nb\nc"
    assert_replays(ds, first)


CELLS = st.text(max_size=4) | st.sampled_from(['引"号', "反\\斜", "换\n行", "\x01", "同"])


@settings(deadline=None)
@given(
    st.lists(
        st.lists(CELLS, min_size=len(ISSUE_COLUMNS), max_size=len(ISSUE_COLUMNS)),
        min_size=2,
        max_size=6,
    ),
    st.data(),
)
def test_entries_in_bulk_are_written_as_the_same_bytes(
    rows: list[list[str]], data: st.DataObject
) -> None:
    known = data.draw(st.integers(0, len(rows)))
    after = pa.table(dict(zip(ISSUE_COLUMNS, map(list, zip(*rows, strict=True)), strict=True)))
    old = [[data.draw(CELLS) if data.draw(st.booleans()) else c for c in r] for r in rows[:known]]
    before = after.slice(0, 0)
    if old:
        before = pa.table(dict(zip(ISSUE_COLUMNS, map(list, zip(*old, strict=True)), strict=True)))
    entries = RowEntries(
        county="富宁县",
        rows=np.arange(len(rows)) * 3,
        known=known,
        before=before,
        after=after,
        file='富"宁.xlsx',
        sheet=data.draw(MAYBE),
        lines=np.arange(len(rows)) + 2,
        by=data.draw(MAYBE),
    )
    stamp = Stamp("0123", "2021-07-15T08:00:00+08:00", "import")
    # An import makes no entry without a change.
    assume(all(entry.changes for entry in entries))
    singly = [Line(stamp, 7 + at, FUNING, entry).encode() for at, entry in enumerate(entries)]

    written = b"".join(entries.encoded(stamp, FUNING, 7, len(rows))).splitlines(keepends=True)

    assert len(entries) == len(rows)
    assert written == singly
