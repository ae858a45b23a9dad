"""How wide text is: the quick way counts what the look at each character counts."""

from __future__ import annotations

import unicodedata

from duzhan.widths import width


def test_every_character_is_as_wide_as_its_properties_say() -> None:
    for code in (*range(0x3400), *range(0x4DB0, 0x4E10), *range(0x9FF0, 0x10000), 0x20000, 0x1F600):
        char = chr(code)
        unseen = unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Mn", "Me")
        wide = unicodedata.east_asian_width(char) in "WF"
        assert width(f"超{char}1") == 3 + (0 if unseen else 2 if wide else 1)
