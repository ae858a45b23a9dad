"""七、数据质量: what an import left over, what was entered late, and what nobody can know."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from duzhan.columns import ISSUE_COLUMNS
from duzhan.dataset.leftovers import read_leftovers
from duzhan.store.canonical_csv import rows_bytes
from small import Calls, assert_replays, row, small_dataset, snapshot

if TYPE_CHECKING:
    from pathlib import Path

TODAY = "2021-07-15"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DUZHAN_TODAY", TODAY)
    return small_dataset(tmp_path / "ds")


def sent(folder: Path, rows: list[list[str]], name: str = "富宁县.csv") -> str:
    path = folder.parent / name
    path.write_bytes(rows_bytes(ISSUE_COLUMNS, rows))
    return str(path)


def quality(calls: Calls, county: str = "富宁县") -> dict[str, object]:
    told = json.loads(calls.done("weekly-report", "--week", "2021-W27", "--format", "json").out)[
        "quality"
    ]
    found: dict[str, object] = next(one for one in told if one["county"] == county)
    return found


def test_without_a_journal_nobody_can_know(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = quality(Calls(small, capsys))

    keys = ("missing", "moved", "postponed", "backdated")
    assert [told[key] for key in keys] == [None] * 4


def of_the_dataset(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: data for name, data in files.items() if not name.startswith("退回/")}


def test_issues_that_the_latest_list_leaves_out_are_told_until_one_names_them(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, calls = snapshot(small), Calls(small, capsys)

    # 富宁-0002 (claimed) and 0004 (open) are left out; of 0003, closed, only the number counts.
    assert calls("import", sent(small, [row("富宁-0001", 责任单位="城管局")])).code == 0
    left = read_leftovers(small)["富宁县"]
    assert left.missing == ("富宁-0002", "富宁-0004")
    assert quality(calls)["missing"] == 2
    text = calls.done("weekly-report", "--week", "2021-W27", "--county", "富宁").out
    assert "清单遗漏" in text

    again = snapshot(small)
    calls("import", sent(small, [row("富宁-0001", 责任单位="城管局")]))
    # What goes back tells of this import; the dataset stays as it was.
    assert of_the_dataset(snapshot(small)) == of_the_dataset(again)
    calls("import", sent(small, [row(f"富宁-000{n}") for n in (1, 2, 3, 4)]))
    assert read_leftovers(small)["富宁县"].missing == ()
    assert quality(calls)["missing"] == 0
    assert_replays(small, first)


def test_dates_put_off_are_told_and_those_taken_too(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = Calls(small, capsys)
    rows = [row(f"富宁-000{n}") for n in (1, 2, 3, 4)]
    rows[0] = row("富宁-0001", 整改期限="2021-08-01")

    assert calls("import", sent(small, rows)).code == 1
    assert read_leftovers(small)["富宁县"].moved == ("富宁-0001",)
    assert (small / "imports.csv").is_file()
    told = quality(calls)
    assert (told["moved"], told["postponed"]) == (1, 0)

    calls.done("import", sent(small, rows), "--accept-moved-dates", "--by", "李处长")
    told = quality(calls)
    # A later deadline is an extension now, named in the register and not among the doubts.
    assert (told["moved"], told["postponed"]) == (0, 0)
    assert "李处长" in (small / "extensions.csv").read_text("utf-8-sig")


def test_closures_entered_after_a_milestone_that_they_lie_before_are_backdated(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = Calls(small, capsys)
    late = {"整改完成日期": "2021-06-10", "销号日期": "2021-06-20", "核验人": "赵六"}
    rows = [row("富宁-0001", **late), row("富宁-0005", **late), row("富宁-0006")]

    calls.done("import", sent(small, rows))
    calls.done("close", "富宁-0004", "--on", "2021-06-30", "--by", "赵六")
    calls.done("close", "富宁-0002", "--on", "2021-07-10", "--by", "赵六")

    assert quality(calls)["backdated"] == 3
    earlier = json.loads(calls.done("weekly-report", "--week", "2021-W24", "--format", "json").out)[
        "quality"
    ]
    assert next(one for one in earlier if one["county"] == "富宁县")["backdated"] == 2


def test_a_rehearsal_leaves_no_note(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calls = Calls(small, capsys)

    calls("import", sent(small, [row("富宁-0001")]), "--dry-run")

    assert not (small / "imports.csv").exists()


def test_notes_that_somebody_changed_are_refused_with_a_remedy(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = Calls(small, capsys)
    calls.done("import", sent(small, [row("富宁-0001", 责任单位="城管局")]))
    (small / "imports.csv").write_text("一,二\n1,2\n", "utf-8")

    said = calls("weekly-report", "--week", "2021-W27")

    assert said.code == 1
    assert "imports.csv 不是 duzhan 写下的样子" in said.err
