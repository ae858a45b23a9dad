"""ods, in the dialects of its writers: every cell as text, or with what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from duzhan.intake.foreign.numbers import Shows, dated, number_text
from duzhan.intake.foreign.package import Package
from duzhan.intake.foreign.sheet import (
    CLOCK,
    EARLY,
    ERROR,
    FORMULA,
    MAX_TEXT,
    UNCALCULATED,
    Area,
    Broken,
    Budget,
    Sheet,
    SheetPicture,
)
from duzhan.intake.foreign.xml import attribute, child, children, clear, local, walked
from duzhan.intake.refusals import too_far

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from duzhan.intake.foreign.xml import Element

_PART = "content.xml"
# Beyond these no spreadsheet program has a cell; longer repeats are padding.
_ROWS, _COLUMNS = 1 << 20, 1 << 14
_TABLE_PARTS = frozenset(["table-row-group", "table-header-rows", "table-rows"])
# Nobody fills so many rows with the same; repeats of empty ones are not counted.
_COPIES = 100_000
_READ = ("automatic-styles", "table-column", "table-row", "table")
_ERRORS = ("#", "Err:", "错误:")
_EARLIEST = "2000"


class Style(NamedTuple):
    """What a cell's style shows beside its text."""

    month: bool = False
    struck: bool = False
    coloured: bool = False


class _Cell(NamedTuple):
    """A cell, and how often it stands here."""

    text: str
    wrong: str | None
    as_date: bool
    repeat: int


def read(path: Path, max_unpacked: int) -> list[Sheet]:
    """Read all sheets of a document.

    Raises:
        RefusedFileError: damaged, encrypted, a bomb, or with repeats that would fill the memory.
    """
    with Package(path, max_unpacked) as package:
        budget = Budget()
        styles: dict[str, Style] = {}
        hidden: frozenset[str] = frozenset()
        sheets = []
        with package.open(_PART) as stream:
            reader = _Reader(budget, styles)
            for element in walked(stream, *_READ):
                name = local(element)
                if name == "automatic-styles":
                    styles.update(_styles(element))
                    hidden = _hidden_tables(element)
                elif name == "table-column":
                    reader.column(element)
                elif name == "table-row" and _in_a_sheet(element):
                    reader.row(element)
                elif name == "table" and _is_sheet(element):
                    sheets.append(reader.finished(element, hidden))
                else:
                    continue
                clear(element)
        return sheets


def _is_sheet(table: Element) -> bool:
    parent = table.getparent()
    return parent is not None and local(parent) == "spreadsheet"


def _in_a_sheet(row: Element) -> bool:
    """Whether a row belongs to a sheet itself, not to a table inside a cell or to old changes."""
    parent = row.getparent()
    while parent is not None and local(parent) in _TABLE_PARTS:
        parent = parent.getparent()
    return parent is not None and local(parent) == "table" and _is_sheet(parent)


# ---------------------------------------------------------------- styles


def _styles(group: Element) -> dict[str, Style]:
    """The cell styles that show more than text, by name."""
    months = {
        attribute(one, "name")
        for one in children(group, "date-style")
        if not any(local(part) in ("day", "day-of-week") for part in one)
    }
    found = {}
    for one in children(group, "style"):
        name, data = attribute(one, "name"), attribute(one, "data-style-name")
        text, cell = child(one, "text-properties"), child(one, "table-cell-properties")
        colour = attribute(cell, "background-color") if cell is not None else None
        struck = (
            [attribute(text, f"text-line-through-{key}") for key in ("style", "type")]
            if (text is not None)
            else []
        )
        style = Style(
            month=data in months and data is not None,
            struck=any(line not in (None, "none") for line in struck),
            coloured=colour not in (None, "transparent", "#ffffff"),
        )
        if name and any(style):
            found[name] = style
    return found


def _hidden_tables(group: Element) -> frozenset[str]:
    return frozenset(
        attribute(one, "name") or ""
        for one in children(group, "style")
        for part in children(one, "table-properties")
        if attribute(part, "display") == "false"
    )


# ---------------------------------------------------------------- rows and cells


class _Reader:
    """Reads rows until their sheet ends."""

    def __init__(self, budget: Budget, styles: dict[str, Style]) -> None:
        self._budget = budget
        self._styles = styles
        self._sheet = Sheet()
        self._line = 1
        self._columns: list[str] = []
        self._copies = 0

    def column(self, element: Element) -> None:
        """Note what style the cells of some columns have unless they say another."""
        if len(self._columns) < _COLUMNS:
            style = attribute(element, "default-cell-style-name") or ""
            self._columns += [style] * _count(element, "number-columns-repeated", _COLUMNS)

    def finished(self, table: Element, hidden: frozenset[str]) -> Sheet:
        """The sheet whose rows have been read."""
        sheet, self._sheet, self._line, self._columns = self._sheet, Sheet(), 1, []
        sheet.name = attribute(table, "name") or ""
        sheet.hidden = (attribute(table, "style-name") or "") in hidden
        for shapes in children(table, "shapes"):
            sheet.pictures += [SheetPicture(1, 0, part) for part in _images(shapes)]
        sheet.settle(self._budget)
        return sheet

    def row(self, element: Element) -> None:
        """Read a row as often as it is repeated."""
        times = _count(element, "number-rows-repeated", _ROWS)
        cells: list[str] = []
        broken: list[tuple[int, str, bool]] = []
        blank = 0
        for cell in element:
            if local(cell) not in ("table-cell", "covered-table-cell"):
                continue
            at = len(cells) + blank
            own = attribute(cell, "style-name") or attribute(element, "default-cell-style-name")
            common = self._columns[at] if at < len(self._columns) else ""
            read = self._cell(cell, at, own or common)
            if not read.text:
                blank += read.repeat
                continue
            repeat = min(read.repeat, max(0, _COLUMNS - at))
            self._budget.check(at + repeat)
            cells += [""] * blank + [read.text] * repeat
            blank = 0
            if read.wrong:
                broken += [(at + n, read.wrong, read.as_date) for n in range(repeat)]
        if cells:
            self._repeat(element, cells, broken, times)
        self._line += times

    def _repeat(
        self, element: Element, cells: list[str], broken: list[tuple[int, str, bool]], times: int
    ) -> None:
        hidden = attribute(element, "visibility") in ("collapse", "filter")
        self._copies += times - 1
        if self._copies > _COPIES:
            raise too_far()
        self._budget.check((len(cells) + len(broken)) * times)
        for line in range(self._line, self._line + times):
            self._sheet.add(line, list(cells), self._budget, hidden=hidden)
            self._sheet.broken += [Broken(line, *rest) for rest in broken]

    def _cell(self, cell: Element, at: int, style_name: str) -> _Cell:
        style = self._styles.get(style_name, Style())
        marks = self._sheet.marks
        self._merge(cell, at)
        text, wrong, as_date = _content(cell, style)
        repeat = _count(cell, "number-columns-repeated", _COLUMNS)
        if len(cell):
            self._sheet.pictures += [SheetPicture(self._line, at, part) for part in _images(cell)]
            marks.comments += [self._line for _ in children(cell, "annotation")]
            marks.links += [self._line for one in cell.iter() if local(one) == "a"]
        if text and style.struck:
            marks.struck.append(self._line)
        if style.coloured and repeat < 1000:
            marks.coloured.append(self._line)
        return _Cell(text, wrong, as_date, repeat)

    def _merge(self, cell: Element, at: int) -> None:
        rows = _count(cell, "number-rows-spanned", _ROWS)
        columns = _count(cell, "number-columns-spanned", _COLUMNS)
        if rows > 1 or columns > 1:
            area = Area(self._line, at, self._line + rows - 1, at + columns - 1)
            self._sheet.merged.append(area)


def _count(element: Element, name: str, most: int) -> int:
    """How often something is repeated: at least once, never more than a sheet has room for."""
    text = attribute(element, name) or "1"
    if not text.isdecimal():
        return 1
    return most if len(text) > 7 else min(max(int(text), 1), most)


def _content(cell: Element, style: Style) -> tuple[str, str | None, bool]:
    """The text of a cell, what is wrong with it, and whether that is so only for a date."""
    calculated = _qualified(cell, "calcext", "value-type")
    kind = _plain(cell, "value-type") or calculated
    value = _plain(cell, "value")
    shown = _shown(cell)
    formula = attribute(cell, "formula") is not None
    if calculated == "error" or (formula and (shown or "").startswith(_ERRORS)):
        return shown or "#ERROR!", ERROR, False
    if formula and not _is_calculated(cell, kind, value, shown):
        return FORMULA, UNCALCULATED, False
    if kind == "date":
        return _date(_plain(cell, "date-value") or shown or "", style)
    if kind == "time":
        return shown or _plain(cell, "time-value") or "", CLOCK, True
    return _simple(cell, kind, value, shown), None, False


def _simple(cell: Element, kind: str | None, value: str | None, shown: str | None) -> str:
    """The text of a number, a truth value or a text."""
    if kind in ("float", "percentage", "currency") and value is not None:
        return _number(value, Shows.PERCENT if kind == "percentage" else Shows.NUMBER)
    if kind == "boolean":
        return "TRUE" if _plain(cell, "boolean-value") == "true" else "FALSE"
    return shown if shown is not None else (_plain(cell, "string-value") or "")


def _is_calculated(cell: Element, kind: str | None, value: str | None, shown: str | None) -> bool:
    """Whether a formula's result is there: a value of its kind, or a text, be it empty."""
    if kind in ("float", "percentage", "currency"):
        return bool(value)
    if kind in ("date", "time", "boolean"):
        return bool(_plain(cell, f"{kind}-value"))
    return shown is not None or _plain(cell, "string-value") is not None


def _plain(cell: Element, name: str) -> str | None:
    """An attribute of ODF, or of the older format that it grew from."""
    end = f"}}{name}"
    for key, value in cell.items():
        if key.endswith(end) and "calc" not in key:
            return value
    return None


def _qualified(cell: Element, word: str, name: str) -> str | None:
    end = f"}}{name}"
    return next((v for key, v in cell.items() if key.endswith(end) and word in key), None)


def _number(value: str, shows: Shows = Shows.NUMBER) -> str:
    try:
        number = float(value)
        return number_text(number) if shows is Shows.NUMBER else dated(number, shows)[0]
    except (ValueError, OverflowError):
        return value


def _date(value: str, style: Style) -> tuple[str, str | None, bool]:
    """A date as ISO, or as the month that is all it shows."""
    text = value.strip().replace("T", " ").removesuffix(" 00:00:00")
    year, _, rest = text.partition("-")
    if style.month and year.isdecimal() and rest[:2].isdecimal():
        return f"{int(year[:4])}年{int(rest[:2])}月", None, False
    early = year.isdecimal() and len(year) == 4 and year < _EARLIEST
    return text, (EARLY if early else None), early


# ---------------------------------------------------------------- text


def _shown(cell: Element) -> str | None:
    """The paragraphs of a cell; None if it has none at all."""
    paragraphs = children(cell, "p")
    if not paragraphs:
        return None
    return "\n".join("".join(_pieces(one))[:MAX_TEXT] for one in paragraphs)


def _pieces(element: Element) -> Iterator[str]:
    """The text inside an element, without notes and without reading aids."""
    yield element.text or ""
    for one in element:
        name = local(one)
        if name == "s":
            yield " " * min(_count(one, "c", MAX_TEXT), MAX_TEXT)
        elif name == "tab":
            yield "\t"
        elif name == "line-break":
            yield "\n"
        elif name not in ("annotation", "ruby-text", "note", "frame", "custom-shape"):
            yield from _pieces(one)
        yield one.tail or ""


def _images(element: Element) -> list[str]:
    return [
        (attribute(one, "href") or "").removeprefix("./")
        for one in element.iter()
        if local(one) == "image"
    ]
