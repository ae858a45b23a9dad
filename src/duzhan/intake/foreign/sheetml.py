"""The workbook of Excel 2003 as one XML file, which many systems still export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.intake.foreign.numbers import Shows, dated, number_text, shown_by
from duzhan.intake.foreign.sheet import (
    ERROR,
    FORMULA,
    UNCALCULATED,
    Area,
    Broken,
    Budget,
    Sheet,
)
from duzhan.intake.foreign.xml import attribute, child, children, clear, local, walked
from duzhan.intake.refusals import too_far

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.intake.foreign.xml import Element

_ROWS, _COLUMNS = 1 << 20, 1 << 14
# The formats that it names by a word.
_NAMED = {
    "General Date": Shows.DATE, "Long Date": Shows.DATE, "Medium Date": Shows.DATE,
    "Short Date": Shows.DATE, "Long Time": Shows.CLOCK, "Medium Time": Shows.CLOCK,
    "Short Time": Shows.CLOCK, "Percent": Shows.PERCENT,
}  # fmt: skip


def read(path: Path, _max_unpacked: int) -> list[Sheet]:
    """Read all worksheets.

    Raises:
        RefusedFileError: damaged, or with cells far off.
    """
    reader = _Reader()
    with path.open("rb") as stream:
        for element in walked(stream, "Style", "Row", "Worksheet"):
            name = local(element)
            if name == "Style":
                reader.style(element)
            elif name == "Row":
                reader.row(element)
            else:
                reader.worksheet(element)
            clear(element)
    return reader.sheets


class _Reader:
    """Reads rows until their worksheet ends."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self._budget = Budget()
        self._shows: dict[str, Shows] = {}
        self._sheet = Sheet()
        self._line = 0

    def style(self, element: Element) -> None:
        """Note what the numbers of a style show."""
        form = child(element, "NumberFormat")
        code = (attribute(form, "Format") or "") if form is not None else ""
        self._shows[attribute(element, "ID") or ""] = _NAMED.get(code) or shown_by(code)

    def worksheet(self, element: Element) -> None:
        """Close the worksheet whose rows have been read."""
        sheet, self._sheet, self._line = self._sheet, Sheet(), 0
        sheet.name = attribute(element, "Name") or ""
        options = child(element, "WorksheetOptions")
        sheet.hidden = options is not None and child(options, "Visible") is not None
        sheet.settle(self._budget)
        self.sheets.append(sheet)

    def row(self, element: Element) -> None:
        """Read a row."""
        self._line = _index(element, self._line + 1, _ROWS)
        cells: list[str] = []
        column = 0
        for cell in children(element, "Cell"):
            column = _index(cell, column + 1, _COLUMNS)
            text = self._cell(cell, column - 1)
            if text:
                cells += [""] * (column - len(cells))
                cells[column - 1] = text
            column += self._merge(cell, column - 1)
        hidden = attribute(element, "Hidden") == "1"
        self._sheet.add(self._line, cells, self._budget, hidden=hidden)
        self._line += _count(attribute(element, "Span"))

    def _merge(self, cell: Element, at: int) -> int:
        across, down = (_count(attribute(cell, f"Merge{way}")) for way in ("Across", "Down"))
        if across or down:
            self._sheet.merged.append(Area(self._line, at, self._line + down, at + across))
        return across

    def _cell(self, cell: Element, column: int) -> str:
        at = self._line, column
        marks = self._sheet.marks
        marks.comments += [self._line for _ in children(cell, "Comment")]
        if attribute(cell, "HRef"):
            marks.links.append(self._line)
        data = child(cell, "Data")
        formula = attribute(cell, "Formula") is not None
        if data is None:
            if formula:
                self._sheet.broken.append(Broken(*at, UNCALCULATED))
            return FORMULA if formula else ""
        text = "".join(data.itertext())
        kind = attribute(data, "Type")
        if kind == "Error":
            self._sheet.broken.append(Broken(*at, ERROR))
            return text or "#ERROR!"
        shows = self._shows.get(attribute(cell, "StyleID") or "", Shows.NUMBER)
        return self._typed(kind, text, shows, at)

    def _typed(self, kind: str | None, text: str, shows: Shows, at: tuple[int, int]) -> str:
        if kind == "Boolean":
            return "TRUE" if text == "1" else "FALSE"
        if kind == "DateTime":
            return self._date(text, shows, at)
        if kind != "Number":
            return text
        try:
            number = float(text)
        except ValueError:
            return text
        if shows is Shows.NUMBER:
            return number_text(number) if number - number == 0 else text
        said, wrong = dated(number, shows)
        if wrong:
            self._sheet.broken.append(Broken(*at, wrong, as_date=True))
        return said

    def _date(self, text: str, shows: Shows, at: tuple[int, int]) -> str:
        plain = text.replace("T", " ").partition(".")[0].removesuffix(" 00:00:00")
        if shows is Shows.MONTH and plain[:4].isdecimal() and plain[5:7].isdecimal():
            return f"{int(plain[:4])}年{int(plain[5:7])}月"
        if shows in (Shows.CLOCK, Shows.SPAN) or plain[:4] < "2000":
            wrong = dated(
                0.5 if shows is Shows.CLOCK else 1,
                shows if shows is not Shows.NUMBER else Shows.DATE,
            )[1]
            self._sheet.broken.append(Broken(*at, wrong or ERROR, as_date=True))
        return plain


def _index(element: Element, otherwise: int, most: int) -> int:
    text = attribute(element, "Index") or ""
    index = int(text) if text.isdecimal() and len(text) < 9 else otherwise
    if not 0 < index <= most:
        raise too_far()
    return index


def _count(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else 0
