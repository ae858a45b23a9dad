"""Which issue each picture of a list belongs to, and which heading it stands below.

A picture belongs to the issue in whose row it begins. What stands at no issue's row, on
another sheet or beside the list in an archive is not guessed: it is kept as it came, and
named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from duzhan import columns as col
from duzhan.dataset.registers import AFTER, BEFORE, OTHER
from duzhan.intake.formats.evidence import LARGEST, Pictures
from duzhan.intake.text import header_key, shorten, squash
from duzhan.register.evidence import Piece

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from duzhan.intake.foreign.sheet import SheetPicture
    from duzhan.intake.tables import Table
    from duzhan.model import County
    from duzhan.register.arriving import Arrival, Batch, LoosePicture
    from duzhan.register.evidence import EvidenceFiles
    from duzhan.register.importing import Account

# A number by itself says nothing: 1.jpg is the first of some pictures.
_WORD = re.compile(r"[^\W\d_]|-")
_PROBLEM = re.compile(r"^(?:存在)?(?:问题|隐患)(?:现场)?(?:照片|图片|影像)")


def kind_of(words: str) -> str:
    """整改前 or 整改后 if a heading or a name says just one of them, else 其他.

    Args:
        words: the heading of a column, such as 整改前照片, or the name of a file.
    """
    plain = header_key(words)
    before, after = "前" in plain or bool(_PROBLEM.match(plain)), "后" in plain
    if before == after:
        return OTHER
    return BEFORE if before else AFTER


def take_pictures(
    arrival: Arrival, accounts: Sequence[Account], files: EvidenceFiles, today: dt.date
) -> tuple[Piece, ...]:
    """Keep the pictures that came with lists, one in memory at a time.

    Args:
        arrival: what came in.
        accounts: what became of the lists.
        files: where they are kept.
        today: the day of import.
    """
    shown: dict[Path, set[str]] = {}
    for batch in (*arrival.batches, *arrival.kept_back):
        parts = shown.setdefault(batch.source, set())
        parts.update(one.part for one in batch.table.grid.beside.pictures)
    sources: dict[Path, list[Account]] = {}
    for account in accounts:
        sources.setdefault(account.batch.source, []).append(account)
    taken: list[Piece] = []
    for source, ours in sources.items():
        with Pictures(source) as pictures:
            for table in {id(one.batch.table): one.batch.table for one in ours}.values():
                batches = [one for one in ours if one.batch.table is table]
                taken += _of_table(table, batches, pictures, files, today)
            taken += _of_no_table(ours[0].batch, shown[source], pictures, files, today)
    names = _Names(accounts)
    return (*taken, *(_loose(one, names, files, today) for one in arrival.loose))


def _of_table(
    table: Table,
    accounts: Sequence[Account],
    pictures: Pictures,
    files: EvidenceFiles,
    today: dt.date,
) -> Iterator[Piece]:
    """The pictures of a sheet, each with the issue in whose row it stands."""
    if not table.grid.beside.pictures:
        return
    places = _Places.of(table, accounts)
    for picture in table.grid.beside.pictures:
        county, identifier = places.at(picture.line)
        batch = accounts[0].batch
        piece = Piece(county, identifier, _kind(table, picture), _place(batch, picture))
        data = pictures.read(picture.part) if picture.part else None
        yield piece if data is None else files.take(piece, data, today)


@dataclass(frozen=True, slots=True)
class _Places:
    """Rows of a sheet with the issues that they became.

    Attributes:
        first: the county of the sheet's first rows.
        rows: row of the sheet to county and 编号, "" where the row is no issue's.
    """

    first: County
    rows: Mapping[int, tuple[County, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, table: Table, accounts: Iterable[Account]) -> _Places:
        """The rows of a sheet, of all counties that it holds."""
        rows: dict[int, tuple[County, str]] = {}
        first: County | None = None
        for account in accounts:
            county = account.batch.county
            first = first or county
            rows.update(dict.fromkeys(table.lines(account.batch.rows), (county, "")))
            known = np.flatnonzero(account.merged.target >= 0)
            lines = table.lines(account.order[known])
            names = account.ids_of(known.tolist())
            rows.update(
                {line: (county, name.strip()) for line, name in zip(lines, names, strict=True)}
            )
        if first is None:
            raise ValueError("a sheet of no county")
        return cls(first, rows)

    def at(self, line: int) -> tuple[County, str]:
        """The county and issue of a row; of one that is no issue's the county of those above."""
        if line in self.rows:
            return self.rows[line]
        above = max((one for one in self.rows if one < line), default=None)
        return (self.first if above is None else self.rows[above][0]), ""


def _of_no_table(
    batch: Batch, shown: set[str], pictures: Pictures, files: EvidenceFiles, today: dt.date
) -> Iterator[Piece]:
    """Pictures of a file that no list shows: above a header, on a sheet of pictures alone."""
    for part in pictures.parts:
        if part in shown or (data := pictures.read(part)) is None:
            continue
        source = f"{batch.name} {part.rpartition('/')[2]}（不在清单里）"
        yield files.take(Piece(batch.county, "", OTHER, source), data, today)


def _kind(table: Table, picture: SheetPicture) -> str:
    headings = table.grid.header.cells
    return kind_of(headings[picture.column]) if picture.column < len(headings) else OTHER


def _place(batch: Batch, picture: SheetPicture) -> str:
    headings = batch.table.grid.header.cells
    heading = headings[picture.column].strip() if picture.column < len(headings) else ""
    sheet = f" 工作表“{batch.table.sheet}”" if batch.table.sheet else ""
    below = f"“{shorten(header_key(heading))}”" if heading else ""
    return f"{batch.name}{sheet} 第{picture.line}行{below}"


# ---------------------------------------------------------------- files beside lists


class _Names:
    """The 编号 of the counties' ledgers that can be told in the name of a file."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        self._latest = {account.batch.county: account for account in accounts}
        self._ids: dict[County, list[str]] = {}

    def _telling(self, county: County) -> list[str]:
        """Those of a county, gathered when the first name asks for them."""
        if county not in self._ids:
            account = self._latest.get(county)
            self._ids[county] = self._gathered(account) if account else []
        return self._ids[county]

    @staticmethod
    def _gathered(account: Account) -> list[str]:
        ids = {text.strip() for text in account.merged.cells[col.ID].to_pylist()}
        return sorted(one for one in ids if len(one) > 2 and _WORD.search(one))

    def in_name(self, county: County, name: str) -> str:
        """The one 编号 that stands in a name; "" if none does, or several."""
        plain = squash(name)
        found = [one for one in self._telling(county) if _stands(squash(one), plain)]
        return found[0] if len(found) == 1 else ""


def _stands(word: str, text: str) -> bool:
    """Whether a word stands in a text with no letter or digit of its own kind beside it."""
    at = text.find(word)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(word) : at + len(word) + 1]
        if not (_joins(before, word[0]) or _joins(after, word[-1])):
            return True
        at = text.find(word, at + 1)
    return False


def _joins(beside: str, edge: str) -> bool:
    return beside.isascii() and beside.isalnum() and edge.isascii()


def _loose(one: LoosePicture, names: _Names, files: EvidenceFiles, today: dt.date) -> Piece:
    """A picture that lay beside the list in an archive or a mail."""
    piece = Piece(one.county, names.in_name(one.county, one.name), kind_of(one.name), one.name)
    if one.path.stat().st_size > LARGEST:
        return piece
    return files.take(piece, one.path.read_bytes(), today)
