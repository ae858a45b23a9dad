"""What reports and mails say of issues that have gone up to leaders and offices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.compliance.escalation import by_step
from duzhan.report import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duzhan.compliance.listing import IssueLine
    from duzhan.model import EscalationStep, Wording


def goes_up(step: EscalationStep) -> bool:
    """Whether a step tells more than the group."""
    return "leaders" in step.to or "offices" in step.to


def escalated(
    late: Iterable[IssueLine], steps: Sequence[EscalationStep], wording: Wording
) -> list[str]:
    """One sentence for each step above the group's own at which overdue issues stand."""
    known, every = {step.id: step for step in steps}, list(late)
    return [
        f"{_share(len(lines), len(every))}{words.step_days(known[at])}，按“{known[at].name}”的安排"
        f"报{'、'.join(words.audience(one, wording) for one in known[at].to)}。"
        for at, lines in by_step(every, steps).items()
        if goes_up(known[at])
    ]


def _share(count: int, total: int) -> str:
    if count < total:
        return f"其中{count}件"
    return "均" if count > 1 else ""
