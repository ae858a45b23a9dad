"""What no server and no closed terminal may do to a run: hold it, mislead it, or lose its line."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import forked
from duzhan.deliver import delivery
from mailing import events, mail_dataset, mail_environment, post_office, record
from small import Calls, Said, command

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
QUICK = {"DUZHAN_SMTP_TIMEOUT": "0.5"}


@pytest.fixture
def ds(tmp_path: Path) -> Path:
    return mail_dataset(tmp_path / "ds")


@contextmanager
def rude(folder: Path, do: str) -> Iterator[dict[str, str]]:
    """The environment that sends to a rude server."""
    (folder / "count").touch()
    with forked.served(HERE / "rude_server.py", folder / "count", do) as port:
        yield mail_environment(f"smtp://127.0.0.1:{port}", **QUICK)


Send = Callable[..., Said]


@pytest.fixture
def send(ds: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Send:
    """Runs `duzhan overdue --email` in this process, with an environment."""
    calls = Calls(ds, capsys)
    monkeypatch.setattr(delivery, "_FIRST_PAUSE", 0.01)

    def run(told: dict[str, str], *more: str) -> Said:
        with monkeypatch.context() as patch:
            for name, value in told.items():
                patch.setenv(name, value)
            return calls("overdue", "--email", *more)

    return run


@pytest.mark.parametrize(("do", "reason"), [("endless", "回答长得没有道理"), ("slow", "没有回答")])
def test_an_answer_without_end_holds_a_run_no_longer_than_the_time_out(
    send: Send, tmp_path: Path, do: str, reason: str
) -> None:
    with rude(tmp_path, do) as told:
        begun = time.monotonic()
        done = send(told)
        took = time.monotonic() - begun
    assert done.code == 3
    assert reason in done.err
    # Four rounds of half a second, and the pauses between them.
    assert took < 30


@pytest.mark.parametrize("do", ["garbage", "torn", "354", "long"])
def test_an_answer_to_the_content_that_cannot_be_read_is_unknown_and_nothing_goes_twice(
    ds: Path, send: Send, tmp_path: Path, do: str
) -> None:
    with rude(tmp_path, do) as told:
        done, again = send(told), send(told)
    assert (done.code, again.code) == (3, 3)
    assert {event[0] for event in events(ds)} == {"planned", "sending", "unknown", "run"}
    assert (tmp_path / "count").read_text() == "xx"


def test_a_run_ends_when_its_whole_time_is_over_and_the_rest_goes_next_time(
    send: Send, tmp_path: Path
) -> None:
    with post_office(tmp_path / "post", {"at": "answer", "do": "stall", "times": 1}) as post:
        begun = time.monotonic()
        told = {**post.environment, "DUZHAN_MAIL_DEADLINE": "1"}
        done = send(told)
        assert time.monotonic() - begun < 30
        assert "DUZHAN_MAIL_DEADLINE" in done.err
        assert len(post.raw()) == 1
        assert send(post.environment).code == 3
        assert len(post.raw()) == 2


def test_a_second_run_waits_also_if_somebody_deletes_the_lock(
    ds: Path, send: Send, tmp_path: Path
) -> None:
    with post_office(tmp_path / "post", {"at": "data", "do": "stall", "times": 1}) as post:
        env = {**os.environ, **post.environment, "DUZHAN_SMTP_TIMEOUT": "4"}
        first = subprocess.Popen(command(ds, "overdue", "--email"), env=env)
        wait_for(ds, "planned")
        (ds / ".duzhan-mail.lock").unlink(missing_ok=True)
        second = send(post.environment, "--lock-timeout", "0.2")
        assert first.wait(200) == 0
        assert len(post.raw()) == 2
    assert second.code == 1
    assert "另一个 duzhan 还在发信" in second.err


def test_a_record_that_is_taken_away_stops_the_sending(ds: Path, tmp_path: Path) -> None:
    with post_office(tmp_path / "post", {"at": "mail", "do": "stall", "times": 1}) as post:
        env = {**os.environ, **post.environment, "DUZHAN_SMTP_TIMEOUT": "2"}
        first = subprocess.Popen(
            command(ds, "overdue", "--email"), env=env, stderr=subprocess.PIPE, text=True
        )
        wait_for(ds, "planned")
        (ds / "outbox.jsonl").rename(ds / "outbox.old")
        (ds / "outbox.jsonl").write_text("", "utf-8")
        _, said = first.communicate(timeout=200)
        assert post.raw() == []
    assert first.returncode == 1
    assert "移走或换掉" in said


def test_a_run_that_is_told_to_end_leaves_its_line(ds: Path, send: Send, tmp_path: Path) -> None:
    with post_office(tmp_path / "post", {"at": "answer", "do": "stall"}) as post:
        first = subprocess.Popen(
            command(ds, "overdue", "--email"),
            env={**os.environ, **post.environment, "DUZHAN_SMTP_TIMEOUT": "30"},
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_for(ds, "sending")
        first.send_signal(signal.SIGTERM)
        _, said = first.communicate(timeout=200)
    assert first.returncode == 143
    assert "SIGTERM" in said
    assert record(ds)[-1]["event"] == "run"
    assert record(ds)[-1]["result"] == "error"
    with post_office(tmp_path / "post2") as post:
        assert send(post.environment).code == 3
        assert len(post.raw()) == 1


@pytest.mark.parametrize("where", [">&-", ">/dev/full", ">&- 2>&-"])
@pytest.mark.parametrize("refused", [False, True])
def test_where_nothing_can_be_printed_the_record_stands_and_the_exit_code_is_right(
    ds: Path, tmp_path: Path, where: str, *, refused: bool
) -> None:
    faults = [{"at": "rcpt", "do": "550", "match": "funing"}] if refused else []
    with post_office(tmp_path / "post", *faults) as post:
        line = " ".join(f"'{part}'" for part in command(ds, "overdue", "--email"))
        done = subprocess.run(
            ["bash", "-c", f"{line} {where}"],
            env={**os.environ, **post.environment},
            check=False,
            stderr=subprocess.DEVNULL,
        )
        assert len(post.raw()) == (1 if refused else 2)
    assert done.returncode == (3 if refused else 0)
    assert events(ds)[-1] == ("run", "failed" if refused else "ok")


@pytest.mark.parametrize("host", ["smtp..example.cn", "x" * 64 + ".cn"])
def test_a_host_that_cannot_be_looked_up_is_explained(send: Send, host: str) -> None:
    done = send(mail_environment(f"smtps://{host}"))
    assert done.code == 1
    assert "环境变量 DUZHAN_SMTP_URL 写法不对" in done.err


def test_a_rehearsal_refuses_a_sender_that_is_none_and_names_a_missing_one(
    send: Send, tmp_path: Path
) -> None:
    told = mail_environment("smtp://127.0.0.1:9")
    folder = str(tmp_path / "eml")
    wrong = send({**told, "DUZHAN_MAIL_FROM": "nobody"}, "--dry-run", "--eml-dir", folder)
    missing = send({**told, "DUZHAN_MAIL_FROM": ""}, "--dry-run", "--eml-dir", folder)
    assert wrong.code == 1
    assert "DUZHAN_MAIL_FROM" in wrong.err
    assert missing.code == 0
    assert "还缺设置：没有设置环境变量 DUZHAN_MAIL_FROM" in missing.out


def wait_for(ds: Path, event: str) -> None:
    """Wait until the record has such a line."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if (ds / "outbox.jsonl").exists() and any(one[0] == event for one in events(ds)):
            return
        time.sleep(0.02)
    raise AssertionError(event)
