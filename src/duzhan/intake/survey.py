"""A sheet looked over: where its tables begin, which rows are issues, which titles speak for them.

Only rows that may be something else are looked at one by one: those that begin
with a word of a signature or a sum, those without 问题描述, those that say there
what a header says, cells merged across.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan.intake.joining import filled
from duzhan.intake.rows import HINT, NOTES, SIGNATURES, SUMS, RowJudge, RowKind
from duzhan.intake.text import UNSEEN, header_key, shorten, squash
from duzhan.intake.text_columns import bytes_and_ends, three_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from duzhan.arrays import Mask
    from duzhan.intake.grid import Grid
    from duzhan.intake.headers import Header
    from duzhan.intake.layout import Layout


# Where all texts are short, those with white space between their characters are compared too.
_SMALL = 3_000
_NUMBERED = re.compile(r"^[一二三四五六七八九十]{1,3}、|^第[一二三四五六七八九十]{1,3}部分")
_SUB_NUMBERED = re.compile(r"^[(（]|^\d{1,2}[.、)）]|^[①-⑳]")
_IN_BRACKETS = re.compile(r"[(\[【〔].*[)\]】〕]")
# How columns are numbered below a header.
_NUMBERINGS = (
    tuple(str(number) for number in range(1, 100)), tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
)  # fmt: skip
_SENTENCE = re.compile(r"[，,。；;]")


# How such rows begin, in bytes: with a character of a marker word, or with white space.
_MARKERS = [
    int.from_bytes(word[0].encode(), "big")
    for word in (*SIGNATURES, *NOTES, *SUMS, "\u3000", "\ufeff")
]
_MARKER_BLANKS = np.zeros(256, bool)
_MARKER_BLANKS[[*range(0x21), 0xC2, 0xE1, 0xE2]] = True
_MARKER_BYTES = _MARKER_BLANKS.copy()
_MARKER_BYTES[[code >> 16 for code in _MARKERS]] = True


@dataclass(frozen=True, slots=True)
class ListSection:
    """A table of a sheet, or what stands below one of its titles.

    Attributes:
        first: its first data row.
        header: by which it is read.
        title: the word of state that its title holds, if it does.
        lines: the lines above its header.
    """

    first: int
    header: Header
    title: str | None
    lines: tuple[str, ...] = ()


@dataclass(slots=True)
class Survey:
    """What the rows of a grid are.

    Attributes:
        there: rows with anything in them besides a row number.
        skipped: those of them that are no issues.
        sections: in order; the first begins with row 0.
        said: skipped rows with their text, except headers.
    """

    there: Mask
    skipped: Mask
    sections: list[ListSection]
    said: list[tuple[int, str]] = field(default_factory=list)


def survey(grid: Grid, layout: Layout, has_date: Callable[[str, str], bool]) -> Survey:
    """Look a grid over.

    Args:
        grid: a sheet or text file.
        layout: the kind of list.
        has_date: whether a cell of a column, by its canonical name, holds a date.
    """
    preface = tuple(text for row in grid.preface if (text := _line(row)))
    start = ListSection(0, grid.header, _titled(preface, layout), preface)
    there = _filled(grid, grid.header.columns.get(layout.serial or ""))
    found = Survey(there, np.zeros(len(there), bool), [start])
    _Walk(grid, layout, has_date, found).over(_candidates(grid, layout, there))
    return found


def has_shifted(grid: Grid, row: int, header: Header) -> bool:
    """Whether a row that is longer than the first header is so beside its own as well."""
    if header is grid.header:
        return True
    return any(column[row].as_py().strip() for column in grid.columns[len(header.cells) :])


class _Walk:
    """Goes over the rows that may be no issues, from top to bottom."""

    def __init__(
        self, grid: Grid, layout: Layout, has_date: Callable[[str, str], bool], found: Survey
    ) -> None:
        self._grid = grid
        self._layout = layout
        self._has_date = has_date
        self._found = found
        self._lines: list[str] = []
        self._through = -1
        self._broken: dict[int, set[int]] = {}
        self._shifted: set[int] = set()
        for flaw in grid.flaws:
            if flaw.position is None:
                self._shifted.add(flaw.row)
            else:
                self._broken.setdefault(flaw.row, set()).add(flaw.position)
        self._across = _across(grid)
        self._judge = self._judge_of(grid.header)

    def _judge_of(self, header: Header) -> RowJudge:
        layout = self._layout
        required = layout.finder.required
        return RowJudge(header, layout.identifier, required, layout.dates, self._has_date)

    def over(self, rows: Iterable[int]) -> None:
        """Judge the rows, ascending."""
        for row in rows:
            if row > self._through:
                self._one(row)

    def _one(self, row: int) -> None:
        cells = self._cells(row)
        broken = self._broken.get(row, ())
        kind = self._judge.kind(cells, is_across=row in self._across, broken=broken)
        if kind is RowKind.BLANK:
            self._found.there[row] = False
        elif kind is RowKind.HEADER or self._is_numbering(row, cells):
            self._skip(row, None)
        elif header := self._header_at(row, cells):
            self._begin(row, header)
        elif row in self._shifted and has_shifted(self._grid, row, self._judge.header):
            return
        elif kind is RowKind.SIGNATURE:
            self._skip(row, _line(cells))
        elif kind is RowKind.TITLE:
            self._skip(row, _line(cells))
            self._entitle(row, _line(cells))

    def _cells(self, row: int) -> list[str]:
        return [column[row].as_py() for column in self._grid.columns]

    def _skip(self, row: int, text: str | None) -> None:
        self._found.skipped[row] = True
        if text is not None:
            self._found.said.append((row, shorten(" ".join(UNSEEN.sub("", text).split()), 80)))

    def _is_numbering(self, row: int, cells: Sequence[str]) -> bool:
        """Whether a row below the header only numbers the columns, or explains them in brackets."""
        if row != self._found.sections[-1].first:
            return False
        words = [word for cell in cells if (word := squash(cell))]
        if len(words) > 1 and all(_IN_BRACKETS.fullmatch(word) for word in words):
            return True
        plain = [word.strip("()") for word in words]
        return len(plain) > 3 and any(plain == list(one)[: len(plain)] for one in _NUMBERINGS)

    def _header_at(self, row: int, cells: Sequence[str]) -> Header | None:
        """The header of a further table, if one begins with this row or the one above."""
        finder = self._layout.finder
        known = finder.match(cells)
        if finder.required not in known or self._is_an_issues(cells):
            return None
        # An issue 问题1 whose state is 已完成 is none: that word is a heading only below another.
        states = self._layout.states
        told = [
            name
            for name, places in known.items()
            if not states
            or name != states.column
            or not all(states.meaning(cells[at]).tick for at in places)
        ]
        if len(told) < 2:
            return None
        first = max(row - 1, self._found.sections[-1].first, 0)
        last = min(row + 2, len(self._found.there))
        return finder.at([self._cells(at) for at in range(first, last)], row - first)

    def _is_an_issues(self, cells: Sequence[str]) -> bool:
        """Whether a row has a date, a number, or an 编号 that is no heading: no header has."""
        match = self._layout.finder.match
        own = self._judge.header.positions.get(self._layout.identifier or "", ())
        numbered = any(cells[at].strip() and not match([cells[at]]) for at in own)
        counted = any(squash(cell).isdecimal() for cell in cells if cell)
        return numbered or counted or self._judge.has_own_date(cells)

    def _begin(self, row: int, header: Header) -> None:
        """A further table begins; its header may take the row above or below as well."""
        lower = row
        if len(header.rows) > 1:
            below = row + 1 < len(self._found.there)
            lower = row + 1 if below and self._says(row + 1, header.rows[1]) else row
        for at in range(lower + 1 - len(header.rows), lower + 1):
            self._skip(at, None)
            self._found.there[at] = True
        self._through = lower
        title = self._found.sections[-1].title
        lines = tuple(self._lines)
        self._found.sections.append(ListSection(lower + 1, header, title, lines))
        self._lines = []
        self._judge = self._judge_of(header)

    def _says(self, row: int, cells: Sequence[str]) -> bool:
        return list(cells) == self._cells(row)[: len(cells)]

    def _entitle(self, row: int, text: str) -> None:
        """A title speaks for the rows below it, until the next one of its rank."""
        self._lines.append(text)
        last = self._found.sections[-1]
        word = _word_of(text, self._layout)
        if word is None and last.title and _SUB_NUMBERED.match(text.strip()):
            return
        if word != last.title:
            self._found.sections.append(ListSection(row + 1, last.header, word, last.lines))


def _word_of(text: str, layout: Layout) -> str | None:
    return None if _SENTENCE.search(text) else layout.words.in_title(text)


def _titled(lines: Sequence[str], layout: Layout) -> str | None:
    """The word of state of a section title right above the first header."""
    if not lines or not _NUMBERED.match(lines[-1].strip()):
        return None
    return _word_of(lines[-1], layout)


def _across(grid: Grid) -> frozenset[int]:
    """Rows in which one cell is merged over all headings, or over all but one."""
    headed = [at for at, cell in enumerate(grid.header.cells) if cell.strip()]
    return frozenset(
        span.row
        for span in grid.beside.across
        if sum(span.left <= at <= span.right for at in headed) >= max(2, len(headed) - 1)
    )


def _line(cells: Sequence[str]) -> str:
    return "  ".join(text for cell in cells if (text := cell.strip()))


def _filled(grid: Grid, serial: int | None) -> Mask:
    """Rows with anything in them besides a row number."""
    there = np.zeros(len(grid.columns[0]), bool)
    # Most rows show at once that they are filled, in the column of descriptions.
    order = sorted(range(len(grid.columns)), key=lambda at: at not in grid.header.columns.values())
    for position in order:
        if position == serial:
            continue
        if there.all():
            break
        there |= filled(grid.columns[position])
    for flaw in grid.flaws:
        there[flaw.row] = True
    return there if there.all() else there | _marked_serial(grid, serial)


def _marked_serial(grid: Grid, serial: int | None) -> Mask:
    """Rows whose row number is no number (合计, 填报人：) are not blank."""
    if serial is None:
        return np.zeros(len(grid.columns[0]), bool)
    return np.asarray(
        pc.match_substring_regex(grid.columns[serial], r"[^\d\s.\x{3000}]").to_numpy(), bool
    )


def _candidates(grid: Grid, layout: Layout, there: Mask) -> list[int]:
    """Rows that may be no issues."""
    if not there.any():
        return []
    wanted = np.zeros(len(there), bool)
    wanted[0] = True
    wanted[[flaw.row for flaw in grid.flaws]] = True
    wanted[list(_across(grid))] = True
    description = grid.columns[grid.header.columns[layout.finder.required]]
    described = filled(description)
    wanted |= there & ~described
    wanted |= _says_heading(description, grid.header, layout)
    waiting = there.copy()
    for column in grid.columns:
        if not waiting.any():
            break
        wanted[_begin_with_marker(column, waiting)] = True
        waiting &= ~filled(column)
    return np.flatnonzero(wanted & there).tolist()


def _begin_with_marker(column: pa.ChunkedArray, waiting: Mask) -> NDArray[np.int64]:
    """Rows whose cell begins with a word of a signature, a note or a sum."""
    data, ends = bytes_and_ends(column)
    if len(data) == 0:
        return np.zeros(0, np.int64)
    begins = ends[:-1]
    first = data[np.minimum(begins, len(data) - 1)]
    maybe = np.flatnonzero(waiting & (ends[1:] > begins) & _MARKER_BYTES[first])
    rows = maybe[_MARKER_BLANKS[first[maybe]] | np.isin(three_bytes(data, begins[maybe]), _MARKERS)]
    cells = column.take(pa.array(rows))
    marked = np.asarray(pc.match_substring_regex(cells, HINT).to_numpy(), bool)
    found: NDArray[np.int64] = rows[marked]
    return found


def _says_heading(column: pa.ChunkedArray, header: Header, layout: Layout) -> Mask:
    """Cells of a column that are headings: those known, and those of the table's own header."""
    finder = layout.finder
    if len(column) <= _SMALL:
        encoded = column.combine_chunks().dictionary_encode()
        own = {header_key(cell) for row in (header.cells, *header.rows) for cell in row}
        words = [
            finder.column_of(word) is not None or header_key(word) in own
            for word in encoded.dictionary.to_pylist()
        ]
        says: Mask = np.array(words, bool)[encoded.indices.to_numpy()]
        return says
    names = {cell for row in (header.cells, *header.rows) for cell in row if cell}
    known = pa.array(sorted(names | finder.headings), pa.string())
    there: Mask = np.asarray(pc.is_in(column, known).to_numpy(), bool)
    return there
