"""`duzhan status`: the counties ranked on one screen, and one county's page before a visit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.compliance.ranking import ORDER, ranked
from duzhan.compliance.week_duties import has_duties
from duzhan.model import Light, Verdict
from duzhan.report import words
from duzhan.report.pages.issues import issue_table
from duzhan.report.pages.page import Page, PageColumn, Text, titled
from duzhan.report.words.needs import lacking, task_legend, task_names
from duzhan.report.words.pace import lateness, pace_words
from duzhan.requirements import kind_of
from duzhan.weeks import week_id

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from duzhan.compliance.listing import IssueLine
    from duzhan.compliance.results import CountyStatus, Gap, MilestoneResult, Overview, WeekDuties
    from duzhan.model import Group, Milestone, Requirement, Rules, Wording

# A group leader reads the worst ones; the rest is one command away.
_OVERDUE_SHOWN = 15
_EXPLAINED = 16


def overview_page(
    overview: Overview, rules: Rules, sample: str | None, limit: int | None = None
) -> Page:
    """All counties, worst first, on one screen of 80 columns, with what each still needs.

    Args:
        overview: the counties, judged.
        rules: the campaign.
        sample: the line that marks synthetic data.
        limit: how many counties to list; None for all.
    """
    page = begin(rules, overview.as_of, sample, f"各{rules.wording.unit}达标情况")
    page.line(milestone_line(overview.current, overview.as_of, rules.wording))
    columns = (
        PageColumn(rules.wording.unit),
        PageColumn("灯"),
        PageColumn(rules.wording.rate_short, "right"),
        *([PageColumn(rules.wording.score_short)] if rules.scored else []),
        PageColumn("超期", "right"),
        PageColumn("待核验", "right"),
        PageColumn("还差", wrap=True),
        PageColumn("照此速度"),
    )
    tasks, score = task_names(overview.current), rules.wording.score_short
    listed = ranked(overview.counties)[:limit]
    page.table(
        columns,
        [
            _overview_row(status, lacking(status, tasks, score), scored=rules.scored)
            for status in listed
        ],
    )
    if told := task_legend(tasks):
        page.line(f"{told}。")
    _reasons(page, listed)
    if hidden := len(overview.counties) - len(listed):
        page.line(f"最差的{len(listed)}个在上，其余{hidden}个没有列出。")
        by_region = "；按地区汇总用 --rollup" if overview.counties[0].county.coded else ""
        page.line(f"全部列出用 --limit 0{by_region}。")
    page.line(f"{lights_line(overview.counties)}。详情：duzhan status --county 名称")
    return page


def lights_line(statuses: Sequence[CountyStatus]) -> str:
    """How many counties are red, yellow and green."""
    numbers = {light: sum(s.light is light for s in statuses) for light in ORDER}
    return "，".join(f"{words.LIGHTS[light][1]}灯{numbers[light]}个" for light in ORDER)


def _reasons(page: Page, listed: Sequence[CountyStatus]) -> None:
    """Why lights are red; equal reasons once. What the others lack stands in the table."""
    alike: dict[str, list[str]] = {}
    for status in listed:
        if status.light is Light.RED:
            alike.setdefault(words.tight("；".join(status.reasons)), []).append(status.county.name)
    if alike:
        page.heading("亮红灯的原因")
    for told, counties in list(alike.items())[:_EXPLAINED]:
        page.line(f"{'、'.join(counties)}：{told}。")


def _overview_row(status: CountyStatus, lacks: str, *, scored: bool) -> tuple[Text | str, ...]:
    counts = status.counts
    rate = words.percent(status.rate)
    if counts is not None and counts.total == 0:
        rate = "无问题"
    return (
        status.county.name,
        _light(status),
        rate,
        *([_score(status)] if scored else []),
        str(counts.overdue) if counts else words.NONE,
        str(counts.claimed) if counts else words.NONE,
        lacks,
        lateness(status.forecast),
    )


def _score(status: CountyStatus) -> str:
    """The latest assessment's points, and whose they are."""
    given = status.score
    return f"{words.points(given.points)}（{given.assessor}）" if given else words.NONE


def brief(reasons: Sequence[str], shown: int = 2) -> str:
    """The first reasons, and how many more there are."""
    if len(reasons) <= shown:
        return words.tight("；".join(reasons))
    return f"{words.tight('；'.join(reasons[:shown]))}等{len(reasons)}项"


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
    page.line(_light(status), f"  {why}")
    _figures(page, status, rules)
    _current(page, status, overview.as_of, rules.wording)
    if told := pace_words(status.forecast):
        page.line(told)
    _past(page, status, overview.as_of, rules.wording)
    _overdue(page, status, overdue)
    _duties(page, status, rules, overview.as_of)
    return page


def begin(rules: Rules, day: dt.date, sample: str | None, title: str) -> Page:
    """Title, mark of synthetic data, and what the figures rest on."""
    page = titled(f"{title}（截至{words.full_date(day)}）", sample)
    page.line(f"{rules.name}，依据{rules.notice.number}")
    return page


def milestone_line(current: Milestone | None, day: dt.date, wording: Wording) -> str:
    """Which milestone is next, how many days are left, and what it asks for."""
    if current is None:
        return "各节点均已到期。"
    left = (current.deadline - day).days
    lines = [
        f"{_tag(rule, wording)}{f'≥{rule.required}' if rule.required else ''}"
        for rule in current.requirements
        if rule.basis != "deliverables"
    ]
    if current.tasks:
        lines.append(f"{len(current.tasks)}项任务")
    return (
        f"当前节点：{current.name}（{words.month_day(current.deadline)}，{_left(left)}），"
        f"要求{'、'.join(lines)}"
    )


def _tag(rule: Requirement, wording: Wording) -> str:
    """What a requirement is called where there is little room."""
    return kind_of(rule).named(wording).tag or rule.name


def _left(days: int) -> str:
    return f"还有{days}天" if days else "今天到期"


def _light(status: CountyStatus) -> Text:
    return Text(words.LIGHTS[status.light], words.STYLES[status.light])


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
        f"当前节点：{ahead.milestone.name}（{words.month_day(ahead.milestone.deadline)}，{_left(left)}）"
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
        f"{_tag(judged.requirement, wording)}"
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
