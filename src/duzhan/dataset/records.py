"""Scores, deliverables, supervisions, county reports: rows that can be used, and problems.

A row whose date, county, assessor, week or task cannot be used is reported and
otherwise ignored (SPEC section 4).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from duzhan import columns as col
from duzhan.dataset.layouts import record_layout
from duzhan.dataset.ledger import refusal
from duzhan.dataset.names import find_county
from duzhan.intake.dateforms import Calendar, why_refused
from duzhan.intake.dates import DateReader
from duzhan.intake.grid import RefusedFileError
from duzhan.intake.tables import read_tables
from duzhan.intake.text import shorten, squash
from duzhan.model import (
    Completion,
    CountyReport,
    Problem,
    Records,
    Score,
    Supervision,
)
from duzhan.weeks import parse_week

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from duzhan.model import Roster, Rules, Term

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_METHOD_SEPARATORS = re.compile(r"[;；、,，/\r\n]+")

T = TypeVar("T")


@dataclass(slots=True)
class _Row:
    """One row of a record file, and where its problems go.

    `usable` turns False once a cell that the row cannot do without is at fault.
    """

    file: str
    line: int
    cells: dict[str, str]
    context: _Context
    usable: bool = True

    def text(self, column: str) -> str:
        value: str = self.cells.get(column, "").strip()
        return "" if self.context.dates.is_empty(value) else value

    def problem(
        self, column: str, code: str, message: str, *, fatal: bool, minor: bool = False
    ) -> None:
        consequence = "，此行不计" if fatal else ""
        self.context.problems.append(
            Problem(
                "warning" if minor else "error",
                self.file,
                self.line,
                column,
                self.cells.get(column),
                code,
                f"{message}{consequence}",
            )
        )
        self.usable = self.usable and not fatal

    def required(self, column: str) -> str:
        value = self.text(column)
        if not value:
            self.problem(column, "missing-value", "没有填写", fatal=True)
        return value

    def day(self, column: str) -> dt.date:
        value = self.required(column)
        if not value:
            return dt.date.min
        days, refused = self.context.dates.read(value)
        if refused:
            message = f"“{shorten(value)}”{why_refused(value)}"
            self.problem(column, "bad-date", message, fatal=True)
            return dt.date.min
        day = dt.date.fromordinal(days[0])
        if day > self.context.rules.end:
            message = f"{day} 晚于行动截止日 {self.context.rules.end}，请核对年份"
            self.problem(column, "future-date", message, fatal=False, minor=True)
        return day

    def county(self) -> str:
        value = self.required(col.COUNTY)
        if not value:
            return ""
        county = find_county(value, self.context.roster)
        if county is None:
            message = f"“{shorten(value)}”不是名册中的县（市）"
            self.problem(col.COUNTY, "unknown-county", message, fatal=True)
            return ""
        return county.name

    def word(self, column: str, words: dict[str, str], *, fatal: bool) -> str | None:
        """The canonical word of a vocabulary; None if the cell is empty or holds another."""
        value = self.text(column)
        if not value:
            return None
        found = words.get(squash(value))
        if found is None:
            known = "、".join(dict.fromkeys(words.values()))
            message = f"“{shorten(value)}”不在词表中，应为：{known}"
            self.problem(column, "unknown-value", message, fatal=fatal)
        return found


@dataclass(slots=True)
class _Context:
    rules: Rules
    roster: Roster
    dates: DateReader
    problems: list[Problem]


def load_records(root: Path, roster: Roster, rules: Rules) -> tuple[Records, list[Problem]]:
    """Read the four record files.

    Args:
        root: the dataset's folder.
        roster: known counties.
        rules: vocabularies, milestones and calendar.
    """
    dates = DateReader(Calendar(rules.start, rules.end), rules.vocabularies.empty_words)
    context = _Context(rules, roster, dates, [])
    assessors = _words(rules.vocabularies.assessors)
    methods = _words(rules.vocabularies.methods)
    tasks = {
        squash(requirement.name): requirement.name
        for milestone in rules.milestones
        for requirement in milestone.requirements
        if requirement.kind == "deliverable"
    }
    records = Records(
        scores=_read(root, col.SCORES, context, lambda row: _score(row, assessors)),
        completions=_read(root, col.DELIVERABLES, context, lambda row: _completion(row, tasks)),
        supervisions=_read(root, col.SUPERVISION, context, lambda row: _supervision(row, methods)),
        reports=_read(root, col.COUNTY_REPORTS, context, _county_report),
    )
    return records, context.problems


def _words(terms: Iterable[Term]) -> dict[str, str]:
    return {squash(name): term.name for term in terms for name in (term.name, *term.aliases)}


def _read(root: Path, file: str, context: _Context, make: Callable[[_Row], T]) -> tuple[T, ...]:
    layout = record_layout(file, context.rules, context.roster)
    try:
        tables = read_tables(root / file, layout, context.dates)
    except RefusedFileError as error:
        context.problems.append(refusal(file, error, "，按没有记录处理"))
        return ()
    made = []
    for table in tables:
        names = table.cells.column_names
        for column in layout.finder.canonical:
            if column not in names and column != col.REMARK:
                message = f"缺少“{column}”一列，表头应为：{'、'.join(layout.finder.canonical)}"
                context.problems.append(
                    Problem("error", file, None, column, None, "missing-column", message)
                )
        lines = table.lines(np.arange(table.cells.num_rows))
        for line, cells in zip(lines, table.cells.to_pylist(), strict=True):
            row = _Row(file, line, cells, context)
            value = make(row)
            if row.usable:
                made.append(value)
    return tuple(made)


def _score(row: _Row, assessors: dict[str, str]) -> Score:
    day, county = row.day("日期"), row.county()
    if row.required("评估方"):
        row.word("评估方", assessors, fatal=True)
    milestones = {squash(milestone.id): milestone.id for milestone in row.context.rules.milestones}
    return Score(
        day=day,
        county=county,
        assessor=assessors.get(squash(row.text("评估方")), ""),
        points=_points(row),
        milestone=row.word("考核节点", milestones, fatal=False),
    )


def _points(row: _Row) -> Fraction | None:
    """The total; None if it cannot be read or lies outside the scale: it fulfils nothing."""
    value = row.text("总分")
    plain = squash(value)
    points = Fraction(plain) if _NUMBER.fullmatch(plain) else None
    low, high = row.context.rules.score_range or (0, 0)
    if points is None or not low <= points <= high:
        message = f"“{shorten(value)}”应是 {low} 至 {high} 的数字，按未达标处理"
        row.problem("总分", "bad-number" if value else "missing-value", message, fatal=False)
        return None
    return points


def _completion(row: _Row, tasks: dict[str, str]) -> Completion:
    if row.required("任务"):
        row.word("任务", tasks, fatal=True)
    return Completion(
        task=tasks.get(squash(row.text("任务")), ""),
        county=row.county(),
        day=row.day("完成日期"),
        accepted_by=row.text("验收单位"),
    )


def _supervision(row: _Row, methods: dict[str, str]) -> Supervision:
    words = row.context.rules.vocabularies
    # 约谈县（市）党委、政府主要领导 is one method, though it holds a separator.
    whole = squash(row.text("方式")) in methods
    split = [row.text("方式")] if whole else _METHOD_SEPARATORS.split(row.text("方式"))
    parts = [part for part in split if part.strip()]
    known = [methods[squash(part)] for part in parts if squash(part) in methods]
    if len(known) < len(parts):
        choices = "、".join(dict.fromkeys(methods.values()))
        message = f"“{shorten(row.text('方式'))}”不在词表中，应为：{choices}"
        row.problem("方式", "unknown-value", message, fatal=False, minor=True)
    return Supervision(
        day=row.day("日期"),
        county=row.county(),
        method="、".join(known) or row.text("方式"),
        on_site=any(method in words.on_site_methods for method in known),
        at_random=words.random_flag in known,
        leader=row.text("带队领导"),
        findings=row.text("发现问题"),
        demands=row.text("工作要求"),
    )


def _county_report(row: _Row) -> CountyReport:
    week = dt.date.min
    if value := row.required("周次"):
        monday = parse_week(squash(value))
        if monday is None:
            message = f"“{shorten(value)}”不是周次，应写成 2021-W25"
            row.problem("周次", "bad-date", message, fatal=True)
        week = monday or week
    county, day = row.county(), row.day("报送日期")
    if row.usable and day < week:
        message = f"{day} 早于该周周一 {week}，不可能已经报送"
        row.problem("报送日期", "date-order", message, fatal=True)
    yes = {squash(word) for word in row.context.rules.vocabularies.yes_words}
    copies = (office.copy_column for office in row.context.roster.offices)
    parts = (*col.REPORT_PARTS, *copies)
    lacking = tuple(column for column in parts if squash(row.text(column)) not in yes)
    return CountyReport(week, county, day, complete=not lacking, lacking=lacking)
