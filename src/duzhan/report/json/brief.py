"""`weekly-report --brief --format json`: the page's figures and words."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from duzhan.model import plain_number
from duzhan.report.json.issues import issues_json
from duzhan.report.json.status import rate_json
from duzhan.report.json.week import forecast_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duzhan.compliance.brief import Ask, Brief, CountyBrief
    from duzhan.report.json import Json


def brief(told: Brief, words: Mapping[str, Any]) -> Json:
    """The brief for programs.

    Args:
        told: its figures.
        words: the variables of its templates.
    """
    report = told.report
    return {
        "week": report.week.id,
        "number": report.week.number,
        "as_of": report.week.as_of.isoformat(),
        "campaign": report.campaign,
        "current_milestone": report.milestone.id if report.milestone else None,
        "days_left": report.days_left,
        "headline": words["headline"],
        "counties": [_county(one) for one in told.counties],
        "gravest": [
            {
                **issues_json([one.issue], report.week.as_of)["issues"][0],
                "days_waiting": one.days if one.waiting else None,
            }
            for one in told.gravest
        ],
        "asks": [
            {**_ask(ask), "words": said}
            for ask, (_, said) in zip(told.asks, words["asks"], strict=False)
        ],
    }


def _county(one: CountyBrief) -> Json:
    counts, gap = one.now.counts, one.now.gap
    actual = one.score.actual if one.score else None
    return {
        "county": one.now.county.name,
        "light": one.now.light.value,
        "rectification_rate": rate_json(one.now.rate),
        "previous_rate": rate_json(one.before.rate) if one.before else None,
        "score": plain_number(actual) if isinstance(actual, Fraction) else None,
        "overdue": counts.overdue if counts else None,
        "claimed": counts.claimed if counts else None,
        "closures": gap.closures if gap and counts else None,
        "points": plain_number(gap.points) if gap and gap.points is not None else None,
        "deliverables": list(gap.deliverables) if gap else [],
        "forecast": forecast_of(one.forecast),
    }


def _ask(ask: Ask) -> Json:
    return {
        "group": ask.group.name,
        "county": ask.status.county.name,
        "claims": ask.claims,
        "longest_waiting": ask.longest,
        "rate_if_verified": rate_json(ask.verified),
        "overdue": ask.status.counts.overdue if ask.status.counts else None,
        "weeks_unsupervised": ask.weeks_idle,
        "days_since_on_site": ask.days_away,
        "list_missing": ask.list_missing,
        "report_missing": ask.report_missing,
        "faulty_issues": ask.faulty,
    }
