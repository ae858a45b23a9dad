"""A lock that tells whoever waits, and gives up with one clear line."""

from __future__ import annotations

import errno
import sys
import time
import warnings
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from duzhan.errors import DuzhanError, reason

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# A wait that is over sooner is not worth a word.
_PATIENCE = 1.0
_POLL = 0.05
# Disks over a network, and some of a user's own, have no locks: that is no busy lock.
_LOCKLESS = (errno.ENOSYS, errno.ENOLCK, errno.ENOTSUP, errno.EINVAL)


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
        self._path = path
        self._lock = FileLock(path)
        self._timeout = timeout
        self._on_wait = on_wait
        self._busy = busy

    def acquire(self) -> None:
        """Wait for the lock.

        Raises:
            DuzhanError: another process stays too long, or there are no locks in this place.
            OSError: the folder cannot be written.
        """
        begun = time.monotonic()
        try:
            self._wait_for(begun)
        except Timeout:
            raise _still(self._timeout, self._busy) from None
        except NotImplementedError:
            raise _lockless(self._path, "") from None
        except OSError as error:
            if error.errno in _LOCKLESS:
                raise _lockless(self._path, f"（{reason(error)}）") from None
            raise

    def _wait_for(self, begun: float) -> None:
        # Where there is no flock the library locks by the file's being there, and warns of it.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                self._lock.acquire(min(_PATIENCE, self._timeout), poll_interval=_POLL)
            except Timeout:
                rest = self._timeout - (time.monotonic() - begun)
                if rest <= 0:
                    raise
                if self._on_wait:
                    self._on_wait()
                self._lock.acquire(rest, poll_interval=_POLL)

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
        OSError: the system fails otherwise.
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
        except OSError as error:
            if error.errno not in _LOCKLESS:
                raise
            return
        else:
            return


def _still(timeout: float, busy: str) -> DuzhanError:
    message = f"等了 {timeout:g} 秒，另一个 duzhan 还{busy}"
    return DuzhanError(f"{message}；请稍后再试，或用 --lock-timeout 多等一会")


def _lockless(path: Path, why: str) -> DuzhanError:
    return DuzhanError(
        f"“{path.parent}”所在的位置没有文件锁{why}，两个人同时写会互相覆盖，所以没有写；"
        "请把数据集放到本机的磁盘上"
    )
