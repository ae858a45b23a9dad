"""Is everything in place for mail from cron: each part looked at, with what would mend it."""

from __future__ import annotations

import datetime as dt
import shutil
from typing import TYPE_CHECKING, Literal, NamedTuple

from duzhan.compliance.issue_list import IssueLine
from duzhan.deliver.attempts import Name
from duzhan.deliver.by_robot import robots_of
from duzhan.deliver.channels.mail.settings import max_size, sender_of, server_of
from duzhan.deliver.channels.mail.smtp import Conversation
from duzhan.deliver.channels.protocol import ServerError
from duzhan.deliver.channels.robot import display
from duzhan.deliver.channels.robot_channel import check
from duzhan.deliver.escalation_steps import step_addresses
from duzhan.deliver.letters import Desk, issue_letter
from duzhan.deliver.outbox import LOCK, OUTBOX, read_outbox
from duzhan.deliver.plans import OVERDUE, Due, digest_of
from duzhan.deliver.unknown_fates import in_doubt
from duzhan.errors import DuzhanError
from duzhan.model import State
from duzhan.report import words
from duzhan.store.atomic import explain, write_temporary
from duzhan.store.entries import now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from duzhan.dataset.folder import Dataset
    from duzhan.deliver.attempts import Record, RunLine
    from duzhan.deliver.channels.mail.settings import Server
    from duzhan.model import Group, Roster

Status = Literal["ok", "warning", "error"]
_ROOM = 100 << 20
_DAY = dt.timedelta(days=1)
# A checkup fits a screen: so many groups have a line of their own, so many stand in one line.
_NAMED, _LISTED = 2, 8


class Finding(NamedTuple):
    """What one look showed.

    Attributes:
        part: what was looked at.
        status: ok, warning (mail goes out all the same) or error.
        message: one line; what is wrong and what would mend it.
    """

    part: str
    status: Status
    message: str


def examine(dataset: Dataset, max_age: float | None) -> Iterator[Finding]:
    """Look at recipients, settings, server, templates, record and disk.

    Args:
        dataset: with a sound configuration.
        max_age: days after which the last good run is too old; None for no limit.
    """
    yield from _recipients(dataset)
    yield from _robots(dataset)
    yield from _server()
    yield from _guarded("模板", lambda: _templates(dataset))
    yield from _guarded("发信记录", lambda: _record(dataset, max_age))
    yield from _disk(dataset.root)


def _guarded(part: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """An error is a finding; the other parts are looked at all the same."""
    try:
        yield from look()
    except DuzhanError as error:
        for line in error.lines:
            yield Finding(part, "error", line)


def _recipients(dataset: Dataset) -> Iterator[Finding]:
    roster, steps = dataset.roster, dataset.rules.escalation
    for fault in roster.faults:
        yield Finding("收件人", "error", str(fault))
    yield from _unaddressed(roster)
    silent = [office.name for office in roster.offices if not office.email]
    if silent:
        message = f"{'、'.join(silent)}没有邮箱，收不到抄送，请在 groups.yaml 的 offices 里填 email"
        yield Finding("收件人", "warning", message)
    unknown: dict[str, list[str]] = {}
    for step in steps:
        if groups := [g for g in roster.groups if step_addresses(step, g, ())[2]]:
            unknown.setdefault(_counties(groups), []).append(f"“{step.name}”")
    for names, named in unknown.items():
        message = f"{''.join(named)}要告知的人没有填邮箱，不单独发：{names}"
        yield Finding("分级督办", "warning", message)
    if all(group.recipients for group in roster.groups) and not roster.faults:
        told = f"{len(roster.groups)}个{dataset.rules.wording.group}都有收件人"
        yield Finding("收件人", "ok", told)


def _unaddressed(roster: Roster) -> Iterator[Finding]:
    """Groups without recipients: each with its place, of many all in one line."""
    without = [group for group in roster.groups if not group.recipients]
    if len(without) <= _NAMED:
        for group in without:
            where = roster.places[group.id]
            yield Finding("收件人", "error", f"{group.name}没有收件人，请填 {where}")
        return
    where = roster.places[without[0].id]
    message = f"{_counties(without)}的组没有收件人，请从 {where} 起逐组填写"
    yield Finding("收件人", "error", message)


def _counties(groups: Sequence[Group]) -> str:
    """The groups' counties by name; of many the first ones."""
    names = "、".join(group.county.name for group in groups[:_LISTED])
    return names if len(groups) <= _LISTED else f"{names}等{len(groups)}个"


def _robots(dataset: Dataset) -> Iterator[Finding]:
    """Look at where robots' addresses and secrets stand; nothing is said through them."""
    robots, well = robots_of(dataset.roster), 0
    for robot in robots.values():
        try:
            check(robot, dataset.root)
            well += 1
        except DuzhanError as error:
            yield Finding("群聊机器人", "error", error.lines[0])
    if well:
        yield Finding("群聊机器人", "ok", f"{well}个机器人的地址和密钥都在（没有发消息试）")


def _server() -> Iterator[Finding]:
    try:
        server = server_of()
    except DuzhanError as error:
        yield Finding("发信设置", "error", error.lines[0])
        server = None
    for read in (sender_of, max_size):
        try:
            read()
        except DuzhanError as error:
            yield Finding("发信设置", "error", error.lines[0])
    if server is not None:
        yield _reach(server)


def _reach(server: Server) -> Finding:
    """Connect, encrypt and log in, and send nothing."""
    try:
        with Conversation(server) as conversation:
            conversation.open()
    except ServerError as error:
        return Finding("邮件服务器", "error", error.reason)
    security = {"plain": "不加密", "tls": "TLS 加密", "starttls": "STARTTLS 加密"}[server.security]
    login = "，登录成功" if server.user else "，不用登录"
    return Finding("邮件服务器", "ok", f"{server.display} 连得上，{security}{login}")


def _templates(dataset: Dataset) -> Iterator[Finding]:
    """Write a letter of each kind about an issue that does not exist."""
    day = dataset.rules.start
    desk = Desk(dataset, day, max_size(), {})
    group = dataset.roster.groups[0]
    for due in (_trial(group, day), *_trial_steps(dataset, group, day)):
        issue_letter(due, desk)
    yield Finding("模板", "ok", "邮件模板都能排出来")


def _trial(group: Group, day: dt.date) -> Due:
    lines = tuple(
        IssueLine(
            id=None,
            county=group.county.name,
            description="试排",
            location="",
            action="",
            source="",
            unit="",
            person="",
            verifier="",
            remark="",
            found_on=None,
            due_on=day - days * _DAY,
            days_overdue=days,
            state=State.OPEN,
        )
        for days in (9, -1)
    )
    name = Name(OVERDUE, group.county.code, day.isoformat(), 1, digest_of("试排"))
    return Due(name, group, group.recipients, (), (), lines)


def _trial_steps(dataset: Dataset, group: Group, day: dt.date) -> Iterator[Due]:
    whole = _trial(group, day)
    for step in dataset.rules.escalation:
        yield Due(whole.name, group, group.leader_recipients, (), (), whole.lines, step)


# ---------------------------------------------------------------- record and disk


def _record(dataset: Dataset, max_age: float | None) -> Iterator[Finding]:
    record = read_outbox(dataset.root)
    last = last_good_run(record)
    yield _age(last, record, dataset.rules.time_zone, max_age)
    for run in {run.command: run for run in record.runs}.values():
        if run.result == "ok":
            continue
        yield Finding("上次运行", "warning", f"{run.time} 的 {run.command} 没有成功：{run.note}")
    roster = dataset.roster
    counties = {county.code: county.name for county in (*roster.counties, roster.prefecture)}
    for mail, addresses in in_doubt(record):
        county = counties.get(mail.name.county, mail.name.county)
        about = mail.name.period or "分级督办"
        what = "群消息" if mail.name.service else "邮件"
        to = "、".join(map(display, addresses))
        message = f"{county} {about} 的{what}不知道是否送到 {to}，请先问收件人"
        yield Finding("送达不明", "warning", f"{message}；没有收到的用 --resend-unknown 重发")


def last_good_run(record: Record, command: str | None = None) -> RunLine | None:
    """The latest run that reached everybody; None if there was none.

    Args:
        record: what was sent.
        command: only runs of this command.
    """
    ours = (run for run in reversed(record.runs) if command in {None, run.command})
    return next((run for run in ours if run.result == "ok"), None)


def _age(last: RunLine | None, record: Record, zone: str, max_age: float | None) -> Finding:
    if last is None:
        message = "还没有成功运行过" if record.runs else f"还没有运行过（没有 {OUTBOX}）"
        return Finding("发信记录", "ok" if max_age is None else "error", message)
    then, today = dt.datetime.fromisoformat(last.time), dt.datetime.fromisoformat(now(zone))
    when = f"上次成功运行：{words.full_date(then.date())}{then:%H:%M}（{last.command}）"
    if max_age is not None and today - then > max_age * _DAY:
        days = (today - then) // _DAY
        return Finding("发信记录", "error", f"{when}，已过{days}天，超过{max_age:g}天")
    return Finding("发信记录", "ok", when)


def _disk(root: Path) -> Iterator[Finding]:
    try:
        for name in (OUTBOX, LOCK):
            path = root / name
            if path.exists():
                path.open("ab").close()
        temporary, _ = write_temporary(root / "doctor", b"duzhan")
        temporary.unlink()
        free = shutil.disk_usage(root).free
    except OSError as error:
        yield Finding("磁盘", "error", f"数据集“{root}”写不进去：{explain(error)}")
        return
    megabytes = free >> 20
    if free < _ROOM:
        yield Finding("磁盘", "error", f"“{root}”所在的磁盘只剩{megabytes}兆，请腾出空间")
    else:
        yield Finding("磁盘", "ok", f"“{root}”可以写，磁盘还有{megabytes}兆")
