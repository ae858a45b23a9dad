"""Senders killed anywhere, and two at once: nobody gets a list twice unless a person asked."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import forked
import mail_driver
from conftest import answered
from mailing import FUNING, GUANGNAN, events, mail_dataset, post_office
from robots import SECRET, chat_services, robot, robot_dataset, robot_environment

if TYPE_CHECKING:
    import subprocess

HERE = Path(__file__).parent
ALL = "DUZHAN_LAWS" in os.environ
# Wherever something is said or written for the first time, and at every so-manieth point.
EVERY, EVERY_OF_ROBOTS = (1, 1) if ALL else (24, 12)
RECIPIENTS = (GUANGNAN, FUNING, "second@example.cn")


def two_groups(folder: Path) -> Path:
    """富宁县's group has two addresses, 广南县's one."""
    return mail_dataset(folder, funing=f"    recipients: [{FUNING}, second@example.cn]\n")


def ends_of(
    scratch: Path, template: Path, how: str, environment: dict[str, str], every: int
) -> list[list[int]]:
    """Kill a sender at point after point; how each run and those after it ended."""
    variables = {**os.environ, **environment}
    forked.call(mail_driver.drive, scratch, template, how, variables, every, timeout=600)
    ends: list[list[int]] = json.loads((scratch / "ends.json").read_text("utf-8"))
    return ends


def killed_or_through(ends: list[list[int]]) -> None:
    """Nearly all senders died as they should; the others ended well."""
    codes = Counter(first for first, *_ in ends)
    assert set(codes) == {-signal.SIGKILL, 0}
    assert codes[-signal.SIGKILL] >= max(8, len(ends) * 3 // 4)


def ended(ds: Path, environment: dict[str, str], *more: str) -> subprocess.CompletedProcess[str]:
    """How a process that mails lists ended."""
    told = ["--data", str(ds), "overdue", "--email", *more]
    return answered(forked.run(told, HERE, {**os.environ, **environment}))


def test_a_sender_killed_at_any_point_never_sends_a_list_twice_unless_asked(
    tmp_path: Path,
) -> None:
    template, scratch = two_groups(tmp_path / "template"), tmp_path / "scratch"
    scratch.mkdir()
    with post_office(tmp_path / "post") as post:
        ends = ends_of(scratch, template, "--email", post.environment, EVERY)
        arrived: dict[str, Counter[str]] = {}
        for envelope in post.envelopes():
            copy = envelope["from"].partition("@")[0].removeprefix("copy-")
            arrived.setdefault(copy, Counter()).update(envelope["to"])

    assert ends[-1] == [0, 0, 0, 0]
    killed_or_through(ends)
    doubts = 0
    for folder, codes in zip(sorted(scratch.glob("[0-9]???")), ends, strict=True):
        unknown = [event[1:] for event in events(folder) if event[0] == "unknown"]
        doubtful = {address for addresses in unknown for address in addresses}
        # The run after the death says that it does not know; the one that was asked settles it.
        assert codes[1:] in (([3, 0, 0],) if doubtful else ([0], [0, 0, 0])), folder
        doubts += bool(doubtful)
        for address in RECIPIENTS:
            most = 2 if address in doubtful else 1
            assert 1 <= arrived[folder.name][address] <= most, (folder, address)
    assert doubts


def robot_groups(folder: Path) -> Path:
    """富宁县's group has two robots, 广南县's one."""
    funing = f"{robot('wecom', 'W')}, {robot('dingtalk', 'D', signed=True)}"
    return robot_dataset(folder, {"funing": funing, "guangnan": robot("feishu", "G", signed=True)})


def patient(environment: dict[str, str]) -> dict[str, str]:
    """A crowded machine answers late; here it is no fault of the service."""
    return {**environment, "DUZHAN_ROBOT_TIMEOUT": "20"}


def test_a_robot_killed_at_any_point_never_says_a_text_twice_unless_asked(tmp_path: Path) -> None:
    template, scratch = robot_groups(tmp_path / "template"), tmp_path / "scratch"
    scratch.mkdir()
    with chat_services(tmp_path / "chats", secret=SECRET) as chats:
        robots = patient(robot_environment(chats, W="wecom", D="dingtalk", G="feishu"))
        ends = ends_of(scratch, template, "--notify", robots, EVERY_OF_ROBOTS)
        folders = sorted(scratch.glob("[0-9]???"))
        arrived = {
            (folder.name, name): len(chats.shown(f"{name}-{folder.name}"))
            for folder in folders
            for name in "WDG"
        }
    names = {"W": "wecom:ROBOT_W", "D": "dingtalk:ROBOT_D", "G": "feishu:ROBOT_G"}
    assert ends[-1] == [0, 0, 0, 0]
    killed_or_through(ends)
    doubts = 0
    for folder, codes in zip(folders, ends, strict=True):
        unknown = [event[1:] for event in events(folder) if event[0] == "unknown"]
        doubtful = {address for addresses in unknown for address in addresses}
        assert codes[1:] in (([3, 0, 0],) if doubtful else ([0], [0, 0, 0])), folder
        doubts += bool(doubtful)
        for name, address in names.items():
            most = 2 if address in doubtful else 1
            assert 1 <= arrived[folder.name, name] <= most, (folder, address)
    assert doubts


def at_once(ds: Path, how: str, environment: dict[str, str]) -> list[int]:
    """How three processes ended that were begun together."""
    told, variables = ["--data", str(ds), "overdue", how], {**os.environ, **environment}
    with ThreadPoolExecutor(3) as pool:
        runs = [pool.submit(forked.run, told, HERE, variables) for _ in range(3)]
        return [answered(run.result()).returncode for run in runs]


def test_robots_of_two_runs_at_once_say_each_text_once(tmp_path: Path) -> None:
    ds = robot_groups(tmp_path / "ds")
    with chat_services(tmp_path / "chats", secret=SECRET) as chats:
        told = patient(robot_environment(chats, W="wecom", D="dingtalk", G="feishu"))
        assert at_once(ds, "--notify", told) == [0, 0, 0]
        assert len(chats.shown()) == 3
    assert [event for event in events(ds) if event[0] == "run"] == [("run", "ok")] * 3


def test_two_runs_at_once_send_each_list_once_and_both_leave_their_line(tmp_path: Path) -> None:
    ds = two_groups(tmp_path / "ds")
    with post_office(tmp_path / "post") as post:
        assert at_once(ds, "--email", post.environment) == [0, 0, 0]
        assert post.recipients() == sorted(RECIPIENTS)
    assert [event for event in events(ds) if event[0] == "run"] == [("run", "ok")] * 3


def test_a_last_line_that_broke_off_is_mended_and_what_it_would_have_said_is_unknown(
    tmp_path: Path,
) -> None:
    ds = two_groups(tmp_path / "ds")
    with post_office(tmp_path / "post") as post:
        assert ended(ds, post.environment).returncode == 0
        path = ds / "outbox.jsonl"
        lines = path.read_bytes().splitlines(keepends=True)
        sent = next(n for n, line in enumerate(lines) if b'"event": "sent"' in line)
        path.write_bytes(b"".join(lines[:sent]) + lines[sent][:100])
        assert ended(ds, post.environment).returncode == 3
        # 广南县's list is in doubt; 富宁县's was not on the record any more.
        assert post.recipients().count(GUANGNAN) == 1
        assert ended(ds, post.environment, "--resend-unknown").returncode == 0
        assert post.recipients().count(GUANGNAN) == 2
    assert all(isinstance(json.loads(line), dict) for line in path.read_text("utf-8").splitlines())


def test_a_damaged_line_within_the_record_stops_sending_and_is_named(tmp_path: Path) -> None:
    ds = two_groups(tmp_path / "ds")
    with post_office(tmp_path / "post") as post:
        (ds / "outbox.jsonl").write_text('{"event": "sent"}\n', "utf-8")
        done = ended(ds, post.environment)
        assert post.raw() == []
    assert done.returncode == 1
    assert done.stderr.startswith("outbox.jsonl 第1行读不懂，不能确定哪些信已经发过，所以没有发信")
