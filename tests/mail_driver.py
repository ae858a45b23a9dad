"""Kills senders at a chosen call to the system; see `fault_driver` and `forked.call`.

For each point in turn (or some of them), a copy of the dataset START in SCRATCH
gets a sender that dies there, then one that does not, then one that resends what
is unknown. Each copy sends from an address of its own, or to robots of its own, so that
a server can tell them apart. The exit codes of each are in `ends.json`; the last first code
is no death.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import socket
from typing import TYPE_CHECKING, Any

from fault_driver import NOWHERE, Death, end_of, load_everything, points, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fault_driver import Point


class DeathOnTheLine(Death):
    """Kills also before and after each piece of the conversation, and half-way through it."""

    def __init__(self, at: Point) -> None:
        super().__init__(at)
        for name in ("sendall", "recv_into"):
            setattr(socket.socket, name, self._deadly_on(getattr(socket.socket, name)))

    def _deadly_on(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(line: socket.socket, data: Any, *more: Any) -> Any:  # noqa: ANN401
            said = bytes(data[:4]) if real.__name__ == "sendall" else b""
            what = f"{real.__name__} {said!r}"
            self._point(what)
            if said:
                if self._comes(f"{what} half-way"):
                    real(line, data[: len(data) // 2])
                self._point(f"{what} half-way")
            done = real(line, data, *more)
            self._point(f"{what}, done")
            return done

        return call


def start(folder: Path, arguments: tuple[str, ...], die_at: Point | None = None) -> int:
    """Fork a sender; give its process's id."""
    child = os.fork()
    if not child:
        os.environ["DUZHAN_MAIL_FROM"] = f"copy-{folder.name}@example.cn"
        for name in ("ROBOT_W", "ROBOT_D", "ROBOT_G"):
            os.environ[name] = f"{os.environ.get(name, '')}-{folder.name}"
        run(folder, arguments, None if die_at is None else DeathOnTheLine(die_at))
    return child


def kill(scratch: Path, template: Path, command: tuple[str, ...], every: int) -> list[list[int]]:
    """Kill at point after point, and at none the last time; see `points` of fault_driver.

    What a server says comes in more pieces one time and in fewer another: a late point may not
    come, and its sender gets through. Where the next sender is in no doubt, only every sixth
    copy is asked to resend.
    """
    settling = ((*command, "--resend-unknown"), command)
    undisturbed = scratch / "none"
    shutil.copytree(template, undisturbed)
    end_of(start(undisturbed, command, NOWHERE))
    ends: list[list[int]] = []
    for point in (*points(undisturbed.with_suffix(".points"), every), None):
        folder = scratch / f"{len(ends) + 1:04}"
        shutil.copytree(template, folder)
        ends.append([end_of(start(folder, command, point))])
        ends[-1].append(end_of(start(folder, command)))
        if point is None or ends[-1][1] != 0 or len(ends) % 6 == 0:
            ends[-1] += [end_of(start(folder, following)) for following in settling]
    return ends


def drive(scratch: Path, template: Path, how: str, variables: dict[str, str], every: int) -> None:
    """Kill ``overdue HOW`` with these variables of the environment."""
    os.environ.clear()
    os.environ.update(variables)
    # A killed process loses nothing that it handed to the system; see fault_driver.
    setattr(os, "fsync", lambda _handle: None)  # noqa: B010
    command = ("overdue", how)
    load_everything(scratch, template, (*command, "--dry-run", "--eml-dir", str(scratch / "eml")))
    gc.collect()
    gc.freeze()
    ends = kill(scratch, template, command, every)
    (scratch / "ends.json").write_text(json.dumps(ends), "utf-8")
