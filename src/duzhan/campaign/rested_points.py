"""Where counties lost points, of a ledger at rest that is not read whole for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.compliance.item_issues import IssuesBehind
from duzhan.compliance.lost_points import assessed_by_items
from duzhan.dataset import batches
from duzhan.dataset.item_links import linked_items, linking_columns
from duzhan.dataset.ledger import reading_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duzhan.campaign.lists import InParts, Lists
    from duzhan.compliance.points import CountyPoints
    from duzhan.compliance.results import Overview
    from duzhan.model import Rules, Score


def in_parts(lists: Lists) -> InParts | None:
    """How lists are gone through that are too long to be read at once; None for all others."""
    parts = lists.in_parts
    long = parts is not None and parts.own is not None and parts.rows > batches.ROWS
    return parts if long else None


def points_in_parts(
    overview: Overview, scores: Iterable[Score], rules: Rules, parts: InParts
) -> tuple[CountyPoints, ...]:
    """As `county_points`; of no county more is read than items are about.

    Args:
        overview: the counties, judged as of a day.
        scores: all assessments.
        rules: the campaign.
        parts: the issues, with what is known of their columns.
    """
    found = assessed_by_items(overview, scores, rules)
    linked = {
        status.county.code
        for status in overview.counties
        if parts.own is not None and linking_columns(parts.own([status.county.code]), rules)
    }
    if not found or not linked:
        return found
    # Where any list links issues to items, those of no list have none.
    wanted = [one.county.code for one in found if one.county.code in linked] or [min(linked)]
    told: dict[str, CountyPoints] = {}
    for batch in parts.batches(wanted):
        links = linked_items(batch.ledger, rules, reading_of(rules).dates)
        behind = IssuesBehind(links, batch.ledger, rules, overview.as_of)
        for one in found:
            if one.county.code in batch.codes or one.county.code not in wanted:
                told[one.county.code] = behind.onto(one)
    return tuple(told[one.county.code] for one in found)
