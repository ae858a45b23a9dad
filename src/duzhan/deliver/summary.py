"""What a run did, as a page that reads well in cron's own mail, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from duzhan.dataset.locate import ROSTER
from duzhan.deliver.channels.robot import display
from duzhan.deliver.plans import DRAFT, NOTIFY_OVERDUE, OVERDUE, WEEKLY_NAMES, WHOLE
from duzhan.report.pages.page import Page, PageColumn, Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duzhan.dataset.folder import Dataset
    from duzhan.deliver.attempts import Name
    from duzhan.deliver.plans import Due
    from duzhan.deliver.run import RunOutcome

# Where the addresses of mails stand that go to nobody's group.
_ADDRESSED = {
    WHOLE: "offices[].email 或 groups[].leader_recipients",
    DRAFT: "groups[].liaison_recipients",
}
_ABOUT = {"overdue": "超期问题", "overdue --notify": "超期问题"}


def summary_page(outcome: RunOutcome, dataset: Dataset, missing: dict[str, str]) -> Page:
    """What was sent to whom, and what was not, and why.

    Args:
        outcome: of the run.
        dataset: for the roster and the mark of synthetic data.
        missing: county name to why it has no data.
    """
    page = Page()
    wording = dataset.rules.wording
    what = "群消息" if outcome.job.carrier.service else "邮件"
    title = f"{_ABOUT.get(outcome.job.command, wording.report)}{what}"
    page.title(f"{title}（{outcome.job.period}）：{_headline(outcome)}")
    if dataset.sample:
        page.line(Text(dataset.sample, "magenta"))
    if outcome.folder is not None:
        what = "消息" if outcome.job.carrier.service else "邮件"
        page.line(f"演练：没有发送，也没有记录。{what}写在“{outcome.folder}”里。")
    for line in outcome.missing:
        page.line(Text(f"还缺设置：{line}", "yellow"))
    rows: list[tuple[Text | str, ...]] = [*_mail_rows(outcome), *_other_rows(outcome, dataset)]
    if rows:
        columns = (PageColumn(wording.unit), PageColumn("内容"), PageColumn("结果", wrap=True))
        page.table(columns, rows)
    for fault in outcome.faults:
        page.line(Text(f"发不了：{fault}", "red"))
    for line in _notes(outcome, missing):
        page.line(line)
    return page


def _headline(outcome: RunOutcome) -> str:
    if outcome.folder is not None:
        return f"应发{len(outcome.plan.due)}{_unit(outcome)}"
    if not (outcome.results or outcome.plan.unaddressed or outcome.unknown):
        what = "群消息" if outcome.job.carrier.service else "邮件"
        return f"没有要发的{what}" + (
            f"，地址有误{len(outcome.faults)}处" if outcome.faults else ""
        )
    parts = [f"送出{len(outcome.sent)}{_unit(outcome)}"]
    if outcome.refused:
        parts.append(f"没有送达{len(outcome.refused)}处")
    if outcome.unknown:
        parts.append(f"是否送达不明{len(outcome.unknown)}处")
    if outcome.plan.unaddressed:
        parts.append(f"没有收件人{len(outcome.plan.unaddressed)}组")
    if outcome.faults:
        parts.append(f"地址有误{len(outcome.faults)}处")
    return "，".join(parts)


def _unit(outcome: RunOutcome) -> str:
    return "条" if outcome.job.carrier.service else "封"


def about(due: Due) -> str:
    """What a mail is about, such as 超期 3 件（更新）."""
    if due.step is not None:
        return f"{due.step.name}{len(due.lines)}件"
    update = "（更新）" if due.update else ""
    if due.name.kind in WEEKLY_NAMES:
        return f"{WEEKLY_NAMES[due.name.kind]}{update}"
    late = sum((line.days_overdue or 0) > 0 for line in due.lines)
    return f"超期{late}件{update}"


def _mail_rows(outcome: RunOutcome) -> list[tuple[Text | str, ...]]:
    if outcome.folder is not None:
        return [(due.group.county.name, about(due), _meant(due)) for due in outcome.plan.due]
    rows: list[tuple[Text | str, ...]] = []
    for result in outcome.results:
        name, what = result.due.group.county.name, about(result.due)
        if result.taken:
            rows.append((name, what, f"已送出：{_shown(result.taken)}"))
        reasons: dict[str, list[str]] = {}
        for address, refusal in result.refused.items():
            reasons.setdefault(refusal.reason, []).append(address)
        for reason, to in reasons.items():
            rows.append((name, what, Text(f"没有送达 {_shown(to)}：{reason}", "red")))
    return rows


def _other_rows(outcome: RunOutcome, dataset: Dataset) -> list[tuple[Text | str, ...]]:
    roster = dataset.roster
    counties = {county.code: county.name for county in (*roster.counties, roster.prefecture)}
    rows: list[tuple[Text | str, ...]] = [
        (
            counties.get(mail.name.county, mail.name.county),
            _named(mail.name),
            Text(f"不知道是否送到 {display(address)}：{mail.reasons.get(address, '')}", "red"),
        )
        for mail, address in outcome.unknown
    ]
    for group in outcome.plan.unaddressed:
        where = Text(f"没有收件人：请填 {dataset.roster.places[group.id]}", "red")
        rows.append((group.county.name, group.name, where))
    return rows


def _named(name: Name) -> str:
    if name.kind in {OVERDUE, NOTIFY_OVERDUE}:
        return f"{name.period} 的清单"
    if name.kind in WEEKLY_NAMES:
        return f"{name.period} 的{WEEKLY_NAMES[name.kind]}"
    return "分级督办"


def _meant(due: Due) -> str:
    if due.recipients:
        return f"应发给 {_shown(due.recipients)}"
    where = f"：请填 {ROSTER} 的 {_ADDRESSED[due.name.kind]}" if due.name.kind in _ADDRESSED else ""
    return f"已写好，还没有收件人{where}"


def _shown(recipients: Iterable[str]) -> str:
    return ", ".join(map(display, recipients))


def _notes(outcome: RunOutcome, missing: dict[str, str]) -> list[str]:
    plan = outcome.plan
    notes = []
    if outcome.unknown:
        notes.append("是否送到不明的，请先问收件人；没有收到的，用 --resend-unknown 重发。")
    if done := [group.county.name for group in plan.done]:
        notes.append(f"已经发过、内容没有变化：{'、'.join(done)}")
    lacking: dict[str, list[str]] = {}
    for group in plan.nothing:
        if reason := missing.get(group.county.name):
            lacking.setdefault(reason, []).append(group.county.name)
    for reason, names in lacking.items():
        notes.append(f"{reason}，不能判断是否超期：{'、'.join(names)}")
    if nothing := [g.county.name for g in plan.nothing if g.county.name not in missing]:
        notes.append(f"没有超期问题：{'、'.join(nothing)}")
    for step_id in dict.fromkeys(step.id for _, step in plan.untold):
        groups = [group for group, step in plan.untold if step.id == step_id]
        step = next(step for _, step in plan.untold if step.id == step_id)
        key = "liaison_recipients" if "liaison" in step.to else "leader_recipients"
        counties = "、".join(group.county.name for group in groups)
        notes.append(f"“{step.name}”没有单独发，{ROSTER} 里没有填 {key}：{counties}")
    return notes


def summary_json(outcome: RunOutcome) -> dict[str, Any]:
    """`--email --json`: each mail with what became of it, and those not reached."""
    plan = outcome.plan
    fates = {result.due.name: result for result in outcome.results}
    mails = []
    for due in plan.due:
        result = fates.get(due.name)
        mails.append(
            {
                "kind": due.name.kind,
                "county": due.group.county.name,
                "recipients": list(due.recipients),
                "update": due.update,
                "issues": len(due.lines),
                "sent": list(result.taken) if result else [],
                "failed": {a: r.reason for a, r in result.refused.items()} if result else {},
                "unknown": dict(result.unknown) if result else {},
            }
        )
    return {
        "period": outcome.job.period,
        "dry_run": None if outcome.folder is None else str(outcome.folder),
        "ok": outcome.well,
        "mails": mails,
        "unchanged": [group.county.name for group in plan.done],
        "nothing_due": [group.county.name for group in plan.nothing],
        "without_recipients": [group.county.name for group in plan.unaddressed],
        "missing_settings": list(outcome.missing),
        "faulty_addresses": [str(fault) for fault in outcome.faults],
        "unknown": [
            {
                "kind": asked.mail.name.kind,
                "county_code": asked.mail.name.county,
                "period": asked.mail.name.period,
                "recipients": list(asked.addresses),
                "message_id": asked.mail.message_id,
            }
            for asked in outcome.questions
        ],
    }
