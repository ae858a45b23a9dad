"""Which week is meant: by its number, by a day in it, or the latest complete one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from duzhan.clock import today
from duzhan.errors import UsageError
from duzhan.weeks import last_complete_monday, monday_of, parse_week, week_id

if TYPE_CHECKING:
    import datetime as dt

    from duzhan.compliance.week_report import ReportedWeek
    from duzhan.model import Rules

LAST = "last"
_LIKE_A_WEEK = re.compile(r"(?:(\d{4})\s*[-年]?\s*)?[Ww第]\s*(\d{1,2})\s*周?")


def chosen_week(
    text: str, rules: Rules, option: str = "--week", as_of: dt.date | None = None
) -> ReportedWeek:
    """Read the week that is meant.

    Args:
        text: ``2021-W25``, ``last`` (the latest complete week) or a day of the week.
        rules: the campaign.
        option: what a wrong one is called in the message.
        as_of: the day that ``last`` looks back from; today by default.

    Raises:
        UsageError: there is no such week in the campaign, or it has not begun.
    """
    from duzhan.compliance.week_report import reported_week

    now = max(today(rules.time_zone), rules.start)
    first, last = monday_of(rules.start), monday_of(rules.end)
    if text == LAST:
        now = as_of or now
        return reported_week(min(max(last_complete_monday(now), first), last), now, rules)
    monday = parse_week(text)
    monday = _monday_of_day(text, rules, option) if monday is None else monday
    if not first <= monday <= last:
        message = (
            f"{option} 的 {week_id(monday)} 不在行动期（{week_id(first)} 至 {week_id(last)}）内"
        )
        raise UsageError(message)
    if monday > now:
        raise UsageError(f"{option} 的 {week_id(monday)} 还没有开始（今天是 {now}）")
    return reported_week(monday, now, rules)


def _monday_of_day(text: str, rules: Rules, option: str) -> dt.date:
    from duzhan.intake.dateforms import Calendar, read_date
    from duzhan.intake.text import shorten

    like = _LIKE_A_WEEK.fullmatch(text.strip())
    if like is None and (day := read_date(text, Calendar(rules.start, rules.end))):
        return monday_of(day)
    if like is None or int(like[2]) == 0:
        raise UsageError(f"{option} 的“{shorten(text)}”不是周，应写成 2021-W25、last 或一个日期")
    meant = f"{like[1] or rules.start.year}-W{int(like[2]):02d}"
    if parse_week(meant) is None:
        raise UsageError(f"{option} 的“{shorten(text)}”：{meant[:4]}年没有第{int(like[2])}周")
    raise UsageError(f"{option} 的“{shorten(text)}”写法不对，是否为 {meant}？")
