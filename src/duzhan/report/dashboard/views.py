"""What the page shows of one day: `status --json`, and beside it the words that explain it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from duzhan.compliance.ranking import ranked
from duzhan.compliance.results import WINDOW
from duzhan.model import Verdict
from duzhan.report import words
from duzhan.report.dashboard.totals import totals
from duzhan.report.json.status import status_json, weekly_json
from duzhan.report.pages.county import needed, week_words
from duzhan.report.pages.points import points_sentences, points_table
from duzhan.report.pages.status import brief, lights_line, milestone_line
from duzhan.report.words import pace
from duzhan.report.words.rechecks import rechecked
from duzhan.requirements import RATE, SCORE, judged_of, kind_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from duzhan.compliance.points import CountyPoints
    from duzhan.compliance.rechecks import RecheckShare
    from duzhan.compliance.results import (
        CountyStatus,
        Forecast,
        MilestoneResult,
        Overview,
        WeekDuties,
    )
    from duzhan.model import Rules, Score
    from duzhan.requirements.results import RequirementResult

Json = dict[str, "Any"]

_REASONS_ON_A_CARD = 3


def view(
    overview: Overview,
    rules: Rules,
    weeks: Mapping[str, Sequence[WeekDuties]],
    forecasts: Sequence[Forecast],
    rechecks: Mapping[str, RecheckShare],
    points: Sequence[CountyPoints] = (),
) -> Json:
    """One day.

    Args:
        overview: the judgement as of the day.
        rules: the campaign.
        weeks: county name to the duties of every week, as of the day.
        forecasts: of the counties in the overview's order.
        rechecks: county name to those of its closed issues up to the day.
        points: where counties lost points; of those that it is known of.

    Returns:
        `status`: as `status --json`; `order`: the counties' numbers, worst first;
        `words`: a county's figures in words, in the order of `status`.
    """
    day, current = overview.as_of, overview.current
    places = {status.county.code: place for place, status in enumerate(overview.counties)}
    return {
        "date": words.full_date(day),
        "headline": milestone_line(current, day, rules.wording),
        "lights": lights_line(overview.counties),
        "totals": totals(overview, rules.wording),
        "forecast": pace.forecast_words(words.month_day(day - WINDOW), words.month_day(day)),
        "days_left": (current.deadline - day).days if current else None,
        "status": status_json(overview, rules, points),
        "order": [places[status.county.code] for status in ranked(overview.counties)],
        "words": [
            {
                **_county(status, overview, weeks[status.county.name], rules),
                "registers": _registers(status, rechecks[status.county.name]),
                "forecast": _forecast(forecast) if status.gap else [],
                **_points(status, points),
            }
            for status, forecast in zip(overview.counties, forecasts, strict=True)
        ],
    }


def _county(
    status: CountyStatus, overview: Overview, weeks: Sequence[WeekDuties], rules: Rules
) -> Json:
    day = overview.as_of
    score = status.score
    aimed_at = _aimed_at(status, overview)
    return {
        "light": words.LIGHTS[status.light],
        "brief": brief(status.reasons, _REASONS_ON_A_CARD),
        "missing_list": status.missing_list,
        "rate": "无问题" if _empty(status) else words.percent(status.rate),
        "claimed_rate": words.percent(status.claimed_rate),
        "score": _score(score),
        "score_by": f"{score.assessor}，{words.month_day(score.day)}" if score else "",
        "rate_line": _line(aimed_at, RATE),
        "score_line": _line(aimed_at, SCORE),
        "needed": needed(status.gap, rules.wording.score_short, has_data=status.has_data)
        if status.gap
        else [],
        "milestones": [
            [_requirement(judged) for judged in result.requirements] for result in status.milestones
        ],
        "week": week_words(status.week, day, rules),
        "last_week": _last_week(status, day, rules),
        "weeks_unsupervised": status.weeks_unsupervised,
        "last_on_site": words.month_day(status.last_on_site) if status.last_on_site else "没有",
        "weeks": [_week(week, day, rules) for week in weeks],
    }


def _registers(status: CountyStatus, share: RecheckShare) -> str:
    """What the registers hold about the county: deadlines extended, rechecks; "" for nothing."""
    counts, parts = status.counts, []
    if counts and counts.extended:
        parts.append(f"期限经批准延过的{counts.extended}件")
    if told := rechecked(share):
        parts.append(told)
    return f"{'；'.join(parts)}。" if parts else ""


def _points(status: CountyStatus, points: Sequence[CountyPoints]) -> Json:
    """What `status` says of the points lost: sentences, and the table's cells."""
    for told in points:
        if told.county.code == status.county.code:
            return {"points": {"told": points_sentences(told), **points_table(told)}}
    return {}


def _last_week(status: CountyStatus, day: dt.date, rules: Rules) -> str:
    """What was done in the latest complete week, unless that is the running one: on a Sunday."""
    last = status.last_week
    return week_words(last, day, rules) if last.monday != status.week.monday else ""


def _forecast(forecast: Forecast) -> list[list[str]]:
    """Title and text of what the weekly report says of the pace."""
    return [
        ["还需销号", pace.closures_wanting(forecast)],
        ["需要的进度", pace.pace_needed(forecast)],
        ["近两周每周销号", pace.pace_kept(forecast)],
        ["按此进度达到", pace.reached_on(forecast)],
    ]


def _score(score: Score | None) -> str:
    if score is None:
        return words.NONE
    return "总分读不出来" if score.points is None else f"{words.points(score.points)}分"


def _empty(status: CountyStatus) -> bool:
    return status.counts is not None and status.counts.total == 0


def _aimed_at(status: CountyStatus, overview: Overview) -> MilestoneResult:
    """The current milestone, after the last one the last."""
    ahead = [m for m in status.milestones if m.milestone is overview.current]
    return ahead[0] if ahead else status.milestones[-1]


def _line(result: MilestoneResult, kind: str) -> Json | None:
    """A milestone's line for the score or the rate, and how the county stands to it.

    `at` (a share, or points) is a place to draw the line at; it decides nothing.
    `unassessed`: no assessment counts for the milestone, whatever the latest one says.
    """
    for judged in judged_of(result.requirements, kind):
        owed = kind_of(judged.requirement).owed_by_county
        return {
            "text": words.required(judged),
            "at": float(judged.requirement.threshold or 0),
            "unassessed": not owed and judged.actual is None,
            **_verdict(judged),
        }
    return None


def _requirement(judged: RequirementResult) -> Json:
    return {
        "required": words.required(judged),
        "actual": words.actual(judged),
        **_verdict(judged),
    }


def _verdict(judged: RequirementResult) -> Json:
    """The verdict in words; `tone` is how bad it is."""
    tones = {
        Verdict.MET: "good",
        Verdict.MET_LATE: "fair",
        Verdict.PENDING: "fair",
        Verdict.MISSED: "bad",
        Verdict.NO_DATA: "bad" if kind_of(judged.requirement).owed_by_county else "fair",
    }
    return {"verdict": words.verdict(judged), "tone": tones[judged.verdict]}


def _week(week: WeekDuties, day: dt.date, rules: Rules) -> Json:
    """A week of the calendar: its dates, its `weekly` as in `status --json`, and both in words."""
    return {
        **weekly_json(week),
        "days": f"{words.month_day(week.monday)}—{words.month_day(week.sunday)}",
        "supervised": _supervised(week, day),
        "reported": _reported(week, day),
        "words": week_words(week, day, rules),
    }


def _supervised(week: WeekDuties, day: dt.date) -> str:
    if week.supervisions:
        return "done"
    return "missed" if week.sunday <= day else "due"


def _reported(week: WeekDuties, day: dt.date) -> str:
    if week.report is None:
        if not week.report_expected:
            return "free"
        return "missed" if week.sunday <= day else "due"
    if not week.on_time:
        return "late"
    return "done" if week.report.complete else "partial"
