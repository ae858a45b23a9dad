"""How far a county's figures can be relied on: every doubt, counted (SPEC section 8, 七)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from duzhan import columns as col
from duzhan.compliance.corrections import Correction, corrections
from duzhan.compliance.evidence import asked_for, unproven
from duzhan.compliance.quality_rows import Request, TakenOut, requests, withdrawn_rows
from duzhan.compliance.states import ABSENT, CLOSED, standing
from duzhan.dataset.ledger import reading_of
from duzhan.dataset.recorded_later import FirstImport, Later

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from duzhan.compliance.outside import Difference
    from duzhan.compliance.results import Overview
    from duzhan.compliance.states import Standing
    from duzhan.dataset.ledger import Ledger
    from duzhan.dataset.leftovers import Leftovers
    from duzhan.dataset.provenance import Recorded
    from duzhan.dataset.registers import Registers
    from duzhan.model import County, Problem, Rules


@dataclass(frozen=True, slots=True)
class Quality:
    """Doubts about a county's list as of a day, in issues.

    Attributes:
        county: whose list.
        has_data: False while there is no list; all figures are 0 then.
        invalid: with a cell that cannot be read or cannot be.
        no_due_date: open and without a readable 整改期限.
        undated: without a readable 发现日期: they count on every day.
        unverified: closed without 核验人.
        missing: not closed, and left out of the county's latest list; None without a journal.
        moved: whose later dates were not taken at the latest import; None likewise.
        postponed: whose 整改期限 or 发现日期 was moved to a later day on the record.
        backdated: whose closure was entered after the milestone that it lies on or
            before (补录); None without a journal.
        claims_without_date: said to be done by a word, without any date (县报已完成而无日期).
        withdrawn: rows that somebody withdrew; they count nowhere.
        self_verified: with a closure whose 核验人 is the 责任人 (核验人即责任人).
        state_conflicts: said not to be done, and claimed or closed (状态矛盾).
        without_evidence: closed without any evidence by the day (无佐证材料); 0 where the
            dataset has none at all and the campaign asks for none.
        corrections: what was put on record after the day and speaks of it.
        first_import: the county's first list, if it came after the day; only counted.
        taken_out: the withdrawn rows, each with its reason.
        requests: later deadlines that the county asks for and nobody granted.
        ignored: rows of the registers that do not count, and why.
        outside: the ledger as the journal has it, if it was changed without the tool.
    """

    county: County
    has_data: bool
    invalid: int = 0
    no_due_date: int = 0
    undated: int = 0
    unverified: int = 0
    missing: int | None = None
    moved: int | None = None
    postponed: int | None = None
    backdated: int | None = None
    claims_without_date: int = 0
    withdrawn: int = 0
    self_verified: int = 0
    state_conflicts: int = 0
    without_evidence: int = 0
    corrections: tuple[Correction, ...] = ()
    first_import: FirstImport | None = None
    taken_out: tuple[TakenOut, ...] = ()
    requests: tuple[Request, ...] = ()
    ignored: tuple[Problem, ...] = ()
    outside: Difference | None = None

    @property
    def clean(self) -> bool:
        """Whether there is nothing to say."""
        return self.has_data and not any(
            (
                self.invalid, self.no_due_date, self.undated, self.unverified,
                self.missing, self.moved, self.postponed, self.backdated,
                self.claims_without_date, self.withdrawn, self.self_verified,
                self.state_conflicts,
            )
        )  # fmt: skip


def qualities(
    ledger: Ledger,
    overview: Overview,
    recorded: Recorded | None,
    rules: Rules,
    outside: Mapping[str, Difference] | None = None,
    *,
    registers: Registers | None = None,
) -> tuple[Quality, ...]:
    """Count the doubts about every county of an overview.

    Args:
        ledger: the issues.
        overview: the judgement as of the day.
        recorded: what the journal tells; None without a journal.
        rules: how cells are read, and which days an answer rests on.
        outside: county name to its ledger, if that was changed without the tool.
        registers: of all counties asked about, where the ledger has not all of them.
    """
    now = standing(ledger.facts, overview.as_of)
    counties = len(ledger.counties)
    undated = _count(now, (now.state != ABSENT) & (ledger.facts.found[now.rows] == 0), counties)
    unverified = _count(now, (now.state == CLOSED) & ledger.facts.unverified[now.rows], counties)
    backdated, postponed = _on_record(overview.as_of, recorded)
    index = {county.code: at for at, county in enumerate(ledger.counties)}
    self_verified = _of_code(ledger, now, "self-verified", counties)
    conflicts = _of_code(ledger, now, "state-conflict", counties)
    later = recorded.later if recorded else Later()
    corrected = corrections(ledger, later, rules, overview.as_of)
    asked, taken_out = requests(ledger, now, reading_of(rules)), withdrawn_rows(ledger)
    needed = rules.closure_needs_evidence
    asking = asked_for(registers or ledger.registers, needed=needed)
    bare = unproven(ledger, overview.as_of) if asking else {}
    found = []
    for status in overview.counties:
        name, counts, at = status.county.name, status.counts, index[status.county.code]
        left = recorded.leftovers.get(name) if recorded else None
        told = tuple(one for one in corrected if one.county == name)
        changed = (outside or {}).get(name)
        if counts is None:
            found.append(Quality(status.county, has_data=False, corrections=told, outside=changed))
            continue
        found.append(
            Quality(
                status.county, has_data=True, invalid=counts.invalid,
                no_due_date=counts.no_due_date, undated=undated[at], unverified=unverified[at],
                claims_without_date=counts.claims_without_date, withdrawn=counts.withdrawn,
                missing=None if recorded is None else _unsettled(ledger, now, at, left),
                moved=None if recorded is None else len(left.moved) if left else 0,
                postponed=None if recorded is None else postponed[name],
                backdated=None if recorded is None else backdated[name],
                self_verified=self_verified[at], state_conflicts=conflicts[at],
                without_evidence=bare.get(name, 0),
                corrections=told, first_import=later.first.get(name), outside=changed,
                taken_out=taken_out.get(name, ()), requests=asked.get(name, ()),
                ignored=_ignored(ledger, name, overview.as_of),
            )
        )  # fmt: skip
    return tuple(found)


def _count(now: Standing, mask: NDArray[np.bool_], counties: int) -> list[int]:
    counts: list[int] = np.bincount(now.county[mask], minlength=counties).tolist()
    return counts


def _of_code(ledger: Ledger, now: Standing, code: str, counties: int) -> list[int]:
    """Existing issues by county with a fault of this kind in any of their rows."""
    facts = ledger.facts
    rows = [fault.rows for fault in facts.faults if fault.code == code]
    if not rows:
        return [0] * counties
    concerned = np.isin(facts.issue[now.rows], facts.issue[np.concatenate(rows)])
    return _count(now, (now.state != ABSENT) & concerned, counties)


def _ignored(ledger: Ledger, county: str, day: dt.date) -> tuple[Problem, ...]:
    """Why rows of the registers about a county do not count, of those up to a day."""
    return tuple(
        one.problem for one in ledger.facts.ignored if one.county == county and one.day <= day
    )


def _unsettled(ledger: Ledger, now: Standing, county: int, left: Leftovers | None) -> int:
    """How many of the issues that the latest list left out are not closed."""
    if left is None or not left.missing:
        return 0
    ours = (now.county == county) & (now.state != ABSENT) & (now.state != CLOSED)
    names = ledger.cells[col.ID].take(pa.array(now.rows[ours])).to_pylist()
    return len(set(left.missing) & {name.strip() for name in names})


def _on_record(day: dt.date, recorded: Recorded | None) -> tuple[Counter[str], Counter[str]]:
    """Issues by county, each once, whose closure counts on the day or whose date was moved."""
    if recorded is None:
        return Counter(), Counter()
    backdated = {(x.county, x.id) for x in recorded.backdated if x.day <= day.isoformat()}
    postponed = {(late.county, late.id) for late in recorded.postponed}
    return Counter(county for county, _ in backdated), Counter(county for county, _ in postponed)
