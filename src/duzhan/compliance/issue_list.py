"""Issues as a list shows them: kept as columns, made into lines where somebody looks at them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol, Self, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.compliance.states import CLAIMED, CLOSED, OPEN, Standing
from duzhan.intake.text_columns import taken
from duzhan.model import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from duzhan.arrays import Days, Mask, Rows

STATES = {OPEN: State.OPEN, CLAIMED: State.CLAIMED, CLOSED: State.CLOSED}

# As many issues as are looked up at once where they are gone through one by one.
_AT_ONCE = 1 << 13


@dataclass(frozen=True, slots=True)
class IssueLine:
    """An issue as lists show it.

    Attributes:
        id: 编号, None without one.
        due_on: the deadline in force on the day.
        days_overdue: days since the deadline; 0 or negative before it; None without
            a deadline or for issues that are not open.
        original_due_on: 整改期限 as it was before any extension.
        extensions: how often it had been extended by the day.
        columns: what stands in the columns behind the fourteen, where anything does.
    """

    id: str | None
    county: str
    description: str
    location: str
    action: str
    source: str
    unit: str
    person: str
    verifier: str
    remark: str
    found_on: dt.date | None
    due_on: dt.date | None
    days_overdue: int | None
    state: State
    original_due_on: dt.date | None = None
    extensions: int = 0
    columns: Mapping[str, str] = field(default_factory=dict, hash=False)


class Listed(Protocol):
    """A list of issues, whether they are in memory or read as they are gone through."""

    def __len__(self) -> int:
        """How many issues there are."""
        ...

    @property
    def late(self) -> int:
        """How many of them are overdue."""
        ...

    def parts(self) -> Iterator[IssueList]:
        """The list in parts of some thousands, to be written one after the other."""
        ...

    def whole(self) -> IssueList:
        """All of it in memory."""
        ...

    def overdue(self, due_within: int | None = None) -> Self:
        """The overdue ones, by county, longest first.

        Args:
            due_within: also those that are due from the day on and within so many days.
        """
        ...

    def where(
        self,
        stands: Callable[[Standing | IssueList], Mask],
        worded: Callable[[IssueList], Mask] | None,
    ) -> Self:
        """Those that stand as asked for, and of them those that have the words asked for."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class IssueList(Sequence[IssueLine]):
    """Issues in the order of a list, kept as columns: lines are made as they are looked at.

    Whatever is done with a million issues goes by the columns; whoever shows a few of
    them takes the lines.

    Attributes:
        cells: columns of text, the ledger's or some of its rows.
        rows: where in `cells` each issue stands, -1 for nowhere: see `with_texts_of`.
        names: the counties, by number.
        county: number of each issue's county.
        state: OPEN, CLAIMED or CLOSED.
        found, due: ordinals of 发现日期 and of the deadline in force, 0 for none.
        original: ordinal of 整改期限 as it was before any extension, 0 for none.
        extensions: how often it had been extended.
        day: ordinal of the day.
    """

    cells: pa.Table
    rows: Rows
    names: tuple[str, ...]
    county: NDArray[np.int16]
    state: NDArray[np.int8]
    found: Days
    due: Days
    original: Days
    extensions: Rows
    day: int

    def __len__(self) -> int:
        """How many issues there are."""
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> IssueLine: ...
    @overload
    def __getitem__(self, at: slice) -> IssueList: ...
    def __getitem__(self, at: int | slice) -> IssueLine | IssueList:
        """One issue as a line, or a part of the list."""
        if isinstance(at, slice):
            return self.at(np.arange(len(self))[at])
        return next(_made(self.at(np.arange(len(self))[[at]])))

    def __iter__(self) -> Iterator[IssueLine]:
        """The issues as lines, some thousands looked up at once."""
        for part in self.parts():
            yield from _made(part)

    def __eq__(self, other: object) -> bool:
        """Whether a sequence has the same lines."""
        if not isinstance(other, Sequence) or len(self) != len(other):
            return NotImplemented if not isinstance(other, Sequence) else False
        return all(ours == theirs for ours, theirs in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def parts(self) -> Iterator[IssueList]:
        """The list in parts of some thousands, to be written one after the other."""
        return (self[begin : begin + _AT_ONCE] for begin in range(0, len(self), _AT_ONCE))

    def whole(self) -> IssueList:
        """All of it, which it is."""
        return self

    def overdue(self, due_within: int | None = None) -> IssueList:
        """The overdue ones; see `Listed.overdue`."""
        return by_urgency(self.at(is_urgent(self, due_within)))

    def where(
        self,
        stands: Callable[[Standing | IssueList], Mask],
        worded: Callable[[IssueList], Mask] | None,
    ) -> IssueList:
        """Some of them; see `Listed.where`."""
        some = self.at(stands(self))
        return some if worded is None else some.at(worded(some))

    @property
    def late(self) -> int:
        """How many of them are overdue."""
        return int(self.is_late.sum())

    def at(self, which: Rows | Mask) -> IssueList:
        """Some of the issues, in an order of their own.

        Args:
            which: their places in the list, or a mask over it.
        """
        columns = ("rows", "county", "state", "found", "due", "original", "extensions")
        return replace(self, **{name: getattr(self, name)[which] for name in columns})

    def is_of(self, county: str) -> Mask:
        """Which of them are one county's, by its full name."""
        ours: Mask = self.county == self.names.index(county)
        return ours

    @property
    def by_county(self) -> dict[str, int]:
        """How many there are of each county that has any, in the order of their first ones."""
        numbers, firsts, counts = np.unique(self.county, return_index=True, return_counts=True)
        order = np.argsort(firsts)
        pairs = zip(numbers[order].tolist(), counts[order].tolist(), strict=True)
        return {self.names[number]: count for number, count in pairs}

    def of(self, county: str) -> IssueList:
        """Those of one county."""
        return self.at(self.is_of(county))

    def with_texts_of(self, which: Mask) -> IssueList:
        """The same issues with the texts of some alone; the others are only counted.

        Args:
            which: a mask over the list.
        """
        rows = np.where(which, np.cumsum(which) - 1, -1)
        texts = {
            name: taken(column, self.rows[which])
            for name, column in zip(self.cells.column_names, self.cells.columns, strict=True)
        }
        return replace(self, cells=pa.table(texts), rows=rows)

    @property
    def listed(self) -> IssueList:
        """Those that have texts: all of them, but of a list that is too long to be read."""
        there = self.rows >= 0
        return self if there.all() else self.at(there)

    def text(self, name: str) -> pa.StringArray:
        """What stands in a column of text, without the space around it."""
        there = self.rows >= 0
        texts = taken(self.cells[name], self.rows[there])
        if not there.all():
            texts = pc.replace_with_mask(pa.repeat("", len(self)), pa.array(there), texts)
        return pc.utf8_trim_whitespace(texts.fill_null(""))

    @property
    def further(self) -> tuple[str, ...]:
        """The columns behind the fourteen."""
        known = (*col.ISSUE_COLUMNS, col.COUNTY)
        return tuple(name for name in self.cells.column_names if name not in known)

    @property
    def days_overdue(self) -> Days:
        """Days since the deadline, where `is_dated` says that they count."""
        return self.day - self.due

    @property
    def is_dated(self) -> Mask:
        """Open, with a deadline."""
        dated: Mask = (self.state == OPEN) & (self.due > 0)
        return dated

    @property
    def is_late(self) -> Mask:
        """Overdue: the deadline day itself is not."""
        late: Mask = self.is_dated & (self.due < self.day)
        return late


# The texts of a line, in its order.
_TEXTS = (
    col.ID, col.DESCRIPTION, col.LOCATION, col.ACTION, col.SOURCE, col.UNIT, col.PERSON,
    col.VERIFIER, col.REMARK,
)  # fmt: skip


def _made(issues: IssueList) -> Iterator[IssueLine]:
    """The lines of a list that is not long."""
    told = (
        *(issues.text(name).to_pylist() for name in _TEXTS),
        issues.county.tolist(),
        issues.state.tolist(),
        *([_date(day) for day in days.tolist()] for days in (issues.found, issues.due)),
        [
            days if dated else None
            for days, dated in zip(
                issues.days_overdue.tolist(), issues.is_dated.tolist(), strict=True
            )
        ],
        [_date(day) for day in issues.original.tolist()],
        issues.extensions.tolist(),
    )
    further = {name: issues.text(name).to_pylist() for name in issues.further}
    for at, (name, description, location, action, source, unit, person, verifier, remark,
             county, state, found, due, days, original, extended) in enumerate(
        zip(*told, strict=True)
    ):  # fmt: skip
        yield IssueLine(
            name or None, issues.names[county], description, location, action, source, unit,
            person, verifier, remark, found, due, days, STATES[state], original, extended,
            {name: cells[at] for name, cells in further.items() if cells[at]},
        )  # fmt: skip


def joined(parts: Sequence[IssueList], own: Sequence[str] = ()) -> IssueList:
    """Lists of different counties one behind the other, all as of one day.

    Args:
        parts: the lists.
        own: headings of the counties' own columns in their order; others stand before them.
    """
    parts = [part.with_texts_of(part.rows >= 0) for part in parts]
    sizes = [part.cells.num_rows for part in parts]
    firsts = np.cumsum([0, *sizes[:-1]])
    last = {name: at for at, name in enumerate(own)}
    there = dict.fromkeys(name for part in parts for name in part.cells.column_names)
    names = sorted(there, key=lambda name: last.get(name, -1))
    rows = [
        np.where(part.rows < 0, -1, part.rows + first)
        for part, first in zip(parts, firsts.tolist(), strict=True)
    ]
    return replace(
        parts[0],
        cells=pa.concat_tables(_with_columns(part.cells, names) for part in parts),
        rows=np.concatenate(rows),
        county=np.concatenate([part.county for part in parts]),
        state=np.concatenate([part.state for part in parts]),
        found=np.concatenate([part.found for part in parts]),
        due=np.concatenate([part.due for part in parts]),
        original=np.concatenate([part.original for part in parts]),
        extensions=np.concatenate([part.extensions for part in parts]),
    )


def _with_columns(cells: pa.Table, names: Iterable[str]) -> pa.Table:
    """A table with all these columns; one that it lacks is empty."""
    none = pa.repeat(pa.scalar("", pa.string()), cells.num_rows)
    schema = pa.schema([(name, pa.string()) for name in names])
    known = set(cells.column_names)
    return pa.table([cells[name] if name in known else none for name in schema.names], schema)


def is_urgent(now: Standing | IssueList, due_within: int | None) -> Mask:
    """Which of some issues are overdue, or due from the day on and within so many days."""
    latest = now.day - 1 if due_within is None else now.day + due_within
    urgent: Mask = (now.state == OPEN) & (now.due > 0) & (now.due <= latest)
    return urgent


def by_urgency(issues: IssueList) -> IssueList:
    """By county, the longest overdue first, then by 编号 as text."""
    ids = pc.rank(issues.text(col.ID), tiebreaker="dense").to_numpy()
    return issues.at(np.lexsort((ids, -issues.days_overdue, issues.county)))


def _date(ordinal: int) -> dt.date | None:
    return dt.date.fromordinal(ordinal) if ordinal else None
