"""The campaign's vocabulary as frozen values: people and posts, rules, facts, problems.

Words follow Popolo (person, post, membership) for the roster and the notice
文办通〔2021〕81号 for the rest. Nothing here opens a file or asks the clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.model.judgement import Light, State, Verdict, plain_number
from duzhan.model.problem import Problem
from duzhan.model.roster import (
    PLACES,
    ROBOTS,
    UNNAMED,
    County,
    Group,
    Membership,
    Office,
    Robot,
    Roster,
)
from duzhan.model.rules import (
    Audience,
    Basis,
    DueWord,
    Duty,
    EscalationStep,
    Item,
    Milestone,
    Notice,
    Requirement,
    Rules,
    Sanction,
    Standard,
    Term,
    Vocabularies,
    Wording,
)

if TYPE_CHECKING:
    from duzhan.model.records import (
        Completion,
        CountyReport,
        Evidence,
        Extension,
        ItemScore,
        Recheck,
        Records,
        Score,
        Supervision,
    )
else:

    def __getattr__(name: str) -> object:
        """The records, whose classes take a while to make: who shows rules needs none."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from duzhan.model import records  # noqa: PLC0415 - as said

        return getattr(records, name)


__all__ = [
    "PLACES",
    "ROBOTS",
    "UNNAMED",
    "Audience",
    "Basis",
    "Completion",
    "County",
    "CountyReport",
    "DueWord",
    "Duty",
    "EscalationStep",
    "Evidence",
    "Extension",
    "Group",
    "Item",
    "ItemScore",
    "Light",
    "Membership",
    "Milestone",
    "Notice",
    "Office",
    "Problem",
    "Recheck",
    "Records",
    "Requirement",
    "Robot",
    "Roster",
    "Rules",
    "Sanction",
    "Score",
    "Standard",
    "State",
    "Supervision",
    "Term",
    "Verdict",
    "Vocabularies",
    "Wording",
    "plain_number",
]
