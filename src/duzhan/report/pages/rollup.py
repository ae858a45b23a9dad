"""`duzhan status --rollup`: sums by province and prefecture on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.model import Light
from duzhan.report import words
from duzhan.report.pages.page import Page, PageColumn, Text
from duzhan.report.pages.status import begin, milestone_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duzhan.compliance.results import Overview
    from duzhan.compliance.rollup import Region
    from duzhan.model import Rules

_ORDER = (Light.RED, Light.YELLOW, Light.GREEN)


def rollup_page(
    overview: Overview, regions: Sequence[Region], rules: Rules, sample: str | None
) -> Page:
    """Sums by province and prefecture, in the order of their codes."""
    page = begin(rules, overview.as_of, sample, "各地区达标情况")
    page.line(milestone_line(overview.current, overview.as_of, rules.wording))
    columns = (
        PageColumn("地区"),
        PageColumn(rules.wording.unit, "right"),
        PageColumn("红/黄/绿", "right"),
        PageColumn("无数据", "right"),
        PageColumn(rules.wording.rate_short, "right"),
        PageColumn("销号/总数", "right"),
        PageColumn("超期", "right"),
        PageColumn("待核验", "right"),
    )
    page.table(columns, [_region_row(region) for region in regions])
    page.line(f"无数据的{rules.wording.unit}不在销号、总数、超期、待核验之内。")
    return page


def _region_row(region: Region) -> tuple[Text | str, ...]:
    indent = "  " * ("total", "province", "prefecture").index(region.level)
    return (
        f"{indent}{region.name}",
        str(region.counties),
        "/".join(str(region.lights.get(light, 0)) for light in _ORDER),
        str(region.no_data) if region.no_data else words.NONE,
        words.percent(region.rate),
        f"{region.counts.closed}/{region.counts.total}",
        str(region.counts.overdue),
        str(region.counts.claimed),
    )
