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
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from duzhan.compliance.listing import IssueLine
    from duzhan.compliance.states import Standing
    from duzhan.dataset.ledger import Ledger
    from duzhan.model import Evidence


def asked_for(ledger: Ledger, *, needed: bool) -> bool:
    """Whether it says anything that a closure has no evidence: some have, or all must.

    Args:
        ledger: the issues.
        needed: whether the campaign asks for evidence.
    """
    return needed or bool(ledger.registers.evidence)


def register_problems(ledger: Ledger, day: dt.date, *, needed: bool) -> list[Problem]:
    """What the register of evidence shows by itself, and how many closures have none.

    Args:
        ledger: the issues.
        day: as of which day closures are counted.
        needed: whether the campaign asks for evidence.
    """
    if not asked_for(ledger, needed=needed):
        return []
    bare = [
        Problem(
            "warning", col.EVIDENCE, None, None, None, "no-evidence",
            f"{county}已销号的问题里有{count}件没有佐证材料",
        )
        for county, count in unproven(ledger, day).items()
        if count
    ]  # fmt: skip
    return [*of_register(_standing_evidence(ledger)), *bare]


def _standing_evidence(ledger: Ledger) -> list[Evidence]:
    """The register without what is about withdrawn issues alone."""
    evidenced = ledger.facts.evidenced
    gone = ledger.facts.withdrawn[evidenced.stamps.rows].tolist()
    counting = {entry for entry, one in zip(evidenced.entries, gone, strict=True) if not one}
    withdrawn = set(evidenced.entries) - counting
    return [one for at, one in enumerate(ledger.registers.evidence) if at not in withdrawn]


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
