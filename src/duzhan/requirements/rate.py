"""The rectification rate must reach so many percent 〔三(三)〕; every comparison is exact."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from duzhan.model import Verdict
from duzhan.requirements.protocol import KindNames, RequirementKeys
from duzhan.requirements.results import Lack, Rate, RequirementResult
from duzhan.shapes import OneOf, key
from duzhan.values import PERCENT

if TYPE_CHECKING:
    from duzhan.model import Requirement, Wording
    from duzhan.requirements.protocol import OnFile, Stage
    from duzhan.requirements.results import Counts


NAME = "rectification_rate"


class RateKeys(RequirementKeys):
    """The rectification rate must reach so many percent 〔三(三)〕."""

    kind: Literal["rectification_rate"] = key(
        OneOf("rectification_rate"), "要求的种类：rectification_rate 整改率"
    )
    at_least: str = key(PERCENT, "至少百分之多少（含本数），如 90%")

    def requirement(self) -> Requirement:
        """With the share asked for."""
        share = Fraction(self.at_least.rstrip("%")) / 100
        return replace(super().requirement(), threshold=share, required=self.at_least)


class RateKind:
    """See `protocol.Kind`."""

    keys = RateKeys
    unit = ""
    owed_by_county = True

    def named(self, wording: Wording) -> KindNames:
        """The rate, as the campaign calls it."""
        return KindNames(wording.rate, wording.rate_short, wording.rate)

    def judge(self, requirement: Requirement, term: Stage, evidence: OnFile) -> RequirementResult:
        """Judge by the counts on the day that decides, and after the deadline on the day itself."""
        if evidence.counts is None:
            return RequirementResult(requirement, Verdict.NO_DATA)
        at, now = evidence.counts[term.until], evidence.counts[term.day]
        if _met(requirement, at):
            return RequirementResult(requirement, Verdict.MET, _rate(at))
        if not term.over:
            return RequirementResult(requirement, Verdict.PENDING, _rate(at))
        if _met(requirement, now):
            return RequirementResult(requirement, Verdict.MET_LATE, _rate(now))
        return RequirementResult(requirement, Verdict.MISSED, _rate(at))

    def lack(self, judged: RequirementResult, term: Stage, evidence: OnFile) -> Lack | None:
        """The closures that reach the rate at today's number of issues."""
        if judged.verdict in (Verdict.MET, Verdict.MET_LATE) or evidence.counts is None:
            return None
        now = evidence.counts[term.day]
        closures = closures_asked(judged.requirement, now) - now.closed
        return Lack(f"还需销号 {closures} 件", closures=closures)

    def stands(self, judged: RequirementResult) -> str:
        """That there is nothing to rectify: met, and no share."""
        return "无问题" if judged.actual is None and judged.verdict is Verdict.MET else ""

    def document(self, judged: RequirementResult) -> dict[str, Any]:
        """The share required and the one that counted."""
        rate = judged.actual
        return {
            "required": judged.requirement.required,
            "actual": None
            if not isinstance(rate, Rate)
            else {"numerator": rate.numerator, "denominator": rate.denominator},
        }


def closures_asked(requirement: Requirement, counts: Counts) -> int:
    """The least number of closures among the existing issues that reaches the rate."""
    return math.ceil((requirement.threshold or Fraction(0)) * counts.total)


def _rate(counts: Counts) -> Rate | None:
    return Rate(counts.closed, counts.total) if counts.total else None


def _met(requirement: Requirement, counts: Counts) -> bool:
    threshold = requirement.threshold or Fraction(0)
    return counts.closed * threshold.denominator >= counts.total * threshold.numerator
