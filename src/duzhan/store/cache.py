"""What was made of a dataset's files, put aside for the next look; nothing rests on it.

Each document says what it was made from, by digests of contents, and is of use to nobody
else. Whatever is wrong with it (half written, changed, another account's, no plain file),
it is as if it were not there; what cannot be put aside is made again the next time.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from duzhan.files import open_plain, sha256

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"

FOLDER = ".duzhan-cache"
VARIABLE = "DUZHAN_NO_CACHE"

_LARGEST = 64 << 20
_TEMPORARY = ".tmp"
# More than these were not left by processes that are still at work.
_AT_WORK = 8
_LINK = getattr(os, "O_NOFOLLOW", 0)
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH

_off = ContextVar("_off", default=False)


@contextmanager
def without_cache() -> Iterator[None]:
    """Look at nothing that was put aside, and put nothing aside."""
    before = _off.set(True)
    try:
        yield
    finally:
        _off.reset(before)


def wanted() -> bool:
    """Whether nobody said to do without."""
    return not _off.get() and not os.environ.get(VARIABLE)


@dataclass(frozen=True, slots=True)
class Cache:
    """The documents of a dataset, each under a name.

    Attributes:
        root: the dataset's folder.
        key: what every document here is made with and from, beside what its own key says.
        keeps: whether anything is put aside, and not only looked at.
    """

    root: Path
    key: str
    keeps: bool = True

    def get(self, name: str, key: str) -> Plain:
        """Give what was put aside under this name for this key; None if nothing was.

        Args:
            name: the document's.
            key: what it was made from.
        """
        data = self._read(name)
        if data is None:
            return None
        digest, _, rest = data.partition(b"\n")
        told, _, body = rest.partition(b"\n")
        if digest != _digest(rest) or told != self._key(key):
            return None
        try:
            document: Plain = json.loads(body)
        except (ValueError, RecursionError):
            return None
        return document

    def put(self, name: str, key: str, document: Plain) -> None:
        """Put a document aside; where that cannot be done, nothing is said.

        Args:
            name: the document's; an older one of this name goes.
            key: what it was made from.
            document: what is to be found again.
        """
        if not self.keeps:
            return
        body = json.dumps(document, separators=(",", ":")).encode()
        rest = b"%b\n%b" % (self._key(key), body)
        if len(rest) > _LARGEST:
            return
        with suppress(OSError):
            if self._made():
                self._replace(name, b"%b\n%b" % (_digest(rest), rest))

    @property
    def _folder(self) -> Path:
        return self.root / FOLDER

    @property
    def _owner(self) -> os.stat_result:
        return self.root.stat()

    def _key(self, key: str) -> bytes:
        return f"{self.key} {key}".encode()

    def _read(self, name: str) -> bytes | None:
        try:
            if not self._ours(self._folder.lstat(), stat.S_ISDIR):
                return None
            handle = open_plain(self._folder / name, os.O_RDONLY | _LINK)
            with os.fdopen(handle, "rb") as file:
                status = os.fstat(handle)
                if not self._ours(status, stat.S_ISREG) or status.st_size > _LARGEST:
                    return None
                return file.read(_LARGEST)
        except OSError:
            return None

    def _made(self) -> bool:
        """Whether there is a folder of ours; make it if there is none, and if we may.

        Who owns the dataset must be able to take it away whole.
        """
        if sys.platform != "win32" and os.geteuid() not in {0, self._owner.st_uid}:
            return False
        try:
            self._folder.mkdir(mode=0o700)
        except FileExistsError:
            return self._ours(self._folder.lstat(), stat.S_ISDIR)
        self._give(self._folder)
        # Whoever keeps the dataset under version control need not name the folder.
        self._replace(".gitignore", b"*\n")
        return True

    def _give(self, path: Path) -> None:
        """Let what the system's account made belong to whom the dataset belongs."""
        if sys.platform != "win32" and os.geteuid() == 0:
            owner = self._owner
            os.chown(path, owner.st_uid, owner.st_gid)

    def _replace(self, name: str, data: bytes) -> None:
        self._sweep()
        temporary = self._folder / f"{name}-{os.urandom(8).hex()}{_TEMPORARY}"
        try:
            # It need not outlast a power failure: half of it is as if it were not there.
            handle = open_plain(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _LINK, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            self._give(temporary)
            temporary.replace(self._folder / name)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise

    def _ours(self, status: os.stat_result, kind: Callable[[int], bool]) -> bool:
        """Whether it is of a kind, and nobody could write it who cannot write the dataset."""
        if not kind(status.st_mode) or sys.platform == "win32":
            return kind(status.st_mode)
        owners = {os.geteuid(), 0, self._owner.st_uid}
        return status.st_uid in owners and not status.st_mode & _OTHERS_WRITE

    def _sweep(self) -> None:
        """Take away what killed processes left half written."""
        left = [path for path in self._folder.iterdir() if path.name.endswith(_TEMPORARY)]
        for path in left if len(left) > _AT_WORK else ():
            path.unlink(missing_ok=True)


def _digest(data: bytes) -> bytes:
    return sha256(data).hexdigest().encode()
