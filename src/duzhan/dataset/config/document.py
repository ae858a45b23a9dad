"""A configuration file as plain data that remembers where everything stands.

Every scalar stays the text that the file holds: `720`, `90%`, `2021-06-31`,
`532601` and `no` are read by the schema, which knows what is wanted, and not by
YAML's own guesses about numbers, dates and yes or no. Only an empty value
(nothing, `~` or `null` without quotes) is None.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from duzhan.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

Plain: TypeAlias = "str | list[Plain] | dict[str, Plain] | None"
Path: TypeAlias = tuple[str | int, ...]

# How deep a file may nest: no roster needs more, and an attack has it.
MAX_DEPTH = 40


# The key below which an address may stand by mistake.
ROBOTS = "robots"


class Mark(NamedTuple):
    """A place in a text file, both numbers from 1."""

    line: int
    column: int


@dataclass(slots=True)
class Document:
    """What a YAML file says, and what is wrong with it.

    Attributes:
        file: the name to show.
        data: mappings, lists, text and None; None if the file says nothing usable.
        marks: where the value of each key path stands.
        keys: where the key of each key path stands, for values of mappings.
        problems: everything found so far.
    """

    file: str
    data: dict[str, Plain] | None = None
    marks: dict[Path, Mark] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def get(self, path: Path) -> Plain:
        """Give what stands at a key path; None if nothing does."""
        value: Plain = self.data
        for part in path:
            if isinstance(value, dict) and isinstance(part, str):
                value = value.get(part)
            elif isinstance(value, list) and isinstance(part, int) and part < len(value):
                value = value[part]
            else:
                return None
        return value

    def texts(self, *pattern: str | int | None) -> Iterator[tuple[Path, str]]:
        """Every text whose key path fits the pattern; None in it stands for any list place."""
        found: list[tuple[Path, Plain]] = [((), self.data)]
        for part in pattern:
            found = [
                ((*path, key), inner) for path, value in found for key, inner in _inner(value, part)
            ]
        for path, value in found:
            if isinstance(value, str):
                yield path, value

    def report(self, path: Path, code: str, message: str, *, at_key: bool = False) -> None:
        """Add an error about the value at a key path, or about its key."""
        # A robot's address may stand there by mistake, and is a secret.
        value = None if ROBOTS in path else self.get(path)
        self.problems.append(
            Problem(
                "error",
                self.file,
                self.line_of(path, at_key=at_key),
                show_path(path) or None,
                value if isinstance(value, str) else None,
                code,
                # One line a fault, whatever the value holds.
                "".join(c if c.isprintable() else " " for c in message),
            )
        )

    def line_of(self, path: Path, *, at_key: bool = False) -> int | None:
        """The line of a value (or of its key), or of the nearest thing that holds it."""
        for end in range(len(path), -1, -1):
            mark = self.marks.get(path[:end])
            if at_key or mark is None:
                mark = self.keys.get(path[:end], mark)
            if mark:
                return mark.line
        return None


def show_path(path: Path) -> str:
    """Write a key path as ``groups[0].county.code``; places in lists count from 0."""
    words = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(words).lstrip(".")


def _inner(value: Plain, part: str | int | None) -> list[tuple[str | int, Plain]]:
    """What stands in a mapping under a key, or in a list at one place or at any."""
    if isinstance(value, dict) and isinstance(part, str) and part in value:
        return [(part, value[part])]
    if isinstance(value, list) and not isinstance(part, str):
        places = range(len(value)) if part is None else range(part, min(part + 1, len(value)))
        return [(at, value[at]) for at in places]
    return []
