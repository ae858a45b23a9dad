"""Photographs before and after, small, on pages of a fixed length."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duzhan.dataset.evidence import reduced_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from duzhan.compliance.evidence import BeforeAfter
    from duzhan.model import Evidence

# Three pairs stand side by side; so many rows of issues are as high.
MOST_PAIRS, HIGH_AS = 3, 7
_BOX, _QUALITY = (400, 300), 60
ELSEWHERE = "照片另见佐证材料对照表"


@dataclass(frozen=True, slots=True)
class Photograph:
    """A small picture with nothing in it but pixels.

    Attributes:
        jpeg: its bytes.
        alt: what it is, for those who cannot see it.
    """

    jpeg: bytes
    alt: str

    @property
    def src(self) -> str:
        """The picture itself, as the address of an image of a page."""
        return f"data:image/jpeg;base64,{base64.b64encode(self.jpeg).decode()}"


@dataclass(frozen=True, slots=True)
class Strip:
    """Photographs in one line, and what is said of them."""

    photographs: tuple[Photograph, ...] = ()
    note: str = ""


def strip(pairs: Sequence[BeforeAfter], root: Path | None, *, room: bool) -> Strip:
    """The first photographs of some issues, before beside after.

    Args:
        pairs: the issues that have any.
        root: the dataset's folder; None shows none.
        room: whether there is room for them; else they are to be found elsewhere.
    """
    if not pairs:
        return Strip()
    shown = list(_shown(pairs[:MOST_PAIRS], root)) if room and root is not None else []
    issues: dict[str, list[str]] = {}
    for one in shown:
        issue, _, kind = one.alt.rpartition(" ")
        issues.setdefault(issue, []).append(kind)
    told = "；".join(f"{issue} {'、'.join(kinds)}" for issue, kinds in issues.items())
    left = len(pairs) - len(issues)
    rest = f"{'另有' if shown else ''}{left}件的{ELSEWHERE}。" if left else ""
    return Strip(tuple(shown), f"{f'照片自左至右：{told}。' if told else ''}{rest}")


def _shown(pairs: Sequence[BeforeAfter], root: Path) -> Iterator[Photograph]:
    for pair in pairs:
        # Of several before the first shows how it was found, of those after the last how it is.
        for one in (*pair.before[:1], *pair.after[-1:]):
            if jpeg := reduced_of(root, one, _BOX, _QUALITY, padded=True):
                yield Photograph(jpeg, named(one))


def named(one: Evidence) -> str:
    """Such as 富宁-0001 整改前."""
    return f"{one.id} {one.kind}"
