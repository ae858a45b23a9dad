"""A run that is told to end leaves its line all the same."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from duzhan.errors import DuzhanError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


class Stopped(DuzhanError):  # noqa: N818 - no fault of anybody's
    """The system asked the process to end; exit code as the shell gives for SIGTERM."""

    exit_code = 128 + signal.SIGTERM


@contextmanager
def stoppable() -> Iterator[None]:
    """Make of SIGTERM an error that a run can write down; systemd and cron stop jobs so.

    Raises:
        Stopped: the signal came; what was being sent at that moment stays unknown.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        # Once is enough: the line must get written.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise Stopped("运行中途被要求停止（SIGTERM），没有发完的下次再发")

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
