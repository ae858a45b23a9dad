"""Which program makes what of a dataset's files: its own text, the interpreter, the libraries."""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from duzhan.files import contents, sha256

if TYPE_CHECKING:
    from collections.abc import Iterator

# Rooms that show, send or write; what is counted does not depend on them.
_ASIDE = frozenset({"cli", "deliver", "frames", "parquet", "register", "report"})
_TEXTS = (".py", ".json")
_LIBRARY = ".dist-info"


@functools.cache
def program(*, whole: bool = False) -> str | None:
    """Give a digest of all that makes figures of files; None if it cannot be told.

    Args:
        whole: of all that shows, sends and writes as well.
    """
    found = sha256(sys.version.encode())
    home = Path(__file__).parent.parent
    try:
        for path in _texts(home, frozenset() if whole else _ASIDE):
            found.update(b"%b\0%b\0" % (os.fsencode(path.relative_to(home)), contents(path)))
    except OSError:
        return None
    for name in sorted({name for folder in sys.path for name in _libraries(folder)}):
        found.update(os.fsencode(name))
    return found.hexdigest()


def _texts(folder: Path, aside: frozenset[str]) -> Iterator[Path]:
    """Every text of the program below a folder but those set aside, in a steady order."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir():
            if entry.name not in aside and not entry.name.startswith("_"):
                yield from _texts(folder / entry.name, frozenset())
        elif entry.name.endswith(_TEXTS):
            yield folder / entry.name


def _libraries(folder: str) -> list[str]:
    """The libraries that are installed in a folder, by name and version."""
    try:
        return [name for name in os.listdir(folder or ".") if name.endswith(_LIBRARY)]  # noqa: PTH208
    except OSError:
        return []
