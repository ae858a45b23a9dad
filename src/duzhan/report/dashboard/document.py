"""All that the page holds, from one computation: days, counties, issues, series, rules."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from duzhan.columns import ACTION, SOURCE
from duzhan.compliance.county import by_county
from duzhan.compliance.forecast import forecasts
from duzhan.compliance.snapshots import duty_weeks
from duzhan.report import words
from duzhan.report.dashboard.encode import Pool
from duzhan.report.dashboard.issues import EPOCH, issue_columns
from duzhan.report.dashboard.views import view
from duzhan.report.json import rules as jsonrules
from duzhan.report.pages.county import duties_title
from duzhan.requirements import SCORE, asked_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from duzhan.compliance.points import CountyPoints
    from duzhan.compliance.rechecks import RecheckShare
    from duzhan.compliance.results import Overview
    from duzhan.compliance.series import BurnUp
    from duzhan.dataset.folder import Dataset
    from duzhan.dataset.ledger import Ledger
    from duzhan.model import County, Group, Milestone, Records, Rules, Score

Json = dict[str, "Any"]


@dataclass(frozen=True, slots=True)
class DashboardFacts:
    """What the page is made of.

    Attributes:
        dataset: roster, rules and the sample's mark.
        as_of: the last day on offer.
        days: the days on offer.
        overviews: the judgement of those days.
        unsettled: for those days, and the Sunday of every week, the names of the counties with
            an issue that is not closed then, or without data.
        ledger: the issues that the page lists.
        records: scores, supervisions, reports.
        series: county name to its issues day by day, for the counties with data.
        shares: day to county name to what its rechecks found.
        points: where points were lost, by day.
        kept: the counties whose issues the page lists, the worst first; None for all of them.
    """

    dataset: Dataset
    as_of: dt.date
    days: tuple[dt.date, ...]
    overviews: Mapping[dt.date, Overview]
    unsettled: Mapping[dt.date, Collection[str]]
    ledger: Ledger
    records: Records
    series: Mapping[str, BurnUp]
    shares: Mapping[dt.date, Mapping[str, RecheckShare]]
    points: Mapping[dt.date, Sequence[CountyPoints]]
    kept: tuple[County, ...] | None

    @property
    def counties(self) -> tuple[County, ...]:
        """The counties shown, in the roster's order."""
        return tuple(status.county for status in self.overviews[self.as_of].counties)


def document(facts: DashboardFacts) -> Json:
    """Everything that the page's scripts read, nothing of it later than the as-of day.

    `views` holds, for each of `days`, the number of its view in `pool`.
    """
    rules = facts.dataset.rules
    pool = Pool()
    views = [pool.put(_view(facts, day)) for day in facts.days]
    series = {name: _burn_up(one) for name, one in facts.series.items()}
    groups = {group.county.code: group for group in facts.dataset.roster.groups}
    scores = by_county(facts.records.scores)
    return {
        "rules": _rules(rules),
        "wording": {
            key: word
            for key, word in asdict(rules.wording).items()
            if rules.scored or not key.startswith("score")
        },
        "parts": _parts(facts),
        "deadlines": [_number(milestone.deadline) for milestone in rules.milestones],
        "points": [_points(milestone) for milestone in rules.milestones],
        "start": _number(rules.start),
        "sample": facts.dataset.sample,
        "days": [_day(day, rules, facts.as_of) for day in facts.days],
        "counties": [
            {
                **_county(groups[county.code]),
                "scores": list(_scores(scores.get(county.name, ()), facts)),
                "series": series.get(county.name),
            }
            for county in facts.counties
        ],
        "views": views,
        "pool": pool.values,
        "kept": None if facts.kept is None else [county.code for county in facts.kept],
        "issues": issue_columns(facts.ledger, facts.days),
    }


def _rules(rules: Rules) -> Json:
    """The milestones with their sentences; of the duties no sentence: it names contacts."""
    duties = [{"name": duty.name, "clause": duty.clause} for duty in rules.duties]
    return {**jsonrules.milestones(rules), "duties": duties}


def _points(milestone: Milestone) -> float | None:
    """Where its line of points lies; None without one."""
    asked = next(iter(asked_of(milestone, SCORE)), None)
    return float(asked.threshold) if asked and asked.threshold is not None else None


def _parts(facts: DashboardFacts) -> Json:
    """What the campaign has, so that nothing of what it has not stands on the page."""
    rules, cells = facts.dataset.rules, facts.ledger.cells
    return {
        "scores": rules.scored,
        "supervision": rules.supervises,
        "on_site": rules.supervises and bool(rules.vocabularies.on_site_methods),
        "reports": rules.reports,
        "duties": duties_title(rules) if rules.supervises or rules.reports else "",
        **{
            key: any(text.strip() for text in cells[name].unique().to_pylist())
            for key, name in (("actions", ACTION), ("sources", SOURCE))
        },
    }


def _number(day: dt.date) -> int:
    return day.toordinal() - EPOCH


def _view(facts: DashboardFacts, day: dt.date) -> Json:
    rules = facts.dataset.rules
    weeks = duty_weeks(facts.unsettled, facts.counties, facts.records, rules, day)
    overview = facts.overviews[day]
    ahead = forecasts(overview)
    return view(overview, rules, weeks, ahead, facts.shares[day], facts.points[day])


def _day(day: dt.date, rules: Rules, as_of: dt.date) -> Json:
    """A day on offer, and why it is offered."""
    weekday = "一二三四五六日"[day.weekday()]
    why = [f"{milestone.name}节点" for milestone in rules.milestones if milestone.deadline == day]
    if day == as_of:
        why.append("截至日")
    one_year = rules.start.year == rules.end.year
    label = f"{words.month_day(day) if one_year else words.full_date(day)} 周{weekday}"
    return {
        "day": day.isoformat(),
        "number": _number(day),
        "label": f"{label}（{'、'.join(why)}）" if why else label,
    }


def _county(group: Group) -> Json:
    county = group.county
    leaders = [seat.display for seat in group.memberships if seat.role == "组长"]
    return {
        "name": county.name,
        "code": county.code,
        "aliases": list(county.aliases),
        "group": group.name,
        "leaders": leaders,
    }


def _burn_up(series: BurnUp) -> Json:
    return {
        "days": [_number(day) for day in series.days],
        "found": [counts.total for counts in series.counts],
        "claimed": [counts.closed + counts.claimed for counts in series.counts],
        "closed": [counts.closed for counts in series.counts],
        "asked": [[_number(day), closures] for day, closures in series.asked],
    }


def _scores(scores: Sequence[Score], facts: DashboardFacts) -> Iterator[Json]:
    ours = [score for score in scores if score.day <= facts.as_of]
    for score in sorted(ours, key=lambda score: score.day):
        yield {
            "number": _number(score.day),
            "day": score.day.isoformat(),
            **_assessment(score, facts.dataset.rules),
        }


def _assessment(score: Score, rules: Rules) -> Json:
    milestone = rules.milestone(score.milestone) if score.milestone else None
    return {
        "assessor": score.assessor,
        "own": score.assessor in rules.vocabularies.self_assessors,
        "value": None if score.points is None else float(score.points),
        "text": words.points(score.points) if score.points is not None else "总分读不出来",
        "milestone": milestone.name if milestone else "",
    }
