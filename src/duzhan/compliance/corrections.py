"""What was put on record after a day and betters the answer about it: 补录, 更正, 撤销 (SPEC 1).

Every changed issue is judged as it stood before and after each change; rows of the
record files that speak of the day or an earlier one are told as they are. Nothing
that somebody entered late betters a past day without standing here, by whom and why.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from duzhan import columns as col
from duzhan.compliance import states
from duzhan.compliance.results import WINDOW
from duzhan.compliance.snapshots import sundays
from duzhan.dataset.judging import judge
from duzhan.dataset.ledger import reading_of
from duzhan.dataset.readable import Brokenness
from duzhan.dataset.recorded_later import Later, day_told
from duzhan.intake.text import squash

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from duzhan.dataset.facts import Facts, Reading
    from duzhan.dataset.ledger import Ledger
    from duzhan.model import Rules
    from duzhan.store.entries import Line

LATE, MENDED, WITHDRAWN = "补录", "更正", "撤销"

_KINDS = {"amend": MENDED, "withdraw": WITHDRAWN}
# What `amend` may not change unnamed, although the row by itself looks no better.
_REMARKS = frozenset((col.REMARK, col.UNIT, col.ACTION, col.SOURCE))


@dataclass(frozen=True, slots=True)
class Correction:
    """A change that was put on record after a day and speaks of it.

    Attributes:
        kind: 补录, 更正 or 撤销.
        county: full name.
        id: 编号 of the issue; None for a row of a record file that names none.
        entered_on: when it was put on record, ISO.
        command: by which command.
        by: who asked for it; None if it was not said.
        reason: why; None if it was not said.
        source: the list that it came from; None if it was typed.
        columns: which cells changed.
        gains: what is better about the day: see `report.words.corrections`.
        file: the record file whose row it is; None for an issue.
        cells: what that row says.
    """

    kind: str
    county: str
    id: str | None
    entered_on: str
    command: str
    by: str | None
    reason: str | None
    source: str | None
    columns: tuple[str, ...]
    gains: tuple[str, ...] = ()
    file: str | None = None
    cells: tuple[tuple[str, str], ...] = ()


def corrections(ledger: Ledger, later: Later, rules: Rules, day: dt.date) -> tuple[Correction, ...]:
    """Tell what was put on record after a day and speaks of it, oldest first.

    Args:
        ledger: the issues as they stand now.
        later: what was written after the day.
        rules: how cells are read, and which earlier days an answer rests on.
        day: the day that is answered about.
    """
    if not later.lines:
        return ()
    reading = reading_of(rules)
    found: dict[int, Correction] = {}
    for at, line in enumerate(later.lines):
        if line.file == col.EVIDENCE and not reading.closure_needs_evidence:
            continue
        told = _day_told(line, ledger)
        if told is not None and told <= day.isoformat():
            found[at] = _of_record(line)
    asked = _Asked(day, earlier_days(rules, day))
    for step, gains in _bettered(ledger, _steps(ledger, later.lines), reading, asked):
        if gains or _always_told(step, day, reading):
            found[step.at] = _of_issue(step, gains)
    return tuple(found[at] for at in sorted(found))


def _day_told(line: Line, ledger: Ledger) -> str | None:
    """The day that a new row of a record file speaks of; None of any other line.

    Evidence that waited, and now is about an issue, is new to it, as of the day when it came.
    """
    if line.entry.action == "added":
        return day_told(line)
    named = [one.new for one in line.entry.changes if one.column == col.ID and not one.old]
    if line.file != col.EVIDENCE or not named:
        return None
    county, identifier = line.entry.county, squash(named[0])
    days = [
        one.received.isoformat()
        for one in ledger.registers.evidence
        if one.county == county and squash(one.id) == identifier
    ]
    return min(days, default=None)


# ---------------------------------------------------------------- changes undone


class _Step(NamedTuple):
    """One change of an issue, with its cells before (None for a new row) and after."""

    at: int
    line: Line
    county: int
    before: Mapping[str, str] | None
    after: Mapping[str, str]


def _steps(ledger: Ledger, lines: Sequence[Line]) -> list[list[_Step]]:
    """Undo the changes of every issue from now on back; the latest of each first.

    Returns:
        Steps of different issues together, so that each is judged with few others.
    """
    placed = dict(_placed(ledger, lines))
    rows = sorted({row for row, _ in placed.values()})
    cells: dict[int, Mapping[str, str]] = dict(
        zip(rows, ledger.cells.take(pa.array(rows, pa.int64())).to_pylist(), strict=True)
    )
    rounds: list[list[_Step]] = []
    done: dict[int, int] = {}
    for at, (row, county) in reversed(placed.items()):
        line, after = lines[at], cells[row]
        before = {**after, **{change.column: change.old for change in line.entry.changes}}
        number = done[row] = done.get(row, -1) + 1
        if number == len(rounds):
            rounds.append([])
        known = None if line.entry.action == "added" else before
        rounds[number].append(_Step(at, line, county, known, after))
        cells[row] = before
    return rounds


def _placed(ledger: Ledger, lines: Sequence[Line]) -> Iterator[tuple[int, tuple[int, int]]]:
    """Lines about rows of the ledger: number of the line; row, and county of its file."""
    first = {source.file: source for source in reversed(ledger.sources)}
    for at, line in enumerate(lines):
        row, source = line.entry.row, first.get(line.file)
        if row is not None and source is not None and row < source.table.cells.num_rows:
            yield at, (source.first + row, source.county)


# ---------------------------------------------------------------- before and after


class _Asked(NamedTuple):
    """The day that is answered about, and the earlier ones that the answer rests on."""

    day: dt.date
    earlier: tuple[dt.date, ...]

    @property
    def fortnight_before(self) -> dt.date:
        """The day that the pace is counted from."""
        return self.day - WINDOW


def earlier_days(rules: Rules, day: dt.date) -> tuple[dt.date, ...]:
    """The days before a day that the answer about it rests on: milestones, ends of weeks, pace."""
    deadlines = {one.deadline for one in rules.milestones}
    return tuple(
        sorted(one for one in {*deadlines, *sundays(rules, day), day - WINDOW} if one < day)
    )


def _bettered(
    ledger: Ledger, rounds: Sequence[Sequence[_Step]], reading: Reading, asked: _Asked
) -> Iterator[tuple[_Step, tuple[str, ...]]]:
    """Each change with what it bettered about the day."""
    for steps in rounds:
        kept = [step for step in steps if step.before is not None]
        places = {step.at: number for number, step in enumerate(kept)}
        now = _judged(ledger, [step.after for step in steps], steps, reading)
        was = _judged(ledger, [step.before or {} for step in kept], kept, reading)
        pairs = [(places.get(step.at), number) for number, step in enumerate(steps)]
        on_day = _compared(was, now, pairs, asked.day)
        before = [_compared(was, now, pairs, day) for day in asked.earlier]
        pace = _compared(was, now, pairs, asked.fortnight_before)
        for number, step in enumerate(steps):
            gains = tuple(_gains(*on_day[number], asked.day.toordinal()))
            days = zip(asked.earlier, before, strict=True)
            if not gains and any([*_gains(*rows[number], day.toordinal())] for day, rows in days):
                gains = ("earlier",)
            if not gains and _hastened(*pace[number], on_day[number][1]):
                gains = ("pace",)
            yield step, gains


def _judged(
    ledger: Ledger,
    cells: Sequence[Mapping[str, str]],
    steps: Sequence[_Step],
    reading: Reading,
) -> Facts:
    names = ledger.cells.column_names
    table = pa.table(
        {name: pa.array([one.get(name, "") for one in cells], pa.string()) for name in names}
    )
    counties = np.array([step.county for step in steps], np.int16)
    return judge(table, counties, Brokenness(), reading, registers=ledger.registers)


def _compared(
    was: Facts, now: Facts, pairs: Sequence[tuple[int | None, int]], day: dt.date
) -> list[tuple[_Row | None, _Row]]:
    """How each changed row stood on a day before (None for no row) and after its change."""
    before, after = _stood(was, day), _stood(now, day)
    return [(None if old is None else before[old], after[new]) for old, new in pairs]


def _stood(facts: Facts, day: dt.date) -> list[_Row]:
    ordinal, rows = day.toordinal(), np.arange(len(facts.found))
    columns = (
        states.row_states(facts, ordinal), facts.due_at(rows, ordinal),
        facts.invalid, facts.unverified,
    )  # fmt: skip
    return [_Row(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


class _Row(NamedTuple):
    """How a row stood on the day."""

    state: int
    due: int
    invalid: bool
    unverified: bool

    @property
    def exists(self) -> bool:
        """Whether it counted at all."""
        return self.state != states.ABSENT


def _hastened(was: _Row | None, now: _Row, on_day: _Row) -> bool:
    """Whether a closing counts as one of the last days that did not before."""
    stayed = was is not None and was.state == states.CLOSED
    return stayed and now.state != states.CLOSED and on_day.state == states.CLOSED


def _gains(was: _Row | None, now: _Row, day: int) -> Iterator[str]:
    """What is better about a row on a day; None if there was none."""
    existed = was is not None and was.exists
    if was is None or not existed:
        if now.state in (states.CLOSED, states.CLAIMED):
            yield "came-closed" if now.state == states.CLOSED else "came-claimed"
        return
    if not now.exists:
        yield "gone"
        return
    if now.state < was.state:
        yield "closed" if now.state == states.CLOSED else "claimed"
    if was.invalid and not now.invalid:
        yield "valid"
    if now.state == was.state == states.OPEN:
        yield from _sooner(was, now, day)
    if was.state == now.state == states.CLOSED and was.unverified and not now.unverified:
        yield "verified"


def _sooner(was: _Row, now: _Row, day: int) -> Iterator[str]:
    """What is better about the deadline of a row that is open."""
    if not was.due:
        if now.due:
            yield "dated"
        return
    if was.due < day and not 0 < now.due < day:
        yield "not-overdue"
    elif now.due > was.due:
        yield "later-due"


# ---------------------------------------------------------------- named


def _always_told(step: _Step, day: dt.date, reading: Reading) -> bool:
    """Corrections of a cell are told even where the row by itself looks no better."""
    changed = {change.column for change in step.line.entry.changes}
    if step.line.stamp.command != "amend" or changed <= _REMARKS:
        return False
    found = reading.dates.read((step.before or step.after).get(col.FOUND, ""))[0]
    return not found or found[0] <= day.toordinal()


def _kind(line: Line) -> str:
    """What a change is called: a date that came late, or something that was set right."""
    if kind := _KINDS.get(line.stamp.command):
        return kind
    dated = any(change.column in col.EVENT_COLUMNS for change in line.entry.changes)
    return LATE if line.entry.action == "added" or dated else MENDED


def _of_issue(step: _Step, gains: tuple[str, ...]) -> Correction:
    columns = tuple(change.column for change in step.line.entry.changes)
    name = step.after.get(col.ID, "").strip() or step.line.entry.id or None
    return replace(_told(step.line, _kind(step.line), name, columns), gains=gains)


def _of_record(line: Line) -> Correction:
    cells = {change.column: change.new for change in line.entry.changes}
    told = _told(line, LATE, cells.get(col.ID), tuple(cells))
    return replace(told, file=line.file, cells=tuple(cells.items()))


def _told(line: Line, kind: str, name: str | None, columns: tuple[str, ...]) -> Correction:
    entry = line.entry
    return Correction(
        kind=kind,
        county=entry.county or "",
        id=name,
        entered_on=line.stamp.time[:10],
        command=line.stamp.command,
        by=entry.by,
        reason=entry.reason,
        source=entry.source.file if entry.source else None,
        columns=columns,
    )
