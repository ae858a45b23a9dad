"""Extensions of deadlines: rows of the register, refused if they would not count."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from duzhan import columns as col
from duzhan.errors import DuzhanError, UsageError
from duzhan.intake.dateforms import Calendar, read_date
from duzhan.intake.text import shorten
from duzhan.model import Extension, State
from duzhan.register.changes import facts_of, refuse_withdrawn

if TYPE_CHECKING:
    from duzhan.model import County
    from duzhan.register.issue_rows import IssueRow
    from duzhan.register.typed_values import Terms


class Grant(NamedTuple):
    """A later deadline as it was approved.

    Attributes:
        until: the new deadline.
        by: who approved it.
        on: when.
        reason: why.
        document: number of the paper that says so.
        remark: anything else.
    """

    until: dt.date
    by: str
    on: dt.date
    reason: str
    document: str = ""
    remark: str = ""


def extension_row(
    identifier: str, county: County, old: dt.date | None, grant: Grant
) -> dict[str, str]:
    """A row of extensions.csv.

    Args:
        identifier: 编号.
        county: whose issue.
        old: the deadline before it; None if there was none.
        grant: the new one.
    """
    return {
        col.ID: identifier,
        col.COUNTY: county.name,
        "申请日期": "",
        "原期限": old.isoformat() if old else "",
        "延至": grant.until.isoformat(),
        "理由": grant.reason,
        "批准人": grant.by,
        "批准日期": grant.on.isoformat(),
        "文号": grant.document,
        col.REMARK: grant.remark,
    }


def later_day(text: str, terms: Terms) -> dt.date:
    """Read the new deadline as it was typed.

    Raises:
        UsageError: it is no date, or not within the campaign.
    """
    rules = terms.rules
    day = read_date(text, Calendar(rules.start, rules.end))
    if day is None:
        raise UsageError(f"--to 的“{shorten(text)}”不是日期，应写成 2021-06-30 的样子")
    if day > rules.end:
        raise UsageError(f"--to 的 {day} 晚于行动截止日 {rules.end}，不能延到那时候")
    return day


def extend(issue: IssueRow, grant: Grant, terms: Terms) -> dict[str, str]:
    """The row that extends an issue's deadline; tried before it is written.

    Args:
        issue: the issue.
        grant: what was approved.
        terms: what it is judged by.

    Raises:
        DuzhanError: it would not count; one line.
    """
    refuse_withdrawn(issue)
    _refuse_closed(issue, grant.on, terms)
    new = Extension(issue.id, issue.county.name, grant.on, grant.until, grant.by)

    def judged(issue: IssueRow) -> tuple[int, int, int]:
        facts = facts_of(issue, issue.cells, terms.reading)
        before = int(facts.due_at(np.zeros(1, np.int64), grant.on.toordinal())[0])
        return int(facts.found[0]), before, len(facts.deadlines)

    found, before, count = judged(issue)
    if grant.on.toordinal() < found:
        day = dt.date.fromordinal(found)
        raise DuzhanError(f"{issue.name} 是 {day} 发现的，批准日期 {grant.on} 早于发现日期")
    old = dt.date.fromordinal(before) if before else None
    if old and grant.until <= old:
        raise DuzhanError(f"{issue.name} 的期限已是 {old}，{grant.until} 不比它晚，不算延期")
    more = replace(issue.registers, extensions=(*issue.registers.extensions, new))
    if judged(replace(issue, registers=more))[2] != count + 1:
        raise DuzhanError(f"{issue.name} 这样延期不起作用，请看 extensions.csv 里它以后的批准")
    return extension_row(issue.id, issue.county, old, grant)


def _refuse_closed(issue: IssueRow, on: dt.date, terms: Terms) -> None:
    """An issue that was closed by the approval and stayed so has no deadline to keep.

    Raises:
        DuzhanError: it was; one line.
    """
    facts = facts_of(issue, issue.cells, terms.reading)
    last = max(on, min(terms.today, terms.rules.end))
    days = (on + dt.timedelta(after) for after in range((last - on).days + 1))
    if all(terms.state(facts, day) is State.CLOSED for day in days):
        raise DuzhanError(
            f"{issue.name} 到批准日期 {on} 已经销号，此后没有退回，不用延期；"
            "销号错了请先用 duzhan reopen 退回"
        )
