"""`weekly-report --format json` and `forecast --json`: the keys are a contract (SPEC section 6)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from duzhan.compliance.week_part import LONGEST
from duzhan.model import plain_number
from duzhan.report.json import day_json, mark
from duzhan.report.json.issues import ListedIssues, issues_json
from duzhan.report.json.status import status_json

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from duzhan.compliance.breakdown import Breakdown
    from duzhan.compliance.duty_streaks import GroupWeek
    from duzhan.compliance.flow import Flow
    from duzhan.compliance.quality import Quality
    from duzhan.compliance.rechecks import Granted, RecheckShare
    from duzhan.compliance.results import CountyStatus, Forecast
    from duzhan.compliance.week_report import WeekReport
    from duzhan.model import Rules, Supervision
    from duzhan.report.json import Json

_MOVEMENT = ("opening", "new", "closed", "sent_back", "closing", "new_closed")


def week(report: WeekReport, rules: Rules) -> Json:
    """`weekly-report --format json`, for whoever reads the single values."""
    claims = report.claims.listed
    return {
        **written_week(report, rules),
        "overdue": issues_json(report.overdue.listed, report.week.as_of)["issues"],
        "claims": [
            {**issue, "days_waiting": days}
            for issue, days in zip(
                issues_json(claims.issues, report.week.as_of)["issues"],
                claims.days.tolist(),
                strict=True,
            )
        ],
    }


def written_week(report: WeekReport, rules: Rules) -> Json:
    """The same for `writing.written`: long lists become text part by part."""
    told, claims = report.week, report.claims.listed
    return {
        "week": told.id,
        "period": [told.monday.isoformat(), told.sunday.isoformat()],
        "number": told.number,
        "as_of": told.as_of.isoformat(),
        "campaign": report.campaign,
        "county": report.county.name if report.county else None,
        "status": mark(status_json(report.status, rules, report.points), report.sample),
        "previous": mark(status_json(report.previous, rules), report.sample),
        "flow": [_flow(one, report) for one in report.flow],
        "unsettled": [_breakdown(one) for one in report.breakdown],
        "overdue": ListedIssues(report.overdue.listed),
        "claims": ListedIssues(claims.issues, {"days_waiting": claims.days}),
        **_not_listed(report),
        "supervision": [_group(group) for group in report.duties],
        "reports": asdict(report.reports),
        "next_milestone": _ahead(report),
        "forecast": [forecast_of(one) for one in report.forecasts],
        "quality": [quality_of(one) for one in report.quality],
        "extensions": [_extension(one) for one in report.granted],
        "rechecks": [_recheck_share(one) for one in report.rechecks],
        "provenance": asdict(report.provenance),
    }


def _not_listed(report: WeekReport) -> Json:
    """What stands in no list because it is too long; nothing of a prefecture's lists."""
    overdue = len(report.overdue) - len(report.overdue.listed)
    claims = len(report.claims) - len(report.claims.listed)
    if not overdue + claims:
        return {}
    day = report.week.as_of.isoformat()
    words = (
        f"清单太长，每个{report.wording.unit}只列最久的{LONGEST}件；全部的用 duzhan overdue、"
        f"duzhan issues --state claimed 列出（加 --as-of {day} --json）"
    )
    return {"not_listed": {"overdue": overdue, "claims": claims, "message": words}}


def _flow(one: Flow, report: WeekReport) -> Json:
    figures = dict.fromkeys(_MOVEMENT) if one.movement is None else asdict(one.movement)
    extended = sum(granted.county == one.county.name for granted in report.granted)
    return {"county": one.county.name, **figures, "extended": extended}


def _breakdown(one: Breakdown) -> Json:
    return {"county": one.county.name, "actions": dict(one.actions), "units": dict(one.units)}


def _group(group: GroupWeek) -> Json:
    return {
        "group": group.group.name,
        "county": group.county.name,
        "expected": group.week.supervision_expected,
        "supervisions": [_supervision(one) for one in group.week.supervisions],
        "on_site": group.on_site_this_week,
        "at_random": group.at_random_this_week,
        "weeks_unsupervised": group.weeks_unsupervised,
        "supervisions_to_date": group.supervisions,
        "on_site_to_date": group.on_site,
        "last_on_site": day_json(group.last_on_site),
        "reports_missed_in_a_row": group.streaks.missed,
        "reports_not_on_time_in_a_row": group.streaks.not_on_time,
    }


def _supervision(one: Supervision) -> Json:
    return {
        "date": one.day.isoformat(),
        "method": one.method,
        "on_site": one.on_site,
        "at_random": one.at_random,
        "leader": one.leader,
        "findings": one.findings,
        "demands": one.demands,
    }


def _ahead(report: WeekReport) -> Json | None:
    milestone = report.milestone
    if milestone is None:
        return None
    return {
        "id": milestone.id,
        "deadline": milestone.deadline.isoformat(),
        "days_left": report.days_left,
        "needed": [_needed(status) for status in report.status.counties],
    }


def _needed(status: CountyStatus) -> Json:
    gap = status.gap
    return {
        "county": status.county.name,
        "closures": gap.closures if gap and status.has_data else None,
        "points": plain_number(gap.points) if gap and gap.points is not None else None,
        "score_met": gap.score_met if gap else None,
        "deliverables": list(gap.deliverables) if gap else [],
    }


def forecasts(found: Sequence[Forecast], day: dt.date) -> Json:
    """`forecast --json`."""
    return {"as_of": day.isoformat(), "forecast": [forecast_of(one) for one in found]}


def forecast_of(one: Forecast) -> Json:
    """A county's forecast."""
    known = one.has_data and one.requirement is not None
    return {
        "county": one.county.name,
        "milestone": one.milestone.id if one.milestone else None,
        "deadline": day_json(one.milestone.deadline if one.milestone else None),
        "required": one.requirement.required if one.requirement else None,
        "days_left": one.days_left if one.milestone else None,
        "closures_in_14_days": one.closed if one.has_data else None,
        "pace_per_week": plain_number(one.pace) if known and one.pace is not None else None,
        "closures_needed": one.closures if known else None,
        "needed_per_week": plain_number(one.needed) if known and one.needed is not None else None,
        "reached": one.reached if known else None,
        "reached_on": day_json(one.reached_on),
        "in_time": one.in_time if known else None,
        "enough_data": one.enough if known else None,
    }


def _extension(one: Granted) -> Json:
    return {
        "id": one.id,
        "county": one.county,
        "approved_on": one.approved_on.isoformat(),
        "due_on": one.until.isoformat(),
        "approved_by": one.approved_by,
        "reason": one.reason,
        "document": one.document,
        "original_due_on": day_json(one.original_due_on),
        "times": one.times,
        "days_in_all": one.days,
    }


def _recheck_share(one: RecheckShare) -> Json:
    """A county's rechecks, and the interval of the share of 不属实."""
    low, high = one.interval
    return {
        "county": one.county.name,
        "done": one.done,
        "false": one.false,
        "interval": [round(low, 4), round(high, 4)] if one.done else None,
    }


def quality_of(one: Quality) -> Json:
    """How far a county's figures can be relied on: counts, then single doubts."""
    told = asdict(one)
    return {
        **told,
        "county": one.county.name,
        "corrections": [
            {**each, "columns": list(each["columns"]), "gains": list(each["gains"]),
             "cells": dict(each["cells"]) or None}
            for each in told["corrections"]
        ],
        "requests": [
            {**each, "due_on": day_json(asked.due_on)}
            for each, asked in zip(told["requests"], one.requests, strict=True)
        ],
        "ignored": [
            {"file": problem.file, "line": problem.line, "id": problem.id,
             "message": problem.message}
            for problem in one.ignored
        ],
    }  # fmt: skip
