"""How wide text is in a fixed-width font: East Asian characters take two columns."""

from __future__ import annotations

import unicodedata


def width(text: str) -> int:
    """Columns that the text takes."""
    if text.isascii():
        return len(text)
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def pad(text: str, columns: int, align: str = "left") -> str:
    """Fill up with spaces to so many columns."""
    space = " " * max(0, columns - width(text))
    return space + text if align == "right" else text + space
