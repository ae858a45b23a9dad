"""一、总体情况 of the weekly report: lights, issues, the milestone, what changed."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from duzhan.model import Light, Verdict
from duzhan.report import words
from duzhan.report.weekly.phrases import (
    REST,
    clauses,
    named,
    names,
    paragraph,
    sentence,
    when,
    whole,
)
from duzhan.report.words.pace import left
from duzhan.requirements import judged_of, kind_of
from duzhan.requirements.results import Rate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duzhan.compliance.results import CountyStatus, Overview
    from duzhan.compliance.week_report import Mover, WeekReport
    from duzhan.model import Milestone
    from duzhan.report.weekly.tables import Part
    from duzhan.requirements.results import RequirementResult

_LIGHTS = (Light.GREEN, Light.YELLOW, Light.RED)
_WORD = {light: words.LIGHTS[light][1] for light in _LIGHTS}
_CHANGES_SHOWN = 3


def overall(report: WeekReport) -> list[Part]:
    """The week in words: lights, issues, what the milestone asks for, what changed."""
    return [
        *paragraph(_lights(report), _issues(report), *_without_data(report)),
        *paragraph(*_milestone(report)),
        *paragraph(*_changes(report)),
    ]


def _lights(report: WeekReport) -> str:
    statuses = report.status.counties
    begin = f"{when(report.week.as_of)}，{whole(report)}{len(statuses)}个{report.wording.unit}"
    by_light = {light: [s.county.name for s in statuses if s.light is light] for light in _LIGHTS}
    shown = [light for light in _LIGHTS if by_light[light]]
    if len(shown) == 1:
        return f"{begin}均为{_WORD[shown[0]]}灯。"
    parts = []
    for light in shown:
        several = light is not Light.RED and len(by_light[light]) > 3
        told = (
            f"{len(by_light[light])}个" if several else named(by_light[light], report.wording.unit)
        )
        parts.append(f"{_WORD[light]}灯{told}")
    return f"{begin}中，{'，'.join(parts)}。"


def totals(overview: Overview) -> Counter[str]:
    """All counties' issues, added up; those without data have none."""
    added: Counter[str] = Counter()
    for status in overview.counties:
        counts = status.counts
        if counts is not None:
            added.update(
                total=counts.total, closed=counts.closed, claimed=counts.claimed,
                open=counts.open, overdue=counts.overdue,
            )  # fmt: skip
    return added


def total_rate(overview: Overview) -> Rate | None:
    """The rectification rate over all counties' issues; None without issues."""
    added = totals(overview)
    return Rate(added["closed"], added["total"]) if added["total"] else None


def _issues(report: WeekReport) -> str:
    added = totals(report.status)
    if not any(status.has_data for status in report.status.counties):
        return ""
    if not added["total"]:
        return "清单中还没有问题。"
    return issue_sentence(added, "共有", report.wording.rate)


def issue_sentence(added: Counter[str], begin: str, rate: str) -> str:
    """Issues found, closed, claimed and open, with the rates.

    Args:
        added: how many there are of each.
        begin: how the sentence begins.
        rate: what the rate is called.
    """
    total, closed, claimed = added["total"], added["closed"], added["claimed"]
    if closed == total:
        return f"{begin}问题{total}件，已全部销号，{rate}100.0%。"
    settled = f"已销号{closed}件" if closed else "都还没有销号"
    figures = f"{begin}问题{total}件，{settled}，{rate}{words.percent(Rate(closed, total))}"
    waiting = (
        f"另有{claimed}件已报整改完成、等待核验，计入后为"
        f"{words.percent(Rate(closed + claimed, total))}（仅供参考）"
        if claimed
        else ""
    )
    late = f"，其中{added['overdue']}件已超期" if added["overdue"] else "，没有超期"
    if added["overdue"] == added["open"]:
        late = "，均已超期"
    still = f"未整改{added['open']}件{late}" if added["open"] else ""
    return sentence(figures, waiting, still, mark="；")


def _without_data(report: WeekReport) -> list[str]:
    """Counties without a list, by the reason, so that nobody takes the sums for the whole."""
    overview, unit = report.status, report.wording.unit
    reasons: dict[str, list[str]] = {}
    for status in overview.counties:
        if not status.has_data:
            reasons.setdefault(status.missing_list, []).append(status.county.name)
    if len(next(iter(reasons.values()), ())) == len(overview.counties):
        return [f"各{unit}均{next(iter(reasons))}，按无数据处理。"]
    known = any(status.has_data for status in overview.counties)
    left_out = "，未计入以上件数" if known else ""
    return [
        f"{names(counties, unit)}{reason}，按无数据处理{left_out}。"
        for reason, counties in reasons.items()
    ]


# ---------------------------------------------------------------- the milestone


def _milestone(report: WeekReport) -> list[str]:
    milestone, days = report.milestone, report.days_left
    if milestone is None or days is None:
        return ["各节点均已到期。"]
    begin = f"对照{milestone.name}节点（{words.month_day(milestone.deadline)}，{left(days)}）："
    told = [*(_met(report, kind) for kind in _measured(milestone)), _tasks(report)]
    return [begin, sentence(*told, mark="；")] if any(told) else []


def _measured(milestone: Milestone) -> list[str]:
    """The kinds that are no tasks: first what a county itself brings about."""
    rules = [rule for rule in milestone.requirements if rule.basis != "deliverables"]
    rules.sort(key=lambda rule: not kind_of(rule).owed_by_county)
    return list(dict.fromkeys(rule.kind for rule in rules))


def ahead(status: CountyStatus, report: WeekReport) -> list[RequirementResult]:
    """The current milestone's requirements, as they stand for a county."""
    return [
        result
        for one in status.milestones
        if report.milestone is not None and one.milestone.id == report.milestone.id
        for result in one.requirements
    ]


def tasks_of(status: CountyStatus, report: WeekReport) -> list[RequirementResult]:
    """Those of them that are tasks."""
    return [one for one in ahead(status, report) if one.requirement.basis == "deliverables"]


def _met(report: WeekReport, name: str) -> str:
    counties = report.status.counties
    results = [(s, r) for s in counties for r in judged_of(ahead(s, report), name)]
    if not results:
        return ""
    rule, unit_name = results[0][1].requirement, report.wording.unit
    note = "（解释值）" if rule.interpreted else ""
    kind = kind_of(rule)
    unit = kind.unit
    asked = f"{kind.named(report.wording).title or rule.name}{rule.required}{unit}以上{note}"
    met = [s.county.name for s, r in results if r.verdict is Verdict.MET]
    wanting = [(s, r) for s, r in results if r.verdict is not Verdict.MET]
    if not wanting:
        return f"{asked}，{len(met)}个{unit_name}均已达到"
    unknown = [s.county.name for s, r in wanting if r.actual is None]
    below = [(s.county.name, r.actual) for s, r in wanting if r.actual is not None]
    nothing = f"尚无{'或'.join(rule.assessors)}的评估" if rule.assessors else "没有数据"
    if len(unknown) == len(results):
        return f"{asked}，{len(results)}个{unit_name}均{nothing}"
    reached = f"已达到的{named(met, unit_name)}" if met else ""
    if len(met) > REST:
        reached = f"已达到的{len(met)}个"
    if not met and not unknown:
        reached = f"{len(results)}个{unit_name}均未达到"
    elif below:
        reached = clauses(reached, f"未达到的{len(below)}个")
    left = f"{nothing}的{named(unknown, unit_name)}" if unknown else ""
    if len(unknown) > REST:
        left = f"其余{len(unknown)}个均{nothing}"
    return clauses(asked, reached, _lowest(below, unit, unit_name), left)


def _lowest(below: Sequence[tuple[str, Fraction | Rate]], unit: str, places: str) -> str:
    """Who is lowest, all of them if several are."""
    if not below:
        return ""
    lowest = min(_value(actual) for _, actual in below)
    last = [(name, actual) for name, actual in below if _value(actual) == lowest]
    actual = last[0][1]
    shown = words.percent(actual) if isinstance(actual, Rate) else f"{words.points(actual)}{unit}"
    if len(below) == 1:
        return f"即{last[0][0]}，为{shown}"
    if len(last) == len(below):
        return f"即{names([name for name, _ in last], places)}，均为{shown}"
    of_each = "均为" if len(last) > 1 else "为"
    return f"最低的是{names([name for name, _ in last], places)}，{of_each}{shown}"


def _value(actual: Fraction | Rate) -> Fraction:
    return actual.value if isinstance(actual, Rate) else actual


def _tasks(report: WeekReport) -> str:
    results = {s.county.name: tasks_of(s, report) for s in report.status.counties}
    tasks = max((len(tasks) for tasks in results.values()), default=0)
    if not tasks:
        return ""
    done = [n for n, tasks in results.items() if all(t.verdict is Verdict.MET for t in tasks)]
    asked = f"{tasks}项任务" if tasks > 1 else f"“{_only_task(results)}”"
    unit = report.wording.unit
    if len(done) == len(results):
        return f"{asked}，各{unit}均已完成"
    if not done:
        return f"{asked}，还没有{unit}{'全部' if tasks > 1 else ''}完成"
    return f"{asked}，{'全部' if tasks > 1 else '已'}完成的{named(done, unit)}"


def _only_task(results: dict[str, list[RequirementResult]]) -> str:
    return next(tasks[0].requirement.name for tasks in results.values() if tasks)


# ---------------------------------------------------------------- since last week


def _changes(report: WeekReport) -> list[str]:
    if not report.week.has_before:
        return ["本周是行动的第一周，没有上周数据可比。"]
    begin = f"与上周日（{words.month_day(report.week.sunday_before)}）相比，"
    told = [_total_change(report), _light_changes(report), *_movers(report)]
    if not any(told):
        return [f"{begin}各{report.wording.unit}的灯色和{report.wording.rate}都没有变化。"]
    return [begin, sentence(*told, mark="；")]


def _total_change(report: WeekReport) -> str:
    before, now = total_rate(report.previous), total_rate(report.status)
    moved = moved_rate(before, now)
    return f"{whole(report)}{report.wording.rate}{moved}" if moved else ""


def moved_rate(before: Rate | None, now: Rate | None) -> str:
    """How a rate moved: 由90.1%升至92.8%; nothing if one sees no difference."""
    if before is None or now is None or words.percent(before) == words.percent(now):
        return ""
    verb = "升至" if now.value > before.value else "降至"
    return f"由{words.percent(before)}{verb}{words.percent(now)}"


def _light_changes(report: WeekReport) -> str:
    changed: dict[str, list[str]] = {}
    for mover in report.movers:
        if mover.light_changed:
            turn = f"由{_WORD[mover.before.light]}灯转{_WORD[mover.now.light]}灯"
            changed.setdefault(turn, []).append(mover.county.name)
    unit = report.wording.unit
    return "，".join(f"{names(counties, unit)}{turn}" for turn, counties in changed.items())


def _movers(report: WeekReport) -> list[str]:
    """Who rose most, and who fell."""
    moved = [m for m in report.movers if moved_rate(m.before.rate, m.now.rate)]
    rose = sorted((m for m in moved if _delta(m) > 0), key=_delta, reverse=True)
    fell = sorted((m for m in moved if _delta(m) < 0), key=_delta)
    told = []
    if rose:
        verb = "上升最多的是" if len(rose) > 1 else "上升的是"
        told.append(f"{verb}{_moved(rose[0])}")
    if fell:
        more = f"等{len(fell)}个{report.wording.unit}" if len(fell) > _CHANGES_SHOWN else ""
        shown = "、".join(_moved(mover) for mover in fell[:_CHANGES_SHOWN])
        told.append(f"{'下降的有' if len(fell) > 1 else '下降的是'}{shown}{more}")
    return told


def _delta(mover: Mover) -> Fraction:
    before, now = mover.before.rate, mover.now.rate
    return now.value - before.value if before and now else Fraction(0)


def _moved(mover: Mover) -> str:
    return f"{mover.county.name}（{moved_rate(mover.before.rate, mover.now.rate)}）"
