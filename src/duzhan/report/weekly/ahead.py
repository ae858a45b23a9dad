"""六、距下一节点 of the weekly report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.compliance.results import FEWEST, WINDOW
from duzhan.model import Verdict
from duzhan.report import words
from duzhan.report.weekly.overall import tasks_of
from duzhan.report.weekly.phrases import Part, ReportTable, grid, named, sentence
from duzhan.report.words.pace import (
    closures_wanting,
    forecast_words,
    left,
    pace_kept,
    pace_needed,
    reached_on,
)
from duzhan.requirements import SCORE, asked_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duzhan.compliance.results import CountyStatus, Forecast, Gap
    from duzhan.compliance.week_report import WeekReport
    from duzhan.model import Milestone


def ahead(report: WeekReport) -> list[Part]:
    """Days left, what each county still needs, and when its pace would get it there."""
    milestone, days = report.milestone, report.days_left
    if milestone is None or days is None:
        return ["各节点均已到期。"]
    when = f"{milestone.name}节点为{words.full_date(milestone.deadline)}，{left(days)}。"
    begin = [when, *([] if report.county else [_outlook(report.forecasts)])]
    return [
        "".join(begin),
        *([] if report.county else _tasks(report)),
        _needs(report),
        *assumptions(report),
    ]


def _outlook(forecasts: Sequence[Forecast]) -> str:
    """Who would be in time at the present pace, who not, and of whom nobody can tell."""
    known = [f for f in forecasts if f.has_data and f.milestone is not None]
    reached = [f.county.name for f in known if f.reached]
    in_time = [f.county.name for f in known if not f.reached and f.in_time]
    late = [f.county.name for f in known if f.in_time is False]
    unknown = [f.county.name for f in known if not f.reached and f.reached_on is None]
    if not known:
        return ""
    everybody = (
        (reached, "均已达到节点要求"),
        (in_time, f"按近{WINDOW.days}天的销号速度均可按期达到节点要求"),
        (late, "按目前进度均难以按期达到节点要求"),
        (unknown, f"近{WINDOW.days}天销号均不足{FEWEST}件，无从预测"),
    )
    for some, told in everybody:
        if len(some) == len(forecasts) > 1:
            return f"各县（市）整改达标率{told}。"
    return "整改达标率：" + sentence(
        f"已达到的{named(reached)}" if reached else "",
        f"按近{WINDOW.days}天的销号速度可按期达到的{named(in_time)}" if in_time else "",
        f"按目前进度难以按期达到的{named(late)}" if late else "",
        f"近{WINDOW.days}天销号不足{FEWEST}件、无从预测的{named(unknown)}" if unknown else "",
        mark="；",
    )


def _tasks(report: WeekReport) -> list[Part]:
    """For each task, who has not completed it."""
    told: dict[str, list[tuple[str, bool]]] = {}
    for status in report.status.counties:
        for result in tasks_of(status, report):
            done = result.verdict is Verdict.MET
            told.setdefault(result.requirement.name, []).append((status.county.name, done))
    alike: dict[str, list[str]] = {}
    for task, counties in told.items():
        alike.setdefault(_done(counties), []).append(task)
    return [f"{'、'.join(tasks)}：{_both(tasks)}{who}。" for who, tasks in alike.items()]


def _both(tasks: Sequence[str]) -> str:
    return f"{len(tasks)}项任务" if len(tasks) > 1 else ""


def _done(counties: Sequence[tuple[str, bool]]) -> str:
    wanting = [name for name, done in counties if not done]
    if not wanting:
        return "各县（市）均已完成"
    if len(wanting) == len(counties):
        return "各县（市）均未完成" if len(wanting) > 1 else "尚未完成"
    return f"未完成的{named(wanting)}"


def _needs(report: WeekReport) -> ReportTable:
    rows = [
        need(status, forecast, report.milestone)
        for status, forecast in zip(report.status.counties, report.forecasts, strict=True)
    ]
    columns = "县（市） 评分还差> 还需销号> 平均每周需> 近两周每周> 照此速度达到 任务未完成>"
    if report.county is not None:
        columns, rows = columns.removeprefix("县（市） "), [row[1:] for row in rows]
    return grid("", columns, rows)


def need(status: CountyStatus, forecast: Forecast, milestone: Milestone | None) -> tuple[str, ...]:
    """A county's row: points, closures, pace needed and kept, day, tasks."""
    gap = status.gap
    if gap is None or milestone is None:
        return (status.county.name, *[words.NONE] * 6)
    scored = bool(asked_of(milestone, SCORE))
    return (
        status.county.name,
        points_wanting(gap) if scored else words.NONE,
        closures_wanting(forecast),
        pace_needed(forecast),
        pace_kept(forecast),
        reached_on(forecast),
        f"{len(gap.deliverables)}项" if gap.deliverables else "无",
    )


def points_wanting(gap: Gap) -> str:
    """Points up to the line."""
    if gap.score_met:
        return "已达到"
    return "待评估" if gap.points is None else f"{words.points(gap.points)}分"


def assumptions(report: WeekReport) -> list[Part]:
    """What the forecast takes for granted, in words."""
    forecasts = [f for f in report.forecasts if f.has_data and not f.reached and f.requirement]
    if not forecasts:
        return []
    first = report.week.as_of - WINDOW
    return [forecast_words(words.month_day(first), words.month_day(report.week.as_of))]
