"""The weekly report's charts: the prefecture's rates and points, a county's burn-up and scores."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from duzhan.compliance.ranking import ranked
from duzhan.compliance.series import combined
from duzhan.report.charts import prefecture as overview_charts
from duzhan.report.charts.county import burn_up, scores
from duzhan.report.charts.points import lost_points, slope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duzhan.compliance.series import BurnUp
    from duzhan.compliance.week_report import WeekReport
    from duzhan.model import Records, Rules
    from duzhan.report.charts.drawing import Chart


def charts(
    report: WeekReport, series: Mapping[str, BurnUp], records: Records, rules: Rules
) -> list[Chart]:
    """Choose and make the charts of a report; none of what there is nothing to show.

    Args:
        report: the result of the week.
        series: county name to its days, from `compliance.series.burn_ups`.
        records: with the assessments.
        rules: the campaign.
    """
    if report.county is not None:
        own = series.get(report.county.name)
        burnt = [burn_up(own)] if own is not None and own.now.total else []
        given, day = records.scores, report.week.as_of
        if rules.scored and any(
            score.county == report.county.name and score.day <= day for score in given
        ):
            burnt.append(scores(report.county, given, rules, day))
        by_category = [draw(told) for told in report.points for draw in (lost_points, slope)]
        return [*burnt, *(chart for chart in by_category if chart is not None)]
    known = [one for one in series.values() if one.now.total]
    place, wording = report.roster.prefecture, rules.wording
    place = replace(place, name=place.name or wording.whole or f"全部{wording.unit}")
    burnt = [burn_up(combined(known, place))] if known else []
    before = report.previous if report.week.has_before else None
    # In the order of the table beside them: the worst first.
    now = replace(report.status, counties=tuple(ranked(report.status.counties)))
    rated, assessed = any(s.rate for s in now.counties), any(s.score for s in now.counties)
    return [
        *([overview_charts.rates(now, before, rules.wording)] if rated else []),
        *([overview_charts.points(now, rules.wording)] if rules.scored and assessed else []),
        *burnt,
    ]
