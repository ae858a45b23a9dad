"""督战要点: the week on one page, in sentences and one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.compliance.brief import brief_of
from duzhan.compliance.results import WINDOW
from duzhan.model import Light
from duzhan.report import words
from duzhan.report.weekly.overall import total_rate, totals
from duzhan.report.weekly.phrases import clauses, sentence, supervised, whole
from duzhan.report.weekly.tables import Part, ReportTable, grid
from duzhan.report.words.issues import described, identified, shortened
from duzhan.report.words.items import gain_words
from duzhan.report.words.needs import lacking, marks, task_legend, task_names
from duzhan.report.words.pace import left, reached_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duzhan.compliance.brief import Ask, Brief, CountyBrief, Grave
    from duzhan.compliance.week_report import WeekReport
    from duzhan.model import Requirement

# One page holds so many counties; the others stand in the full report.
SHOWN = 16
# With more than so many every line is kept short.
ROOMY = 10
_ASKED, _ASKED_TIGHT = 4, 2


def headline(brief: Brief) -> str:
    """The whole in one sentence."""
    report = brief.report
    return sentence(_issues(report), _ahead(brief), _lights(report), _outlook(brief), mark="；")


def _issues(report: WeekReport) -> str:
    who = report.county.name if report.county else whole(report)
    if not any(status.has_data for status in report.status.counties):
        return f"{who}没有可用的问题清单，按无数据处理"
    added, rate = totals(report.status), total_rate(report.status)
    if rate is None:
        return f"{who}清单中还没有问题"
    done = added["closed"]
    closed = "已全部销号" if done == added["total"] else f"已销号{done}件" if done else "均未销号"
    before = total_rate(report.previous) if report.week.has_before else None
    return clauses(
        f"{who}问题{added['total']}件{'' if done else '，'}{closed}",
        f"{report.wording.rate}{words.percent(rate)}",
        _change(words.change(before, rate)),
    )


def _change(moved: str) -> str:
    if moved == words.NONE:
        return ""
    if moved == "0.0":
        return "与上周持平"
    return f"比上周{'降' if moved.startswith('-') else '升'}{moved.lstrip('+-')}个百分点"


def _ahead(brief: Brief) -> str:
    report = brief.report
    milestone, days = report.milestone, report.days_left
    if milestone is None or days is None:
        return "各节点均已到期"
    rule = brief.counties[0].forecast.requirement
    asked = f"{rule.required}{_read(rule)}的要求" if rule else "节点"
    begin = f"{'距' if days else ''}{milestone.name}{asked}{left(days)}"
    if rule is None or not any(one.now.has_data for one in brief.counties):
        return begin
    if not brief.closures:
        everybody = report.county is not None or all(one.now.has_data for one in brief.counties)
        return clauses(begin, "均已达到" if everybody and len(brief.counties) > 1 else "已达到")
    return f"{begin}、还需销号{brief.closures}件"


def _read(rule: Requirement) -> str:
    return "（解释值）" if rule.interpreted else ""


def _lights(report: WeekReport) -> str:
    lights = [status.light for status in report.status.counties]
    if len(lights) == 1:
        return f"{words.LIGHTS[lights[0]][1]}灯"
    return "、".join(
        f"{words.LIGHTS[light][1]}灯{lights.count(light)}个"
        for light in (Light.RED, Light.YELLOW, Light.GREEN)
        if light in lights
    )


def _outlook(brief: Brief) -> str:
    """Who will be late at the present pace."""
    late = [one for one in brief.counties if one.forecast.in_time is False]
    if not late:
        return ""
    if len(brief.counties) == 1:
        return f"按近{WINDOW.days}天的速度难以按期达到"
    unit = brief.report.wording.unit
    return f"按近{WINDOW.days}天的速度，{len(late)}个{unit}难以按期达到"


# ---------------------------------------------------------------- the table


def table(brief: Brief) -> ReportTable:
    """All counties, worst first; a figure never stands without its line."""
    first = brief.counties[0]
    rate, score = first.forecast.requirement, first.score
    tasks = task_names(brief.report.milestone)
    wording = brief.report.wording
    columns = [
        wording.unit,
        "灯",
        f"{wording.rate_short}{f'（线{rate.required}）' if rate else ''}>",
        "比上周>",
        *([f"{wording.score_short}（线{score.requirement.required}）"] if score else []),
        "超期>",
        "待核验>",
        "还差+",
        *(["照此速度+"] if rate else []),
    ]
    rows = [
        _row(
            one,
            lacking(one.now, tasks, wording.score_short),
            rated=rate is not None,
            scored=score is not None,
        )
        for one in brief.counties[:SHOWN]
    ]
    return grid("", " ".join(columns), rows)


def _row(one: CountyBrief, lacks: str, *, rated: bool, scored: bool) -> tuple[str, ...]:
    counts = one.now.counts
    return (
        one.now.county.name,
        words.LIGHTS[one.now.light],
        "无数据" if counts is None else words.percent(one.now.rate) if counts.total else "无问题",
        words.change(one.before.rate if one.before else None, one.now.rate),
        *([score_of(one)] if scored else []),
        str(counts.overdue) if counts else words.NONE,
        str(counts.claimed) if counts else words.NONE,
        lacks,
        *([reached_on(one.forecast)] if rated else []),
    )


def score_of(one: CountyBrief) -> str:
    """The points that count for the current milestone, with who gave them."""
    if one.score is None or one.score.actual is None:
        return "待评估"
    given = one.now.score
    asked = one.score.requirement.assessors
    counts = given is not None and given.assessor in asked and given.points == one.score.actual
    who = given.assessor if given and counts else ""
    return words.actual(one.score).removesuffix("分") + (f"（{who}）" if who else "")


def legend(brief: Brief) -> str:
    """What the table's short words mean: whose score counts, which tasks."""
    score, tasks = brief.counties[0].score, task_names(brief.report.milestone)
    unit = brief.report.wording.unit
    told = []
    if score is not None:
        read = _read(score.requirement)
        told.append(
            f"{brief.report.wording.score_short}以{'或'.join(score.requirement.assessors)}评估的为准{read}"
        )
    if tasks:
        told.append(task_legend(tasks))
    if more := len(brief.counties) - SHOWN:
        told.extend([f"其余{more}个{unit}见周报"] if more > 0 else [])
    return sentence(*told, mark="；")


# ---------------------------------------------------------------- what cannot wait, who must act


def grave_lines(brief: Brief) -> list[str]:
    """The gravest issues, a line each."""
    return [_grave(one, alone=brief.report.county is not None) for one in brief.gravest]


def _grave(one: Grave, *, alone: bool) -> str:
    issue = one.issue
    which = f"{identified(issue)}，" if alone else f"{issue.county}（{issue.id or '无编号'}）"
    return sentence(f"{which}{described(issue)}", shortened(issue.unit), _since(one))


def _since(one: Grave) -> str:
    return f"报完成后{one.days}天无人核验" if one.waiting else f"超期{one.days}天"


def ask_lines(brief: Brief) -> list[tuple[str, str]]:
    """A group, and what it has to do, in one line."""
    most = _ASKED if len(brief.asks) <= ROOMY else _ASKED_TIGHT
    tasks = task_names(brief.report.milestone)
    return [
        (ask.group.name, sentence(*_asked(ask, tasks, brief.report)[:most], mark="；"))
        for ask in brief.asks[:SHOWN]
    ]


def _asked(ask: Ask, tasks: Sequence[str], report: WeekReport) -> list[str]:
    """What is asked of a group, the most pressing first."""
    county = _county_asked(ask, tasks, report)
    late = ask.status.counts.overdue if ask.status.counts else 0
    told = [
        _supervise(ask, report.wording.supervise, complete=report.week.complete),
        _verify(ask, report.wording.rate_short),
        f"督促整改超期{late}件" if late else "",
        f"请{supervised(ask.group)}{county}" if county else "",
    ]
    return [one for one in told if one] or [_steady(ask)]


def _supervise(ask: Ask, verb: str, *, complete: bool) -> str:
    if ask.weeks_idle:
        idle = f"已连续{ask.weeks_idle}周未{verb}" if ask.weeks_idle > 1 else f"本周未{verb}"
        return f"{idle if complete else f'本周尚未{verb}'}，先去实地"
    if not ask.away:
        return ""
    since = "至今" if ask.days_away is None else f"{ask.days_away}天"
    return f"{since}没有实地{verb}，要去一次实地"


def _verify(ask: Ask, rate: str) -> str:
    if not ask.claims:
        return ""
    oldest = f"（最久已等{ask.longest}天）" if ask.longest > 1 else ""
    gained = f"，如均属实，{rate}为{words.percent(ask.verified)}" if ask.verified else ""
    return f"核验{ask.claims}件{oldest}{gained}"


def _county_asked(ask: Ask, tasks: Sequence[str], report: WeekReport) -> str:
    gap, week = ask.status.gap, report.week
    owed = "补报周报" if week.complete else f"{words.month_day(week.sunday)}前报送周报"
    parts = [
        "报送问题清单" if ask.list_missing else "",
        owed if ask.report_missing else "",
        f"更正数据{ask.faulty}件" if ask.faulty else "",
    ]
    if gap and gap.deliverables:
        parts.append(f"完成任务{marks(tasks, gap.deliverables)}")
    if ask.fewest and ask.fewest.reaches:
        parts.append(gain_words(ask.fewest))
    return clauses(*parts, mark="、")


def _steady(ask: Ask) -> str:
    gap = ask.status.gap
    if gap and gap.closures:
        return f"盯住还需销号的{gap.closures}件"
    return "没有急办事项"


# ---------------------------------------------------------------- as parts of a report


def parts(report: WeekReport) -> list[Part]:
    """The page as paragraphs and a table, as the full report begins with it."""
    brief = brief_of(report)
    note = legend(brief)
    return [
        headline(brief),
        table(brief),
        *([note] if note else []),
        *([_graves(brief)] if brief.gravest else []),
        grid(ask_title(brief), f"{report.wording.group} 请做+", ask_lines(brief)),
    ]


def _graves(brief: Brief) -> ReportTable:
    """The gravest issues as a table."""
    alone, unit = brief.report.county is not None, brief.report.wording.unit
    rows = [
        (
            *(() if alone else (one.issue.county,)),
            identified(one.issue),
            described(one.issue),
            shortened(one.issue.unit) or words.NONE,
            _since(one),
        )
        for one in brief.gravest
    ]
    columns = f"{'' if alone else f'{unit} '}编号 问题+ 责任单位+ 情况"
    return grid(grave_title(brief), columns, rows)


def grave_title(brief: Brief) -> str:
    """最急三件, or how many there are."""
    return f"最急{'一两三'[len(brief.gravest) - 1]}件"


def ask_title(brief: Brief) -> str:
    """For whole weeks the next one."""
    return "下周请做" if brief.report.week.complete else "本周请做"
