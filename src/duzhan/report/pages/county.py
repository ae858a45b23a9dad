"""`duzhan status --county`: what a group leader reads of one county before a visit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.compliance.week_duties import has_duties
from duzhan.model import Group, Rules, Verdict, Wording
from duzhan.report import words
from duzhan.report.pages.issues import issue_table
from duzhan.report.pages.page import Page, Text
from duzhan.report.pages.status import begin, days_left, light_text, tag
from duzhan.report.words.pace import pace_words
from duzhan.weeks import week_id

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from duzhan.compliance.issue_list import IssueLine
    from duzhan.compliance.results import CountyStatus, Gap, MilestoneResult, Overview, WeekDuties

# A group leader reads the worst ones; the rest is one command away.
_OVERDUE_SHOWN = 15


def county_page(
    status: CountyStatus,
    overview: Overview,
    group: Group,
    rules: Rules,
    overdue: Sequence[IssueLine],
    sample: str | None,
) -> Page:
    """What a group leader reads before a visit."""
    page = begin(rules, overview.as_of, sample, f"{status.county.name}达标情况")
    leaders = "；".join(seat.display for seat in group.memberships if seat.role == "组长")
    if leaders:
        page.line(f"{rules.wording.group}组长：{leaders}")
    why = words.tight("；".join(status.reasons)) or "没有超期，数据齐全"
    page.line(light_text(status), f"  {why}")
    _figures(page, status, rules)
    _current(page, status, overview.as_of, rules.wording)
    if told := pace_words(status.forecast):
        page.line(told)
    _past(page, status, overview.as_of, rules.wording)
    _overdue(page, status, overdue)
    _duties(page, status, rules, overview.as_of)
    return page


def _figures(page: Page, status: CountyStatus, rules: Rules) -> None:
    wording = rules.wording
    page.heading(f"清单和{wording.score_short}" if rules.scored else "清单")
    counts = status.counts
    if counts is None:
        page.line(f"{wording.rate}：无数据（{status.missing_list}）")
    elif counts.total == 0:
        page.line(f"{wording.rate}：无问题（截至当日清单中没有问题）")
    else:
        page.line(
            f"{wording.rate}：{words.percent(status.rate)}（已销号{counts.closed}件，"
            f"共{counts.total}件）；连同待核验{counts.claimed}件为"
            f"{words.percent(status.claimed_rate)}，仅供参考"
        )
        page.line(
            f"未整改{counts.open}件，其中超期{counts.overdue}件、"
            f"没有整改期限{counts.no_due_date}件；数据有误{counts.invalid}件"
        )
    if rules.scored:
        page.line(f"最近{wording.score_short}：{_latest(status, rules)}")


def _latest(status: CountyStatus, rules: Rules) -> str:
    """The latest assessment: points, whose, when."""
    score, own = status.score, "、".join(rules.vocabularies.self_assessors)
    if score is None:
        return f"没有（{own}不计）" if own else "没有"
    value = f"{words.points(score.points)}分" if score.points is not None else "总分读不出来"
    return f"{value}（{score.assessor}，{words.month_day(score.day)}）"


def _current(page: Page, status: CountyStatus, day: dt.date, wording: Wording) -> None:
    ahead = next((m for m in status.milestones if m.milestone.deadline >= day), None)
    if ahead is None or status.gap is None:
        page.heading("节点要求")
        page.line("各节点均已到期。")
        return
    left = (ahead.milestone.deadline - day).days
    page.heading(
        f"当前节点：{ahead.milestone.name}（{words.month_day(ahead.milestone.deadline)}，{days_left(left)}）"
    )
    for judged in ahead.requirements:
        rule = judged.requirement
        read = "（解释值）" if rule.interpreted else ""
        name = f"{rule.name}{words.required(judged) if rule.threshold is not None else ''}{read}"
        page.line(
            Text(f"{words.verdict(judged)}", words.VERDICT_STYLES[judged.verdict]),
            f"  {name}：{words.actual(judged)}" + _whose(rule.assessors),
        )
        page.line(Text(f"〔{rule.clause}〕{rule.sentence}", "dim"), indent=4)
        if rule.interpreted and rule.note:
            page.line(Text(f"解释：{rule.note}", "dim"), indent=4)
    wanting = needed(status.gap, wording.score_short, has_data=status.has_data)
    page.line("要达标还需：" if wanting else "已全部达到，保持即可")
    for item in wanting:
        page.line(f"· {item}", indent=4)


def _whose(assessors: Sequence[str]) -> str:
    return f"（由{'或'.join(assessors)}评估）" if assessors else ""


def needed(gap: Gap, score: str, *, has_data: bool) -> list[str]:
    """What it takes to pass: so many closures, so many points, which deliverables."""
    parts = []
    if not has_data:
        parts.append("报送问题清单")
    if gap.closures:
        parts.append(f"再销号{gap.closures}件")
    if not gap.score_met:
        if gap.points is None:
            parts.append("取得一次有效评估")
        else:
            parts.append(f"{score}再提高{words.points(gap.points)}分")
    return [*parts, *(f"完成“{task}”" for task in gap.deliverables), *gap.other]


def _past(page: Page, status: CountyStatus, day: dt.date, wording: Wording) -> None:
    past = [result for result in status.milestones if result.milestone.deadline < day]
    if not past:
        return
    page.heading("已过节点")
    for result in past:
        page.line(f"{result.milestone.name}：{_outcome(result, wording)}")


def _outcome(result: MilestoneResult, wording: Wording) -> str:
    if all(judged.verdict is Verdict.MET for judged in result.requirements):
        return "全部达标"
    return "；".join(
        f"{tag(judged.requirement, wording)}"
        + clauses(words.verdict(judged), _known(words.actual(judged)))
        for judged in result.requirements
    )


def _known(actual: str) -> str:
    return "" if actual == words.NONE else actual


def clauses(*parts: str) -> str:
    """Parts that say something, with commas between them."""
    return "，".join(part for part in parts if part)


def _overdue(page: Page, status: CountyStatus, overdue: Sequence[IssueLine]) -> None:
    if status.counts is None:
        return
    page.heading(f"超期问题{len(overdue)}件")
    if not overdue:
        page.line("没有超期问题。")
        return
    page.parts.append(issue_table(overdue[:_OVERDUE_SHOWN]))
    if len(overdue) > _OVERDUE_SHOWN:
        more = len(overdue) - _OVERDUE_SHOWN
        page.line(f"还有{more}件，全部列出：duzhan overdue --county {status.county.name}")


def _duties(page: Page, status: CountyStatus, rules: Rules, day: dt.date) -> None:
    if not rules.supervises and not rules.reports:
        return
    verb = rules.wording.supervise
    page.heading(duties_title(rules))
    page.line(f"本周（{week_id(status.week.monday)}）：{week_words(status.week, day, rules)}")
    if status.last_week.monday != status.week.monday:
        last = week_words(status.last_week, day, rules)
        page.line(f"上一整周（{week_id(status.last_week.monday)}）：{last}")
    if status.weeks_unsupervised > 1:
        page.line(Text(f"已连续{status.weeks_unsupervised}周未{verb}", "red"))
    on_site = status.last_on_site
    if rules.supervises and rules.vocabularies.on_site_methods:
        page.line(f"最近一次实地{verb}：{words.month_day(on_site) if on_site else '没有'}")
    for duty in rules.duties:
        page.line(Text(f"〔{duty.clause}〕{duty.sentence}", "dim"), indent=4)


def duties_title(rules: Rules) -> str:
    """The weekly duties that there are: 每周一督战、一报告."""
    verb = rules.wording.supervise
    if rules.supervises and rules.reports:
        return f"每周一{verb}、一报告"
    return f"每周{verb if rules.supervises else '报告'}"


def week_words(week: WeekDuties, day: dt.date, rules: Rules) -> str:
    """What was done of a week's duties by the day."""
    verb = rules.wording.supervise
    if not has_duties(week.monday, rules):
        return f"不在每周{verb}期内" if rules.supervises else "不在每周报告期内"
    done = len(week.supervisions)
    on_site = sum(s.on_site for s in week.supervisions)
    supervised = f"已{verb}{done}次（实地{on_site}次）" if done else f"尚未{verb}"
    told = (supervised if rules.supervises else "", _report(week, day) if rules.reports else "")
    return "；".join(part for part in told if part)


def _report(week: WeekDuties, day: dt.date) -> str:
    if week.report is None:
        if not week.report_expected:
            return "清单已销号，不需周报"
        return "周报应报未报" if week.sunday <= day else "周报尚未报送"
    when = "按时" if week.on_time else "迟报"
    lacking = "、".join(week.report.lacking)
    whole = "" if week.report.complete else f"，但不完整（没有写明{lacking}）"
    return f"周报已于{words.month_day(week.report.day)}报送（{when}）{whole}"
