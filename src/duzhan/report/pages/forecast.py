"""`duzhan forecast`: pace kept, pace needed, and the day that follows, with what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.compliance.results import WINDOW
from duzhan.report import words
from duzhan.report.pages.page import Page, PageColumn, Text, titled
from duzhan.report.words import pace

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from duzhan.compliance.results import Forecast, Overview
    from duzhan.model import Wording

_COLUMNS = (
    PageColumn("要求", "right"),
    PageColumn("还需销号", "right"),
    PageColumn("平均每周需", "right"),
    PageColumn("近两周每周", "right"),
    PageColumn("照此速度达到"),
)


def forecast_page(
    found: Sequence[Forecast], overview: Overview, wording: Wording, sample: str | None
) -> Page:
    """All counties of an overview, in its order."""
    day = overview.as_of
    page = titled(f"{wording.rate}预测（截至{words.full_date(day)}）", sample)
    milestone = overview.current
    if milestone is None:
        page.line("各节点均已到期，没有可预测的节点。")
        return page
    page.line(
        f"当前节点：{milestone.name}（{words.full_date(milestone.deadline)}，"
        f"{pace.left((milestone.deadline - day).days)}）"
    )
    rows: list[tuple[Text | str, ...]] = [
        (
            one.county.name,
            words.percent(status.rate) if status.has_data else "无数据",
            f"≥{one.requirement.required}" if one.requirement else words.NONE,
            pace.closures_wanting(one),
            pace.pace_needed(one),
            pace.pace_kept(one),
            Text(pace.reached_on(one), _style(one)),
        )
        for one, status in zip(found, overview.counties, strict=True)
    ]
    first = (PageColumn(wording.unit), PageColumn(wording.rate_short, "right"))
    page.table((*first, *_COLUMNS), rows)
    page.line(_assumptions(day))
    if told := _extended(overview):
        page.line(told)
    return page


def _extended(overview: Overview) -> str:
    """Issues whose deadline was extended: that moves no line of a milestone."""
    some = "、".join(
        f"{one.county.name}{one.counts.extended}件"
        for one in overview.counties
        if one.counts and one.counts.extended
    )
    return f"经批准延期的：{some}；延期只改这些问题的期限，不改节点要求的达标率。" if some else ""


def _style(one: Forecast) -> str:
    if one.in_time is None:
        return ""
    return "green" if one.in_time else "red"


def _assumptions(day: dt.date) -> str:
    return pace.forecast_words(words.month_day(day - WINDOW), words.month_day(day))
