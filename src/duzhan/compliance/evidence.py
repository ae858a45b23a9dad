"""Which closures nothing proves: closed issues of which there is neither photograph nor paper.

Evidence closes nothing, and here it opens nothing: this only counts (SPEC section 8).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from duzhan import columns as col
from duzhan.compliance.states import CLOSED, standing
from duzhan.dataset.evidence import register_problems as of_register
from duzhan.dataset.registers import AFTER, BEFORE
from duzhan.intake.text import squash
from duzhan.model import Problem

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Mapping

    from numpy.typing import NDArray

    from duzhan.compliance.issue_list import IssueLine
    from duzhan.compliance.states import Standing
    from duzhan.dataset.ledger import Ledger
    from duzhan.dataset.registers import Registers
    from duzhan.model import Evidence


def asked_for(registers: Registers, *, needed: bool) -> bool:
    """Whether it says anything that a closure has no evidence: some have, or all must.

    Args:
        registers: of all the counties that are asked about.
        needed: whether the campaign asks for evidence.
    """
    return needed or bool(registers.evidence)


def register_problems(
    register: Iterable[Evidence], withdrawn: Collection[int], bare: Mapping[str, int]
) -> list[Problem]:
    """What the register of evidence shows by itself, and how many closures have none.

    Args:
        register: its rows.
        withdrawn: the lines of those that are about withdrawn issues alone.
        bare: county name to how many closed issues have none, in the roster's order.
    """
    without = [
        Problem(
            "warning", col.EVIDENCE, None, None, None, "no-evidence",
            f"{county}已销号的问题里有{count}件没有佐证材料",
        )
        for county, count in bare.items()
        if count
    ]  # fmt: skip
    return [*of_register([one for one in register if one.line not in withdrawn]), *without]


def of_withdrawn(ledger: Ledger) -> set[int]:
    """The lines of the register that are about withdrawn issues of a ledger alone."""
    evidenced = ledger.facts.evidenced
    gone = ledger.facts.withdrawn[evidenced.stamps.rows].tolist()
    counting = {entry for entry, one in zip(evidenced.entries, gone, strict=True) if not one}
    return {ledger.registers.evidence[at].line for at in set(evidenced.entries) - counting}


def unproven(ledger: Ledger, day: dt.date) -> dict[str, int]:
    """Count closed issues without evidence as of a day, by county in the ledger's order."""
    now = standing(ledger.facts, day)
    mask = (now.state == CLOSED) & ~proven_by(ledger, now, day)
    counts = np.bincount(now.county[mask], minlength=len(ledger.counties))
    return {county.name: int(count) for county, count in zip(ledger.counties, counts, strict=True)}


def proven_by(ledger: Ledger, now: Standing, day: dt.date) -> NDArray[np.bool_]:
    """Which issues had evidence on a day.

    Args:
        ledger: the issues.
        now: how they stand.
        day: what came later does not count.
    """
    stamps = ledger.facts.evidenced.stamps
    issues = ledger.facts.issue[stamps.rows[stamps.days <= day.toordinal()]]
    return np.isin(ledger.facts.issue[now.rows], issues)


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """The photographs of an issue before and after it was mended, as of a day.

    Attributes:
        issue: the issue.
        before: in the register's order.
        after: likewise.
    """

    issue: IssueLine
    before: tuple[Evidence, ...]
    after: tuple[Evidence, ...]


def before_and_after(
    ledger: Ledger, issues: Iterable[IssueLine], day: dt.date
) -> list[BeforeAfter]:
    """The issues that have photographs of either kind, in their order.

    Args:
        ledger: whose register.
        issues: which issues.
        day: what came later is left out.
    """
    entries = ledger.registers.evidence
    found: dict[tuple[str, str], list[Evidence]] = {}
    for at in sorted(set(ledger.facts.evidenced.entries)):
        one = entries[at]
        if one.received <= day and one.kind in (BEFORE, AFTER):
            found.setdefault((one.county, squash(one.id)), []).append(one)
    pairs = []
    for issue in issues:
        ours = found.get((issue.county, squash(issue.id or "")), ())
        if ours:
            before, after = (tuple(e for e in ours if e.kind == k) for k in (BEFORE, AFTER))
            pairs.append(BeforeAfter(issue, before, after))
    return pairs
