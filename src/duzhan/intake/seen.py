"""What exactly was read of files that others may change meanwhile."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from duzhan.files import digest, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    Taken: TypeAlias = Callable[[bytes], object]

# Below this to read a file twice more costs nothing.
_SMALL = 1 << 20
# How workbooks begin: zipped ones, and older ones.
_BINARY = (b"PK", b"\xd0\xcf")


class Seen:
    """Digests of files as they were when they were read, by whoever reads them in one piece.

    A file that is small or takes long to read is looked at before and after; the content of
    a large text is taken while it is read, and its digest is computed beside.
    """

    def __init__(self) -> None:
        self._known: dict[Path, Future[str] | str] = {}
        self._beside = ThreadPoolExecutor(1)

    @contextmanager
    def reading(self, path: Path) -> Iterator[Taken]:
        """While a file is read; whoever has all of its content shows it.

        Args:
            path: the file.
        """
        before = None if _is_large_text(path) else digest(path)
        try:
            yield lambda data: self._take(path, data)
        finally:
            if before and digest(path) == before:
                self._known[path] = before

    def digest(self, path: Path) -> str | None:
        """The SHA-256 of what was read of a file; None if that is not known for certain."""
        known = self._known.get(path)
        return known if known is None or isinstance(known, str) else known.result()

    def _take(self, path: Path, data: bytes) -> None:
        if len(data) >= _SMALL:
            self._known[path] = self._beside.submit(_digest, data)


def _is_large_text(path: Path) -> bool:
    try:
        with opened(path) as file:
            return path.stat().st_size >= _SMALL and not file.read(2).startswith(_BINARY)
    except OSError:
        return False


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
