"""xlsx and its kin, read from their parts: every cell as text, or with what is wrong with it.

Strict and transitional, with or without cell references, from whatever writer.
Large sheets that are regular through and through go a faster way, see `regular`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.intake.foreign import regular
from duzhan.intake.foreign.cells import TRUE, Book, SheetHandler, cell_at
from duzhan.intake.foreign.handler import Handler, parse, parse_bytes
from duzhan.intake.foreign.package import Package
from duzhan.intake.foreign.pictures import Images, drawn
from duzhan.intake.foreign.sheet import Budget, Sheet
from duzhan.intake.foreign.styles import read_styles
from duzhan.intake.foreign.xml import attribute, child, children, local

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.intake.foreign.xml import Element


def read(path: Path, max_unpacked: int) -> list[Sheet]:
    """Read all worksheets of a workbook.

    Raises:
        RefusedFileError: damaged, encrypted, a bomb, or with cells far off.
    """
    with Package(path, max_unpacked) as package:
        main = package.main("xl/workbook.xml")
        workbook = package.tree(main)
        relations = package.relations(main)
        parts = dict(relations.values())
        properties = child(workbook, "workbookPr")
        book = Book(
            SharedTexts(package, parts.get("sharedStrings")),
            read_styles(package, parts.get("styles")),
            Images(package, parts),
            properties is not None and properties.get("date1904", "").lower() in TRUE,
            Budget(),
        )
        sheets = []
        listed = (one for group in children(workbook, "sheets") for one in children(group, "sheet"))
        for entry in listed:
            kind, part = relations.get(attribute(entry, "id") or "", ("", ""))
            if kind == "worksheet":
                sheets.append(_sheet(package, book, entry, part))
        return sheets


class SharedTexts:
    """The texts that cells refer to by number, read when the first cell asks for one.

    Args:
        package: the workbook.
        part: the part that holds them, if there is one.
    """

    def __init__(self, package: Package, part: str | None) -> None:
        self._data = package.read(part) if part is not None and part in package else b""
        self._texts: list[str] | None = None

    def __len__(self) -> int:
        return len(self._all())

    def __getitem__(self, at: int) -> str:
        return self._all()[at]

    def _all(self) -> list[str]:
        if self._texts is None:
            handler = Handler()
            if self._data:
                parse_bytes(self._data, handler)
            self._texts, self._data = handler.texts, b""
        return self._texts

    @property
    def are_regular(self) -> bool:
        """Whether they mean the same to the fast reader."""
        return regular.shared_are_regular(self._data) if self._data else self._texts is None


def _sheet(package: Package, book: Book, entry: Element, part: str) -> Sheet:
    sheet = Sheet(
        name=entry.get("name", ""),
        hidden=entry.get("state", "visible") != "visible",
        epoch_1904=book.epoch_1904,
    )
    if not (regular.is_large(package.size(part)) and _read_fast(package, book, sheet, part)):
        with package.open(part) as stream:
            parse(stream, SheetHandler(sheet, book))
    for kind, target in package.relations(part).values():
        if kind == "drawing" and target in package:
            sheet.pictures += drawn(package, target)
        if kind == "comments" and target in package:
            sheet.marks.comments += _comments(package.tree(target))
    sheet.settle(book.budget)
    return sheet


def _read_fast(package: Package, book: Book, sheet: Sheet, part: str) -> bool:
    """Read a large sheet the fast way, if it is regular."""
    data = package.read(part)
    return book.texts.are_regular and regular.read_regular(sheet, book, data)


def _comments(root: Element) -> list[int]:
    places = (cell_at(one.get("ref", "")) for one in root.iter() if local(one) == "comment")
    return [at[0] for at in places if at is not None]
