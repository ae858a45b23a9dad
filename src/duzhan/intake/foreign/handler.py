"""XML parts of workbooks as they stream by: nothing fetched, nothing expanded."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING
from xml.parsers import expat

from duzhan.intake.refusals import broken
from duzhan.intake.unzip import UNZIP_FAULTS

if TYPE_CHECKING:
    from typing import IO

    Attributes = dict[str, str]


_NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main}",
    "http://purl.oclc.org/ooxml/spreadsheetml/main}",
    "",
)


_BLOCK = 1 << 16


def parse_bytes(data: bytes, handler: Handler) -> None:
    """Parse a part that has been unpacked already.

    Raises:
        RefusedFileError: it is no XML, or declares a document type.
    """
    parse(io.BytesIO(data), handler)


def parse(stream: IO[bytes], handler: Handler) -> None:
    """Parse a part with a handler.

    Raises:
        RefusedFileError: it is no XML, or declares a document type.
    """
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.buffer_size = _BLOCK
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.ParseFile(stream)
    except (expat.ExpatError, *UNZIP_FAULTS):
        raise broken() from None


def _refuse(*_: object) -> None:
    # No office program declares entities; a bomb does.
    raise broken()


def known(*names: str) -> dict[str, str]:
    """The names of some elements with their namespace, to those without."""
    return {namespace + name: name for namespace in _NAMESPACES for name in names}


class Handler:
    """Gathers the text of strings: what stands in `t`, not the reading aids in `rPh`."""

    names = known("si", "t", "rPh")

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._pieces: list[str] = []
        self._listening = False
        self._aside = 0

    def start(self, name: str, _attributes: Attributes) -> None:
        """An element begins."""
        kind = self.names.get(name)
        if kind == "si":
            self._pieces = []
        elif kind == "rPh":
            self._aside += 1
        elif kind == "t":
            self._listening = not self._aside

    def end(self, name: str) -> None:
        """An element ends."""
        kind = self.names.get(name)
        if kind == "si":
            self.texts.append(unescaped("".join(self._pieces)))
        elif kind == "rPh":
            self._aside -= 1
        elif kind == "t":
            self._listening = False

    def text(self, data: str) -> None:
        """Text between elements."""
        if self._listening:
            self._pieces.append(data)


def unescaped(text: str) -> str:
    """Undo _x000D_, with which Excel writes characters that XML cannot hold.

    From left to right, each once: _x005F_ is the line before what only looks like an escape.
    """
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


_ESCAPE = re.compile("_x([0-9a-fA-F]{4})_")
