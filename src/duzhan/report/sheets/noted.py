"""Long sheets with a note on many cells: XlsxWriter makes the frame, the rows are poured into it.

Cell by cell and note by note, XlsxWriter takes most of an import of which a third goes back.
What it would write for them is written here as text: the rows column by column, all shapes of
the notes from one pattern.
"""

from __future__ import annotations

import functools
import io
import re
import zipfile
from itertools import accumulate, islice
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from duzhan.intake.text_columns import bytes_of
from duzhan.report.sheets.texts import MAIN, STRINGS, XML, element, fitting, shared_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import IO, TypeAlias

    # What `styles` tells, of a whole column or of each of its cells.
    Style: TypeAlias = str | pa.StringArray

SHEET = "xl/worksheets/sheet1.xml"
COMMENTS, SHAPES = "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"

# Fast, and not much larger: rows and shapes are like each other.
_DEFLATE = 1
_AT_ONCE = 1000

# In pixels: a note's width, where it begins in the row above its cell and the column behind it,
# and rows below the last.
_NOTE_WIDTH, _DOWN, _ASIDE, _PLAIN_ROW = 220, 10, 15, 20
_COLUMN, _CHARACTER, _PADDING = 64, 7, 5
_POINT = 0.75
_IDS = 1024
_SHAPES_HEAD = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
    '<o:idmap v:ext="edit" data="IDS"/></o:shapelayout><v:shapetype id="_x0000_t202" '
    'coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE_MIDDLE = (
    ' fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
    '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
)


class Note(NamedTuple):
    """What is said on a cell; rows and columns from 0, the height in pixels."""

    row: int
    column: int
    text: str
    height: int


class Filling:
    """The rows that go into a frame, with their shared texts and notes."""

    def __init__(
        self,
        texts: pa.Table,
        heights: Sequence[int],
        widths: Sequence[int],
        notes: Sequence[Note],
        figures: int,
    ) -> None:
        """Begin below the header row.

        Args:
            texts: the cells; its columns are called what the frame has above them.
            heights: of the rows, the header's first, in points.
            widths: of the columns, in characters; 0 for a hidden one.
            notes: row by row.
            figures: the place of the column whose texts are written as numbers.
        """
        filled = [
            pc.if_else(pc.equal(one, ""), None, one).combine_chunks() for one in texts.columns
        ]
        number = pc.binary_join_element_wise("><v>", filled.pop(figures), "</v></c>", "")
        shared = pa.chunked_array([pa.array(texts.column_names), *filled]).dictionary_encode()
        self._shared = shared.chunk(0).dictionary
        self._cells = [
            pc.binary_join_element_wise(' t="s"><v>', one.indices.cast("string"), "</v></c>", "")
            for one in shared.chunks[1:]
        ]
        self._cells.insert(figures, number)
        self._letters = [_letters(at) for at in range(len(widths))]
        self._widths = [width * _CHARACTER + _PADDING if width else 0 for width in widths]
        self._heights = [int(points / _POINT + 0.5) for points in heights]
        self._notes = notes

    def rows(self, styles: Iterable[Style]) -> Iterator[bytes]:
        """The rows; the styles are those of each column, or of each of its cells."""
        heights = pa.array([f"{pixels * _POINT:g}" for pixels in self._heights[1:]], pa.string())
        numbers = pa.array(map(str, range(2, 2 + len(heights))), pa.string())
        opening = f'" spans="1:{len(self._letters)}" ht="'
        parts = ['<row r="', numbers, opening, heights, '" customHeight="1">']
        for letters, style, cells in zip(self._letters, styles, self._cells, strict=True):
            parts += [f'<c r="{letters}', numbers, '"', style, pc.coalesce(cells, "/>")]
        for begin in range(0, len(heights), _AT_ONCE):
            some = (one if isinstance(one, str) else one.slice(begin, _AT_ONCE) for one in parts)
            yield bytes_of(pc.binary_join_element_wise(*some, "</row>", "")).tobytes()

    def strings(self) -> Iterator[str]:
        """The shared texts."""
        return shared_texts([fitting(text) for text in self._shared.to_pylist()])

    def comments(self) -> Iterator[str]:
        """The notes' texts."""
        text = functools.cache(element)
        yield f"{XML}<comments {MAIN}><authors><author></author></authors><commentList>"
        for note in self._notes:
            yield (
                f'<comment ref="{self._letters[note.column]}{note.row + 1}" authorId="0"><text><r>'
                '<rPr><sz val="8"/><color indexed="81"/><rFont val="Tahoma"/><family val="2"/>'
                f"</rPr>{text(note.text)}</r></text></comment>"
            )
        yield "</commentList></comments>"

    def shapes(self) -> Iterator[str]:
        """The notes' places and sizes."""
        ids = ",".join(map(str, range(1, 2 + len(self._notes) // _IDS)))
        yield _SHAPES_HEAD.replace("IDS", ids)
        tops = list(accumulate(self._heights, initial=0))
        across = functools.cache(self._across)
        for number, note in enumerate(self._notes, 1):
            left, columns = across(note.column)
            top = (tops[note.row - 1] + _DOWN) * _POINT
            bottom, rest = _end(self._heights, _PLAIN_ROW, note.row - 1, note.height + _DOWN)
            yield (
                f'<v:shape id="_x0000_s{_IDS + number}" type="#_x0000_t202" '
                f'style="position:absolute;margin-left:{left:.15g}pt;margin-top:{top:.15g}pt;'
                f"width:{_NOTE_WIDTH * _POINT:.15g}pt;height:{note.height * _POINT:.15g}pt;"
                f'z-index:{number};visibility:hidden"{_SHAPE_MIDDLE}'
                f"<x:Anchor>{columns[0]}, {_ASIDE}, {note.row - 1}, {_DOWN}, "
                f"{columns[1]}, {columns[2]}, {bottom}, {rest}</x:Anchor>"
                f"<x:AutoFill>False</x:AutoFill><x:Row>{note.row}</x:Row>"
                f"<x:Column>{note.column}</x:Column></x:ClientData></v:shape>"
            )
        yield "</xml>"

    def _across(self, column: int) -> tuple[float, tuple[int, int, int]]:
        """Where a note on a column begins, in points, and its columns, the rest in pixels."""
        # It does not begin in a hidden one.
        begin, _ = _end(self._widths, _COLUMN, column + 1, _ASIDE)
        end, rest = _end(self._widths, _COLUMN, begin, _NOTE_WIDTH + _ASIDE)
        return (sum(self._widths[:begin]) + _ASIDE) * _POINT, (begin, end, rest)


def styles(frame: bytes) -> list[str]:
    """The styles of the blank cells in a frame's last row, as cells' attributes."""
    with zipfile.ZipFile(io.BytesIO(frame)) as book:
        last_row = book.read(SHEET).decode().rpartition("<row ")[2]
    return re.findall(r'<c r="[A-Z]+\d+"( s="\d+")/>', last_row)


def pour(frame: bytes, filling: Filling, styles: Iterable[Style], path: Path) -> None:
    """Write the workbook: a frame's parts, with the rows in place of its last row.

    Args:
        frame: a workbook of XlsxWriter's with one sheet: a header row and, in the last row that
            there will be, the styles, and a note if there will be any.
        filling: the rows.
        styles: those of each column, or of each of its cells.
        path: the file.

    Raises:
        RuntimeError: a part is of more than 2 GiB, which not every program reads.
    """
    late: dict[str, Callable[[], Iterable[str]]] = {
        STRINGS: filling.strings, COMMENTS: filling.comments, SHAPES: filling.shapes,
    }  # fmt: skip
    with (
        zipfile.ZipFile(io.BytesIO(frame)) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=_DEFLATE) as new,
    ):
        for name in sorted(old.namelist(), key=lambda name: name in late):
            make = late.get(name)
            with new.open(name, "w") as part:
                if name == SHEET:
                    before, _, last = old.read(name).decode().rpartition("<row ")
                    part.write(before.encode())
                    part.writelines(filling.rows(styles))
                    part.write(last.partition("</row>")[2].encode())
                elif make is not None:
                    _write(part, make())
                else:
                    part.write(old.read(name))


def _write(part: IO[bytes], texts: Iterable[str]) -> None:
    """Write texts, many at once."""
    rest = iter(texts)
    while some := "".join(islice(rest, _AT_ONCE)):
        part.write(some.encode())


def _letters(column: int) -> str:
    """What a spreadsheet calls a column, from 0."""
    before, last = divmod(column, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)


def _end(sizes: Sequence[int], usual: int, at: int, length: int) -> tuple[int, int]:
    """Where something ends that begins at a row or column: in which one, and how far in it."""
    while length >= (size := sizes[at] if at < len(sizes) else usual):
        length -= size
        at += 1
    return at, length
