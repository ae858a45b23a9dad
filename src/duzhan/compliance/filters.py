"""Which issues of a list are asked for: the distinct words of a column are judged, not its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.compliance.issue_list import STATES
from duzhan.compliance.states import OPEN
from duzhan.intake.text import squash
from duzhan.intake.text_columns import squash_array

if TYPE_CHECKING:
    from collections.abc import Callable

    from duzhan.arrays import Mask
    from duzhan.compliance.issue_list import IssueList, Listed
    from duzhan.compliance.states import Standing

_Some = TypeVar("_Some", bound="Listed")

# Where a text is looked for, as if it were one text.
_SEARCHED = (col.ID, col.DESCRIPTION, col.LOCATION, col.REMARK)


@dataclass(frozen=True, slots=True)
class Filters:
    """What an issue must have to be listed; None asks for nothing.

    Attributes:
        state: open, claimed, closed or overdue.
        action, source: whole words, width and spaces aside.
        unit, text: parts of 责任单位; of 编号, 问题描述, 地点 or 备注.
    """

    state: str | None = None
    action: str | None = None
    source: str | None = None
    unit: str | None = None
    text: str | None = None

    @property
    def asks_for_words(self) -> bool:
        """Whether anything but the state is asked for."""
        return any(asked is not None for asked in (self.action, self.source, self.unit, self.text))

    def in_state(self, now: Standing | IssueList) -> Mask:
        """Which of some issues stand as asked for."""
        late: Mask = (now.state == OPEN) & (now.due > 0) & (now.due < now.day)
        named = [state for state, told in STATES.items() if told.value == self.state]
        mask: Mask = np.isin(now.state, [*STATES] if self.state is None else named)
        return late if self.state == "overdue" else mask

    def apply(self, every: _Some) -> _Some:
        """Keep the issues that have everything asked for."""
        return every.where(self.in_state, self.worded if self.asks_for_words else None)

    def worded(self, issues: IssueList) -> Mask:
        """Which of some issues have the words asked for."""
        mask = np.ones(len(issues), bool)
        for name, asked in ((col.ACTION, self.action), (col.SOURCE, self.source)):
            if asked is not None:
                mask &= _worded(issues, name, squash(asked).__eq__)
        if self.unit is not None:
            part = squash(self.unit)
            mask &= _worded(issues, col.UNIT, lambda word: part in word)
        return mask if self.text is None else mask & _holding(issues, squash(self.text))


def _worded(issues: IssueList, name: str, suits: Callable[[str], bool]) -> Mask:
    """Issues whose word in a column suits, width and spaces aside."""
    words = issues.cells[name].combine_chunks().dictionary_encode()
    suiting = [suits(squash(word)) for word in words.dictionary.to_pylist()]
    mask: Mask = np.array(suiting, bool)[words.indices.to_numpy()[issues.rows]]
    return mask


def _holding(issues: IssueList, part: str) -> Mask:
    """Issues that hold a text in any of the columns that are searched."""
    columns = (pa.chunked_array([issues.text(name)]) for name in _SEARCHED)
    whole = pc.binary_join_element_wise(*map(squash_array, columns), "")
    mask: Mask = np.asarray(pc.match_substring(whole, part).to_numpy(), bool)
    return mask
