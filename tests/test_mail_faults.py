"""Servers that fail, in processes of their own: who gets the list, what is said and recorded."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest
import trustme

from duzhan.deliver import delivery
from mailing import (
    DAY,
    FUNING,
    GUANGNAN,
    OFFICES,
    events,
    mail_dataset,
    mail_environment,
    overdue_row,
    post_office,
    record,
    set_issues,
)
from small import Calls

if TYPE_CHECKING:
    from pathlib import Path

    from mailing import Post
    from small import Said

SECRET = "p@ss:w/rd&秘"  # noqa: S105 - of a server that lives for a second
PLAIN_SECRET = "hunter-2-and-a-half"  # noqa: S105


@pytest.fixture(autouse=True)
def no_real_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds follow each other at once; one test below waits for real."""
    monkeypatch.setattr(delivery, "_FIRST_PAUSE", 0.01)


@pytest.fixture
def ds(tmp_path: Path) -> Path:
    return mail_dataset(tmp_path / "ds")


class Sender:
    """Runs `duzhan overdue --email` against a server."""

    def __init__(self, calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
        self._calls = calls
        self._monkeypatch = monkeypatch

    def __call__(self, post: Post | None, *more: str, **environment: str) -> Said:
        told = post.environment if post else mail_environment("smtp://127.0.0.1:9")
        with self._monkeypatch.context() as patch:
            for name, value in {**told, **environment}.items():
                patch.setenv(name, value)
            return self._calls("overdue", "--email", *more)


@pytest.fixture
def send(ds: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Sender:
    return Sender(Calls(ds, capsys), monkeypatch)


def test_each_group_gets_its_own_county_once_and_a_second_run_sends_nothing(
    send: Sender, ds: Path, tmp_path: Path
) -> None:
    with post_office(tmp_path / "post") as post:
        first, second = send(post), send(post)
        arrived = [(m["To"], m["Subject"]) for m in post.mails()]
        connections = {envelope["connection"] for envelope in post.envelopes()}

    assert (first.code, second.code) == (0, 0)
    assert "送出2封" in first.out
    assert "没有要发的邮件" in second.out
    assert arrived == [
        ("广南县督战组 <guangnan@example.cn>", f"【督战】广南县超期问题 2 件（截至{DAY}）"),
        ("富宁县督战组 <funing@example.cn>", f"【督战】富宁县超期问题 2 件（截至{DAY}）"),
    ]
    assert connections == {1}
    assert events(ds) == [
        ("planned", GUANGNAN),
        ("planned", FUNING),
        ("sending", GUANGNAN),
        ("sent", GUANGNAN),
        ("sending", FUNING),
        ("sent", FUNING),
        ("run", "ok"),
        ("run", "ok"),
    ]


def test_a_refused_connection_is_tried_four_times_and_named_and_made_good_the_next_day(
    send: Sender, ds: Path, tmp_path: Path
) -> None:
    said = send(None)

    assert said.code == 3
    assert "没有送到：" in said.err
    assert GUANGNAN in said.err
    assert FUNING in said.err
    assert "127.0.0.1:9 连不上：连接被拒绝" in said.out
    assert events(ds).count(("failed", FUNING)) == 4
    assert events(ds)[-1] == ("run", "failed")

    with post_office(tmp_path / "post") as post:
        later = send(post, DUZHAN_TODAY="2021-07-03")
        texts = [str(m.get_body(("plain",)).get_content()) for m in post.mails()]  # type: ignore[union-attr]
        assert post.recipients() == [FUNING, GUANGNAN]
    assert later.code == 0
    assert all(f"上一次（{DAY}）的清单没有送达，请以本件为准。" in text for text in texts)


@pytest.mark.parametrize("at", ["connect", "ehlo", "mail", "rcpt", "data", "refusal"])
def test_a_passing_refusal_anywhere_is_tried_again_and_nobody_gets_it_twice(
    send: Sender, tmp_path: Path, at: str
) -> None:
    do = "452" if at in {"data", "refusal"} else "450" if at in {"mail", "rcpt"} else "421"
    with post_office(tmp_path / "post", {"at": at, "do": do, "times": 2}) as post:
        said = send(post)
        assert post.recipients() == [FUNING, GUANGNAN]
    assert said.code == 0, said.out


@pytest.mark.parametrize("at", ["mail", "rcpt", "data", "refusal"])
def test_a_421_in_the_middle_is_followed_by_a_new_connection(
    send: Sender, tmp_path: Path, at: str
) -> None:
    with post_office(tmp_path / "post", {"at": at, "do": "421", "times": 1}) as post:
        said = send(post)
        assert post.recipients() == [FUNING, GUANGNAN]
        assert {envelope["connection"] for envelope in post.envelopes()} == {2}
    assert said.code == 0, said.out


def test_a_450_is_answered_with_a_real_pause_and_then_taken(
    send: Sender, ds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "_FIRST_PAUSE", 1)
    with post_office(tmp_path / "post", {"at": "rcpt", "do": "450", "times": 1}) as post:
        said = send(post)
        assert post.recipients() == [FUNING, GUANGNAN]
    assert said.code == 0
    failed = next(line for line in record(ds) if line["event"] == "failed")
    assert (failed["to"], failed["lasting"]) == ([GUANGNAN], False)
    assert failed["reason"] == "450 4.2.0 mailbox busy"


def test_one_recipients_550_is_reported_and_the_others_get_the_list(
    send: Sender, ds: Path, tmp_path: Path
) -> None:
    both = mail_dataset(tmp_path / "other", funing="    recipients: [bad@x.cn, good@x.cn]\n")
    (ds / "groups.yaml").write_bytes((both / "groups.yaml").read_bytes())
    faults = {"at": "rcpt", "do": "550", "match": "bad@"}
    with post_office(tmp_path / "post", faults) as post:
        said, again = send(post), send(post)
        assert post.recipients() == ["good@x.cn", GUANGNAN]

    assert (said.code, again.code) == (3, 3)
    assert said.err.splitlines()[-1] == "没有送到：富宁县 bad@x.cn（550 5.1.1 no such user）"
    assert "已送出：good@x.cn" in said.out
    assert events(ds).count(("failed", "bad@x.cn")) == 2


def test_an_address_mended_the_same_day_gets_the_list_and_only_that_one(
    send: Sender, ds: Path, tmp_path: Path
) -> None:
    with post_office(tmp_path / "post", {"at": "rcpt", "do": "550", "match": "funing"}) as post:
        assert send(post).code == 3
        roster = (ds / "groups.yaml").read_text("utf-8")
        (ds / "groups.yaml").write_text(roster.replace(FUNING, "new@example.cn"), "utf-8")
        said = send(post)
        assert post.recipients() == [GUANGNAN, "new@example.cn"]
    assert said.code == 0


def test_a_line_dropped_within_the_content_is_tried_again_or_asked_about_never_sent_twice(
    send: Sender, ds: Path, tmp_path: Path
) -> None:
    # The system may have taken the final dot before it learns that the line is cut.
    with post_office(tmp_path / "post", {"at": "body", "do": "drop", "times": 1}) as post:
        said = send(post)
        if said.code:
            assert ("unknown", GUANGNAN) in events(ds)
            assert post.recipients() == [FUNING]
            assert send(post).code == 3
            assert post.recipients() == [FUNING]
            said = send(post, "--resend-unknown")
        assert post.recipients() == [FUNING, GUANGNAN]
    assert said.code == 0


@pytest.mark.parametrize("at", ["mail", "rcpt", "data"])
def test_a_line_dropped_before_the_content_is_tried_again(
    send: Sender, ds: Path, tmp_path: Path, at: str
) -> None:
    with post_office(tmp_path / "post", {"at": at, "do": "drop", "times": 1}) as post:
        said = send(post)
        assert post.recipients() == [FUNING, GUANGNAN]
    assert said.code == 0, said.out
    assert ("unknown", GUANGNAN) not in events(ds)


def test_a_line_dropped_after_the_final_dot_is_unknown_and_sent_again_only_if_asked(
    send: Sender, ds: Path, tmp_path: Path
) -> None:
    with post_office(tmp_path / "post", {"at": "answer", "do": "drop", "times": 1}) as post:
        first, second = send(post), send(post)
        assert post.recipients() == [FUNING, GUANGNAN]
        asked, after = send(post, "--resend-unknown"), send(post)
        assert post.recipients() == [FUNING, GUANGNAN, GUANGNAN]
        ids = [m["Message-ID"] for m in post.mails() if m["To"] and GUANGNAN in m["To"]]

    assert [first.code, second.code, asked.code, after.code] == [3, 3, 0, 0]
    assert "不知道是否送到 guangnan@example.cn" in first.out
    assert "--resend-unknown" in second.out
    assert ids[0] == ids[1]
    assert events(ds).count(("unknown", GUANGNAN)) == 1


@pytest.mark.parametrize("at", ["connect", "mail", "data"])
def test_a_server_that_says_nothing_is_left_after_the_time_out(
    send: Sender, ds: Path, tmp_path: Path, at: str
) -> None:
    with post_office(tmp_path / "post", {"at": at, "do": "stall", "times": 1}) as post:
        said = send(post, DUZHAN_SMTP_TIMEOUT="0.3")
        assert post.recipients() == [FUNING, GUANGNAN]
    assert said.code == 0, said.out
    reasons = [line["reason"] for line in record(ds) if line["event"] == "failed"]
    assert all("等了 0.3 秒没有回答" in reason or "连接断开" in reason for reason in reasons)
    assert reasons


@pytest.mark.parametrize("at", ["body", "answer"])
def test_a_server_that_never_answers_the_final_dot_leaves_unknown(
    send: Sender, ds: Path, tmp_path: Path, at: str
) -> None:
    with post_office(tmp_path / "post", {"at": at, "do": "stall", "times": 1}) as post:
        said = send(post, DUZHAN_SMTP_TIMEOUT="0.2")
    assert said.code == 3
    assert ("unknown", GUANGNAN) in events(ds)
    assert ("sent", FUNING) in events(ds)


# ---------------------------------------------------------------- encryption and logging in


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def certificate(authority: trustme.CA, folder: Path, *names: str) -> dict[str, str]:
    """A certificate's files, as the server's script names them."""
    made = authority.issue_cert(*names)
    cert, key = folder / "cert.pem", folder / "key.pem"
    made.private_key_pem.write_to_path(key)
    for number, blob in enumerate(made.cert_chain_pems):
        blob.write_to_path(cert, append=number > 0)
    return {"cert": str(cert), "key": str(key)}


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path) -> dict[str, str]:
    """The environment in which the authority is trusted."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    assert ssl.get_default_verify_paths().openssl_cafile_env == "SSL_CERT_FILE"
    return {"SSL_CERT_FILE": str(path)}


SCHEMES = {"tls": "smtps", "starttls": "smtp+starttls"}


@pytest.mark.parametrize("tls", SCHEMES)
def test_mail_goes_encrypted_and_logged_in_with_a_password_from_a_file(
    send: Sender, tmp_path: Path, authority: trustme.CA, trusted: dict[str, str], tls: str
) -> None:
    cert = certificate(authority, tmp_path, "localhost")
    secret = tmp_path / "secret"
    secret.write_text(PLAIN_SECRET + "\n", "utf-8")
    secret.chmod(0o600)
    login = {"user": "office@x", "password": PLAIN_SECRET}
    with post_office(tmp_path / "post", tls=tls, **cert, **login) as post:
        url = f"{SCHEMES[tls]}://office%40x@localhost:{post.port}"
        said = send(post, DUZHAN_SMTP_URL=url, DUZHAN_SMTP_PASSWORD_FILE=str(secret), **trusted)
        told = [(e["tls"], e["user"]) for e in post.envelopes()]
    assert said.code == 0, said.out
    assert told == [(True, "office@x")] * 2


@pytest.mark.parametrize("tls", SCHEMES)
def test_a_certificate_for_another_name_stops_everything_before_the_password_is_sent(
    send: Sender, tmp_path: Path, authority: trustme.CA, trusted: dict[str, str], tls: str
) -> None:
    cert = certificate(authority, tmp_path, "mail.example.cn")
    with post_office(tmp_path / "post", tls=tls, **cert) as post:
        url = f"{SCHEMES[tls]}://u:{PLAIN_SECRET}@localhost:{post.port}"
        said = send(post, DUZHAN_SMTP_URL=url, **trusted)
        assert post.raw() == []
    assert said.code == 3
    assert "证书不可信（名称与服务器地址不符），没有登录也没有发信" in said.out
    assert PLAIN_SECRET not in said.out + said.err


def test_a_certificate_that_nobody_vouches_for_is_refused(
    send: Sender, ds: Path, tmp_path: Path, authority: trustme.CA
) -> None:
    cert = certificate(authority, tmp_path, "localhost")
    with post_office(tmp_path / "post", tls="tls", **cert) as post:
        said = send(post, DUZHAN_SMTP_URL=f"smtps://localhost:{post.port}")
        assert post.raw() == []
    assert said.code == 3
    assert "证书不可信" in said.out
    # Trying again would not help, so it was tried once.
    assert events(ds).count(("failed", FUNING)) == 1


def test_a_server_without_starttls_gets_neither_password_nor_mail(
    send: Sender, tmp_path: Path
) -> None:
    with post_office(tmp_path / "post") as post:
        said = send(post, DUZHAN_SMTP_URL=f"smtp+starttls://u:{PLAIN_SECRET}@localhost:{post.port}")
        assert post.raw() == []
    assert said.code == 3
    assert "不支持 STARTTLS 加密，没有登录也没有发信" in said.out


@pytest.mark.parametrize("secret", [PLAIN_SECRET, SECRET])
def test_a_refused_login_never_shows_the_password_even_if_the_server_repeats_it(
    send: Sender, ds: Path, tmp_path: Path, secret: str
) -> None:
    login = {"user": "u", "password": "another", "refusal": "535 no such password: {}"}
    path = tmp_path / "secret"
    path.write_text(secret, "utf-8")
    path.chmod(0o600)
    with post_office(tmp_path / "post", **login) as post:
        said = send(
            post,
            "--debug",
            DUZHAN_SMTP_URL=f"smtp://u@127.0.0.1:{post.port}",
            DUZHAN_SMTP_PASSWORD_FILE=str(path),
        )
        assert post.raw() == []
    assert said.code == 3
    assert (
        "登录被拒绝（535 no such password: ***）" in said.out or "用户名或密码含有中文" in said.out
    )
    kept = (ds / "outbox.jsonl").read_text("utf-8")
    assert secret not in said.out + said.err + kept


def test_copies_go_to_both_offices_and_to_each_once_a_county(
    send: Sender, ds: Path, tmp_path: Path
) -> None:
    both = mail_dataset(tmp_path / "other", offices=True)
    (ds / "groups.yaml").write_bytes((both / "groups.yaml").read_bytes())
    with post_office(tmp_path / "post") as post:
        assert send(post).code == 0
        copies = [m["Cc"] for m in post.mails()]
        to = [envelope["to"] for envelope in post.envelopes()]
    assert copies == [f"州爱卫办 <{OFFICES[0]}>, 州爱卫专项办 <{OFFICES[1]}>"] * 2
    assert to == [[GUANGNAN, *OFFICES], [FUNING, *OFFICES]]


def test_a_list_that_changed_the_same_day_goes_out_as_an_update_also_when_it_changes_back(
    send: Sender, ds: Path, tmp_path: Path
) -> None:
    guangnan = [overdue_row("广南-0001"), overdue_row("广南-0002")]
    with post_office(tmp_path / "post") as post:
        assert send(post, "--county", "广南").code == 0
        set_issues(ds, "广南县", *guangnan, overdue_row("广南-0003"))
        assert send(post, "--county", "广南").code == 0
        set_issues(ds, "广南县", *guangnan)
        assert send(post, "--county", "广南").code == 0
        assert send(post, "--county", "广南").code == 0
        subjects = [m["Subject"] for m in post.mails()]
        ids = {m["Message-ID"] for m in post.mails()}
        last = post.mails()[-1].get_body(("plain",))
    assert subjects == [
        f"【督战】广南县超期问题 2 件（截至{DAY}）",
        f"【督战】广南县超期问题 3 件（截至{DAY}，更新）",
        f"【督战】广南县超期问题 2 件（截至{DAY}，更新）",
    ]
    assert len(ids) == 3
    assert last is not None
    assert "今天已经发过一次清单，其后内容有变化，请以本件为准。" in last.get_content()
