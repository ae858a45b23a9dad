"""A scoring workbook against the standard: every row and every item accounted for, or refused.

An item is found by its id or its name, never by likeness. Nothing is taken for
granted: an empty cell is no full mark, and what contradicts itself is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from duzhan import columns as col
from duzhan.dataset.item_names import ItemNames
from duzhan.intake.text import shorten
from duzhan.model import Problem, plain_number
from duzhan.register.score_sheet import LeftOut, ScoreRow, deduction_in, points_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from duzhan.model import Item
    from duzhan.register.score_sheet import ScoreSheet

# Cells without which a row cannot be taken.
_READ = (None, col.ITEM_ID, col.ITEM, col.FULL, col.POINTS, col.DEDUCTION)
_READERS = {col.FULL: points_in, col.POINTS: points_in, col.DEDUCTION: deduction_in}


class ItemRow(NamedTuple):
    """A row that was taken: the item and what was got for it."""

    item: Item
    points: Fraction
    row: ScoreRow

    @property
    def lost(self) -> Fraction:
        """What is lacking up to the full mark."""
        return self.item.full - self.points


class SumRow(NamedTuple):
    """A row that adds up others.

    Attributes:
        row: as it came.
        agrees: whether its figures are those of rows above it, of its category, or of all;
            None if it has none that can be read.
    """

    row: ScoreRow
    agrees: bool | None

    @property
    def points(self) -> Fraction | None:
        """What it says was got; None if it does not say."""
        return points_in(self.row.text(col.POINTS))


@dataclass(frozen=True, slots=True)
class ItemScoring:
    """What a workbook says of an assessment, item by item.

    Attributes:
        sheet: the workbook.
        asked: the items that this assessment has, in the standard's order.
        taken: in the same order; whole if there are no problems.
        sums: rows that add up others.
        left_out: rows that are neither items nor sums.
        problems: why it would not count; one line each.
    """

    sheet: ScoreSheet
    asked: tuple[Item, ...]
    taken: tuple[ItemRow, ...]
    sums: tuple[SumRow, ...]
    left_out: tuple[LeftOut, ...]
    problems: tuple[Problem, ...]

    @property
    def total(self) -> Fraction:
        """The sum of what was got."""
        return sum((one.points for one in self.taken), Fraction(0))

    @property
    def full(self) -> Fraction:
        """The sum of the full marks of all items asked for."""
        return sum((item.full for item in self.asked), Fraction(0))


def score_items(
    sheet: ScoreSheet,
    asked: Sequence[Item],
    others: Sequence[Item],
    says_nothing: Callable[[str], bool],
) -> ItemScoring:
    """Find each item in the workbook, and read what was got for it.

    Args:
        sheet: the workbook.
        asked: the items that the assessment has, in the standard's order.
        others: items of the standard that it has not; a row about one is refused as such.
        says_nothing: whether a cell is as good as empty (无, /).
    """
    scorer = _Scorer(sheet, asked, others, says_nothing)
    scorer.go()
    order = {item: at for at, item in enumerate(asked)}
    return ItemScoring(
        sheet=sheet,
        asked=tuple(asked),
        taken=tuple(sorted(scorer.taken, key=lambda one: order[one.item])),
        sums=tuple(scorer.checked_sums()),
        left_out=(*sheet.left_out, *scorer.left_out),
        problems=tuple(scorer.problems),
    )


class _Scorer:
    """Goes over the rows of a workbook."""

    def __init__(
        self,
        sheet: ScoreSheet,
        asked: Sequence[Item],
        others: Sequence[Item],
        says_nothing: Callable[[str], bool],
    ) -> None:
        self._sheet = sheet
        self._asked = asked
        self._names = ItemNames(asked)
        self._others = ItemNames(others)
        self._says_nothing = says_nothing
        self._sums: list[ScoreRow] = []
        self.taken: list[ItemRow] = []
        self.left_out: list[LeftOut] = []
        self.problems: list[Problem] = []

    def go(self) -> None:
        """Account for every row, then for every item."""
        found: dict[Item, list[ScoreRow]] = {}
        for row in self._sheet.rows:
            if (item := self._item_of(row)) is not None:
                found.setdefault(item, []).append(row)
        for item, rows in found.items():
            self._take(item, self._without_titles(rows))
        missing = [item for item in self._asked if item not in found]
        for item in missing:
            message = f"表里没有分项“{item.name}”（{item.id}，{plain_number(item.full)}分）"
            self.problems.append(
                Problem("error", self._sheet.file, None, col.ITEM, None, "missing-value", message)
            )

    # ------------------------------------------------------------ which item

    def _item_of(self, row: ScoreRow) -> Item | None:
        """The item of a row; a row without one is a sum, a title or reported."""
        text, number = row.text(col.ITEM), row.text(col.ITEM_ID)
        named, numbered = self._names.within(text), self._names.identified(number)
        meant = dict.fromkeys((*numbered, *named))
        if len(meant) == 1:
            return next(iter(meant))
        if len(meant) > 1:
            self._report(row, col.ITEM, "unknown-value", _several(tuple(meant)))
        elif row.is_sum or (self._names.is_category(text) and self._figure(row, col.POINTS)):
            self._sums.append(row)
        elif not self._figures(row) and not row.broken:
            self.left_out.append(LeftOut(row.sheet, row.line, row.words))
        else:
            self._report(row, col.ITEM, "unknown-value", self._unknown(text or number))
        return None

    def _figures(self, row: ScoreRow) -> dict[str, Fraction]:
        """The figures of a row that can be read, by column."""
        read = {name: _READERS[name](self._figure(row, name)) for name in _READERS}
        return {name: points for name, points in read.items() if points is not None}

    def _figure(self, row: ScoreRow, column: str) -> str:
        text = row.text(column)
        return "" if self._says_nothing(text) else text

    def _unknown(self, text: str) -> str:
        if not text:
            return "没有写是哪个分项"
        if self._others.within(text):
            return (
                f"“{shorten(text)}”不是这次评估的分项（standard.yaml 里只用于别的评估方或别的时间）"
            )
        near = self._names.nearest(text)
        hint = f"，是不是“{near.name}”？请改成标准里的名称" if near else "，请改成标准里的名称"
        return f"“{shorten(text)}”不是标准里的分项{hint}"

    def _without_titles(self, rows: list[ScoreRow]) -> list[ScoreRow]:
        """The rows of an item but for a title of the same name above them."""
        filled = [row for row in rows if any(self._figure(row, name) for name in _READERS)]
        if not filled:
            return rows
        titles = (row for row in rows if row not in filled)
        self.left_out.extend(LeftOut(row.sheet, row.line, row.words) for row in titles)
        return filled

    # ------------------------------------------------------------ how many points

    def _take(self, item: Item, rows: list[ScoreRow]) -> None:
        first, *more = rows
        for row in more:
            message = f"“{item.name}”在第{first.line}行已经有了，标准里只有一个，请合成一行"
            self._report(row, col.ITEM, "duplicate-value", message)
        for row in rows:
            points = self._points(item, row)
            if points is not None and not more:
                self.taken.append(ItemRow(item, points, row))

    def _points(self, item: Item, row: ScoreRow) -> Fraction | None:
        """What a row says was got; None if it cannot be, which is reported."""
        broken = next((name for name in row.broken if name in _READ), "")
        if broken != "":
            self._report(row, broken or None, "bad-cell", row.broken[broken or None])
            return None
        full = self._figure(row, col.FULL)
        if full and points_in(full) != item.full:
            message = f"“{shorten(full)}”与标准不同，标准里“{item.name}”是{_said(item.full)}分"
            self._report(row, col.FULL, "bad-number", message)
            return None
        got = self._read(row, col.POINTS, item, points_in)
        off = self._read(row, col.DEDUCTION, item, deduction_in)
        if isinstance(got, str) or isinstance(off, str):
            return None
        return self._agreed(item, row, got, off)

    def _read(
        self, row: ScoreRow, column: str, item: Item, read: Callable[[str], Fraction | None]
    ) -> Fraction | str | None:
        """A figure between nothing and the full mark; its text if it is none, which is reported."""
        text = self._figure(row, column)
        if not text:
            return None
        points = read(text)
        if points is not None and points <= item.full:
            return points
        above = f"高于“{item.name}”的分值，" if points is not None else ""
        message = f"“{shorten(text)}”{above}应是0至{_said(item.full)}的数字"
        self._report(row, column, "bad-number", message)
        return text

    def _agreed(
        self, item: Item, row: ScoreRow, got: Fraction | None, off: Fraction | None
    ) -> Fraction | None:
        if got is None and off is None:
            message = f"“{item.name}”没有得分，也没有扣分；没有扣分的，扣分填0"
            self._report(row, col.POINTS, "missing-value", message)
            return None
        if got is None or off is None:
            return got if off is None else item.full - off
        if got + off != item.full:
            message = f"“{item.name}”得分{_said(got)}加扣分{_said(off)}不等于分值{_said(item.full)}"
            self._report(row, col.POINTS, "bad-number", message)
            return None
        return got

    def _report(self, row: ScoreRow, column: str | None, code: str, message: str) -> None:
        value = None if column is None else row.text(column)
        self.problems.append(
            Problem(
                "error", self._sheet.file, row.line, column, value, code, message, sheet=row.sheet
            )
        )

    # ------------------------------------------------------------ sums

    def checked_sums(self) -> list[SumRow]:
        """Compare each sum of the workbook; one that nothing adds up to is reported."""
        sums = []
        for at, row in enumerate(self._sums):
            agrees = None
            if (told := self._figures(row)) and not self.problems:
                agrees = any(_says(some, told) for some in self._added_up(row, at))
            sums.append(SumRow(row, agrees))
        for one in sums:
            if one.agrees is False:
                self._report(one.row, col.POINTS, "score-mismatch", self._unequal(one.row))
        return sums

    def _added_up(self, row: ScoreRow, at: int) -> list[list[ItemRow]]:
        """What a sum may add up: rows since the sum before, its sheet, its category, everything."""
        before = self._sums[at - 1] if at else None
        since = before.line if before is not None and before.sheet == row.sheet else 0
        here = [one for one in self.taken if one.row.sheet == row.sheet]
        above = [one for one in here if one.row.line < row.line]
        text = row.text(col.ITEM)
        under = [one for one in self.taken if self._is_of(one.item, text)]
        near = [one for one in above if one.row.line > since]
        return [some for some in (near, above, here, under, self.taken) if some]

    def _is_of(self, item: Item, text: str) -> bool:
        return bool(item.category) and ItemNames([item]).is_category(text)

    def _unequal(self, row: ScoreRow) -> str:
        here = [one for one in self.taken if one.row.sheet == row.sheet]
        told = "、".join(f"{name} {_said(points)}" for name, points in self._figures(row).items())
        return (
            f"“{row.first_words}”写{told}，与分项对不上：本表各分项{_sums_of(here)}，"
            f"全部分项{_sums_of(self.taken)}，请核对"
        )


def _several(items: Sequence[Item]) -> str:
    told = "、".join(f"{item.name}（{item.id}）" for item in items)
    return f"可以是好几个分项：{told}，请只写一个"


def _says(rows: Sequence[ItemRow], told: Mapping[str, Fraction]) -> bool:
    """Whether figures are the sums of some rows."""
    added = _added(rows)
    return all(added[name] == points for name, points in told.items())


def _added(rows: Sequence[ItemRow]) -> dict[str, Fraction]:
    none = Fraction(0)
    return {
        col.FULL: sum((one.item.full for one in rows), none),
        col.POINTS: sum((one.points for one in rows), none),
        col.DEDUCTION: sum((one.lost for one in rows), none),
    }


def _sums_of(rows: Sequence[ItemRow]) -> str:
    added = _added(rows)
    return f"得分{_said(added[col.POINTS])}、扣分{_said(added[col.DEDUCTION])}"


def _said(points: Fraction) -> str:
    return str(plain_number(points))
