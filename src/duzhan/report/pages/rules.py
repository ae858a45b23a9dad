"""`duzhan milestones` and `duzhan groups`: the rules with their sentences, and the roster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.report import words
from duzhan.report.pages.page import Page, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duzhan.model import EscalationStep, Group, Office, Requirement, Rules, Wording


def milestones_page(rules: Rules) -> Page:
    """Every milestone with its requirements, and the notice's sentences."""
    page = Page()
    page.title(rules.name)
    notice = rules.notice
    page.line(f"依据：{notice.number}，{words.full_date(notice.date)}，{notice.title}")
    page.line(f"行动时间：{words.full_date(rules.start)}至{words.full_date(rules.end)}")
    for milestone in rules.milestones:
        page.heading(f"{milestone.name}（截止{words.full_date(milestone.deadline)}，含当日）")
        for rule in milestone.requirements:
            page.line(_rule(rule))
            if rule.interpreted and rule.note:
                page.line(Text(f"解释：{rule.note}", "dim"), indent=4)
        page.line(Text(f"〔{milestone.clause}〕{milestone.sentence}", "dim"))
    if rules.escalation:
        page.heading("分级督办（每个问题每级只告知一次）")
    for step in rules.escalation:
        page.line(_step(step, rules.wording))
        if step.note:
            page.line(Text(f"解释：{step.note}", "dim"), indent=4)
    if rules.duties:
        page.heading("每周职责")
        page.line(f"自{words.full_date(rules.duties_from)}所在的一周起，到行动结束")
    for duty in rules.duties:
        page.line(f"{duty.name}")
        page.line(Text(f"〔{duty.clause}〕{duty.sentence}", "dim"), indent=4)
    return page


def _rule(rule: Requirement) -> str:
    mark = "（解释值）" if rule.interpreted else ""
    if rule.basis == "deliverables":
        return f"任务：{rule.name}{mark}"
    assessed = f"，由{'或'.join(rule.assessors)}评估" if rule.assessors else ""
    return f"{rule.name} {words.line(rule)}{mark}{assessed}"


def _step(step: EscalationStep, wording: Wording) -> str:
    mark = "（解释值）" if step.interpreted else ""
    told = "、".join(words.audience(one, wording) for one in step.to)
    return f"{step.name}：{words.step_days(step)}{mark}，告知{told}"


def groups_page(groups: Sequence[Group], offices: Sequence[Office], rules: Rules) -> Page:
    """Who supervises whom; people are shown by post, posts without a name as such."""
    page = Page()
    page.title(f"{rules.wording.group}名册（{rules.notice.number}）")
    for group in groups:
        page.heading(f"{group.name}〔{group.clause}〕" if group.clause else group.name)
        for role in dict.fromkeys(seat.role for seat in group.memberships):
            seats = [seat for seat in group.memberships if seat.role == role]
            page.line(f"{role}：")
            for seat in seats:
                page.line(seat.display, indent=4)
        if group.members:
            page.line(f"成员：{group.members}")
        if group.supervised:
            page.line(f"{rules.wording.supervise}对象：{'、'.join(group.supervised)}")
        page.line(f"收件人：{'、'.join(group.recipients) or '（尚未填写）'}")
        if group.leader_recipients:
            page.line(f"组长收件人：{'、'.join(group.leader_recipients)}")
        if group.liaison_recipients:
            page.line(f"{rules.wording.unit}联络员收件人：{'、'.join(group.liaison_recipients)}")
    if offices:
        page.heading("报告同步报送")
    for office in offices:
        contact = f"联系人：{office.contact}，" if office.contact else ""
        email = office.email or "（尚未填写）"
        telephone = f"电话：{office.telephone}，" if office.telephone else ""
        page.line(f"{office.name}（{contact}{telephone}邮箱：{email}）")
    return page
