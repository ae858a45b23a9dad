"""A thousand groups in one run over one connection, as fast as the server takes them."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import forked
from conftest import REPOSITORY, answered
from mailing import DAY, mail_environment, post_office, record

if TYPE_CHECKING:
    from types import ModuleType

ALL = "DUZHAN_LAWS" in os.environ
GROUPS = 1000 if ALL else 100


def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mail", REPOSITORY / "benchmarks" / "mail.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_group_gets_its_own_list_over_one_connection(tmp_path: Path) -> None:
    ds = benchmark().dataset(tmp_path / "ds", GROUPS)
    with post_office(tmp_path / "post") as post:
        env = {**os.environ, **mail_environment(f"smtp://127.0.0.1:{post.port}")}
        told = ["--data", str(ds), "overdue", "--email", "--quiet"]
        done = answered(forked.run(told, tmp_path, env))
        envelopes = post.envelopes()
        mails = post.mails()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [e["to"] for e in envelopes] == [[f"g{n:04}@example.cn"] for n in range(1, GROUPS + 1)]
    assert {e["connection"] for e in envelopes} == {1}
    assert [str(mail["Subject"]) for mail in mails[::49]] == [
        f"【督战】第{n:04}县超期问题 3 件（截至{DAY}）" for n in range(1, GROUPS + 1, 49)
    ]
    assert record(ds)[-1]["sent"] == GROUPS


def test_sending_keeps_pace_with_a_bare_loop_over_the_same_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in mail_environment(""):
        # The benchmark sets them for good.
        monkeypatch.setenv(name, "")
    monkeypatch.delenv("DUZHAN_SMTP_TIMEOUT")
    # Without the disk, which others may keep busy: what the program itself costs.
    memory = Path("/dev/shm")  # noqa: S108 - a folder in memory is what is wanted
    where = memory if memory.is_dir() else REPOSITORY
    ratios: list[float] = []
    # Other tests run beside it: once in so many times it must keep pace.
    for _ in range(5 if ALL else 3):
        (theirs,), (ours,), _ = benchmark().compare(GROUPS, 1, where)
        ratios.append(ours / theirs)
        if ratios[-1] >= (0.8 if ALL else 0.4):
            return
    pytest.fail(f"ratios {ratios}")
