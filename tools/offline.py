"""Make a folder from which duzhan is installed on a machine without a network.

    .venv/bin/python tools/offline.py FOLDER [--only linux-x86_64-cp312]… [--extra charts]…

It holds the wheel of this checkout, the wheels that uv.lock pins, for CPython 3.11 to 3.13 on
Linux (x86-64 and aarch64, glibc 2.28 and later) and Windows (x86-64), one list with hashes for
each of them, and an installer for each system. See docs/offline.md.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

HERE = Path(__file__).resolve().parent.parent
WHEELS, LISTS = "wheels", "lists"
# Oldest first: numpy and pyarrow are built for glibc 2.28, others for older ones.
_GLIBC = ("manylinux2014", "manylinux_2_17", "manylinux_2_24", "manylinux_2_26", "manylinux_2_27",
          "manylinux_2_28")  # fmt: skip


@dataclass(frozen=True)
class Target:
    """A system that somebody installs on.

    Attributes:
        system: linux or windows.
        machine: as `platform.machine()` says it there.
        python: such as 3.12.
    """

    system: str
    machine: str
    python: str

    @property
    def name(self) -> str:
        """Such as linux-x86_64-cp312."""
        return f"{self.system}-{self.machine.lower()}-cp{self.python.replace('.', '')}"

    @property
    def platforms(self) -> tuple[str, ...]:
        """The names that wheels give to it."""
        if self.system == "windows":
            return ("win_amd64",)
        return tuple(f"{libc}_{self.machine}" for libc in _GLIBC)

    @property
    def environment(self) -> dict[str, str]:
        """What conditions of requirements ask for there, not here."""
        windows = self.system == "windows"
        return {
            "sys_platform": "win32" if windows else "linux",
            "platform_system": "Windows" if windows else "Linux",
            "os_name": "nt" if windows else "posix",
            "platform_machine": self.machine,
            "python_version": self.python,
            "python_full_version": f"{self.python}.0",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
        }


TARGETS = tuple(
    Target(system, machine, python)
    for system, machine in (("linux", "x86_64"), ("linux", "aarch64"), ("windows", "AMD64"))
    for python in ("3.11", "3.12", "3.13")
)


def main() -> None:
    """Make the folder that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    names = [target.name for target in TARGETS]
    parser.add_argument("--only", action="append", choices=names, help="one system alone")
    parser.add_argument("--extra", action="append", default=[], help="such as charts or duckdb")
    told = parser.parse_args()
    make(told.folder, [t for t in TARGETS if not told.only or t.name in told.only], told.extra)


def make(folder: Path, targets: list[Target], extras: list[str]) -> None:
    """Fill the folder.

    Args:
        folder: made if it is not there.
        targets: whom it is for.
        extras: of the package.
    """
    wheels, lists = folder / WHEELS, folder / LISTS
    for place in (wheels, lists):
        place.mkdir(parents=True, exist_ok=True)
    for old in wheels.glob("duzhan-*.whl"):
        old.unlink()
    _run(_uv(), "build", "--quiet", "--wheel", "--out-dir", str(wheels), cwd=HERE)
    (wheels / ".gitignore").unlink(missing_ok=True)
    (own,) = wheels.glob("duzhan-*.whl")
    pinned = requirements(extras)
    for target in targets:
        wanted = [
            line
            for line, requirement in pinned
            if requirement.marker is None or requirement.marker.evaluate(target.environment)
        ]
        digest = hashlib.sha256(own.read_bytes()).hexdigest()
        version = own.name.split("-")[1]
        ours = f"duzhan=={version} --hash=sha256:{digest}"
        theirs = lists / f"{target.name}.txt"
        theirs.write_text("\n".join(map(_bare, wanted)) + "\n", "utf-8")
        _download(target, theirs, wheels)
        theirs.write_text("\n".join([*map(_bare, wanted), ours]) + "\n", "utf-8")
        print(f"{target.name}: {len(wanted) + 1}")
    for name in ("install-linux.sh", "install-windows.cmd"):
        shutil.copy2(HERE / "tools" / "offline" / name, folder / name)


def requirements(extras: list[str]) -> list[tuple[str, Requirement]]:
    """The lines that uv.lock pins, each with its hashes, and what each asks for."""
    asked = [part for extra in extras for part in ("--extra", extra)]
    told = _run(
        *(_uv(), "export", "--quiet", "--locked", "--no-dev", "--no-emit-project", "--no-header"),
        *("--no-annotate", "--format", "requirements-txt", *asked),
        cwd=HERE,
    )
    lines = told.replace("\\\n", " ").splitlines()
    return [
        (line, Requirement(line.partition(" --hash")[0])) for line in map(str.strip, lines) if line
    ]


def _bare(line: str) -> str:
    """A line without its condition, which has been looked at for the system."""
    return re.sub(r"\s*;.*?(?=\s--hash|$)", "", line)


def _download(target: Target, wanted: Path, wheels: Path) -> None:
    platforms = [part for name in target.platforms for part in ("--platform", name)]
    _run(
        *(*_pip(), "download", "--quiet", "--no-deps", "--only-binary=:all:"),
        *("--implementation", "cp", "--python-version", target.python, *platforms),
        *("--require-hashes", "--dest", str(wheels), "--requirement", str(wanted)),
    )


def _uv() -> str:
    beside = Path(sys.executable).with_name("uv")
    found = str(beside) if beside.exists() else shutil.which("uv")
    if found is None:
        raise SystemExit("uv is missing: pip install uv")
    return found


def _pip() -> tuple[str, ...]:
    here = (sys.executable, "-m", "pip")
    asked = subprocess.run([*here, "--version"], capture_output=True, check=False)  # noqa: S603
    if asked.returncode == 0:
        return here
    return (_uv(), "run", "--no-project", "--with", "pip", "python", "-m", "pip")


def _run(*command: str, cwd: Path | None = None) -> str:
    done = subprocess.run(  # noqa: S603 - uv and pip, found above
        command, cwd=cwd, check=False, text=True, capture_output=True
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:6])} …\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
