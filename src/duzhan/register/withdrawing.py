"""Issues that are none (a title row, a double): withdrawn with a reason, and taken back."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from duzhan import columns as col
from duzhan.errors import DuzhanError
from duzhan.intake.text import shorten
from duzhan.register.changes import STATE_CONFLICT, Outcome, tried
from duzhan.register.issue_rows import Edit
from duzhan.register.typed_values import add_date
from duzhan.register.verifiers import Signed, together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duzhan.register.issue_rows import IssueRow
    from duzhan.register.typed_values import Terms


_NOT_TOGETHER = "并过来的日期和它的不能并存，请先用 duzhan amend 改正，或不写 --same-as 只撤销"
# How a 撤销说明 names the issue that a withdrawn one is in truth.
_SAME = "，与 {} 是同一件"
_SAME_AS = re.compile(_SAME.format("(.+)") + "$")


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Who withdraws an issue, and why.

    Attributes:
        by: who.
        reason: why.
        same_as: the issue that it is in truth, which gets its event dates.
    """

    by: str
    reason: str
    same_as: IssueRow | None = None


def withdraw(issue: IssueRow, wanted: Withdrawal, terms: Terms) -> Outcome:
    """Let an issue count no more: fill its 撤销说明.

    Args:
        issue: the issue.
        wanted: who asks for it, and why.
        terms: what it is judged by.

    Raises:
        DuzhanError: it is withdrawn already, or is the issue that it is said to be.
    """
    if stands := issue.cells.get(col.WITHDRAWN, "").strip():
        raise DuzhanError(f"{issue.name} 已经撤销（{shorten(stands)}），不再重复撤销")
    other = wanted.same_as
    if other is not None and _is_same(issue, other):
        raise DuzhanError(f"{issue.name} 就是 --same-as 写的那一件，请写另一个编号")
    if other is not None and other.cells.get(col.WITHDRAWN, "").strip():
        raise DuzhanError(f"{other.name} 已经撤销，不能说 {issue.id} 和它是同一件")
    also = _SAME.format(other.id) if other else ""
    text = f"{terms.today} {wanted.by}：{wanted.reason}{also}"
    edit = Edit(issue, {col.WITHDRAWN: text}, by=wanted.by, reason=wanted.reason)
    return tried(edit, min(terms.today, terms.rules.end), None, terms)


def same_as(reason: str) -> str | None:
    """编号 of the issue that a withdrawn one is in truth, as its 撤销说明 names it."""
    match = _SAME_AS.search(reason)
    return match[1] if match else None


def undo(issue: IssueRow, wanted: Withdrawal, terms: Terms) -> Outcome:
    """Let a withdrawn issue count again: empty its 撤销说明.

    Raises:
        DuzhanError: it is not withdrawn.
    """
    if not issue.cells.get(col.WITHDRAWN, "").strip():
        raise DuzhanError(f"{issue.name} 没有撤销，没有可以恢复的")
    edit = Edit(issue, {col.WITHDRAWN: ""}, by=wanted.by, reason=wanted.reason)
    day: dt.date = min(terms.today, terms.rules.end)
    return tried(edit, day, None, terms)


def with_events_of(issue: IssueRow, other: IssueRow, wanted: Withdrawal, terms: Terms) -> Edit:
    """The edit that gives an issue the event dates of another row of the same problem.

    Dates that stand there already stay as they are; 核验人 of closings that come go with them.
    """
    dates = terms.reading.dates
    cells = {}
    for name in col.EVENT_COLUMNS:
        text = issue.cells[name]
        for ordinal in dates.read_several(other.cells[name])[0]:
            text = add_date(text, dt.date.fromordinal(ordinal), dates)
        if text != issue.cells[name]:
            cells[name] = text
    signed = [
        Signed(dates.read_several(row.cells[col.CLOSED])[0], row.cells[col.VERIFIER])
        for row in (issue, other)
    ]
    names = together(signed[0], signed[1], dates)
    if names is not None and signed[1].days and names != issue.cells[col.VERIFIER]:
        cells[col.VERIFIER] = names
    reason = f"{other.id} 与它是同一件：{wanted.reason}"
    return Edit(issue, cells, by=wanted.by, reason=reason)


def kept(edits: Sequence[Edit], terms: Terms) -> list[Outcome]:
    """Where the issue that gets the dates stands with all of them; nothing if it gets none.

    Raises:
        DuzhanError: they cannot stand beside its own; one line.
    """
    cells = {name: text for edit in edits for name, text in edit.cells.items()}
    if not cells:
        return []
    edit = replace(edits[0], cells=cells)
    day = min(terms.today, terms.rules.end)
    try:
        return [tried(edit, day, None, terms, allowed=(STATE_CONFLICT,))]
    except DuzhanError as error:
        raise DuzhanError(f"{error}；{_NOT_TOGETHER}") from None


def changed(issue: IssueRow, edit: Edit) -> IssueRow:
    """The issue as it stands after an edit."""
    return replace(issue, cells={**issue.cells, **edit.cells})


def _is_same(one: IssueRow, other: IssueRow) -> bool:
    return (one.file, one.row) == (other.file, other.row)
