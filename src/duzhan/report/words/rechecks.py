"""What is said of rechecks of closed issues, and of extensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.report import words
from duzhan.requirements.results import Rate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duzhan.compliance.rechecks import Granted, RecheckShare
    from duzhan.model import Recheck


def false_share(share: RecheckShare) -> str:
    """The share of 不属实, cut to one decimal."""
    return words.percent(Rate(share.false, share.done))


def interval(share: RecheckShare) -> str:
    """Its 95 % interval, such as 9.4%至90.5%."""
    low, high = share.interval
    return f"{_cut(low)}至{_cut(high)}"


def rechecked(share: RecheckShare) -> str:
    """How many were looked at again, and how many were not as said; "" if none was."""
    if not share.done:
        return ""
    if not share.false:
        return f"抽查复核{share.done}件，均属实（不属实占比的95%区间{interval(share)}）"
    found = f"{false_share(share)}，95%区间{interval(share)}"
    return f"抽查复核{share.done}件，不属实{share.false}件（{found}）"


def looked_at(some: Sequence[Recheck]) -> str:
    """The rechecks one by one: day, 编号, result."""
    return "、".join(
        f"{words.month_day(one.day)}{one.id}{'属实' if one.true else '不属实'}" for one in some
    )


def granted(one: Granted) -> str:
    """A granted extension: the new deadline, the first one, how often, days in all, by whom."""
    first = one.original_due_on
    before = f"原{words.month_day(first)}，" if first else "原来没有期限，"
    days = f"，共延{one.days}天" if one.days else ""
    return (
        f"{one.county}{one.id}延至{words.month_day(one.until)}"
        f"（{before}第{one.times}次{days}，{one.approved_by}批准）"
    )


def _cut(share: float) -> str:
    """A share with one decimal, cut."""
    return words.percent(Rate(int(share * 1000), 1000))
