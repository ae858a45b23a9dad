"""XML of foreign files: parsed without entities of its own, without fetching anything."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Protocol, overload

from lxml import etree

from duzhan.intake.refusals import broken
from duzhan.intake.unzip import UNZIP_FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterator


class DocInfo(Protocol):
    """What is used of what a document says of itself."""

    @property
    def internalDTD(self) -> object | None:  # noqa: N802 - the library's name
        """What it declares."""


class Tree(Protocol):
    """What is used of a document."""

    @property
    def docinfo(self) -> DocInfo:
        """What it says of itself."""


class Element(Protocol):
    """What is used of an element of lxml, which has no types of its own."""

    text: str | None
    tail: str | None

    @property
    def tag(self) -> object:
        """Its name; no text for a comment."""

    @overload
    def get(self, key: str, /) -> str | None: ...

    @overload
    def get(self, key: str, default: str, /) -> str: ...

    def get(self, key: str, default: str = "", /) -> str | None:
        """An attribute."""

    def items(self) -> list[tuple[str, str]]:
        """All attributes."""

    def iter(self) -> Iterator[Element]:
        """It and all below it."""

    def itertext(self) -> Iterator[str]:
        """All text below it."""

    def clear(self) -> None:
        """Empty it."""

    def getparent(self) -> Element | None:
        """What it is in."""

    def getroottree(self) -> Tree:
        """The document."""

    def __iter__(self) -> Iterator[Element]: ...

    def __len__(self) -> int: ...

    def __getitem__(self, at: int, /) -> Element: ...

    def __delitem__(self, at: int, /) -> None: ...


def parsed(data: bytes) -> Element:
    """An XML document as a tree, without entities of its own and without fetching anything.

    Raises:
        RefusedFileError: it is none.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root: Element = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise broken() from None
    refuse_doctype(root)
    return root


def walked(stream: IO[bytes], *names: str) -> Iterator[Element]:
    """The elements of a large document that have one of these local names, as they end.

    Whoever walks clears what it has seen.

    Raises:
        RefusedFileError: it is no XML.
    """
    walk = etree.iterparse(
        stream, events=("end",), tag=[f"{{*}}{name}" for name in names],
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    first = True
    try:
        for _, element in walk:
            if first:
                refuse_doctype(element)
                first = False
            yield element
    except (etree.XMLSyntaxError, *UNZIP_FAULTS):
        raise broken() from None


def refuse_doctype(element: Element) -> None:
    """Refuse a document that defines entities: no office program writes any.

    Raises:
        RefusedFileError: it does.
    """
    if element.getroottree().docinfo.internalDTD is not None:
        raise broken()


def clear(element: Element) -> None:
    """Let go of an element that has been read, and of those before it."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while parent[0] is not element:
            del parent[0]


def local(element: Element) -> str:
    """An element's name without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str | None:
    """An attribute by its local name, in whatever namespace."""
    plain: str | None = element.get(name)
    if plain is not None:
        return plain
    end = f"}}{name}"
    return next((value for key, value in element.items() if key.endswith(end)), None)


def children(element: Element, name: str) -> list[Element]:
    """The child elements with a local name."""
    return [child for child in element if local(child) == name]


def child(element: Element, name: str) -> Element | None:
    """The first child element with a local name."""
    return next((one for one in element if local(one) == name), None)
