"""Faults, really made: killed processes, full disks, several writers at once."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import fault_driver
import forked
from conftest import answered
from duzhan.columns import CLAIMED, CLOSED, ISSUE_COLUMNS, REMARK, SENT_BACK
from duzhan.store.canonical_csv import read_rows, rows_bytes
from duzhan.store.journal import JOURNAL, read_journal
from small import (
    FUNING,
    GUANGNAN,
    assert_replays,
    command,
    environment,
    issue,
    litter,
    row,
    small_dataset,
    snapshot,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    Command = Sequence[str]

HERE = Path(__file__).parent

BOTH = ("close", "富宁-0001", "广南-0001", "--on", "2021-07-01", "--by", "张三")
NEXT = ("amend", "富宁-0002", REMARK, "后来", "--by", "李四", "--reason", "核对")
# It opens the store, which settles, and then changes nothing itself.
REFUSED = ("close", "富宁-0003", "--on", "2021-07-01", "--by", "张三")
REOPEN = ("reopen", "富宁-0003", "--on", "2021-07-01", "--reason", "复查")
# Lists that stand in the dataset's folder, so that each copy of it has its own.
LISTS = ("收到/富宁县.csv", "收到/广南县.csv", "收到/砚山县.csv", "收到/西畴县.csv")
IMPORT = ("import", *LISTS)
# A command dies wherever it does something for the first time, and at every so-manieth point;
# an import has hundreds.
ALL = "DUZHAN_LAWS" in os.environ
EVERY, EVERY_OF_MANY = (1, 1) if ALL else (6, 24)
ROUNDS = 20 if ALL else 4
SCORE = ("record", "score", "--county", "富宁", "--date", "2021-07-01", "--assessor", "州级")


@pytest.fixture
def ds(tmp_path: Path) -> Path:
    return small_dataset(tmp_path / "ds")


def lists(folder: Path) -> None:
    """Lists that change, add, begin a ledger and leave something to be sent back."""
    (folder / "收到").mkdir()
    funing = [
        row("富宁-0001", **{CLAIMED: "2021-06-20", CLOSED: "2021-06-25"}),
        row("富宁-0002", **{CLOSED: "说不清", "地点": "南门"}),
        row("", 问题描述="新发现的垃圾", 地点="车站"),
    ]
    (folder / LISTS[0]).write_bytes(rows_bytes(ISSUE_COLUMNS, funing))
    guangnan = [row("广南-0002", **{CLAIMED: "2021-06-21"}), row("广南-9", 问题描述="积水")]
    (folder / LISTS[1]).write_bytes(rows_bytes(ISSUE_COLUMNS, guangnan))
    (folder / LISTS[2]).write_bytes(rows_bytes(ISSUE_COLUMNS, [row("砚山-1")]))
    (folder / LISTS[3]).write_bytes(rows_bytes(ISSUE_COLUMNS, [row("西畴-1"), row("西畴-2")]))


def ledgers(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in snapshot(folder).items() if name.startswith("issues/")}


def drive(what: str, folder: Path, start: Path, commands: object, every: int = EVERY) -> Any:  # noqa: ANN401 - JSON
    """Let the driver kill at every n-th point, or run several at once; give how each ended."""
    folder.mkdir()
    forked.call(fault_driver.drive, what, folder, start, commands, environment(), every)
    return json.loads((folder / "ends.json").read_text("utf-8"))


def run(
    folder: Path, *arguments: str, cwd: Path = HERE, file_size: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one command as a process of its own, which may write files of that many bytes."""
    told = ["--data", str(folder), *arguments]
    return answered(forked.run(told, cwd, environment(), file_size=file_size))


def assert_whole(folder: Path, first: dict[str, bytes]) -> set[str]:
    """Nothing is half done: the journal gives the files, nothing lies about; give the new files."""
    assert_replays(folder, first)
    assert litter(folder) == []
    return {name for name, data in snapshot(folder).items() if data != first.get(name)}


# ---------------------------------------------------------------- killed


@dataclass(frozen=True)
class Deaths:
    """A command killed at point after point, and the next one after it.

    Attributes:
        first: the files before, without a journal.
        start: the files that the command began with.
        ends: how the killed command and the next one ended.
        killed: what each left behind.
        following: the same after the next command.
    """

    first: dict[str, bytes]
    start: dict[str, bytes]
    ends: list[list[int]]
    killed: list[Path]
    following: list[Path]


@pytest.fixture(scope="module")
def deaths(tmp_path_factory: pytest.TempPathFactory) -> Deaths:
    folder = tmp_path_factory.mktemp("deaths")
    ds, scratch = small_dataset(folder / "ds"), folder / "scratch"
    first = snapshot(ds)
    assert run(ds, *REOPEN).returncode == 0  # So that there is a journal already.
    ends = drive("kill", scratch, ds, [BOTH, NEXT])
    killed = [scratch / f"{number:03}" for number in range(1, len(ends) + 1)]
    following = [path.with_name(f"{path.name}-next") for path in killed]
    return Deaths(first, snapshot(ds), ends, killed, following)


def test_killed_at_any_call_the_next_command_finds_old_or_new_files(deaths: Deaths) -> None:
    results = set()
    for folder, (killed, following) in zip(deaths.following, deaths.ends, strict=True):
        assert following == 0, folder.with_suffix(".out").read_text()
        assert_whole(folder, deaths.first)
        closed = [
            CLOSED in issue(folder, "富宁-0001"),
            CLOSED in issue(folder, "广南-0001", GUANGNAN),
        ]
        assert issue(folder, "富宁-0002")[REMARK] == "后来"
        assert closed[1] or (folder / GUANGNAN).read_bytes() == deaths.start[GUANGNAN]
        results.add(tuple(closed))
        assert killed == (0 if folder == deaths.following[-1] else -signal.SIGKILL)
    assert len(deaths.ends) > 40 // EVERY
    assert results == {(False, False), (True, False), (True, True)}


def test_killed_while_settling_what_was_killed_before(deaths: Deaths, tmp_path: Path) -> None:
    half_done = [
        folder for folder in deaths.killed[:-1] if (folder / ".duzhan-pending.jsonl").exists()
    ]
    # The list of 富宁县 is the new one, that of 广南县 the old one.
    mixed = [
        folder
        for folder in half_done
        if CLOSED in issue(folder, "富宁-0001")
        and CLOSED not in issue(folder, "广南-0001", GUANGNAN)
    ]
    assert mixed

    points = 0
    for number, start in enumerate([half_done[0], mixed[0]]):
        again = tmp_path / f"again{number}"
        ends = drive("kill", again, start, [REFUSED, NEXT])
        points += len(ends)
        for at, (_, following) in enumerate(ends, 1):
            folder = again / f"{at:03}-next"
            assert following == 0, folder.with_suffix(".out").read_text()
            changed = assert_whole(folder, deaths.first)
            assert GUANGNAN not in changed
    assert points > 20 // EVERY
    recovered = [line for line in read_journal(again / "001-next") if line.recovered]
    assert [line.file for line in recovered] == [FUNING]


def test_a_killed_record_is_there_once_or_not_at_all(ds: Path, tmp_path: Path) -> None:
    first = snapshot(ds)
    ends = drive("kill", tmp_path / "scratch", ds, [(*SCORE, "--points", "800"), NEXT])

    counts = set()
    for number, (_, following) in enumerate(ends, 1):
        folder = tmp_path / "scratch" / f"{number:03}-next"
        assert following == 0, folder.with_suffix(".out").read_text()
        assert_whole(folder, first)
        counts.add(len(read_rows((folder / "scores.csv").read_bytes())[1]))
    assert counts == {1, 2}


def test_an_import_killed_at_any_call_is_made_good_by_the_next(ds: Path, tmp_path: Path) -> None:
    lists(ds)
    first = snapshot(ds)
    old = ledgers(ds)
    ends = drive("kill", tmp_path / "scratch", ds, [IMPORT, NEXT, IMPORT], EVERY_OF_MANY)

    folders = [tmp_path / "scratch" / f"{number:03}-next" for number in range(1, len(ends) + 1)]
    whole = ledgers(folders[-1])
    assert {name for name, data in whole.items() if old.get(name) != data} == {
        *(FUNING, GUANGNAN, "issues/砚山县.csv", "issues/西畴县.csv")
    }
    for folder, (killed, following, again) in zip(folders, ends, strict=True):
        # What is killed in the middle of an import leaves each list old or new ...
        assert following == 0, folder.with_suffix(".out").read_text()
        # ... and the same lists, sent once more, make it whole. A cell is always sent back.
        assert again == 1
        assert killed == (1 if folder == folders[-1] else -signal.SIGKILL)
        assert issue(folder, "富宁-0002")[REMARK] == "后来"
        assert_replays(folder, {k: v for k, v in first.items() if not k.startswith("收到")})
        assert litter(folder) == []
        assert ledgers(folder) == whole
        assert {path.name for path in (folder / "收到").iterdir()} == {
            Path(name).name for name in LISTS
        }
        assert {path.name for path in (folder / "退回").iterdir()} == {
            f"{county} 退回更正.{kind}"
            for county in ("富宁县", "广南县")
            for kind in ("csv", "xlsx")
        }
    assert len(ends) > 20


def traceable() -> bool:
    """Whether strace is here and allowed to trace."""
    if shutil.which("strace") is None:
        return False
    probe = ["strace", "-f", "-e", "inject=fsync:signal=SIGKILL:when=9", "true"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not traceable(), reason="needs strace, and the right to trace")
@pytest.mark.parametrize(
    "call", ["fsync:when=2", "rename:when=2", "rename:when=3", "unlink:when=2"]
)
def test_killed_by_the_kernel_in_a_fresh_process(ds: Path, call: str) -> None:
    first = snapshot(ds)
    name, when = call.split(":")
    traced = ["strace", "-f", "-qq", "-e", f"trace={name}"]

    result = subprocess.run(
        [*traced, "-e", f"inject={name}:signal=SIGKILL:{when}", *command(ds, *BOTH)],
        env=environment(),
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert result.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)
    assert run(ds, *NEXT).returncode == 0
    assert_whole(ds, first)


# ---------------------------------------------------------------- no room


@pytest.mark.parametrize("limit", [0, 10, 300, 700, 1000])
def test_a_file_size_limit_changes_nothing(ds: Path, limit: int) -> None:
    first = snapshot(ds)

    result = run(ds, *BOTH, file_size=limit)

    (line,) = result.stderr.splitlines()
    assert (result.returncode, result.stdout) == (1, "")
    assert "磁盘已满或超出限额" in line
    assert snapshot(ds) == first


def test_a_journal_that_may_not_grow_keeps_the_lists_as_they_are(ds: Path) -> None:
    assert run(ds, *SCORE, "--points", "800", "--remark", "长" * 3000).returncode == 0
    first = snapshot(ds)
    limit = len(first[JOURNAL]) + 20

    result = run(ds, *BOTH, file_size=limit)

    assert result.returncode == 1
    assert "数据没有改动" in result.stderr
    assert snapshot(ds) == first


@pytest.mark.parametrize("limit", [0, 10, 300, 700, 1000, 3000])
def test_an_import_under_a_file_size_limit_changes_nothing(ds: Path, limit: int) -> None:
    lists(ds)
    first = snapshot(ds)

    result = run(ds, *IMPORT, cwd=ds, file_size=limit)

    (line,) = result.stderr.splitlines()
    assert (result.returncode, result.stdout) == (1, "")
    assert "磁盘已满或超出限额" in line
    left = {name: data for name, data in snapshot(ds).items() if "退回更正" not in name}
    assert left == first


def test_an_import_on_a_full_or_a_read_only_disk_changes_nothing(small_disk: Path) -> None:
    ds = small_dataset(small_disk / "ds")
    shutil.rmtree(ds / "schemas")
    lists(ds)
    first = snapshot(ds)
    filler = small_disk / "filler"

    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    result = run(ds, *IMPORT, cwd=ds)
    rehearsed = run(ds, *IMPORT, "--dry-run", cwd=ds)
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    assert (result.returncode, len(result.stderr.splitlines())) == (1, 1)
    assert "磁盘是只读的" in result.stderr
    assert "演练" in rehearsed.stdout
    assert snapshot(ds) == first

    outcomes = []
    for pages in (0, 2, 4, 8, 16, 24, 32):
        filler.unlink(missing_ok=True)
        free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
        filler.write_bytes(b"x" * max(free - pages * 4096, 0))
        result = run(ds, *IMPORT, cwd=ds)
        outcomes.append(result.stdout != "")
        if outcomes[-1]:
            break
        assert len(result.stderr.splitlines()) == 1
        assert ledgers(ds) == {name: first[name] for name in (FUNING, GUANGNAN)}
    assert outcomes[0] is False
    assert outcomes[-1] is True
    assert_replays(ds, {k: v for k, v in first.items() if not k.startswith("收到")})


@pytest.fixture
def small_disk(tmp_path: Path) -> Any:  # noqa: ANN401 - a generator of paths
    """A file system of a quarter of a mebibyte; only root can make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("cannot mount a file system here")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk_changes_nothing_and_room_helps(small_disk: Path) -> None:
    ds = small_dataset(small_disk / "ds")
    shutil.rmtree(ds / "schemas")
    first = snapshot(ds)
    filler = small_disk / "filler"

    outcomes = []
    for pages in (0, 2, 4, 8, 16, 32):
        filler.unlink(missing_ok=True)
        free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
        filler.write_bytes(b"x" * (free - pages * 4096))
        result = run(ds, *BOTH)
        outcomes.append(result.returncode)
        if result.returncode:
            assert "数据没有改动" in result.stderr or "写不进去" in result.stderr
            assert len(result.stderr.splitlines()) == 1
            assert snapshot(ds) == first
            continue
        break
    assert outcomes[0] == 1
    assert outcomes[-1] == 0
    assert_whole(ds, first)


# ---------------------------------------------------------------- several at once


def test_two_writers_and_a_close_at_once_lose_nothing(ds: Path, tmp_path: Path) -> None:
    first = snapshot(ds)
    rounds: list[list[Command]] = []
    for number in range(ROUNDS):
        state: Command = (
            REOPEN
            if number % 2 == 0
            else (*("close", "富宁-0003", "--on", f"2021-07-{2 + number // 2:02}", "--by", "张三"),)
        )
        if number % 2 == 0:
            state = (*REOPEN[:3], f"2021-07-{1 + number // 2:02}", *REOPEN[4:])
        rounds.append(
            [
                ("amend", "富宁-0001", REMARK, f"甲{number}", "--by", "甲", "--reason", "一"),
                ("amend", "广南-0002", REMARK, f"乙{number}", "--by", "乙", "--reason", "二"),
                state,
            ]
        )

    ends = drive("together", tmp_path / "scratch", ds, rounds)

    folder = tmp_path / "scratch" / "001"
    assert ends == [0] * 3 * ROUNDS, folder.with_suffix(".out").read_text()
    assert_whole(folder, first)
    lines = list(read_journal(folder))
    assert len(lines) == 3 * ROUNDS
    written = [change.new for line in lines for change in line.entry.changes]
    assert {f"甲{number}" for number in range(ROUNDS)} <= set(written)
    assert {f"乙{number}" for number in range(ROUNDS)} <= set(written)
    assert issue(folder, "富宁-0003")[CLOSED].count("；") == ROUNDS // 2
    assert issue(folder, "富宁-0003")[SENT_BACK].count("；") == ROUNDS // 2 - 1


def test_two_imports_and_a_close_at_once_lose_nothing(ds: Path, tmp_path: Path) -> None:
    first = snapshot(ds)
    (ds / "收到").mkdir()
    rounds: list[list[Command]] = []
    for number in range(ROUNDS):
        # One list says something of two issues and brings a third; the other list another two.
        lists_now = {
            "甲": [
                row(f"甲-{number}", 问题描述=f"甲发现的第{number}处"),
                row("富宁-0001", 责任单位=f"甲{number}"),
            ],
            "乙": [row(f"乙-{number}", 问题描述=f"乙发现的第{number}处")],
        }
        for who, rows in lists_now.items():
            path = ds / f"收到/富宁县{who}{number}.csv"
            path.write_bytes(rows_bytes(ISSUE_COLUMNS, rows))
        day = f"2021-06-{5 + number:02}"
        state: Command = ("close", "富宁-0004", "--on", day, "--by", "张三")
        if number % 2:
            state = ("reopen", "富宁-0004", "--on", day, "--reason", "复查")
        rounds.append([*(("import", f"收到/富宁县{who}{number}.csv") for who in lists_now), state])

    ends = drive("together", tmp_path / "scratch", ds, rounds)

    folder = tmp_path / "scratch" / "001"
    assert ends == [0] * 3 * ROUNDS, folder.with_suffix(".out").read_text()
    assert_replays(folder, first)
    assert litter(folder) == []
    header, rows = read_rows((folder / FUNING).read_bytes())
    identifiers = [one[header.index("编号")] for one in rows]
    assert len(identifiers) == 4 + 2 * ROUNDS
    assert set(identifiers) >= {f"{who}-{number}" for who in "甲乙" for number in range(ROUNDS)}
    assert issue(folder, "富宁-0001")["责任单位"] == f"甲{ROUNDS - 1}"
    assert issue(folder, "富宁-0004")[CLOSED].count("；") == ROUNDS // 2 - 1
    assert issue(folder, "富宁-0004")[SENT_BACK].count("；") == ROUNDS // 2 - 1
    issues = [line.entry.id for line in read_journal(folder) if line.file == FUNING]
    assert len(set(issues)) == 2 + 2 * ROUNDS
