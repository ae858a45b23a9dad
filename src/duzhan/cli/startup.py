"""What spares the command line time; a library must not do this to its users."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.machinery import ModuleSpec

_PANDAS = "pandas"
_ARROW_TAKES_FROM = "ARROW_DEFAULT_MEMORY_POOL"


class _None:
    """Says that there is no such library; loading `importlib.abc` to say so would take longer."""

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: object = None
    ) -> ModuleSpec | None:
        """Find nothing under any other name either: the next finder is asked."""
        if fullname == _PANDAS:
            raise ModuleNotFoundError(fullname, name=fullname)
        return None


@contextmanager
def without_pandas() -> Iterator[None]:
    """Let Arrow find no pandas while a command runs.

    At its first conversions Arrow looks for pandas in two places of its own and,
    where it is installed, imports it: half a second of every command, for nothing.
    Finding none, it does not look again. No command asks for pandas.
    """
    blind = _None()
    if _PANDAS not in sys.modules:
        sys.meta_path.insert(0, blind)
    try:
        yield
    finally:
        if blind in sys.meta_path:
            sys.meta_path.remove(blind)


@contextmanager
def one_heap() -> Iterator[None]:
    """Let Arrow take its memory where NumPy and Python take theirs, while a command runs.

    A heap of its own keeps what columns leave behind where arrays cannot use it: of a
    million rows a hundred megabytes. Arrow looks at the environment when it is loaded;
    what somebody chose there stays.
    """
    chosen = _ARROW_TAKES_FROM in os.environ
    os.environ.setdefault(_ARROW_TAKES_FROM, "system")
    try:
        yield
    finally:
        if not chosen:
            del os.environ[_ARROW_TAKES_FROM]
