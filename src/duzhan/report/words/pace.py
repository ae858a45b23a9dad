"""A forecast in words: what is lacking, the pace needed and kept, the day that follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.compliance.results import FEWEST, WINDOW
from duzhan.report import words

if TYPE_CHECKING:
    from fractions import Fraction

    from duzhan.compliance.results import Forecast


def closures_wanting(forecast: Forecast) -> str:
    """Closures up to the line, at today's number of issues."""
    if not forecast.has_data:
        return "无数据"
    if forecast.requirement is None:
        return words.NONE
    return "已达到" if forecast.reached else f"{forecast.closures}件"


def pace_needed(forecast: Forecast) -> str:
    """Closures per week that reach the rate in time; within the last week just how many."""
    if not forecast.has_data or forecast.reached or forecast.requirement is None:
        return words.NONE
    if forecast.needed is None:
        return f"当日{forecast.closures}件"
    if forecast.days_left < 7:
        return f"{forecast.days_left}天内{forecast.closures}件"
    return f"{rate(forecast.needed)}件"


def pace_kept(forecast: Forecast) -> str:
    """Closures per week in the last 14 days."""
    if not forecast.has_data:
        return words.NONE
    return f"{rate(forecast.pace)}件" if forecast.pace is not None else "数据不足"


def reached_on(forecast: Forecast) -> str:
    """The day on which the rate would be reached, and whether that is in time."""
    if not forecast.has_data:
        return words.NONE
    if forecast.reached:
        return "已达到"
    if forecast.reached_on is None or forecast.milestone is None:
        return "数据不足" if forecast.requirement else words.NONE
    days = (forecast.reached_on - forecast.milestone.deadline).days
    day = forecast.reached_on
    shown = (
        words.full_date(day)
        if day.year != forecast.milestone.deadline.year
        else (words.month_day(day))
    )
    return f"{shown}，晚{days}天" if days > 0 else f"{shown}，可按期"


def lateness(forecast: Forecast) -> str:
    """Whether the present pace is enough, and by how many days not: 晚35天."""
    if not forecast.has_data or forecast.requirement is None or forecast.milestone is None:
        return words.NONE
    if forecast.reached:
        return "已达到"
    if forecast.reached_on is None:
        return "数据不足"
    days = (forecast.reached_on - forecast.milestone.deadline).days
    return f"晚{days}天" if days > 0 else "可按期"


def pace_words(forecast: Forecast) -> str:
    """Whether the present pace is enough, in one sentence; empty if there is nothing to tell."""
    if not forecast.has_data or forecast.reached or forecast.requirement is None:
        return ""
    window = f"近{WINDOW.days}天"
    if forecast.reached_on is None:
        return f"{window}销号不足{FEWEST}件，无从预测。"
    late = "，按目前进度难以按期达到" if forecast.in_time is False else ""
    return f"照{window}的速度（每周{pace_kept(forecast)}）：{reached_on(forecast)}{late}。"


def forecast_words(first: str, last: str) -> str:
    """The forecast's assumptions between two days."""
    return (
        f"预测的依据：以{first}24时至{last}24时{WINDOW.days}天内销号的件数为速度（退回的不扣减），"
        "问题总数按当前计，不含今后新发现和退回的问题，待核验的不算销号；"
        f"{WINDOW.days}天内销号不足{FEWEST}件的不作预测。"
    )


def rate(value: Fraction) -> str:
    """Issues per week with one decimal, rounded up: whoever keeps that pace gets there."""
    tenths = -(-value.numerator * 10 // value.denominator)
    return str(tenths // 10) if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}"


def left(days: int) -> str:
    """Days until a deadline: 还有3天, 今天到期."""
    return f"还有{days}天" if days else "当日到期"
