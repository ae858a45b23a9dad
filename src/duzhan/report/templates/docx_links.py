"""What a Word template would fetch from elsewhere does not survive: pictures, templates, links.

A document that an office mails out must not call home when it is opened; a template that
came from anywhere may hold such links without anybody seeing them.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Mapping

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "urn:schemas-microsoft-com:office:office"
# Elements that mean nothing, or cannot be opened, without what they point to.
_EMPTY_WITHOUT = (
    *(f"{{{_WORDS}}}{name}" for name in ("attachedTemplate", "subDoc", "altChunk")),
    f"{{{_OFFICE}}}OLEObject",
)


def without_external(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Take external relationships, and what refers to them, out of a document.

    Args:
        parts: name to content.

    Returns:
        The parts, in the same order; those without such relationships as they were.
    """
    made = dict(parts)
    for name, data in parts.items():
        if not name.endswith(".rels") or b"External" not in data:
            continue
        tree = etree.fromstring(data)
        outside = [one for one in tree if one.get("TargetMode") == "External"]
        gone = {one.get("Id") for one in outside}
        for one in outside:
            tree.remove(one)
        made[name] = _written(tree)
        owner = _owner(name)
        if owner in made and gone:
            made[owner] = _cut(made[owner], gone)
    return made


def _owner(relations: str) -> str:
    """The part that a part of relationships belongs to: word/_rels/x.xml.rels to word/x.xml."""
    folder, name = posixpath.split(relations)
    return posixpath.join(posixpath.dirname(folder), name.removesuffix(".rels"))


def _cut(data: bytes, gone: set[str | None]) -> bytes:
    tree = etree.fromstring(data)
    for element in list(tree.iter(etree.Element)):
        lost = [
            key
            for key, value in element.attrib.items()
            if value in gone and str(key).startswith(f"{{{_RELATIONS}}}")
        ]
        for key in lost:
            del element.attrib[key]
        parent = element.getparent()
        if lost and element.tag in _EMPTY_WITHOUT and parent is not None:
            parent.remove(element)
    return _written(tree)


def _written(tree: etree._Element) -> bytes:
    written: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written
