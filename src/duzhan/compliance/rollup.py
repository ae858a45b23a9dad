"""Sums by region: counties by prefecture and province, told by their GB/T 2260 codes."""

from __future__ import annotations

from collections import Counter
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING, Literal

from duzhan.requirements.results import Counts, Rate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duzhan.compliance.results import CountyStatus, Overview
    from duzhan.model import Light, Roster

Level = Literal["total", "province", "prefecture"]

# How many digits of a county's code name the region, and what fills up the region's own code.
_LEVELS: tuple[tuple[Level, int], ...] = (("total", 0), ("province", 2), ("prefecture", 4))


@dataclass(frozen=True, slots=True)
class Region:
    """The counties of a region, taken together.

    Attributes:
        level: total, province or prefecture.
        code: its GB/T 2260 code, such as 530000 or 532600; "" for all of them.
        name: what the roster calls it; the code where it has no name.
        counties: how many counties it has.
        no_data: how many of them have no data; their issues are in no sum.
        lights: how many counties show each light.
        counts: the sums of their issues.
    """

    level: Level
    code: str
    name: str
    counties: int
    no_data: int
    lights: Mapping[Light, int]
    counts: Counts

    @property
    def rate(self) -> Rate | None:
        """整改达标率 of all issues of the region; None without issues."""
        return Rate(self.counts.closed, self.counts.total) if self.counts.total else None


def roll_up(overview: Overview, roster: Roster) -> tuple[Region, ...]:
    """Sum up all counties, then each province with its prefectures after it, by code.

    Args:
        overview: the counties, judged.
        roster: what regions are called.
    """
    names = {roster.prefecture.code: roster.prefecture.name, **roster.regions}
    members: dict[tuple[str, Level], list[CountyStatus]] = {}
    for status in overview.counties:
        for level, digits in _LEVELS:
            if digits and not status.county.coded:
                continue
            prefix = status.county.code[:digits]
            members.setdefault((prefix, level), []).append(status)
    return tuple(
        _region(level, prefix, names, members[prefix, level]) for prefix, level in sorted(members)
    )


def _region(
    level: Level, prefix: str, names: Mapping[str, str], statuses: Sequence[CountyStatus]
) -> Region:
    code = prefix.ljust(6, "0") if prefix else ""
    known = [astuple(status.counts) for status in statuses if status.counts is not None]
    sums = map(sum, zip(*known, strict=True)) if known else [0] * len(fields(Counts))
    return Region(
        level,
        code,
        names.get(code, code) if code else "合计",
        len(statuses),
        len(statuses) - len(known),
        Counter(status.light for status in statuses),
        Counts(*sums),
    )
