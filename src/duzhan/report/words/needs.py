"""What a county still needs for a milestone, by name and number, as tables show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.report import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duzhan.compliance.results import CountyStatus
    from duzhan.model import Milestone

_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def task_names(milestone: Milestone | None) -> list[str]:
    """A milestone's tasks, in its order."""
    return list(milestone.tasks) if milestone else []


def mark(tasks: Sequence[str], task: str) -> str:
    """The number by which a table names a task: ①."""
    at = tasks.index(task)
    return _CIRCLED[at] if at < len(_CIRCLED) else f"（{at + 1}）"


def marks(tasks: Sequence[str], some: Sequence[str]) -> str:
    """The numbers of several tasks: ①③."""
    return "".join(mark(tasks, task) for task in some)


def task_legend(tasks: Sequence[str]) -> str:
    """What the numbers mean; empty without tasks."""
    return f"任务：{'，'.join(f'{mark(tasks, task)}{task}' for task in tasks)}" if tasks else ""


def lacking(status: CountyStatus, tasks: Sequence[str], score: str) -> str:
    """What a county still needs for the current milestone: 销号24件、评分8分、任务①.

    Args:
        status: how it stands.
        tasks: the milestone's tasks, whose numbers stand for them.
        score: what the score is called.
    """
    gap = status.gap
    if gap is None:
        return words.NONE
    parts = [] if status.has_data else ["问题清单"]
    if gap.closures:
        parts.append(f"销号{gap.closures}件")
    if gap.points:
        parts.append(f"{score}{words.points(gap.points)}分")
    if gap.deliverables:
        parts.append(f"任务{marks(tasks, gap.deliverables)}")
    parts.extend(gap.other)
    return "、".join(parts) or ("待评估" if not gap.score_met else "无")
