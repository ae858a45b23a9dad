"""The tables of Word documents.

What was inserted while changes were tracked counts, what was deleted does not.
Each table is a sheet, with the paragraphs above it as its first lines. A table
inside another's cell is one of its own, and its text stays in that cell too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duzhan.intake.foreign.layout import SheetLayout, Spanning
from duzhan.intake.foreign.package import Package
from duzhan.intake.foreign.sheet import Area, Budget, SheetPicture
from duzhan.intake.foreign.xml import attribute, child, local

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from duzhan.intake.foreign.sheet import Sheet
    from duzhan.intake.foreign.xml import Element

# Deleted or moved away while changes were tracked; drawn a second time for old programs.
_GONE = frozenset(["del", "moveFrom", "delText", "Fallback", "instrText", "rPr", "pPr", "rt"])
_WRAPPERS = frozenset(["sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo"])
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# Ticked and empty boxes of the fonts Wingdings and Wingdings 2.
_TICKS = {"F0FC": "√", "F0FE": "√", "F052": "√", "F050": "√", "F0A8": "□", "F06F": "□", "F0A3": "□"}
_OFF = ("0", "false", "none")
# Titles above a table are few and short; what is longer is the document's text.
_TITLES = 20


@dataclass(slots=True)
class _Document:
    targets: dict[str, tuple[str, str]]
    budget: Budget
    sheets: list[Sheet] = field(default_factory=list)


def read(path: Path, max_unpacked: int) -> list[Sheet]:
    """Read all tables of a document.

    Raises:
        RefusedFileError: damaged, encrypted, or a bomb.
    """
    with Package(path, max_unpacked) as package:
        main = package.main("word/document.xml")
        body = child(package.tree(main), "body")
        document = _Document(package.relations(main), Budget())
        if body is not None:
            _read_body(document, body)
        return document.sheets


def _read_body(document: _Document, body: Element) -> None:
    above: list[str] = []
    for block in _unwrapped(body):
        if local(block) == "tbl":
            _table(document, block, above[-_TITLES:], None)
            above = []
        elif local(block) == "p":
            if text := _text(block).strip():
                above.append(text)
            # A text box may hold the table.
            for table in _outermost(block):
                _table(document, table, above[-_TITLES:], None)


def _unwrapped(element: Element) -> Iterator[Element]:
    """The child elements, with those inside content controls and the like."""
    for one in element:
        if local(one) in _WRAPPERS:
            yield from _unwrapped(one)
        else:
            yield one


def _outermost(element: Element) -> Iterator[Element]:
    """The tables inside an element that lie in no other table there."""
    for one in element:
        if local(one) == "tbl":
            yield one
        elif local(one) not in _GONE:
            yield from _outermost(one)


# ---------------------------------------------------------------- tables


def _table(document: _Document, table: Element, above: list[str], within: int | None) -> None:
    layout = SheetLayout(document.budget)
    layout.sheet.within = within
    for title in above:
        layout.title(title)
    document.sheets.append(layout.sheet)
    place = len(document.sheets) - 1
    hanging: dict[int, int] = {}
    nested: list[Element] = []
    for row in _unwrapped(table):
        if local(row) == "tr" and not _is_deleted(row):
            nested += _row(document, layout, row, hanging)
    layout.finished()
    for one in nested:
        _table(document, one, [], place)


def _is_deleted(row: Element) -> bool:
    properties = child(row, "trPr")
    return properties is not None and child(properties, "del") is not None


def _row(
    document: _Document, layout: SheetLayout, row: Element, hanging: dict[int, int]
) -> list[Element]:
    """Lay out a row; give the tables inside its cells."""
    cells = [one for one in _unwrapped(row) if local(one) == "tc"]
    properties = child(row, "trPr")
    start = _value(properties, "gridBefore")
    line, column, spanning, nested = layout.line, start, [], []
    for cell in cells:
        width = max(1, _value(child(cell, "tcPr"), "gridSpan"))
        text = _cell_text(cell)
        if _merges_up(cell):
            _hang(layout.sheet, hanging, column, line)
            text = ""
        else:
            hanging[column] = line
        spanning.append(Spanning(text, width))
        _note(document, layout.sheet, cell, (line, column))
        nested += list(_outermost(cell))
        column += width
    layout.row(spanning, start=start)
    return nested


def _value(properties: Element | None, name: str) -> int:
    one = child(properties, name) if properties is not None else None
    text = (attribute(one, "val") or "") if one is not None else ""
    return int(text) if text.isdecimal() and len(text) < 5 else 0


def _merges_up(cell: Element) -> bool:
    """Whether a cell belongs to the one above it."""
    properties = child(cell, "tcPr")
    merge = child(properties, "vMerge") if properties is not None else None
    return merge is not None and attribute(merge, "val") != "restart"


def _hang(sheet: Sheet, hanging: dict[int, int], column: int, line: int) -> None:
    """Let the cell that began above reach down to this row."""
    top = hanging.get(column)
    if top is None:
        return
    last = next((n for n, a in enumerate(sheet.merged) if (a.top, a.left) == (top, column)), None)
    if last is None:
        sheet.merged.append(Area(top, column, line, column))
    else:
        sheet.merged[last] = Area(top, column, line, sheet.merged[last].right)


def _note(document: _Document, sheet: Sheet, cell: Element, at: tuple[int, int]) -> None:
    """Note what a cell shows beside text."""
    line, column = at
    marks = sheet.marks
    for one in cell.iter():
        name = local(one)
        if name in {"blip", "imagedata"}:
            target = attribute(one, "embed") or attribute(one, "id") or ""
            part = document.targets.get(target, ("", ""))[1]
            sheet.pictures.append(SheetPicture(line, column, part))
        elif name == "hyperlink":
            marks.links.append(line)
        elif name == "commentReference":
            marks.comments.append(line)
        elif name in ("strike", "dstrike") and (attribute(one, "val") or "") not in _OFF:
            marks.struck.append(line)
        elif name == "shd" and (attribute(one, "fill") or "auto").lower() not in ("auto", "ffffff"):
            marks.coloured.append(line)


# ---------------------------------------------------------------- text


def _cell_text(cell: Element) -> str:
    """The paragraphs of a cell, those of tables inside it too, one below the other."""
    properties = child(cell, "tcPr")
    if properties is not None and child(properties, "cellDel") is not None:
        return ""
    paragraphs = (_text(one) for one in cell.iter() if local(one) == "p" and _is_there(one, cell))
    return "\n".join(paragraphs).strip()


def _is_there(paragraph: Element, cell: Element) -> bool:
    """Whether a paragraph of a cell is one of its own, neither deleted nor inside another."""
    parent = paragraph.getparent()
    while parent is not None and parent is not cell:
        if local(parent) in _GONE or local(parent) == "p":
            return False
        if local(parent) == "tr" and _is_deleted(parent):
            return False
        parent = parent.getparent()
    return True


def _text(paragraph: Element) -> str:
    return "".join(_pieces(paragraph))


def _pieces(element: Element) -> Iterator[str]:
    for one in element:
        name = local(one)
        if name == "t":
            yield one.text or ""
        elif name in _SIGNS:
            yield _SIGNS[name]
        elif name == "sym":
            yield _TICKS.get((attribute(one, "char") or "").upper(), "")
        elif name not in _GONE:
            yield from _pieces(one)
