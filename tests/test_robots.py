"""Robots of group chats: what each service gets and shows, what is said and recorded of it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
import trustme

import forked
from duzhan.deliver import delivery
from duzhan.deliver.channels import dingtalk, feishu
from duzhan.deliver.channels.robot import RobotKind, RobotText, fitted, kind_of, plain
from duzhan.deliver.channels.robot_channel import Pacing
from duzhan.model import ROBOTS
from mailing import events, overdue_row, record, set_issues
from robots import (
    KINDS,
    PATHS,
    SECRET,
    Chats,
    chat_services,
    robot,
    robot_dataset,
    robot_environment,
)
from small import Calls

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from small import Said

NAMES = {"wecom": "W", "dingtalk": "D", "feishu": "F"}
SAID = (
    "【督战】富宁县超期问题 2 件（截至2021-07-02）",
    "超期未整改2件，最长的超期1天；待核验1件。",
    "1. 超期1天：占道经营（富宁-0001）（北门市场,东侧），没有写责任单位，限7月1日",
    "2. 超期1天：占道经营（富宁-0004）（北门市场,东侧），没有写责任单位，限7月1日",
    "请督促责任单位抓紧整改，并组织核验1件待核验问题。",
)


@pytest.fixture(autouse=True)
def no_real_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds follow each other at once."""
    monkeypatch.setattr(delivery, "_FIRST_PAUSE", 0.01)


@pytest.fixture
def ds(tmp_path: Path) -> Path:
    """富宁县's group has a robot of each kind, signed; 广南县's has one of 企业微信."""
    robots = ", ".join(robot(kind, NAMES[kind], signed=True) for kind in KINDS)
    return robot_dataset(tmp_path / "ds", {"funing": robots, "guangnan": robot("wecom", "G")})


@pytest.fixture
def calls(ds: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Calls:
    monkeypatch.chdir(ds.parent)
    return Calls(ds, capsys)


@pytest.fixture
def notify(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    """Let robots speak to a service; further variables take the place of the usual ones."""

    def run(chats: Chats, *more: str, **environment: str) -> Said:
        told = robot_environment(chats, W="wecom", D="dingtalk", F="feishu", G="wecom")
        with monkeypatch.context() as patch:
            for name, value in {**told, **environment}.items():
                patch.setenv(name, value)
            said = calls(*(more or ("overdue", "--notify")))
        secrets = [SECRET, *(chats.address(kind, name)[-16:] for kind, name in NAMES.items())]
        written = (calls.folder / "outbox.jsonl").read_text("utf-8")
        for secret in secrets:
            assert secret not in said.out + said.err + written
        return said

    return run


# ---------------------------------------------------------------- what is said


def test_each_kind_of_robot_gets_the_text_in_its_own_markdown_signed_and_once(
    notify: Callable[..., Said], ds: Path, tmp_path: Path
) -> None:
    with chat_services(tmp_path / "chats", secret=SECRET) as chats:
        first, second = notify(chats), notify(chats)
        shown = {kind: chats.shown(NAMES[kind]) for kind in KINDS}
        assert len(chats.requests()) == 4
    assert (first.code, second.code) == (0, 0), first.err
    assert shown == {
        "wecom": ["### " + "\n".join(SAID)],
        "dingtalk": ["### " + "\n\n".join(SAID)],
        "feishu": ["\n".join(SAID)],
    }
    assert "送出2条" in first.out
    assert "没有要发的群消息" in second.out
    assert [event for event in events(ds) if event[0] == "run"] == [("run", "ok")] * 2


def test_offices_hear_of_all_counties_and_who_has_no_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ds = robot_dataset(tmp_path / "ds", {}, offices=robot("feishu", "O"))
    with chat_services(tmp_path / "chats") as chats:
        for name, value in robot_environment(chats, O="feishu").items():
            monkeypatch.setenv(name, value)
        calls = Calls(ds, capsys)
        calls.done("overdue", "--notify")
        calls.done("weekly-report", "--notify")
        calls.done("overdue", "--notify", "--county", "富宁")
        overdue, weekly = chats.shown("O")
    assert overdue.startswith("【督战】文山州超期问题 4 件（截至2021-07-02）\n")
    assert "涉及2个县（市）" in overdue
    assert "没有清单、不能判断是否超期：文山市、砚山县、" in overdue
    assert weekly.startswith("【督战】文山州周报要点（2021-W25，第4期）\n")
    assert "▲黄 富宁县：整改达标率25.0%（1/4），评分731（州级），超期0件，待核验1件" in weekly


def test_a_list_that_changed_is_said_as_an_update_and_nothing_overdue_is_silence(
    notify: Callable[..., Said], ds: Path, tmp_path: Path
) -> None:
    with chat_services(tmp_path / "chats", secret=SECRET) as chats:
        notify(chats)
        set_issues(ds, "富宁县", overdue_row("富宁-0009"))
        set_issues(ds, "广南县")
        assert notify(chats).code == 0
        titles = [text.partition("\n")[0] for text in chats.shown("W")]
        assert len(chats.shown("G")) == 1
    assert titles[1] == "### 【督战】富宁县超期问题 1 件（截至2021-07-02）（更新）"


def test_nothing_in_a_cell_calls_people_or_becomes_a_link() -> None:
    assert plain("<@all> [点我](http://x.cn) **急** @138 <at id=all></at>\r\n# 标题") == (
        "＜＠all＞ ［点我］(http：//x.cn) ＊＊急＊＊ ＠138 ＜at id=all＞＜/at＞ ＃ 标题"
    )


@pytest.mark.parametrize("name", KINDS)
def test_a_text_is_cut_between_lines_within_the_limit_and_marked_as_cut(name: str) -> None:
    kind = kind_of(name)
    items = tuple(f"{at}. {'占道经营' * 20}" for at in range(1, 400))
    notice = RobotText("题目", ("开头。",), items, 5, ("请整改。",))
    cut = fitted(notice, kind)
    kept = len(cut.items)
    assert kind.limit - 600 < kind.size(cut) <= kind.limit
    assert cut.lines == (
        "开头。",
        *items[:kept],
        f"……另有{404 - kept}件没有列出",
        "请整改。",
    )
    assert fitted(RobotText("短", ("开头。",)), kind) == RobotText("短", ("开头。",))
    huge = fitted(RobotText("长" * 9000, ("长" * 9000,), (), 0, ("长" * 9000,)), kind)
    assert kind.size(huge) <= kind.limit
    assert "以下截去" in kind.text(huge)


def test_every_kind_of_the_registry_has_its_module() -> None:
    for name in ROBOTS:
        kind: RobotKind = kind_of(name)
        assert kind.answer({}).code is None
        assert kind.size(RobotText("题", ("行",))) <= kind.limit


def test_signatures_are_those_of_the_services_documents() -> None:
    # Computed with the Python of each service's own page.
    assert dingtalk.signature("this is secret", 1_600_000_000.5) == {
        "timestamp": "1600000000500",
        "sign": "yw8gleNdJzXseTyyJxF2wGY0YaaTHg1HBHU8+L2CO3s=",
    }
    assert feishu.signature("this is secret", 1_600_000_000) == {
        "timestamp": "1600000000",
        "sign": "KPGy2t/of6Xra/AnHPcFkxvTtTVcBl/AnCo8A9Y2Tto=",
    }


def test_twenty_texts_a_minute_are_not_exceeded_also_across_runs() -> None:
    import time

    rate = Pacing((0.2, 0.1), most=5, seconds=0.5)
    begun = time.monotonic()
    for _ in range(3):
        rate.wait()
    assert time.monotonic() - begun < 0.2
    rate.wait()
    assert time.monotonic() - begun >= 0.28


# ---------------------------------------------------------------- what goes wrong


def fault(do: str, **more: object) -> dict[str, object]:
    return {"do": do, "match": f"-{NAMES['dingtalk']}", **more}


@pytest.mark.parametrize(
    ("do", "reason"),
    [
        ("310000", "机器人回答 310000 no, said ***&timestamp=***&sign=***）"),
        ("130101", "机器人回答 130101"),
        ("redirect", "服务器要转到别处（HTTP 302），不跟随"),
        ("http-404", "服务器回答 HTTP 404"),
        ("http-500", "服务器回答 HTTP 500"),
    ],
)
def test_a_robot_that_refuses_is_named_and_the_others_speak(
    notify: Callable[..., Said], ds: Path, tmp_path: Path, do: str, reason: str
) -> None:
    with chat_services(tmp_path / "chats", fault(do), secret=SECRET) as chats:
        said = notify(chats)
        assert len(chats.shown()) == 3
        tries = sum(told["kind"] == "dingtalk" for told in chats.requests())
    assert said.code == 3
    assert tries == (4 if do == "http-500" else 1)
    assert f"没有送到：富宁县 钉钉机器人（ROBOT_D）（{reason}" in said.err
    assert ("failed", "dingtalk:ROBOT_D") in events(ds)


def test_a_status_of_200_with_a_code_is_a_refusal_and_a_wrong_signature_too(
    notify: Callable[..., Said], tmp_path: Path
) -> None:
    with chat_services(tmp_path / "chats", secret=SECRET) as chats:
        wrong = notify(
            chats,
            ROBOT_W=chats.address("wecom", "wrong"),
            ROBOT_SECRET="SECanother",  # noqa: S106
        )
        assert [text.partition("\n")[0][4:11] for text in chats.shown()] == ["【督战】广南县"]
    assert wrong.code == 3
    for code in ("93000 invalid webhook url", "310000 sign not match", "19021 sign match fail"):
        assert code in wrong.err


@pytest.mark.parametrize("do", ["-1", "http-503", "http-500"])
def test_a_passing_refusal_is_tried_again_and_shown_once(
    notify: Callable[..., Said], tmp_path: Path, do: str
) -> None:
    with chat_services(tmp_path / "chats", fault(do, times=2), secret=SECRET) as chats:
        assert notify(chats).code == 0
        assert len(chats.shown("D")) == 1
        assert len(chats.requests()) == 6


@pytest.mark.parametrize("do", ["stall", "trickle", "garbage", "huge", "dropped", "http-502"])
def test_a_text_of_unknown_fate_is_named_and_said_again_only_if_asked(
    notify: Callable[..., Said], ds: Path, tmp_path: Path, do: str
) -> None:
    with chat_services(tmp_path / "chats", fault(do, times=1), secret=SECRET) as chats:
        first, second = notify(chats), notify(chats)
        before = [told for told in chats.requests() if told["kind"] == "dingtalk"]
        asked = notify(chats, "overdue", "--notify", "--resend-unknown")
        after = [told for told in chats.requests() if told["kind"] == "dingtalk"]
        last = notify(chats)
        assert len(chats.shown("W")) == len(chats.shown("F")) == 1
    assert (first.code, second.code, asked.code, last.code) == (3, 3, 0, 0)
    assert "钉钉机器人（ROBOT_D）（不知道是否送到）" in second.err
    assert (len(before), len(after)) == (1, 2)
    assert [event for event in events(ds) if event[0] == "unknown"] == [
        ("unknown", "dingtalk:ROBOT_D")
    ]


def test_a_line_closed_before_a_word_is_no_sure_failure(
    notify: Callable[..., Said], ds: Path, tmp_path: Path
) -> None:
    with chat_services(tmp_path / "chats", {"do": "closed"}, secret=SECRET) as chats:
        said = notify(chats)
        assert chats.shown() == []
    assert said.code == 3
    assert {event[0] for event in events(ds)} <= {"planned", "sending", "unknown", "failed", "run"}


def test_nobody_at_the_address_is_tried_four_times_and_made_good_later(
    notify: Callable[..., Said], ds: Path, tmp_path: Path
) -> None:
    with chat_services(tmp_path / "chats", secret=SECRET) as chats:
        first = notify(chats, ROBOT_D="http://127.0.0.1:9/robot/send?access_token=0123456789")
        second = notify(chats)
        assert len(chats.shown("D")) == 1
    assert (first.code, second.code) == (3, 0)
    assert "钉钉机器人（ROBOT_D）（服务器拒绝连接" in first.err
    assert sum(event == ("failed", "dingtalk:ROBOT_D") for event in events(ds)) == 4


def test_a_certificate_of_another_name_is_refused_and_one_of_the_same_name_taken(
    ds: Path, tmp_path: Path
) -> None:
    authority, files = trustme.CA(), {}
    for name in ("127.0.0.1", "other.example.cn"):
        certificate = authority.issue_cert(name)
        files[name] = tmp_path / f"{name}.pem", tmp_path / f"{name}.key"
        certificate.cert_chain_pems[0].write_to_path(files[name][0])
        certificate.private_key_pem.write_to_path(files[name][1])
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    said: dict[str, subprocess.CompletedProcess[str]] = {}
    for name, (cert, key) in files.items():
        script = {"secret": SECRET, "cert": str(cert), "key": str(key)}
        with chat_services(tmp_path / name, **script) as chats:
            # A process of its own: what vouches is read once a process.
            told = robot_environment(chats, W="wecom", D="dingtalk", F="feishu", G="wecom")
            line = [
                "--data",
                str(ds),
                "overdue",
                "--notify",
                "--as-of",
                f"2021-07-0{len(said) + 2}",
            ]
            variables = {**os.environ, **told, "SSL_CERT_FILE": str(tmp_path / "ca.pem")}
            said[name] = forked.run(line, tmp_path, variables)
            assert len(chats.shown()) == (4 if name == "127.0.0.1" else 0)
    assert said["127.0.0.1"].returncode == 0, said["127.0.0.1"].stderr
    assert said["other.example.cn"].returncode == 3
    assert "服务器的证书不可信（名称与服务器地址不符），没有发送" in said["other.example.cn"].stderr


# ---------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ("http://robots.example.cn/robot/send?access_token=0123", "没有加密，应为 https:// 开头"),
        ("ftp://127.0.0.1/robot/send", "不是网址"),
        ("https://robots..example.cn/send", "不是网址"),
        ("https://user:pass@robots.example.cn/send", "不能带用户名"),
        ("", "没有设置环境变量 ROBOT_D"),
    ],
)
def test_an_address_that_cannot_be_used_is_named_by_its_variable_and_keeps_nobody_else_silent(
    notify: Callable[..., Said], tmp_path: Path, address: str, wrong: str
) -> None:
    with chat_services(tmp_path / "chats", secret=SECRET) as chats:
        said = notify(chats, ROBOT_D=address)
        assert len(chats.shown()) == 3
    assert said.code == 3
    assert wrong in said.err
    assert "access_token" not in said.err
    assert "robots.example.cn" not in said.err


def test_an_address_in_a_file_is_read_if_nobody_else_can(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ds = robot_dataset(tmp_path / "ds", {"funing": "{kind: wecom, url_file: robot.url}"})
    secret = ds / "robot.url"
    calls = Calls(ds, capsys)
    with chat_services(tmp_path / "chats") as chats:
        for name, value in robot_environment(chats).items():
            monkeypatch.setenv(name, value)
        secret.write_text(chats.address("wecom", "X") + "\n", "utf-8")
        secret.chmod(0o644)
        refused = calls("overdue", "--notify")
        secret.chmod(0o600)
        assert calls("overdue", "--notify").code == 0
        assert len(chats.shown("X")) == 1
    assert refused.code == 3
    assert "别人也能读，请先收紧权限：chmod 600" in refused.err


@pytest.mark.parametrize(
    ("keys", "wrong"),
    [
        ("{kind: wecom}", "url_env 和 url_file 应写一个"),
        ("{kind: slack, url_env: A}", "没有这种机器人，可写 wecom、dingtalk、feishu"),
        ("{kind: wecom, url_env: 'https://x.cn/k3y-0f-the-robot'}", "应为环境变量的名字"),
        ("{kind: wecom, url_file: 'https://x.cn/k3y-0f-the-robot'}", "应为文件的路径"),
        ("{kind: wecom, url: 'https://x.cn/k3y-0f-the-robot'}", "没有“url”这个键"),
    ],
)
def test_a_slip_in_the_keys_is_explained_and_an_address_put_there_never_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], keys: str, wrong: str
) -> None:
    ds = robot_dataset(tmp_path / "ds", {"funing": keys})
    for options in ((), ("--json",)):
        said = Calls(ds, capsys)("check", *options)
        assert said.code == 1
        assert wrong in said.out
        assert "k3y" not in said.out + said.err


def test_without_any_robot_a_run_says_so_and_leaves_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUZHAN_TODAY", "2021-07-02")
    ds = robot_dataset(tmp_path / "ds", {})
    said = Calls(ds, capsys)("overdue", "--notify")
    assert said.code == 1
    assert said.err.startswith("groups.yaml 里没有写机器人")
    assert events(ds) == [("run", "error")]


def test_a_rehearsal_writes_what_each_robot_would_say_and_names_what_is_missing(
    calls: Calls, ds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUZHAN_TODAY", "2021-07-02")
    said = calls("overdue", "--notify", "--dry-run")
    folder = ds.parent / "消息演练 2021-07-02"
    assert said.code == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "01-1 广南县 超期问题 企业微信机器人.md",
        "02-1 富宁县 超期问题 企业微信机器人.md",
        "02-2 富宁县 超期问题 钉钉机器人.md",
        "02-3 富宁县 超期问题 飞书机器人.md",
    ]
    assert "还缺设置：没有设置环境变量 ROBOT_D，不知道钉钉机器人的地址" in said.out
    assert not (ds / "outbox.jsonl").exists()


def test_mail_that_cannot_be_sent_keeps_no_robot_silent(
    notify: Callable[..., Said], ds: Path, tmp_path: Path
) -> None:
    with chat_services(tmp_path / "chats", secret=SECRET) as chats:
        said = notify(chats, "overdue", "--email", "--notify", "--json")
        assert len(chats.shown()) == 4
    assert said.code == 1
    assert "没有设置环境变量 DUZHAN_SMTP_URL" in said.err
    assert json.loads(said.out)["ok"] is True
    assert [line["command"] for line in record(ds) if line["event"] == "run"] == [
        "overdue",
        "overdue --notify",
    ]


def test_paths_of_the_tests_are_those_of_the_services() -> None:
    assert set(PATHS) == set(ROBOTS)
