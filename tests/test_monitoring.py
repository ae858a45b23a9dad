"""What a monitoring service hears of runs, and what a node exporter reads."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics_parser

from mailing import mail_dataset, mail_environment, post_office
from robots import chat_services
from small import Calls

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from prometheus_client import Metric

    from robots import Chats


@pytest.fixture
def calls(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Calls:
    for name, value in mail_environment("smtp://127.0.0.1:9").items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return Calls(mail_dataset(tmp_path / "ds"), capsys)


@pytest.fixture
def monitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chats]:
    with chat_services(tmp_path / "monitor") as chats:
        monkeypatch.setenv("PING_URL", f"http://127.0.0.1:{chats.port}/ping/0123-4567?x=1")
        yield chats


def heard(monitor: Chats) -> list[str]:
    return [told["path"] for told in monitor.requests()]


def test_a_run_that_went_well_calls_the_address_and_any_other_what_is_below_it_at_fail(
    calls: Calls, monitor: Chats, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    well, fail = "/ping/0123-4567?x=1", "/ping/0123-4567/fail?x=1"
    assert calls("overdue", "--ping", "PING_URL").code == 0
    assert heard(monitor) == [well]
    with post_office(tmp_path / "post", {"at": "rcpt", "do": "550"}) as post:
        monkeypatch.setenv("DUZHAN_SMTP_URL", post.environment["DUZHAN_SMTP_URL"])
        assert calls("overdue", "--email", "--ping", "PING_URL").code == 3
    assert calls("import", "nothing.xlsx", "--ping", "PING_URL").code == 1
    assert calls("doctor", "--ping", "PING_URL").code == 1
    assert calls("weekly-report", "--week", "1999-W01", "--ping", "PING_URL").code == 2
    assert heard(monitor) == [well, fail, fail, fail, fail]


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ("", "没有设置环境变量 PING_URL，没有告知监控"),
        ("http://monitor.example.cn/0123-4567", "没有加密"),
        ("http://127.0.0.1:9/0123-4567", "服务器拒绝连接"),
    ],
)
def test_a_service_that_cannot_be_told_changes_no_exit_code_and_its_address_is_not_shown(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, address: str, wrong: str
) -> None:
    monkeypatch.setenv("PING_URL", address)
    said = calls("overdue", "--ping", "PING_URL")
    assert said.code == 0
    assert wrong in said.err
    assert "0123" not in said.err


def exposed(text: str) -> list[Metric]:
    """The families that a strict reader of OpenMetrics finds."""
    read = openmetrics_parser.text_string_to_metric_families
    return list(read(text))  # type: ignore[no-untyped-call]


def samples(families: list[Metric]) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_metrics_are_read_by_both_parsers_and_say_what_stands(calls: Calls, tmp_path: Path) -> None:
    file = tmp_path / "duzhan.prom"
    calls("doctor", "--openmetrics", str(file))
    text = file.read_text("utf-8")
    told = samples(exposed(text))
    assert told == samples(list(parser.text_string_to_metric_families(text)))
    funing = (("code", "532628"), ("county", "富宁县"))
    assert told["duzhan_doctor_ok", ()] == 0
    assert told["duzhan_last_good_run_age_seconds", ()] == math.inf
    assert told["duzhan_issues_open", funing] == 2
    assert told["duzhan_issues_overdue", funing] == 2
    assert told["duzhan_issues_claimed", funing] == 1
    lights = [
        value
        for (name, labels), value in told.items()
        if name == "duzhan_light" and ("county", "富宁县") in labels
    ]
    assert sorted(lights) == [0, 0, 1]


def test_the_age_of_the_last_good_run_is_told_by_command(
    calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with post_office(tmp_path / "post") as post:
        monkeypatch.setenv("DUZHAN_SMTP_URL", post.environment["DUZHAN_SMTP_URL"])
        calls.done("overdue", "--email")
    monkeypatch.setenv("DUZHAN_TODAY", "2021-07-04")
    file = tmp_path / "duzhan.prom"
    calls("doctor", "--openmetrics", str(file))
    told = samples(exposed(file.read_text("utf-8")))
    for key in (
        ("duzhan_last_good_run_age_seconds", ()),
        ("duzhan_command_last_good_run_age_seconds", (("command", "overdue"),)),
    ):
        assert 2 * 86_400 - 5 <= told[key] <= 2 * 86_400 + 300
