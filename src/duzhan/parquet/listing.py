"""Lists of a ledger at rest: its spells tell which issues are shown, and only those are read.

Some counties at a time, in the roster's order: of their issues no more is ever in memory.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.compliance import spells as sp
from duzhan.compliance.issue_list import IssueList, by_urgency, is_urgent
from duzhan.compliance.states import STATE_OF, Standing
from duzhan.dataset.batches import together
from duzhan.parallel import ahead
from duzhan.parquet import layout as at
from duzhan.parquet.checking import refuse_impossible_spans, refuse_nulls
from duzhan.parquet.reading import own_columns, read_files

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection, Iterator, Sequence

    from numpy.typing import NDArray

    from duzhan.arrays import Days, Mask, Numbers, Rows
    from duzhan.model import County, Rules
    from duzhan.parquet.manifest import AtRest

_EPOCH = 719_163  # 1970-01-01 as an ordinal
_NEVER = np.iinfo(np.int32).max

_SPELLS = (
    *(at.PLACE, at.ROW, "issue", "standing", "since", "until"),
    *("entangled", "due", "extensions"),
)
_DATES = (col.FOUND, col.DUE)
_TEXTS = tuple(name for name in col.ISSUE_COLUMNS if name not in col.DATE_COLUMNS)
_SHOWN = (*_TEXTS, *_DATES, *col.FURTHER_COLUMNS, at.OWN, at.PLACE)
_SCHEMA = pa.schema([at.ISSUE_SCHEMA.field(name) for name in _SHOWN])
# Columns whose words repeat: as numbers of words they are read in half the time.
_WORDS = (
    *(col.ACTION, col.SOURCE, col.UNIT, col.PERSON, col.VERIFIER, col.REMARK),
    *col.FURTHER_COLUMNS,
)


class _Part(NamedTuple):
    """Counties that follow each other in the roster and in one file.

    Attributes:
        shares: where their issues are.
        now: how those that are shown stand; rows are counted through the counties.
        extensions: how often their deadlines had been extended.
    """

    shares: tuple[at.Share, ...]
    now: Standing
    extensions: Numbers

    def at(self, which: Rows | Mask) -> _Part:
        """With some of the issues."""
        now = self.now
        some = Standing(
            now.rows[which], now.county[which], now.state[which], now.due[which], now.day
        )
        return _Part(self.shares, some, self.extensions[which])


@dataclass(frozen=True, slots=True)
class RestedList:
    """Issues of a ledger at rest, read as they are gone through.

    Attributes:
        counties: the roster's.
        own: the own columns of the counties asked for, in their order.
        day: ordinal of the day.
        read: the counties, and which of their issues are shown.
        urgent: whether the longest overdue of a county come first.
    """

    counties: tuple[County, ...]
    own: tuple[str, ...]
    day: int
    read: tuple[_Part, ...]
    urgent: bool = False

    def __len__(self) -> int:
        """How many issues are shown."""
        return sum(len(part.now.rows) for part in self.read)

    def parts(self) -> Iterator[IssueList]:
        """The issues, those of some counties at a time.

        Raises:
            DuzhanError: a column that is never empty holds a null.
        """
        for issues in ahead(lambda part: self._list([part]), self._shown):
            yield from issues.parts()

    @property
    def late(self) -> int:
        """How many of them are overdue."""
        return sum(int(part.now.overdue.sum()) for part in self.read)

    def whole(self) -> IssueList:
        """All of them at once."""
        return self._list(self._shown)

    @property
    def _shown(self) -> list[_Part]:
        return [part for part in self.read if len(part.now.rows)]

    def overdue(self, due_within: int | None = None) -> RestedList:
        """The overdue ones, the longest first; with those due in so many days if asked."""
        chosen = tuple(part.at(is_urgent(part.now, due_within)) for part in self.read)
        return replace(self, read=chosen, urgent=True)

    def where(
        self,
        stands: Callable[[Standing | IssueList], Mask],
        worded: Callable[[IssueList], Mask] | None,
    ) -> RestedList:
        """Some of them: of the others no text is read, if how they stand tells."""
        chosen = [part.at(stands(part.now)) for part in self.read]
        if worded is not None:
            # One after the other: no more than one part's texts are in memory.
            chosen = [part.at(worded(self._list([part]))) for part in chosen]
        return replace(self, read=tuple(chosen))

    def _list(self, parts: Sequence[_Part]) -> IssueList:
        cells = pa.concat_tables([_SCHEMA.empty_table(), *map(_cells, parts)])
        found, original = (_ordinals(cells[name]) for name in _DATES)
        texts = {name: cells[name] for name in (*_TEXTS, *col.FURTHER_COLUMNS)}
        issues = IssueList(
            cells=pa.table(texts | own_columns(cells[at.OWN], self.own)),
            rows=np.arange(cells.num_rows),
            names=tuple(county.name for county in self.counties),
            county=_joined([part.now.county for part in parts], np.int16),
            state=_joined([part.now.state for part in parts], np.int8),
            found=found,
            due=_joined([part.now.due for part in parts], np.int32),
            original=original,
            extensions=_joined([part.extensions for part in parts], np.int32),
            day=self.day,
        )
        return by_urgency(issues) if self.urgent else issues


def existing(
    at_rest: AtRest,
    counties: tuple[County, ...],
    asked: Collection[str],
    spells: Sequence[at.Share],
    rules: Rules,
    day: dt.date,
) -> RestedList:
    """All issues that exist on a day, by county, in the order of their files.

    Args:
        at_rest: where they are.
        counties: the roster's.
        asked: codes of the counties asked for; empty lists bring columns too.
        spells: those of these counties.
        rules: whose period decides which days can be.
        day: as of which day.

    Raises:
        DuzhanError: the ledger cannot be read, or holds spells that cannot be.
    """
    ours = {share.code: share for share in spells}
    issues = {share.code: share for share in at_rest.table(at.ISSUES, ours)}
    numbers = {county.code: number for number, county in enumerate(counties)}
    known = [county.code for county in counties if county.code in issues]
    rows = {code: at_rest.parts[code].rows for code in known}
    neighbours = (together(codes, rows) for _, codes in groupby(known, key=at.file_of))

    def standing(codes: Sequence[str]) -> _Part:
        ((_, table),) = read_files([ours[code] for code in codes], _SPELLS)
        refuse_impossible_spans(table, at_rest, codes, rules)
        places = np.array([numbers[code] for code in codes], np.int16)
        now, extensions = _standing(table, at_rest, codes, places, day.toordinal())
        return _Part(tuple(issues[code] for code in codes), now, extensions)

    read = tuple(ahead(standing, chain.from_iterable(neighbours)))
    return RestedList(counties, tuple(at_rest.own_columns(asked)), day.toordinal(), read)


def _standing(
    spells: pa.Table, at_rest: AtRest, codes: Sequence[str], numbers: NDArray[np.int16], day: int
) -> tuple[Standing, Numbers]:
    """The state of every issue of some counties, in its worst row's state, and its extensions."""
    parts = [at_rest.parts[code] for code in codes]
    whose = np.repeat(np.arange(len(parts)), [part.spells for part in parts])
    sizes = np.array([part.rows for part in parts])
    firsts = (np.cumsum(sizes) - sizes)[whose]
    told = {name: spells[name].to_numpy() for name in _SPELLS}
    holds = (told["since"] <= day) & (told["until"] > day) & (told["standing"] != sp.WITHDRAWN)
    held = np.flatnonzero(holds)
    rows, issue = (firsts[held] + told[name][held] for name in (at.ROW, "issue"))
    standing, due = told["standing"][held], told["due"][held]
    entangled = told["entangled"][held] == 1
    several = np.flatnonzero(entangled)
    # The worst first; of those that stand alike the earliest deadline, undated rows last.
    dated = np.where(due > 0, due, _NEVER)[several]
    by = (rows[several], dated, -standing[several], issue[several])
    worst = several[np.lexsort(by)]
    _, first = np.unique(issue[worst], return_index=True)
    kept = np.concatenate((np.flatnonzero(~entangled), worst[first]))
    kept = kept[np.argsort(rows[kept], kind="stable")]
    now = Standing(rows[kept], numbers[whose[held[kept]]], STATE_OF[standing[kept]], due[kept], day)
    return now, told["extensions"][held[kept]]


def _cells(part: _Part) -> pa.Table:
    """The rows that are shown, as they rest."""
    ((path, table),) = read_files(part.shares, _SHOWN, _WORDS)
    refuse_nulls(table, path, (*_TEXTS, *col.FURTHER_COLUMNS, at.OWN))
    return table.take(pa.array(part.now.rows)).select(_SHOWN).cast(_SCHEMA)


def _ordinals(days: pa.ChunkedArray) -> Days:
    numbers = pc.fill_null(days.cast(pa.int32()), -_EPOCH).to_numpy()
    ordinals: Days = numbers + np.int32(_EPOCH)
    return ordinals


def _joined(arrays: Sequence[Numbers], kind: type[np.integer]) -> NDArray[Any]:
    return np.concatenate([np.zeros(0, kind), *arrays])
