"""An assessment item by item: what each item got and lost, what changed, what reaches the line."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duzhan.model import County, Item, Milestone, Score

NO_POINTS = Fraction(0)


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
        return sum((one.lost or NO_POINTS for one in self.items), NO_POINTS)

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
        return sum((one.item.full for one in self.items), NO_POINTS)

    @property
    def lost(self) -> Fraction:
        """What the items that can be read lack up to their full marks."""
        return sum((one.lost or NO_POINTS for one in self.items), NO_POINTS)

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
        fallen = [one for one in self.items if (one.change or NO_POINTS) < 0]
        return tuple(sorted(fallen, key=lambda one: one.change or NO_POINTS))

    @property
    def better(self) -> tuple[ItemPoints, ...]:
        """The items with more points than before, most first."""
        risen = [one for one in self.items if (one.change or NO_POINTS) > 0]
        return tuple(sorted(risen, key=lambda one: -(one.change or NO_POINTS)))
