"""Which week is meant, and its result: what `weekly-report` and its mails have in common."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from duzhan.clock import today
from duzhan.errors import UsageError
from duzhan.weeks import last_complete_monday, monday_of, parse_week, week_id

if TYPE_CHECKING:
    import datetime as dt

    from duzhan.cli.session import Judged, Session
    from duzhan.compliance.week_report import ReportedWeek, WeekReport
    from duzhan.model import Rules

LAST = "last"
_LIKE_A_WEEK = re.compile(r"(?:(\d{4})\s*[-年]?\s*)?[Ww第]\s*(\d{1,2})\s*周?")


def chosen_week(text: str, rules: Rules) -> ReportedWeek:
    """Read the week that the command line names.

    Args:
        text: ``2021-W25``, ``last`` (the latest complete week) or a day of the week.
        rules: the campaign.

    Raises:
        UsageError: there is no such week in the campaign, or it has not begun.
    """
    from duzhan.compliance.week_report import reported_week

    now = max(today(rules.time_zone), rules.start)
    first, last = monday_of(rules.start), monday_of(rules.end)
    if text == LAST:
        return reported_week(min(max(last_complete_monday(now), first), last), now, rules)
    monday = parse_week(text)
    monday = _monday_of_day(text, rules) if monday is None else monday
    if not first <= monday <= last:
        message = f"--week 的 {week_id(monday)} 不在行动期（{week_id(first)} 至 {week_id(last)}）内"
        raise UsageError(message)
    if monday > now:
        raise UsageError(f"--week 的 {week_id(monday)} 还没有开始（今天是 {now}）")
    return reported_week(monday, now, rules)


def _monday_of_day(text: str, rules: Rules) -> dt.date:
    from duzhan.intake.dates import Calendar, read_date
    from duzhan.intake.text import shorten

    like = _LIKE_A_WEEK.fullmatch(text.strip())
    if like is None and (day := read_date(text, Calendar(rules.start, rules.end))):
        return monday_of(day)
    if like is None or int(like[2]) == 0:
        raise UsageError(f"--week 的“{shorten(text)}”不是周，应写成 2021-W25、last 或一个日期")
    meant = f"{like[1] or rules.start.year}-W{int(like[2]):02d}"
    if parse_week(meant) is None:
        raise UsageError(f"--week 的“{shorten(text)}”：{meant[:4]} 年没有第 {int(like[2])} 周")
    raise UsageError(f"--week 的“{shorten(text)}”写法不对，是否为 {meant}？")


def week_result(
    session: Session, week: ReportedWeek, *, quiet: bool = False
) -> tuple[WeekReport, Judged]:
    """Judge the week and the one before, and gather the result.

    Args:
        session: the dataset, and the county that was asked for.
        week: from `chosen_week`.
        quiet: say nothing of faulty cells.
    """
    from duzhan import __version__
    from duzhan.compliance.week_report import Provenance, Sources, report_week
    from duzhan.dataset.provenance import dataset_digest, recorded

    dataset = session.dataset
    judged = session.judged_on([week.as_of, week.sunday_before], quiet=quiet)
    digest = dataset_digest(dataset.root, dataset.roster, dataset.rules)
    sources = Sources(
        rules=dataset.rules,
        roster=dataset.roster,
        ledger=judged.ledger,
        records=judged.records,
        recorded=recorded(dataset.root, dataset.rules),
        provenance=Provenance(digest, dataset.rules.notice.number, __version__),
        sample=dataset.sample,
    )
    return report_week(week, session.county, judged.overviews, sources), judged
