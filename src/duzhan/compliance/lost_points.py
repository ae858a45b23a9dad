"""Where counties lost points, and the fewest items that would reach the line.

An assessment item by item (SPEC section 4, items) answers what its total cannot. Nothing
here changes a verdict: only a new assessment gives points.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from duzhan.compliance.item_issues import IssuesBehind
from duzhan.compliance.points import (
    NO_POINTS,
    CategoryPoints,
    CountyPoints,
    FewestItems,
    ItemPoints,
)
from duzhan.dataset.item_links import ItemLinks, linked_items
from duzhan.dataset.ledger import Ledger, reading_of
from duzhan.intake.text import squash
from duzhan.requirements import SCORE, asked_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction

    from duzhan.compliance.results import Overview
    from duzhan.model import County, Item, ItemScore, Milestone, Rules, Score


def county_points(
    overview: Overview,
    scores: Iterable[Score],
    rules: Rules,
    ledger: Ledger,
    links: ItemLinks | None = None,
) -> tuple[CountyPoints, ...]:
    """Say where the counties lost points; those without an assessment by items are left out.

    Args:
        overview: the counties, judged as of a day.
        scores: all assessments.
        rules: the campaign.
        ledger: the issues.
        links: of the ledger's issues to items, where they are known already.
    """
    found = assessed_by_items(overview, scores, rules)
    if not found:
        return ()
    links = linked_items(ledger, rules, reading_of(rules).dates) if links is None else links
    if not links.columns:
        return found
    behind = IssuesBehind(links, ledger, rules, overview.as_of)
    return tuple(behind.onto(one) for one in found)


def assessed_by_items(
    overview: Overview, scores: Iterable[Score], rules: Rules
) -> tuple[CountyPoints, ...]:
    """The same without the issues behind the items."""
    if rules.standard is None:
        return ()
    by_itself = rules.vocabularies.self_assessors
    known = [s for s in scores if s.day <= overview.as_of and s.assessor not in by_itself]
    known.sort(key=lambda score: score.day)
    found = []
    for status in overview.counties:
        ours = [score for score in known if score.county == status.county.name]
        if any(score.items for score in ours):
            found.append(_assessed(status.county, ours, overview.current))
    return tuple(found)


def _assessed(county: County, ours: Sequence[Score], ahead: Milestone | None) -> CountyPoints:
    """What a county's assessments say, the latest last."""
    at = max(at for at, score in enumerate(ours) if score.items)
    score = ours[at]
    earlier = [one for one in ours[:at] if one.items and one.assessor == score.assessor]
    # Two assessments of one day and assessor contradict each other; neither came before.
    earlier = [one for one in earlier if one.day < score.day]
    previous = earlier[-1] if earlier else None
    before = _by_item(previous.items) if previous else {}
    items = tuple(
        ItemPoints(one.item, one.points, _same(one.item, before), one.why, None)
        for one in score.items
    )
    points = CountyPoints(
        county=county,
        score=score,
        previous=previous,
        is_latest=at == len(ours) - 1,
        items=tuple(sorted(items, key=_most_lost)),
        categories=_categories(items, previous.items if previous else ()),
    )
    return replace(points, fewest=_fewest(points, ahead))


def _most_lost(one: ItemPoints) -> tuple[bool, Fraction]:
    return one.lost is None, -(one.lost or NO_POINTS)


def _by_item(items: Iterable[ItemScore]) -> dict[str, Fraction | None]:
    """Points by id and by name: an item that the standard changed has another id."""
    found: dict[str, Fraction | None] = {}
    for one in items:
        found.setdefault(squash(one.item.name), one.points)
    return found | {squash(one.item.id): one.points for one in items}


def _same(item: Item, before: dict[str, Fraction | None]) -> Fraction | None:
    return before.get(squash(item.id), before.get(squash(item.name)))


def category_of(item: Item) -> str:
    """The category of an item; one without any is its own."""
    return item.category or item.name


def _categories(
    items: Sequence[ItemPoints], previous: Sequence[ItemScore]
) -> tuple[CategoryPoints, ...]:
    made = []
    for name in dict.fromkeys(category_of(one.item) for one in items):
        ours = [one for one in items if category_of(one.item) == name]
        then = [one for one in previous if category_of(one.item) == name]
        same = len(then) == len(ours) and all(one.before is not None for one in ours)
        made.append(
            CategoryPoints(
                name,
                sum((one.item.full for one in ours), NO_POINTS),
                _added(one.points for one in ours),
                _added(one.before for one in ours) if same else None,
            )
        )
    return tuple(sorted(made, key=lambda one: (one.lost is None, -(one.lost or NO_POINTS))))


def _added(points: Iterable[Fraction | None]) -> Fraction | None:
    total = NO_POINTS
    for one in points:
        if one is None:
            return None
        total += one
    return total


def fewest(lost: Sequence[Fraction], wanted: Fraction) -> tuple[int, ...] | None:
    """The fewest items that bring so many points, by their places; None if all do not.

    To take the items that lost most, one after the other, is exact: no other choice of as
    many items brings more. Of items that lost alike the first ones are taken.

    Args:
        lost: what each item would bring, in the standard's order.
        wanted: points that are lacking.
    """
    chosen: list[int] = []
    for at in sorted(range(len(lost)), key=lambda at: -lost[at]):
        if wanted <= 0 or lost[at] <= 0:
            break
        chosen.append(at)
        wanted -= lost[at]
    return tuple(chosen) if wanted <= 0 else None


def _fewest(points: CountyPoints, ahead: Milestone | None) -> FewestItems | None:
    """The fewest items up to the current milestone's line, from the latest assessment."""
    lines = [rule.threshold for rule in asked_of(ahead, SCORE) if rule.threshold is not None]
    total = points.score.points
    if ahead is None or not lines or total is None or not points.is_latest:
        return None
    line = max(lines)
    if total >= line:
        return None
    losing = points.losing
    places = fewest([one.lost or NO_POINTS for one in losing], line - total)
    items = losing if places is None else tuple(losing[at] for at in places)
    return FewestItems(ahead, line, line - total, items, None)
