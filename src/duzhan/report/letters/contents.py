"""What stands in a letter: sentences and tables, as an office would write them, to be signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duzhan.compliance.circular import places, proposals
from duzhan.model import Verdict
from duzhan.report import words
from duzhan.report.pages.issues import what
from duzhan.report.weekly.standings import points_of, rate_of
from duzhan.report.weekly.tables import grid

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from duzhan.compliance.circular import Place, Proposal
    from duzhan.compliance.issue_list import IssueLine
    from duzhan.compliance.results import CountyStatus, Overview
    from duzhan.model import Group, Rules, Wording
    from duzhan.report.weekly.tables import Part

_LISTED = 30


@dataclass(frozen=True, slots=True)
class LetterSection:
    """A part of a letter: a heading, which may be empty, and paragraphs and tables."""

    heading: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class LetterText:
    """A letter.

    Attributes:
        kind: 督办函, 整改通知单 or 通报; also its template's name.
        title: above it.
        addressee: whom it addresses.
        sections: what it says.
        closing: the last line before the signature.
        draft: whether it only proposes, for somebody to decide.
        day: as of which day.
        copies: who gets one.
    """

    kind: str
    title: str
    addressee: str
    sections: tuple[LetterSection, ...]
    closing: str
    draft: bool
    day: dt.date
    copies: tuple[str, ...] = ()


def urging(
    group: Group, status: CountyStatus, overdue: Sequence[IssueLine], rules: Rules, day: dt.date
) -> LetterText:
    """A letter that urges a county on: how it stands, what is overdue, what is asked (督办函)."""
    late = [line for line in overdue if (line.days_overdue or 0) > 0]
    county, wording = group.county.name, rules.wording
    begin = f"截至{words.full_date(day)}，"
    standing = [f"{begin}{_standing(status, wording.rate, wording.score_short)}"]
    reasons = words.tight("；".join(status.reasons))
    standing += [f"存在的问题：{reasons}。"] if reasons else []
    asked = _asked(status, late, wording)
    sections = [LetterSection("一、整改情况", tuple(standing))]
    if late:
        sections.append(LetterSection("二、超期未整改的问题", _issues(late)))
    number = "三" if late else "二"
    sections.append(LetterSection(f"{number}、有关要求", asked))
    return LetterText(
        "督办函",
        f"关于督促{county}加快问题清单整改的函",
        _addressee(group),
        tuple(sections),
        "特此函告。",
        draft=False,
        day=day,
        copies=(group.name,),
    )


def _addressee(group: Group) -> str:
    """Whom the group supervises, with the place before it: 富宁县党委、政府, 东区党委、政府."""
    county = group.county.name
    bodies = (body.removeprefix(county[-1:]) for body in group.supervised)
    return f"{county}{'、'.join(bodies)}"


def rectification(line: IssueLine, rules: Rules, group: Group, day: dt.date) -> LetterText:
    """A notice to rectify one issue, with a slip to send back (整改通知单)."""
    due = words.full_date(line.due_on) if line.due_on else "未定"
    late = f"，已超期{line.days_overdue}天" if (line.days_overdue or 0) > 0 else ""
    facts = grid(
        "",
        "项目 内容+",
        [
            ("编号", line.id or "（无编号）"),
            ("问题", " ".join(line.description.split()) or "（没有写问题描述）"),
            ("地点", line.location),
            ("问题来源", line.source),
            ("责任单位", line.unit),
            ("责任人", line.person),
            ("发现日期", words.full_date(line.found_on) if line.found_on else ""),
            ("整改期限", f"{due}{_extended(line)}{late}"),
            ("目前状态", words.STATES[line.state]),
        ],
    )
    asked = (
        f"请按整改期限完成整改，填好下面的回执报{rules.wording.unit}主管部门，"
        f"由{group.name}核验后销号。"
    )
    answer = grid(
        "",
        "项目 填写+",
        [(name, "　" * 18) for name in ("整改措施", "整改情况", "完成日期", "签字")],
    )
    return LetterText(
        "整改通知单",
        "问题整改通知单",
        line.unit or f"{line.county}（没有写责任单位）",
        (
            LetterSection("一、问题", (facts,)),
            LetterSection(
                "二、要求",
                (asked,),
            ),
            LetterSection("三、整改回执", (answer,)),
        ),
        "",
        draft=False,
        day=day,
        copies=(group.name,),
    )


def circular(overview: Overview, overdue: Sequence[IssueLine], rules: Rules) -> LetterText:
    """A draft circular: the counties ranked, and what the rules propose for whom (通报)."""
    wording, day = rules.wording, overview.as_of
    ranked = places(overview.counties)
    score = f" {wording.score_short}>" if rules.scored else ""
    table = grid(
        "",
        f"名次 {wording.unit} {wording.rate}> 销号/总数>{score} 超期> 灯",
        [_place(place, scored=rules.scored) for place in ranked],
    )
    missing = [place.status for place in ranked if not place.status.has_data]
    lacking = (
        (f"没有数据、排在最后的：{'、'.join(one.county.name for one in missing)}。",)
        if missing
        else ()
    )
    note = f"按{wording.rate}从高到低排列，相同的名次并列。"
    proposed = proposals(overview.counties, overdue, rules.sanctions)
    sections = [LetterSection("一、排名", (note, table, *lacking))]
    if rules.sanctions:
        told = tuple(_proposed(one, rules) for one in proposed)
        sections.append(LetterSection("二、建议（供审定）", told or ("没有需要提醒或约谈的。",)))
    return LetterText(
        "通报",
        f"关于{rules.name}整改情况的通报",
        f"各{wording.unit}，各{wording.group}",
        tuple(sections),
        "",
        draft=True,
        day=day,
    )


def _standing(status: CountyStatus, rate: str, score: str) -> str:
    counts = status.counts
    if counts is None:
        return f"{status.county.name}{status.missing_list or '没有数据'}。"
    told = f"{status.county.name}共有问题{counts.total}件，已销号{counts.closed}件，"
    told += f"{rate}{rate_of(status)}；待核验{counts.claimed}件，未整改{counts.open}件"
    told += f"，其中超期{counts.overdue}件" if counts.overdue else ""
    return f"{told}；{score} {points_of(status)}。" if status.score else f"{told}。"


def _extended(line: IssueLine) -> str:
    """How often the deadline was extended, and what it was."""
    if not line.extensions:
        return ""
    first = f"原定{words.full_date(line.original_due_on)}，" if line.original_due_on else ""
    return f"（{first}批准延期{line.extensions}次）"


def _issues(late: Sequence[IssueLine]) -> tuple[Part, ...]:
    rows = [
        (
            line.id or "（无编号）",
            what(line),
            " ".join(line.unit.split()),
            words.month_day(line.due_on),
            f"{line.days_overdue}天",
        )
        for line in late[:_LISTED]
    ]
    table = grid("", "编号 问题+ 责任单位+ 期限 超期>", rows)
    more = len(late) - len(rows)
    return (table, f"另有{more}件没有列出。") if more else (table,)


def _asked(status: CountyStatus, late: Sequence[IssueLine], wording: Wording) -> tuple[str, ...]:
    asked = []
    if not status.has_data:
        asked.append("尽快报送问题清单；没有需要整改的问题的，作零报告。")
    if late:
        asked.append(f"对超期的{len(late)}件逐件明确责任人和完成日期，限期整改、报请核验销号。")
    wanting = [
        result.requirement.name
        for milestone in status.milestones
        for result in milestone.requirements
        if result.verdict is Verdict.MISSED
    ]
    if wanting:
        asked.append(f"补齐已过节点未达到的要求：{'、'.join(dict.fromkeys(wanting))}。")
    also = f"，并报{wording.offices}" if wording.offices else ""
    asked.append(f"整改情况请以书面形式报{wording.group}{also}。")
    return tuple(f"（{'一二三四'[at]}）{line}" for at, line in enumerate(asked))


def _place(place: Place, *, scored: bool) -> tuple[object, ...]:
    status = place.status
    counts = status.counts
    rank = "—" if place.rank is None else f"{'并列' if place.shared else ''}{place.rank}"
    return (
        rank,
        status.county.name,
        rate_of(status),
        f"{counts.closed}/{counts.total}" if counts else None,
        *([points_of(status)] if scored else []),
        counts.overdue if counts else None,
        words.LIGHTS[status.light],
    )


def _proposed(one: Proposal, rules: Rules) -> str:
    """One proposal with its facts and the rule that it rests on."""
    rule, facts = one.sanction, []
    if rule.no_data:
        facts.append(one.status.missing_list or "没有数据")
    if rule.missed is not None:
        facts.append(f"已过节点有{one.missed}项要求未达到（{rule.missed}项起）")
    if rule.overdue is not None:
        facts.append(f"超期{one.overdue}件（{rule.overdue}件起）")
    if rule.days_overdue is not None:
        facts.append(f"最长的超期{one.longest}天（{rule.days_overdue}天起）")
    clause = f"{rules.notice.number} {rule.clause}" if rule.clause else ""
    reading = f"解释值：{rule.note}" if rule.interpreted else ""
    source = "；".join(part for part in (clause, reading) if part)
    return f"{one.status.county.name}：建议{rule.name}。{'，'.join(facts)}。（依据：{source}）"
