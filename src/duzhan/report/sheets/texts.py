"""Texts as a workbook's XML holds them: whatever they look like, they come back as they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from duzhan.intake.grid import CELL_LIMIT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

# The part of a workbook that holds the texts of its cells.
STRINGS = "xl/sharedStrings.xml"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'

# Where an escape begins; the next one may begin with its last character.
_ESCAPE = re.compile("_(?=x[0-9a-fA-F]{4}_)")
_SPECIAL = re.compile("[&<>_\x00-\x08\x0b-\x1f\ufffe\uffff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
# XlsxWriter takes the one for markup, and of escapes that share a character escapes every other.
MISTAKEN = re.compile(r"\A<r>|_x[0-9a-fA-F]{4}_x[0-9a-fA-F]{4}_")


def shared_texts(texts: Collection[str]) -> Iterator[str]:
    """The part that holds the texts of cells, piece by piece."""
    yield f'{XML}<sst {MAIN} uniqueCount="{len(texts)}">'
    yield from (f"<si>{element(text)}</si>" for text in texts)
    yield "</sst>"


def element(text: str) -> str:
    """A text's element; spaces around it would be lost."""
    kept = escaped(text)
    return f"<t>{kept}</t>" if kept == kept.strip() else f'<t xml:space="preserve">{kept}</t>'


def escaped(text: str) -> str:
    """A text as it stands in a workbook's XML, control characters and all."""
    if not _SPECIAL.search(text):
        return text
    plain = _ESCAPE.sub("_x005F_", text)
    plain = _CONTROL.sub(lambda found: f"_x{ord(found.group()):04X}_", plain)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def fitting(text: str) -> str:
    """A text as long as a cell may be, which is counted in UTF-16."""
    if 2 * len(text) <= CELL_LIMIT or len(text.encode("utf-16-le")) <= 2 * CELL_LIMIT:
        return text
    kept = text.encode("utf-16-le")[: 2 * (CELL_LIMIT - 1)].decode("utf-16-le", "ignore")
    return f"{kept}…"
