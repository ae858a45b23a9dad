"""二、各县（市）达标情况 of the weekly report: this week beside last week."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.compliance.ranking import ranked
from duzhan.model import Light
from duzhan.report import words
from duzhan.report.weekly.phrases import names, reasons
from duzhan.report.weekly.tables import Part, grid

if TYPE_CHECKING:
    from duzhan.compliance.results import CountyStatus
    from duzhan.compliance.week_report import WeekReport


def standings(report: WeekReport) -> list[Part]:
    """The counties, red first, last week's figures beside this week's; and why not green."""
    before = {status.county.code: status for status in report.previous.counties}
    known = report.week.has_before
    scored = report.rules.scored
    rows = [
        _standing(status, before[status.county.code] if known else None, scored=scored)
        for status in ranked(report.status.counties)
    ]
    wording = report.wording
    score = f" {wording.score_short}> 上周>" if scored else ""
    columns = (
        f"{wording.unit} 灯 上周 {wording.rate_short}> 上周> 销号/总数>{score} 超期> 上周> 待核验>"
    )
    table = grid("", columns, rows)
    alike: dict[str, list[str]] = {}
    for status in ranked(report.status.counties):
        if status.light is not Light.GREEN:
            alike.setdefault(reasons(status, report), []).append(status.county.name)
    why = [(names(counties, wording.unit), f"{told}。") for told, counties in alike.items()]
    return [table, *([grid("未亮绿灯的原因", f"{wording.unit}+ 原因+", why)] if why else [])]


def _standing(
    status: CountyStatus, before: CountyStatus | None, *, scored: bool
) -> tuple[str, ...]:
    last = words.points(before.score.points) if before and before.score else words.NONE
    counts, earlier = status.counts, before.counts if before else None
    return (
        status.county.name,
        words.LIGHTS[status.light],
        words.LIGHTS[before.light] if before else words.NONE,
        rate_of(status),
        rate_of(before) if before else words.NONE,
        f"{counts.closed}/{counts.total}" if counts else words.NONE,
        *((points_of(status), last) if scored else ()),
        str(counts.overdue) if counts else words.NONE,
        str(earlier.overdue) if earlier else words.NONE,
        str(counts.claimed) if counts else words.NONE,
    )


def rate_of(status: CountyStatus) -> str:
    """The rate, or why there is none."""
    if status.counts is None:
        return "无数据"
    return words.percent(status.rate) if status.counts.total else "无问题"


def points_of(status: CountyStatus) -> str:
    """The latest assessment's points."""
    if status.score is None:
        return words.NONE
    return f"{words.points(status.score.points)}（{status.score.assessor}）"
