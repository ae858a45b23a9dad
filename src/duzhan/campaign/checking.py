"""Everything wrong with a dataset, gathered: configuration, issue lists, records, evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duzhan.campaign.opening import day_asked, read_dataset
from duzhan.campaign.problems import problems_in_turn
from duzhan.campaign.standing import Campaign
from duzhan.dataset.folder import sample_line
from duzhan.dataset.unjudged import unjudged

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from duzhan.model import Problem


@dataclass(frozen=True, slots=True)
class Looking:
    """A dataset that is looked through.

    Attributes:
        problems: everything wrong with it, in the order of its files, found as it is asked
            for, once.
        sample: the line that marks synthetic data; None for real data.
        campaign: what was read, as of today; None if the configuration is at fault: of lists
            and records only that they can be read, and their headers, are looked at.
    """

    problems: Iterable[Problem]
    sample: str | None
    campaign: Campaign | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What `Looking` found."""

    problems: tuple[Problem, ...]
    sample: str | None
    campaign: Campaign | None


def check(root: Path) -> Checked:
    """Gather everything wrong with a dataset.

    Args:
        root: its folder.
    """
    looking = look_through(root)
    return Checked(tuple(looking.problems), looking.sample, looking.campaign)


def look_through(root: Path) -> Looking:
    """Find everything wrong with a dataset, one problem after the other.

    Args:
        root: its folder.
    """
    campaign, problems = look(root)
    if campaign is None:
        return Looking((*problems, *unjudged(root)), sample_line(root), None)
    return Looking(problems_in_turn(campaign, files=True), campaign.sample, campaign)


def look(root: Path) -> tuple[Campaign | None, list[Problem]]:
    """Open a dataset as of today to look it through; if its configuration is at fault, say why."""
    dataset, problems = read_dataset(root)
    if dataset is None:
        return None, problems
    return Campaign(dataset, day_asked(None, dataset.rules)), []
