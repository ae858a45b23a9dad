"""A sheet as its file holds it: text cells, and what stands beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

from duzhan.intake.refusals import too_far

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterator

# Two million rows of fourteen columns; summed over the sheets of a file.
MAX_CELLS = 32_000_000
# The widest list has some forty columns; a cell beyond stands there by mistake.
MAX_COLUMNS = 1000
# Excel's own limit for one cell; nobody needs more of one that repeats itself.
MAX_TEXT = 32_767

ERROR = "单元格是公式错误，请改成实际内容"
UNCALCULATED = "公式没有计算结果，请在 Excel 或 WPS 中打开并保存一次，或改成实际内容"
FORMULA = "（公式未计算）"
EARLY = "是日期格式的数字，但早于2000年，多半是格式设错，应写成 2021-06-30 或 2021年6月30日 的样子"
CLOCK = "是时刻，不是日期，应写成 2021-06-30 或 2021年6月30日 的样子"
SPAN = "是时长，不是日期，应写成 2021-06-30 或 2021年6月30日 的样子"


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell that came in broken.

    Attributes:
        line: row of the sheet, from 1.
        column: from 0.
        message: one Chinese clause: what is wrong and what would be right.
        as_date: whether it is at fault only where a date is meant.
    """

    line: int
    column: int
    message: str
    as_date: bool = False


@dataclass(frozen=True, slots=True)
class Area:
    """Cells merged into one.

    Attributes:
        top: first row of the sheet, from 1.
        left: first column, from 0.
        bottom: last row, from 1.
        right: last column, from 0.
    """

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class SheetPicture:
    """A picture on a sheet.

    Attributes:
        line: row of the sheet, from 1, in which it begins, or most of it lies.
        column: from 0.
        part: name of the part of the file that holds its bytes; "" if that cannot be told.
    """

    line: int
    column: int
    part: str


@dataclass(slots=True)
class Marks:
    """What a sheet shows beside text, as the rows of the sheet (from 1) that show it.

    Attributes:
        comments: rows with a comment, one entry a comment.
        links: rows with a hyperlink.
        struck: rows with struck-through text.
        coloured: rows with a fill colour.
        hidden: rows that are hidden and hold something.
    """

    comments: list[int] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    struck: list[int] = field(default_factory=list)
    coloured: list[int] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)


class TextColumn(NamedTuple):
    """The cells of a column, one behind the other.

    Attributes:
        sizes: how many bytes each takes.
        texts: all of them, in UTF-8.
    """

    sizes: array[int]
    texts: bytes

    def cells(self) -> Iterator[str]:
        """Each of them."""
        for begin, end in pairwise(accumulate(self.sizes, initial=0)):
            yield self.texts[begin:end].decode()


@dataclass(slots=True)
class Sheet:
    """A sheet, or a table of a document.

    Attributes:
        name: of the worksheet; "" for a table of a document.
        rows: text cells of the rows that hold anything, each as long as it needs.
        lines: where each of them stands, from 1, ascending.
        columns: the same cells column by column, from a reader that lays them out so; there
            are no `rows` then.
        hidden: whether the sheet is.
        epoch_1904: whether its numbers count days from 1904.
        broken: cells that came in broken.
        merged: merged cells.
        pictures: pictures that lie on it.
        marks: what it shows beside text.
        within: index of the table in whose cell this one lies; None for all others.
    """

    name: str = ""
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    columns: list[TextColumn] = field(default_factory=list)
    hidden: bool = False
    epoch_1904: bool = False
    broken: list[Broken] = field(default_factory=list)
    merged: list[Area] = field(default_factory=list)
    pictures: list[SheetPicture] = field(default_factory=list)
    marks: Marks = field(default_factory=Marks)
    within: int | None = None

    def add(self, line: int, cells: list[str], budget: Budget, *, hidden: bool = False) -> None:
        """Add a row, if it holds anything.

        Raises:
            RefusedFileError: the file holds more cells than anybody lists.
        """
        while cells and (not cells[-1] or cells[-1].isspace()):
            cells.pop()
        if not cells:
            return
        if len(cells) > MAX_COLUMNS:
            raise too_far()
        budget.take(len(cells))
        self.rows.append(cells)
        self.lines.append(line)
        if hidden:
            self.marks.hidden.append(line)

    def lay_out(self) -> None:
        """Bring the cells into rows, if they stand in columns."""
        if self.columns:
            cells = (column.cells() for column in self.columns)
            self.rows, self.columns = list(map(list, zip(*cells, strict=True))), []

    def settle(self, budget: Budget) -> None:
        """Bring rows that came out of order into order, and count the cells left and right of them.

        Raises:
            RefusedFileError: laid out as a rectangle the file would be too large.
        """
        if any(a >= b for a, b in zip(self.lines, self.lines[1:], strict=False)):
            whole = dict(zip(self.lines, self.rows, strict=True))
            self.lines = sorted(whole)
            self.rows = [whole[line] for line in self.lines]
        width = max(map(len, self.rows), default=0)
        budget.take(width * len(self.rows) - sum(map(len, self.rows)))


class Budget:
    """How many cells a file may still lay out, told before memory is asked for.

    Args:
        cells: in all its sheets.
    """

    def __init__(self, cells: int = MAX_CELLS) -> None:
        self._left = cells

    def check(self, cells: int) -> None:
        """Refuse what would take more than is left.

        Raises:
            RefusedFileError: it would.
        """
        if cells > self._left:
            raise too_far()

    def take(self, cells: int) -> None:
        """Count cells.

        Raises:
            RefusedFileError: there are none left.
        """
        self.check(cells)
        self._left -= cells
