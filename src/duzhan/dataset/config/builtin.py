"""Words that every campaign's lists use: what a dataset does not say itself holds as built in.

`words.json` is made from data/milestones.yaml by tools/make_schemas.py; a test
holds the two together.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duzhan.intake.text import header_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WORDS = Path(__file__).with_name("words.json")
# Which parts of milestones.yaml are any campaign's.
VOCABULARIES = (
    "empty_words",
    "yes_words",
    "due_words",
    "done_words",
    "not_done_words",
    "strike_headings",
)


@functools.cache
def builtin_words() -> dict[str, Any]:
    """The built-in words: ``header_aliases``, and the lists of `VOCABULARIES`."""
    words: dict[str, Any] = json.loads(WORDS.read_text("utf-8"))
    return words


def with_builtin_aliases(
    own: Mapping[str, Sequence[str]], tables: Sequence[Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """A dataset's header aliases, and the built-in ones that it does not use otherwise.

    Args:
        own: canonical column to the dataset's aliases.
        tables: the columns of each table: within one, an alias belongs to one column.
    """
    taken = {header_key(alias): name for name, aliases in own.items() for alias in aliases}
    merged = {name: tuple(aliases) for name, aliases in own.items()}
    beside = {name: {n for table in tables if name in table for n in table} for name in _columns()}
    for name, aliases in builtin_words()["header_aliases"].items():
        known = {header_key(alias) for alias in merged.get(name, ())}
        free = (
            alias
            for alias in aliases
            if header_key(alias) not in known and taken.get(header_key(alias)) not in beside[name]
        )
        if added := tuple(free):
            merged[name] = (*merged.get(name, ()), *added)
    return merged


def _columns() -> list[str]:
    return list(builtin_words()["header_aliases"])
