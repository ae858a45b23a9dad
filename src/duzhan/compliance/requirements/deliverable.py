"""A task must be completed 〔三(三)〕; its earliest day of completion decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from duzhan.compliance.results import Lack, RequirementResult
from duzhan.model import Verdict

if TYPE_CHECKING:
    from duzhan.compliance.requirements.protocol import Evidence, Stage
    from duzhan.model import Requirement


class DeliverableKind:
    """See `protocol.Kind`."""

    short = ""
    owed_by_county = True

    def judge(self, requirement: Requirement, term: Stage, evidence: Evidence) -> RequirementResult:
        """Judge a task by its earliest day of completion."""
        days = (one.day for one in evidence.completions if one.task == requirement.name)
        done = min(days, default=None)
        if done is None or done > term.day:
            verdict = Verdict.MISSED if term.over else Verdict.PENDING
            return RequirementResult(requirement, verdict)
        verdict = Verdict.MET if done <= term.milestone.deadline else Verdict.MET_LATE
        return RequirementResult(requirement, verdict, completed_on=done)

    def lack(self, judged: RequirementResult, term: Stage, evidence: Evidence) -> Lack | None:  # noqa: ARG002
        """The task itself."""
        if judged.completed_on is not None:
            return None
        name = judged.requirement.name
        return Lack(f"“{name}”未完成", tasks=(name,))

    def document(self, judged: RequirementResult) -> dict[str, Any]:
        """The task and when it was completed."""
        done = judged.completed_on
        return {
            "name": judged.requirement.name,
            "completed_on": None if done is None else done.isoformat(),
        }
