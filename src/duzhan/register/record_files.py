"""A record file with one more row at its end."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from duzhan import columns as col
from duzhan.dataset.layouts import record_layout
from duzhan.dataset.names import find_county
from duzhan.errors import DuzhanError
from duzhan.intake.grid import RefusedFileError
from duzhan.intake.tables import read_tables
from duzhan.intake.text import squash
from duzhan.register.own_files import adoption, canonical_table, refuse_unreadable, why_foreign
from duzhan.register.record_rows import SEPARATORS, YES
from duzhan.store.canonical_csv import rows_bytes
from duzhan.store.entries import Change, Entry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duzhan.dataset.folder import Dataset
    from duzhan.register.typed_values import Terms
    from duzhan.store.entries import Origin
    from duzhan.store.transaction import Store


class RecordFile:
    """A record file of a dataset that is held for writing.

    Args:
        store: holds the dataset.
        dataset: where the file is.
        name: scores.csv or another record file.
        terms: how it is read.
    """

    def __init__(self, store: Store, dataset: Dataset, name: str, terms: Terms) -> None:
        self._store = store
        self._dataset = dataset
        self._terms = terms
        self.name = name
        self._layout = record_layout(name, dataset.rules, dataset.roster)
        self.columns = self._layout.finder.canonical
        words = terms.rules.vocabularies
        self._words = {
            squash(name): term.name
            for term in (*words.assessors, *words.methods)
            for name in (term.name, *term.aliases)
        }
        self._words |= {squash(word): YES for word in words.yes_words}

    def stage(self, row: Mapping[str, str], *, again: bool = False, by: str | None = None) -> int:
        """Stage the file with one more row.

        Args:
            row: column to text; columns left out are empty.
            again: whether the row may stand there already.
            by: who asks for it.

        Returns:
            The new row's number, from 1.

        Raises:
            DuzhanError: the row is there already, or the file cannot be taken over.
        """
        return self.stage_all([row], again=again, by=by)

    def stage_all(
        self,
        new: Sequence[Mapping[str, str]],
        *,
        again: bool = False,
        by: str | None = None,
        reason: str | None = None,
        origins: Sequence[Origin] = (),
        changes: tuple[str, Mapping[str, Sequence[Change]]] | None = None,
    ) -> int:
        """Stage the file with more rows, as `stage` does with one.

        Args:
            new: the rows.
            again: whether they may stand there already.
            by: who asks for it.
            reason: why.
            origins: where each of them came from, if they came from a file.
            changes: a column, and by its cells what changes in rows that stand there.
        """
        rows, entries = self._standing()
        if changes:
            entries += self._changed(rows, changes, by)
        for row, origin in zip_longest(new, origins):
            entry = self._entry(row, rows, by, again=again)
            entries.append(entry._replace(source=origin, reason=reason))
            rows.append([row.get(column, "") for column in self.columns])
        self._store.replace(self.name, rows_bytes(self.columns, rows), entries)
        return len(rows)

    def rows_about(self, county: str, identifier: str) -> list[dict[str, str]]:
        """The rows that name an issue, however they write its county and 编号.

        Args:
            county: full name.
            identifier: 编号.

        Raises:
            DuzhanError: the file cannot be taken over.
        """
        rows, _ = self._standing()
        return [
            dict(zip(self.columns, rows[at], strict=True))
            for at in self._about(rows, county, identifier)
        ]

    def renumber(self, county: str, old: str, new: str, why: tuple[str, str]) -> int:
        """Stage the file with another 编号 in the rows of an issue.

        Args:
            county: full name of the issue's county.
            old: 编号 as it was.
            new: 编号 as it is now.
            why: by whom, and for what reason.

        Returns:
            How many rows there are of it.

        Raises:
            DuzhanError: the file cannot be taken over.
        """
        rows, entries = self._standing()
        ours, at = self._about(rows, county, old), self.columns.index(col.ID)
        for number in ours:
            told = (Change(col.ID, rows[number][at], new),)
            entries.append(
                Entry("changed", county, rows[number][at], number, told, by=why[0], reason=why[1])
            )
            rows[number][at] = new
        if ours:
            self._store.replace(self.name, rows_bytes(self.columns, rows), entries)
        return len(ours)

    def _standing(self) -> tuple[list[list[str]], list[Entry]]:
        digest = self._store.watch(self.name)
        return ([], []) if digest is None else self._read(digest)

    def _about(self, rows: Sequence[Sequence[str]], county: str, identifier: str) -> list[int]:
        at = {name: self.columns.index(name) for name in (col.ID, col.COUNTY)}
        wanted, roster = squash(identifier), self._dataset.roster
        named = [number for number, row in enumerate(rows) if squash(row[at[col.ID]]) == wanted]
        whose = [find_county(rows[number][at[col.COUNTY]], roster) for number in named]
        return [
            number for number, one in zip(named, whose, strict=True) if one and one.name == county
        ]

    def _changed(
        self,
        rows: list[list[str]],
        changes: tuple[str, Mapping[str, Sequence[Change]]],
        by: str | None,
    ) -> list[Entry]:
        """Change cells of rows, and say so."""
        at, entries = self.columns.index(changes[0]), []
        for number, row in enumerate(rows):
            for one in changes[1].get(row[at], ()):
                row[self.columns.index(one.column)] = one.new
            if told := tuple(changes[1].get(row[at], ())):
                county, name = (row[self.columns.index(n)] for n in (col.COUNTY, col.ID))
                entries.append(Entry("changed", county, name or None, number, told, by=by))
        return entries

    def _entry(
        self, row: Mapping[str, str], rows: list[list[str]], by: str | None, *, again: bool
    ) -> Entry:
        """What the journal says of one more row below others."""
        cells = {column: row.get(column, "") for column in self.columns}
        if not again and (twin := self._twin([*cells.values()], rows)) is not None:
            line = f"{self.name} 的第{twin}条记录已是同样的内容；确要再记一次请加 --again"
            raise DuzhanError(line)
        dates = self._terms.reading.dates
        refuse_unreadable(cells, self.columns, self._layout, dates, self._dataset.root)
        changes = tuple(Change(column, "", text) for column, text in cells.items() if text)
        name = cells.get(col.ID) or None
        return Entry("added", row[col.COUNTY], name, len(rows), changes, by=by)

    def _read(self, digest: str) -> tuple[list[list[str]], list[Entry]]:
        """The rows of the file, and what the journal says if its form has to change."""
        path = self._dataset.root / self.name
        try:
            tables = read_tables(path, self._layout, self._terms.reading.dates)
        except RefusedFileError as error:
            raise DuzhanError(f"{self.name} 读不出来：{error.message}") from None
        if why := why_foreign(tables[0]):
            header = "、".join(self.columns)
            line = f"{self.name} 不是规范格式（{why}），改写会丢内容"
            raise DuzhanError(f"{line}；请改成只有表头（{header}）和记录的 CSV")
        cells = canonical_table(tables[0].cells, self.columns)
        rows = [list(one.values()) for one in cells.to_pylist()]
        return rows, adoption(cells, self.columns, digest)

    def _twin(self, new: Sequence[str], rows: Sequence[Sequence[str]]) -> int | None:
        """The number of a row that says the same, however it is written; remarks aside."""
        wanted = self._meaning(new)
        return next((at for at, row in enumerate(rows, 1) if self._meaning(row) == wanted), None)

    def _meaning(self, row: Sequence[str]) -> list[str]:
        pairs = zip(self.columns, row, strict=True)
        return [self._plain(name, text) for name, text in pairs if name != col.REMARK]

    def _plain(self, column: str, text: str) -> str:
        """A cell in the one form that all ways of writing it share."""
        dates = self._terms.reading.dates
        if dates.is_empty(text):
            return ""
        plain = squash(text)
        if column.endswith("日期"):
            days, _ = dates.read(text)
            return str(days[0]) if days else plain
        if column == col.COUNTY:
            county = find_county(text, self._dataset.roster)
            return county.name if county else plain
        if column == "方式":
            parts = (squash(part) for part in SEPARATORS.split(text))
            return "、".join(sorted(self._words.get(part, part) for part in parts if part))
        return self._words.get(plain, plain)
