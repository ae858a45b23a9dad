"""The variables of the weekly report's templates: sentences and tables, and the result itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from duzhan.report import words
from duzhan.report.weekly import ahead as week_ahead
from duzhan.report.weekly import brief as week_brief
from duzhan.report.weekly import county as week_county
from duzhan.report.weekly import duties as week_duties
from duzhan.report.weekly import issues
from duzhan.report.weekly import overall as week_overall
from duzhan.report.weekly import quality as week_quality
from duzhan.report.weekly import standings as week_standings
from duzhan.report.weekly.phrases import span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duzhan.compliance.week_report import WeekReport
    from duzhan.report.weekly.tables import Part

_NUMERALS = "一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the report.

    Attributes:
        key: its name in templates.
        heading: such as 一、总体情况.
        parts: paragraphs (text) and tables, in order.
    """

    key: str
    heading: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as a template shows it.

    Attributes:
        title: what it shows.
        alt: the same in words.
        svg: the drawing.
    """

    title: str
    alt: str
    svg: str


def context(
    report: WeekReport, pictures: Sequence[Picture] = (), no_pictures: str | None = None
) -> dict[str, Any]:
    """Give the variables of the weekly report's templates.

    Args:
        report: the result of the week.
        pictures: charts, for HTML.
        no_pictures: why there are none, if some were wanted.

    Returns:
        `title`, `number` (第4期, empty before the first), `period`, `as_of`, `county`
        (its name; empty for all), `to` and `copies` (whom a county's summary goes to),
        `sample`, `sections` in order and `section` by key, `small_print`, `pictures`,
        `no_pictures`, `report` (the `WeekReport`), `offices`.
    """
    sections = _sections(report)
    week = report.week
    county = None if report.outside else report.county
    return {
        "title": title(report),
        "number": f"第{week.number}期" if week.number else "",
        "period": span(week.monday, week.sunday),
        "as_of": f"截至{words.full_date(week.as_of)}24时",
        "campaign": report.campaign,
        "county": county.name if county else "",
        "to": report.duties[0].group.name if county else "",
        "copies": tuple(office.name for office in report.roster.offices) if county else (),
        "sample": report.sample,
        "sections": sections,
        "section": {section.key: section for section in sections},
        "small_print": (*week_ahead.assumptions(report), *small_print(report)),
        "pictures": tuple(pictures),
        "no_pictures": no_pictures,
        "report": report,
        "offices": report.roster.offices,
    }


def title(report: WeekReport) -> str:
    """督战周报, or a county's 小结."""
    wording = report.wording
    if report.county is None:
        return wording.report
    name = report.county.name
    return (
        f"{name}{wording.report}" if report.outside else f"{name}问题清单整改工作{wording.summary}"
    )


def file_stem(report: WeekReport) -> str:
    """The report's file name without its ending, such as 督战周报_2021-W25."""
    name, wording = report.county.name if report.county else "", report.wording
    name += wording.report if report.outside or not name else wording.summary
    return f"{name}_{report.week.id}"


def _sections(report: WeekReport) -> tuple[Section, ...]:
    alone = report.county is not None
    overall = week_county.overall if alone else week_overall.overall
    standings = week_county.requirements if alone else week_standings.standings
    parts = (
        ("overall", "总体情况", overall(report)),
        (
            "standings",
            "节点要求达标情况" if alone else f"各{report.wording.unit}达标情况",
            standings(report),
        ),
        ("flow", "本周新增、整改、销号、退回", issues.flow(report)),
        ("unsettled", "超期和待核验", issues.unsettled(report)),
        ("duties", week_duties.heading(report), week_duties.duties(report)),
        ("ahead", "距下一节点", week_ahead.ahead(report)),
        ("quality", "数据质量", week_quality.quality(report)),
    )
    supervised = report.rules.supervises or report.rules.reports
    there = [part for part in parts if supervised or part[0] != "duties"]
    numbered = tuple(
        Section(key, f"{_NUMERALS[at]}、{heading}", tuple(said))
        for at, (key, heading, said) in enumerate(there)
    )
    if alone and not report.outside:
        return numbered
    return (Section("brief", "本期要点", tuple(week_brief.parts(report))), *numbered)


def small_print(report: WeekReport) -> tuple[str, ...]:
    """Where the figures come from."""
    told = report.provenance
    rules = (rule for milestone in report.rules.milestones for rule in milestone.requirements)
    read = "；标明“解释值”的，通知没有写明数字" if any(r.interpreted for r in rules) else ""
    return (
        (
            f"规则依据：{told.source}{read}。"
            f"{report.wording.rate_short}只计已核验销号的问题，比例截取一位小数，不进位。"
        ),
        (
            f"数据：截至{report.week.as_of.isoformat()}，"
            f"数据集摘要（SHA-256）{told.digest[:16]}；由 duzhan {told.version} 生成。"
        ),
    )
