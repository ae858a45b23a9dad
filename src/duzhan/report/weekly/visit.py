"""督战核查单: what a group takes along, two pages at most, with boxes to tick and lines to fill."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from duzhan.columns import COUNTY, RECORD_COLUMNS, REMARK, SUPERVISION
from duzhan.report import words
from duzhan.report.weekly import forms
from duzhan.report.weekly.photographs import HIGH_AS, strip
from duzhan.report.weekly.phrases import clauses, sentence, supervised
from duzhan.report.weekly.tables import ReportTable, grid
from duzhan.report.words.issues import described, identified, shortened
from duzhan.report.words.items import assessed, issue_words, named
from duzhan.report.words.pace import left, reached_on
from duzhan.report.words.rechecks import looked_at, rechecked
from duzhan.requirements import SCORE, judged_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from duzhan.compliance.issue_list import IssueLine
    from duzhan.compliance.visit import Visit
    from duzhan.compliance.waiting_claims import Waiting
    from duzhan.model import Rules
    from duzhan.requirements.results import RequirementResult

TEMPLATE = "督战核查单"
FORMATS = ("md", "docx", "html")
BOX = "□"
# Two pages hold so many rows of issues; claims go before overdue ones.
_ROWS, _LEAST, _OVERDUE = 30, 6, 10
_CORRECTIONS = 8
_LOOKED_AT = 5
# As wide as what is to be written there by hand.
_NOTE, _BLANK = "　" * 7, "　" * 30


def title(visit: Visit, rules: Rules) -> str:
    """Such as 富宁县督战核查单."""
    return f"{visit.status.county.name}{rules.wording.visit}"


def file_stem(visit: Visit, rules: Rules) -> str:
    """The file's name without its ending, such as 富宁县督战核查单_2021-07-20."""
    return f"{title(visit, rules)}_{visit.day.isoformat()}"


def context(visit: Visit, rules: Rules, sample: str | None) -> dict[str, Any]:
    """Give the variables of the visit sheet's templates.

    Args:
        visit: what is on it.
        rules: the campaign.
        sample: the line that marks synthetic data.

    Returns:
        `title`, `campaign`, `group`, `leaders`, `day`, `sample`, `standing` (three lines),
        `sections` (heading, table or None, note), `ask_title`, `asks`, `record_title`,
        `fields` (name, what to tick), `unit` (what a county is called), `small_print`;
        `render` adds `photographs` (small ones of claims) and `photographs_note`.
    """
    return {
        "title": title(visit, rules),
        "campaign": rules.name,
        "group": visit.group.name,
        "leaders": "；".join(seat.display for seat in visit.group.leaders),
        "day": f"截至{words.full_date(visit.day)}24时",
        "sample": sample,
        "standing": standing(visit, rules),
        "sections": sections(visit),
        "ask_title": f"请{supervised(visit.group)}",
        "asks": asks(visit, rules),
        "record_title": record_title(rules),
        "fields": fields(rules),
        "unit": rules.wording.unit,
        "small_print": (_small_print(visit, rules),),
    }


def _small_print(visit: Visit, rules: Rules) -> str:
    return (
        f"抽查办法：以“{visit.status.county.name} {visit.day.isoformat()} 编号”的 SHA-256 "
        "从小到大取前几件，任何人都可以重算，谁也不能挑选。"
        f"规则依据：{rules.notice.number}。"
    )


def render(visit: Visit, rules: Rules, form: str, root: Path | None, sample: str | None) -> bytes:
    """Render the sheet.

    Args:
        visit: what is on it.
        rules: the campaign.
        form: one of `FORMATS`.
        root: the dataset's folder, whose templates go first.
        sample: the line that marks synthetic data.

    Raises:
        DuzhanError: a template is at fault.
    """
    told = context(visit, rules, sample)
    rows = sum(len(table.rows) for _, table, _ in told["sections"] if table)
    room = form != "md" and rows + HIGH_AS <= _ROWS
    photographs = strip(visit.photographed, root, room=room)
    told["photographs_note"] = photographs.note
    rows += HIGH_AS if photographs.photographs else 0
    scale = 1.0 if rows <= 20 else 0.9
    sheet = forms.ReportSheet(TEMPLATE, told, visit.day, scale, photographs.photographs)
    return forms.render(sheet, form, root)


# ---------------------------------------------------------------- where the county stands


def standing(visit: Visit, rules: Rules) -> tuple[str, ...]:
    """Three lines: rate and pace, score and tasks if there are any, what waits."""
    told = (_rate(visit, rules), _score(visit, rules), _waiting(visit, rules))
    return tuple(line for line in told if line)


def _rate(visit: Visit, rules: Rules) -> str:
    status, rate, milestone = visit.status, visit.status.rate, visit.milestone
    name = rules.wording.rate
    if status.counts is None:
        told = f"{status.missing_list}，按无数据处理"
    elif rate is None:
        told = "清单中没有问题"
    else:
        told = f"{name}{words.percent(rate)}（{rate.numerator}/{rate.denominator}）"
    light = f"{words.LIGHTS[status.light][1]}灯"
    required = visit.forecast.requirement
    if milestone is None or required is None:
        return sentence(light, told)
    due = f"距{words.month_day(milestone.deadline)}{required.required}"
    days = left((milestone.deadline - visit.day).days)
    gap = status.gap
    wanting = f"还需销号{gap.closures}件" if gap and gap.closures else "已达到"
    pace = f"照此速度{reached_on(visit.forecast)}" if gap and gap.closures else ""
    return sentence(light, told, f"{due}{days}", "" if status.counts is None else wanting, pace)


def _score(visit: Visit, rules: Rules) -> str:
    status, name = visit.status, rules.wording.score_short
    judged = _requirement(visit, SCORE)
    given, parts = status.score, []
    if given is not None:
        value = f"{words.points(given.points)}分" if given.points is not None else "总分有误"
        parts.append(f"最近{name}{value}（{given.assessor}，{words.month_day(given.day)}）")
    elif judged:
        parts.append(f"还没有{name}")
    for one in judged[:1]:
        who = "或".join(one.requirement.assessors)
        line = f"要求{one.requirement.required}分以上（{who}评估）"
        parts.append(f"{line}，{'已达到' if words.verdict(one) == '达标' else '未达到'}")
    tasks = status.gap.deliverables if status.gap else ()
    todo = f"还有任务{len(tasks)}项未完成" if tasks else ""
    told = sentence(clauses(*parts), todo, mark="；")
    asked = rules.scored or rules.tasks
    return told or (f"{visit.status.county.name}没有其他要求。" if asked else "")


def _requirement(visit: Visit, kind: str) -> list[RequirementResult]:
    return [
        one
        for result in visit.status.milestones
        if visit.milestone is not None and result.milestone.id == visit.milestone.id
        for one in judged_of(result.requirements, kind)
    ]


def _waiting(visit: Visit, rules: Rules) -> str:
    verb, last = rules.wording.supervise, visit.status.last_on_site
    on_site = f"上一次实地{verb}为{words.month_day(last)}" if last else f"至今没有实地{verb}"
    if not rules.supervises or not rules.vocabularies.on_site_methods:
        on_site = ""
    counts = visit.status.counts
    if counts is None:
        return sentence(on_site)
    return sentence(
        f"待核验{counts.claimed}件",
        f"未整改{counts.open}件，其中超期{counts.overdue}件" if counts.open else "没有未整改的问题",
        on_site,
    )


# ---------------------------------------------------------------- issues


def sections(visit: Visit) -> tuple[tuple[str, ReportTable | None, str], ...]:
    """Headings, each with its table (or none) and a note on what is left out."""
    claims, late = visit.claims, visit.overdue
    room = _ROWS - len(visit.sample) - min(len(late), _OVERDUE)
    shown = claims[: max(_LEAST, room)]
    behind = late[: max(_LEAST, _ROWS - len(visit.sample) - len(shown))][:_OVERDUE]
    told = [
        (
            "请核验",
            _claims(shown, visit.day),
            len(claims),
            "等得最久的在前；属实的销号，不属实的退回",
            len(shown),
        ),
        ("超期", _overdue(behind), len(late), "超期最久的在前", len(behind)),
        (
            "抽查已销号",
            _sample(visit.sample),
            len(visit.sample),
            f"从{visit.closed}件中抽取",
            len(visit.sample),
        ),
    ]
    numerals = "一二三"
    before = ("", "", _before(visit))
    return tuple(
        (
            f"{numerals[at]}、{heading}{f'{count}件（{note}）' if count else '：没有'}",
            table if count else None,
            f"另有{count - listed}件见清单。" if count > listed else before[at],
        )
        for at, (heading, table, count, note, listed) in enumerate(told)
    )


def _before(visit: Visit) -> str:
    """What earlier rechecks of the county found, the latest ones by name."""
    share = rechecked(visit.rechecks)
    if not share:
        return ""
    return f"此前{share}；最近的：{looked_at(visit.looked_at[:_LOOKED_AT])}。"


def _claims(claims: Iterable[Waiting], day: dt.date) -> ReportTable:
    rows = [
        (
            identified(one.issue),
            described(one.issue),
            _owner(one.issue),
            words.month_day(day - dt.timedelta(days=one.days)),
            BOX,
            BOX,
            _NOTE,
        )
        for one in claims
    ]
    return grid("", "编号 问题（地点）+ 责任单位（人）+ 报完成 属实 不属实 说明+", rows)


def _overdue(late: Iterable[IssueLine]) -> ReportTable:
    rows = [
        (
            identified(one),
            described(one),
            _owner(one),
            words.month_day(one.due_on),
            f"{one.days_overdue}天",
            _NOTE,
        )
        for one in late
    ]
    return grid("", "编号 问题（地点）+ 责任单位（人）+ 期限 超期> 现场情况+", rows)


def _sample(lines: Iterable[IssueLine]) -> ReportTable:
    rows = [(identified(one), described(one), _owner(one), BOX, BOX, _NOTE) for one in lines]
    return grid("", "编号 问题（地点）+ 责任单位（人）+ 属实 不属实 说明+", rows)


def _owner(issue: IssueLine) -> str:
    unit = shortened(issue.unit) or words.NONE
    return f"{unit}（{shortened(issue.person)}）" if issue.person else unit


# ---------------------------------------------------------------- what to ask for, what to note


def asks(visit: Visit, rules: Rules) -> tuple[str, ...]:
    """What the county's leaders are asked for, by name and number."""
    status, milestone = visit.status, visit.milestone
    gap, told = status.gap, []
    by = f"{words.month_day(milestone.deadline)}前" if milestone else ""
    if status.counts is None:
        told.append("报送问题清单。")
    if gap and gap.closures:
        told.append(f"{by}再销号{gap.closures}件。")
    if wanted := _points(visit, rules):
        told.append(f"{by}{wanted}。")
    told += [f"{by}完成“{task}”。" for task in (gap.deliverables if gap else ())]
    last = status.last_week
    if last.report_expected and last.report is None:
        span = f"{words.month_day(last.monday)}至{words.month_day(last.sunday)}"
        told.append(f"补报{span}的周报。")
    if visit.faulty:
        told.append(_corrections(visit))
    if status.counts and status.counts.no_due_date:
        told.append(f"给{status.counts.no_due_date}件问题写上整改期限。")
    return tuple(told) or ("没有需要请办的事项。",)


def _points(visit: Visit, rules: Rules) -> str:
    """Points up to the line, and by which items, as far as an assessment tells."""
    gap, told, name = visit.status.gap, visit.points, rules.wording.score_short
    plan = told.fewest if told else None
    points = gap.points if gap and gap.points else None
    if told is None or plan is None or not plan.reaches or (gap and gap.score_met):
        return f"{name}再提高{words.points(points)}分" if points else ""
    wanted = f"再提高{words.points(points)}分" if points else f"达到{words.points(plan.line)}分"
    return clauses(
        f"{name}{wanted}：按{assessed(told.score)}，最少补齐{named(plan.items)}",
        issue_words(plan.issues),
    )


def _corrections(visit: Visit) -> str:
    named = [one.id for one in visit.faulty if one.id][:_CORRECTIONS]
    more = "等" if len(visit.faulty) > len(named) else ""
    which = f"（{'、'.join(named)}{more}）" if named else ""
    return f"更正{len(visit.faulty)}件问题的数据{which}。"


def record_title(rules: Rules) -> str:
    """Above what is noted by hand: in the columns of supervision.csv where there is one."""
    verb = rules.wording.supervise
    return f"{verb}记录（按{verb}记录表的列）" if rules.supervises else "现场记录"


def fields(rules: Rules) -> tuple[tuple[str, str], ...]:
    """What to note, in the order of supervision.csv's columns; methods to tick."""
    known = rules.vocabularies
    kinds = [term.name for term in known.methods]
    if known.random_flag and known.random_flag not in kinds:
        kinds.append(known.random_flag)
    ticks = {"方式": "　".join(f"{BOX}{kind}" for kind in kinds)}
    tall = {"发现问题": 7, "工作要求": 7}
    without = {COUNTY, REMARK, *(() if kinds else ("方式",))}
    names = [name for name in RECORD_COLUMNS[SUPERVISION] if name not in without]
    return tuple(
        (name, ticks.get(name) or "\n".join([_BLANK] * tall.get(name, 2)))
        for name in (*names, REMARK)
    )
