"""Where points were lost, what changed since the assessment before, what would reach the line.

An assessment item by item (SPEC section 4, items) answers what its total cannot. Nothing
here changes a verdict: only a new assessment gives points.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from duzhan.compliance.states import CLAIMED, OPEN, standing
from duzhan.dataset.item_links import linked_items
from duzhan.dataset.ledger import reading_of
from duzhan.intake.text import squash
from duzhan.requirements import SCORE, asked_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from duzhan.compliance.results import Overview
    from duzhan.dataset.item_links import ItemLinks
    from duzhan.dataset.ledger import Ledger
    from duzhan.model import County, Item, ItemScore, Milestone, Rules, Score

_NONE = Fraction(0)


@dataclass(frozen=True, slots=True)
class LinkedIssues:
    """Issues that are not closed and cost points in some items, each once."""

    open: int
    claimed: int

    @property
    def unsettled(self) -> int:
        """All of them."""
        return self.open + self.claimed


@dataclass(frozen=True, slots=True)
class ItemPoints:
    """What a county got for an item.

    Attributes:
        points: None if they cannot be read or cannot be.
        before: in the assessment before; None without one, or if it had no such item.
        why: 扣分原因.
        issues: those that cost points in it; None if no list links issues to items.
    """

    item: Item
    points: Fraction | None
    before: Fraction | None
    why: str
    issues: LinkedIssues | None

    @property
    def lost(self) -> Fraction | None:
        """What is lacking up to the full mark."""
        return None if self.points is None else self.item.full - self.points

    @property
    def change(self) -> Fraction | None:
        """Points more than in the assessment before; None if that cannot be told."""
        if self.points is None or self.before is None:
            return None
        return self.points - self.before


@dataclass(frozen=True, slots=True)
class CategoryPoints:
    """The items of a category, added up; None where one of them cannot be read.

    Attributes:
        full: of all its items.
        points: what was got.
        before: in the assessment before, if it had just the same items.
    """

    name: str
    full: Fraction
    points: Fraction | None
    before: Fraction | None

    @property
    def lost(self) -> Fraction | None:
        """What is lacking up to the full mark."""
        return None if self.points is None else self.full - self.points


@dataclass(frozen=True, slots=True)
class FewestItems:
    """The fewest items whose mending reaches the line.

    Attributes:
        milestone: whose line it is.
        line: the points that it asks for.
        wanted: what is lacking up to it.
        items: most lost first, of equal ones in the standard's order; all that lost
            points if even those do not reach it.
        issues: those that cost points in any of them, each once; None without links.
    """

    milestone: Milestone
    line: Fraction
    wanted: Fraction
    items: tuple[ItemPoints, ...]
    issues: LinkedIssues | None

    @property
    def gain(self) -> Fraction:
        """What all of them together would bring."""
        return sum((one.lost or _NONE for one in self.items), _NONE)

    @property
    def reaches(self) -> bool:
        """Whether that is enough."""
        return self.gain >= self.wanted


@dataclass(frozen=True, slots=True)
class CountyPoints:
    """A county's latest assessment item by item, as of a day.

    Attributes:
        county: whose.
        score: the assessment, with its items.
        previous: the one before by the same assessor that has items; None without.
        is_latest: whether nobody but the county assessed it since.
        items: most lost first, of equal ones in the standard's order; those that cannot be
            read stand last.
        categories: likewise; each item is one where the standard has no categories.
        fewest: None if the line is reached, or if nobody can know what reaches it.
    """

    county: County
    score: Score
    previous: Score | None
    is_latest: bool
    items: tuple[ItemPoints, ...]
    categories: tuple[CategoryPoints, ...]
    fewest: FewestItems | None = None

    @property
    def full(self) -> Fraction:
        """The full mark of all its items."""
        return sum((one.item.full for one in self.items), _NONE)

    @property
    def lost(self) -> Fraction:
        """What the items that can be read lack up to their full marks."""
        return sum((one.lost or _NONE for one in self.items), _NONE)

    @property
    def losing(self) -> tuple[ItemPoints, ...]:
        """The items that lost points."""
        return tuple(one for one in self.items if one.lost)

    @property
    def unreadable(self) -> tuple[ItemPoints, ...]:
        """The items whose points cannot be read or cannot be."""
        return tuple(one for one in self.items if one.points is None)

    @property
    def worse(self) -> tuple[ItemPoints, ...]:
        """The items with fewer points than before, most first."""
        fallen = [one for one in self.items if (one.change or _NONE) < 0]
        return tuple(sorted(fallen, key=lambda one: one.change or _NONE))

    @property
    def better(self) -> tuple[ItemPoints, ...]:
        """The items with more points than before, most first."""
        risen = [one for one in self.items if (one.change or _NONE) > 0]
        return tuple(sorted(risen, key=lambda one: -(one.change or _NONE)))


# ---------------------------------------------------------------- all counties


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
    if rules.standard is None:
        return ()
    by_itself = rules.vocabularies.self_assessors
    known = [s for s in scores if s.day <= overview.as_of and s.assessor not in by_itself]
    known.sort(key=lambda score: score.day)
    found = []
    for status in overview.counties:
        ours = [score for score in known if score.county == status.county.name]
        if any(score.items for score in ours):
            found.append(_answers(status.county, ours, overview.current))
    if not found:
        return ()
    links = linked_items(ledger, rules, reading_of(rules).dates) if links is None else links
    if not links.columns:
        return tuple(found)
    behind = _Behind(links, ledger, rules, overview.as_of)
    return tuple(behind.onto(one) for one in found)


def _answers(county: County, ours: Sequence[Score], ahead: Milestone | None) -> CountyPoints:
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
    answers = CountyPoints(
        county=county,
        score=score,
        previous=previous,
        is_latest=at == len(ours) - 1,
        items=tuple(sorted(items, key=_most_lost)),
        categories=_categories(items, previous.items if previous else ()),
    )
    return replace(answers, fewest=_fewest(answers, ahead))


def _most_lost(one: ItemPoints) -> tuple[bool, Fraction]:
    return one.lost is None, -(one.lost or _NONE)


def _by_item(items: Iterable[ItemScore]) -> dict[str, Fraction | None]:
    """Points by id and by name: an item that the standard changed has another id."""
    found: dict[str, Fraction | None] = {}
    for one in items:
        found.setdefault(squash(one.item.name), one.points)
    return found | {squash(one.item.id): one.points for one in items}


def _same(item: Item, before: dict[str, Fraction | None]) -> Fraction | None:
    return before.get(squash(item.id), before.get(squash(item.name)))


# ---------------------------------------------------------------- categories


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
                sum((one.item.full for one in ours), _NONE),
                _added(one.points for one in ours),
                _added(one.before for one in ours) if same else None,
            )
        )
    return tuple(sorted(made, key=lambda one: (one.lost is None, -(one.lost or _NONE))))


def _added(points: Iterable[Fraction | None]) -> Fraction | None:
    total = _NONE
    for one in points:
        if one is None:
            return None
        total += one
    return total


# ---------------------------------------------------------------- what reaches the line


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


def _fewest(answers: CountyPoints, ahead: Milestone | None) -> FewestItems | None:
    """The fewest items up to the current milestone's line, from the latest assessment."""
    lines = [rule.threshold for rule in asked_of(ahead, SCORE) if rule.threshold is not None]
    total = answers.score.points
    if ahead is None or not lines or total is None or not answers.is_latest:
        return None
    line = max(lines)
    if total >= line:
        return None
    losing = answers.losing
    places = fewest([one.lost or _NONE for one in losing], line - total)
    items = losing if places is None else tuple(losing[at] for at in places)
    return FewestItems(ahead, line, line - total, items, None)


# ---------------------------------------------------------------- issues behind the items


class _Behind:
    """Issues that are not closed on a day, and the items in which they cost points."""

    def __init__(self, links: ItemLinks, ledger: Ledger, rules: Rules, day: dt.date) -> None:
        assert rules.standard is not None  # noqa: S101 - asked for with a standard alone
        self._places = {item: at for at, item in enumerate(rules.standard.items)}
        self._counties = {county.name: at for at, county in enumerate(ledger.counties)}
        now = standing(ledger.facts, day)
        state = np.zeros(ledger.cells.num_rows, np.int8)
        county = np.zeros(ledger.cells.num_rows, np.int16)
        numbers = ledger.facts.issue[now.rows]
        state[numbers], county[numbers] = now.state, now.county
        unsettled = np.isin(state[links.issues], (OPEN, CLAIMED))
        self._issues, self._items = links.issues[unsettled], links.items[unsettled]
        self._county = county[self._issues]
        self._claimed = state[self._issues] == CLAIMED

    def onto(self, answers: CountyPoints) -> CountyPoints:
        """The answers with the issues behind each item, and behind those that reach the line."""
        ours = self._county == self._counties[answers.county.name]
        items = tuple(replace(one, issues=self._of(ours, [one.item])) for one in answers.items)
        plan = answers.fewest
        if plan is not None:
            chosen = [one.item for one in plan.items]
            own = {one.item: one for one in items}
            plan = replace(
                plan,
                items=tuple(own[item] for item in chosen),
                issues=self._of(ours, chosen),
            )
        return replace(answers, items=items, fewest=plan)

    def _of(self, ours: NDArray[np.bool_], items: Sequence[Item]) -> LinkedIssues:
        wanted = ours & np.isin(self._items, [self._places[item] for item in items])
        claimed = len(np.unique(self._issues[wanted & self._claimed]))
        return LinkedIssues(len(np.unique(self._issues[wanted])) - claimed, claimed)
