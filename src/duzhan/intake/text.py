"""Text that two people write differently and mean alike: width, spaces, brackets.

One text at a time; columns of them are in `text_columns`, which loads Arrow.
"""

from __future__ import annotations

import functools
import re
import unicodedata

# What stands around a heading and is no part of it: marks of what must be filled in, numbers.
_MARKS = "*:·★☆▲△▼※●○◆◇■□#"
_CIRCLED = re.compile("[\u2460-\u249b\u2776-\u2793]")
_NUMBERED = re.compile(r"^(?:\d{1,2}[.、)]|[一二三四五六七八九十]{1,3}、)(?=\D)")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕")
# Marks that nobody sees, such as come with text copied from web pages and chats.
UNSEEN_MARKS = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
UNSEEN = re.compile(f"[{UNSEEN_MARKS}]+")
# White space and such marks, for expressions that look for either.
INVISIBLE = f"[\\s{UNSEEN_MARKS}]"
_SPACE = re.compile(f"[\\s{UNSEEN_MARKS}]+")


def squash(text: str) -> str:
    """Fold width (full-width forms to ASCII) and drop all white space."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text))


@functools.lru_cache(1 << 12)
def header_key(text: str) -> str:
    """What a header says, without spaces, width, brackets such as （年月日）, marks, its number."""
    plain = squash(_CIRCLED.sub("", text)).strip(_MARKS)
    bare = plain
    while (shorter := _BRACKETS.sub("", bare)) != bare:
        bare = shorter
    bare = _NUMBERED.sub("", bare).strip(_MARKS)
    return bare or plain


def heading_text(text: str) -> str:
    """A heading on one line as it is shown: no invisible marks, no space beside Chinese."""
    seen = re.sub(r"\s+", " ", UNSEEN.sub("", text)).strip()
    return re.sub(r" (?=[^ -~])|(?<=[^ -~]) ", "", seen)


def shorten(text: str, limit: int = 40) -> str:
    """Show a cell in a message: one line, no control characters, not too long."""
    # A cell may hold megabytes; no more than the message shows is walked through.
    head = text[: 4 * limit].strip()[: limit + 1] or text.strip()[: limit + 1]
    line = "".join("⏎" if c == "\n" else c if c.isprintable() else "�" for c in head)
    return line if len(line) <= limit else line[: limit - 1] + "…"
