"""All counties together, as the page's first line of figures has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.report import words
from duzhan.report.weekly.overall import total_rate
from duzhan.report.weekly.overall import totals as added_up
from duzhan.requirements.results import Rate

if TYPE_CHECKING:
    from duzhan.compliance.results import Overview
    from duzhan.model import Milestone, Wording


def totals(overview: Overview, wording: Wording) -> list[list[str]]:
    """The sums over all counties with data; none for a page of one county, or without any data.

    Args:
        overview: the counties, judged.
        wording: the campaign's words.

    Returns:
        Key, title, figure, and what stands beside it.
    """
    rate = total_rate(overview)
    if len(overview.counties) < 2 or rate is None:
        return []
    added = added_up(overview)
    both = words.percent(Rate(added["closed"] + added["claimed"], added["total"]))
    return [
        ["total_rate", wording.rate, words.percent(rate), _of(added["closed"], added["total"])],
        ["total_claimed_rate", "连同待核验", both, "仅供参考"],
        ["total_overdue", "超期", f"{added['overdue']}件", f"未整改{added['open']}件"],
        ["total_claimed", "待核验", f"{added['claimed']}件", ""],
        *_ahead(overview, overview.current, wording),
    ]


def _of(closed: int, total: int) -> str:
    return f"销号{closed}件，共{total}件"


def _ahead(overview: Overview, current: Milestone | None, wording: Wording) -> list[list[str]]:
    """What is lacking for the current milestone's rate, and who will be late at this pace."""
    asked = [one.forecast.requirement for one in overview.counties if one.forecast.requirement]
    if current is None or not asked:
        return []
    closures = sum(one.gap.closures or 0 for one in overview.counties if one.gap)
    late = sum(one.forecast.in_time is False for one in overview.counties)
    line = f"各{wording.unit}达到{current.name}{asked[0].required}"
    pace = "按近两周的速度"
    return [
        ["total_closures", "还需销号", f"{closures}件", line],
        ["total_late", "难以按期达到", f"{late}个{wording.unit}", pace],
    ]
