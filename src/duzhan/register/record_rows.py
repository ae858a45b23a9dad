"""New rows of the record files, as somebody typed them: checked, in canonical words.

A row that the program would later ignore is never made (SPEC section 4).
"""

from __future__ import annotations

import difflib
import re
from fractions import Fraction
from typing import TYPE_CHECKING

from duzhan import columns as col
from duzhan.dataset.registers import TRUE, UNTRUE
from duzhan.errors import UsageError
from duzhan.intake.dateforms import Calendar, read_date
from duzhan.intake.text import shorten, squash
from duzhan.register.typed_values import checked_day, checked_text, checked_word
from duzhan.weeks import WEEK, monday_of, parse_week, week_id

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from duzhan.model import County, Office, Term
    from duzhan.register.typed_values import Terms

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
SEPARATORS = re.compile(r"[;；、,，/\s]+")
YES, NO = "是", "否"


def supervision(
    county: County, day: str, methods: Sequence[str], texts: Mapping[str, str], terms: Terms
) -> dict[str, str]:
    """A supervision by the county's group.

    Args:
        county: who was supervised.
        day: when, as typed.
        methods: how, as typed: words of the vocabulary, several if they were combined.
        texts: 带队领导, 发现问题, 工作要求, 备注 as typed.
        terms: what the row is judged by.

    Raises:
        UsageError: a value cannot be; one line.
    """
    known = terms.rules.vocabularies.methods
    return {
        "日期": checked_day(day, "--date", terms).isoformat(),
        col.COUNTY: county.name,
        "方式": "、".join(dict.fromkeys(_methods(methods, known))),
        **{name: checked_text(text, name, terms) for name, text in texts.items()},
    }


def _methods(typed: Sequence[str], known: tuple[Term, ...]) -> list[str]:
    words = {squash(name) for term in known for name in (term.name, *term.aliases)}
    found: list[str] = []
    for text in typed:
        # A word such as 约谈党委、政府主要领导 has a separator in itself.
        parts = [text] if squash(text) in words else [p for p in SEPARATORS.split(text) if p]
        found.extend(checked_word(part, "--method", known) for part in parts or [text])
    return found


def report(
    county: County, week: str | None, on: str, parts: Mapping[str, bool], terms: Terms
) -> dict[str, str]:
    """A county's written report of a week.

    Args:
        county: whose.
        week: as typed, such as ``2021-W25``, or a day of it; None for the running week.
        on: when it was sent, as typed.
        parts: 报送督战组, 含小结分析 and the copies: whether that was done.
        terms: what the row is judged by.

    Raises:
        UsageError: a value cannot be; one line.
    """
    monday = _monday(week, terms)
    rules = terms.rules
    if monday > rules.end or monday + WEEK <= rules.start:
        period = f"{rules.start} 至 {rules.end}"
        raise UsageError(f"--week 的 {week_id(monday)} 不在行动期（{period}）内")
    day = checked_day(on, "--on", terms)
    if day < monday:
        meant = "" if week else f"；报的是那一周的，请写 --week {week_id(monday_of(day))}"
        raise UsageError(
            f"--on 的 {day} 早于 {week_id(monday)} 的周一 {monday}，不可能已经报送{meant}"
        )
    return {
        "周次": week_id(monday),
        col.COUNTY: county.name,
        "报送日期": day.isoformat(),
        **{name: YES if done else NO for name, done in parts.items()},
    }


def _monday(week: str | None, terms: Terms) -> dt.date:
    """The week that is meant: by its number, by one of its days, or the running one."""
    rules = terms.rules
    if week is None:
        return monday_of(min(max(terms.today, rules.start), rules.end))
    if monday := parse_week(squash(week)):
        return monday
    if day := read_date(week, Calendar(rules.start, rules.end)):
        return monday_of(day)
    raise UsageError(f"--week 的“{shorten(week)}”不是周次，应写成 2021-W25 或那一周的一个日期")


def copies(named: Iterable[str], offices: Iterable[Office]) -> dict[str, bool]:
    """Which offices got a copy of a report, by the column that says so.

    Args:
        named: offices as typed: name or short name.
        offices: of the roster.

    Raises:
        UsageError: there is no such office.
    """
    told = {office.copy_column: False for office in offices}
    columns = {
        squash(name): office.copy_column
        for office in offices
        for name in (office.name, office.short_name)
        if name
    }
    for name in named:
        if squash(name) not in columns:
            known = "、".join(office.name for office in offices) or "名册里没有办公室"
            raise UsageError(f"--copied 的“{shorten(name)}”不是名册中的办公室，应为：{known}")
        told[columns[squash(name)]] = True
    return told


def score(
    county: County, day: str, assessor: str, points: str, milestone: str | None, terms: Terms
) -> dict[str, str]:
    """An assessment of a county.

    Args:
        county: of whom.
        day: when, as typed.
        assessor: by whom, a word of the vocabulary.
        points: the total, as typed.
        milestone: for which milestone, if said; else its date decides.
        terms: what the row is judged by.

    Raises:
        UsageError: a value cannot be; one line.
    """
    rules = terms.rules
    if rules.score_range is None:
        raise UsageError("这次行动没有评分，milestones.yaml 里没有 score_range")
    low, high = rules.score_range
    plain = squash(points)
    if not _NUMBER.fullmatch(plain) or not low <= Fraction(plain) <= high:
        raise UsageError(f"--points 的“{shorten(points)}”应是 {low} 至 {high} 的数字")
    if milestone is not None and rules.milestone(squash(milestone)) is None:
        known = "、".join(one.id for one in rules.milestones)
        raise UsageError(f"没有“{shorten(milestone)}”这个考核节点，可用的有：{known}")
    return {
        "日期": checked_day(day, "--date", terms).isoformat(),
        col.COUNTY: county.name,
        "评估方": checked_word(assessor, "评估方", rules.vocabularies.assessors),
        "总分": plain,
        "考核节点": squash(milestone or ""),
    }


def deliverable(
    county: County, task: str, on: str, accepted_by: str, terms: Terms
) -> dict[str, str]:
    """A task that a county completed, perhaps before the campaign began.

    Args:
        county: who.
        task: a deliverable that some milestone requires.
        on: when it was completed, as typed.
        accepted_by: who accepted it.
        terms: what the row is judged by.

    Raises:
        UsageError: a value cannot be; one line.
    """
    return {
        "任务": _task(task, terms),
        col.COUNTY: county.name,
        "完成日期": checked_day(on, "--on", terms, from_start=False).isoformat(),
        "验收单位": checked_text(accepted_by, "--accepted-by", terms),
    }


def _task(typed: str, terms: Terms) -> str:
    """The task that is meant: by its name, or the beginning of just one."""
    tasks = {squash(name): name for name in terms.rules.tasks}
    plain = squash(typed)
    begun = [plain] if plain in tasks else [one for one in tasks if plain and one.startswith(plain)]
    if len(begun) == 1:
        return tasks[begun[0]]
    if begun:
        named = "、".join(tasks[one] for one in begun)
        raise UsageError(f"“{shorten(typed)}”可以是好几项任务，请写完整：{named}")
    near = difflib.get_close_matches(plain, tasks, 1, 0.4)
    hint = f"是不是“{tasks[near[0]]}”？" if near else ""
    raise UsageError(f"没有“{shorten(typed)}”这项任务，{hint}可用的有：{'、'.join(tasks.values())}")


def recheck(
    county: County, identifier: str, on: str, result: str, by: str, terms: Terms
) -> dict[str, str]:
    """An on-site recheck of an issue that was claimed or struck off.

    Args:
        county: whose issue.
        identifier: 编号, as the ledger has it.
        on: when it was looked at, as typed.
        result: 属实 or 不属实.
        by: who looked.
        terms: what the row is judged by.

    Raises:
        UsageError: a value cannot be; one line.
    """
    plain = squash(result)
    if plain not in (TRUE, UNTRUE):
        raise UsageError(f"--result 的“{shorten(result)}”应是 {TRUE} 或 {UNTRUE}")
    return {
        "日期": checked_day(on, "--on", terms).isoformat(),
        col.COUNTY: county.name,
        col.ID: identifier,
        "结果": plain,
        "核查人": checked_text(by, "--by", terms, required=True),
    }
