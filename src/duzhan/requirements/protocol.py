"""What a kind of requirement has to bring: how it is written, judged, and told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from duzhan.model import Requirement, Wording
from duzhan.shapes import FileKeys, key, optional
from duzhan.values import BOOL, LINE, TEXT

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from duzhan.model import Basis, Completion, Milestone, Score
    from duzhan.requirements.results import Counts, Lack, RequirementResult


class RuleFault(NamedTuple):
    """What is wrong with a rule beside the rest of its file.

    Attributes:
        path: the keys below the rule.
        code: machine-readable.
        message: one Chinese line.
    """

    path: tuple[str | int, ...]
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class RestOfFile:
    """What the rest of milestones.yaml says that a rule may rest on.

    Attributes:
        score_range: lowest and highest points; None without scores.
        assessors: those whose assessments may count.
    """

    score_range: tuple[int, int] | None
    assessors: frozenset[str]


class RequirementKeys(FileKeys):
    """How milestones.yaml writes a requirement; a kind adds `kind` and what it asks for."""

    basis: ClassVar[Basis] = "issues"

    name: str = key(LINE, "要求的名称；任务类即 deliverables.csv 的“任务”")
    sentence: str = key(TEXT, "通知原文")
    clause: str = key(LINE, "通知中的出处，如 三(三)1")
    interpreted: bool = key(BOOL, "通知未写明，是解释值（true 或 false）", default=False)
    note: str | None = optional(TEXT, "这样理解的理由；解释值必填")

    if TYPE_CHECKING:

        @property
        def kind(self) -> str:
            """A literal of its own in each kind: the name under which it is registered."""

    def requirement(self) -> Requirement:
        """The rule as the program uses it."""
        return Requirement(
            kind=self.kind,
            name=self.name,
            sentence=self.sentence,
            clause=self.clause,
            interpreted=self.interpreted,
            note=self.note,
            basis=self.basis,
        )

    def faults(self, beside: RestOfFile) -> Iterator[RuleFault]:  # noqa: ARG002 - most rest on nothing
        """What is wrong with it beside the rest of the file."""
        yield from ()


@dataclass(frozen=True, slots=True)
class OnFile:
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
        wording: what the campaign calls its things.
    """

    milestone: Milestone
    after: dt.date
    day: dt.date
    wording: Wording = field(default_factory=Wording)

    @property
    def until(self) -> dt.date:
        """The day that decides: the deadline, or the day asked for while that is earlier."""
        return min(self.day, self.milestone.deadline)

    @property
    def over(self) -> bool:
        """Whether the deadline is past."""
        return self.milestone.deadline < self.day


class KindNames(NamedTuple):
    """What a campaign calls a kind; "" if each requirement has a name of its own.

    Attributes:
        short: in sentences.
        tag: where there is little room.
        title: in the weekly report's sentence.
    """

    short: str = ""
    tag: str = ""
    title: str = ""


class Kind(Protocol):
    """A kind of requirement."""

    @property
    def keys(self) -> type[RequirementKeys]:
        """How milestones.yaml writes it."""
        ...

    def named(self, wording: Wording) -> KindNames:
        """What the campaign calls it."""
        ...

    @property
    def unit(self) -> str:
        """Of the number that it asks for; "" if that says it itself, or there is none."""
        ...

    @property
    def owed_by_county(self) -> bool:
        """Whether a past one without data is the county's fault, and not an assessor's debt."""
        ...

    def judge(self, requirement: Requirement, term: Stage, evidence: OnFile) -> RequirementResult:
        """Judge it for one county (SPEC section 4)."""
        ...

    def lack(self, judged: RequirementResult, term: Stage, evidence: OnFile) -> Lack | None:
        """What it still asks for as of the day; None if nothing, or if nobody can know."""
        ...

    def stands(self, judged: RequirementResult) -> str:
        """How it stands, in words, where no number tells; "" elsewhere."""
        ...

    def document(self, judged: RequirementResult) -> dict[str, Any]:
        """Its keys in `status --json`, but for `kind` and `verdict`."""
        ...
