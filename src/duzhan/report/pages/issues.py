"""Lists of issues for people: overdue ones, or those that a filter names."""

from __future__ import annotations

from itertools import chain, groupby
from typing import TYPE_CHECKING

from duzhan.columns import ACTION
from duzhan.report import words
from duzhan.report.pages.page import Heading, Page, PageColumn, PageTable, Text, table_of, titled
from duzhan.visible import visible

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Sequence

    from duzhan.compliance.issue_list import IssueLine, Listed
    from duzhan.model import County, Wording
    from duzhan.report.pages.page import Part

# Issues whose page is whole before its first line is printed; of more, a county at a time is made.
_HELD = 20_000


def issue_table(lines: Sequence[IssueLine]) -> PageTable:
    """Issues with their deadlines, as a table for terminal and pipe."""
    columns = (
        PageColumn("编号"),
        PageColumn("超期", "right"),
        PageColumn("期限"),
        PageColumn("问题", wrap=True),
        PageColumn("责任单位", wrap=True),
    )
    rows = tuple(
        (
            Text(line.id or "（无编号）"),
            Text(days_left(line), "red" if (line.days_overdue or 0) > 0 else ""),
            Text(words.month_day(line.due_on)),
            Text(what(line)),
            Text(line.unit or words.NONE),
        )
        for line in lines
    )
    return PageTable(columns, rows)


def days_left(line: IssueLine) -> str:
    """How long overdue, or how many days are left."""
    if line.days_overdue is None:
        return words.STATES[line.state]
    if line.days_overdue > 0:
        return f"{line.days_overdue}天"
    return "今天到期" if line.days_overdue == 0 else f"还有{-line.days_overdue}天"


def what(line: IssueLine) -> str:
    """Description and place on one line."""
    description = " ".join(line.description.split()) or "（没有写问题描述）"
    return f"{description}（{line.location}）" if line.location else description


def overdue_title(number: int, late: int, county: County | None) -> str:
    """Whose overdue issues and how many, such as 富宁县超期问题3件，即将到期2件.

    Args:
        number: how many are listed.
        late: how many of them are overdue.
        county: whose they are; None for all.
    """
    soon = f"，即将到期{number - late}件" if number > late else ""
    return f"{county.name if county else ''}超期问题{late}件{soon}"


def overdue_page(lines: Listed, day: dt.date, due_within: int | None, sample: str | None) -> Page:
    """`duzhan overdue`: worst first, grouped by county."""
    late = lines.late
    page = titled(f"超期问题{late}件（截至{words.full_date(day)}）", sample)
    if due_within is not None:
        page.line(f"另有{due_within}天内到期的{len(lines) - late}件")
    if not len(lines):
        page.line("没有超期问题。")
    _add_by_county(page, lines, issue_table)
    return page


def issues_page(
    lines: Listed, total: int, day: dt.date, wording: Wording, sample: str | None
) -> Page:
    """`duzhan issues`: what the filters left, by county."""
    page = titled(f"问题清单{len(lines)}件（共{total}件，截至{words.full_date(day)}）", sample)
    acted = any(any(part.text(ACTION).to_pylist()) for part in lines.parts())
    columns = (
        PageColumn("编号"),
        PageColumn("状态"),
        PageColumn("期限"),
        *([PageColumn(wording.action)] if acted else []),
        PageColumn("问题", wrap=True),
        PageColumn("责任单位", wrap=True),
    )

    def row(line: IssueLine) -> tuple[Text | str, ...]:
        return (
            line.id or "（无编号）",
            Text(_state(line), "red" if (line.days_overdue or 0) > 0 else ""),
            words.month_day(line.due_on),
            *([line.action or words.NONE] if acted else []),
            what(line),
            line.unit or words.NONE,
        )

    if not len(lines):
        page.line("没有符合条件的问题。")
    _add_by_county(page, lines, lambda ours: table_of(columns, map(row, ours)))
    return page


def _add_by_county(
    page: Page, lines: Listed, table: Callable[[Sequence[IssueLine]], PageTable]
) -> None:
    """Add each county's issues: all at once, so that what cannot be read is told before any."""
    parts = _by_county(lines, table)
    if len(lines) > _HELD:
        page.further = parts
    else:
        page.parts += parts


def _by_county(lines: Listed, table: Callable[[Sequence[IssueLine]], PageTable]) -> Iterator[Part]:
    """Each county's issues below its name; of no more than one county are there any lines."""
    every = chain.from_iterable(lines.parts())
    for county, group in groupby(every, key=lambda line: line.county):
        ours = list(group)
        yield Heading(visible(f"{county}{len(ours)}件"))
        yield table(ours)


def _state(line: IssueLine) -> str:
    if (line.days_overdue or 0) > 0:
        return f"超期{line.days_overdue}天"
    return words.STATES[line.state]
