"""七、数据质量 of the weekly report: every doubt about the figures, and who corrected what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.report.weekly.phrases import clauses, names, when
from duzhan.report.weekly.tables import Part, ReportTable, grid
from duzhan.report.words.corrections import COLUMNS, correction_rows, counted, first_imports
from duzhan.report.words.quality_rows import doubts
from duzhan.report.words.rechecks import false_share, interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duzhan.compliance.quality import Quality
    from duzhan.compliance.week_report import WeekReport

# A table of more rows is no longer read; `--format json` has them all.
_CORRECTIONS_SHOWN = 30


def quality(report: WeekReport) -> list[Part]:
    """Every doubt about the figures, by county."""
    told: list[Part] = []
    unit = report.wording.unit
    doubtful = [one for one in report.quality if one.has_data and not one.clean]
    if doubtful:
        told.append(
            f"以下问题在改正之前一律按不利于达标的一面计算，请有关{unit}核对更正。"
            if report.county is None
            else "以下问题在改正之前一律按不利于达标的一面计算。"
        )
        told.append(_doubts(doubtful, unit))
    elif any(one.has_data for one in report.quality):
        whose = f"各{unit}" if report.county is None else ""
        told.append(f"{whose}清单数据齐全，没有发现错误。")
    if missing := [one.county.name for one in report.quality if not one.has_data]:
        everybody = len(missing) == len(report.quality) > 1
        whose = f"各{unit}都" if everybody else names(missing, unit)
        told.append(f"{whose}没有可用的问题清单。")
    told += [*_corrected(report), *doubts(report.quality), *_rechecked(report)]
    if all(one.backdated is None for one in report.quality):
        told.append("补录的销号、推迟的期限和清单遗漏的问题没有记录可查。")
    return told


def _corrected(report: WeekReport) -> list[Part]:
    """What was put on record after the day of the figures and speaks of it, by whom and why."""
    told: list[Part] = []
    if first := first_imports(report.quality):
        told.append(f"{when(report.week.as_of)}以后首次收到清单的：{first}。")
    rows = correction_rows(report.quality, report.wording)
    if not rows:
        return told
    shown = rows[:_CORRECTIONS_SHOWN]
    title = "截止日以后的补录、更正和撤销"
    if len(rows) > len(shown):
        title = f"{title}（列出{len(shown)}行，共{len(rows)}行）"
    columns = f"{report.wording.unit} {COLUMNS}"
    if report.county is not None:
        columns, shown = COLUMNS, [row[1:] for row in shown]
    since = f"{when(report.week.as_of)}以后才记入、涉及本期数字的"
    said = f"{since}{counted(report.quality)}，已计入本期。"
    return [*told, said, grid(title, columns, shown)]


def _rechecked(report: WeekReport) -> list[Part]:
    """How many closed issues were looked at again, and how many were not as said."""
    looked = [one for one in report.rechecks if one.done]
    if not looked:
        return []
    rows = [
        (
            one.county.name,
            f"{one.done}件",
            f"{one.false}件",
            false_share(one),
            interval(one),
        )
        for one in looked
    ]
    done, false = sum(one.done for one in looked), sum(one.false for one in looked)
    found = f"不属实{false}件（已退回重改）" if false else "均属实"
    return [
        f"抽查复核已销号的问题{done}件，{found}。",
        grid("抽查复核", f"{report.wording.unit} 复核> 不属实> 不属实占比> 占比的95%区间>", rows),
    ]


def _doubts(doubtful: Sequence[Quality], unit: str) -> ReportTable:
    # 县 of 县（市）: whoever reports.
    reporter = unit.partition("（")[0]
    names_of = (
        ("数据有误", "invalid"),
        ("缺整改期限", "no_due_date"),
        ("缺发现日期", "undated"),
        ("无核验人", "unverified"),
        ("清单遗漏", "missing"),
        ("推迟未采用", "moved"),
        ("推迟期限", "postponed"),
        ("补录销号", "backdated"),
        (f"{reporter}报已完成而无日期", "claims_without_date"),
        ("核验人即责任人", "self_verified"),
        ("状态矛盾", "state_conflicts"),
        ("已撤销", "withdrawn"),
    )
    shown = [(title, key) for title, key in names_of if any(getattr(q, key) for q in doubtful)]
    rows = [(one.county.name, *(getattr(one, key) or 0 for _, key in shown)) for one in doubtful]
    columns = clauses(unit, *(f"{title}>" for title, _ in shown), mark=" ")
    return grid("有疑问的问题（件）", columns, rows)
