"""Runs commands in processes forked from one that has loaded the program already.

Each is a process of its own, with its own folder, environment and output; but most of a short
command's time goes into loading modules, and a suite of hundreds need not pay for it each time.
"""

from __future__ import annotations

import multiprocessing
import os
import pkgutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import duzhan
from duzhan.cli import main

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MODULES = [found.name for found in pkgutil.walk_packages(duzhan.__path__, "duzhan.")]
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload([name for name in _MODULES if not name.endswith(".__main__")])


def _command(
    arguments: Sequence[str], folder: str, environment: Mapping[str, str], output: Sequence[str]
) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, path in zip((1, 2), output, strict=True):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), number)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False, buffering=1)
    main(arguments)


def run(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run one command.

    Args:
        arguments: what stands behind `duzhan`.
        folder: the current folder.
        environment: all variables; what Python itself reads from them at its start is not obeyed.
        timeout: seconds that it may take.

    Raises:
        subprocess.TimeoutExpired: it took longer, and was killed.
    """
    with tempfile.TemporaryDirectory() as scratch:
        output = [Path(scratch) / "stdout", Path(scratch) / "stderr"]
        process = _CONTEXT.Process(
            target=_command,
            args=(list(arguments), str(folder), dict(environment), list(map(str, output))),
        )
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(list(arguments), timeout)
        code = process.exitcode
        process.close()
        out, err = (path.read_bytes().decode() if path.exists() else "" for path in output)
        return subprocess.CompletedProcess(list(arguments), code, out, err)
