"""The words of robots: counts, the worst issues, what is asked; a week in a few lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from duzhan.compliance.ranking import ranked
from duzhan.deliver.channels.robot import RobotText
from duzhan.deliver.plans import digest_of
from duzhan.model import Light
from duzhan.report import words
from duzhan.report.pages.issues import what
from duzhan.report.pages.status import lights_line
from duzhan.report.weekly.standings import points_of, rate_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from duzhan.compliance.issue_list import IssueLine
    from duzhan.compliance.results import CountyStatus
    from duzhan.compliance.week_report import WeekReport
    from duzhan.deliver.plans import Due
    from duzhan.model import Group, Wording

# A chat is read on a phone: the worst, and how many there are in all.
_WORST = 10
_GRAVEST = 3


def digest(notice: RobotText) -> str:
    """What tells a notice from one that says something else."""
    return digest_of([notice.title, *notice.lines])


def marked(notice: RobotText, due: Due, sample: str | None) -> RobotText:
    """A notice as it goes out: whether it replaces one, makes good for one, or is synthetic."""
    title = f"{notice.title}（更新）" if due.update else notice.title
    remarks = [sample] if sample else []
    if due.late_for:
        remarks.append(f"上一次（{due.late_for}）的没有送达，请以本条为准。")
    return replace(notice, title=title, lead=(*remarks, *notice.lead))


# ---------------------------------------------------------------- overdue issues


def overdue_of_county(
    group: Group, lines: Sequence[IssueLine], claimed: int, day: dt.date, wording: Wording
) -> RobotText | None:
    """A county's overdue issues, for its group; None without any.

    Args:
        group: whose county it is.
        lines: overdue issues and those due soon, the longest overdue first.
        claimed: how many wait for verification.
        day: as of which day.
        wording: what things are called.
    """
    late = [line for line in lines if _late(line)]
    if not late:
        return None
    soon = len(lines) - len(late)
    figures = [f"超期未整改{len(late)}件，最长的超期{_longest(late)}天"]
    figures += [f"即将到期{soon}件"] if soon else []
    figures += [f"待核验{claimed}件"] if claimed else []
    asked = "请督促责任单位抓紧整改，整改完成后及时核验销号。"
    if claimed:
        asked = f"请督促责任单位抓紧整改，并组织核验{claimed}件待核验问题。"
    return RobotText(
        f"【{wording.subject}】{group.county.name}超期问题 {len(late)} 件（截至{day}）",
        (f"{'；'.join(figures)}。",),
        tuple(f"{at}. {_described(line)}" for at, line in enumerate(late[:_WORST], 1)),
        max(0, len(late) - _WORST),
        (asked,),
    )


def overdue_of_all(
    name: str,
    lines: Sequence[IssueLine],
    missing: Mapping[str, str],
    day: dt.date,
    wording: Wording,
) -> RobotText | None:
    """All counties' overdue issues, for the offices; None without any.

    Args:
        name: what the whole is called.
        lines: overdue issues, by county, the longest overdue first.
        missing: county name to why it has no data.
        day: as of which day.
        wording: what things are called.
    """
    late = [line for line in lines if _late(line)]
    if not late:
        return None
    counties: dict[str, list[IssueLine]] = {}
    for line in late:
        counties.setdefault(line.county, []).append(line)
    worst = sorted(counties.items(), key=lambda entry: (-len(entry[1]), -_longest(entry[1])))
    gravest = sorted(late, key=lambda line: -(line.days_overdue or 0))[:_GRAVEST]
    figures = (
        f"超期未整改{len(late)}件，涉及{len(counties)}个{wording.unit}，"
        f"最长的超期{_longest(late)}天。"
    )
    lacking = (f"没有清单、不能判断是否超期：{'、'.join(missing)}。",) if missing else ()
    return RobotText(
        f"【{wording.subject}】{name}超期问题 {len(late)} 件（截至{day}）",
        (
            figures,
            *lacking,
            *(f"{line.county}：{_described(line)}" for line in gravest),
        ),
        tuple(f"{county}{len(ours)}件，最长的超期{_longest(ours)}天" for county, ours in worst),
        0,
        (f"请各{wording.group}督促责任单位抓紧整改，整改完成后及时核验销号。",),
        f"个{wording.unit}",
    )


def _late(line: IssueLine) -> bool:
    return (line.days_overdue or 0) > 0


def _longest(lines: Sequence[IssueLine]) -> int:
    return max(line.days_overdue or 0 for line in lines)


def _described(line: IssueLine) -> str:
    unit = " ".join(line.unit.split()) or "没有写责任单位"
    return f"超期{line.days_overdue}天：{what(line)}，{unit}，限{words.month_day(line.due_on)}"


# ---------------------------------------------------------------- a week


def week_of_county(status: CountyStatus, report: WeekReport, wording: Wording) -> RobotText:
    """A county's week, for its group."""
    return RobotText(
        f"【{wording.subject}】{status.county.name}周报要点（{_week(report)}）",
        (
            f"{words.LIGHTS[status.light]}灯，{_figures(status, wording)}。",
            *_change(status, report, wording),
        ),
        tuple(f"· {words.tight(reason)}" for reason in status.reasons),
        0,
        (_asked(status, wording),),
        "项原因",
    )


def week_of_all(name: str, report: WeekReport, wording: Wording) -> RobotText:
    """The whole week, for the offices."""
    statuses = ranked(report.status.counties)
    red = [status.county.name for status in statuses if status.light is Light.RED]
    asked = (
        f"请督促{'、'.join(red)}限期整改{'、补报' if report.rules.reports else ''}。"
        if red
        else f"请各{wording.group}继续督促，保持进度。"
    )
    return RobotText(
        f"【{wording.subject}】{name}周报要点（{_week(report)}）",
        (f"截至{words.month_day(report.week.as_of)}，{lights_line(statuses)}。",),
        tuple(
            f"{words.LIGHTS[status.light]} {status.county.name}：{_figures(status, wording)}"
            for status in statuses
        ),
        0,
        (asked,),
        f"个{wording.unit}",
    )


def _week(report: WeekReport) -> str:
    number = f"，第{report.week.number}期" if report.week.number else ""
    return f"{report.week.id}{number}"


def _figures(status: CountyStatus, wording: Wording) -> str:
    """Rate, points, and what is still open."""
    counts = status.counts
    if counts is None:
        return status.missing_list or "没有数据"
    share = f"（{counts.closed}/{counts.total}）" if counts.total else ""
    parts = [f"{wording.rate}{rate_of(status)}{share}"]
    parts += [f"{wording.score_short}{points_of(status)}"] if status.score else []
    parts += [f"超期{counts.overdue}件", f"待核验{counts.claimed}件"]
    return "，".join(parts)


def _change(status: CountyStatus, report: WeekReport, wording: Wording) -> tuple[str, ...]:
    """Last week's rate and light, where they were others."""
    earlier = report.previous.counties if report.week.has_before else ()
    for before in earlier:
        same = before.light is status.light and rate_of(before) == rate_of(status)
        if before.county.code == status.county.code and not same:
            light = words.LIGHTS[before.light]
            return (f"上周：{light}灯，{wording.rate}{rate_of(before)}。",)
    return ()


def _asked(status: CountyStatus, wording: Wording) -> str:
    """What the group should do this week."""
    counts = status.counts
    if counts is None:
        return "请催报问题清单。"
    asked = []
    if counts.claimed:
        asked.append(f"核验待核验问题{counts.claimed}件")
    if counts.overdue:
        asked.append(f"督促超期的{counts.overdue}件限期整改")
    if status.weeks_unsupervised:
        asked.append(f"本周至少{wording.supervise}一次")
    return f"请{'，'.join(asked)}。" if asked else "请继续督促，保持进度。"
