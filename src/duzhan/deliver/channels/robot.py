"""What robots of group chats have in common: a notice, its cut to a limit, what answers mean."""

from __future__ import annotations

import importlib
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from duzhan.model import ROBOTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from duzhan.deliver.channels.secret import Secret

# Marks that mean something in one of the dialects of Markdown, or call people (<@all>).
# Beside Chinese text their wide forms read as well.
_WIDE = str.maketrans("<>[]*_`~#\\|&@!", "＜＞［］＊＿｀～＃＼｜＆＠！")
_SHORT = 120
_CUT = "……（过长，以下截去）"


@dataclass(frozen=True, slots=True)
class RobotText:
    """What a robot says.

    Attributes:
        title: one line.
        lead: the figures, in a few lines.
        items: the worst first; those that do not fit are left out from the end.
        unlisted: how many more items there are than `items` has.
        closing: what is asked.
        unit: what an item is counted by, such as 件.
    """

    title: str
    lead: tuple[str, ...]
    items: tuple[str, ...] = ()
    unlisted: int = 0
    closing: tuple[str, ...] = ()
    unit: str = "件"

    @property
    def lines(self) -> tuple[str, ...]:
        """All lines below the title, each as it is said, with the mark of what was cut."""
        cut = (f"……另有{self.unlisted}{self.unit}没有列出",) if self.unlisted else ()
        return (*self.lead, *self.items, *cut, *self.closing)

    def first(self, count: int) -> RobotText:
        """The notice with its first items only."""
        left_out = len(self.items) - count
        return replace(self, items=self.items[:count], unlisted=self.unlisted + left_out)


class Post(NamedTuple):
    """A request to a robot.

    Attributes:
        body: JSON.
        query: parameters that go with the address, such as a signature.
    """

    body: bytes
    query: Mapping[str, str]


class Answer(NamedTuple):
    """What a robot's service made of a notice.

    Attributes:
        code: its own code, 0 for yes; None if it gave none.
        words: what it says.
    """

    code: int | None
    words: str = ""


class RobotKind(Protocol):
    """A kind of robots; its module has one as `KIND`, and `model.ROBOTS` names the module.

    Attributes:
        limit: bytes that a text, or a request, may have.
        passing: codes of refusals that may be over in a moment.
    """

    limit: int
    passing: frozenset[int]

    def size(self, notice: RobotText) -> int:
        """How many of the limit's bytes a notice takes."""

    def text(self, notice: RobotText) -> str:
        """The notice in the kind's Markdown."""

    def post(self, notice: RobotText, secret: Secret | None, now: float) -> Post:
        """The request that says a notice.

        Args:
            notice: fitting.
            secret: for signing; None if the robot has none.
            now: seconds since 1970.
        """

    def answer(self, told: Mapping[str, object]) -> Answer:
        """Read the service's answer."""


def kind_of(name: str) -> RobotKind:
    """Load a kind of robots.

    Args:
        name: one of `model.ROBOTS`.
    """
    kind: RobotKind = importlib.import_module(f"duzhan.deliver.channels.{name}").KIND
    return kind


def display(identifier: str) -> str:
    """A robot as people read it, from its name on the record."""
    kind, _, place = identifier.partition(":")
    return f"{ROBOTS[kind]}（{place}）" if kind in ROBOTS and place else identifier


def fitted(notice: RobotText, kind: RobotKind) -> RobotText:
    """Cut a notice between lines, so that it stays within the kind's limit, and mark it as cut.

    What is asked stays; items go from the end; if even that is too long, lines of
    the lead go, and at last a long line is shortened.
    """

    def fits(candidate: RobotText) -> bool:
        return kind.size(candidate) <= kind.limit

    if fits(notice):
        return notice
    # The largest number of items that fits, halving what is left to try.
    low, high = 0, len(notice.items)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(notice.first(middle)) else (low, middle - 1)
    cut = notice.first(low)
    for count in range(len(notice.lead), -1, -1):
        if fits(cut):
            return cut
        cut = replace(cut, lead=(*notice.lead[: max(count - 1, 0)], _CUT))
    short = tuple(line[:_SHORT] for line in notice.closing[:2])
    return replace(cut, title=notice.title[:_SHORT], lead=(_CUT,), closing=short)


def plain(text: str) -> str:
    """One line of text in which nothing is a mark of Markdown, a link, or a call to everybody."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return re.sub(r"(?i)(https?):", r"\1：", line.translate(_WIDE))


def encoded(document: Mapping[str, object]) -> bytes:
    """A request's JSON, as short as it can be written."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def whole_number(value: object) -> int | None:
    """A code as a number; None if it is none (true is none either)."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        return int(value)
    except ValueError:
        return None


def markdown(notice: RobotText, heading: Callable[[str], str], between: str) -> str:
    """Title and lines, put together."""
    return between.join([heading(plain(notice.title)), *map(plain, notice.lines)])
