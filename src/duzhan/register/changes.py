"""Changes of single issues: strike off, send back, correct a cell; each refused if it cannot be.

Nothing is written here. Each function looks at one issue and gives the new
cells, or says in one line why not. Whether a change has the effect that it is
meant to have is not argued but tried: the changed row is judged again as every
command judges it (SPEC sections 3 and 6).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from duzhan import columns as col
from duzhan.dataset.events import CLOSURE, RETURN
from duzhan.dataset.judging import judge
from duzhan.dataset.readable import Brokenness
from duzhan.errors import DuzhanError
from duzhan.intake.text import shorten, squash
from duzhan.model import State
from duzhan.register.issue_rows import Edit
from duzhan.register.typed_values import add_date, checked_dates, checked_text, checked_word
from duzhan.register.verifiers import Signed, names_in, together

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from duzhan.dataset.facts import Facts, Reading
    from duzhan.dataset.faults import Fault
    from duzhan.register.issue_rows import IssueRow
    from duzhan.register.typed_values import Terms


# The county's word says not done. What the office has verified is closed in spite of it, and
# the contradiction stays on show until the word is set right.
STATE_CONFLICT = "state-conflict"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A change that can be made, and where the issue stands before and after, as of a day.

    Attributes:
        edit: the cells.
        day: the day.
        before: the state that it had.
        after: the state that it has.
        contradicted: whether the county's word of state now says otherwise.
    """

    edit: Edit
    day: dt.date
    before: State | None
    after: State | None
    contradicted: bool = False

    @property
    def withdrawn(self) -> tuple[bool, bool]:
        """Whether the issue existed no more before, and whether it does after."""
        before = self.edit.issue.cells
        return _is_withdrawn(before), _is_withdrawn({**before, **self.edit.cells})


def _is_withdrawn(cells: Mapping[str, str]) -> bool:
    return bool(cells.get(col.WITHDRAWN, "").strip())


@dataclass(frozen=True, slots=True)
class Amendment:
    """What one cell is to hold.

    Attributes:
        column: canonical column.
        value: as typed.
        by: who asks for it.
        reason: why.
        taken: all ids of the county, squashed.
        correction: whether a later 整改期限 is a slip that is set right.
    """

    column: str
    value: str
    by: str
    reason: str
    taken: Collection[str]
    correction: bool = False


# ---------------------------------------------------------------- the changes


def close(issue: IssueRow, on: dt.date, by: str, terms: Terms) -> Outcome:
    """Strike an issue off: add a 销号日期, set 核验人.

    Args:
        issue: the issue.
        on: the day when it was verified.
        by: who verified it.
        terms: what it is judged by.

    Raises:
        DuzhanError: it cannot be; one line.
    """
    refuse_withdrawn(issue)
    dates = terms.reading.dates
    if len(names_in(by, dates)) > 1:
        raise DuzhanError(
            f"{issue.name}：一次销号写一个核验人，“{shorten(by)}”会当成几次销号各自的核验人；"
            "几个人一起核验的，写成“张三和李四”"
        )
    facts = _facts(issue, issue.cells, terms)
    _refuse_before_found(issue, on, facts)
    _refuse_unread(issue, col.CLOSED, facts, terms)
    if terms.state(facts, on) is State.CLOSED:
        closed = _latest(facts, on, CLOSURE)
        raise DuzhanError(f"{issue.name} 已于 {closed} 销号，截至 {on} 没有退回，不再重复销号")
    if on.toordinal() in _days(facts, RETURN):
        raise DuzhanError(f"{issue.name} 在 {on} 当天被退回，同一天不能再销号，请写以后的日期")
    days = dates.read_several(issue.cells[col.CLOSED])[0]
    # Each name speaks for its own closing: a later one vouches for none before it.
    named = Signed(days, issue.cells[col.VERIFIER])
    cells = {
        col.CLOSED: add_date(issue.cells[col.CLOSED], on, dates),
        col.VERIFIER: together(named, Signed([on.toordinal()], by), dates) or by,
    }
    return tried(Edit(issue, cells, by=by), on, State.CLOSED, terms, allowed=(STATE_CONFLICT,))


def reopen(issue: IssueRow, on: dt.date, reason: str, terms: Terms, by: str | None) -> Outcome:
    """Send an issue back: add a 退回日期, and the reason to 备注.

    Args:
        issue: the issue.
        on: the day when it was sent back.
        reason: why.
        terms: what it is judged by.
        by: who sent it back, if said.

    Raises:
        DuzhanError: it cannot be; one line.
    """
    refuse_withdrawn(issue)
    facts = _facts(issue, issue.cells, terms)
    _refuse_before_found(issue, on, facts)
    _refuse_unread(issue, col.SENT_BACK, facts, terms)
    if terms.state(facts, on) is State.OPEN:
        if returned := _latest(facts, on, RETURN):
            raise DuzhanError(f"{issue.name} 已于 {returned} 退回，此后到 {on} 没有再报完成或销号")
        raise DuzhanError(f"{issue.name} 到 {on} 没有报过整改完成，也没有销号，没有可退回的")
    remark = issue.cells[col.REMARK].strip()
    parts = [] if terms.reading.dates.is_empty(remark) else [remark]
    cells = {
        col.SENT_BACK: add_date(issue.cells[col.SENT_BACK], on, terms.reading.dates),
        col.REMARK: col.JOINT.join([*parts, f"{on} 退回：{reason}"]),
    }
    return tried(Edit(issue, cells, by=by, reason=reason), on, State.OPEN, terms)


def amend(issue: IssueRow, wanted: Amendment, terms: Terms) -> Outcome:
    """Replace the content of one cell; an empty one erases it.

    Args:
        issue: the issue.
        wanted: which cell, and what is to stand there.
        terms: what it is judged by.

    Returns:
        The change: dates written in ISO, words as the campaign writes them.

    Raises:
        UsageError: the value does not fit the column.
        DuzhanError: it cannot be, beside the other cells; one line.
    """
    column, text = wanted.column, checked_text(wanted.value, "值", terms)
    if column in col.DATE_COLUMNS:
        text = checked_dates(column, text, terms)
    elif text and column in (col.ACTION, col.SOURCE):
        words = terms.rules.vocabularies
        text = checked_word(text, column, words.actions if column == col.ACTION else words.sources)
    elif column in (col.ID, col.DESCRIPTION) and terms.reading.dates.is_empty(text):
        raise DuzhanError(f"{issue.name}：“{column}”不能清空，没有它就认不出这个问题")
    if column == col.ID and squash(text) in wanted.taken and squash(text) != squash(issue.id):
        raise DuzhanError(f"{issue.county.name}已有编号为“{text}”的问题，不能重复")
    if text == issue.cells.get(column, ""):
        now = f"“{shorten(text)}”" if text else "空的"
        raise DuzhanError(f"{issue.name} 的“{column}”本来就是{now}，没有改动")
    if column == col.DUE and not wanted.correction:
        _refuse_later(issue, text, terms)
    if column == col.VERIFIER:
        _refuse_more_names(issue, text, terms)
    edit = Edit(issue, {column: text}, by=wanted.by, reason=wanted.reason)
    return tried(edit, min(terms.today, terms.rules.end), None, terms)


def refuse_withdrawn(issue: IssueRow) -> None:
    """What exists at no day cannot be changed with any effect.

    Raises:
        DuzhanError: the issue is withdrawn.
    """
    if _is_withdrawn(issue.cells):
        raise DuzhanError(
            f"{issue.name} 已经撤销，不算数；撤销错了请先用 duzhan withdraw --undo 恢复"
        )


def _refuse_more_names(issue: IssueRow, text: str, terms: Terms) -> None:
    """A name without a closing would vouch for whichever comes next.

    Raises:
        DuzhanError: there are more names than closings.
    """
    dates = terms.reading.dates
    names = len(names_in(text, dates))
    closings = len(dates.read_several(issue.cells[col.CLOSED])[0])
    if names > max(1, closings):
        raise DuzhanError(
            f"{issue.name}：“核验人”写了{names}个，销号日期只有{closings}个，每次销号写一个；"
            "几个人一起核验的，写成“张三和李四”"
        )


def _refuse_later(issue: IssueRow, text: str, terms: Terms) -> None:
    """A deadline moves to a later day only by the register of extensions.

    Raises:
        DuzhanError: it would be later than it is, or none any more.
    """
    old = terms.reading.dates.read(issue.cells[col.DUE])[0]
    new = terms.reading.dates.read(text)[0]
    if not old or (new and new[0] <= old[0]):
        return
    day = dt.date.fromordinal(old[0])
    advice = "延期请用 duzhan extend 登记，原来写错了的加 --correction 更正"
    raise DuzhanError(f"{issue.name} 的整改期限是 {day}，不能这样推迟；{advice}")


# ---------------------------------------------------------------- judging


def facts_of(issue: IssueRow, cells: Mapping[str, str], reading: Reading) -> Facts:
    """Judge a row, as it stands or with other cells, with what the registers say of it."""
    row = pa.table({name: pa.array([cells[name]], pa.string()) for name in cells})
    counties, name = issue.registers.counties, issue.county.name
    number = counties.index(name) if name in counties else 0
    county = np.full(1, number, np.int16)
    return judge(row, county, Brokenness(), reading, registers=issue.registers)


def _facts(issue: IssueRow, cells: Mapping[str, str], terms: Terms) -> Facts:
    """The same; evidence may still come."""
    return facts_of(issue, cells, replace(terms.reading, closure_needs_evidence=False))


def tried(
    edit: Edit, day: dt.date, wanted: State | None, terms: Terms, allowed: Collection[str] = ()
) -> Outcome:
    """Judge the changed row: no new fault but those allowed, and the state that was wanted."""
    issue = edit.issue
    cells = {**issue.cells, **edit.cells}
    before, after = _facts(issue, issue.cells, terms), _facts(issue, cells, terms)
    known = {(fault.code, fault.column) for fault in before.faults}
    for fault in after.faults:
        if fault.warning or fault.code in allowed:
            continue
        if (fault.code, fault.column) not in known:
            raise DuzhanError(f"{issue.name}：{_why(fault, terms)}")
    state = terms.state(after, day)
    if wanted is not None and state is not wanted:
        raise DuzhanError(f"{issue.name} 改了也不起作用，请用 duzhan check 查看它的日期")
    contradicted = any(fault.code == STATE_CONFLICT for fault in after.faults)
    return Outcome(edit, day, terms.state(before, day), state, contradicted)


def _why(fault: Fault, terms: Terms) -> str:
    match fault.code:
        case "date-order":
            return f"“{fault.column}”{fault.detail}"
        case "future-date":
            return f"“{fault.column}”晚于行动截止日 {terms.rules.end}"
        case "self-verified":
            return "核验人就是责任人，不算核验，请由他人核验"
        case "missing-description":
            return "“问题描述”不能清空"
        case "state-conflict":
            return "“整改情况”写着没有整改完，与日期矛盾，请先改正“整改情况”"
    return f"“{fault.column}”不能这样写"


def _days(facts: Facts, kind: int) -> list[int]:
    days: list[int] = facts.events.days[facts.events.kinds == kind].tolist()
    return days


def _latest(facts: Facts, day: dt.date, kind: int) -> dt.date | None:
    days = [one for one in _days(facts, kind) if one <= day.toordinal()]
    return dt.date.fromordinal(days[-1]) if days else None


def _refuse_before_found(issue: IssueRow, on: dt.date, facts: Facts) -> None:
    found = int(facts.found[0])
    if found > on.toordinal():
        raise DuzhanError(f"{issue.name}：{on} 早于发现日期 {dt.date.fromordinal(found)}")


def _refuse_unread(issue: IssueRow, column: str, facts: Facts, terms: Terms) -> None:
    """A date beside one that cannot be read would not say what is meant.

    A return that cannot be read keeps the issue open whatever is added.
    """
    text = issue.cells[column]
    if facts.stays_open[0]:
        column, text = col.SENT_BACK, issue.cells[col.SENT_BACK]
    elif not terms.reading.dates.read_several(text)[1]:
        return
    raise DuzhanError(
        f"{issue.name} 的“{column}”现为“{shorten(text)}”，读不懂或不可能；请先用 duzhan amend 改正"
    )
