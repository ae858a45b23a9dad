"""ISO weeks, Monday to Sunday, named as in 2021-W25."""

from __future__ import annotations

import datetime as dt

WEEK = dt.timedelta(days=7)


def monday_of(day: dt.date) -> dt.date:
    """The first day of the day's week."""
    return day - dt.timedelta(days=day.weekday())


def last_complete_monday(day: dt.date) -> dt.date:
    """The Monday of the latest week whose Sunday is not after the day."""
    return monday_of(day + dt.timedelta(days=1)) - WEEK


def week_id(monday: dt.date) -> str:
    """Name a week as ISO 8601 does, such as 2021-W25."""
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02d}"


def parse_week(text: str) -> dt.date | None:
    """Give the Monday of a week written 2021-W25; None if there is no such week."""
    year, mark, week = text.strip().upper().partition("-W")
    if not mark or len(year) != 4 or len(week) != 2 or not (year + week).isdecimal():
        return None
    try:
        return dt.date.fromisocalendar(int(year), int(week), 1)
    except ValueError:
        return None
