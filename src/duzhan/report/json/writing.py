"""A JSON document as text, part by part: its long lists are never held as a whole."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from duzhan.report.json.layout import JsonLayout
from duzhan.visible import visible_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class LongList(ABC):
    """A list in a document that becomes text part by part."""

    @abstractmethod
    def __len__(self) -> int:
        """How many members it has."""

    @abstractmethod
    def written(self, layout: JsonLayout) -> Iterator[str]:
        """The list as text, from one bracket to the other."""


def written(document: Mapping[str, Any], *, indented: bool) -> Iterator[str]:
    """Write a document as `json.dumps` would, its characters kept but those a terminal obeys.

    Args:
        document: JSON values; among its own, not deeper, there may be long lists.
        indented: by one space a level; else it stands on one line.
    """
    if not any(isinstance(value, LongList) for value in document.values()):
        yield _dumped(document, indented=indented)
        return
    layout = JsonLayout(0 if indented else None)
    before = f"{{{layout.begin}"
    for key, value in document.items():
        yield f"{before}{json.dumps(key, ensure_ascii=False)}: "
        if isinstance(value, LongList):
            yield from value.written(layout.inner)
        else:
            # No text in JSON holds a line break: whatever begins a line goes deeper by one.
            yield _dumped(value, indented=indented).replace("\n", "\n ")
        before = layout.between
    yield f"{layout.end}}}"


def _dumped(value: Any, *, indented: bool) -> str:  # noqa: ANN401 - any JSON value
    return visible_json(json.dumps(value, ensure_ascii=False, indent=1 if indented else None))
