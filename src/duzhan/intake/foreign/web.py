"""The tables of web pages, which many systems export under the name of a workbook."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import html

from duzhan.intake.foreign.layout import MAX_COLUMNS, SheetLayout, Spanning
from duzhan.intake.foreign.sheet import Budget, SheetPicture
from duzhan.intake.foreign.xml import local
from duzhan.intake.refusals import broken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from duzhan.intake.foreign.sheet import Marks, Sheet
    from duzhan.intake.foreign.xml import Element

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CHARSET = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?([\w-]{1,40})|encoding=[\"']([\w-]{1,40})")
_BLOCKS = frozenset(["p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "caption"])
_UNSEEN = frozenset(["script", "style", "head", "template", "noscript", "rt", "rp"])
_STRUCK = frozenset(["s", "strike", "del"])
_TITLES = 20
_ROWS = 65_534


def read(path: Path, _max_unpacked: int) -> list[Sheet]:
    """Read all tables of a page.

    Raises:
        RefusedFileError: it is no page, or its cells would fill the memory.
    """
    text = decoded(path.read_bytes())
    # An encoding named inside no longer holds for text.
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(text.encode("utf-8"), parser=parser)
    except (ValueError, html.etree.ParserError):
        raise broken() from None
    budget = Budget()
    sheets: list[Sheet] = []
    above: list[str] = []
    for kind, element in _blocks(root):
        if kind == "text":
            above.append(element if isinstance(element, str) else "")
        elif not isinstance(element, str):
            _table(sheets, element, [line for line in above if line][-_TITLES:], None, budget)
            above = []
    return sheets


def decoded(data: bytes) -> str:
    """The text of a page: by its byte order mark, by what it says, else UTF-8 or GB18030."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding, "replace").replace("\0", "")
    said = _CHARSET.search(data[:4096].lower())
    name = (said[1] or said[2]).decode("ascii") if said else "utf-8"
    if name.startswith("gb") or name == "x-gbk":
        name = "gb18030"
    for encoding in (name, "utf-8", "gb18030"):
        try:
            return data.decode(encoding).replace("\0", "")
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("gb18030", "replace").replace("\0", "")


def _blocks(root: Element) -> Iterator[tuple[str, str | Element]]:
    """The tables that lie in no other, and the lines of text between them, in order."""
    line: list[str] = [root.text or ""] if local(root) not in _UNSEEN else []
    for one in root:
        name = local(one)
        if name == "table":
            yield "text", _squeezed("".join(line))
            line = []
            yield "table", one
        elif name and name not in _UNSEEN:
            inner = list(_blocks(one))
            if name in _BLOCKS or name == "br" or any(kind == "table" for kind, _ in inner):
                yield "text", _squeezed("".join(line))
                line = []
                yield from inner
            else:
                line += [text for _, text in inner if isinstance(text, str)]
        line.append(one.tail or "")
    yield "text", _squeezed("".join(line))


def _table(
    sheets: list[Sheet], table: Element, above: list[str], within: int | None, budget: Budget
) -> None:
    layout = SheetLayout(budget)
    layout.sheet.within = within
    for title in above:
        layout.title(title)
    sheets.append(layout.sheet)
    place = len(sheets) - 1
    nested: list[Element] = []
    for row in _rows(table):
        if local(row) == "caption":
            if text := _text(row):
                layout.title(text)
            continue
        cells = [one for one in row if local(one) in ("td", "th")]
        line = layout.line
        spanning = [
            Spanning(_text(one), _span(one, "colspan"), _span(one, "rowspan")) for one in cells
        ]
        for cell, column in zip(cells, layout.row(spanning, hidden=_is_hidden(row)), strict=True):
            _note(layout.sheet, cell, (line, column))
            nested += _outermost(cell)
    layout.finished()
    for one in nested:
        _table(sheets, one, [], place, budget)


def _rows(table: Element) -> Iterator[Element]:
    for one in table:
        if local(one) in ("tr", "caption"):
            yield one
        elif local(one) in ("thead", "tbody", "tfoot"):
            yield from _rows(one)


def _outermost(element: Element) -> Iterator[Element]:
    for one in element:
        if local(one) == "table":
            yield one
        else:
            yield from _outermost(one)


def _span(cell: Element, name: str) -> int:
    text = (cell.get(name) or "").strip()
    most = MAX_COLUMNS if name == "colspan" else _ROWS
    return min(max(int(text), 1), most) if text.isdecimal() and len(text) < 7 else 1


def _is_hidden(row: Element) -> bool:
    return "display:none" in (row.get("style") or "").replace(" ", "").lower()


def _note(sheet: Sheet, cell: Element, at: tuple[int, int]) -> None:
    line, column = at
    marks: Marks = sheet.marks
    if cell.get("bgcolor") or "background" in (cell.get("style") or "").lower():
        marks.coloured.append(line)
    for one in cell.iter():
        name = local(one)
        if name == "img":
            sheet.pictures.append(SheetPicture(line, column, ""))
        elif name == "a" and one.get("href"):
            marks.links.append(line)
        elif name in _STRUCK or "line-through" in (one.get("style") or "").lower():
            marks.struck.append(line)


def _text(cell: Element) -> str:
    """The text of a cell as a browser shows it."""
    lines = "".join(_pieces(cell)).split("\n")
    return "\n".join(line for one in lines if (line := _squeezed(one)))


def _pieces(element: Element) -> Iterator[str]:
    yield (element.text or "").replace("\n", " ")
    for one in element:
        name = local(one)
        if name == "br":
            yield "\n"
        elif name and name not in _UNSEEN:
            around = "\n" if name in _BLOCKS else ""
            yield around
            yield from _pieces(one)
            yield around
        yield (one.tail or "").replace("\n", " ")


def _squeezed(text: str) -> str:
    return " ".join(text.replace("\xa0", " ").split())
