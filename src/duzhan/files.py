"""Files of the dataset are opened here: plain ones only, and nothing is waited for.

A pipe in a file's place would keep a command waiting for ever, and a device such as
/dev/zero has no end; whoever opens either gets an error of the system like any other.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import _Hash
    from io import BufferedReader
    from pathlib import Path

# Where a system tells text from other files, these are others.
BINARY: int = getattr(os, "O_BINARY", 0)
_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
NOT_PLAIN = "它是管道或设备，不是普通文件"


def open_plain(path: Path, flags: int, mode: int = 0o666) -> int:
    """Open a plain file by the system's own flags.

    Args:
        path: the file.
        flags: such as ``os.O_WRONLY | os.O_APPEND``.
        mode: of a file that is made; the umask takes from it.

    Raises:
        OSError: it cannot be opened, or is a folder, a pipe or a device.
    """
    handle = os.open(path, flags | _AT_ONCE | BINARY, mode)
    kind = os.fstat(handle).st_mode
    if stat.S_ISREG(kind):
        return handle
    os.close(handle)
    if stat.S_ISDIR(kind):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise OSError(errno.EINVAL, NOT_PLAIN, str(path))


def opened(path: Path) -> BufferedReader:
    """Open a plain file to be read.

    Raises:
        OSError: as `open_plain`.
    """
    return os.fdopen(open_plain(path, os.O_RDONLY), "rb")


def contents(path: Path) -> bytes:
    """Read a plain file.

    Raises:
        OSError: as `open_plain`.
    """
    with opened(path) as file:
        return file.read()


def sha256(data: bytes) -> _Hash:
    """Begin a SHA-256; who needs none does not wait for OpenSSL to be loaded."""
    import hashlib  # noqa: PLC0415 - as said

    return hashlib.sha256(data)


def digest(path: Path) -> str | None:
    """Give the SHA-256 of a file's content; "" if there is none, None if it cannot be read."""
    from hashlib import file_digest  # noqa: PLC0415 - as in `sha256`

    try:
        with opened(path) as file:
            return file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
    except OSError:
        return None


def size_of(path: Path) -> int:
    """Bytes of a file; none of one that cannot be looked at, which reading will tell of."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
