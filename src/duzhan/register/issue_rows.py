"""Rows of the issue ledger as one looks them up by 编号, and as one puts them back changed."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.dataset.layouts import issue_layout
from duzhan.dataset.ledger import load_ledger, reading_of
from duzhan.dataset.registers import Registers
from duzhan.errors import DuzhanError
from duzhan.intake.dates import SEPARATORS
from duzhan.intake.text import squash
from duzhan.intake.text_columns import squash_array
from duzhan.register.id_search import counties_to_read
from duzhan.register.own_files import (
    UnreadableRowError,
    adoption,
    ledger_name,
    ledger_table,
    refuse_unreadable,
    why_foreign,
)
from duzhan.store.canonical_csv import clean, table_chunks
from duzhan.store.entries import Change, Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from duzhan.dataset.folder import Dataset
    from duzhan.dataset.ledger import Ledger, Source
    from duzhan.model import County
    from duzhan.store.transaction import Store

# Comparing a slip of the fingers with more ids than these takes too long.
_COMPARED = 20_000


@dataclass(frozen=True, slots=True)
class IssueRow:
    """An issue that can be changed: one row in its county's own file.

    Attributes:
        id: 编号, without spaces around it.
        county: whose issue it is.
        file: the file, as a path in the dataset.
        row: index in the file's rows.
        cells: column of the ledger to text; columns that hold nothing may be left out.
        registers: extensions, rechecks and evidence, which count for it too.
    """

    id: str
    county: County
    file: str
    row: int
    cells: Mapping[str, str]
    registers: Registers = field(default_factory=Registers)

    @property
    def name(self) -> str:
        """County and id, for messages."""
        return f"{self.county.name} {self.id}"


@dataclass(frozen=True, slots=True)
class Edit:
    """New contents of some cells of an issue.

    Attributes:
        cells: column to text; the others stay.
        by: who asks for it.
        reason: why.
    """

    issue: IssueRow
    cells: Mapping[str, str]
    by: str | None = None
    reason: str | None = None

    @property
    def changes(self) -> tuple[Change, ...]:
        """What differs from what stands there."""
        old = self.issue.cells
        return tuple(
            Change(column, old.get(column, ""), new)
            for column, new in self.cells.items()
            if clean(old.get(column, "")) != new
        )


def counties_with(
    ledger: Ledger, identifier: str, scope: Sequence[County]
) -> tuple[list[County], str]:
    """Find the counties whose lists have an issue of this id.

    Args:
        ledger: the issues of these counties.
        identifier: 编号, width and spaces aside.
        scope: the counties to look in.

    Returns:
        The counties, and the line that says that there is none.
    """
    ids = squash_array(ledger.cells[col.ID])
    rows = np.flatnonzero(pc.equal(ids, squash(identifier)).to_numpy())
    numbers = np.unique(ledger.facts.county[rows]).tolist()
    only = scope[0] if len(scope) == 1 else None
    unknown = "" if numbers else _unknown(identifier, ledger, only)
    return [ledger.counties[n] for n in numbers], unknown


def formerly(ledger: Ledger, identifier: str, scope: Sequence[County]) -> list[tuple[County, str]]:
    """Find issues that a county sent under another number before (原编号).

    Args:
        ledger: the counties' lists.
        identifier: that number, width and spaces aside.
        scope: the counties to look in.

    Returns:
        The county and the 编号 of each.
    """
    if col.FORMER_ID not in ledger.cells.column_names:
        return []
    wanted = squash(identifier)
    texts = ledger.cells[col.FORMER_ID].to_pylist()
    rows = [
        row
        for row, text in enumerate(texts)
        if text and wanted in map(squash, SEPARATORS.split(text))
    ]
    ids = ledger.cells[col.ID].take(pa.array(rows, pa.int64())).to_pylist()
    counties = [ledger.counties[int(ledger.facts.county[row])] for row in rows]
    return [pair for pair in zip(counties, ids, strict=True) if pair[0] in scope]


class IssueRows:
    """The issues of a dataset that is held for writing.

    Args:
        store: holds the dataset.
        dataset: its roster and rules.
        county: look only here.
        wanted: 编号 of all issues that will be looked up.
    """

    def __init__(
        self, store: Store, dataset: Dataset, county: County | None, wanted: Iterable[str]
    ) -> None:
        self._store = store
        self._dataset = dataset
        self._only = county
        names = {squash(one) for one in wanted}
        few = counties_to_read(dataset, self._scope, names)
        self._read(few)
        # What is said of one that is not there rests on all lists.
        if len(few) < len(self._scope) and not all(map(self._has, names)):
            self._read(self._scope)

    def _has(self, identifier: str) -> bool:
        found: bool = pc.any(pc.equal(self._ids, identifier)).as_py()
        return found

    def _read(self, counties: Sequence[County]) -> None:
        for one in counties:
            self._store.watch(ledger_name(one))
        codes, dataset = {one.code for one in counties}, self._dataset
        self._ledger = load_ledger(dataset.root, dataset.roster, dataset.rules, codes)
        self._ids = squash_array(self._ledger.cells[col.ID])

    @property
    def _scope(self) -> Sequence[County]:
        return self._dataset.roster.counties if self._only is None else (self._only,)

    def find(self, identifiers: Iterable[str]) -> list[IssueRow]:
        """Look issues up by their ids, each once, in the order given.

        Raises:
            DuzhanError: an id names no issue, or several, or one in a file that
                the tool does not rewrite; one line for each.
        """
        found: list[IssueRow] = []
        lines: list[str] = []
        for identifier in dict.fromkeys(squash(one) for one in identifiers):
            try:
                found.append(self._find(identifier))
            except DuzhanError as error:
                lines.extend(error.lines)
        if lines:
            raise DuzhanError(*lines)
        return found

    def ids_of(self, county: County) -> set[str]:
        """All ids of a county, squashed."""
        number = self._ledger.counties.index(county)
        rows = pa.array(self._ledger.facts.county == number)
        return set(self._ids.filter(rows).to_pylist())

    def stage(self, edits: Sequence[Edit]) -> None:
        """Stage changed rows in the store, with the journal's entries.

        Raises:
            DuzhanError: a row would not be read again as it is meant.
        """
        rules = self._dataset.rules
        layout, dates = issue_layout(rules), reading_of(rules).dates
        for edit in edits:
            cells = {**edit.issue.cells, **edit.cells}
            columns = col.ledger_columns(cells)
            try:
                refuse_unreadable(cells, columns, layout, dates, self._store.root)
            except UnreadableRowError as error:
                raise DuzhanError(f"{edit.issue.name}：{error}") from None
        for source in self._ledger.sources:
            ours = [edit for edit in edits if edit.issue.file == source.file]
            if ours:
                self._stage(source, ours)

    # ------------------------------------------------------------ looking up

    def _find(self, identifier: str) -> IssueRow:
        if not identifier:
            raise DuzhanError("编号是空的，请写出要改的问题的编号")
        rows = np.flatnonzero(pc.equal(self._ids, identifier).to_numpy())
        if len(rows) == 0:
            raise DuzhanError(_unknown(identifier, self._ledger, self._only))
        if len(rows) > 1:
            raise DuzhanError(self._ambiguous(identifier, rows.tolist()))
        source, row = self._place(int(rows[0]))
        county = self._ledger.counties[source.county]
        file = ledger_name(county)
        advice = "请把它移出 issues/，再用 duzhan import 导入"
        if source.file != file:
            raise DuzhanError(f"{identifier} 在 {source.file} 里，不在 {file}；{advice}")
        if foreign := why_foreign(source.table, county):
            raise DuzhanError(f"{source.file} 不是台账格式（{foreign}），改写会丢内容；{advice}")
        cells = self._ledger.cells.slice(int(rows[0]), 1).to_pylist()[0]
        there = source.table.cells.column_names
        cells = {n: t for n, t in cells.items() if n in col.ISSUE_COLUMNS or n in there}
        cells = {name: cells[name] for name in col.ledger_columns(cells)}
        registers = self._ledger.registers
        return IssueRow(cells[col.ID].strip(), county, file, row, cells, registers)

    def _place(self, row: int) -> tuple[Source, int]:
        source = next(s for s in reversed(self._ledger.sources) if s.first <= row)
        return source, row - source.first

    def _ambiguous(self, identifier: str, rows: list[int]) -> str:
        places = []
        for number in rows:
            source, row = self._place(number)
            places.append(f"{source.file} 第{source.table.lines(np.array([row]))[0]}行")
        where = "、".join(places[:4]) + (" 等" if len(places) > 4 else "")
        counties = {self._place(row)[0].county for row in rows}
        advice = "请用 --county 指明" if len(counties) > 1 else "请先改成不同的编号或删去重复的行"
        return f"编号“{identifier}”有{len(rows)}行：{where}；{advice}"

    # ------------------------------------------------------------ putting back

    def _stage(self, source: Source, edits: Sequence[Edit]) -> None:
        before = ledger_table(source.table.cells, source.table.cells.column_names)
        county, digest = edits[0].issue.county, self._store.watch(source.file)
        entries = adoption(before, before.column_names, digest, county)
        changed = dict.fromkeys(c.column for edit in edits for c in edit.changes)
        after = ledger_table(before, (*before.column_names, *changed))
        for column in changed:
            new = {
                edit.issue.row: c.new for edit in edits for c in edit.changes if c.column == column
            }
            after = after.set_column(
                after.schema.get_field_index(column), column, _replaced(after[column], new)
            )
        entries.extend(_entry(edit) for edit in edits)
        self._store.replace(source.file, table_chunks(after, after.column_names), entries)


def _unknown(identifier: str, ledger: Ledger, only: County | None) -> str:
    where = f"{only.name}的清单里" if only else "各处的清单里"
    line = f"{where}没有编号为“{identifier}”的问题"
    if near := _nearest(squash(identifier), squash_array(ledger.cells[col.ID])):
        line += f"，是不是“{near}”？"
    unread = [problem.file for problem in ledger.problems if problem.severity == "error"]
    return f"{line}（另有文件没有读成：{'、'.join(unread)}）" if unread else line


def _nearest(identifier: str, ids: pa.ChunkedArray) -> str | None:
    ids = pc.unique(ids)
    if len(ids) > _COMPARED:
        alike = pc.and_(
            pc.starts_with(ids, identifier[:2]), pc.equal(pc.utf8_length(ids), len(identifier))
        )
        ids = ids.filter(alike)[:_COMPARED]
    return next(iter(difflib.get_close_matches(identifier, ids.to_pylist(), 1)), None)


def _replaced(column: pa.ChunkedArray, new: Mapping[int, str]) -> pa.ChunkedArray:
    rows = sorted(new)
    mask = np.zeros(len(column), bool)
    mask[rows] = True
    cells = pa.array([new[row] for row in rows], pa.string())
    return pa.chunked_array([pc.replace_with_mask(column.combine_chunks(), pa.array(mask), cells)])


def _entry(edit: Edit) -> Entry:
    issue = edit.issue
    return Entry(
        "changed",
        issue.county.name,
        issue.cells[col.ID],
        issue.row,
        edit.changes,
        by=edit.by,
        reason=edit.reason,
    )
