"""Text for people, made visible: nothing in it commands a terminal or turns a line around.

Cells, file names and what a command line holds come from anybody. A terminal obeys escape
sequences in them (OSC, CSI, C1), and every page the marks that turn the direction of
writing: with one of them a county can hide its own overdue line. Whatever is printed or
rendered for people passes here once (SPEC section 8, output safety); data for programs
keeps its characters.
"""

from __future__ import annotations

import os
import re

# Line breaks and tabulators stay: pages are made of them.
_UNSEEN = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
# Beyond ASCII, what a terminal obeys or no program can decode.
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_PICTURES, _DELETE = 0x2400, 0x7F


def visible(text: str) -> str:
    """Show control characters as signs (␛, ⟨U+202E⟩), and names that are no UTF-8 as GBK."""
    # None of them is printable; nor are they compiled where everything is.
    if text.replace("\n", "").isprintable():
        return text
    if _SURROGATE.search(text):
        text = readable(text)
    if re.search(_UNSEEN, text):
        text = re.sub(_UNSEEN, _sign, text.replace("\r\n", "\n"))
    return text


def readable(name: str) -> str:
    """Give a name from the disk or the command line that is no UTF-8 as people would read it.

    Archives that were packed on Windows give GBK names on Linux. The name itself is not
    changed by this: who opens the file needs it as it is.
    """
    if not _SURROGATE.search(name):
        return name
    try:
        return os.fsencode(name).decode("gb18030")
    except UnicodeError:
        return _SURROGATE.sub("\ufffd", name)


def visible_json(document: str) -> str:
    r"""Write what a terminal would obey as ``\u`` escapes: to programs it is the same document."""
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", document)


def _sign(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < ord(" "):
        return chr(_PICTURES + code)
    return "\u2421" if code == _DELETE else f"⟨U+{code:04X}⟩"
