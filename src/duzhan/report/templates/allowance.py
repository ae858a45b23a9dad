"""An end to everything that a template does, whatever it does it with.

The sandbox counts loops and measures texts; what a single call does inside C it cannot
see. Here the process itself is told when to stop: an interrupt after so many seconds of
its work, and no more memory beyond what it had. Where a system has neither, or off the
main thread, the sandbox's own counts remain.
"""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from duzhan.report.templates.limits import TooMuchError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

# Of the processor: a report of a whole prefecture takes a fraction of one.
SECONDS = 20.0
# Beyond what the process has when it begins.
BYTES = 1 << 30


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Let templates work so long, and take no more than `BYTES` of further memory.

    Args:
        seconds: of processor time.

    Raises:
        TooMuchError: it takes longer.
        MemoryError: it takes more.
    """
    with ExitStack() as stack:
        stack.enter_context(_interrupted(seconds))
        stack.enter_context(_no_larger())
        yield


@contextmanager
def _interrupted(seconds: float) -> Iterator[None]:
    main = threading.current_thread() is threading.main_thread()
    if sys.platform == "win32" or not main or signal.getitimer(signal.ITIMER_PROF)[0]:
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooMuchError(f"{seconds:g}秒还没有算完，请检查循环")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextmanager
def _no_larger() -> Iterator[None]:
    if sys.platform != "linux":
        yield
        return
    import resource  # noqa: PLC0415 - not everywhere

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    most = pages * resource.getpagesize() + BYTES
    bounds = [limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min([most, *bounds]), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
