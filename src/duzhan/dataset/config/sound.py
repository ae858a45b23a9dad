"""What of a faulty file can still be judged: its sound keys, each at its own place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from duzhan.shapes import FileKeys

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from duzhan.dataset.config.document import Document, Path

Keys = TypeVar("Keys", bound=FileKeys)


@dataclass(frozen=True, slots=True)
class Told:
    """Where checks across keys tell what they find.

    Attributes:
        document: the file.
        unsound: keys of the whole file that cannot be judged.
        places: key of a list to the places in the file of those of its entries that are judged.
    """

    document: Document
    unsound: frozenset[str] = frozenset()
    places: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def sound(self, *keys: str) -> bool:
        """Whether all these keys can be judged."""
        return self.unsound.isdisjoint(keys)

    def report(self, path: Path, code: str, message: str) -> None:
        """Add an error about the value at a key path among the entries judged."""
        if len(path) > 1 and (at := self.places.get(str(path[0]))) and isinstance(path[1], int):
            path = (path[0], at[path[1]], *path[2:])
        self.document.report(path, code, message)


def sound_part(document: Document, keys: type[Keys], lists: Collection[str]) -> tuple[Keys, Told]:
    """The keys of a faulty file whose values are as declared, and where they stand.

    A required key that is unsound is missing in what is given; `Told.sound` says so.

    Args:
        document: a loaded file that is not as declared.
        keys: those of the whole file.
        lists: keys whose entries can be judged one by one.
    """
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415 - of faulty files alone

    from duzhan.dataset.config.models import annotation  # noqa: PLC0415 - likewise

    kept: dict[str, Any] = {}
    unsound: set[str] = set()
    places: dict[str, list[int]] = {}
    for key, one in keys.declared.items():
        value = document.get((key,))
        if document.data is None or key not in document.data:
            unsound |= {key} if one.required else set()
            continue
        adapter: TypeAdapter[Any] = TypeAdapter(annotation(one.shape))
        entries = value if isinstance(value, list) else []
        try:
            kept[key] = adapter.validate_python(value)
        except ValidationError as error:
            refused = {detail["loc"][0] if detail["loc"] else None for detail in error.errors()}
            places[key] = [at for at in range(len(entries)) if at not in refused]
            if key not in lists or None in refused or not places[key]:
                unsound.add(key)
                continue
            kept[key] = adapter.validate_python([entries[at] for at in places[key]])
    return keys.of(kept), Told(document, frozenset(unsound), places)
