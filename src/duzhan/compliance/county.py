"""County -> status: counts, verdicts, duties, and the light with its reasons in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from duzhan.compliance.milestones import gap_to, judge_milestones
from duzhan.compliance.results import (
    Counts,
    CountyStatus,
    MilestoneResult,
    Overview,
    WeekDuties,
)
from duzhan.compliance.states import counts as counts_of
from duzhan.compliance.week_duties import week_duties, weeks_unsupervised
from duzhan.model import Light, Verdict
from duzhan.weeks import last_complete_monday, monday_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from duzhan.dataset.facts import Facts
    from duzhan.model import (
        Completion,
        County,
        CountyReport,
        Records,
        Rules,
        Score,
        Supervision,
    )

_KINDS = {"score": "评分", "rectification_rate": "整改达标率", "deliverable": ""}


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What is on file about one county."""

    counts: Mapping[dt.date, Counts] | None
    scores: Sequence[Score]
    completions: Sequence[Completion]
    supervisions: Sequence[Supervision]
    reports: Sequence[CountyReport]

    def unsettled(self, day: dt.date) -> bool:
        """Whether an issue is not closed on the day, or there is no data."""
        return self.counts is None or not self.counts[day].settled


def days_needed(rules: Rules, days: Iterable[dt.date]) -> list[dt.date]:
    """The days whose counts a judgement as of some days rests on, ascending."""
    needed = set()
    for day in days:
        last_sunday = last_complete_monday(day) + dt.timedelta(days=6)
        needed |= {day, last_sunday, *(m.deadline for m in rules.milestones if m.deadline < day)}
    return sorted(needed)


def overviews(
    facts: Facts,
    missing: Mapping[str, str],
    records: Records,
    rules: Rules,
    counties: Sequence[County],
    days: Iterable[dt.date],
) -> dict[dt.date, Overview]:
    """Judge all counties as of several days, from a ledger in memory.

    Args:
        facts: the issue ledger; its county indexes refer to `counties`.
        missing: county name to why it has no data, for those without.
        records: scores, deliverables, supervisions, reports.
        rules: the campaign.
        counties: in the roster's order.
        days: as of which days.

    Returns:
        The days in the order asked for, each with its judgement.
    """
    asked = list(days)
    counted = counts_of(facts, days_needed(rules, asked), len(counties))
    return judge_counties(counted, missing, records, rules, counties, asked)


def judge_counties(
    counted: Mapping[dt.date, Sequence[Counts]],
    missing: Mapping[str, str],
    records: Records,
    rules: Rules,
    counties: Sequence[County],
    days: Iterable[dt.date],
) -> dict[dt.date, Overview]:
    """Judge all counties as of several days, from what was counted, on whatever engine.

    Args:
        counted: the counts of each of `counties`, on all `days_needed`.
        missing: county name to why it has no data, for those without.
        records: scores, deliverables, supervisions, reports.
        rules: the campaign.
        counties: in the roster's order.
        days: as of which days.
    """
    filed = _by_county(records, rules)
    evidence = [
        _Evidence(
            None if county.name in missing else {on: counted[on][index] for on in counted},
            *(kind.get(county.name, ()) for kind in filed),
        )
        for index, county in enumerate(counties)
    ]
    return {
        day: Overview(
            day,
            rules.current_milestone(day),
            tuple(
                _status(county, known, missing.get(county.name, ""), rules, day)
                for county, known in zip(counties, evidence, strict=True)
            ),
        )
        for day in dict.fromkeys(days)
    }


def _by_county(records: Records, rules: Rules) -> tuple[dict[str, list[Any]], ...]:
    """Scores but for self-assessments, completions, supervisions and reports, by county."""
    by_itself = rules.vocabularies.self_assessors
    scores = [score for score in records.scores if score.assessor not in by_itself]
    filed: list[dict[str, list[Any]]] = []
    for kind in (scores, records.completions, records.supervisions, records.reports):
        filed.append({})
        for record in kind:
            filed[-1].setdefault(record.county, []).append(record)
    return tuple(filed)


def _status(
    county: County, evidence: _Evidence, missing: str, rules: Rules, day: dt.date
) -> CountyStatus:
    milestones = judge_milestones(
        rules.milestones, day, evidence.counts, evidence.scores, evidence.completions
    )
    week, last_week = (
        week_duties(
            monday,
            day,
            rules,
            evidence.supervisions,
            evidence.reports,
            unsettled=evidence.unsettled(min(day, monday + dt.timedelta(days=6))),
        )
        for monday in (monday_of(day), last_complete_monday(day))
    )
    counts = None if evidence.counts is None else evidence.counts[day]
    current = rules.current_milestone(day)
    ahead = next((m for m in milestones if m.milestone is current), None)
    red = list(_red(milestones, day))
    yellow = [
        *([missing] if counts is None else []),
        *_unassessed(milestones, day),
        *(_due_soon(ahead, (ahead.milestone.deadline - day).days, rules) if ahead else ()),
        *(_uncleanness(counts) if counts is not None else ()),
        *_neglect(last_week),
    ]
    scores = sorted((s for s in evidence.scores if s.day <= day), key=lambda s: s.day)
    return CountyStatus(
        county=county,
        light=Light.RED if red else Light.YELLOW if yellow else Light.GREEN,
        reasons=(*red, *yellow),
        has_data=counts is not None,
        missing_list=missing,
        counts=counts,
        score=scores[-1] if scores else None,
        milestones=milestones,
        week=week,
        last_week=last_week,
        weeks_unsupervised=weeks_unsupervised(day, rules, evidence.supervisions),
        last_on_site=max(
            (s.day for s in evidence.supervisions if s.on_site and s.day <= day), default=None
        ),
        gap=gap_to(ahead, counts) if ahead else None,
    )


def _red(milestones: Sequence[MilestoneResult], day: dt.date) -> Iterator[str]:
    """A requirement of a past milestone is missed, or its rate has no data."""
    for result in milestones:
        if result.milestone.deadline >= day:
            continue
        for judged in result.requirements:
            what = _KINDS[judged.requirement.kind] or f"“{judged.requirement.name}”"
            if judged.verdict is Verdict.MISSED:
                yield f"{result.milestone.name}{what}未达标"
            elif judged.verdict is Verdict.NO_DATA and judged.requirement.kind != "score":
                yield f"{result.milestone.name}{what}无数据"


def _unassessed(milestones: Sequence[MilestoneResult], day: dt.date) -> Iterator[str]:
    """A past score without any assessment: the assessor's debt, not the county's."""
    for result in milestones:
        for judged in result.requirements:
            unassessed = judged.verdict is Verdict.NO_DATA and judged.requirement.kind == "score"
            if unassessed and result.milestone.deadline < day:
                yield f"{result.milestone.name}评分未评估"


def _due_soon(ahead: MilestoneResult, days_left: int, rules: Rules) -> Iterator[str]:
    unmet = sum(judged.verdict is not Verdict.MET for judged in ahead.requirements)
    if unmet and days_left <= rules.warn_days:
        deadline = ahead.milestone.deadline
        when = f"还有 {days_left} 天" if days_left else "今天到期"
        yield f"{deadline.month}月{deadline.day}日节点{when}，{unmet} 项要求未达到"


def _uncleanness(counts: Counts) -> Iterator[str]:
    """Green needs clean data."""
    if counts.overdue:
        yield f"{counts.overdue} 件超期"
    if counts.no_due_date:
        yield f"{counts.no_due_date} 件没有整改期限"
    if counts.invalid:
        yield f"{counts.invalid} 件数据有误"


def _neglect(last_week: WeekDuties) -> Iterator[str]:
    if last_week.supervision_expected and not last_week.supervisions:
        yield "上一整周未督战"
    if last_week.report_expected and last_week.report is None:
        yield "上一整周未报送周报"
