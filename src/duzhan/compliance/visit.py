"""What a group takes along on a visit: claims, overdue issues, a sample to recheck.

SPEC section 8. The sample is drawn by a hash of the county's name, the day and the
编号, so that anybody can draw it again and nobody can choose it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from duzhan import columns as col
from duzhan.compliance.evidence import before_and_after
from duzhan.compliance.listing import lines, overdue
from duzhan.compliance.rechecks import RecheckShare, recheck_shares, rechecks_until
from duzhan.compliance.spells import invalid_issues
from duzhan.compliance.states import ABSENT, CLOSED, standing
from duzhan.compliance.waiting_claims import waiting

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from duzhan.compliance.evidence import BeforeAfter
    from duzhan.compliance.issue_list import IssueLine
    from duzhan.compliance.points import CountyPoints
    from duzhan.compliance.results import CountyStatus, Forecast, Overview
    from duzhan.compliance.states import Standing
    from duzhan.compliance.waiting_claims import Waiting
    from duzhan.dataset.ledger import Ledger
    from duzhan.model import Group, Milestone, Recheck, Roster


# So many closed issues are drawn unless somebody asks for another number.
SAMPLE = 5


@dataclass(frozen=True, slots=True)
class Visit:
    """A county as its group finds it before a visit.

    Attributes:
        day: as of which day.
        group: who goes.
        milestone: the current one; None after the last.
        status, forecast: how the county stands.
        claims: claims to verify, those that have waited longest first.
        overdue: overdue issues, longest first.
        sample: closed issues to look at again, in the order drawn.
        closed: how many closed issues the sample was drawn from.
        faulty: issues with a cell that the county must correct.
        rechecks: of closed issues up to the day.
        looked_at: those rechecks, the latest first.
        points: where the county lost points; None unless its assessment is known by items.
        photographed: the claims that have photographs, in their order.
    """

    day: dt.date
    group: Group
    milestone: Milestone | None
    status: CountyStatus
    forecast: Forecast
    claims: tuple[Waiting, ...]
    overdue: tuple[IssueLine, ...]
    sample: tuple[IssueLine, ...]
    closed: int
    faulty: tuple[IssueLine, ...]
    rechecks: RecheckShare
    looked_at: tuple[Recheck, ...] = ()
    points: CountyPoints | None = None
    photographed: tuple[BeforeAfter, ...] = ()


def visits(
    ledger: Ledger,
    roster: Roster,
    overview: Overview,
    found: Iterable[Forecast],
    sample: int,
    points: Iterable[CountyPoints] = (),
) -> list[Visit]:
    """Gather what the groups take along, in the order of the overview.

    Args:
        ledger: the issues.
        roster: the groups.
        overview: the judgement as of the day, of the counties asked for.
        found: their forecasts, in the same order.
        sample: how many closed issues to draw for each county.
        points: where the counties lost points, of those that it is known of.
    """
    lost = {one.county.name: one for one in points}
    day = overview.as_of
    now, late, claims = standing(ledger.facts, day), overdue(ledger, day), waiting(ledger, day)
    wrong = (now.state != ABSENT) & invalid_issues(ledger.facts)[now.rows]
    index = {county.name: at for at, county in enumerate(ledger.counties)}
    shares, looked_at = recheck_shares(ledger, day), rechecks_until(ledger, day)
    gathered = []
    for status, forecast in zip(overview.counties, found, strict=True):
        name = status.county.name
        ours = now.county == index[name]
        closed = ours & (now.state == CLOSED)
        waits = tuple(claims.of(name))
        gathered.append(
            Visit(
                day=day,
                group=roster.group_of(status.county),
                milestone=overview.current,
                status=status,
                forecast=forecast,
                claims=waits,
                overdue=tuple(late.of(name)),
                sample=tuple(drawn(ledger, now, closed, day, sample)),
                closed=int(closed.sum()),
                faulty=tuple(lines(ledger, now, ours & wrong)),
                rechecks=shares[index[name]],
                looked_at=tuple(one for one in looked_at if one.county == name),
                points=lost.get(name),
                photographed=tuple(before_and_after(ledger, (w.issue for w in waits), day)),
            )
        )
    return gathered


def drawn(
    ledger: Ledger, now: Standing, among: NDArray[np.bool_], day: dt.date, count: int
) -> list[IssueLine]:
    """Draw issues by the least SHA-256 of ``县名 日期 编号`` (see `lot`).

    Args:
        ledger: the issues.
        now: how they stand.
        among: which of them may be drawn, of one county.
        day: the day of the visit.
        count: how many.
    """
    at = np.flatnonzero(among)
    if not len(at) or not count:
        return []
    county = ledger.counties[int(now.county[at[0]])].name
    cells = ledger.cells.select([col.ID, col.DESCRIPTION]).take(pa.array(now.rows[at]))
    words = zip(cells[col.ID].to_pylist(), cells[col.DESCRIPTION].to_pylist(), strict=True)
    lots = [lot(county, day, name.strip() or text.strip()) for name, text in words]
    order = sorted(range(len(lots)), key=lots.__getitem__)[:count]
    found: list[IssueLine] = []
    for one in order:
        mask = np.zeros(len(among), bool)
        mask[at[one]] = True
        found += lines(ledger, now, mask)
    return found


def lot(county: str, day: dt.date, identifier: str) -> str:
    """The number that an issue draws; the least are in the sample.

    Args:
        county: its name, such as 富宁县.
        day: the day of the visit.
        identifier: 编号; of an issue without one its 问题描述.
    """
    return hashlib.sha256(f"{county} {day.isoformat()} {identifier}".encode()).hexdigest()
