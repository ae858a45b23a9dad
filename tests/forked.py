"""Runs commands in processes forked from one that has loaded the program already.

Each is a process of its own, with its own folder, environment and output; but most of a short
command's time goes into loading modules, and a suite of hundreds need not pay for it each time.
"""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import os
import pkgutil
import resource
import runpy
import subprocess
import sys
import tempfile
from multiprocessing import forkserver
from pathlib import Path
from typing import TYPE_CHECKING

import duzhan
from duzhan.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

_MODULES = [found.name for found in pkgutil.walk_packages(duzhan.__path__, "duzhan.")]
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [*(name for name in _MODULES if not name.endswith(".__main__")), "warmed"]
)


def _command(
    arguments: Sequence[str],
    folder: str,
    environment: Mapping[str, str],
    output: Sequence[str],
    *,
    file_size: int | None,
    constants: Mapping[str, object],
    entry: Callable[[Sequence[str]], None],
) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, path in zip((1, 2), output, strict=True):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), number)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False, buffering=1)
    if file_size is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
    for name, value in constants.items():
        module, _, constant = name.rpartition(".")
        assert hasattr(sys.modules[module], constant)
        setattr(sys.modules[module], constant, value)
    entry(arguments)


def run(
    arguments: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    timeout: float = 120,
    *,
    file_size: int | None = None,
    constants: Mapping[str, object] | None = None,
    entry: Callable[[Sequence[str]], None] = main,
) -> subprocess.CompletedProcess[str]:
    """Run one command.

    Args:
        arguments: what stands behind `duzhan`.
        folder: the current folder.
        environment: all variables; what Python itself reads from them at its start is not obeyed.
        timeout: seconds that it may take.
        file_size: bytes that it may write to a file; then it says no more than a pipe holds.
        constants: what modules' names stand for in it.
        entry: what takes the arguments, if it is not `duzhan`; of a module beside this one.

    Raises:
        subprocess.TimeoutExpired: it took longer, and was killed; with what it had said.
    """
    with tempfile.TemporaryDirectory() as scratch:
        output = [Path(scratch) / "stdout", Path(scratch) / "stderr"]
        pipes = [] if file_size is None else [_pipe(path) for path in output]
        process = _CONTEXT.Process(
            target=_command,
            args=(list(arguments), str(folder), dict(environment), list(map(str, output))),
            kwargs={
                "file_size": file_size,
                "constants": dict(constants or {}),
                "entry": entry,
            },
        )
        try:
            code = _end(process, list(arguments), timeout)
        except subprocess.TimeoutExpired as error:
            error.output = output[0].read_text("utf-8") if output[0].exists() else ""
            raise
        said = [os.read(pipe, 1 << 16) for pipe in pipes] or [
            path.read_bytes() if path.exists() else b"" for path in output
        ]
        for pipe in pipes:
            os.close(pipe)
        return subprocess.CompletedProcess(list(arguments), code, *(one.decode() for one in said))


def _pipe(path: Path) -> int:
    """A pipe with a name, open for reading: what is no file has no size that could be limited."""
    os.mkfifo(path)
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK)


@functools.cache
def _begin() -> None:
    """Start the process that all are forked from, where it finds what lies beside this module."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(Path(__file__).parent), before)))
    try:
        forkserver.ensure_running()
    finally:
        del os.environ["PYTHONPATH"]
        if before is not None:
            os.environ["PYTHONPATH"] = before


def _end(process: BaseProcess, what: object, timeout: float) -> int:
    _begin()
    process.start()
    process.join(timeout)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise subprocess.TimeoutExpired(str(what), timeout)
    code: int = process.exitcode
    process.close()
    return code


def call(function: Callable[..., object], *arguments: object, timeout: float = 300) -> None:
    """Call a function of a module beside this one in such a process; it must come to its end.

    Raises:
        AssertionError: what it said when it did not.
        subprocess.TimeoutExpired: it took longer, and was killed.
    """
    with tempfile.NamedTemporaryFile() as said:
        process = _CONTEXT.Process(target=_called, args=(said.name, function, *arguments))
        code = _end(process, function, timeout)
        assert code == 0, said.read().decode()


def _called(said: str, function: Callable[..., object], *arguments: object) -> None:
    os.dup2(os.open(said, os.O_WRONLY), 2)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False, buffering=1)
    function(*arguments)


@contextlib.contextmanager
def served(program: Path, *arguments: str | Path) -> Iterator[int]:
    """Run a server, a program of its own, until the block ends; give the port that it prints."""
    _begin()
    ours, theirs = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_serve, args=(theirs, str(program), *map(str, arguments)))
    process.start()
    theirs.close()
    try:
        yield int(os.read(ours.fileno(), 16))
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()


def _serve(told: Connection, *line: str) -> None:
    os.dup2(told.fileno(), 1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.argv = list(line)
    runpy.run_path(line[0], run_name="__main__")
