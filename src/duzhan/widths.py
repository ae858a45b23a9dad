"""How wide text is in a fixed-width font: East Asian characters take two columns."""

from __future__ import annotations

import functools
import re
import unicodedata
from itertools import pairwise

# What a line may end behind: a short bracket, an 编号, figures with their unit, a Chinese
# character, a word, spaces. A closing mark stays with what it closes, an opening one with what
# follows.
_OPENING, _CLOSING = "“‘（《〈〔【「『(", "，。；：、！？）》〉〕】」』”’…"
_HAN = "\u2e80-\u2fff\u3005-\u3007\u3021-\u303f\u3040-\u9fff\uf900-\ufaff\uff00-\uffef"
_PIECE = rf"""(?:（[^（）\s]{{1,6}}）
    | [{_OPENING}]*(?:
        [\u4e00-\u9fff]{{1,6}}-\d+
      | [^\s{_OPENING}{_CLOSING}{_HAN}]+(?:(?<=[\d%])[\u4e00-\u9fff])?
      | [^\s{_OPENING}{_CLOSING}]
      )
    | [{_OPENING}]+
    | [{_CLOSING}]
    )[{_CLOSING}]*|\s+"""


# Characters of two columns that need no look: nearly all that Chinese is written with.
_WIDE = re.compile("[\u3001-\u3029\u3030-\u303e\u4e00-\u9fff\uff01-\uff60]+")


def breaks(text: str, columns: int) -> list[int]:
    """Where lines of so many columns begin in a text, but the first.

    No line begins with a closing mark, and none breaks a word, an 编号 or figures from
    their unit; only what is wider than a line is broken within.

    Args:
        text: without line breaks.
        columns: how wide a line may be.
    """
    begins: list[int] = []
    used = 0
    # Compiled where a line is too long, which most commands never see.
    for found in re.finditer(_PIECE, text, re.VERBOSE):
        piece = found.group()
        if used and used + width(piece.rstrip()) > columns:
            used = 0
            begins.append(found.start() if piece.strip() else found.end())
        for at, char in enumerate(piece if width(piece) > columns else ""):
            if used + _char_width(char) > columns:
                begins.append(found.start() + at)
                used = 0
            used += _char_width(char)
        used += width(piece) if width(piece) <= columns and (used or piece.strip()) else 0
    return [at for at in dict.fromkeys(begins) if 0 < at < len(text)]


def lines(text: str, columns: int) -> list[str]:
    """A text in lines of so many columns; see `breaks`."""
    if width(text) <= columns:
        return [text.strip()]
    at = [0, *breaks(text, columns), len(text)]
    return [text[begin:end].strip() for begin, end in pairwise(at)]


def width(text: str) -> int:
    """Columns that the text takes."""
    if text.isascii():
        return len(text)
    rest = _WIDE.sub("", text)
    others = len(rest) if rest.isascii() else sum(map(_char_width, rest))
    return 2 * (len(text) - len(rest)) + others


@functools.cache
def _char_width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def pad(text: str, columns: int, align: str = "left") -> str:
    """Fill up with spaces to so many columns."""
    space = " " * max(0, columns - width(text))
    return space + text if align == "right" else text + space
