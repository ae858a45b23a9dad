"""Mail a thousand groups their lists beside a bare smtplib loop that sends the same bytes.

    python benchmarks/mail.py [--groups N] [--rounds N]

Both send to the same server, a process of its own on the loopback, in turn
(A B A B); ours keeps its record on the disk meanwhile. Prints mails a second of
each, medians, and their ratio. Deciding and writing the mails is told apart.
"""

from __future__ import annotations

import argparse
import os
import shutil
import smtplib
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from duzhan.cli import main
from duzhan.deliver import run as mail_run
from duzhan.register.create import create

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duzhan.deliver.delivery import Mail, Result

ROOT = Path(__file__).resolve().parent.parent
SERVER = ROOT / "tests" / "mail_server.py"
DAY = "2021-07-02"
TARGET = 0.8

_GROUP = """\
  - id: g{number:04}
    name: 第{number:04}县督战组
    clause: 四
    county: {{code: "{code}", name: 第{number:04}县}}
    members: 挂包业务指导组成员
    recipients: [g{number:04}@example.cn]
"""
_HEADER = "编号,问题描述,地点,责任单位,发现日期,整改期限\n"


def dataset(folder: Path, groups: int) -> Path:
    """Make a dataset of so many groups, each with three issues overdue."""
    create(folder, sample=False)
    text = (folder / "groups.yaml").read_text("utf-8")
    head = text.partition("groups:\n")[0]
    body = "".join(_GROUP.format(number=n, code=700_000 + n) for n in range(1, groups + 1))
    (folder / "groups.yaml").write_text(f"{head}groups:\n{body}", "utf-8")
    for number in range(1, groups + 1):
        rows = "".join(
            f"{number}-{n},垃圾清运不及时，桶外散落垃圾,建设路背街小巷,城市管理局,2021-06-01,2021-06-2{n}\n"
            for n in range(1, 4)
        )
        path = folder / "issues" / f"第{number:04}县.csv"
        path.write_text(_HEADER + rows, "utf-8-sig")
    return folder


class Sending(NamedTuple):
    """One run of ours: seconds for all and for the sending, and what was sent."""

    whole: float
    sending: float
    mails: Sequence[Mail]
    connections: int


@contextmanager
def server(folder: Path) -> Iterator[int]:
    """A server that takes everything; gives its port."""
    folder.mkdir()
    with subprocess.Popen(
        [sys.executable, SERVER, folder, "{}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        if process.stdout is None:
            raise RuntimeError("the server has no output")
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def ours(folder: Path, port: int) -> Sending:
    """Run `duzhan overdue --email` in this process, and time its sending."""
    real = mail_run.deliver
    told: list[Sending] = []

    def timed(mails: Sequence[Mail], *rest: object) -> list[Result]:
        begun = time.perf_counter()
        results = real(mails, *rest)  # type: ignore[arg-type]
        told.append(Sending(0, time.perf_counter() - begun, mails, 0))
        return results

    os.environ |= {
        "DUZHAN_SMTP_URL": f"smtp://127.0.0.1:{port}",
        "DUZHAN_MAIL_FROM": "duzhan@example.cn",
        "DUZHAN_TODAY": DAY,
    }
    mail_run.deliver = timed  # type: ignore[assignment]
    begun = time.perf_counter()
    try:
        with redirect_stdout(StringIO()):
            main(["--data", str(folder), "overdue", "--email"])
    except SystemExit as end:
        if end.code:
            raise RuntimeError(f"exit code {end.code}") from None
    finally:
        mail_run.deliver = real
    return told[0]._replace(whole=time.perf_counter() - begun)


def bare(port: int, mails: Sequence[Mail]) -> float:
    """Send the same bytes to the same recipients in a loop; give the seconds."""
    begun = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port, "localhost") as smtp:
        for mail in mails:
            smtp.sendmail("duzhan@example.cn", mail.due.recipients, mail.content)
    return time.perf_counter() - begun


def compare(groups: int, rounds: int, where: Path) -> tuple[list[float], list[float], list[float]]:
    """Mails a second: the bare loop's, ours while sending, ours all in all.

    Args:
        groups: how many mails.
        rounds: how often.
        where: the folder for dataset and record; its disk is part of what is measured.
    """
    loop, sending, whole = [], [], []
    scratch = Path(tempfile.mkdtemp(prefix="duzhan-mail-", dir=where))
    try:
        template = dataset(scratch / "template", groups)
        with server(scratch / "post") as port:
            for number in range(rounds):
                folder = scratch / f"{number}"
                shutil.copytree(template, folder)
                made = ours(folder, port)
                sending.append(groups / made.sending)
                whole.append(groups / made.whole)
                loop.append(groups / bare(port, made.mails))
    finally:
        shutil.rmtree(scratch)
    return loop, sending, whole


def report() -> int:
    """Print the comparison; 1 if the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groups", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scratch", type=Path, default=ROOT.parent, help="where the record lies")
    asked = parser.parse_args()
    loop, sending, whole = compare(asked.groups, asked.rounds, asked.scratch)
    rows = (("bare smtplib loop", loop), ("duzhan, sending", sending), ("duzhan, whole run", whole))
    for name, rates in rows:
        spread = f"{min(rates):.0f}-{max(rates):.0f}"
        print(f"{name:20} {statistics.median(rates):7.0f} mails/s   ({spread})")
    # Each run beside its own neighbour in time: whatever else the machine does hits both.
    ratio = statistics.median(ours / theirs for ours, theirs in zip(sending, loop, strict=True))
    print(f"sending / bare loop  {ratio:7.2f}   target {TARGET}")
    return 0 if ratio >= TARGET else 1


if __name__ == "__main__":
    sys.exit(report())
