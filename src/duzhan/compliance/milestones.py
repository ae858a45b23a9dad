"""Requirement -> verdict (SPEC section 4); every comparison is exact."""

from __future__ import annotations

import datetime as dt
import math
from fractions import Fraction
from typing import TYPE_CHECKING

from duzhan.compliance.results import Gap, MilestoneResult, Rate, RequirementResult
from duzhan.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duzhan.compliance.results import Counts
    from duzhan.model import Completion, Milestone, Requirement, Score


def judge_rate(
    requirement: Requirement,
    deadline: dt.date,
    day: dt.date,
    counts: Mapping[dt.date, Counts] | None,
) -> RequirementResult:
    """Judge a rectification rate.

    Args:
        requirement: with the share to reach.
        deadline: the milestone's last day.
        day: as of which day.
        counts: the county's issues on `day` and, if past, on the deadline; None without data.
    """
    if counts is None:
        return RequirementResult(requirement, Verdict.NO_DATA)
    at, now = counts[min(day, deadline)], counts[day]
    if _rate_met(requirement, at):
        return RequirementResult(requirement, Verdict.MET, _rate(at))
    if day <= deadline:
        return RequirementResult(requirement, Verdict.PENDING, _rate(at))
    if _rate_met(requirement, now):
        return RequirementResult(requirement, Verdict.MET_LATE, _rate(now))
    return RequirementResult(requirement, Verdict.MISSED, _rate(at))


def _rate(counts: Counts) -> Rate | None:
    return Rate(counts.closed, counts.total) if counts.total else None


def _rate_met(requirement: Requirement, counts: Counts) -> bool:
    threshold = requirement.threshold or Fraction(0)
    return counts.closed * threshold.denominator >= counts.total * threshold.numerator


def closures_asked(requirement: Requirement, counts: Counts) -> int:
    """The least number of closures among the existing issues that reaches the rate."""
    return math.ceil((requirement.threshold or Fraction(0)) * counts.total)


def counting_scores(
    requirement: Requirement, milestone: Milestone, after: dt.date, scores: Sequence[Score]
) -> list[Score]:
    """The assessments that count for a milestone, latest last.

    Counted are those by the requirement's assessors that name the milestone,
    or name none and are dated after the milestone before and not after its deadline.

    Args:
        requirement: names the assessors.
        milestone: with its deadline.
        after: deadline of the milestone before, `date.min` for the first.
        scores: the county's, in the file's order.
    """
    counting = [
        score
        for score in scores
        if score.assessor in requirement.assessors
        and (
            score.milestone == milestone.id
            or (score.milestone is None and after < score.day <= milestone.deadline)
        )
    ]
    return sorted(counting, key=lambda score: score.day)


def judge_score(
    requirement: Requirement,
    milestone: Milestone,
    after: dt.date,
    day: dt.date,
    scores: Sequence[Score],
) -> RequirementResult:
    """Judge a score; `scores` are the county's but for its self-assessments."""
    until = min(day, milestone.deadline)
    counting = counting_scores(requirement, milestone, after, scores)
    decisive = [score for score in counting if score.day <= until]
    points = decisive[-1].points if decisive else None
    if _score_met(requirement, points):
        return RequirementResult(requirement, Verdict.MET, points)
    if day <= milestone.deadline:
        return RequirementResult(requirement, Verdict.PENDING, points)
    since = sorted(
        (score for score in scores if milestone.deadline < score.day <= day),
        key=lambda score: score.day,
    )
    if since and _score_met(requirement, since[-1].points):
        return RequirementResult(requirement, Verdict.MET_LATE, since[-1].points)
    verdict = Verdict.MISSED if decisive or since else Verdict.NO_DATA
    return RequirementResult(requirement, verdict, points)


def _score_met(requirement: Requirement, points: Fraction | None) -> bool:
    return points is not None and points >= (requirement.threshold or 0)


def judge_deliverable(
    requirement: Requirement, deadline: dt.date, day: dt.date, completions: Sequence[Completion]
) -> RequirementResult:
    """Judge a deliverable by its earliest day of completion."""
    done = min((c.day for c in completions if c.task == requirement.name), default=None)
    if done is None or done > day:
        verdict = Verdict.PENDING if day <= deadline else Verdict.MISSED
        return RequirementResult(requirement, verdict)
    verdict = Verdict.MET if done <= deadline else Verdict.MET_LATE
    return RequirementResult(requirement, verdict, completed_on=done)


def judge_milestones(
    milestones: Sequence[Milestone],
    day: dt.date,
    counts: Mapping[dt.date, Counts] | None,
    scores: Sequence[Score],
    completions: Sequence[Completion],
) -> tuple[MilestoneResult, ...]:
    """Judge every requirement of every milestone for one county as of a day."""
    results = []
    after = dt.date.min
    for milestone in milestones:
        judged = []
        for requirement in milestone.requirements:
            if requirement.kind == "score":
                judged.append(judge_score(requirement, milestone, after, day, scores))
            elif requirement.kind == "rectification_rate":
                judged.append(judge_rate(requirement, milestone.deadline, day, counts))
            else:
                judged.append(judge_deliverable(requirement, milestone.deadline, day, completions))
        results.append(MilestoneResult(milestone, tuple(judged)))
        after = milestone.deadline
    return tuple(results)


def gap_to(result: MilestoneResult, counts: Counts | None) -> Gap:
    """What is still missing for a milestone at today's number of issues."""
    closures, points, score_met = 0, None, True
    deliverables = []
    for judged in result.requirements:
        if judged.verdict is Verdict.MET:
            continue
        threshold = judged.requirement.threshold or Fraction(0)
        if judged.requirement.kind == "deliverable":
            deliverables.append(judged.requirement.name)
        elif judged.requirement.kind == "score":
            score_met = False
            if isinstance(judged.actual, Fraction):
                points = threshold - judged.actual
        elif counts is not None:
            closures = closures_asked(judged.requirement, counts) - counts.closed
    return Gap(closures, points, score_met, tuple(deliverables))
