"""How JSON stands on the page: what is written by parts must look as `json.dumps` writes it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JsonLayout:
    """What stands between the brackets of a list or an object and its members.

    Attributes:
        depth: how deep the brackets stand in a document that is indented by one; None in
            one that stands on a line.
    """

    depth: int | None = None

    @property
    def inner(self) -> JsonLayout:
        """The layout of the members."""
        return JsonLayout(None if self.depth is None else self.depth + 1)

    @property
    def begin(self) -> str:
        """Behind the opening bracket."""
        return "" if self.depth is None else "\n" + " " * (self.depth + 1)

    @property
    def between(self) -> str:
        """Between two members."""
        return ", " if self.depth is None else f",{self.begin}"

    @property
    def end(self) -> str:
        """Before the closing bracket."""
        return "" if self.depth is None else "\n" + " " * self.depth
