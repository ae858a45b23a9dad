"""An assessment must reach so many points 〔三(三)〕; every comparison is exact."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from duzhan.model import Verdict, plain_number
from duzhan.requirements.protocol import KindNames, RequirementKeys, RestOfFile, RuleFault
from duzhan.requirements.results import Lack, RequirementResult
from duzhan.shapes import Each, OneOf, key
from duzhan.values import LINE, NUMBER

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from duzhan.model import Basis, Milestone, Requirement, Score, Wording
    from duzhan.requirements.protocol import OnFile, Stage

NAME = "score"


class ScoreKeys(RequirementKeys):
    """An assessment must reach so many points 〔三(三)〕."""

    basis: ClassVar[Basis] = "scores"

    kind: Literal["score"] = key(OneOf("score"), "要求的种类：score 评分")
    at_least: str = key(NUMBER, "至少多少分（含本数），如 720")
    assessors: list[str] = key(Each(LINE, least=1), "由谁评估才算数，任一即可")

    def requirement(self) -> Requirement:
        """With the points asked for, and whose assessments count."""
        return replace(
            super().requirement(),
            threshold=Fraction(self.at_least),
            required=self.at_least,
            assessors=tuple(self.assessors),
        )

    def faults(self, beside: RestOfFile) -> Iterator[RuleFault]:
        """Points outside the range, and assessors that nobody knows."""
        if beside.score_range is None:
            return
        low, high = beside.score_range
        if not low <= Fraction(self.at_least) <= high:
            message = f"“{self.at_least}”超出评分范围 {low} 至 {high}"
            yield RuleFault(("at_least",), "bad-number", message)
        for place, assessor in enumerate(self.assessors):
            if assessor not in beside.assessors:
                known = "、".join(sorted(beside.assessors))
                message = f"“{assessor}”不能作评估方，应为：{known}"
                yield RuleFault(("assessors", place), "unknown-value", message)


class ScoreKind:
    """See `protocol.Kind`."""

    keys = ScoreKeys
    unit = "分"
    owed_by_county = False

    def named(self, wording: Wording) -> KindNames:
        """The score, as the campaign calls it."""
        return KindNames(wording.score_short, wording.score_short, wording.score)

    def judge(self, requirement: Requirement, term: Stage, evidence: OnFile) -> RequirementResult:
        """Judge by the latest assessment that counts; after the deadline any later one heals."""
        counting = counting_scores(requirement, term.milestone, term.after, evidence.scores)
        decisive = [score for score in counting if score.day <= term.until]
        points = decisive[-1].points if decisive else None
        if _met(requirement, points):
            return RequirementResult(requirement, Verdict.MET, points)
        if not term.over:
            return RequirementResult(requirement, Verdict.PENDING, points)
        since = _since(term, evidence.scores)
        if since and _met(requirement, since[-1].points):
            return RequirementResult(requirement, Verdict.MET_LATE, since[-1].points)
        verdict = Verdict.MISSED if decisive or since else Verdict.NO_DATA
        return RequirementResult(requirement, verdict, points)

    def lack(self, judged: RequirementResult, term: Stage, evidence: OnFile) -> Lack | None:
        """The points up to the line from the assessment that counts now."""
        if judged.verdict in (Verdict.MET, Verdict.MET_LATE):
            return None
        since = _since(term, evidence.scores) if term.over else []
        points = since[-1].points if since else judged.actual
        if not isinstance(points, Fraction):
            return Lack(_unassessed(judged.requirement, term, evidence), assessed=True)
        missing = _threshold(judged.requirement) - points
        return Lack(
            f"{term.wording.score_short}差 {plain_number(missing)} 分",
            assessed=True,
            points=missing,
        )

    def stands(self, judged: RequirementResult) -> str:  # noqa: ARG002 - points tell
        """See `protocol.Kind`."""
        return ""

    def document(self, judged: RequirementResult) -> dict[str, Any]:
        """The points required and those that counted."""
        points = judged.actual
        return {
            "required": plain_number(_threshold(judged.requirement)),
            "actual": plain_number(points) if isinstance(points, Fraction) else None,
        }


def _unassessed(requirement: Requirement, term: Stage, evidence: OnFile) -> str:
    """Why no points count: nobody assessed, or the total cannot be read."""
    counting = counting_scores(requirement, term.milestone, term.after, evidence.scores)
    if any(score.day <= term.until for score in counting):
        return "评估的总分读不出来"
    return f"尚无{'或'.join(requirement.assessors)}的评估"


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


def _since(term: Stage, scores: Sequence[Score]) -> list[Score]:
    """All assessments after the deadline and up to the day, latest last."""
    later = [score for score in scores if term.milestone.deadline < score.day <= term.day]
    return sorted(later, key=lambda score: score.day)


def _threshold(requirement: Requirement) -> Fraction:
    return requirement.threshold or Fraction(0)


def _met(requirement: Requirement, points: Fraction | None) -> bool:
    return points is not None and points >= _threshold(requirement)
