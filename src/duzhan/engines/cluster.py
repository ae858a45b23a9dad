"""Counts on a cluster: its address is tried first, and nothing is waited for without end."""

from __future__ import annotations

import atexit
import contextlib
import importlib
import os
import re
import socket
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import narwhals as nw

from duzhan.engines import SPARK
from duzhan.engines.frames import arrow, failed, module
from duzhan.errors import DuzhanError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from duzhan.engines.frames import Columns, Frame, Machine

_ADDRESS_SECONDS = 5
_ANSWER_SECONDS = 20
_WORKER_SECONDS = 60
_START_SECONDS = 120
_PORTS = {"spark": 7077, "sc": 15002}
# What the engine's own process logs just before it speaks to a master.
_ASKING, _LOG_BYTES = b"Setting Spark log level", 1 << 20
_STOPPED = "stopped SparkContext"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class _Spark:
    session: Any

    def table(self, columns: Columns) -> Frame:
        frame: Frame = nw.from_native(self.session.createDataFrame(arrow(columns)))
        return frame

    def parquet(self, folder: Path, columns: Sequence[str]) -> Frame:
        # Not as a URI, which would escape what is no ASCII; but some marks would be patterns.
        path = re.sub(r"([{}\[\]*?\\])", r"\\\1", str(folder.resolve()))
        data = self.session.read.parquet(f"file://{path}")
        frame: Frame = nw.from_native(data.select(*columns))
        return frame


@contextlib.contextmanager
def connect(master: str) -> Iterator[Machine]:
    """Begin a session on a cluster, and end it.

    Args:
        master: spark://…, sc://… (Spark Connect), or local[…] for this machine alone.

    Raises:
        UsageError: another kind of address.
        DuzhanError: the address does not answer, has no workers, or the work failed.
    """
    library = module("pyspark.sql", SPARK)
    errors = module("pyspark.errors", SPARK)
    builder = library.SparkSession.builder.appName("duzhan")
    scheme, host = _address(master)
    if scheme == "sc":
        builder = builder.remote(master)
    else:
        for key, value in _settings(host).items():
            builder = builder.config(key, value)
        builder = builder.master(master)
    with tempfile.TemporaryFile() as log:
        session = _begin(builder, master, log)
        try:
            if scheme == "spark":
                _await_workers(session, master)
            yield _Spark(session)
        except (errors.PySparkException, *_bridge_errors()) as error:
            raise failed(SPARK, _cause(error)) from None
        finally:
            with _to_file(log), contextlib.suppress(Exception):
                session.stop()


def _address(master: str) -> tuple[str, str]:
    """Scheme and host of an address that answers; the host of this machine alone is loopback."""
    if master.startswith("local"):
        return "local", _LOOPBACK[0]
    address = urlsplit(master)
    try:
        usual = _PORTS[address.scheme]
        host, port = address.hostname, address.port or usual
    except (ValueError, KeyError):
        host = None
    if not host:
        raise UsageError(f"--master 的“{master}”不认识，应为 spark://主机:端口 或 sc://主机:端口")
    # A client by itself would go on trying for minutes.
    try:
        socket.create_connection((host, port), timeout=_ADDRESS_SECONDS).close()
    except OSError as error:
        why = "没有回应" if isinstance(error, TimeoutError) else (error.strerror or "连不上")
        raise DuzhanError(f"{SPARK} 的地址“{master}”连不上（{why}），请检查地址和端口") from None
    return address.scheme, host


def _settings(host: str) -> dict[str, str]:
    settings = {
        "spark.log.level": "INFO",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "8",
    }
    if host in _LOOPBACK:
        settings |= {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
    return settings


def _begin(builder: Any, master: str, log: Any) -> Any:  # noqa: ANN401 - the engine's own objects
    """Begin a session; give up when nothing comes of it."""
    made: list[Any] = []
    troubles: list[Exception] = []

    def begin() -> None:
        try:
            made.append(builder.getOrCreate())
        except Exception as error:  # noqa: BLE001 - told to the user by the thread that waits
            troubles.append(error)

    # What the engine's own process writes is no message of ours.
    with _to_file(log):
        thread = threading.Thread(target=begin, daemon=True)
        thread.start()
        _wait(thread, master, log)
    if made:
        return made[0]
    # On a slow machine the engine may be the first to give up, and stop what it has begun.
    if not troubles or _STOPPED in str(troubles[0]):
        _give_up()
        raise DuzhanError(f"{SPARK} 的地址“{master}”没有应答，请检查那里运行的是不是 {SPARK}")
    if "JAVA_" in str(troubles[0]):
        raise DuzhanError(f"{SPARK} 引擎要用 Java 17 以上，请先安装 Java，或设好 JAVA_HOME")
    raise failed(SPARK, _cause(troubles[0]))


def _wait(thread: threading.Thread, master: str, log: Any) -> None:  # noqa: ANN401
    """Wait for a session: long for the engine's process to start, not so long for an answer."""
    begun = time.monotonic()
    answer_by = begun + (_ANSWER_SECONDS if master.startswith("sc:") else _START_SECONDS)
    asked = False
    while thread.is_alive() and time.monotonic() < answer_by:
        thread.join(0.1)
        if not asked and _ASKING in os.pread(log.fileno(), _LOG_BYTES, 0):
            asked, answer_by = True, time.monotonic() + _ANSWER_SECONDS


def _await_workers(session: Any, master: str) -> None:  # noqa: ANN401
    """A cluster without workers would keep a job waiting for ever."""
    tracker = session.sparkContext._jsc.sc().statusTracker()  # noqa: SLF001 - it has no other door
    until = time.monotonic() + _WORKER_SECONDS
    # The first executor in the list is this program itself.
    while len(tracker.getExecutorInfos()) < 2:
        if time.monotonic() > until:
            raise DuzhanError(f"{SPARK} 的主节点“{master}”没有可用的工作进程，请先启动 worker")
        time.sleep(0.2)


def _bridge_errors() -> tuple[type[Exception], ...]:
    """What comes over the bridge to the engine's own process, or from its remote end."""
    kinds: list[type[Exception]] = [module("py4j.protocol", SPARK).Py4JError]
    with contextlib.suppress(ModuleNotFoundError):
        kinds.append(importlib.import_module("grpc").RpcError)
    return tuple(kinds)


def _cause(error: Exception) -> str:
    """The line that says what went wrong, below the bridge's own words."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    causes = [line for line in lines if "Exception" in line or "Error" in line or "[" in line]
    return next(iter(causes or lines), type(error).__name__)


def _process() -> Any:  # noqa: ANN401 - its class is the library's own
    """The engine's own process, once it can be spoken to."""
    context = getattr(sys.modules.get("pyspark"), "SparkContext", None)
    return getattr(getattr(context, "_gateway", None), "proc", None)


def _give_up() -> None:
    """End what may still be trying: the engine's own process, and what would wait on leaving."""
    process = _process()
    if process is not None:
        process.kill()
    # The last handler made is the first to run: a client would wait for its answer for minutes.
    atexit.register(os._exit, DuzhanError.exit_code)


@contextlib.contextmanager
def _to_file(log: Any) -> Iterator[None]:  # noqa: ANN401 - any file with a number
    """Let processes started meanwhile write to a file what they would write to the terminal."""
    sys.stderr.flush()
    kept = os.dup(2)
    os.dup2(log.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
