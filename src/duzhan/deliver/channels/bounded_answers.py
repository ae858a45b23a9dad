"""Answers within bounds: no server holds a run for ever, or fills the memory, by what it says."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

    from _typeshed import WriteableBuffer

_PIECE = 1 << 16


class TooMuch(OSError):  # noqa: N818 - what it is, not what it does
    """An answer is longer than any that means something."""


class Bounds:
    """Until when a conversation may last; each exchange has less than that.

    Args:
        patience: seconds for one exchange, from its beginning to its end.
        whole: seconds for everything.
    """

    def __init__(self, patience: float, whole: float) -> None:
        self._patience = patience
        self._end = time.monotonic() + whole
        self._until = self._end
        self.begin()

    @property
    def over(self) -> bool:
        """Whether the whole time is used up."""
        return time.monotonic() >= self._end

    def begin(self, times: float = 1) -> None:
        """Begin an exchange that may last so many times the patience."""
        self._until = min(time.monotonic() + self._patience * times, self._end)

    def left(self) -> float:
        """Seconds that are left of the exchange.

        Raises:
            TimeoutError: none.
        """
        seconds = self._until - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds


class BoundedReader(io.RawIOBase):
    """Reads a socket within the time of an exchange, and not more than so many bytes."""

    def __init__(self, sock: socket.socket, bounds: Bounds, most: int) -> None:
        super().__init__()
        self._sock = sock
        self._bounds = bounds
        self._left = self._most = most

    def fresh(self) -> None:
        """Allow the next answer its bytes."""
        self._left = self._most

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read what is there, waiting for it no longer than the exchange may last.

        Raises:
            TimeoutError: it lasts too long.
            TooMuch: the answer is too long.
        """
        self._sock.settimeout(self._bounds.left())
        count = self._sock.recv_into(buffer)
        self._left -= count
        if self._left < 0:
            raise TooMuch
        return count


def send_within(sock: socket.socket, data: bytes, bounds: Bounds) -> None:
    """Hand data to the system, piece by piece, within the time of the exchange.

    Raises:
        TimeoutError: it lasts too long.
        OSError: the line broke.
    """
    for start in range(0, len(data), _PIECE):
        sock.settimeout(bounds.left())
        sock.sendall(data[start : start + _PIECE])
