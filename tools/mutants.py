"""Change the rules one at a time, in a copy, and see that a test fails each time.

Usage: python tools/mutants.py [--passed] [WORD ...]

`mutants.toml` lists the changes: a rule (its clause of SPEC), the module, the text there,
what stands there instead, and the tests that must fail. With words, only mutants whose rule
or module contains one of them. Exit 1 if a mutant survives, or if a text does not stand in
its module exactly once: then the table is out of date. `--passed` says that the whole suite
has just passed, so that the tests need not be run without any mutant first.
"""

from __future__ import annotations

import compileall
import importlib
import os
import shutil
import sys
import tempfile
import time
import tomllib
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parent.parent
TABLE = Path(__file__).with_name("mutants.toml")
COPIED = ("src", "tests", "data", "templates", "schemas", "pyproject.toml")
AT_ONCE = 2
LIBRARIES = ("jinja2", "narwhals", "numpy", "pyarrow.compute", "pyarrow.csv", "pydantic", "yaml")

# How pytest ends; and a process in which it could not even begin.
PASSED, FAILED, BROKEN = 0, 1, 99
PASSED_ALREADY = "--passed"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change of one rule.

    Attributes:
        rule: what the rule says, with its clause.
        module: where it is written, such as ``duzhan.weeks``.
        old: its text there.
        new: what stands there instead.
        tests: files and tests as pytest names them, below ``tests/``; one must fail.
    """

    rule: str
    module: str
    old: str
    new: str
    tests: tuple[str, ...]

    @property
    def file(self) -> str:
        """The module's file, below the repository."""
        return f"src/{self.module.replace('.', '/')}.py"


def table() -> list[Mutant]:
    """The mutants of `mutants.toml`."""
    entries = tomllib.loads(TABLE.read_text("utf-8"))["mutant"]
    return [Mutant(**{**entry, "tests": tuple(entry["tests"])}) for entry in entries]


def out_of_date(mutants: Sequence[Mutant]) -> Iterator[str]:
    """What of the table does not fit the modules, and where a text stands now."""
    modules = {p.relative_to(ROOT).as_posix(): p for p in ROOT.glob("src/**/*.py")}
    texts = {name: path.read_text("utf-8") for name, path in modules.items()}
    for mutant in mutants:
        times = texts.get(mutant.file, "").count(mutant.old)
        if times != 1:
            elsewhere = [name for name, text in texts.items() if mutant.old in text]
            yield f"{mutant.module}: {times} times in the module, see {elsewhere}:\n{mutant.old}"


# ---------------------------------------------------------------- running


def copied(folder: Path) -> Path:
    """A copy of what tests need, compiled."""
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name)
        else:
            shutil.copy2(ROOT / name, folder / name)
    # Each child would compile the whole program anew where Python may not keep what it compiles.
    compileall.compile_dir(folder / "src", quiet=1)
    return folder


def test(folder: Path, tests: Sequence[str]) -> int:
    """Run tests of a copy in this process, which has not loaded the program yet."""
    # The same examples each time, or a mutant would survive now and then.
    # The first that fails is enough: nobody reads the smallest.
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile("mutants", derandomize=True, database=None, phases=phases)
    hypothesis.settings.load_profile("mutants")
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(folder / "src"))
    os.environ["PYTHONPATH"] = str(folder / "src")
    os.chdir(folder)
    # `hypothesis` is loaded before pytest is: nothing of it needs pytest's help.
    quiet = ("-W", "ignore::pytest.PytestAssertRewriteWarning")
    options = ("-x", "-q", "-p", "no:cacheprovider", "--tb=short", *quiet)
    return int(pytest.main([*options, *(f"tests/{name}" for name in tests)]))


class Bench:
    """A copy to change, for one mutant at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = copied(folder / "copy")
        self._log = folder / "log"

    def begin(self, tests: Sequence[str], mutant: Mutant | None = None) -> int:
        """Change the copy, if there is a mutant, and start the tests; give their process."""
        if mutant:
            changed = (ROOT / mutant.file).read_text("utf-8").replace(mutant.old, mutant.new)
            compile(changed, mutant.file, "exec")
            (self._folder / mutant.file).write_text(changed, "utf-8")
        child = os.fork()
        if not child:
            log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(log, 1)
            os.dup2(log, 2)
            code = BROKEN
            try:
                code = test(self._folder, tests)
            finally:
                if code == BROKEN:
                    traceback.print_exc()
                sys.stdout.flush()
                os._exit(code)
        return child

    def end(self, mutant: Mutant | None = None) -> str:
        """Mend the copy; give what the tests printed."""
        if mutant:
            shutil.copy2(ROOT / mutant.file, self._folder / mutant.file)
        return self._log.read_text("utf-8")


def load_libraries() -> None:
    """Load what every child needs and no mutant changes, so that each starts in no time."""
    for name in LIBRARIES:
        importlib.import_module(name)


def survivors(benches: Sequence[Bench], mutants: Sequence[Mutant]) -> Iterator[tuple[Mutant, str]]:
    """Run the mutants, some at once; give those that no test kills, and what was printed."""
    waiting, idle = list(mutants)[::-1], list(benches)
    busy: dict[int, tuple[Bench, Mutant]] = {}
    while waiting or busy:
        while waiting and idle:
            bench, mutant = idle.pop(), waiting.pop()
            busy[bench.begin(mutant.tests, mutant)] = bench, mutant
        child, status = os.wait()
        bench, mutant = busy.pop(child)
        idle.append(bench)
        printed = bench.end(mutant)
        if os.waitstatus_to_exitcode(status) != FAILED:
            yield mutant, printed


def passes(bench: Bench, mutants: Sequence[Mutant]) -> bool:
    """Whether the tests pass without any mutant: such as fail anyway would prove nothing."""
    every = list(dict.fromkeys(name for mutant in mutants for name in mutant.tests))
    _, status = os.waitpid(bench.begin(every), 0)
    return os.waitstatus_to_exitcode(status) == PASSED


def main(arguments: Sequence[str]) -> int:
    """Run the mutants that the words choose."""
    words = [word for word in arguments if word != PASSED_ALREADY]
    chosen = [m for m in table() if not words or any(w in m.rule + m.module for w in words)]
    if old := list(out_of_date(chosen)):
        print("mutants.toml is out of date:", *old, sep="\n")
        return 1
    begun = time.monotonic()
    load_libraries()
    with tempfile.TemporaryDirectory() as scratch:
        benches = [Bench(Path(scratch) / str(number)) for number in range(AT_ONCE)]
        if PASSED_ALREADY not in arguments and not passes(benches[0], chosen):
            print("without any mutant the tests fail:", benches[0].end(), sep="\n")
            return 1
        alive = 0
        for mutant, printed in survivors(benches, chosen):
            alive += 1
            print(f"SURVIVES: {mutant.rule}\n{mutant.module}: {mutant.new}\n{printed[-2000:]}")
    print(f"{len(chosen)} mutants, {alive} survive; {time.monotonic() - begun:.0f} s")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
