"""Pieces of the weekly report's sentences, as an official would write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.model import PLACES
from duzhan.report import words

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from duzhan.compliance.results import CountyStatus
    from duzhan.compliance.week_report import WeekReport
    from duzhan.model import County, Group

# Longer lists are cut: a page names the worst, and the number of all.
NAMES_SHOWN = 8
# What every place has: 党委 is 县委 in a county, 政府 is 县政府.
_PARTY = "党"
_COMMON = ("政府", "人大", "政协")
# Of more than so many that are left over, it is said how many: the tables name them.
REST = 4


def when(day: dt.date) -> str:
    """The moment of the figures, such as 截至6月27日24时."""
    return f"截至{words.month_day(day)}24时"


def span(first: dt.date, last: dt.date) -> str:
    """A period, such as 2021年6月21日至27日."""
    end = f"{last.day}日" if last.month == first.month else words.month_day(last)
    if last.year != first.year:
        end = words.full_date(last)
    return f"{words.full_date(first)}至{end}"


def whole(report: WeekReport) -> str:
    """All counties together: 全州, 全市, 全省."""
    name = report.roster.prefecture.name
    return report.wording.whole or f"全{_kind(name, '部')}"


def our(county: County) -> str:
    """How a county speaks of itself: 我县, 我市."""
    return f"我{_kind(county.name, '单位')}"


def who(report: WeekReport) -> str:
    """Of whom a report speaks: 全州, 富宁县, or 我县 in a county's own draft."""
    if report.county is None:
        return whole(report)
    return report.county.name if report.outside else our(report.county)


def supervised(group: Group) -> str:
    """Whom a group supervises: 县委、县政府 of a county; itself where nobody says whom."""
    kind = _kind(group.county.name, "")
    bodies = [_body(body, kind) for body in group.supervised]
    return "、".join(bodies) or group.county.name


def _body(body: str, kind: str) -> str:
    """A body of a place: what is common to all places gets its kind, 区党委 has it already."""
    short = body.removeprefix(_PARTY)
    common = body.startswith(_PARTY) or body in _COMMON
    return f"{kind}{short}" if kind and common else body


def _kind(name: str, otherwise: str) -> str:
    """What a place is, by the end of its name."""
    return name[-1] if name and name[-1] in PLACES else otherwise


def names(counties: Iterable[str], unit: str, shown: int = NAMES_SHOWN) -> str:
    """Counties by their full names; of many the first ones and how many there are.

    Args:
        counties: their names.
        unit: what they are called.
        shown: how many to name.
    """
    every = list(counties)
    if len(every) <= shown:
        return "、".join(every)
    return f"{'、'.join(every[:shown])}等{len(every)}个{unit}"


def named(counties: Sequence[str], unit: str) -> str:
    """How many counties and which: 2个（富宁县、广南县）."""
    return f"{len(counties)}个（{names(counties, unit)}）"


def reasons(status: CountyStatus, report: WeekReport) -> str:
    """Why a light is not green; the latest complete week is the report's own, if that is over."""
    told = words.tight("；".join(status.reasons))
    if status.last_week.monday == report.week.monday:
        told = told.replace("上一整周", "本周")
    return told


def clauses(*parts: str, mark: str = "，") -> str:
    """Parts that say something, joined."""
    return mark.join(part for part in parts if part)


def sentence(*parts: str, mark: str = "，") -> str:
    """Parts that say something, as one sentence; nothing if none does."""
    text = clauses(*parts, mark=mark)
    return f"{text}。" if text else ""


def paragraph(*sentences: str) -> list[str]:
    """Sentences in one paragraph; no paragraph if they say nothing."""
    text = "".join(sentences)
    return [text] if text else []
