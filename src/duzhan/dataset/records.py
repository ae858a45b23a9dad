"""Scores, deliverables, supervisions, county reports: rows that can be used, and problems.

A row whose date, county, assessor, week or task cannot be used is reported and
otherwise ignored (SPEC section 4).
"""

from __future__ import annotations

import datetime as dt
import re
from functools import partial
from typing import TYPE_CHECKING

from duzhan import columns as col
from duzhan.dataset.record_cells import context_of, read_points, read_rows, words_of
from duzhan.dataset.score_items import AssessmentWords, ListedTotal, read_assessments, with_items
from duzhan.intake.text import shorten, squash
from duzhan.model import Completion, CountyReport, Records, Score, Supervision
from duzhan.weeks import parse_week

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

    from duzhan.dataset.record_cells import Row
    from duzhan.model import Problem, Roster, Rules

_METHOD_SEPARATORS = re.compile(r"[;；、,，/\r\n]+")


def load_records(root: Path, roster: Roster, rules: Rules) -> tuple[Records, list[Problem]]:
    """Read the four record files.

    Args:
        root: the dataset's folder.
        roster: known counties.
        rules: vocabularies, milestones and calendar.
    """
    context = context_of(rules, roster)
    words = AssessmentWords.of(rules)
    methods = words_of(rules.vocabularies.methods)
    tasks = {squash(name): name for name in rules.tasks}
    read = partial(read_rows, root, context)
    totals = read(col.SCORES, lambda row: ListedTotal(_score(row, words), row.line))
    records = Records(
        scores=with_items(totals, read_assessments(root, context, words), context),
        completions=read(col.DELIVERABLES, lambda row: _completion(row, tasks)),
        supervisions=read(col.SUPERVISION, lambda row: _supervision(row, methods)),
        reports=read(col.COUNTY_REPORTS, _county_report),
    )
    return records, context.problems


def _score(row: Row, words: AssessmentWords) -> Score:
    key = words.key(row)
    return Score(key.day, key.county, key.assessor, _points(row), key.milestone)


def _points(row: Row) -> Fraction | None:
    """The total; None if it cannot be read or lies outside the scale: it fulfils nothing."""
    value = row.text("总分")
    points = read_points(value)
    low, high = row.context.rules.score_range or (0, 0)
    if points is None or not low <= points <= high:
        message = f"“{shorten(value)}”应是 {low} 至 {high} 的数字，按未达标处理"
        row.problem("总分", "bad-number" if value else "missing-value", message, fatal=False)
        return None
    return points


def _completion(row: Row, tasks: dict[str, str]) -> Completion:
    if row.required("任务"):
        row.word("任务", tasks, fatal=True)
    return Completion(
        task=tasks.get(squash(row.text("任务")), ""),
        county=row.county(),
        day=row.day("完成日期"),
    )


def _supervision(row: Row, methods: dict[str, str]) -> Supervision:
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


def _county_report(row: Row) -> CountyReport:
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
    analysis = (col.ANALYSIS,) if row.context.rules.wants_analysis else ()
    parts = (col.TO_GROUP, *analysis, *copies)
    lacking = tuple(column for column in parts if squash(row.text(column)) not in yes)
    return CountyReport(week, county, day, complete=not lacking, lacking=lacking)
