"""What judging a requirement looks at and gives: counts of issues, shares, verdicts, gaps."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from duzhan.model import Requirement, Verdict


@dataclass(frozen=True, slots=True)
class Counts:
    """A county's issues as of a day.

    Attributes:
        withdrawn: rows of the list that somebody withdrew; they are in no other figure.
        extended: existing issues whose deadline an extension gave.
        claims_without_date: existing issues that a word says are done, and no date.
    """

    total: int
    closed: int
    claimed: int
    open: int
    overdue: int
    no_due_date: int
    invalid: int
    withdrawn: int = 0
    extended: int = 0
    claims_without_date: int = 0

    @property
    def settled(self) -> bool:
        """Whether every issue is closed (清单销号)."""
        return self.closed == self.total


@dataclass(frozen=True, slots=True)
class Rate:
    """Verified closures among existing issues, kept as whole numbers."""

    numerator: int
    denominator: int

    @property
    def value(self) -> Fraction:
        """The exact share."""
        return Fraction(self.numerator, self.denominator)


@dataclass(frozen=True, slots=True)
class Lack:
    """What a requirement that is not met still asks for.

    Attributes:
        words: named and measured, such as 还需销号 12 件.
        closures: further closures at today's number of issues.
        assessed: whether what is lacking is points.
        points: points up to the line; None if nothing that can be read counts yet.
        tasks: deliverables that are not completed.
    """

    words: str
    closures: int | None = None
    assessed: bool = False
    points: Fraction | None = None
    tasks: tuple[str, ...] = ()

    @property
    def other(self) -> bool:
        """Whether only the words tell."""
        return self.closures is None and not self.assessed and not self.tasks


@dataclass(frozen=True, slots=True)
class RequirementResult:
    """A requirement's verdict as of a day.

    Attributes:
        requirement: the rule.
        verdict: how it stands.
        actual: points or rate that counted at min(D, T), for met_late at D; None if there are none.
        completed_on: a deliverable's earliest day of completion, not after D.
        lack: what it still asks for as of D; None if nothing, or if nobody can know.
    """

    requirement: Requirement
    verdict: Verdict
    actual: Fraction | Rate | None = None
    completed_on: dt.date | None = None
    lack: Lack | None = None
