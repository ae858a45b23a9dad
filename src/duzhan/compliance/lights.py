"""A county's light, and in words why it is not green, or what is true of a green one (SPEC 4)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duzhan.compliance.results import FEWEST, WINDOW
from duzhan.model import Light, Verdict
from duzhan.requirements import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duzhan.compliance.results import Forecast, MilestoneResult, WeekDuties
    from duzhan.model import Milestone, Rules, Wording
    from duzhan.requirements.results import Counts, RequirementResult

# In its first days a campaign has no pace yet: early warning begins on the 15th.
_UNWARNED = dt.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class LightBasis:
    """What a county's light rests on.

    Attributes:
        milestones: every milestone as it stands on the day.
        ahead: the current one among them; None after the last.
        counts: the issues as of the day; None without data.
        missing: why there is no data.
        forecast: of the rate that the current milestone asks for.
        last_week: the duties of the latest complete week, as of the day.
    """

    milestones: Sequence[MilestoneResult]
    ahead: MilestoneResult | None
    counts: Counts | None
    missing: str
    forecast: Forecast
    last_week: WeekDuties


def shine(known: LightBasis, rules: Rules, day: dt.date) -> tuple[Light, tuple[str, ...]]:
    """Decide the light, and say why.

    Args:
        known: what it rests on.
        rules: the campaign.
        day: as of which day.
    """
    ahead, counts = known.ahead, known.counts
    past = [result for result in known.milestones if result.milestone.deadline < day]
    wording = rules.wording
    red = list(_red(past, wording))
    yellow = [
        *([known.missing] if counts is None else []),
        *_unassessed(past, wording),
        *(_ahead(ahead, known.forecast, rules, day) if ahead else ()),
        *(_uncleanness(counts) if counts is not None else ()),
        *_neglect(known.last_week, wording),
    ]
    if red or yellow:
        return (Light.RED if red else Light.YELLOW), (*red, *yellow)
    return Light.GREEN, tuple(_true(past, ahead, known.forecast, wording))


def _red(past: Sequence[MilestoneResult], wording: Wording) -> Iterator[str]:
    """A requirement of a past milestone is missed, or its rate has no data."""
    for result in past:
        for judged in result.requirements:
            named = _named(result.milestone, judged, wording)
            if judged.verdict is Verdict.MISSED:
                lack = f"（{judged.lack.words}）" if judged.lack and not judged.lack.tasks else ""
                yield f"{named}{'未完成' if judged.lack and judged.lack.tasks else '未达标'}{lack}"
            elif judged.verdict is Verdict.NO_DATA and _owed_by_county(judged):
                yield f"{named}无数据"


def _unassessed(past: Sequence[MilestoneResult], wording: Wording) -> Iterator[str]:
    """A past score without any assessment: the assessor's debt, not the county's."""
    for result in past:
        for judged in result.requirements:
            if judged.verdict is Verdict.NO_DATA and not _owed_by_county(judged):
                yield f"{_named(result.milestone, judged, wording)}未评估"


def _owed_by_county(judged: RequirementResult) -> bool:
    return kind_of(judged.requirement).owed_by_county


def _named(milestone: Milestone, judged: RequirementResult, wording: Wording) -> str:
    """The milestone and what it asks for, such as 5月底前整改达标率."""
    return f"{milestone.name}{_short(judged, wording)}"


def _ahead(ahead: MilestoneResult, forecast: Forecast, rules: Rules, day: dt.date) -> Iterator[str]:
    """What the current milestone lacks, if its deadline is near or the pace falls short."""
    unmet = [judged for judged in ahead.requirements if judged.verdict is not Verdict.MET]
    deadline = ahead.milestone.deadline
    days_left = (deadline - day).days
    near = bool(unmet) and days_left <= rules.warn_days
    late = _behind(forecast) if day - rules.start >= _UNWARNED else ""
    if near:
        lacking = "、".join(
            j.lack.words if j.lack else f"{_short(j, rules.wording)}无数据" for j in unmet
        )
        when = f"还有 {days_left} 天" if days_left else "今天到期"
        yield f"{deadline.month}月{deadline.day}日节点{when}，{lacking}"
    if late:
        asked = forecast.requirement.required if forecast.requirement else ""
        closures = "" if near else f"，还需销号 {forecast.closures} 件"
        yield f"{ahead.milestone.name}{rules.wording.rate}{asked}{late}{closures}"


def _short(judged: RequirementResult, wording: Wording) -> str:
    short = kind_of(judged.requirement).named(wording).short
    return short or f"“{judged.requirement.name}”"


def _behind(forecast: Forecast) -> str:
    """How the pace falls short of the current milestone's rate; "" if it does not."""
    if not forecast.has_data or forecast.requirement is None or forecast.in_time:
        return ""
    if forecast.reached_on is None or forecast.milestone is None:
        return f"能否按期达到无从预测（近 {WINDOW.days} 天销号不足 {FEWEST} 件，数据不足）"
    days = (forecast.reached_on - forecast.milestone.deadline).days
    return f"按目前进度难以按期达到，要晚 {days} 天"


def _uncleanness(counts: Counts) -> Iterator[str]:
    """Green needs clean data."""
    if counts.overdue:
        yield f"{counts.overdue} 件超期"
    if counts.no_due_date:
        yield f"{counts.no_due_date} 件没有整改期限"
    if counts.invalid:
        yield f"{counts.invalid} 件数据有误"


def _neglect(last_week: WeekDuties, wording: Wording) -> Iterator[str]:
    if last_week.supervision_expected and not last_week.supervisions:
        yield f"上一整周未{wording.supervise}"
    if last_week.report_expected and last_week.report is None:
        yield "上一整周未报送周报"


def _true(
    past: Sequence[MilestoneResult],
    ahead: MilestoneResult | None,
    forecast: Forecast,
    wording: Wording,
) -> Iterator[str]:
    """What is true of a county whose light is green."""
    if past:
        which = past[0].milestone.name if len(past) == 1 else f"已过的 {len(past)} 个节点"
        yield f"{which}的要求均已达到"
    if ahead is None:
        return
    name = ahead.milestone.name
    unmet = [judged for judged in ahead.requirements if judged.verdict is not Verdict.MET]
    if not unmet:
        yield f"{name}的要求均已达到"
        return
    if forecast.requirement is not None and forecast.reached:
        yield f"{name}的{wording.rate}{forecast.requirement.required}已达到"
    elif forecast.requirement is not None and forecast.in_time:
        yield (
            f"{name}的{wording.rate}{forecast.requirement.required}按目前进度可按期达到，"
            f"还需销号 {forecast.closures} 件"
        )
    lacking = [j.lack.words for j in unmet if j.lack and j.lack.closures is None]
    if lacking:
        yield f"{name}的其余要求尚在期限内：{'、'.join(lacking)}"
