"""Pictures of a workbook: drawings over cells, pictures in cells, those of WPS."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from duzhan.intake.foreign.sheet import SheetPicture
from duzhan.intake.foreign.xml import attribute, child, children, local
from duzhan.intake.refusals import RefusedFileError

if TYPE_CHECKING:
    from duzhan.intake.foreign.package import Package
    from duzhan.intake.foreign.xml import Element

_DISPIMG = re.compile(r"(?:_xlfn\.)?DISPIMG\(\s*\"([^\"]{1,100})\"", re.IGNORECASE)
_ANCHORS = frozenset(["twoCellAnchor", "oneCellAnchor"])


class InCell(NamedTuple):
    """A picture that is the content of a cell; `part` is "" if its bytes cannot be found."""

    part: str


class Images:
    """Pictures that stand in cells, by what the cells say.

    Args:
        package: the workbook.
        parts: kind of relation to part, of the workbook.
    """

    def __init__(self, package: Package, parts: dict[str, str]) -> None:
        self._package = package
        self._parts = parts
        self._wps: dict[str, str] | None = None
        self._rich: list[str] | None = None

    def in_cell(
        self, metadata: str | None, formula: str | None, value: str | None
    ) -> InCell | None:
        """The picture that a cell stands for, if it does."""
        said = formula or value
        if said and "DISPIMG" in said.upper() and (match := _DISPIMG.search(said[:200])):
            return InCell(self._of_wps().get(match[1], ""))
        if metadata and metadata.isdecimal() and self._parts.get("sheetMetadata"):
            rich = self._of_excel()
            at = int(metadata[:9]) - 1
            if 0 <= at < len(rich) and rich[at]:
                return InCell(rich[at])
        return None

    def _of_wps(self) -> dict[str, str]:
        if self._wps is None:
            part = self._parts.get("cellImage") or "xl/cellimages.xml"
            self._wps = _named_pictures(self._package, part) if part in self._package else {}
        return self._wps

    def _of_excel(self) -> list[str]:
        """The picture of each value of the workbook's metadata, "" for values of other kinds."""
        if self._rich is None:
            try:
                self._rich = list(_rich_pictures(self._package, self._parts["sheetMetadata"]))
            except (RefusedFileError, LookupError, ValueError):
                # The cell is what it says without them: an error value.
                self._rich = []
        return self._rich


def drawn(package: Package, part: str) -> list[SheetPicture]:
    """The pictures of a drawing, each with the cell on which it begins, or most of it lies."""
    targets = package.relations(part)
    pictures = []
    for anchor in package.tree(part):
        if local(anchor) not in _ANCHORS:
            continue
        row, column = (_place(anchor, name, size) for name, size in (("row", "cy"), ("col", "cx")))
        pictures += [
            SheetPicture(row + 1, column, targets.get(attribute(blip, "embed") or "", ("", ""))[1])
            for blip in anchor.iter()
            if local(blip) == "blip" and attribute(blip, "embed")
        ]
    return pictures


def _place(anchor: Element, name: str, size: str) -> int:
    """The row or column of an anchor: of two that it touches the one with more of the picture.

    How high a row is does not matter: what lies beyond its end stands in the anchor.
    """
    start, end = child(anchor, "from"), child(anchor, "to")
    at = _count(start, name)
    extents = (one.get(size, "") for one in anchor.iter() if local(one) == "ext")
    whole = next((int(text) for text in extents if text.isdecimal() and len(text) < 12), 0)
    beyond = _count(end, f"{name}Off") if _count(end, name) == at + 1 else 0
    return at + 1 if whole and 2 * beyond > whole else at


def _count(start: Element | None, name: str) -> int:
    found = child(start, name) if start is not None else None
    text = (found.text or "").strip() if found is not None else ""
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _named_pictures(package: Package, part: str) -> dict[str, str]:
    """WPS: the name by which DISPIMG calls a picture, to its part."""
    targets = package.relations(part)
    named = {}
    for picture in package.tree(part).iter():
        if local(picture) != "pic":
            continue
        names = [one.get("name", "") for one in picture.iter() if local(one) == "cNvPr"]
        blips = [attribute(one, "embed") for one in picture.iter() if local(one) == "blip"]
        if names and blips and blips[0]:
            named[names[0]] = targets.get(blips[0], ("", ""))[1]
    return named


def _rich_pictures(package: Package, part: str) -> list[str]:
    """Excel: value metadata to rich value to relation to part."""
    metadata = package.tree(part)
    future = [
        int(rich.get("i", ""))
        for kind in children(metadata, "futureMetadata")
        for block in children(kind, "bk")
        for rich in block.iter()
        if local(rich) == "rvb"
    ]
    values = [
        int(one.get("v", ""))
        for group in children(metadata, "valueMetadata")
        for block in children(group, "bk")
        for one in children(block, "rc")
    ]
    rich = [
        next((one.text or "" for one in children(value, "v")), "")
        for value in package.tree("xl/richData/rdrichvalue.xml")
    ]
    holder = "xl/richData/richValueRel.xml"
    targets = package.relations(holder)
    related = [targets.get(attribute(one, "id") or "", ("", ""))[1] for one in package.tree(holder)]
    places = [rich[future[value]] for value in values]
    return [related[int(at)] if at.isdecimal() and int(at) < len(related) else "" for at in places]
