"""Figures and verdicts as users read them."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from duzhan.model import Light, State, Verdict, plain_number
from duzhan.requirements import kind_of

if TYPE_CHECKING:
    import datetime as dt

    from duzhan.model import Audience, EscalationStep, Requirement, Wording
    from duzhan.requirements.results import Rate, RequirementResult

# Lights are told apart by word and shape, not by colour alone.
LIGHTS = {Light.RED: "■红", Light.YELLOW: "▲黄", Light.GREEN: "●绿"}
STYLES = {Light.RED: "red", Light.YELLOW: "yellow", Light.GREEN: "green"}

VERDICTS = {
    Verdict.MET: "达标",
    Verdict.MET_LATE: "逾期达标",
    Verdict.MISSED: "未达标",
    Verdict.PENDING: "尚未达到",
    Verdict.NO_DATA: "无数据",
}
VERDICT_STYLES = {
    Verdict.MET: "green",
    Verdict.MET_LATE: "yellow",
    Verdict.MISSED: "red",
    Verdict.PENDING: "yellow",
    Verdict.NO_DATA: "red",
}
STATES = {State.OPEN: "未整改", State.CLAIMED: "待核验", State.CLOSED: "已销号"}

NONE = "—"

# Between characters and figures official documents put no space.
_GAP = r"(?<=[\u4e00-\u9fff]) (?=\d)|(?<=\d) (?=[\u4e00-\u9fff])"


def tight(text: str) -> str:
    """A sentence without spaces between characters and figures."""
    return re.sub(_GAP, "", text)


def percent(rate: Rate | None) -> str:
    """A share with one decimal, cut and never rounded up to a line: 97.96 % is 97.9%."""
    if rate is None:
        return NONE
    cut = tenths(rate)
    return f"{cut // 10}.{cut % 10}%"


def tenths(rate: Rate) -> int:
    """A share in tenths of a percent, cut: what `percent` shows."""
    return rate.numerator * 1000 // rate.denominator


def change(before: Rate | None, now: Rate | None) -> str:
    """How a share moved, in percentage points of the figures shown: +0.1, -7.2, 0.0."""
    if before is None or now is None:
        return NONE
    moved = tenths(now) - tenths(before)
    sign = "+" if moved > 0 else "-" if moved < 0 else ""
    return f"{sign}{abs(moved) // 10}.{abs(moved) % 10}"


def points(value: Fraction | None) -> str:
    """Points as written: 742, 849.5."""
    if value is None:
        return NONE
    return str(plain_number(value))


def month_day(day: dt.date | None) -> str:
    """A date of the campaign's year in words, such as 6月30日."""
    return NONE if day is None else f"{day.month}月{day.day}日"


def full_date(day: dt.date) -> str:
    """A date in words, such as 2021年6月30日."""
    return f"{day.year}年{day.month}月{day.day}日"


def audience(who: Audience, wording: Wording) -> str:
    """Whom an escalation step tells, as the campaign calls them."""
    named: dict[Audience, str] = {
        "liaison": f"{wording.unit}联络员",
        "group": wording.group,
        "leaders": f"{wording.group}组长",
        "offices": wording.offices or "办公室",
    }
    return named[who]


def step_days(step: EscalationStep) -> str:
    """From when an escalation step holds, such as 到期前3天起, 超期起 or 超期超过7天."""
    if step.from_days < 0:
        return f"到期前{-step.from_days}天起"
    if step.from_days == 0:
        return "到期当天起"
    return "超期起" if step.from_days == 1 else f"超期超过{step.from_days - 1}天"


def verdict(judged: RequirementResult) -> str:
    """A verdict in words; a score that nobody assessed is 未评估, not the county's fault."""
    owed = kind_of(judged.requirement).owed_by_county
    if judged.verdict is Verdict.NO_DATA and not owed:
        return "未评估"
    return VERDICTS[judged.verdict]


def actual(judged: RequirementResult) -> str:
    """What stood against the requirement: points, rate with counts, or the day of completion."""
    kind, value = kind_of(judged.requirement), judged.actual
    if isinstance(value, Fraction):
        return f"{points(value)}{kind.unit}"
    if value is not None:
        return f"{percent(value)}（{value.numerator}/{value.denominator}）"
    return kind.stands(judged) or NONE


def required(judged: RequirementResult) -> str:
    """The line, such as ≥750分 or ≥95%."""
    return line(judged.requirement) or "完成"


def line(rule: Requirement) -> str:
    """What a requirement with a number asks for: ≥750分, ≥95%; "" without a number."""
    return f"≥{rule.required}{kind_of(rule).unit}" if rule.required else ""
