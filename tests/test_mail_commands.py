"""What the commands that mail do: settings, rehearsals, escalation, reports, doctor, the record."""

from __future__ import annotations

import email
import io
import json
import re
import resource
import signal
import zipfile
from email.header import decode_header, make_header
from typing import TYPE_CHECKING, Any

import pytest

from duzhan.columns import CLAIMED
from duzhan.deliver.channels.mail.message import Envelope, Letter, Party, compose
from duzhan.deliver.channels.mail.settings import Sender, server_of
from mailing import (
    DAY,
    FUNING,
    GUANGNAN,
    OFFICES,
    events,
    mail_dataset,
    mail_environment,
    overdue_row,
    parsed,
    post_office,
    record,
    set_issues,
)
from small import Calls

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path

    from mailing import Post
    from small import Said

LIAISON, LEADER = "liaison@example.cn", "leader@example.cn"
PASSWORD = "correct horse battery"  # noqa: S105 - no account's


@pytest.fixture
def ds(tmp_path: Path) -> Path:
    return mail_dataset(tmp_path / "ds")


@pytest.fixture
def calls(
    ds: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Calls:
    monkeypatch.chdir(tmp_path)
    for name, value in mail_environment("smtp://127.0.0.1:9").items():
        monkeypatch.setenv(name, value)
    return Calls(ds, capsys)


@pytest.fixture
def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: Calls) -> Iterator[Post]:
    assert calls.folder.is_dir()
    with post_office(tmp_path / "post") as office:
        monkeypatch.setenv("DUZHAN_SMTP_URL", office.environment["DUZHAN_SMTP_URL"])
        yield office


def subjects(post: Post) -> list[str]:
    return [str(mail["Subject"]) for mail in post.mails()]


# ---------------------------------------------------------------- settings


def refused(calls: Calls, *more: str) -> Said:
    said = calls("overdue", "--email", *more)
    assert said.code == 1
    assert said.out == ""
    return said


def test_without_a_server_nothing_is_tried_and_the_run_leaves_its_line(
    calls: Calls, ds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DUZHAN_SMTP_URL")
    set_issues(ds, "富宁县")
    set_issues(ds, "广南县")
    said = refused(calls, "--quiet")
    assert said.err.startswith("没有设置环境变量 DUZHAN_SMTP_URL")
    assert [(line["event"], line["result"]) for line in record(ds)] == [("run", "error")]
    assert record(ds)[0]["note"] == said.err.strip()


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("http://localhost", "应以 smtp://、smtps://、smtp+starttls:// 开头"),
        ("smtp://", "应以 smtp://"),
        ("smtp://localhost/x", "写法不对"),
        ("smtp://localhost:0", "写法不对"),
        (f"smtp://u:{PASSWORD}/x@localhost", "要写成 %40 %3A %2F"),
        (f"smtp://u:{PASSWORD}@mail.example.cn", "不加密就不能登录"),
        ("smtps://u@mail.example.cn", "缺少密码"),
        (f"smtps://:{PASSWORD}@mail.example.cn", "缺少用户名"),
    ],
)
def test_a_server_that_cannot_be_used_is_explained_without_its_password(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, url: str, wrong: str
) -> None:
    monkeypatch.setenv("DUZHAN_SMTP_URL", url)
    said = calls("overdue", "--email", "--debug")
    assert said.code == 1
    assert wrong in said.err
    assert PASSWORD not in said.err
    assert "correct" not in said.err


def test_a_password_file_that_others_can_read_is_refused(
    calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(PASSWORD, "utf-8")
    secret.chmod(0o640)
    monkeypatch.setenv("DUZHAN_SMTP_URL", "smtps://u@mail.example.cn")
    monkeypatch.setenv("DUZHAN_SMTP_PASSWORD_FILE", str(secret))
    assert "别人也能读，请先收紧权限：chmod 600" in refused(calls).err
    secret.chmod(0o600)
    assert server_of().password is not None
    assert PASSWORD not in repr(server_of())
    monkeypatch.setenv("DUZHAN_SMTP_URL", "smtps://u:x@mail.example.cn")
    assert "请只留一处" in refused(calls).err
    secret.write_text("two\nlines\n", "utf-8")
    monkeypatch.setenv("DUZHAN_SMTP_URL", "smtps://u@mail.example.cn")
    assert "里应只有一行密码" in refused(calls).err


@pytest.mark.parametrize("sender", ["", "nobody", "a@b.cn\nBcc: c@d.cn", "a b <a@b>c"])
def test_a_sender_that_is_no_address_is_refused(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, sender: str
) -> None:
    monkeypatch.setenv("DUZHAN_MAIL_FROM", sender)
    assert "DUZHAN_MAIL_FROM" in refused(calls).err


# ---------------------------------------------------------------- runs


def test_a_group_without_recipients_is_named_with_its_line_and_the_others_go(
    calls: Calls, ds: Path, post: Post
) -> None:
    roster = (ds / "groups.yaml").read_text("utf-8")
    roster = roster.replace(f"[{FUNING}]", "[]")
    (ds / "groups.yaml").write_text(roster, "utf-8")
    line = 1 + roster.splitlines().index("    recipients: []")
    said = calls("overdue", "--email", "--quiet")
    assert said.code == 3
    assert f"没有收件人：请填 groups.yaml 第{line}行 groups[7].recipients" in said.out
    assert said.err == "没有送到：富宁县督战组没有收件人\n"
    assert post.recipients() == [GUANGNAN]


def test_quiet_says_nothing_at_all_when_all_is_well_and_the_record_has_the_runs(
    calls: Calls, ds: Path, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_issues(ds, "富宁县", overdue_row("富宁-0001"), overdue_row("富宁-0002", 发现日期="不清楚"))
    assert calls("overdue", "--email", "--quiet") == (0, "", "")
    assert calls("overdue", "--email", "--quiet") == (0, "", "")
    monkeypatch.setenv("DUZHAN_TODAY", "2026-01-01")
    assert calls("weekly-report", "--email", "--quiet") == (0, "", "")
    assert [line["result"] for line in record(ds) if line["event"] == "run"] == ["ok"] * 3
    assert "富宁县清单里有1件问题的格子读不懂" in text_of(post, FUNING)


def text_of(post: Post, address: str) -> str:
    """The text of the first mail to an address."""
    return part_of(next(mail for mail in post.mails() if address in str(mail["To"])))


def part_of(mail: Any, kind: str = "plain") -> str:  # noqa: ANN401 - a mail
    return str(mail.get_body((kind,)).get_content()).replace("\r\n", "\n")


def test_nothing_overdue_means_no_mail_and_a_line_in_the_record(
    calls: Calls, ds: Path, post: Post
) -> None:
    set_issues(ds, "富宁县", overdue_row("富宁-0001", DAY))
    set_issues(ds, "广南县", overdue_row("广南-0001", **{CLAIMED: "2021-07-01"}))
    said = calls.done("overdue", "--email")
    assert "没有要发的邮件" in said.out
    assert "没有超期问题：广南县、富宁县" in said.out
    assert "没有报送问题清单，不能判断是否超期：文山市" in said.out
    assert events(ds) == [("run", "ok")]
    assert post.raw() == []


def test_a_refused_list_is_named_even_when_quiet(calls: Calls, ds: Path, post: Post) -> None:
    (ds / "issues" / "广南县.csv").write_bytes(b"")
    said = calls("overdue", "--email", "--quiet")
    assert "广南县.csv" in said.err
    assert post.recipients() == [FUNING]


def test_an_address_that_is_none_is_named_and_keeps_nobody_else_from_the_mail(
    calls: Calls, ds: Path, post: Post
) -> None:
    roster = (ds / "groups.yaml").read_text("utf-8")
    broken = f'{FUNING}, "不是地址"'
    assert roster.count(FUNING) == 1
    (ds / "groups.yaml").write_text(roster.replace(FUNING, broken), "utf-8")
    line = "groups.yaml 第222行 “groups[7].recipients[1]”：“不是地址”不是邮箱地址"

    said = calls("overdue", "--email", "--quiet")

    assert said.code == 3
    assert line in said.out
    assert "地址有误1处" in said.out
    assert post.recipients() == [FUNING, "guangnan@example.cn"]
    assert record(ds)[-1]["result"] == "failed"
    assert line in record(ds)[-1]["note"]
    assert calls("status").code == 0
    assert line in calls("check").out
    assert line in calls("doctor").out


def test_a_run_on_a_broken_roster_leaves_its_line_too(calls: Calls, ds: Path, post: Post) -> None:
    roster = (ds / "groups.yaml").read_text("utf-8")
    (ds / "groups.yaml").write_text(roster.replace('code: "532628"', "code: 富宁"), "utf-8")
    for command in ("overdue", "weekly-report"):
        said = calls(command, "--email")
        assert said.code == 1
        assert "groups.yaml 第202行 “groups[7].county.code”：“富宁”应为六位数字" in said.err
    assert [(line["command"], line["result"]) for line in record(ds)] == [
        ("overdue", "error"),
        ("weekly-report", "error"),
    ]
    assert record(ds)[0]["note"] == said.err.splitlines()[0]
    assert post.raw() == []


def test_a_list_of_yesterday_in_doubt_is_told_once_and_todays_takes_its_place(
    calls: Calls, ds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with post_office(tmp_path / "post") as post:
        monkeypatch.setenv("DUZHAN_SMTP_URL", post.environment["DUZHAN_SMTP_URL"])
        calls.done("overdue", "--email", "--county", "富宁")
        path = ds / "outbox.jsonl"
        lines = path.read_text("utf-8").splitlines(keepends=True)
        # The process died before it could note the answer.
        path.write_text("".join(line for line in lines if '"sending"' in line), "utf-8")
        monkeypatch.setenv("DUZHAN_TODAY", "2021-07-03")
        first = calls("overdue", "--email", "--county", "富宁")
        second = calls("overdue", "--email", "--county", "富宁")
        assert post.recipients() == [FUNING, FUNING]
    assert (first.code, second.code) == (3, 0)
    assert f"{DAY} 的清单" in first.out
    assert f"不知道是否送到 {FUNING}：发送过程中断，不知道信有没有送出" in first.out
    assert "已经发过、内容没有变化：富宁县" in second.out
    assert "送达不明" not in calls("doctor").out


def test_json_tells_each_mail_and_its_fate(calls: Calls, post: Post) -> None:
    told = json.loads(calls.done("overdue", "--email", "--json").out)
    assert post.recipients() == [FUNING, GUANGNAN]
    assert told["ok"] is True
    assert [(m["county"], m["sent"], m["issues"]) for m in told["mails"]] == [
        ("广南县", [GUANGNAN], 2),
        ("富宁县", [FUNING], 2),
    ]


def test_a_rehearsal_writes_the_mails_and_neither_sends_nor_records(
    calls: Calls, ds: Path, post: Post, tmp_path: Path
) -> None:
    said = calls.done("overdue", "--email", "--dry-run")
    folder = tmp_path / f"邮件演练 {DAY}"
    assert f"邮件写在“{folder.name}”里" in said.out
    mails = [parsed(path.read_bytes()) for path in sorted(folder.iterdir())]
    assert [str(mail["To"]) for mail in mails] == [
        f"广南县督战组 <{GUANGNAN}>",
        f"富宁县督战组 <{FUNING}>",
    ]
    assert not (ds / "outbox.jsonl").exists()
    assert post.raw() == []
    assert calls("overdue", "--dry-run").code == 2
    assert calls("overdue", "--email", "--csv", "x.csv").code == 2


def test_a_rehearsal_also_writes_what_still_lacks_an_address_and_names_it(
    calls: Calls, ds: Path, tmp_path: Path
) -> None:
    path = ds / "groups.yaml"
    text = path.read_text("utf-8").replace("recipients: [funing@example.cn]", "recipients: []")
    path.write_text(text, "utf-8")
    folder = tmp_path / "eml"
    said = calls("overdue", "--email", "--dry-run", "--eml-dir", str(folder))
    assert said.code == 3
    assert said.err.endswith("照现在这样送不到：富宁县督战组没有收件人\n")
    (draft,) = folder.glob("*富宁县*.eml")
    mail = parsed(draft.read_bytes())
    assert "没有填收件人" in str(mail["To"])
    assert part_of(mail).startswith("富宁县督战组：")
    assert "已写好，还没有收件人" in said.out
    assert "没有收件人：请填 groups.yaml 第" in said.out


def test_a_rehearsal_of_the_week_writes_every_reader_s_mail_with_or_without_an_address(
    calls: Calls, tmp_path: Path
) -> None:
    folder = tmp_path / "eml"
    said = calls(
        "weekly-report", "--email", "--dry-run", "--week", "last", "--eml-dir", str(folder)
    )
    names = {path.name.partition(" ")[2] for path in folder.iterdir()}
    for what in ("文山州 全部的周报", "富宁县 周小结代拟稿", "富宁县 周报"):
        assert f"{what}.eml" in names
    (draft,) = folder.glob("*富宁县 周小结代拟稿.eml")
    assert "富宁县联络员（没有填收件人）" in str(parsed(draft.read_bytes())["To"])
    assert "请填 groups.yaml 的 groups[].liaison_recipients" in said.out


def test_a_list_too_large_for_a_mail_goes_without_its_workbook_and_says_so(
    calls: Calls, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUZHAN_MAIL_MAX_MB", "0.012")
    calls.done("overdue", "--email", "--county", "富宁")
    (mail,) = post.mails()
    assert list(mail.iter_attachments()) == []
    assert "清单的工作簿有0.0兆，超过邮件的限额，没有附上。" in part_of(mail)
    assert "附件：" not in part_of(mail)


def test_long_lists_are_cut_in_the_text_and_whole_in_the_attachment(
    calls: Calls, ds: Path, post: Post
) -> None:
    set_issues(ds, "富宁县", *(overdue_row(f"富宁-{n:04}") for n in range(1, 121)))
    calls.done("overdue", "--email", "--county", "富宁")
    (mail,) = post.mails()
    assert "另有70件，见附件。" in part_of(mail)
    assert part_of(mail, "html").count("<tr style") == 51
    assert len(list(mail.iter_attachments())) == 1


def test_an_office_changes_the_words_in_a_copy_of_the_template(
    calls: Calls, ds: Path, post: Post
) -> None:
    calls.done("overdue", "--copy-template")
    path = ds / "templates" / "督战邮件.txt.j2"
    path.write_text(path.read_text("utf-8").replace("附件：", "清单见附件："), "utf-8")
    assert (ds / "templates" / "督战邮件.html.j2").is_file()
    calls.done("overdue", "--email", "--county", "富宁")
    assert "清单见附件：富宁县超期问题" in text_of(post, FUNING)


# ---------------------------------------------------------------- escalation


def escalating(ds: Path) -> None:
    """富宁县's group with a liaison and a leader; issues due soon, overdue, long overdue."""
    other = mail_dataset(
        ds.with_name("other"),
        offices=True,
        funing=f"    recipients: [{FUNING}]\n    leader_recipients: [{LEADER}]\n"
        f"    liaison_recipients: [{LIAISON}]\n",
    )
    (ds / "groups.yaml").write_bytes((other / "groups.yaml").read_bytes())
    set_issues(ds, "广南县", overdue_row("广南-0001", "2021-08-01"))
    rows = [
        overdue_row("富宁-0001", "2021-07-05"),
        overdue_row("富宁-0002", "2021-07-01"),
        overdue_row("富宁-0003", "2021-06-24"),
        overdue_row("富宁-0004", "2021-07-06"),
    ]
    set_issues(ds, "富宁县", *rows)


def test_each_step_tells_whom_it_should_and_each_issue_once(
    calls: Calls, ds: Path, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    escalating(ds)
    calls.done("overdue", "--email")
    assert sorted(zip(subjects(post), (e["to"] for e in post.envelopes()), strict=True)) == [
        (f"【督战】富宁县到期提醒 1 件（截至{DAY}）", [LIAISON]),
        (f"【督战】富宁县升级督办 1 件（截至{DAY}）", [LEADER, *OFFICES]),
        (f"【督战】富宁县超期问题 2 件（截至{DAY}）", [FUNING, *OFFICES]),
    ]
    leaders = text_of(post, LEADER)
    assert leaders.startswith(
        "州委常委、常务副州长 李先祥，州人大常委会副主任 李云龙：\n\n截至2021年7月2日，"
        "富宁县尚未整改、已经超期的问题中，有1件到了“升级督办”（超期超过7天）"
    )
    assert "富宁-0003" in leaders
    assert "富宁-0002" not in leaders
    assert text_of(post, LIAISON).startswith("富宁县联络员：\n")

    # The next day one more is due soon; the list goes out again, what was told does not.
    monkeypatch.setenv("DUZHAN_TODAY", "2021-07-03")
    calls.done("overdue", "--email")
    later = list(zip(subjects(post), (e["to"] for e in post.envelopes()), strict=True))[3:]
    assert sorted(later) == [
        ("【督战】富宁县到期提醒 1 件（截至2021-07-03）", [LIAISON]),
        ("【督战】富宁县超期问题 2 件（截至2021-07-03）", [FUNING, *OFFICES]),
    ]
    assert "富宁-0004" in part_of(post.mails()[-1]) + part_of(post.mails()[-2])


def test_a_step_that_failed_is_due_again_the_next_day(
    calls: Calls, ds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    escalating(ds)
    fault = {"at": "rcpt", "do": "550", "match": "leader"}
    with post_office(tmp_path / "first", fault) as first:
        monkeypatch.setenv("DUZHAN_SMTP_URL", first.environment["DUZHAN_SMTP_URL"])
        assert calls("overdue", "--email").code == 3
    monkeypatch.setenv("DUZHAN_TODAY", "2021-07-03")
    with post_office(tmp_path / "second") as second:
        monkeypatch.setenv("DUZHAN_SMTP_URL", second.environment["DUZHAN_SMTP_URL"])
        calls.done("overdue", "--email")
        told = [e["to"] for e in second.envelopes() if LEADER in e["to"]]
    # The offices had their copy yesterday.
    assert told == [[LEADER]]


def test_a_step_in_doubt_is_settled_by_asking_even_if_more_issues_have_come_since(
    calls: Calls, ds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    escalating(ds)
    fault = {"at": "answer", "do": "drop", "times": 1}
    with post_office(tmp_path / "post", fault) as post:
        monkeypatch.setenv("DUZHAN_SMTP_URL", post.environment["DUZHAN_SMTP_URL"])
        rows = [overdue_row("富宁-0001", "2021-07-05"), overdue_row("富宁-0002", "2021-08-01")]
        set_issues(ds, "富宁县", *rows)
        assert calls("overdue", "--email").code == 3
        assert calls("overdue", "--email").code == 3
        set_issues(ds, "富宁县", rows[0], overdue_row("富宁-0002", "2021-07-04"))
        assert calls("overdue", "--email").code == 3
        assert subjects(post)[1:] == [f"【督战】富宁县到期提醒 1 件（截至{DAY}）"]
        assert "富宁-0002" in part_of(post.mails()[1])
        assert calls.done("overdue", "--email", "--resend-unknown").code == 0
        assert "富宁-0001" in part_of(post.mails()[2])
        assert "富宁-0002" not in part_of(post.mails()[2])
        calls.done("overdue", "--email")
        assert post.recipients() == [LIAISON] * 3


def test_a_step_in_doubt_is_asked_about_while_its_issue_stands_there_and_no_longer(
    calls: Calls, ds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    escalating(ds)
    due_soon = overdue_row("富宁-0001", "2021-07-05")
    set_issues(ds, "富宁县", due_soon)
    fault = {"at": "answer", "do": "drop", "times": 1}
    with post_office(tmp_path / "post", fault) as post:
        monkeypatch.setenv("DUZHAN_SMTP_URL", post.environment["DUZHAN_SMTP_URL"])
        assert calls("overdue", "--email").code == 3
        # The weekly reports are another matter.
        roster = (ds / "groups.yaml").read_text("utf-8")
        assert calls("weekly-report", "--email", "--county", "富宁").code == 0
        assert calls("overdue", "--email").code == 3
        set_issues(ds, "富宁县", overdue_row("富宁-0001", "2021-07-05", **{CLAIMED: DAY}))
        assert calls("overdue", "--email").code == 0
        set_issues(ds, "富宁县", due_soon)
        assert calls("overdue", "--email").code == 3
        (ds / "groups.yaml").write_text(roster.replace(LIAISON, "new@example.cn"), "utf-8")
        calls.done("overdue", "--email")
        # The week's draft went to the liaison, too.
        wanted = [LIAISON, LIAISON, FUNING, *OFFICES, "new@example.cn"]
        assert post.recipients() == sorted(wanted)


def test_a_full_disk_stops_the_sending_before_anything_is_sent(
    calls: Calls, ds: Path, post: Post
) -> None:
    calls.done("overdue", "--email", "--county", "广南")
    size = (ds / "outbox.jsonl").stat().st_size
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, limits[1]))
    try:
        said = calls("overdue", "--email")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert said.code == 1
    assert "写不进去：磁盘已满或超出限额，请腾出空间后重试；没有记录就不发信" in said.err
    assert post.recipients() == [GUANGNAN]
    # What was half written is gone: the record can be read, and the list goes out later.
    calls.done("overdue", "--email")
    assert post.recipients() == [FUNING, GUANGNAN]


def test_without_addresses_of_their_own_the_steps_are_told_in_the_list(
    calls: Calls, ds: Path, post: Post
) -> None:
    set_issues(ds, "富宁县", overdue_row("富宁-0003", "2021-06-20"))
    said = calls.done("overdue", "--email", "--county", "富宁")
    assert len(post.raw()) == 1
    assert "超期超过7天，按“升级督办”的安排报督战组组长、州级两办。" in text_of(post, FUNING)
    assert "“升级督办”没有单独发，groups.yaml 里没有填 leader_recipients：富宁县" in said.out


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("from_days: 1\n", "from_days: -3\n", "“-3”不大于前一级的 -3，应按天数从少到多排列"),
        ("from_days: 8\n", "from_days: 很久\n", "“很久”不是整数，应写阿拉伯数字，如 10"),
        ("- id: escalate", "- id: remind", "“remind”这一级写了两次，代号应各不相同"),
        ("to: [liaison]", "to: [nobody]", "“nobody”不认识，应为：liaison、group、leaders、offices"),
        ("to: [liaison]", "to: []", "不能空着，至少要有一项"),
    ],
)
def test_a_slip_in_the_escalation_is_one_line_with_its_place(
    calls: Calls, ds: Path, old: str, new: str, problem: str
) -> None:
    rules = (ds / "milestones.yaml").read_text("utf-8")
    assert rules.count(old) == 1
    (ds / "milestones.yaml").write_text(rules.replace(old, new), "utf-8")
    said = calls("status")
    assert said.code == 1
    assert said.err.count("\n") == 1
    assert said.err.startswith("milestones.yaml 第")
    assert problem in said.err


# ---------------------------------------------------------------- reports


def test_each_group_gets_its_countys_report_once_a_week_and_an_update_if_it_changed(
    calls: Calls, ds: Path, post: Post
) -> None:
    calls.done("weekly-report", "--email")
    assert len(post.raw()) == 8
    assert subjects(post)[7] == "【督战】富宁县督战周报（截至2021-06-27）第4期"
    assert "我县" not in text_of(post, FUNING)
    assert "截至6月27日24时，富宁县清单中" in text_of(post, FUNING)
    documents = list(post.mails()[7].iter_attachments())
    assert [document.get_filename() for document in documents] == [
        "富宁县督战周报_2021-W25.docx",
        "富宁县督战核查单_2021-06-27.docx",
    ]
    assert all(zipfile.is_zipfile(io.BytesIO(document.get_content())) for document in documents)
    calls.done("weekly-report", "--email")
    assert len(post.raw()) == 8
    # Another county's change is not 富宁县's, though the dataset's digest is another.
    set_issues(ds, "广南县", overdue_row("广南-0001", "2021-06-10"))
    calls.done("weekly-report", "--email")
    assert subjects(post)[8:] == ["【督战】广南县督战周报（截至2021-06-27，更新）第4期"]
    assert calls("weekly-report", "--email", "--format", "md").code == 2


def test_the_offices_and_leaders_get_the_whole_and_a_liaison_alone_the_draft(
    calls: Calls, ds: Path, post: Post
) -> None:
    text = (ds / "groups.yaml").read_text("utf-8")
    people = f"    leader_recipients: [{LEADER}]\n    liaison_recipients: [{LIAISON}]\n"
    text = text.replace(f"    recipients: [{FUNING}]\n", f"    recipients: [{FUNING}]\n{people}")
    for address in OFFICES:
        text = text.replace("    email:\n", f"    email: {address}\n", 1)
    (ds / "groups.yaml").write_text(text, "utf-8")
    calls.done("weekly-report", "--email")
    by_subject = {str(mail["Subject"]): mail for mail in post.mails()}

    whole = by_subject["【督战】督战周报（截至2021-06-27）第4期"]
    assert {a.addr_spec for a in whole["To"].addresses} == {*OFFICES, LEADER}
    body = whole.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n").startswith("督战要点\n第4期")
    assert [part.get_filename() for part in whole.iter_attachments()] == [
        "督战周报_2021-W25.docx",
        "督战要点_2021-W25.docx",
    ]
    draft = by_subject["【督战】富宁县周小结（代拟稿，截至2021-06-27）第4期"]
    assert [a.addr_spec for a in draft["To"].addresses] == [LIAISON]
    assert draft["Cc"] is None
    body = draft.get_body(("plain",))
    assert body is not None
    assert "我县清单中" in body.get_content()
    others = [mail for mail in post.mails() if mail["Subject"] != draft["Subject"]]
    assert not [mail for mail in others if LIAISON in f"{mail['To']}{mail['Cc']}"]


def test_attachments_are_named_for_old_mail_programs_too(calls: Calls, post: Post) -> None:
    calls.done("weekly-report", "--email", "--county", "富宁")
    part = next(post.mails()[0].iter_attachments())
    raw = [one for one in email.message_from_bytes(post.raw()[0]).walk() if one.get_param("name")]
    name = str(make_header(decode_header(str(raw[0].get_param("name")))))
    assert name == part.get_filename() == "富宁县督战周报_2021-W25.docx"
    assert len(raw) == 2


# ---------------------------------------------------------------- doctor


def test_doctor_finds_all_in_place_and_ages_the_last_good_run(
    calls: Calls, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert calls("doctor", "--max-age", "2").code == 1
    calls.done("overdue", "--email")
    said = calls.done("doctor", "--max-age", "2")
    assert said.out.startswith("体检：可以正常发信\n")
    assert "连得上，不加密，不用登录" in said.out
    assert "邮件模板都能排出来" in said.out
    assert "周报模板能排出来" in said.out
    monkeypatch.setenv("DUZHAN_TODAY", "2021-07-05")
    late = calls("doctor", "--max-age", "2")
    assert late.code == 1
    assert "已过3天，超过2天" in late.out
    told = json.loads(calls("doctor", "--max-age", "2", "--json").out)
    assert told["ok"] is False
    assert told["last_good_run"].startswith(DAY)
    assert [c["part"] for c in told["checks"] if c["status"] == "error"] == ["发信记录"]
    assert len(post.raw()) == 2


def test_doctor_names_what_is_missing_and_what_is_in_doubt(
    calls: Calls, ds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with post_office(tmp_path / "post", {"at": "answer", "do": "drop"}) as post:
        monkeypatch.setenv("DUZHAN_SMTP_URL", post.environment["DUZHAN_SMTP_URL"])
        assert calls("overdue", "--email", "--county", "富宁").code == 3
    roster = (ds / "groups.yaml").read_text("utf-8")
    (ds / "groups.yaml").write_text(roster.replace(f"[{GUANGNAN}]", "[]"), "utf-8")
    (ds / "templates").mkdir()
    (ds / "templates" / "督战邮件.txt.j2").write_text("{{ nobody }}\n", "utf-8")
    said = calls("doctor")
    assert said.code == 1
    assert "广南县督战组没有收件人，请填 groups.yaml 第" in said.out
    assert "连不上：连接被拒绝" in said.out
    assert "templates/督战邮件.txt.j2 第1行" in said.out
    assert f"富宁县 {DAY} 的邮件不知道是否送到 {FUNING}" in said.out


# ---------------------------------------------------------------- messages


def test_no_field_can_bring_in_a_header_or_an_address(moment: dt.datetime) -> None:
    nasty = '文山市,"督战"\r\nBcc: spy@example.cn <x@y>'
    letter = Letter(f"主题{nasty}", "正文", "<p>正文</p>")
    envelope = Envelope(
        Sender(nasty, "from@example.cn"),
        (Party(nasty, "to@example.cn"), Party("长" * 90, "two@example.cn")),
        (),
        "<id@example.cn>",
        moment,
    )
    raw = compose(letter, envelope)
    mail = parsed(raw)
    assert [a.addr_spec for a in mail["To"].addresses] == ["to@example.cn", "two@example.cn"]
    assert mail["Bcc"] is None
    assert mail.keys().count("Subject") == 1
    head = raw.partition(b"\r\n\r\n")[0]
    assert not re.search(rb"(?mi)^bcc", head)
    assert max(map(len, head.split(b"\r\n"))) <= 78
    assert raw.isascii()
    assert "文山市，＂督战＂ Bcc：" in mail["To"].addresses[0].display_name


@pytest.fixture
def moment() -> dt.datetime:
    import datetime as dt

    return dt.datetime(2021, 7, 2, 7, tzinfo=dt.UTC)


def test_a_county_with_a_comma_is_addressed_as_one(calls: Calls, ds: Path, post: Post) -> None:
    text = (ds / "groups.yaml").read_text("utf-8")
    text = text.replace("name: 富宁县督战组", "name: 富宁县,边境督战组")
    text = text.replace("name: 富宁县\n", "name: 富宁县,边境\n")
    (ds / "groups.yaml").write_text(text, "utf-8")
    calls.done("overdue", "--email", "--county", "532628")
    (mail,) = post.mails()
    assert [a.addr_spec for a in mail["To"].addresses] == [FUNING]
    assert mail["Subject"] == f"【督战】富宁县,边境超期问题 2 件（截至{DAY}）"
