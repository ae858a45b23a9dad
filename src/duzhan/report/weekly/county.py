"""A county's own weekly summary (小结): 一 and 二 in the county's words; the rest is shared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.model import Light
from duzhan.report import words
from duzhan.report.weekly.overall import issue_sentence, moved_rate, totals
from duzhan.report.weekly.phrases import paragraph, reasons, sentence, when, who
from duzhan.report.weekly.tables import Part, grid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duzhan.compliance.results import CountyStatus, MilestoneResult
    from duzhan.compliance.week_report import WeekReport


def overall(report: WeekReport) -> list[Part]:
    """Where the county stands, and what changed since last week's Sunday."""
    status, before = report.status.counties[0], report.previous.counties[0]
    name = who(report)
    begin = f"{when(report.week.as_of)}，"
    if status.counts is None:
        issues = f"{begin}{name}{status.missing_list}，按无数据处理。"
    elif not status.counts.total:
        issues = f"{begin}{name}清单中没有问题。"
    else:
        issues = issue_sentence(
            totals(report.status), f"{begin}{name}清单中共有", report.wording.rate
        )
    return [
        *paragraph(issues, _change(report, status, before)),
        *paragraph(_score(status, report), _light(status, name, report)),
    ]


def _change(report: WeekReport, status: CountyStatus, before: CountyStatus) -> str:
    if not report.week.has_before:
        return ""
    last = f"与上周日（{words.month_day(report.week.sunday_before)}）相比"
    moved = moved_rate(before.rate, status.rate)
    if moved:
        return f"{last}，{report.wording.rate}{moved}。"
    same = status.rate is not None and before.rate is not None
    return f"{last}，{report.wording.rate}没有变化。" if same else ""


def _score(status: CountyStatus, report: WeekReport) -> str:
    score = status.score
    if not report.rules.scored:
        return ""
    if score is None:
        return f"尚无上级评估的{report.wording.score_short}。"
    value = f"{words.points(score.points)}分" if score.points is not None else "总分有误"
    by = score.assessor.removesuffix("评")
    return f"最近一次评估为{words.month_day(score.day)}{by}评估，{value}。"


def _light(status: CountyStatus, name: str, report: WeekReport) -> str:
    light = f"{name}综合判定为{words.LIGHTS[status.light][1]}灯"
    if status.light is Light.GREEN:
        return f"{light}。"
    return sentence(f"{light}，原因是：{reasons(status, report)}")


def requirements(report: WeekReport) -> list[Part]:
    """Every requirement of the milestones past and of the current one, with its verdict."""
    status = report.status.counties[0]
    rows = [
        row
        for result in status.milestones
        if result.milestone.deadline < report.week.as_of or result.milestone == report.milestone
        for row in _rows(result)
    ]
    return [grid("", "节点 要求+ 标准 实际 判定", rows)]


def _rows(result: MilestoneResult) -> Iterator[tuple[str, ...]]:
    for judged in result.requirements:
        rule = judged.requirement
        note = "（解释值）" if rule.interpreted else ""
        yield (
            result.milestone.name,
            f"{rule.name}{note}",
            words.required(judged),
            words.actual(judged),
            words.verdict(judged),
        )
