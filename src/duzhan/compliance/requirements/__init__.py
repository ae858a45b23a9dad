"""The kinds of requirements that a milestone may have: one module a kind, one line here each.

Whoever judges, lists what is lacking or puts it into words asks the kind; nobody
tells kinds apart by their names. A kind is what `protocol.Kind` asks for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.compliance.requirements import deliverable, rate, score

if TYPE_CHECKING:
    from duzhan.compliance.requirements.protocol import Kind
    from duzhan.model import Requirement

# In the order in which a milestone lists its requirements.
KINDS: dict[str, Kind] = {
    "score": score.ScoreKind(),
    "rectification_rate": rate.RateKind(),
    "deliverable": deliverable.DeliverableKind(),
}


def kind_of(requirement: Requirement) -> Kind:
    """Give the kind of a requirement.

    Raises:
        KeyError: nobody has registered it; such a requirement is never judged as another kind.
    """
    return KINDS[requirement.kind]
