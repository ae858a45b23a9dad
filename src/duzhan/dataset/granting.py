"""Which extensions, rechecks and evidence count for which rows of the ledger (SPEC section 3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.dataset import registers as reg
from duzhan.dataset.events import NO_STAMPS, Stamps
from duzhan.intake.text import squash

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from duzhan.arrays import Days, Rows
    from duzhan.dataset.registers import Ignored, Registers
    from duzhan.model import Evidence, Extension, Recheck


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Extensions that count, one entry a row of the ledger, by row, then day, then order.

    Attributes:
        rows: row of the ledger.
        days: ordinal of 批准日期: from then on `until` is the deadline.
        until: ordinal of 延至.
        entries: which extension of the register it is.
    """

    rows: Rows = field(default_factory=lambda: np.zeros(0, np.int64))
    days: Days = field(default_factory=lambda: np.zeros(0, np.int32))
    until: Days = field(default_factory=lambda: np.zeros(0, np.int32))
    entries: Rows = field(default_factory=lambda: np.zeros(0, np.int64))

    def __len__(self) -> int:
        return len(self.rows)


class Named(NamedTuple):
    """What the registers hold, and the rows of the ledger that they name.

    Attributes:
        registers: extensions, rechecks and evidence.
        places: county and 编号 to rows.
        issue: the number of each row's issue, -1 for a withdrawn row.
    """

    registers: Registers
    places: Mapping[tuple[str, str], list[int]]
    issue: Rows

    def rows_of(self, one: Extension | Recheck | Evidence) -> list[int]:
        """The rows that an entry names."""
        return self.places.get((one.county, squash(one.id)), [])

    def ambiguous(self, rows: Sequence[int]) -> bool:
        """Whether rows of one 编号 are several issues."""
        return len({int(self.issue[row]) for row in rows} - {-1}) > 1


def named_by(
    registers: Registers, ids: pa.ChunkedArray, county: NDArray[np.int16], issue: Rows
) -> Named:
    """Look up the rows that the registers name.

    Args:
        registers: extensions, rechecks and evidence.
        ids: 编号 of every row, squashed.
        county: number of the county of every row.
        issue: number of the issue of every row, -1 for a withdrawn one.
    """
    named = {squash(one.id) for one in registers.extensions}
    named |= {squash(one.id) for one in registers.rechecks}
    named |= {squash(one.id) for one in registers.evidence if one.id}
    if not named:
        return Named(registers, {}, issue)
    rows = np.flatnonzero(pc.is_in(ids, pa.array(sorted(named), pa.string())).to_numpy())
    found: dict[tuple[str, str], list[int]] = {}
    texts = ids.take(pa.array(rows)).to_pylist()
    for row, text, number in zip(rows.tolist(), texts, county[rows].tolist(), strict=True):
        found.setdefault((registers.counties[number], text), []).append(row)
    return Named(registers, found, issue)


# ---------------------------------------------------------------- extensions


def granted(named: Named, found: Days, due: Days, last_day: int) -> tuple[Deadlines, list[Ignored]]:
    """Let the extensions apply in the order of their approval.

    Args:
        named: the extensions, and their rows.
        found: 发现日期 of every row, 0 if it has none.
        due: 整改期限 of every row, 0 if it has none.
        last_day: ordinal of the campaign's last day.

    Returns:
        Those that count, and what is wrong with the others.
    """
    numbered = sorted(
        enumerate(named.registers.extensions), key=lambda pair: (pair[1].approved_on, pair[0])
    )
    now: dict[int, int] = {}
    counting: list[tuple[int, int, int, int, int]] = []
    problems = []
    for order, (entry, extension) in enumerate(numbered):
        why = _UNKNOWN_ISSUE
        rows = named.rows_of(extension)
        if named.ambiguous(rows):
            rows, why = [], _SEVERAL_ISSUES
        until, approved = extension.until.toordinal(), extension.approved_on.toordinal()
        taken = []
        for row in rows:
            before = now.get(row, int(due[row]))
            why = _against(extension, int(found[row]), before, last_day)
            if not why[0]:
                now[row] = until
                taken.append((row, approved, order, until, entry))
        counting.extend(taken)
        if not taken:
            problems.append(reg.ignored(col.EXTENSIONS, extension, why, reg.BAD_EXTENSION))
    return _deadlines(counting), problems


_UNKNOWN_ISSUE = (col.ID, "", "台账里没有这个编号的问题")
_NOTHING_BEFORE = (reg.DAY, "", "复核之前没有整改完成日期或销号日期")
_SEVERAL_ISSUES = (col.ID, "", "这个编号在台账里用于不同的问题，不知道是哪一件")


def _against(extension: Extension, found: int, before: int, last_day: int) -> tuple[str, str, str]:
    """Column, value and reason for which an extension does not count; "" if it does."""
    until, approved = extension.until, extension.approved_on
    if approved.toordinal() < found:
        return reg.APPROVED_ON, approved.isoformat(), "批准日期早于发现日期"
    if until.toordinal() > last_day:
        return reg.UNTIL, until.isoformat(), "延至的日期晚于行动截止日"
    if before and until.toordinal() <= before:
        return reg.UNTIL, until.isoformat(), "延至的日期不晚于此前的期限"
    return "", "", ""


def _deadlines(counting: list[tuple[int, int, int, int, int]]) -> Deadlines:
    if not counting:
        return Deadlines()
    rows, days, _, until, entries = np.array(sorted(counting), np.int64).T
    return Deadlines(rows, days.astype(np.int32), until.astype(np.int32), entries)


# ---------------------------------------------------------------- rechecks


@dataclass(frozen=True, slots=True)
class Rechecked:
    """Rechecks that count.

    Attributes:
        entries: which recheck of the register each is.
        rows: a row of its issue.
        returns: the rows and days that those found 不属实 send back.
    """

    entries: tuple[int, ...] = ()
    rows: tuple[int, ...] = ()
    returns: Stamps = NO_STAMPS


def rechecked(named: Named, first_done: Days) -> tuple[Rechecked, list[Ignored]]:
    """Tell which rechecks count: those of an issue that had been claimed or closed by then.

    Args:
        named: the rechecks, and their rows.
        first_done: the first claim or closure of every row.
    """
    entries, at, problems = [], [], []
    returns: list[tuple[int, int]] = []
    for entry, recheck in enumerate(named.registers.rechecks):
        rows = named.rows_of(recheck)
        day = recheck.day.toordinal()
        ours = [row for row in rows if first_done[row] <= day]
        if not ours:
            why = _NOTHING_BEFORE if rows else _UNKNOWN_ISSUE
            problems.append(reg.ignored(col.RECHECKS, recheck, why, reg.BAD_RECHECK))
            continue
        entries.append(entry)
        at.append(ours[0])
        if not recheck.true:
            returns.extend((row, day) for row in ours)
    if not returns:
        return Rechecked(tuple(entries), tuple(at)), problems
    rows_back, days = np.array(returns, np.int64).T
    stamps = Stamps(rows_back, days.astype(np.int32))
    return Rechecked(tuple(entries), tuple(at), stamps), problems


# ---------------------------------------------------------------- evidence


@dataclass(frozen=True, slots=True)
class Evidenced:
    """Evidence of issues of the ledger, one entry a row of the ledger; it closes nothing.

    Attributes:
        stamps: the row, and the day from which on there was this evidence.
        entries: which evidence of the register each is.
    """

    stamps: Stamps = NO_STAMPS
    entries: tuple[int, ...] = ()


def evidenced(named: Named) -> tuple[Evidenced, list[Ignored]]:
    """Tell which evidence is about an issue of the ledger, and what is wrong with the rest.

    Args:
        named: the evidence, and its rows.
    """
    found: list[tuple[int, int, int]] = []
    problems = []
    for entry, one in enumerate(named.registers.evidence):
        if not one.id:
            continue
        rows = named.rows_of(one)
        if not rows or named.ambiguous(rows):
            why = _SEVERAL_ISSUES if rows else _UNKNOWN_ISSUE
            problems.append(reg.ignored(col.EVIDENCE, one, why, reg.BAD_EVIDENCE))
            continue
        found.extend((row, one.received.toordinal(), entry) for row in rows)
    if not found:
        return Evidenced(), problems
    rows_of, days, entries = np.array(found, np.int64).T
    return Evidenced(Stamps(rows_of, days.astype(np.int32)), tuple(entries.tolist())), problems
