"""Asks the process that reads foreign bytes, and makes columns of what it answers.

One process reads one file at a time, and the next one after it; as many are started
as files are read side by side. A file that ends its reader, or takes too long, is
refused, and nothing else is (see `foreign.worker`).
"""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from duzhan.intake.foreign import FROZEN_OPTION
from duzhan.intake.foreign.packing import LENGTH, unpacked
from duzhan.intake.refusals import NotAListError, RefusedFileError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from duzhan.intake.foreign.sheet import Sheet

_MODULE = "duzhan.intake.foreign.worker"
# For a small file, and for each MiB of a large one; ten times what sound ones take.
_SECONDS, _SECONDS_A_MIB = 30, 2
# A busy machine takes longer for the same work.
_PATIENCE = 5
_KEPT = 2

_TOO_LONG = "读了很久还没有读完，已停止，文件可能已损坏，请用 Excel 或 WPS 打开后重新保存"
_TOO_MUCH = "读取时要占用的内存太多，或使读取程序中断，已停止，请用 Excel 或 WPS 打开后重新保存"


@dataclass(frozen=True, slots=True)
class Laid:
    """A sheet with its cells as columns.

    Attributes:
        about: what stands beside the cells; its own rows and lines are empty.
        columns: text columns, all of one length, "" where empty.
        lines: the row of the sheet, from 1, that each stands in, ascending.
    """

    about: Sheet
    columns: Sequence[pa.StringArray]
    lines: NDArray[np.int32]


def read_foreign(reader: str, path: Path, max_unpacked: int) -> list[Laid]:
    """Have a file read.

    Args:
        reader: name of a module of `foreign`.
        path: the file.
        max_unpacked: how many bytes it may unpack to.

    Raises:
        RefusedFileError: it cannot be read.
        NotAListError: it is no list.
    """
    return _asked(reader, path, max_unpacked)[1]


def _asked(
    reader: str, path: Path, max_unpacked: int, folder: Path | None = None
) -> tuple[dict[str, Any], list[Laid]]:
    seconds = _SECONDS + _SECONDS_A_MIB * (path.stat().st_size >> 20)
    request = {
        "reader": reader,
        "path": str(path.absolute()),
        "folder": str(folder.absolute()) if folder else None,
        "max_unpacked": max_unpacked,
        "seconds": seconds,
    }
    head, body = _POOL.ask(request, seconds * _PATIENCE)
    if "refused" in head:
        raise RefusedFileError(*head["refused"])
    if "what" in head:
        raise NotAListError(head["what"], head["remedy"])
    if "memory" in head:
        raise RefusedFileError("bad-file", _TOO_MUCH)
    return head, body


def unpack_foreign(
    reader: str, path: Path, folder: Path, max_unpacked: int
) -> list[tuple[str, str]]:
    """Have the members of a file laid out in a folder.

    Args:
        reader: name of a module of `foreign`.
        path: the file.
        folder: where; empty.
        max_unpacked: how many bytes it may unpack to.

    Returns:
        Name as the sender sees it, and the file as a path in the folder.

    Raises:
        RefusedFileError: it cannot be read.
    """
    head, _ = _asked(reader, path, max_unpacked, folder)
    return [(str(name), str(place)) for name, place in head["members"]]


class _Process:
    """One process that reads."""

    def __init__(self) -> None:
        frozen = getattr(sys, "frozen", False)
        command = [sys.executable, *([FROZEN_OPTION] if frozen else ["-m", _MODULE])]
        self._child = subprocess.Popen(  # noqa: S603 - our own interpreter
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._child.stdin is not None  # noqa: S101 - for the type checker
        assert self._child.stdout is not None  # noqa: S101
        self._to: IO[bytes] = self._child.stdin
        self._from: IO[bytes] = self._child.stdout

    def ask(self, request: dict[str, Any], seconds: int) -> tuple[dict[str, Any], list[Laid]]:
        """Send a request and wait for the answer.

        Raises:
            RefusedFileError: the process ended without one, or was stopped.
        """
        stopped = threading.Event()

        def stop() -> None:
            stopped.set()
            self._child.kill()

        watch = threading.Timer(seconds, stop)
        watch.daemon = True
        watch.start()
        try:
            self._to.write(json.dumps(request).encode() + b"\n")
            self._to.flush()
            (length,) = LENGTH.unpack(self._exactly(LENGTH.size))
            head = json.loads(self._exactly(length))
            return head, [self._sheet(told) for told in head.get("sheets", ())]
        except (EOFError, OSError):
            self.end()
            late = stopped.is_set() or self._child.returncode == -_SIGXCPU
            raise RefusedFileError("bad-file", _TOO_LONG if late else _TOO_MUCH) from None
        finally:
            watch.cancel()

    def _exactly(self, count: int) -> bytes:
        data = self._from.read(count)
        if len(data) < count:
            raise EOFError
        return data

    def _sheet(self, told: dict[str, Any]) -> Laid:
        count = told["count"]
        lines = np.frombuffer(self._exactly(4 * count), np.int32)
        if told.get("sized"):
            sizes = [np.frombuffer(self._exactly(4 * count), np.int32) for _ in told["columns"]]
            each = zip(told["columns"], sizes, strict=True)
            columns = [_sized(self._exactly(size), every) for size, every in each]
        else:
            columns = [_column(self._exactly(size), count) for size in told["columns"]]
        return Laid(unpacked(told), columns, lines)

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked again."""
        return self._child.poll() is None

    def end(self) -> None:
        """Let it end."""
        with suppress(OSError):
            # What was meant for one that ended before cannot be written any more.
            self._to.close()
        self._from.close()
        self._child.kill()
        self._child.wait()


# What a column of Arrow holds at most.
_LONGEST = (1 << 31) - 1
# The signal that ends a process whose time is up; there is none on Windows.
_SIGXCPU = 24


def _column(data: bytes, count: int) -> pa.StringArray:
    """A column from its cells, with a NUL between two of them."""
    raw = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(raw == 0)
    if len(ends) != max(0, count - 1):
        raise EOFError
    offsets = np.zeros(count + 1, np.int32)
    offsets[1:count] = ends - np.arange(len(ends))
    offsets[count] = len(raw) - len(ends)
    texts = raw[raw != 0] if len(ends) else raw
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(texts))


def _sized(data: bytes, sizes: NDArray[np.int32]) -> pa.StringArray:
    """A column from its cells and their lengths."""
    offsets = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=offsets[1:])
    if (sizes < 0).any() or offsets[-1] != len(data) or len(data) > _LONGEST:
        raise EOFError
    places = pa.py_buffer(offsets.astype(np.int32))
    return pa.StringArray.from_buffers(len(sizes), places, pa.py_buffer(data))


class _Pool:
    """Processes that have nothing to read at the moment."""

    def __init__(self) -> None:
        self._idle: list[_Process] = []
        self._lock = threading.Lock()

    def ask(self, request: dict[str, Any], seconds: int) -> tuple[dict[str, Any], list[Laid]]:
        """Ask one of them, or a new one."""
        with self._lock:
            process = self._idle.pop() if self._idle else None
        if process is not None and not process.is_alive:
            process.end()
            process = None
        process = process or _Process()
        answer = process.ask(request, seconds)
        with self._lock:
            if len(self._idle) < _KEPT:
                self._idle.append(process)
                return answer
        process.end()
        return answer

    def close(self) -> None:
        """Let all of them end."""
        with self._lock:
            idle, self._idle = self._idle, []
        for process in idle:
            process.end()


_POOL = _Pool()
atexit.register(_POOL.close)
