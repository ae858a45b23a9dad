"""A page as plain parts, before anybody decides on colours and widths."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

from duzhan.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from duzhan.store.cache import Plain

Align = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text with the style that it has on a terminal with colours."""

    text: str
    style: str = ""

    def __post_init__(self) -> None:
        """Nothing that a page shows commands the terminal."""
        seen = visible(self.text)
        if seen is not self.text:
            object.__setattr__(self, "text", seen)


@dataclass(frozen=True, slots=True)
class Title:
    """The page's title."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A section's heading."""

    text: str


@dataclass(frozen=True, slots=True)
class PageLine:
    """One paragraph.

    Attributes:
        parts: text in order.
        indent: columns from the left, also of wrapped lines.
    """

    parts: tuple[Text, ...]
    indent: int = 0

    @property
    def text(self) -> str:
        """The words without styles."""
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class PageColumn:
    """A table's column.

    Attributes:
        title: header.
        align: numbers stand right.
        wrap: whether its text may be broken to fit the terminal.
    """

    title: str
    align: Align = "left"
    wrap: bool = False


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table of text cells."""

    columns: tuple[PageColumn, ...]
    rows: tuple[tuple[Text, ...], ...]


Part = Title | Heading | PageLine | PageTable


@dataclass(slots=True)
class Page:
    """What a command prints for people.

    Attributes:
        parts: from the top on.
        further: what stands below them, made as it is printed, once.
    """

    parts: list[Part] = field(default_factory=list)
    further: Iterable[Part] = ()

    def __iter__(self) -> Iterator[Part]:
        """All parts, from the top to the end."""
        return chain(self.parts, self.further)

    def title(self, text: str) -> None:
        """Begin the page."""
        self.parts.append(Title(visible(text)))

    def heading(self, text: str) -> None:
        """Begin a section."""
        self.parts.append(Heading(visible(text)))

    def line(self, *parts: Text | str, indent: int = 0) -> None:
        """Add a paragraph."""
        texts = tuple(part if isinstance(part, Text) else Text(part) for part in parts)
        self.parts.append(PageLine(texts, indent))

    def table(
        self, columns: tuple[PageColumn, ...], rows: Iterable[tuple[Text | str, ...]]
    ) -> None:
        """Add a table."""
        self.parts.append(table_of(columns, rows))


def table_of(columns: tuple[PageColumn, ...], rows: Iterable[tuple[Text | str, ...]]) -> PageTable:
    """A table of words, with or without a style."""
    cells = tuple(
        tuple(cell if isinstance(cell, Text) else Text(cell) for cell in row) for row in rows
    )
    return PageTable(columns, cells)


def titled(title: str, sample: str | None) -> Page:
    """Begin a page: its title, and the mark of synthetic data where it is one."""
    page = Page()
    page.title(title)
    if sample:
        page.line(Text(sample, "magenta"))
    return page


def told(page: Page) -> Plain:
    """A page as plain data."""
    return [[type(part).__name__, asdict(part)] for part in page]


def page_of(data: Any) -> Page:  # noqa: ANN401 - whatever `told` gave
    """The page that plain data stand for.

    Raises:
        TypeError, ValueError, KeyError: they stand for none.
    """
    return Page([_PARTS[kind](part) for kind, part in data])


def _texts(data: Any) -> tuple[Text, ...]:  # noqa: ANN401
    return tuple(Text(**one) for one in data)


_PARTS: dict[str, Callable[[Any], Part]] = {
    "Title": lambda part: Title(**part),
    "Heading": lambda part: Heading(**part),
    "PageLine": lambda part: PageLine(_texts(part["parts"]), part["indent"]),
    "PageTable": lambda part: PageTable(
        tuple(PageColumn(**one) for one in part["columns"]), tuple(map(_texts, part["rows"]))
    ),
}
