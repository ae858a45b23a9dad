"""A lock that tells whoever waits, and gives up with one clear line."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from duzhan.errors import DuzhanError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# A wait that is over sooner is not worth a word.
_PATIENCE = 1.0
_POLL = 0.05


class WaitingLock:
    """A file that one process at a time holds.

    Args:
        path: the lock's file.
        timeout: how long to wait for another process, in seconds.
        on_wait: called once if the wait takes more than a second.
        busy: what the other process is doing, such as 在发信, for the message.
    """

    def __init__(
        self, path: Path, timeout: float, on_wait: Callable[[], None] | None, busy: str
    ) -> None:
        self._lock = FileLock(path)
        self._timeout = timeout
        self._on_wait = on_wait
        self._busy = busy

    def acquire(self) -> None:
        """Wait for the lock.

        Raises:
            DuzhanError: another process stays too long.
            OSError: the folder cannot be written.
        """
        begun = time.monotonic()
        try:
            try:
                self._lock.acquire(min(_PATIENCE, self._timeout), poll_interval=_POLL)
            except Timeout:
                rest = self._timeout - (time.monotonic() - begun)
                if rest <= 0:
                    raise
                if self._on_wait:
                    self._on_wait()
                self._lock.acquire(rest, poll_interval=_POLL)
        except Timeout:
            raise _still(self._timeout, self._busy) from None

    def release(self) -> None:
        """Let the next one in."""
        self._lock.release()


def hold(handle: int, timeout: float, busy: str) -> None:
    """Hold an open file itself until it is closed, for whoever deletes the lock's file meanwhile.

    Windows lets nobody delete a file that is open; a system without such locks has the
    lock's file alone.

    Args:
        handle: the open file.
        timeout: how long to wait for another process, in seconds.
        busy: what the other process is doing, for the message.

    Raises:
        DuzhanError: another process stays too long.
    """
    if sys.platform == "win32":
        return
    import fcntl  # noqa: PLC0415 - not on Windows

    end = time.monotonic() + timeout
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                raise _still(timeout, busy) from None
            time.sleep(_POLL)
        except OSError:
            return
        else:
            return


def _still(timeout: float, busy: str) -> DuzhanError:
    message = f"等了 {timeout:g} 秒，另一个 duzhan 还{busy}"
    return DuzhanError(f"{message}；请稍后再试，或用 --lock-timeout 多等一会")
