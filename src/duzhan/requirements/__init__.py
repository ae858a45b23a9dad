"""The kinds of requirements that a milestone may have: one module a kind, one line here each.

Whoever reads the rules, judges, lists what is lacking or puts it into words asks the
kind; nobody tells kinds apart by their names. A kind is what `protocol.Kind` asks for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.requirements import deliverable, rate, score

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duzhan.model import Milestone, Requirement
    from duzhan.requirements.protocol import Kind
    from duzhan.requirements.results import RequirementResult

# What figures of their own are made of: forecasts and lines of rates, columns of scores.
RATE, SCORE = rate.NAME, score.NAME

# In the order in which a milestone lists its requirements.
KINDS: dict[str, Kind] = {
    score.NAME: score.ScoreKind(),
    rate.NAME: rate.RateKind(),
    deliverable.NAME: deliverable.DeliverableKind(),
}


def kind_of(requirement: Requirement) -> Kind:
    """Give the kind of a requirement.

    Raises:
        KeyError: nobody has registered it; such a requirement is never judged as another kind.
    """
    return KINDS[requirement.kind]


def asked_of(milestone: Milestone | None, kind: str) -> tuple[Requirement, ...]:
    """A milestone's requirements of a kind; none after the last."""
    rules = milestone.requirements if milestone else ()
    return tuple(rule for rule in rules if rule.kind == kind)


def judged_of(results: Iterable[RequirementResult], kind: str) -> list[RequirementResult]:
    """The results of a kind."""
    return [judged for judged in results if judged.requirement.kind == kind]
