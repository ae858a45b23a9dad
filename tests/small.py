"""A small dataset of two counties, and ways to look at it and to run commands on it."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import forked
from duzhan.cli import main
from duzhan.columns import CLAIMED, CLOSED, ID, ISSUE_COLUMNS, RECORD_COLUMNS
from duzhan.compliance.issue_list import IssueLine
from duzhan.errors import INTERNAL_FAULT
from duzhan.model import State
from duzhan.store.canonical_csv import read_rows, rows_bytes
from duzhan.store.journal import read_journal, replay
from made import create

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).parent
FUNING, GUANGNAN = "issues/富宁县.csv", "issues/广南县.csv"
TODAY = "2021-07-15"


def row(identifier: str, **cells: str) -> list[str]:
    """A ledger row, found on 1 June and due on 1 July unless told otherwise."""
    known = {
        ID: identifier,
        "问题描述": f"占道经营（{identifier}）",
        "地点": "北门市场,东侧",
        "发现日期": "2021-06-01",
        "整改期限": "2021-07-01",
        **cells,
    }
    return [known.get(column, "") for column in ISSUE_COLUMNS]


def small_dataset(folder: Path) -> Path:
    """Four issues in 富宁县 (open, claimed, closed, open), two in 广南县, one assessment."""
    create(folder, sample=False)
    funing = [
        row("富宁-0001"),
        row("富宁-0002", **{CLAIMED: "2021-06-10"}),
        row("富宁-0003", **{CLAIMED: "2021-06-10", CLOSED: "2021-06-12", "核验人": "赵六"}),
        row("富宁-0004", 备注='第一行\n“第二行”,"引号"'),
    ]
    (folder / FUNING).write_bytes(rows_bytes(ISSUE_COLUMNS, funing))
    guangnan = [row("广南-0001"), row("广南-0002")]
    (folder / GUANGNAN).write_bytes(rows_bytes(ISSUE_COLUMNS, guangnan))
    score = ["2021-05-25", "富宁县", "州级", "731", "2021-05", ""]
    (folder / "scores.csv").write_bytes(rows_bytes(RECORD_COLUMNS["scores.csv"], [score]))
    return folder


def issue(folder: Path, identifier: str, file: str = FUNING) -> dict[str, str]:
    """The cells of an issue that are not empty."""
    header, rows = read_rows((folder / file).read_bytes())
    (found,) = (one for one in rows if one[0] == identifier)
    return {column: cell for column, cell in zip(header, found, strict=True) if cell}


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file of a dataset but the lock."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".duzhan.lock"
    }


def litter(folder: Path) -> list[str]:
    """Hidden files that a finished command must not leave."""
    hidden = (path.name for path in folder.rglob(".duzhan*") if path.name != ".duzhan.lock")
    return sorted(hidden)


def assert_replays(folder: Path, first: dict[str, bytes]) -> None:
    """The journal, done again over the first files, gives the last files byte for byte."""
    lines = list(read_journal(folder))
    for file in {line.file for line in lines}:
        ours = [line for line in lines if line.file == file]
        assert replay(first.get(file), ours) == (folder / file).read_bytes()
    for file in first.keys() - {line.file for line in lines}:
        assert (folder / file).read_bytes() == first[file]


class Said(NamedTuple):
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str


class Calls:
    """Runs commands on a dataset in this process; real processes are for what needs them."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Said:
        """Run one command."""
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main(["--data", str(self.folder), *arguments])
        out, err = self._capsys.readouterr()
        assert isinstance(end.value.code, int)
        assert end.value.code != INTERNAL_FAULT, err
        return Said(end.value.code, out, err)

    def done(self, *arguments: str) -> Said:
        """Run a command that must succeed."""
        said = self(*arguments)
        assert said.code == 0, said.err
        return said


def calls_on(day: str) -> Callable[..., Calls]:
    """A fixture: commands on the small dataset, on a day."""

    @pytest.fixture
    def calls(
        tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> Calls:
        monkeypatch.setenv("DUZHAN_TODAY", day)
        return Calls(small_dataset(tmp_path / "ds"), capsys)

    return calls


def issue_line(identifier: str | None, words: str, place: str = "", **more: Any) -> IssueLine:  # noqa: ANN401
    """An open issue of 富宁县 as lists show it, overdue for a fortnight unless told otherwise."""
    known = {
        **{field.name: "" for field in fields(IssueLine) if field.type == "str"},
        "found_on": dt.date(2021, 6, 1),
        "due_on": dt.date(2021, 7, 1),
        "days_overdue": 14,
        "county": "富宁县",
        "state": State.OPEN,
        "id": identifier,
        "description": words,
        "location": place,
        **more,
    }
    return IssueLine(**known)


@contextmanager
def server_process(
    program: str, folder: Path, faults: tuple[dict[str, Any], ...], script: dict[str, Any]
) -> Iterator[int]:
    """A server beside this file with these faults, until the block ends: its port."""
    folder.mkdir(exist_ok=True)
    told = json.dumps({"faults": list(faults), **script})
    with forked.served(HERE / program, folder, told) as port:
        yield port


def command(folder: Path, *arguments: str) -> list[str]:
    """The command line of a real process on a dataset."""
    return [sys.executable, "-m", "duzhan", "--data", str(folder), *arguments]


def environment(**more: str) -> dict[str, str]:
    """The environment of a real process, with today fixed."""
    return {**os.environ, "DUZHAN_TODAY": TODAY, **more}
