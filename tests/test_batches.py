"""However many counties are read together, the answers are the same, and those of the files."""

from __future__ import annotations

import json
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest

from conftest import case_dataset
from duzhan.campaign import dashboard, rested_lists
from duzhan.compliance import week_part
from duzhan.dataset import batches
from duzhan.dataset.batches import together
from duzhan.model import Problem
from duzhan.report.json.problems import ListedProblems
from duzhan.report.json.writing import written
from duzhan.report.pages import check, plain
from duzhan.visible import visible_json
from small import Calls, Said
from test_dashboard import unpacked
from test_engines import DAY, at_rest, dataset_of

if TYPE_CHECKING:
    from pathlib import Path

# Rows and spells that are read together: a county at a time, some, all.
SIZES = (1, 60, 1_000_000)


# The dirty one is the other with more that is wrong.
@pytest.fixture(params=("messy-1", "dirty") if "DUZHAN_LAWS" in os.environ else ("dirty",))
def both(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> tuple[Calls, Calls]:
    """A dataset in files, and the same at rest."""
    in_files = Calls(dataset_of(request.param, tmp_path / "ds"), capsys)
    return in_files, Calls(at_rest(in_files.folder), capsys)


def in_batches(
    rested: Calls,
    monkeypatch: pytest.MonkeyPatch,
    *arguments: str,
    sizes: tuple[int, ...] = SIZES,
) -> list[Said]:
    """What a command answers, with batches of every size."""
    answers = []
    for size in sizes:
        monkeypatch.setattr(batches, "ROWS", size)
        monkeypatch.setattr(rested_lists, "_AT_ONCE", size)
        answers.append(rested(*arguments))
    return answers


def test_counts_do_not_depend_on_how_many_counties_are_read_together(
    both: tuple[Calls, Calls], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_files, rested = both
    want = in_files("status", "--as-of", DAY, "--json")
    for answer in in_batches(rested, monkeypatch, "status", "--as-of", DAY, "--json"):
        assert answer == want


@pytest.mark.parametrize("county", ["富宁县", "文山市"])
def test_points_are_the_same_whatever_is_read_together(
    county: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    in_files = Calls(case_dataset(tmp_path / "ds", "messy-1"), capsys)
    # One of them was assessed item by item, the other was not.
    rows = "编号,问题描述,发现日期,考核分项\nF-1,垃圾,2021-06-01,A3\nF-2,占道,2021-06-02,环境保护\n"
    (in_files.folder / "issues" / f"{county} 补.csv").write_text(rows, "utf-8")
    rested = Calls(at_rest(in_files.folder), capsys)
    asked = ("status", "--as-of", "2021-12-31", "--json")
    want = in_files.done(*asked)
    assert '"unsettled"' in want.out
    for answer in in_batches(rested, monkeypatch, *asked):
        assert answer == want


def test_check_finds_the_same_whatever_is_read_together(
    both: tuple[Calls, Calls], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_files, rested = both
    for arguments in (("check",), ("check", "--json")):
        first, *others = in_batches(rested, monkeypatch, *arguments)
        assert all(answer == first for answer in others)
        assert sorted(first.out) == sorted(in_files(*arguments).out)
    # The lists stand in the order of their files' names there, of the counties' codes here.
    found = [json.loads(call("check", "--json").out)["problems"] for call in both]
    assert len(found[0]) > 20
    assert sorted(map(str, found[0])) == sorted(map(str, found[1]))


def everything_on(terminal: int) -> str:
    """What is written there until the other side is closed."""
    parts = []
    with os.fdopen(terminal, "rb", buffering=0) as screen, suppress(OSError):
        while part := screen.read(1 << 12):
            parts.append(part)
    return b"".join(parts).decode()


def test_a_long_walk_through_counties_shows_progress_on_a_terminal_and_nothing_in_a_pipe(
    both: tuple[Calls, Calls], monkeypatch: pytest.MonkeyPatch
) -> None:
    rested = both[1]
    monkeypatch.setenv("TERM", "xterm")
    in_pipe = [*in_batches(rested, monkeypatch, "check", sizes=(1, 1_000_000))]
    shown = []
    for size, quiet in zip((1, 1_000_000), in_pipe, strict=True):
        seen, terminal = os.openpty()
        with ThreadPoolExecutor() as reader, os.fdopen(terminal, "w") as screen:
            reading = reader.submit(everything_on, seen)
            monkeypatch.setattr(sys, "stderr", screen)
            assert in_batches(rested, monkeypatch, "check", sizes=(size,))[0].out == quiet.out
            screen.close()
            shown.append(reading.result())
    assert "读台账：" not in "".join(answer.err for answer in in_pipe)
    assert re.search(r"读台账：\d+行，共\d+行", shown[0])
    assert shown[1] == ""


@pytest.mark.parametrize("number", [0, 1, 3])
@pytest.mark.parametrize("indented", [True, False])
def test_problems_stand_in_json_as_if_they_were_written_at_once(
    number: int, *, indented: bool
) -> None:
    every = [
        Problem("warning", "甲.csv", line, "编号", "“\u202e”\n{}", "bad-cell", "错", id="1")
        for line in range(number)
    ]
    document = {"ok": True, "problems": [asdict(one) for one in every]}
    whole = json.dumps(document, ensure_ascii=False, indent=1 if indented else None)
    with ListedProblems(iter(every)) as found:
        parts = written({"ok": found.ok, "problems": found}, indented=indented)
        assert "".join(parts) == visible_json(whole)
        assert len(found) == number


def test_a_page_of_problems_ends_and_says_how_many_more_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(check, "_LISTED", 2)
    told = check.CheckTold()
    for line in range(1, 6):
        told.add(Problem("error", "issues/甲.csv", line, None, None, "bad-cell", "错"))
        told.add(Problem("warning", "issues/甲.csv", line, None, None, "no-due-date", "缺"))
    text = plain.render(told.page(None))
    assert text.startswith("检查结果：错误5处，提醒5处\n")
    assert text.count("：错\n") == 2
    assert "另有3处没有列出，逐条见 duzhan check --json。" in text
    assert "第1行、第2行、第3行、第4行、第5行没有整改期限" in text


def test_counties_are_put_together_in_their_order_up_to_so_many_rows() -> None:
    rows = {"a": 3, "b": 4, "c": 9, "d": 1}
    assert list(together("abcde", rows, 7)) == [("a", "b"), ("c",), ("d", "e")]
    assert list(together("abcde", rows, 1_000)) == [tuple("abcde")]
    assert list(together("abcde", rows, 1)) == [("a",), ("b",), ("c",), ("d", "e")]
    assert list(together("", rows)) == []


WEEK = ("weekly-report", "--week", "2021-W25")
FORMS = (
    (*WEEK, "--format", "json"),
    (*WEEK, "--format", "html"),
    (*WEEK, "--brief", "--format", "md"),
    (*WEEK, "--county", "富宁县", "--format", "json"),
)
# At rest nothing tells what was changed without the tool, and the files' digests are others.
_TOLD_OTHERWISE = re.compile(r'"digest": "\w+"|SHA-256）\w+')


def test_the_week_is_the_same_whatever_is_read_together(
    both: tuple[Calls, Calls], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_files, rested = both
    for arguments in FORMS:
        want = _TOLD_OTHERWISE.sub("", in_files.done(*arguments).out)
        sizes = SIZES if arguments == FORMS[0] else (1,)
        for answer in in_batches(rested, monkeypatch, *arguments, sizes=sizes):
            assert _TOLD_OTHERWISE.sub("", answer.out) == want


def test_a_list_that_nobody_can_read_tells_each_county_s_longest_and_how_many_more(
    both: tuple[Calls, Calls], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = json.loads(both[0].done(*FORMS[0]).out)
    pages = [both[0].done(*WEEK, "--format", "md").out, both[0].done(*FORMS[2]).out]
    monkeypatch.setattr(week_part, "LISTED", 0)
    monkeypatch.setattr(week_part, "LONGEST", 3)
    for answer in (
        both[0].done(*FORMS[0]),
        *in_batches(both[1], monkeypatch, *FORMS[0], sizes=(1,)),
    ):
        short, lacking = json.loads(answer.out), 0
        for key in ("overdue", "claims"):
            longest: list[dict[str, object]] = []
            for one in whole[key]:
                if sum(other["county"] == one["county"] for other in longest) < 3:
                    longest.append(one)
            assert short[key] == longest
            assert short["not_listed"][key] == len(whole[key]) - len(longest)
            lacking += short["not_listed"][key]
        assert lacking > 0
        assert "duzhan overdue" in short["not_listed"]["message"]

    # What a page shows is counted from all of them.
    monkeypatch.setattr(week_part, "LONGEST", 20)
    assert [both[0].done(*WEEK, "--format", "md").out, both[0].done(*FORMS[2]).out] == pages


def document_of(calls: Calls, path: Path) -> Any:  # noqa: ANN401
    calls.done("dashboard", "--as-of", DAY, "--output", str(path))
    page = path.read_text("utf-8")
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page)
    return json.loads(data)


def views_of(document: Any) -> list[Any]:  # noqa: ANN401
    values = unpacked(document["pool"])
    return [values[number] for number in document["views"]]


def test_a_page_of_too_many_issues_lists_those_of_the_worst_and_counts_all(
    both: tuple[Calls, Calls], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, rested = (document_of(calls, tmp_path / "a.html") for calls in both)
    assert rested == whole
    assert whole["kept"] is None

    monkeypatch.setattr(dashboard, "LARGE", 1)
    monkeypatch.setattr(dashboard, "MOST_ISSUES", 1)
    cut = document_of(both[1], tmp_path / "b.html")

    (kept,) = cut["kept"]
    (view,) = views_of(cut)
    assert view == views_of(whole)[-1]
    assert [day["day"] for day in cut["days"]] == [DAY]
    assert set(cut["issues"]["county"]["words"]) == {kept}
    reds = [one["code"] for one in view["status"]["counties"] if one["light"] == "red"]
    assert kept in reds
    assert document_of(both[0], tmp_path / "c.html") == whole
