"""A task must be completed 〔三(三)〕; its earliest day of completion decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from duzhan.model import Verdict
from duzhan.requirements.protocol import KindNames, RequirementKeys
from duzhan.requirements.results import Lack, RequirementResult
from duzhan.shapes import OneOf, key

if TYPE_CHECKING:
    from duzhan.model import Basis, Requirement, Wording
    from duzhan.requirements.protocol import OnFile, Stage

NAME = "deliverable"


class DeliverableKeys(RequirementKeys):
    """A task must be completed 〔三(三)〕."""

    basis: ClassVar[Basis] = "deliverables"

    kind: Literal["deliverable"] = key(OneOf("deliverable"), "要求的种类：deliverable 任务")


class DeliverableKind:
    """See `protocol.Kind`."""

    keys = DeliverableKeys
    unit = ""
    owed_by_county = True

    def named(self, wording: Wording) -> KindNames:  # noqa: ARG002 - each task has its own name
        """See `protocol.Kind`."""
        return KindNames()

    def judge(self, requirement: Requirement, term: Stage, evidence: OnFile) -> RequirementResult:
        """Judge a task by its earliest day of completion."""
        days = (one.day for one in evidence.completions if one.task == requirement.name)
        done = min(days, default=None)
        if done is None or done > term.day:
            verdict = Verdict.MISSED if term.over else Verdict.PENDING
            return RequirementResult(requirement, verdict)
        verdict = Verdict.MET if done <= term.milestone.deadline else Verdict.MET_LATE
        return RequirementResult(requirement, verdict, completed_on=done)

    def lack(self, judged: RequirementResult, term: Stage, evidence: OnFile) -> Lack | None:  # noqa: ARG002
        """The task itself."""
        if judged.completed_on is not None:
            return None
        name = judged.requirement.name
        return Lack(f"“{name}”未完成", tasks=(name,))

    def stands(self, judged: RequirementResult) -> str:
        """When it was completed."""
        done = judged.completed_on
        return "未完成" if done is None else f"{done.month}月{done.day}日完成"

    def document(self, judged: RequirementResult) -> dict[str, Any]:
        """The task and when it was completed."""
        done = judged.completed_on
        return {
            "name": judged.requirement.name,
            "completed_on": None if done is None else done.isoformat(),
        }
