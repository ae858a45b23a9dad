"""What a comparison is, and how a process is measured."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
HERE = Path(__file__).resolve().parent
PYTHON = sys.executable
DUZHAN = str(Path(sys.executable).with_name("duzhan"))
SAMPLE_DAY, BULK_DAY = "2021-06-25", "2021-08-31"
SAMPLE_WEEK, BULK_WEEK = "2021-W25", "2021-W34"
FORMS = ("md", "html", "docx", "txt", "json")
SIZES = (10_000, 100_000, 1_000_000)
BIG = 1_000_000
COMPLETION = {
    "_DUZHAN_COMPLETE": "zsh_complete",
    "COMP_WORDS": "duzhan status --county ",
    "COMP_CWORD": "3",
}


class Run(NamedTuple):
    """What one process took."""

    seconds: float
    mebibytes: float


@dataclass(frozen=True)
class Command:
    """A process to measure, with what it needs in its environment and its exit code."""

    words: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    ends: int = 0


@dataclass(frozen=True)
class Comparison:
    """One of our commands beside the least that could do the same.

    Attributes:
        name: what the table says.
        ours: our command.
        floor: the bare one.
        slower: how many times the floor's time it may take; None for any.
        bigger: how many times the floor's memory it may take; None for any.
        most: how many mebibytes it may take, whatever the floor does; None for any.
        repeats: runs of each, unless the user asks for another number.
        rows: how many issues it reads, where it is one of a series of sizes.
        floor_rows: how many the floor reads, where it could not finish as many; the ratio of
            times is then that of times a row.
        before: makes ready for each run of ours, unmeasured.
    """

    name: str
    ours: Command
    floor: Command
    slower: float | None = None
    bigger: float | None = None
    repeats: int = 5
    rows: int = 0
    floor_rows: int = 0
    before: Command | None = None
    most: float | None = None


class Plan(NamedTuple):
    """What the user asked for."""

    sizes: tuple[int, ...]
    repeats: int | None
    folder: Path
    nations: tuple[int, ...] = ()


def python(*words: str) -> Command:
    """A Python program, in this environment."""
    return Command((PYTHON, *words))


def duzhan(*words: str, **environment: str) -> Command:
    """One of our commands, at its first look."""
    return Command((DUZHAN, *words), {"DUZHAN_NO_CACHE": "1", **environment})


def again(*words: str) -> Command:
    """One of our commands at its second look; a run that is not counted was the first."""
    return Command((DUZHAN, *words))


class Group(NamedTuple):
    """Comparisons that are made together, and how to write the data that they need."""

    prepare: Callable[[Plan], None]
    comparisons: Callable[[Plan], list[Comparison]]


def measure(command: Command) -> Run:
    """Run a process to its end and say what it took.

    Raises:
        SystemExit: it ended otherwise than it should, so that its time would mean nothing; its
            last words are shown.
    """
    with tempfile.TemporaryFile() as errors:
        actions = [
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_DUP2, errors.fileno(), 2),
        ]
        environment = {**os.environ, **command.environment}
        begin = time.perf_counter()
        pid = os.posix_spawn(command.words[0], command.words, environment, file_actions=actions)
        _, status, usage = os.wait4(pid, 0)
        seconds = time.perf_counter() - begin
        if os.waitstatus_to_exitcode(status) != command.ends:
            errors.seek(0)
            last_words = errors.read().decode(errors="replace")[-2000:]
            raise SystemExit(f"{' '.join(command.words)} failed:\n{last_words}")
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return Run(seconds, usage.ru_maxrss / unit)


def say(text: str) -> None:
    """Tell on stderr how far the benchmark is."""
    print(text, file=sys.stderr, flush=True)
