"""A document against its declared keys: a sound one is read at once, another is looked into."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from duzhan.shapes import FileKeys, RefusedValue

if TYPE_CHECKING:
    from duzhan.dataset.config.document import Document

Keys = TypeVar("Keys", bound=FileKeys)


def validate(document: Document, keys: type[Keys]) -> Keys | None:
    """Check a document against its keys; everything refused becomes a problem of it.

    Args:
        document: a loaded file.
        keys: those of the whole file.
    """
    if document.data is None:
        return None
    try:
        return keys.read(document.data)
    except RefusedValue:
        # Explaining what is wrong takes modules that a sound file does not need.
        from duzhan.dataset.config.refusals import look_into  # noqa: PLC0415

        return look_into(document, keys)
