"""What became of a scoring workbook: which assessment it is, and whether scores.csv agrees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duzhan.model import plain_number

if TYPE_CHECKING:
    from duzhan.dataset.score_items import Key
    from duzhan.model import Score
    from duzhan.register.item_scoring import ItemScoring


@dataclass(frozen=True, slots=True)
class RecordedItems:
    """What became of a workbook.

    Attributes:
        scoring: its rows and items.
        key: which assessment it is.
        standard: the standard's name.
        recorded: whether it is on record now; False for a rehearsal and for a refused one.
        known: assessments of scores.csv of that county, day and assessor.
    """

    scoring: ItemScoring
    key: Key
    standard: str
    recorded: bool
    known: tuple[Score, ...]

    @property
    def refused(self) -> bool:
        """Whether it would not count, and therefore was not taken."""
        return bool(self.scoring.problems)

    @property
    def conflicts(self) -> tuple[str, ...]:
        """Where scores.csv says otherwise: both stand, and `check` reports them."""
        return tuple(
            _conflict(score, self.key, self.scoring)
            for score in self.known
            if score.points != self.scoring.total
        )


def _conflict(score: Score, key: Key, scoring: ItemScoring) -> str:
    told = "读不出来" if score.points is None else f"是{plain_number(score.points)}分"
    total = plain_number(scoring.total)
    if score.milestone == key.milestone:
        return f"scores.csv 里这次评估的总分{told}，分项合计{total}分：暂按较低的计，请核对更正"
    return (
        f"scores.csv 里同一天还有一次评估（考核节点：{score.milestone or '空'}），总分{told}，"
        f"与分项合计{total}分不同，请核对"
    )
