"""A real cluster on loopback: a master and two workers, one of which is killed at work."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyspark
import pytest

from conftest import require
from duzhan.cli.session import Session
from duzhan.compliance.counting import count_spells
from duzhan.compliance.spells import spells
from duzhan.dataset.folder import open_dataset
from duzhan.engines import SPARK, Engine
from duzhan.engines.machines import start
from small import Calls, command
from test_engines import DATASETS, at_rest, dataset_of, dirty_dataset

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOPBACK = "127.0.0.1"
CLASSES = "org.apache.spark.deploy"
# One run starts four virtual machines, on a machine that may be busy.
PATIENCE = 180


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(what: str, log: Path, seconds: float = PATIENCE) -> None:
    """Wait until a log holds some words."""
    until = time.monotonic() + seconds
    while not (log.exists() and what in log.read_text("utf-8", "replace")):
        assert time.monotonic() < until, f"no “{what}” in {log}"
        time.sleep(0.1)


@dataclass
class Cluster:
    """A running master and its workers."""

    folder: Path
    port: int
    processes: dict[str, subprocess.Popen[bytes]]

    @property
    def address(self) -> str:
        return f"spark://{LOOPBACK}:{self.port}"

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def run(self, name: str, *words: str) -> None:
        """Start one of its processes; the script becomes the virtual machine itself."""
        script = Path(pyspark.__file__).parent / "bin" / "spark-class"
        environment = {
            **os.environ,
            "SPARK_LOCAL_IP": LOOPBACK,
            "SPARK_DAEMON_MEMORY": "256m",
            "SPARK_CONF_DIR": str(self.folder / "conf"),
        }
        with self.log(name).open("wb") as log:
            self.processes[name] = subprocess.Popen(
                ["bash", str(script), *words],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def run_worker(self, name: str) -> None:
        wait = ("--host", LOOPBACK, "--cores", "1", "--memory", "1g")
        folder = str(self.folder / name)
        ports = ("--webui-port", str(free_port()))
        self.run(name, f"{CLASSES}.worker.Worker", *wait, *ports, "-d", folder, self.address)

    def executor_log(self, worker: str) -> str:
        """What the worker's processes for applications have said so far."""
        logs = (self.folder / worker).glob("app-*/*/stderr")
        return "".join(log.read_text("utf-8", "replace") for log in sorted(logs))

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()


LOGGING = """
rootLogger.level = info
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %p %c{1}: %m%n
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    require("java", "bash")
    folder = tmp_path_factory.mktemp("cluster")
    (folder / "conf").mkdir()
    (folder / "conf" / "log4j2.properties").write_text(LOGGING)
    cluster = Cluster(folder, free_port(), {})
    place = ("--host", LOOPBACK, "--port", str(cluster.port), "--webui-port", str(free_port()))
    try:
        cluster.run("master", f"{CLASSES}.master.Master", *place)
        wait_for("I have been elected leader", cluster.log("master"))
        for name in ("one", "two"):
            cluster.run_worker(name)
        for name in ("one", "two"):
            wait_for("Successfully registered with master", cluster.log(name))
        yield cluster
    finally:
        for name in list(cluster.processes):
            cluster.kill(name)


def test_a_cluster_counts_every_dataset_as_one_machine_does(
    cluster: Cluster, tmp_path: Path, sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with start(Engine(SPARK, cluster.address)) as machine:
        for name in DATASETS:
            dataset = open_dataset(dataset_of(name, tmp_path / f"of-{name}", sample))
            days = sorted({dataset.rules.start, *(m.deadline for m in dataset.rules.milestones)})
            ledger = Session(dataset, days[0], None).ledger()
            told = spells(ledger.facts).counted
            with start(Engine()) as here:
                want = count_spells(here.table(told), days, range(8))
            assert any(counts.total for counts in want[days[-1]])
            assert count_spells(machine.table(told), days, range(8)) == want

    assert capsys.readouterr().err == ""
    assert "Running task" in cluster.executor_log("one")
    assert "Running task" in cluster.executor_log("two")


def test_a_worker_killed_at_work_costs_time_and_no_figure(
    cluster: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    in_files = Calls(dirty_dataset(tmp_path / "ds"), capsys)
    rested = at_rest(in_files.folder, in_files)
    want = in_files.done("status", "--as-of", "2021-08-20", "--json")
    before = cluster.executor_log("two").count("Running task")
    words = ("status", "--as-of", "2021-08-20", "--json")
    with subprocess.Popen(
        command(rested, *words, "--engine", SPARK, "--master", cluster.address),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        until = time.monotonic() + PATIENCE
        while cluster.executor_log("two").count("Running task") == before:
            assert process.poll() is None, process.stderr and process.stderr.read()
            assert time.monotonic() < until
            time.sleep(0.02)
        cluster.kill("two")
        still_at_work = process.poll() is None
        out, err = process.communicate(timeout=PATIENCE)

    assert still_at_work
    assert (process.returncode, out, err) == (0, want.out, want.err)
    wait_for("Telling app of lost worker", cluster.log("master"))
