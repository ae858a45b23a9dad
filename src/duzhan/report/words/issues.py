"""An issue in a few words: what it is and where, its 编号."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duzhan.compliance.issue_list import IssueLine

TEXT_SHOWN = 60


def shortened(text: str) -> str:
    """One line of a text, cut where it is too long for a table."""
    line = " ".join(text.split())
    return line if len(line) <= TEXT_SHOWN else f"{line[: TEXT_SHOWN - 1]}…"


def described(issue: IssueLine) -> str:
    """An issue and its place, in one short line."""
    text = shortened(issue.description) or "（没有写问题描述）"
    return f"{text}（{shortened(issue.location)}）" if issue.location else text


def identified(issue: IssueLine) -> str:
    """An issue's 编号, or that it has none."""
    return issue.id or "（无编号）"
