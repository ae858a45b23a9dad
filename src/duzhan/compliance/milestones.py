"""Milestones of one county: every requirement judged, and what the current one still needs."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from duzhan.compliance.results import Gap, MilestoneResult
from duzhan.requirements import kind_of
from duzhan.requirements.protocol import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duzhan.compliance.results import Forecast
    from duzhan.model import Milestone, Wording
    from duzhan.requirements.protocol import OnFile
    from duzhan.requirements.results import Lack


def judge_milestones(
    milestones: Sequence[Milestone], day: dt.date, evidence: OnFile, wording: Wording
) -> tuple[MilestoneResult, ...]:
    """Judge every requirement of every milestone for one county as of a day.

    Args:
        milestones: in the order of their deadlines.
        day: as of which day.
        evidence: what is on file about the county.
        wording: what the campaign calls its things.
    """
    results = []
    after = dt.date.min
    for milestone in milestones:
        term = Stage(milestone, after, day, wording)
        judged = []
        for requirement in milestone.requirements:
            kind = kind_of(requirement)
            result = kind.judge(requirement, term, evidence)
            judged.append(replace(result, lack=kind.lack(result, term, evidence)))
        results.append(MilestoneResult(milestone, tuple(judged)))
        after = milestone.deadline
    return tuple(results)


def gap_to(result: MilestoneResult, forecast: Forecast) -> Gap:
    """What is still missing for the current milestone at today's number of issues.

    Args:
        result: the current milestone as it stands.
        forecast: of the same county and day.
    """
    lacks = [judged.lack for judged in result.requirements if judged.lack is not None]
    closures = [lack.closures for lack in lacks if lack.closures is not None]
    known = forecast.has_data and forecast.requirement is not None
    return Gap(
        closures=max(closures, default=0) if known else None,
        points=_points(result, lacks),
        score_met=not any(lack.assessed for lack in lacks),
        deliverables=tuple(task for lack in lacks for task in lack.tasks),
        on_course=forecast.in_time if known else None,
        words=tuple(lack.words for lack in lacks),
        other=tuple(lack.words for lack in lacks if lack.other),
    )


def _points(result: MilestoneResult, lacks: Sequence[Lack]) -> Fraction | None:
    """Points up to the line; None if none is asked for, or nothing that can be read counts."""
    missing = [lack.points for lack in lacks if lack.assessed]
    if not missing:
        scored = any(isinstance(judged.actual, Fraction) for judged in result.requirements)
        return Fraction(0) if scored else None
    known = [points for points in missing if points is not None]
    return max(known) if len(known) == len(missing) else None
