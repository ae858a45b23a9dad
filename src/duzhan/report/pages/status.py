"""`duzhan status`: the counties ranked on one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.compliance.ranking import ORDER, ranked
from duzhan.model import Light
from duzhan.report import words
from duzhan.report.pages.page import Page, PageColumn, Text, titled
from duzhan.report.words.needs import lacking, task_legend, task_names
from duzhan.report.words.pace import lateness
from duzhan.requirements import kind_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from duzhan.compliance.results import CountyStatus, Overview
    from duzhan.model import Milestone, Requirement, Rules, Wording

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
    _reasons(page, listed, rules.wording.unit)
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


def _reasons(page: Page, listed: Sequence[CountyStatus], unit: str) -> None:
    """Why lights are red; equal reasons once. What the others lack stands in the table."""
    alike: dict[str, list[str]] = {}
    for status in listed:
        if status.light is Light.RED:
            alike.setdefault(words.tight("；".join(status.reasons)), []).append(status.county.name)
    if alike:
        page.heading("亮红灯的原因")
    for told, counties in list(alike.items())[:_EXPLAINED]:
        page.line(f"{'、'.join(counties)}：{told}。")
    if rest := sum(map(len, list(alike.values())[_EXPLAINED:])):
        page.line(f"另有{rest}个{unit}亮红灯，原因各用 --county 看。")


def _overview_row(status: CountyStatus, lacks: str, *, scored: bool) -> tuple[Text | str, ...]:
    counts = status.counts
    rate = words.percent(status.rate)
    if counts is not None and counts.total == 0:
        rate = "无问题"
    return (
        status.county.name,
        light_text(status),
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
        f"{tag(rule, wording)}{f'≥{rule.required}' if rule.required else ''}"
        for rule in current.requirements
        if rule.basis != "deliverables"
    ]
    if current.tasks:
        lines.append(f"{len(current.tasks)}项任务")
    return (
        f"当前节点：{current.name}（{words.month_day(current.deadline)}，{days_left(left)}），"
        f"要求{'、'.join(lines)}"
    )


def tag(rule: Requirement, wording: Wording) -> str:
    """What a requirement is called where there is little room."""
    return kind_of(rule).named(wording).tag or rule.name


def days_left(days: int) -> str:
    """Days until a deadline: 还有3天."""
    return f"还有{days}天" if days else "今天到期"


def light_text(status: CountyStatus) -> Text:
    """A county's light in its colour."""
    return Text(words.LIGHTS[status.light], words.STYLES[status.light])
