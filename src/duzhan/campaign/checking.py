"""Everything wrong with a dataset, gathered: configuration, issue lists, records, evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duzhan.campaign.evidence import file_problems
from duzhan.campaign.opening import day_asked, read_dataset
from duzhan.campaign.standing import Campaign
from duzhan.dataset.folder import sample_line
from duzhan.dataset.unjudged import unjudged

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.model import Problem


@dataclass(frozen=True, slots=True)
class Checked:
    """A dataset that was looked through.

    Attributes:
        problems: everything wrong with it, in the order of its files.
        sample: the line that marks synthetic data; None for real data.
        campaign: what was read, as of today; None if the configuration is at fault: of lists
            and records only that they can be read, and their headers, are looked at.
    """

    problems: tuple[Problem, ...]
    sample: str | None
    campaign: Campaign | None

    @property
    def ok(self) -> bool:
        """Whether nothing of it is an error."""
        return not any(problem.severity == "error" for problem in self.problems)


def check(root: Path) -> Checked:
    """Gather everything wrong with a dataset.

    Args:
        root: its folder.
    """
    campaign, problems = look(root)
    if campaign is None:
        return Checked((*problems, *unjudged(root)), sample_line(root), None)
    problems = [*campaign.problems, *file_problems(campaign)]
    return Checked(tuple(problems), campaign.sample, campaign)


def look(root: Path) -> tuple[Campaign | None, list[Problem]]:
    """Open a dataset as of today to look it through; if its configuration is at fault, say why."""
    dataset, problems = read_dataset(root)
    if dataset is None:
        return None, problems
    return Campaign(dataset, day_asked(None, dataset.rules)), []
