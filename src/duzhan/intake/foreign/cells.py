"""The cells of an xlsx sheet, one after the other as its XML comes.

A sheet may have millions of elements: they are handled as the parser meets them,
and no tree is built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from duzhan.intake.foreign.handler import Handler, known, unescaped
from duzhan.intake.foreign.numbers import Shows, dated, number_text
from duzhan.intake.foreign.sheet import ERROR, FORMULA, UNCALCULATED, Area, Broken, SheetPicture
from duzhan.intake.refusals import broken

if TYPE_CHECKING:
    from duzhan.intake.foreign.pictures import Images
    from duzhan.intake.foreign.sheet import Budget, Sheet
    from duzhan.intake.foreign.styles import Styles

    Attributes = dict[str, str]

# Beyond these no spreadsheet program has a cell.
ROWS, COLUMNS = 1 << 20, 1 << 14
TRUE = frozenset(["1", "true", "on"])


class Texts(Protocol):
    """The texts of a workbook that its cells refer to by number."""

    @property
    def are_regular(self) -> bool:
        """Whether they mean the same to the fast reader."""

    def __len__(self) -> int: ...

    def __getitem__(self, at: int, /) -> str: ...


class Book(NamedTuple):
    """What the sheets of a workbook share.

    Attributes:
        texts: the texts that cells refer to by number.
        styles: cell styles.
        images: pictures that stand in cells.
        epoch_1904: whether it counts days from 1904.
        budget: how many cells may still be read.
    """

    texts: Texts
    styles: Styles
    images: Images
    epoch_1904: bool
    budget: Budget


class SheetHandler(Handler):
    """Lays the cells of a sheet out.

    Args:
        sheet: where they go.
        book: what they refer to.
    """

    names = known("row", "c", "v", "f", "is", "t", "rPh", "mergeCell", "hyperlink")

    def __init__(self, sheet: Sheet, book: Book) -> None:
        super().__init__()
        self._sheet = sheet
        self._book = book
        self._line = 0
        self._column = -1
        self._row: Attributes = {}
        self._cells: list[str] = []
        self._cell: Attributes | None = None
        self._value: str | None = None
        self._formula: str | None = None
        self._inline: str | None = None
        self._columns: dict[str, int] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""
        kind = self.names.get(name)
        if kind == "c":
            self._cell = attributes
            self._value = self._formula = self._inline = None
        elif kind in ("v", "f", "is"):
            self._pieces = []
            self._listening = kind != "is"
        elif kind == "t":
            self._listening = self._cell is not None and not self._aside
        elif kind == "row":
            self._begin_row(attributes)
        elif kind == "rPh":
            self._aside += 1
        elif kind:
            self._beside(kind, attributes.get("ref", ""))

    def end(self, name: str) -> None:
        """An element ends."""
        kind = self.names.get(name)
        if kind == "v":
            self._value, self._listening = "".join(self._pieces), False
        elif kind == "c":
            self._end_cell(self._cell or {})
            self._cell = None
        elif kind == "t":
            self._listening = False
        elif kind == "is":
            self._inline = unescaped("".join(self._pieces))
        elif kind == "f":
            self._formula, self._listening = "".join(self._pieces), False
        elif kind == "row":
            hidden = self._row.get("hidden", "0") in TRUE
            self._sheet.add(self._line, self._cells, self._book.budget, hidden=hidden)
        elif kind == "rPh":
            self._aside -= 1

    def _begin_row(self, attributes: Attributes) -> None:
        number = attributes.get("r", "")
        self._row, self._cells, self._column = attributes, [], -1
        self._line = int(number) if number.isdecimal() and len(number) < 9 else self._line + 1
        if not 0 < self._line <= ROWS:
            raise broken()

    def _beside(self, kind: str, reference: str) -> None:
        """A merged range, or the cells of a hyperlink."""
        first, _, last = reference.partition(":")
        start, end = cell_at(first), cell_at(last or first)
        if kind == "hyperlink" and start:
            self._sheet.marks.links.append(start[0])
        elif kind == "mergeCell" and start and end and start[0] <= end[0] and start[1] <= end[1]:
            self._sheet.merged.append(Area(*start, *end))

    # ------------------------------------------------------------ cells

    def _end_cell(self, cell: Attributes) -> None:
        self._place(cell.get("r"))
        text = self._text(cell)
        if text:
            missing = self._column + 1 - len(self._cells)
            if missing > 0:
                self._cells.extend([""] * missing)
            self._cells[self._column] = text

    def _place(self, reference: str | None) -> None:
        """Find the cell's column; one without a reference stands next to the one before."""
        if reference is None:
            self._column += 1
        else:
            letters = reference.rstrip("0123456789")
            column = self._columns.get(letters)
            if column is None or reference[len(letters) :] != str(self._line):
                column = self._far_place(reference)
                self._columns[letters] = column
            self._column = column
        if self._column >= COLUMNS:
            raise broken()

    def _far_place(self, reference: str) -> int:
        """Find the column of a reference seen for the first time, or in a row without number."""
        at = cell_at(reference)
        if at is None:
            raise broken()
        if at[0] != self._line:
            if self._row.get("r") or self._column >= 0:
                raise broken()
            self._line = at[0]
        return at[1]

    def _text(self, cell: Attributes) -> str:
        """The text of a cell; what is wrong with it, or stands beside it, goes to the sheet."""
        kind, value = cell.get("t", "n"), self._value
        style = cell.get("s", "0")
        if style in self._book.styles.coloured:
            self._sheet.marks.coloured.append(self._line)
        if value is None and self._inline is None and self._formula is None:
            return ""
        if style in self._book.styles.struck:
            self._sheet.marks.struck.append(self._line)
        if kind == "s" and value:
            return self._shared(value)
        if picture := self._book.images.in_cell(cell.get("vm"), self._formula, value):
            self._sheet.pictures.append(SheetPicture(self._line, self._column, picture.part))
            return ""
        return self._content(kind, value, style)

    def _content(self, kind: str, value: str | None, style: str) -> str:
        if self._formula is not None and self._inline is None and _is_uncalculated(kind, value):
            return self._wrong(UNCALCULATED, FORMULA)
        if kind == "e":
            return self._wrong(ERROR, value or "#ERROR!")
        if kind == "inlineStr" or value is None:
            return self._inline or ""
        return self._typed(kind, value, style)

    def _wrong(self, message: str, shown: str) -> str:
        self._sheet.broken.append(Broken(self._line, self._column, message))
        return shown

    def _shared(self, value: str) -> str:
        try:
            at = int(value)
            return self._book.texts[at if at >= 0 else len(self._book.texts)]
        except (ValueError, IndexError):
            raise broken() from None

    def _typed(self, kind: str, value: str, style: str) -> str:
        """The text of a cell that has a value of its own."""
        if kind == "str":
            return unescaped(value)
        plain = value.strip()
        if kind == "b":
            return "TRUE" if plain.lower() in TRUE else "FALSE"
        if kind == "d":
            return plain.replace("T", " ").removesuffix("Z").removesuffix(" 00:00:00")
        shows = self._book.styles.shows.get(style, Shows.NUMBER)
        if shows is Shows.NUMBER:
            return plain_number(plain)
        try:
            number = float(plain)
        except ValueError:
            return plain
        text, wrong = dated(number, shows, epoch_1904=self._book.epoch_1904)
        if wrong:
            at = self._line, self._column
            self._sheet.broken.append(Broken(*at, wrong, as_date=True))
        return text


def plain_number(value: str) -> str:
    """A number as text; what is none stays as it is."""
    if len(value) < 16 and value.isdecimal() and value.isascii():
        return value.lstrip("0") or "0"
    try:
        number = float(value)
    except ValueError:
        return value
    return number_text(number) if number - number == 0 else value


def _is_uncalculated(kind: str, value: str | None) -> bool:
    """Whether a formula has no result; an empty text that was calculated is one."""
    return value is None or (not value and kind != "str")


def cell_at(reference: str) -> tuple[int, int] | None:
    """Row (from 1) and column (from 0) of a reference such as C7; None if it is none."""
    bare = reference.replace("$", "")
    letters = bare.rstrip("0123456789")
    digits = bare[len(letters) :]
    if not 0 < len(letters) <= 3 or not letters.isascii() or not letters.isalpha():
        return None
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    if number > COLUMNS or not digits or len(digits) > 8 or not 0 < int(digits) <= ROWS:
        return None
    return int(digits), number - 1
