"""Runs commands in processes that die at a chosen call to the system.

Processes are forked from one that has loaded the program already, so that
hundreds of them take seconds; see `forked.call`. SCRATCH gets one folder a process,
a copy of the dataset START, in which it works, and the answer in `ends.json`.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import re
import shutil
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from duzhan.cli import main
from duzhan.errors import INTERNAL_FAULT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

# What a writer asks of the system; Python's files and paths go through these as well.
CALLS = (
    *("open", "write", "fsync", "replace", "rename", "unlink", "ftruncate"),
    *("fchmod", "fchown", "chmod", "mkdir"),
)


# What is done there, and how often it was done before: what a process does beside it, such as
# reading an answer that comes in more pieces, does not move the place.
Point = tuple[str, int]
NOWHERE: Point = ("", 0)


class Death:
    """Kills this process at a point: before a call, or half-way in a write.

    NOWHERE it never does, and only tells of the points.
    """

    def __init__(self, at: Point) -> None:
        self._at = at
        self._done: Counter[str] = Counter()
        self._points: list[str] = []
        self._reals: dict[str, Callable[..., Any]] = {name: getattr(os, name) for name in CALLS}
        for name in CALLS:
            setattr(os, name, self._deadly(name))

    def tell(self, path: Path) -> None:
        """Write what stood at each point."""
        path.write_text(json.dumps(self._points), "utf-8")

    def _comes(self, what: str) -> bool:
        """Whether the death comes the next time that this is done."""
        return self._at == (what, self._done[what])

    def _point(self, what: str) -> None:
        dies = self._comes(what)
        self._points.append(what)
        self._done[what] += 1
        if dies:
            os.kill(os.getpid(), signal.SIGKILL)

    def _deadly(self, name: str) -> Callable[..., Any]:
        real = self._reals[name]

        def call(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - whatever os takes
            if name == "open" and not arguments[1] & (os.O_WRONLY | os.O_RDWR):
                return real(*arguments, **options)
            what = f"{name} {_file(arguments[name in ('replace', 'rename')])}"
            self._point(what)
            if name == "write" and len(arguments[1]) > 1:
                if self._comes(f"{what} half-way"):
                    real(arguments[0], arguments[1][: len(arguments[1]) // 2])
                self._point(f"{what} half-way")
            return real(*arguments, **options)

        return call


def _file(named: int | str | Path) -> str:
    """The name of a file; what is another for each process in it is left out."""
    path = Path(f"/proc/self/fd/{named}").readlink() if isinstance(named, int) else Path(named)
    # The folder that it works in, and the file beside it to which it prints.
    if path.name == Path.cwd().name or path.suffix == ".out":
        return path.suffix
    return re.sub(rf"[0-9a-f]{{8,}}|\b{os.getpid()}\b", "", path.name)


def points(ends: Path, every: int) -> Iterator[Point]:
    """Where to kill, from what an undisturbed process told.

    Args:
        ends: what it wrote.
        every: at every n-th point, and wherever something is done for the first time; but not
            before an `fsync`, which leaves all as it is for what comes next, nor before the
            process's own output is opened.
    """
    known: Counter[str] = Counter()
    for at, what in enumerate(json.loads(ends.read_text("utf-8"))):
        first = what not in known and not what.startswith("fsync")
        if (first or at % every == 0) and (at or every == 1):
            yield what, known[what]
        known[what] += 1


def start(folder: Path, arguments: Sequence[str], die_at: Point | None = None) -> int:
    """Fork a process that runs one command; give its id."""
    child = os.fork()
    if not child:
        run(folder, arguments, None if die_at is None else Death(die_at))
    return child


def run(folder: Path, arguments: Sequence[str], death: Death | None) -> NoReturn:
    """Run one command as a process of its own would."""
    output = os.open(folder.with_suffix(".out"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.chdir(folder)
    code = 1
    try:
        main(["--data", str(folder), *arguments])
    except SystemExit as end:
        code = int(str(end.code or 0))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        if death:
            death.tell(folder.with_suffix(".points"))
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


def left_by(folder: Path) -> frozenset[tuple[str, int, bytes]]:
    """What stands in a folder; names and workbooks that are new each time are no difference."""
    return frozenset(
        (
            re.sub(r"[0-9a-f]{8,}|\d+-", "", str(path.relative_to(folder))),
            path.stat().st_mode,
            path.read_bytes() if path.is_file() and path.suffix != ".xlsx" else b"",
        )
        for path in folder.rglob("*")
    )


def kill(
    scratch: Path, template: Path, commands: Sequence[Sequence[str]], every: int
) -> list[list[int]]:
    """Kill the first command at point after point; run the others after it, whole, on a copy.

    The copy has ``-next`` in its name. The first command is not killed the last time. Unless
    all points are asked for, a death that leaves what another has left is not looked at again.
    """
    undisturbed = scratch / "000"
    shutil.copytree(template, undisturbed)
    end_of(start(undisturbed, commands[0], NOWHERE))
    ends: list[list[int]] = []
    known: set[frozenset[tuple[str, int, bytes]]] = set()
    for point in (*points(undisturbed.with_suffix(".points"), every), None):
        folder = scratch / f"{len(ends) + 1:03}"
        following = scratch / f"{folder.name}-next"
        shutil.copytree(template, folder)
        end = end_of(start(folder, commands[0], point))
        left = left_by(folder)
        if every > 1 and end == -signal.SIGKILL and left in known:
            shutil.rmtree(folder)
            continue
        known.add(left)
        ends.append([end])
        shutil.copytree(folder, following)
        ends[-1] += [end_of(start(following, command)) for command in commands[1:]]
    return ends


def together(
    scratch: Path, template: Path, rounds: Sequence[Sequence[Sequence[str]]], _every: int
) -> list[int]:
    """Run the commands of each round at once, round after round, on one dataset."""
    folder = scratch / "001"
    shutil.copytree(template, folder)
    ends = []
    for commands in rounds:
        children = [start(folder, command) for command in commands]
        ends += [end_of(child) for child in children]
    return ends


def drive(
    what: str,
    scratch: Path,
    template: Path,
    commands: Sequence[Any],
    variables: dict[str, str],
    every: int,
) -> None:
    """Do one of the two, with these variables of the environment.

    `every` is for `kill`: see `points`.
    """
    os.environ.clear()
    os.environ.update(variables)
    # A killed process loses nothing that it handed to the system; only a power
    # failure would. Waiting for the disk some thousand times proves nothing here.
    setattr(os, "fsync", lambda _handle: None)  # noqa: B010
    load_everything(scratch, template, commands[0] if what == "kill" else commands[0][0])
    # Whoever is forked would copy all that is looked through for garbage.
    gc.collect()
    gc.freeze()
    ends = {"kill": kill, "together": together}[what](scratch, template, commands, every)
    (scratch / "ends.json").write_text(json.dumps(ends), "utf-8")
