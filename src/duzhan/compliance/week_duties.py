"""Weekly duties 〔六(二)〕: 每周一分析、一报告、一督战; ISO weeks, Monday to Sunday."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from duzhan.compliance.results import WeekDuties
from duzhan.weeks import WEEK, last_complete_monday, monday_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duzhan.model import CountyReport, Rules, Supervision


def has_duties(monday: dt.date, rules: Rules) -> bool:
    """Whether the week lies between `duties_from` and the campaign's end."""
    return rules.duties_from <= monday <= rules.end


def report_of(
    reports: Sequence[CountyReport], monday: dt.date, day: dt.date
) -> CountyReport | None:
    """The report that counts for a week: the first complete one by date, else the first."""
    ours = [report for report in reports if report.week == monday and report.day <= day]
    return min(ours, key=lambda report: (not report.complete, report.day), default=None)


def week_duties(
    monday: dt.date,
    day: dt.date,
    rules: Rules,
    supervisions: Sequence[Supervision],
    reports: Sequence[CountyReport],
    *,
    unsettled: bool,
) -> WeekDuties:
    """Judge the duties of a week as of a day.

    Args:
        monday: the week.
        day: as of which day.
        rules: the campaign.
        supervisions: the county's supervisions.
        reports: the county's reports.
        unsettled: whether at the week's end (or on the day, if earlier) an
            issue was not closed or the county had no data.
    """
    last = min(day, monday + dt.timedelta(days=6))
    expected = has_duties(monday, rules)
    return WeekDuties(
        monday=monday,
        supervision_expected=expected and rules.duty("supervision") is not None,
        supervisions=tuple(s for s in supervisions if monday <= s.day <= last),
        report_expected=expected and unsettled and rules.reports,
        report=report_of(reports, monday, day),
    )


def weeks_unsupervised(day: dt.date, rules: Rules, supervisions: Sequence[Supervision]) -> int:
    """Count the complete weeks in a row, up to the latest, in which nobody supervised."""
    done = {monday_of(supervision.day) for supervision in supervisions if supervision.day <= day}
    monday = min(last_complete_monday(day), monday_of(rules.end))
    streak = 0
    if rules.duty("supervision") is None:
        return streak
    while has_duties(monday, rules) and monday not in done:
        streak += 1
        monday -= WEEK
    return streak
