"""六、距下一节点 of the weekly report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.compliance.results import FEWEST, WINDOW
from duzhan.model import Verdict
from duzhan.report import words
from duzhan.report.weekly.overall import tasks_of
from duzhan.report.weekly.phrases import REST, clauses, named, names, sentence
from duzhan.report.weekly.points import points
from duzhan.report.weekly.tables import Part, grid
from duzhan.report.words.pace import (
    closures_wanting,
    forecast_words,
    left,
    pace_kept,
    pace_needed,
    reached_on,
)
from duzhan.requirements import RATE, SCORE, asked_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duzhan.compliance.results import CountyStatus, Forecast, Gap
    from duzhan.compliance.week_report import WeekReport


def ahead(report: WeekReport) -> list[Part]:
    """Days left, what each county still needs, and when its pace would get it there."""
    milestone, days = report.milestone, report.days_left
    if milestone is None or days is None:
        return ["各节点均已到期。", *points(report)]
    when = f"{milestone.name}节点为{words.full_date(milestone.deadline)}，{left(days)}。"
    begin = [when, *([] if report.county else [_outlook(report)])]
    return [
        "".join(begin),
        *([] if report.county else _tasks(report)),
        *_needs(report),
        *points(report),
    ]


def _outlook(report: WeekReport) -> str:
    """Who would be in time at the present pace, who not, and of whom nobody can tell."""
    forecasts, wording = report.forecasts, report.wording
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
            return f"各{wording.unit}{wording.rate}{told}。"
    parts = (
        ("已达到的", reached),
        (f"按近{WINDOW.days}天的销号速度可按期达到的", in_time),
        ("按目前进度难以按期达到的", late),
        (f"近{WINDOW.days}天销号不足{FEWEST}件、无从预测的", unknown),
    )
    shown = [(which, some) for which, some in parts if some]
    said = [f"{which}{named(some, wording.unit)}" for which, some in shown]
    most = max(range(len(shown)), key=lambda at: len(shown[at][1]))
    which, some = shown[most]
    if len(some) > REST:
        at_end = most == len(shown) - 1
        rest = f"其余{len(some)}个{which.removesuffix('的')}"
        said[most] = rest if at_end else f"{which}{len(some)}个"
    return f"{wording.rate}：{sentence(*said, mark='；')}"


def _tasks(report: WeekReport) -> list[Part]:
    """For each task, who has not completed it."""
    told: dict[str, list[tuple[str, bool]]] = {}
    for status in report.status.counties:
        for result in tasks_of(status, report):
            done = result.verdict is Verdict.MET
            told.setdefault(result.requirement.name, []).append((status.county.name, done))
    alike: dict[str, list[str]] = {}
    for task, counties in told.items():
        alike.setdefault(_done(counties, report.wording.unit), []).append(task)
    return [f"{'、'.join(tasks)}：{_both(tasks)}{who}。" for who, tasks in alike.items()]


def _both(tasks: Sequence[str]) -> str:
    return f"{len(tasks)}项任务" if len(tasks) > 1 else ""


def _done(counties: Sequence[tuple[str, bool]], unit: str) -> str:
    wanting = [name for name, done in counties if not done]
    if not wanting:
        return f"各{unit}均已完成"
    if len(wanting) == len(counties):
        return f"各{unit}均未完成" if len(wanting) > 1 else "尚未完成"
    if len(wanting) > REST:
        done_by = names([name for name, done in counties if done], unit)
        return f"除{done_by}外均未完成"
    return f"未完成的{named(wanting, unit)}"


def _needs(report: WeekReport) -> list[Part]:
    """What each county still needs, in the columns of what the milestone asks for."""
    milestone = report.milestone
    columns = {
        "county": report.wording.unit if report.county is None else "",
        "score": f"{report.wording.score_short}还差>" if asked_of(milestone, SCORE) else "",
        "rate": "还需销号> 平均每周需> 近两周每周> 照此速度达到"
        if asked_of(milestone, RATE)
        else "",
        "tasks": "任务未完成>" if milestone is not None and milestone.tasks else "",
    }
    rows = [
        [cell for part, cells in need(status, forecast).items() if columns[part] for cell in cells]
        for status, forecast in zip(report.status.counties, report.forecasts, strict=True)
    ]
    asked = any(title for part, title in columns.items() if part != "county")
    return [grid("", clauses(*columns.values(), mark=" "), rows)] if asked else []


def need(status: CountyStatus, forecast: Forecast) -> dict[str, tuple[str, ...]]:
    """A county's cells: its name, points, closures with pace needed and kept and day, tasks."""
    gap = status.gap
    tasks = gap.deliverables if gap else ()
    return {
        "county": (status.county.name,),
        "score": (points_wanting(gap) if gap else words.NONE,),
        "rate": (
            closures_wanting(forecast),
            pace_needed(forecast),
            pace_kept(forecast),
            reached_on(forecast),
        ),
        "tasks": ((f"{len(tasks)}项" if tasks else "无") if gap else words.NONE,),
    }


def points_wanting(gap: Gap) -> str:
    """Points up to the line."""
    if gap.score_met:
        return "已达到"
    return "待评估" if gap.points is None else f"{words.points(gap.points)}分"


def assumptions(report: WeekReport) -> list[str]:
    """What the forecast takes for granted, in words."""
    forecasts = [f for f in report.forecasts if f.has_data and not f.reached and f.requirement]
    if not forecasts:
        return []
    first = report.week.as_of - WINDOW
    return [forecast_words(words.month_day(first), words.month_day(report.week.as_of))]
