"""What a kind of requirement has to answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from duzhan.compliance.results import Counts, Lack, RequirementResult
    from duzhan.model import Completion, Milestone, Requirement, Score


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is on file about one county.

    Attributes:
        counts: its issues on all days that judgement needs; None without data.
        scores: its assessments but for those by itself, in the order of the files.
        completions: its deliverables.
    """

    counts: Mapping[dt.date, Counts] | None
    scores: Sequence[Score] = ()
    completions: Sequence[Completion] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """The days between which a milestone is judged.

    Attributes:
        milestone: with its deadline.
        after: the deadline of the milestone before; `date.min` for the first.
        day: as of which day.
    """

    milestone: Milestone
    after: dt.date
    day: dt.date

    @property
    def until(self) -> dt.date:
        """The day that decides: the deadline, or the day asked for while that is earlier."""
        return min(self.day, self.milestone.deadline)

    @property
    def over(self) -> bool:
        """Whether the deadline is past."""
        return self.milestone.deadline < self.day


class Kind(Protocol):
    """A kind of requirement."""

    @property
    def short(self) -> str:
        """What it is called in tables and sentences; "" if each has a name of its own."""
        ...

    @property
    def owed_by_county(self) -> bool:
        """Whether a past one without data is the county's fault, and not an assessor's debt."""
        ...

    def judge(self, requirement: Requirement, term: Stage, evidence: Evidence) -> RequirementResult:
        """Judge it for one county (SPEC section 4)."""
        ...

    def lack(self, judged: RequirementResult, term: Stage, evidence: Evidence) -> Lack | None:
        """What it still asks for as of the day; None if nothing, or if nobody can know."""
        ...

    def document(self, judged: RequirementResult) -> dict[str, Any]:
        """Its keys in `status --json`, but for `kind` and `verdict`."""
        ...
