"""Count a nation at rest on a cluster beside bare Spark SQL that counts the same.

    python benchmarks/spark.py NATION [--rounds N] [--memory 1g]

Starts a master and two workers of one core each on the loopback, runs both in
turn (A B A B) as whole processes, and prints medians and their ratio. Needs
Java and the `spark` extra.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pyspark

from comparing import BULK_DAY, HERE, measure, python
from scale import DAYS

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "127.0.0.1"
TARGET = 1.2
_PATIENCE = 120
# Master, workers and driver begin on the same cores here: the command gives an answer more time.
_PATIENT = (
    "import sys; from duzhan.cli import main; from duzhan.engines import cluster; "
    f"cluster._ANSWER_SECONDS = {_PATIENCE}; main(sys.argv[1:])"
)


def main() -> None:
    """Measure, and print one line."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("nation")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--memory", default="1g", help="of each worker")
    asked = arguments.parse_args()
    with cluster(asked.memory) as master:
        status = ("--data", asked.nation, "status", "--as-of", BULK_DAY, "--json")
        ours = python("-c", _PATIENT, *status, "--engine", "spark", "--master", master)
        floor = python(str(HERE / "floor_spark.py"), master, asked.nation, *DAYS)
        pairs = [(measure(ours).seconds, measure(floor).seconds) for _ in range(asked.rounds)]
    mine, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"spark: {mine:.1f} s / {bare:.1f} s = {mine / bare:.2f} (target {TARGET})")


@contextmanager
def cluster(memory: str) -> Iterator[str]:
    """A master and two workers, until the block ends; gives the master's address."""
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
        port = _free_port()
        master = f"spark://{HOST}:{port}"
        place = ("--host", HOST, "--port", str(port), "--webui-port", str(_free_port()))
        running.enter_context(_daemon(folder / "master.log", "master.Master", *place))
        _await(folder / "master.log", "I have been elected leader")
        for name in ("one", "two"):
            share = ("--host", HOST, "--cores", "1", "--memory", memory)
            at = ("--webui-port", str(_free_port()), "-d", str(folder / name), master)
            running.enter_context(_daemon(folder / f"{name}.log", "worker.Worker", *share, *at))
            _await(folder / f"{name}.log", "Successfully registered")
        yield master


@contextmanager
def _daemon(log: Path, kind: str, *words: str) -> Iterator[None]:
    script = Path(pyspark.__file__).parent / "bin" / "spark-class"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [
                shutil.which("bash") or "bash",
                str(script),
                f"org.apache.spark.deploy.{kind}",
                *words,
            ],
            env={**os.environ, "SPARK_LOCAL_IP": HOST},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _await(log: Path, words: str) -> None:
    until = time.monotonic() + _PATIENCE
    while words not in log.read_text("utf-8", "replace"):
        if time.monotonic() > until:
            raise SystemExit(f"no “{words}” in {log.name}:\n{log.read_text('utf-8', 'replace')}")
        time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
