"""The issues that are not closed, and the items in which they cost points."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from duzhan.compliance.points import CountyPoints, LinkedIssues
from duzhan.compliance.states import CLAIMED, OPEN, standing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from duzhan.dataset.item_links import ItemLinks
    from duzhan.dataset.ledger import Ledger
    from duzhan.model import Item, Rules


class IssuesBehind:
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
