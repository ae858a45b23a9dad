"""The cell styles of an xlsx file: what their numbers show, which strike through or colour."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duzhan.intake.foreign.numbers import BUILT_IN, Shows, shown_by
from duzhan.intake.foreign.xml import child, children, local

if TYPE_CHECKING:
    from duzhan.intake.foreign.package import Package
    from duzhan.intake.foreign.xml import Element


# Formats of these characters alone are dates to every reader.
_PLAIN_DATE = frozenset('yYmMdD-/."年月日\\;@ ')


@dataclass(slots=True)
class Styles:
    """Cell styles by their number.

    Attributes:
        shows: what numbers show; styles that show plain numbers are left out.
        struck: styles that strike through.
        coloured: styles that fill with a colour.
        plain_dates: styles of dates in whose format nothing but a day is said.
    """

    shows: dict[str, Shows] = field(default_factory=dict)
    struck: frozenset[str] = frozenset()
    coloured: frozenset[str] = frozenset()
    plain_dates: frozenset[str] = frozenset()


def read_styles(package: Package, part: str | None) -> Styles:
    """Read the styles of a workbook; none if it has no such part."""
    if part is None or part not in package:
        return Styles()
    root = package.tree(part)
    written = {
        number: code
        for formats in children(root, "numFmts")
        for one in formats
        if (number := _number(one, "numFmtId")) is not None
        and (code := one.get("formatCode")) is not None
    }
    codes = {number: shown_by(code) for number, code in written.items()}
    plain = {number for number, code in written.items() if set(code) <= _PLAIN_DATE} | {14}
    struck = [_is_on(child(font, "strike")) for font in _listed(root, "fonts")]
    filled = [_fills(fill) for fill in _listed(root, "fills")]
    styles = list(enumerate(_listed(root, "cellXfs")))
    shows: dict[str, Shows] = {
        str(at): kind
        for at, one in styles
        if (kind := _shows(_number(one, "numFmtId") or 0, codes)) is not Shows.NUMBER
    }
    return Styles(
        shows,
        frozenset(str(at) for at, one in styles if _true(struck, _number(one, "fontId"))),
        frozenset(str(at) for at, one in styles if _true(filled, _number(one, "fillId"))),
        frozenset(
            str(at)
            for at, one in styles
            if shows.get(str(at)) is Shows.DATE and _number(one, "numFmtId") in plain
        ),
    )


def _shows(number: int, codes: dict[int, Shows]) -> Shows:
    return codes[number] if number in codes else BUILT_IN.get(number, Shows.NUMBER)


def _listed(root: Element, name: str) -> list[Element]:
    return [one for group in children(root, name) for one in group]


def _number(element: Element, name: str) -> int | None:
    text = element.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _true(flags: list[bool], at: int | None) -> bool:
    return at is not None and at < len(flags) and flags[at]


def _is_on(element: Element | None) -> bool:
    return element is not None and element.get("val", "1") not in ("0", "false")


def _fills(fill: Element) -> bool:
    """Whether a fill shows a colour; white counts as none."""
    for one in fill:
        if local(one) == "gradientFill":
            return True
        colour = child(one, "fgColor")
        if local(one) == "patternFill" and one.get("patternType") == "solid":
            return colour is None or (
                colour.get("rgb", "")[-6:].upper() != "FFFFFF" and colour.get("theme") != "0"
            )
    return False
