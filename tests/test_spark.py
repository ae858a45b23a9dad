"""A real cluster on loopback: a master and two workers, one of which is killed at work."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyspark
import pytest

import forked
from conftest import Run, answered, require
from duzhan.campaign.opening import open_dataset
from duzhan.campaign.standing import Campaign
from duzhan.compliance.counting import count_spells
from duzhan.compliance.spells import spells
from duzhan.engines import SPARK, Engine
from duzhan.engines import cluster as cluster_machine
from duzhan.engines.machines import start
from small import Calls, Said, command
from test_engines import DATASETS, at_rest, dataset_of, dirty_dataset

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOPBACK = "127.0.0.1"
CLASSES = "org.apache.spark.deploy"
# One run starts four virtual machines, on a machine that may be busy.
PATIENCE = 180
# Each lives for seconds: what would make it faster in an hour costs it most of its time.
# The classes are the library's own: each of seven machines would verify thousands of them anew.
SHORT_LIVED = (
    "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"
    " -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"
)
ALL = "DUZHAN_LAWS" in os.environ
ASKED = ("status", "--as-of", "2021-08-20", "--json")


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
            "SPARK_DAEMON_MEMORY": "512m",
            "SPARK_DAEMON_JAVA_OPTS": SHORT_LIVED,
            "SPARK_LAUNCHER_OPTS": SHORT_LIVED,
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

    def tasks(self, worker: str) -> int:
        """How many tasks it has begun."""
        return self.executor_log(worker).count("Running task")

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


@pytest.fixture(autouse=True, scope="module")
def short_lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Sessions begin with the defaults that an office could set as well."""
    folder = tmp_path_factory.mktemp("conf")
    lines = [f"spark.{who}.extraJavaOptions {SHORT_LIVED}\n" for who in ("driver", "executor")]
    # Who was killed does not come back, however long one waits between asking again.
    lines.append("spark.shuffle.io.retryWait 200ms\n")
    (folder / "spark-defaults.conf").write_text("".join(lines))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_CONF_DIR", str(folder))
        patch.setenv("SPARK_LAUNCHER_OPTS", SHORT_LIVED)
        yield


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


def answered_here(folder: Path, capfd: pytest.CaptureFixture[str]) -> tuple[Calls, Path, Said]:
    """A dataset in files, the same at rest, and what one machine says of it."""
    in_files = Calls(dirty_dataset(folder / "ds"), capfd)
    rested = at_rest(in_files.folder)
    return in_files, rested, in_files.done(*ASKED)


def killed_at_work(cluster: Cluster, worker: str, tasks: int, answered: threading.Event) -> bool:
    """Kill a worker as soon as it begins another task; whether the answer was still to come."""
    until = time.monotonic() + PATIENCE
    while cluster.tasks(worker) == tasks:
        assert not answered.is_set()
        assert time.monotonic() < until
        time.sleep(0.02)
    cluster.kill(worker)
    return not answered.is_set()


def test_a_cluster_counts_as_one_machine_does_and_a_worker_killed_at_work_costs_no_figure(
    cluster: Cluster,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, rested, want = answered_here(tmp_path, capfd)
    # A master, two workers and the driver start on the cores that test it.
    monkeypatch.setattr(cluster_machine, "_ANSWER_SECONDS", PATIENCE)
    with start(Engine(SPARK, cluster.address)) as machine, ThreadPoolExecutor(1) as pool:
        # DuckDB counts every dataset; here it is the cluster that is tried.
        for name in DATASETS if ALL else ("messy-2",):
            dataset = open_dataset(dataset_of(name, tmp_path / f"of-{name}"))
            days = [dataset.rules.start, *sorted(m.deadline for m in dataset.rules.milestones)]
            days = days if ALL else days[:: len(days) - 1]
            ledger = Campaign(dataset, days[0]).ledger
            told = spells(ledger.facts).counted
            expected = count_spells(told, days, range(8), days)
            assert any(counts.total for counts in expected.counts[days[-1]])
            assert count_spells(machine.table(told), days, range(8), days) == expected
        assert cluster.tasks("one")
        assert cluster.tasks("two")

        # The command finds the session begun: another one would start as many machines again.
        monkeypatch.setattr(cluster_machine, "connect", lambda _: nullcontext(machine))
        answered = threading.Event()
        killing = pool.submit(killed_at_work, cluster, "two", cluster.tasks("two"), answered)
        said = Calls(rested, capfd)(*ASKED, "--engine", SPARK, "--master", cluster.address)
        answered.set()
        assert killing.result()

    assert said == want
    assert capfd.readouterr() == ("", "")
    wait_for("Telling app of lost worker", cluster.log("master"))


@pytest.mark.skipif(not ALL, reason="one more virtual machine")
def test_spark_connect_counts_as_one_machine_does(
    cluster: Cluster, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    in_files, rested, want = answered_here(tmp_path, capfd)
    port = free_port()
    settings = {
        "spark.connect.grpc.binding.address": LOOPBACK,
        "spark.connect.grpc.binding.port": str(port),
        "spark.ui.enabled": "false",
    }
    words = [word for key, value in settings.items() for word in ("--conf", f"{key}={value}")]
    server = "org.apache.spark.sql.connect.service.SparkConnectServer"
    place = ("--master", "local[1]", "--class", server, *words, "spark-internal")
    cluster.run("connect", f"{CLASSES}.SparkSubmit", *place)
    wait_for("Spark Connect server started", cluster.log("connect"))
    asked = ("--engine", SPARK, "--master", f"sc://{LOOPBACK}:{port}")

    for call in (in_files, Calls(rested, capfd)):
        said = subprocess.run(
            command(call.folder, *ASKED, *asked),
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )
        assert (said.returncode, said.stdout, said.stderr) == (0, want.out, want.err)


# ---------------------------------------------------------------- addresses


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        listener.listen()
        port: int = listener.getsockname()[1]
        yield port


def status_on(data: Path, master: str) -> tuple[str, float]:
    """The one line that a cluster's address earns, and how long it took.

    What is not answered is waited for a tenth as long as by users.
    """
    began = time.monotonic()
    told = ("--data", str(data), "status", "--json", "--engine", SPARK, "--master", master)
    hasty = {f"{cluster_machine.__name__}._ANSWER_SECONDS": cluster_machine._ANSWER_SECONDS / 10}
    said = answered(forked.run(told, data, os.environ, constants=hasty))
    assert (said.returncode, said.stdout) == (1, "")
    lines = [line for line in said.stderr.splitlines() if "不在行动期" not in line]
    assert len(lines) == 1, said.stderr
    return lines[0], time.monotonic() - began


@pytest.mark.parametrize("scheme", ["spark", "sc"])
def test_an_address_where_nothing_listens_is_one_line(scheme: str, dataset: Path) -> None:
    master = f"{scheme}://{LOOPBACK}:{free_port()}"

    line, seconds = status_on(dataset, master)

    assert line.startswith(f"{SPARK} 的地址“{master}”连不上（")
    assert seconds < 30


@pytest.mark.parametrize("scheme", ["spark", "sc"])
def test_an_address_that_does_not_answer_is_one_line(
    scheme: str, dataset: Path, silent: int
) -> None:
    if scheme == "spark":
        require("java")
    master = f"{scheme}://{LOOPBACK}:{silent}"

    line, seconds = status_on(dataset, master)

    assert line == f"{SPARK} 的地址“{master}”没有应答，请检查那里运行的是不是 {SPARK}"
    # Most of it is for the engine to begin, on a machine that has nothing else to do.
    assert seconds < 20 * max(1, os.getloadavg()[0])


def test_a_machine_without_java_is_told_so(dataset: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for name in ("bash", "dirname", "cat", "ps", "uname"):
        if found := shutil.which(name):
            (tmp_path / "bin" / name).symlink_to(found)
    env = {"PATH": str(tmp_path / "bin"), "JAVA_HOME": ""}

    said = run("--data", dataset, "status", "--engine", SPARK, "--as-of", "2021-06-01", env=env)

    assert said.returncode == 1
    assert said.stderr == f"{SPARK} 引擎要用 Java 17 以上，请先安装 Java，或设好 JAVA_HOME\n"


@pytest.mark.parametrize("master", ["7077", "http://h:1", "spark://", "spark://h:x"])
def test_what_is_no_address_is_wrong_usage(
    master: str, dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("status", "--as-of", "2021-06-01", "--engine", SPARK, "--master", master)

    said = Calls(dataset, capsys)(*asked)

    words = f"--master 的“{master}”不认识，应为 spark://主机:端口 或 sc://主机:端口\n"
    assert said == (2, "", words)
