"""`status --json`: where each county stands, its milestones and its weekly duties."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from duzhan.model import Light, plain_number
from duzhan.report.json import day_json
from duzhan.report.json.points import lost
from duzhan.requirements import kind_of
from duzhan.weeks import week_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duzhan.compliance.points import CountyPoints
    from duzhan.compliance.results import CountyStatus, Gap, MilestoneResult, Overview, WeekDuties
    from duzhan.compliance.rollup import Region
    from duzhan.model import Rules, Score
    from duzhan.report.json import Json
    from duzhan.requirements.results import Rate, RequirementResult


def status_json(overview: Overview, rules: Rules, points: Iterable[CountyPoints] = ()) -> Json:
    """`status --json`.

    Args:
        overview: the counties, judged.
        rules: the campaign.
        points: where they lost points; of those whose assessments are known item by item.
    """
    known = {one.county.code: {"points": lost(one)} for one in points}
    return {
        "as_of": overview.as_of.isoformat(),
        "campaign": rules.name,
        "current_milestone": overview.current.id if overview.current else None,
        "counties": [
            {**_county(one), **known.get(one.county.code, {})} for one in overview.counties
        ],
    }


def rollup_json(regions: Sequence[Region]) -> list[Json]:
    """`status --rollup --json`: what stands beside the counties."""
    return [
        {
            "level": region.level,
            "code": region.code or None,
            "name": region.name,
            "counties": region.counties,
            "no_data": region.no_data,
            "lights": {light.value: region.lights.get(light, 0) for light in Light},
            "issues": asdict(region.counts),
            "rectification_rate": rate_json(region.rate),
        }
        for region in regions
    ]


def _county(status: CountyStatus) -> Json:
    return {
        "county": status.county.name,
        "code": status.county.public_code,
        "light": status.light.value,
        "reasons": list(status.reasons),
        "issues": None if status.counts is None else asdict(status.counts),
        "rectification_rate": rate_json(status.rate),
        "score": _score(status.score),
        "needs": _needs(status.gap),
        "milestones": [_milestone(result) for result in status.milestones],
        "weekly": weekly_json(status.week),
    }


def rate_json(rate: Rate | None) -> Json | None:
    """A rate as whole numbers; None without."""
    if rate is None:
        return None
    return {"numerator": rate.numerator, "denominator": rate.denominator}


def _score(score: Score | None) -> Json | None:
    if score is None:
        return None
    value = None if score.points is None else plain_number(score.points)
    return {"value": value, "assessor": score.assessor, "date": score.day.isoformat()}


def _milestone(result: MilestoneResult) -> Json:
    return {
        "id": result.milestone.id,
        "deadline": result.milestone.deadline.isoformat(),
        "requirements": [_requirement(judged) for judged in result.requirements],
    }


def _requirement(judged: RequirementResult) -> Json:
    rule = judged.requirement
    return {
        "kind": rule.kind,
        **kind_of(rule).document(judged),
        "verdict": judged.verdict.value,
    }


def _needs(gap: Gap | None) -> Json | None:
    if gap is None:
        return None
    return {
        "closures": gap.closures,
        "points": None if gap.points is None else plain_number(gap.points),
        "deliverables": list(gap.deliverables),
        "on_course": gap.on_course,
    }


def weekly_json(week: WeekDuties) -> Json:
    """The `weekly` of a county in `status --json`."""
    report = week.report
    return {
        "week": week_id(week.monday),
        "supervision": {
            "expected": week.supervision_expected,
            "actual": len(week.supervisions),
        },
        "report": {
            "expected": week.report_expected,
            "submitted_on": day_json(report.day if report else None),
            "on_time": week.on_time,
            "complete": report.complete if report else None,
        },
    }
