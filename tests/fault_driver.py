"""Runs commands in processes that die at a chosen call to the system; a program of its own.

    python fault_driver.py kill SCRATCH START COMMANDS
    python fault_driver.py together SCRATCH START COMMANDS

Processes are forked from one that has loaded the program already, so that
hundreds of them take seconds. SCRATCH gets one folder a process, a copy of the
dataset START, in which it works. COMMANDS is JSON.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from duzhan.cli import main
from duzhan.errors import INTERNAL_FAULT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# What a writer asks of the system; Python's files and paths go through these as well.
CALLS = (
    *("open", "write", "fsync", "replace", "rename", "unlink", "ftruncate"),
    *("fchmod", "fchown", "chmod", "mkdir"),
)


class Death:
    """Kills this process at the n-th point: before a call, or half-way in a write."""

    def __init__(self, at: int) -> None:
        self._left = at
        self._reals: dict[str, Callable[..., Any]] = {name: getattr(os, name) for name in CALLS}
        for name in CALLS:
            setattr(os, name, self._deadly(name))

    def _point(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def _deadly(self, name: str) -> Callable[..., Any]:
        real = self._reals[name]

        def call(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - whatever os takes
            if name == "open" and not arguments[1] & (os.O_WRONLY | os.O_RDWR):
                return real(*arguments, **options)
            self._point()
            if name == "write" and len(arguments[1]) > 1:
                if self._left == 1:
                    real(arguments[0], arguments[1][: len(arguments[1]) // 2])
                self._point()
            return real(*arguments, **options)

        return call


def start(folder: Path, arguments: Sequence[str], die_at: int = 0) -> int:
    """Fork a process that runs one command; give its id."""
    child = os.fork()
    if not child:
        run(folder, arguments, die_at)
    return child


def run(folder: Path, arguments: Sequence[str], die_at: int) -> NoReturn:
    """Run one command as a process of its own would."""
    output = os.open(folder.with_suffix(".out"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.chdir(folder)
    if die_at:
        Death(die_at)
    code = 1
    try:
        main(["--data", str(folder), *arguments])
    except SystemExit as end:
        code = int(str(end.code or 0))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def end_of(child: int) -> int:
    """Wait for a process; give its exit code, negative for a signal.

    Raises:
        AssertionError: a fault of the program itself; the process's .out file tells more.
    """
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code != INTERNAL_FAULT
    return code


def load_everything(scratch: Path, template: Path, arguments: Sequence[str]) -> None:
    """Run a command in this process, so that those forked from it need not load the program."""
    folder = scratch / "loading"
    shutil.copytree(template, folder)
    os.chdir(folder)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
        main(["--data", str(folder), *arguments])


def kill(scratch: Path, template: Path, commands: Sequence[Sequence[str]]) -> list[list[int]]:
    """Kill the first command at every point in turn; run the others after it, whole.

    With DUZHAN_KILL_EVERY at every n-th point, from the first one on.
    """
    every = int(os.environ.get("DUZHAN_KILL_EVERY", "1"))
    ends: list[list[int]] = []
    while True:
        folder = scratch / f"{len(ends) + 1:03}"
        shutil.copytree(template, folder)
        ends.append([end_of(start(folder, commands[0], len(ends) * every + 1))])
        ends[-1] += [end_of(start(folder, command)) for command in commands[1:]]
        if ends[-1][0] != -signal.SIGKILL:
            return ends


def together(scratch: Path, template: Path, rounds: Sequence[Sequence[Sequence[str]]]) -> list[int]:
    """Run the commands of each round at once, round after round, on one dataset."""
    folder = scratch / "001"
    shutil.copytree(template, folder)
    ends = []
    for commands in rounds:
        children = [start(folder, command) for command in commands]
        ends += [end_of(child) for child in children]
    return ends


if __name__ == "__main__":
    what, scratch, template = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    commands = json.loads(sys.argv[4])
    # A killed process loses nothing that it handed to the system; only a power
    # failure would. Waiting for the disk some thousand times proves nothing here.
    setattr(os, "fsync", lambda _handle: None)  # noqa: B010
    load_everything(scratch, template, commands[0] if what == "kill" else commands[0][0])
    act = {"kill": kill, "together": together}[what]
    sys.stdout.write(json.dumps(act(scratch, template, commands)))
