"""What reports and mails say of issues that have gone up to leaders and offices."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from duzhan.compliance.escalation import step_at
from duzhan.report import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duzhan.model import EscalationStep, Wording


def goes_up(step: EscalationStep) -> bool:
    """Whether a step tells more than the group."""
    return "leaders" in step.to or "offices" in step.to


def escalated(days: Iterable[int], steps: Sequence[EscalationStep], wording: Wording) -> list[str]:
    """One sentence for each step above the group's own at which overdue issues stand.

    Args:
        days: for how many days each of them is overdue.
        steps: in the order of days.
        wording: what the campaign calls its things.
    """
    counted = Counter(days)
    reached: Counter[str] = Counter()
    for number, count in counted.items():
        if step := step_at(number, steps):
            reached[step.id] += count
    return [
        f"{_share(reached[step.id], counted.total())}{words.step_days(step)}，"
        f"按“{step.name}”的安排报{'、'.join(words.audience(one, wording) for one in step.to)}。"
        for step in steps
        if reached[step.id] and goes_up(step)
    ]


def _share(count: int, total: int) -> str:
    if count < total:
        return f"其中{count}件"
    return "均" if count > 1 else ""
