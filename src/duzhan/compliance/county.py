"""County -> status: counts, verdicts, what is lacking, duties, and the light."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from duzhan.compliance.forecast import forecast_of
from duzhan.compliance.lights import LightBasis, shine
from duzhan.compliance.milestones import gap_to, judge_milestones
from duzhan.compliance.results import WINDOW, CountyStatus, Overview
from duzhan.compliance.week_duties import week_duties, weeks_unsupervised
from duzhan.requirements.protocol import OnFile
from duzhan.weeks import last_complete_monday, monday_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from duzhan.compliance.results import Tally
    from duzhan.model import (
        Completion,
        County,
        CountyReport,
        Records,
        Rules,
        Score,
        Supervision,
    )

Filed = TypeVar("Filed", bound="Score | Completion | Supervision | CountyReport")


@dataclass(frozen=True, slots=True)
class _Known:
    """What is on file about one county.

    Attributes:
        evidence: what its requirements are judged by.
        closures: of each day asked for, its closures of the last two weeks.
        supervisions: by its group.
        reports: its weekly reports.
    """

    evidence: OnFile
    closures: Mapping[dt.date, int]
    supervisions: Sequence[Supervision]
    reports: Sequence[CountyReport]

    def unsettled(self, day: dt.date) -> bool:
        """Whether an issue is not closed on the day, or there is no data."""
        counts = self.evidence.counts
        return counts is None or not counts[day].settled


def days_needed(rules: Rules, days: Iterable[dt.date]) -> list[dt.date]:
    """The days whose counts a judgement as of some days rests on, ascending."""
    needed = set()
    for day in days:
        last_sunday = last_complete_monday(day) + dt.timedelta(days=6)
        needed |= {day, last_sunday, *(m.deadline for m in rules.milestones if m.deadline < day)}
    return sorted(needed)


def days_paced(days: Iterable[dt.date]) -> list[dt.date]:
    """The days whose closures of the last two weeks a judgement rests on, ascending."""
    return sorted(day for day in set(days) if day - dt.date.min >= WINDOW)


def judge_counties(
    tally: Tally,
    missing: Mapping[str, str],
    records: Records,
    rules: Rules,
    counties: Sequence[County],
    days: Iterable[dt.date],
) -> dict[dt.date, Overview]:
    """Judge all counties as of several days, from what was counted, on whatever engine.

    Args:
        tally: the counts of each of `counties` on all `days_needed`, and its closures
            on all `days_paced`.
        missing: county name to why it has no data, for those without.
        records: scores, deliverables, supervisions, reports.
        rules: the campaign.
        counties: in the roster's order.
        days: as of which days.
    """
    filed = _filed(records, rules)
    known = [_known(index, county, tally, missing, filed) for index, county in enumerate(counties)]
    return {
        day: Overview(
            day,
            rules.current_milestone(day),
            tuple(
                _status(county, ours, missing.get(county.name, ""), rules, day)
                for county, ours in zip(counties, known, strict=True)
            ),
        )
        for day in dict.fromkeys(days)
    }


def by_county(records: Iterable[Filed]) -> dict[str, list[Filed]]:
    """The records of each county that has any, by its name, in their order."""
    filed: dict[str, list[Filed]] = {}
    for record in records:
        filed.setdefault(record.county, []).append(record)
    return filed


def _filed(records: Records, rules: Rules) -> tuple[dict[str, list[Any]], ...]:
    """Scores but for self-assessments, completions, supervisions and reports, by county."""
    by_itself = rules.vocabularies.self_assessors
    return (
        by_county(score for score in records.scores if score.assessor not in by_itself),
        by_county(records.completions),
        by_county(records.supervisions),
        by_county(records.reports),
    )


def _known(
    index: int,
    county: County,
    tally: Tally,
    missing: Mapping[str, str],
    filed: Sequence[Mapping[str, list[Any]]],
) -> _Known:
    scores, completions, supervisions, reports = (kind.get(county.name, ()) for kind in filed)
    counts = None
    if county.name not in missing:
        counts = {day: counted[index] for day, counted in tally.counts.items()}
    closures = {day: closed[index] for day, closed in tally.closures.items()}
    return _Known(OnFile(counts, scores, completions), closures, supervisions, reports)


def _status(
    county: County, known: _Known, missing: str, rules: Rules, day: dt.date
) -> CountyStatus:
    evidence = known.evidence
    milestones = judge_milestones(rules.milestones, day, evidence, rules.wording)
    week, last_week = (
        week_duties(
            monday,
            day,
            rules,
            known.supervisions,
            known.reports,
            unsettled=known.unsettled(min(day, monday + dt.timedelta(days=6))),
        )
        for monday in (monday_of(day), last_complete_monday(day))
    )
    counts = None if evidence.counts is None else evidence.counts[day]
    closed = known.closures.get(day, 0) if counts is not None else 0
    ahead = next((m for m in milestones if m.milestone is rules.current_milestone(day)), None)
    forecast = forecast_of(county, counts, ahead, closed, day)
    on_file = LightBasis(milestones, ahead, counts, missing, forecast, last_week)
    light, reasons = shine(on_file, rules, day)
    scores = sorted((s for s in evidence.scores if s.day <= day), key=lambda s: s.day)
    return CountyStatus(
        county=county,
        light=light,
        reasons=reasons,
        has_data=counts is not None,
        missing_list=missing,
        counts=counts,
        score=scores[-1] if scores else None,
        milestones=milestones,
        week=week,
        last_week=last_week,
        weeks_unsupervised=weeks_unsupervised(day, rules, known.supervisions),
        last_on_site=max(
            (s.day for s in known.supervisions if s.on_site and s.day <= day), default=None
        ),
        gap=gap_to(ahead, forecast) if ahead and day >= rules.start else None,
        forecast=forecast,
    )
