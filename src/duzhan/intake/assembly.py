"""The columns of a table under its header: known ones joined, the county's own kept.

What words of state say is judged cell by cell, before anything is joined.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from duzhan.intake.grid import RefusedFileError
from duzhan.intake.joining import BETWEEN, earliest, filled, joined, side_by_side, with_texts
from duzhan.intake.safety import restore
from duzhan.intake.states import NOTHING, Said
from duzhan.intake.text import header_key, heading_text
from duzhan.intake.text_columns import bytes_and_ends, three_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duzhan.intake.dates import DateReader
    from duzhan.intake.headers import Header
    from duzhan.intake.layout import Layout
    from duzhan.intake.states import Codes

    Columns = Sequence[pa.ChunkedArray]

# More columns than a list can have are another kind of table.
MAX_OWN = 200

_BRACKETED = re.compile(r"[(（\[【〔]\s{0,8}([^()（）\[\]【】〔〕]{1,12}?)\s{0,8}[)）\]】〕]$")
_BRACKETS_WITHIN = 32
# The last bytes of white space, and of closing brackets.
_BLANK = np.zeros(256, bool)
_BLANK[list(b" \t\n\r\x80")] = True
_CLOSING = _BLANK.copy()
_CLOSING[list(b")]" + bytes(mark.encode()[-1] for mark in "）】〕"))] = True


@dataclass(frozen=True, slots=True)
class Assembled:
    """A table's columns by name.

    Attributes:
        cells: canonical columns, then own ones.
        names: position to the column that it became a part of.
        own: headings of own columns.
        joined: pairs of headings with one meaning.
        ambiguous: own headings that may mean a canonical column.
        said: what words of state say.
    """

    cells: dict[str, pa.ChunkedArray]
    names: dict[int, str]
    own: tuple[str, ...]
    joined: tuple[tuple[str, str], ...]
    ambiguous: tuple[str, ...]
    said: Said


def assemble(
    columns: Columns,
    header: Header,
    lines: Sequence[str],
    title: str | None,
    layout: Layout,
    dates: DateReader,
) -> Assembled:
    """Make the columns of a table.

    Args:
        columns: of its rows, by position.
        header: names them.
        lines: the lines above the header.
        title: the word of state of a title, for rows that have none of their own.
        layout: the kind of list.
        dates: reads dates.

    Raises:
        RefusedFileError: it has too many columns of its own.
    """
    count = len(columns[0])
    stated = _stated(lines, header, layout, dates)
    positions, ambiguous = _unguessed(header, stated, layout)
    own = _own_headings(header, columns, positions) if layout.keeps_others else {}
    cells: dict[str, pa.ChunkedArray] = {}
    parts: Columns
    codes = np.full(count, NOTHING, np.int8)
    for name, places in positions.items():
        parts = [columns[at] for at in sorted(places)]
        if layout.states and name == layout.states.column:
            codes, parts = _states(parts, [header.cells[at] for at in sorted(places)], layout)
        cells[name] = _one_column(name, parts, layout, dates)
    cells |= {name: _constant(text, count) for name, text in stated.items()}
    if layout.states:
        cells, codes = _with_words(cells, codes, title, layout)
    return Assembled(
        cells=cells | {name: columns[at] for at, name in own.items()},
        names={at: name for name, places in positions.items() for at in places} | own,
        own=tuple(own.values()),
        joined=_joined_headings(header, positions, layout),
        ambiguous=tuple(own[at] for at in ambiguous if at in own),
        said=Said.of(codes),
    )


def _constant(text: str, count: int) -> pa.ChunkedArray:
    return pa.chunked_array([pa.repeat(pa.scalar(text, pa.string()), count)])


# ---------------------------------------------------------------- which column is which


def _unguessed(
    header: Header, stated: Mapping[str, str], layout: Layout
) -> tuple[dict[str, tuple[int, ...]], list[int]]:
    """The known columns, without those that may mean a deadline as well as a claim."""
    positions = dict(header.positions)
    exact = {
        name: at
        for name, places in positions.items()
        for at in places
        if header.cells[at].strip() == name
    }
    if layout.ledger and exact.keys() >= set(layout.ledger):
        # A county's own column 完成时间 stays its own in the ledger.
        return {name: (at,) for name, at in exact.items()}, []
    if layout.deadline is None or layout.deadline in positions or layout.deadline in stated:
        return positions, []
    doubtful = [
        at
        for name in layout.events
        for at in positions.get(name, ())
        if (key := header_key(header.cells[at])) in layout.ambiguous
        and key not in layout.finder.told
    ]
    for name in layout.events:
        left = tuple(at for at in positions.get(name, ()) if at not in doubtful)
        if left:
            positions[name] = left
        else:
            positions.pop(name, None)
    return positions, doubtful


def _own_headings(
    header: Header, columns: Columns, positions: Mapping[str, Sequence[int]]
) -> dict[int, str]:
    """Position to name of the columns that no alias knows: 名称, then 名称（2）.

    A column without a heading is one if it holds anything.
    """
    known = {at for places in positions.values() for at in places}
    taken = set(positions)
    own: dict[int, str] = {}
    for at, column in enumerate(columns):
        heading = heading_text(restore(header.cells[at])) if at < len(header.cells) else ""
        if at in known or not (heading or filled(column).any()):
            continue
        base = name = heading or f"第{at + 1}列"
        number = 1
        while name in taken:
            number += 1
            name = f"{base}（{number}）"
        taken.add(name)
        own[at] = name
    if len(own) > MAX_OWN:
        message = (
            f"有 {len(own)} 列是台账没有的，最多 {MAX_OWN} 列，多半不是问题清单，"
            "请删去无关的列后重报"
        )
        raise RefusedFileError("bad-file", message)
    return own


def _joined_headings(
    header: Header, positions: Mapping[str, Sequence[int]], layout: Layout
) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    for name, places in positions.items():
        headings = [header.cells[at].strip() for at in places]
        if layout.states and name == layout.states.column:
            # Columns of ticks are one column of states.
            headings = [text for text in headings if not layout.states.meaning(text).tick]
        if name != layout.serial:
            pairs.extend((headings[0], other) for other in headings[1:])
    return tuple(pairs)


def _one_column(name: str, columns: Columns, layout: Layout, dates: DateReader) -> pa.ChunkedArray:
    """What all columns of one meaning say together."""
    if len(columns) == 1:
        return columns[0]
    if name == layout.deadline:
        return joined(columns, earliest(lambda text: dates.deadline(text).day))
    if name in layout.dates and name not in layout.events:
        return joined(columns, earliest(lambda text: sum(dates.read(text)[0][:1])))
    return joined(columns, side_by_side("：" if name == layout.phrase else BETWEEN))


# ---------------------------------------------------------------- lines above the header


def _stated(
    lines: Sequence[str], header: Header, layout: Layout, dates: DateReader
) -> dict[str, str]:
    """What lines above the header say of columns that the list lacks: 整改时限：6月30日前."""
    found: dict[str, str] = {}
    for line in lines if layout.keeps_others else ():
        for part in re.split(r"[；;\t]+|\s+(?=[^\s:：]{2,12}[:：])|\s{2,}", line):
            heading, colon, text = part.replace("：", ":").partition(":")
            value = text.strip()
            name = layout.finder.column_of(heading.strip()) if colon and value else None
            if name is None or name in header.positions or name in layout.unsaid:
                continue
            if _is_readable(name, value, layout, dates):
                found.setdefault(name, value)
    return found


def _is_readable(name: str, text: str, layout: Layout, dates: DateReader) -> bool:
    if name == layout.deadline:
        return not dates.deadline(text).refused
    return name not in layout.dates or not dates.read(text)[1]


# ---------------------------------------------------------------- words of state


def _states(columns: Columns, headings: Sequence[str], layout: Layout) -> tuple[Codes, Columns]:
    """What columns of the state say together, not done before done, and their texts."""
    assert layout.states is not None  # noqa: S101 - for the type checker
    read = [
        layout.states.meaning(heading).column(column)
        for heading, column in zip(headings, columns, strict=True)
    ]
    codes = read[0][0]
    for more, _ in read[1:]:
        codes = np.maximum(codes, more)
    return codes, [texts for _, texts in read]


def _with_words(
    cells: dict[str, pa.ChunkedArray], codes: Codes, title: str | None, layout: Layout
) -> tuple[dict[str, pa.ChunkedArray], Codes]:
    """Add the words in brackets behind the description; a title speaks where nothing else does."""
    assert layout.states is not None  # noqa: S101 - for the type checker
    name = layout.states.column
    additions: dict[int, str] = {}
    if layout.phrase in cells:
        texts, additions = _bracketed(cells[layout.phrase], layout)
        cells[layout.phrase] = texts
    own = codes.copy()
    for row, word in additions.items():
        own[row] = max(own[row], layout.words.of(word))
    if title is not None:
        silent = np.flatnonzero(own == NOTHING).tolist()
        additions |= dict.fromkeys(silent, title)
        own[silent] = layout.words.of(title)
    if additions:
        cells[name] = _appended(cells.get(name, _constant("", len(codes))), additions)
    return cells, own


def _bracketed(column: pa.ChunkedArray, layout: Layout) -> tuple[pa.ChunkedArray, dict[int, str]]:
    """The descriptions without a word of state in brackets at their end, and these words."""
    words: dict[int, str] = {}
    texts: list[str] = []
    rows = _closing_rows(column, layout.words.endings)
    for row, text in zip(rows, column.take(pa.array(rows, pa.int64())).to_pylist(), strict=True):
        whole = text.rstrip()
        match = _BRACKETED.search(whole[-_BRACKETS_WITHIN:])
        before = whole[: max(0, len(whole) - _BRACKETS_WITHIN) + match.start()] if match else ""
        if match and before.strip() and layout.words.of(match[1]) != NOTHING:
            words[row] = match[1]
            texts.append(before.rstrip())
    if not words:
        return column, words
    mask = np.zeros(len(column), bool)
    mask[list(words)] = True
    return with_texts(column, mask, texts), words


def _closing_rows(column: pa.ChunkedArray, endings: frozenset[bytes]) -> list[int]:
    """Rows whose text may end with a word of state in brackets: by their last bytes alone."""
    data, ends = bytes_and_ends(column)
    if len(data) == 0:
        return []
    last = ends[1:] - 1
    rows = np.flatnonzero((ends[1:] - ends[:-1] > 3) & _CLOSING[data[np.maximum(last, 0)]])
    last = last[rows]
    said = _BLANK[data[last]]
    final = np.zeros(256, bool)
    final[[ending[-1] for ending in endings]] = True
    wanted = [(len(ending), int.from_bytes(ending, "big")) for ending in endings]
    # Before a bracket of one byte or of three stands the last character of the word.
    for width in (1, 3):
        at = last - width
        maybe = np.flatnonzero(final[data[np.maximum(at, 0)]])
        codes = three_bytes(data, at[maybe] - 2)
        # A mark such as × has two bytes, a letter one.
        for length in {size for size, _ in wanted}:
            few = [code for size, code in wanted if size == length]
            said[maybe] |= np.isin(codes & ((1 << 8 * length) - 1), few)
    found: list[int] = rows[said].tolist()
    return found


def _appended(column: pa.ChunkedArray, additions: Mapping[int, str]) -> pa.ChunkedArray:
    """A column with a word behind what stands in some rows, each once."""
    texts = column.to_pylist()
    for row, word in additions.items():
        text = texts[row].strip()
        if word != text:
            texts[row] = f"{text}{BETWEEN}{word}" if text else word
    return pa.chunked_array([pa.array(texts, pa.string())])
