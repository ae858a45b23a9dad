"""The words of mails about issues: who is addressed, what is said, what goes with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from duzhan.compliance.escalation import step_of
from duzhan.deliver.channels.mail.message import XLSX, Attachment, Letter, fits
from duzhan.report import words
from duzhan.report.pages.issues import days_left, overdue_title, what
from duzhan.report.sheets.issues import xlsx_bytes
from duzhan.report.templates.environment import render
from duzhan.report.words.escalation import escalated, goes_up
from duzhan.store.outputs import file_name

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from duzhan.compliance.issue_list import IssueLine
    from duzhan.dataset.folder import Dataset
    from duzhan.deliver.plans import Due
    from duzhan.model import EscalationStep, Group, Rules, Wording

TEXT, HTML = "督战邮件.txt.j2", "督战邮件.html.j2"
# A mail is read on a phone; the rest is in the attachment.
_SHOWN = 50
_SHOWN_ALONE = 500


@dataclass(frozen=True, slots=True)
class Desk:
    """What all letters of a run share.

    Attributes:
        dataset: roster, rules, templates, the mark of synthetic data.
        day: as of which day.
        limit: how many bytes a mail may have.
        invalid: county name to the number of its issues with faulty cells.
    """

    dataset: Dataset
    day: dt.date
    limit: int
    invalid: dict[str, int]


def issue_letter(due: Due, desk: Desk) -> Letter:
    """Write a group's list, or an escalation step's mail.

    The list goes along as a workbook, unless the mail would be too large for
    that; it then says so, and lists more issues itself.

    Raises:
        DuzhanError: a template is at fault.
    """
    workbook = xlsx_bytes(due.lines, _title(due), desk.day, desk.dataset.sample)
    name = file_name(f"{due.group.county.name}{_about(due)} {desk.day}.xlsx")
    attachment = Attachment(name, workbook, XLSX)
    letter = replace(_written(due, desk, name), attachments=(attachment,))
    if fits(letter, desk.limit):
        return letter
    megabytes = f"{len(workbook) / (1 << 20):.1f}"
    return _written(due, desk, None, f"清单的工作簿有{megabytes}兆，超过邮件的限额，没有附上。")


def _written(due: Due, desk: Desk, attachment: str | None, *remarks: str) -> Letter:
    rules, roster = desk.dataset.rules, desk.dataset.roster
    subject = _subject(due, desk)
    context: dict[str, Any] = {
        "subject": subject,
        "salutation": _salutation(due, rules.wording),
        "people": () if due.step and "group" not in due.step.to else _people(due.group),
        "sample": desk.dataset.sample,
        "opening": _opening(due, desk),
        "remarks": [*_remarks(due, desk), *remarks],
        "sections": _sections(due, desk, _SHOWN if attachment else _SHOWN_ALONE),
        "closing": _closing(due),
        "attachment": attachment,
        "notice": _basis(due, rules),
        "offices": roster.offices,
        "wording": rules.wording,
    }
    root = desk.dataset.root
    return Letter(subject, render(TEXT, context, root), render(HTML, context, root))


def _basis(due: Due, rules: Rules) -> str:
    """The notice, and the clauses of the rules that the mail applies.

    A step's own clause; else that of the weekly duties, by which groups press on with what
    is overdue; without duties that of the current rate.
    """
    clauses = [due.step.clause] if due.step and due.step.clause else []
    clauses = clauses or [duty.clause for duty in rules.duties]
    if not clauses:
        asked = (rule for one in rules.milestones for rule in one.requirements)
        clauses = [rule.clause for rule in asked if rule.kind == "rectification_rate"][:1]
    return rules.notice.number + "".join(f"〔{clause}〕" for clause in dict.fromkeys(clauses))


def _about(due: Due) -> str:
    return due.step.name if due.step else "超期问题"


def _late(due: Due) -> list[IssueLine]:
    return [line for line in due.lines if (line.days_overdue or 0) > 0]


def _subject(due: Due, desk: Desk) -> str:
    """Such as 【督战】富宁县超期问题 3 件（截至2021-06-25）."""
    count = len(due.lines) if due.step else len(_late(due))
    update = "，更新" if due.update else ""
    mark = "〔示例数据〕" if desk.dataset.sample else ""
    county = due.group.county.name
    subject = desk.dataset.rules.wording.subject
    return f"【{subject}】{county}{_about(due)} {count} 件（截至{desk.day}{update}）{mark}"


def _title(due: Due) -> str:
    """The list's title, in the words of the subject."""
    if due.step is None:
        return overdue_title(len(due.lines), len(_late(due)), due.group.county)
    return f"{due.group.county.name}{_about(due)}{len(due.lines)}件"


def _salutation(due: Due, wording: Wording) -> str:
    """Whom the mail addresses: a group, or people by their posts."""
    step, group = due.step, due.group
    if step is None or not set(due.to) & {*group.leader_recipients, *group.liaison_recipients}:
        told = not due.to or bool(set(due.to) & set(group.recipients))
        return group.name if told else wording.offices
    addressed = []
    if "leaders" in step.to:
        leaders = "，".join(seat.display for seat in group.leaders)
        addressed.append(leaders or f"{group.name}组长")
    if "liaison" in step.to:
        addressed.append(f"{group.county.name}联络员")
    return "，".join(addressed)


def _people(group: Group) -> list[tuple[str, str]]:
    roles = dict.fromkeys(seat.role for seat in group.memberships)
    return [
        (role, "；".join(seat.display for seat in group.memberships if seat.role == role))
        for role in roles
    ]


def _opening(due: Due, desk: Desk) -> str:
    day, county = words.full_date(desk.day), due.group.county.name
    if due.step is not None:
        since = words.step_days(due.step).removesuffix("起")
        state = "尚未整改、即将到期" if due.step.from_days <= 0 else "尚未整改、已经超期"
        return (
            f"截至{day}，{county}{state}的问题中，有{len(due.lines)}件到了“{due.step.name}”"
            f"（{since}），现按分级督办的安排告知，每个问题只告知一次。"
        )
    late = _late(due)
    soon = len(due.lines) - len(late)
    more = f"；另有{soon}件即将到期" if soon else ""
    longest = max(line.days_overdue or 0 for line in late)
    return (
        f"截至{day}，{county}超过整改期限仍未整改的问题有{len(late)}件，"
        f"最长的超期{longest}天{more}。"
    )


def _remarks(due: Due, desk: Desk) -> list[str]:
    found = []
    if due.update:
        found.append("今天已经发过一次清单，其后内容有变化，请以本件为准。")
    if due.late_for:
        found.append(f"上一次（{due.late_for}）的清单没有送达，请以本件为准。")
    if due.step is None:
        days, rules = [line.days_overdue or 0 for line in _late(due)], desk.dataset.rules
        found += escalated(days, rules.escalation, rules.wording)
    if invalid := desk.invalid.get(due.group.county.name):
        found.append(
            f"{due.group.county.name}清单里有{invalid}件问题的格子读不懂或不合情理，"
            "改正之前按不利的一面计算，请督促更正。"
        )
    return found


def _sections(due: Due, desk: Desk, shown: int) -> list[tuple[str, list[dict[str, object]], int]]:
    """Headings, issues, and how many more there are that are not listed."""
    steps = desk.dataset.rules.escalation
    late = _late(due)
    soon = [line for line in due.lines if (line.days_overdue or 0) <= 0]
    return [
        (f"{title}{len(lines)}件", _shown(lines[:shown], steps), max(0, len(lines) - shown))
        for title, lines in (("超期问题", late), ("即将到期的问题", soon))
        if lines
    ]


def _shown(lines: Sequence[IssueLine], steps: Sequence[EscalationStep]) -> list[dict[str, object]]:
    return [
        {
            "late": (line.days_overdue or 0) > 0,
            "when": f"超期{days_left(line)}" if (line.days_overdue or 0) > 0 else days_left(line),
            "what": what(line),
            "unit": " ".join(line.unit.split()) or "（没有写责任单位）",
            "due": words.month_day(line.due_on),
            "id": " ".join((line.id or "（无编号）").split()),
            "step": _step_mark(line, steps),
        }
        for line in lines
    ]


def _step_mark(line: IssueLine, steps: Sequence[EscalationStep]) -> str:
    step = step_of(line, steps)
    return f"；{step.name}" if step and goes_up(step) else ""


def _closing(due: Due) -> str:
    if due.step is not None and "liaison" in due.step.to:
        return "请提醒责任单位按期整改，整改完成后及时报请核验销号。"
    return "请督促责任单位抓紧整改，整改完成后及时核验销号。"
