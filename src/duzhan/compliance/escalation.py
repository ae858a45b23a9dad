"""How far an overdue issue has gone up: the steps of milestones.yaml, by days overdue."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duzhan.compliance.issue_list import IssueLine
    from duzhan.model import EscalationStep


def step_of(line: IssueLine, steps: Sequence[EscalationStep]) -> EscalationStep | None:
    """Give the step at which an issue stands: the last one whose days have come.

    Args:
        line: the issue as of a day; its `days_overdue` is None if it is not open or not dated.
        steps: in the order of days, as `Rules.escalation` has them.
    """
    return None if line.days_overdue is None else step_at(line.days_overdue, steps)


def step_at(days: int, steps: Sequence[EscalationStep]) -> EscalationStep | None:
    """The step at which an issue stands that is overdue for so many days."""
    reached = [step for step in steps if step.from_days <= days]
    return reached[-1] if reached else None


def by_step(
    lines: Iterable[IssueLine], steps: Sequence[EscalationStep]
) -> dict[str, list[IssueLine]]:
    """Sort issues by the step at which they stand, in the order of steps and of issues.

    Returns:
        Step id to issues; steps without any are left out.
    """
    at: dict[str, list[IssueLine]] = {step.id: [] for step in steps}
    for line in lines:
        if step := step_of(line, steps):
            at[step.id].append(line)
    return {identifier: ours for identifier, ours in at.items() if ours}


def days_ahead(steps: Sequence[EscalationStep]) -> int:
    """How many days before their deadline the steps begin to look at issues; 0 if not before."""
    return max((0, *(-step.from_days for step in steps)))
