"""五、督战开展情况 of the weekly report: supervisions and the counties' reports."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from duzhan.columns import ANALYSIS, TO_GROUP
from duzhan.compliance.duty_streaks import leader_of
from duzhan.compliance.week_duties import has_duties
from duzhan.report import words
from duzhan.report.weekly.phrases import clauses, names, paragraph, sentence
from duzhan.report.weekly.tables import Part, grid
from duzhan.report.words.issues import shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duzhan.compliance.duty_streaks import GroupWeek
    from duzhan.compliance.week_report import WeekReport
    from duzhan.model import Supervision, Wording

# Without a supervision on site for so long, a group is named 〔六(一)〕.
_LONG_AWAY = dt.timedelta(days=21)


def heading(report: WeekReport) -> str:
    """What the section is about: supervisions, reports, or both."""
    rules, verb = report.rules, report.wording.supervise
    if not rules.supervises:
        return "每周报告"
    if report.county is None or not rules.reports:
        return f"{verb}开展情况"
    return f"{verb}和报告"


def duties(report: WeekReport) -> list[Part]:
    """Who supervised how, who did not; reports expected, received, on time, complete."""
    rules = report.rules
    if not has_duties(report.week.monday, rules):
        told: list[Part] = [f"本周不在{_asked(report)}的期限内。"]
        return [*told, *_table(report)] if _supervised(report) else told
    supervises = rules.duty("supervision") is not None
    if report.county is not None:
        return [
            *paragraph(
                _own_supervision(report) if supervises else "",
                _own_report(report) if rules.reports else "",
            ),
            *supervisions(report),
        ]
    return [
        *(paragraph(_supervision(report), *_streaks(report)) if supervises else ()),
        *(paragraph(*_away(report)) if supervises else ()),
        *(paragraph(*_reports(report)) if rules.reports else ()),
        *_table(report),
    ]


def _asked(report: WeekReport) -> str:
    """The weekly duties that there are: 每周督战、每周报告."""
    rules = report.rules
    named = {
        f"每周{report.wording.supervise}": rules.duty("supervision") is not None,
        "每周报告": rules.reports,
    }
    return "、".join(name for name, there in named.items() if there) or "每周职责"


def lacks(column: str, wording: Wording) -> str:
    """What a report lacks, by the column that says so."""
    known = {TO_GROUP: f"没有报送{wording.group}", ANALYSIS: "缺小结分析"}
    return known.get(column, f"没有{column}")


def _supervised(report: WeekReport) -> list[GroupWeek]:
    return [group for group in report.duties if group.week.supervisions]


def _supervision(report: WeekReport) -> str:
    groups, active = report.duties, _supervised(report)
    wording = report.wording
    done = sum(len(group.week.supervisions) for group in active)
    verb = f"{'没有' if report.week.complete else '尚未'}开展{wording.supervise}"
    if not active:
        return f"本周{len(groups)}个{wording.group}均{verb}。"
    on_site = sum(group.on_site_this_week for group in active)
    random = sum(group.at_random_this_week for group in active)
    kinds = _kinds(on_site, random, report)
    if on_site == done:
        kinds = clauses(
            f"均为实地{wording.supervise}", f"其中{_random(report)}{random}次" if random else ""
        )
    figures = f"共{done}次，{'' if on_site in (0, done) else '其中'}{kinds}"
    if len(active) == len(groups):
        return f"本周{len(groups)}个{wording.group}均开展了{wording.supervise}，{figures}。"
    some = f"本周{len(groups)}个{wording.group}中，{len(active)}个"
    return f"{some}开展了{wording.supervise}，{figures}。"


def _kinds(on_site: int, random: int, report: WeekReport) -> str:
    """How many supervisions were on site, and how many came unannounced."""
    site = f"实地{on_site}次" if on_site else f"没有实地{report.wording.supervise}"
    if not report.rules.vocabularies.on_site_methods:
        site = ""
    return clauses(site, f"{_random(report)}{random}次" if random else "", mark="、")


def _random(report: WeekReport) -> str:
    """What an unannounced supervision is called."""
    return report.rules.vocabularies.random_flag or f"随机{report.wording.supervise}"


def _streaks(report: WeekReport) -> list[str]:
    """The groups that did not supervise, with for how long, each named once."""
    idle = [group for group in report.duties if group.unsupervised]
    if len(idle) == len(report.duties):
        weeks = {group.weeks_unsupervised for group in idle}
        if len(weeks) == 1:
            before = "" if report.week.complete else "此前"
            told = f"{before}均已连续{max(weeks)}周未{report.wording.supervise}。"
            return [told if max(weeks) > 1 else ""]
        idle = [group for group in idle if group.weeks_unsupervised > 1]
        return [sentence("、".join(_idle(group, report) for group in idle))]
    if not idle:
        return []
    verb = f"{'没有' if report.week.complete else '尚未'}开展{report.wording.supervise}"
    told = "、".join(_idle(group, report) for group in idle)
    return [f"{verb}的是{told}。"]


def _idle(group: GroupWeek, report: WeekReport) -> str:
    weeks = group.weeks_unsupervised
    if weeks > 1 or (weeks == 1 and not report.week.complete):
        before = "" if report.week.complete else "此前"
        again = "已连续" if weeks > 1 else "已有"
        return f"{group.group.name}（{before}{again}{weeks}周未{report.wording.supervise}）"
    return group.group.name


def _away(report: WeekReport) -> list[str]:
    """Groups that have long not been on the spot."""
    if not report.rules.vocabularies.on_site_methods:
        return []
    wording = report.wording
    never = [g.group.name for g in report.duties if g.last_on_site is None]
    long_ago = [
        g for g in report.duties
        if g.last_on_site is not None and report.week.as_of - g.last_on_site > _LONG_AWAY
    ]  # fmt: skip
    since = "、".join(
        f"{g.group.name}（上一次为{words.month_day(g.last_on_site)}）" for g in long_ago
    )
    if len(never) == len(report.duties):
        return [f"各{wording.group}至今都没有实地{wording.supervise}。"]
    return [
        sentence(
            f"至今没有实地{wording.supervise}的是{'、'.join(never)}" if never else "",
            f"超过{_LONG_AWAY.days}天没有实地{wording.supervise}的是{since}" if since else "",
            mark="；",
        )
    ]


def _reports(report: WeekReport) -> list[str]:
    figures = report.reports
    if not figures.expected:
        return [f"各{report.wording.unit}清单均已销号，本周不需报送周报。"]
    verb, none, owed = "收到", "一份也没有收到", f"应报{figures.expected}份"
    if not report.week.complete:
        due = words.month_day(report.week.sunday)
        verb, none, owed = "已收到", "尚未收到", f"应于{due}前报送{figures.expected}份"
    got = f"{verb}{figures.received}份" if figures.received else none
    whole = ""
    if figures.received:
        # As of a day of the week, none of its reports can have come late.
        sound = f"完整{figures.complete}份" if figures.complete else "没有完整的"
        same = figures.received == figures.complete
        whole = "均按时、完整" if same else f"其中按时{figures.on_time}份、{sound}"
    return [
        sentence(f"{report.wording.unit}周报{owed}", got, whole),
        _wanting(report.duties, complete_week=report.week.complete),
        *_incomplete(report),
    ]


def _wanting(duties: Sequence[GroupWeek], *, complete_week: bool) -> str:
    """Whose report did not come, each with its streak."""
    owed = [group for group in duties if group.week.report_expected]
    missing = [group for group in owed if group.week.report is None]
    weeks = {group.streaks.missed for group in missing}
    if len(missing) == len(duties) > 1 and len(weeks) == 1:
        return f"均已连续{max(weeks)}周未报。" if max(weeks) > 1 else ""
    if len(missing) == len(duties) > 1:
        missing = [group for group in missing if group.streaks.missed > 1]
    verb = "没有报送的" if complete_week else "尚未报送的"
    return sentence(f"{verb}是{'、'.join(map(_missed, missing))}" if missing else "")


def _missed(group: GroupWeek) -> str:
    weeks = group.streaks.missed
    return f"{group.county.name}（已连续{weeks}周未报）" if weeks > 1 else group.county.name


def _incomplete(report: WeekReport) -> list[str]:
    """What the reports lack, and whose."""
    wanting: dict[str, list[str]] = {}
    for group in report.duties:
        sent = group.week.report
        for part in sent.lacking if sent and group.week.report_expected else ():
            wanting.setdefault(lacks(part, report.wording), []).append(group.county.name)
    unit = report.wording.unit
    told = (f"{names(whose, unit)}的周报{what}" for what, whose in wanting.items())
    return [sentence(*told, mark="；")]


def _own_supervision(report: WeekReport) -> str:
    """A county's word on the supervisions of its group."""
    group, verb = report.duties[0], report.wording.supervise
    last = (
        f"上一次实地{verb}为{words.month_day(group.last_on_site)}"
        if group.last_on_site
        else f"至今没有实地{verb}"
    )
    if not report.rules.vocabularies.on_site_methods:
        last = ""
    done = len(group.week.supervisions)
    if not done:
        weeks = group.weeks_unsupervised
        not_yet = f"{'没有' if report.week.complete else '尚未'}{verb}"
        again = f"已连续{weeks}周" if weeks > 1 and report.week.complete else ""
        return sentence(f"{group.group.name}本周{not_yet}", again, last)
    on_site, random = group.on_site_this_week, group.at_random_this_week
    kinds = f"{'其中' if on_site else ''}{_kinds(on_site, random, report)}"
    if on_site == done:
        kinds = clauses(
            f"{'均' if done > 1 else ''}为实地{verb}",
            f"其中{_random(report)}{random}次" if random else "",
        )
    return sentence(f"{group.group.name}本周{verb}{done}次", kinds)


def _own_report(report: WeekReport) -> str:
    """A county's word on its own report; not on one that it may be writing just now."""
    group = report.duties[0]
    week, streaks = group.week, group.streaks
    if not week.report_expected:
        return "清单已全部销号，本周不需报送周报。"
    if week.report is None:
        earlier = streaks.missed - (1 if report.week.complete else 0)
        again = f"此前已连续{earlier}周未报，" if earlier > 1 else "上一周未报，" if earlier else ""
        return f"{again}本周周报应于{words.month_day(week.sunday)}前报送。"
    timely = "按时" if week.on_time else "晚于规定时间"
    wanting = "、".join(lacks(part, report.wording) for part in week.report.lacking)
    return sentence(
        f"本周周报已于{words.month_day(week.report.day)}{timely}报送",
        f"但{wanting}" if wanting else "",
    )


def _table(report: WeekReport) -> list[Part]:
    if report.county is not None:
        return supervisions(report)
    rules, wording = report.rules, report.wording
    columns = [wording.group]
    led = any(group.leaders for group in report.duties)
    on_site = bool(rules.vocabularies.on_site_methods)
    if rules.supervises:
        columns.append(f"本周{wording.supervise}+{' 带队领导+' if led else ''}")
        columns.append("累计实地/总数> 最近实地" if on_site else "累计>")
    if rules.reports:
        columns.append(f"{wording.unit}周报")
    rows = [
        (
            group.group.name,
            *(_supervised_by(group, report, led=led) if rules.supervises else ()),
            *([_report(group, complete=report.week.complete)] if rules.reports else ()),
        )
        for group in report.duties
    ]
    return [grid("", " ".join(columns), rows)] if len(columns) > 1 else []


def _supervised_by(group: GroupWeek, report: WeekReport, *, led: bool) -> tuple[str, ...]:
    """The week's supervisions, who led them, how many were on site so far, when last."""
    done = "；".join(_method(s) for s in group.week.supervisions)
    so_far: tuple[str, ...] = (
        f"{group.on_site}/{group.supervisions}",
        words.month_day(group.last_on_site),
    )
    if not report.rules.vocabularies.on_site_methods:
        so_far = (str(group.supervisions),)
    leaders = ("、".join(group.leaders) or words.NONE,) if led else ()
    return (done or _none(group, report.wording.supervise), *leaders, *so_far)


def _none(group: GroupWeek, verb: str) -> str:
    weeks = group.weeks_unsupervised
    if not group.week.supervision_expected:
        return words.NONE
    return f"未{verb}（连续{weeks}周）" if weeks > 1 else f"未{verb}"


def _method(supervision: Supervision) -> str:
    return f"{words.month_day(supervision.day)}{supervision.method}"


def _report(group: GroupWeek, *, complete: bool) -> str:
    week = group.week
    if week.report is None:
        return ("未报" if complete else "尚未报") if week.report_expected else "不需报送"
    timely = "按时" if week.on_time else "迟报"
    return timely if week.report.complete else f"{timely}，不完整"


def supervisions(report: WeekReport) -> list[Part]:
    """A county's supervisions of the week, with what was found and asked for."""
    rows = [
        (
            words.month_day(s.day),
            s.method,
            leader_of(group.group, s.leader) or words.NONE,
            shortened(s.findings) or words.NONE,
            shortened(s.demands) or words.NONE,
        )
        for group in report.duties
        for s in group.week.supervisions
    ]
    title = f"本周{report.wording.supervise}"
    return [grid(title, "日期 方式 带队领导+ 发现问题+ 工作要求+", rows)] if rows else []
