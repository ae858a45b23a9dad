"""What spares the command line time; a library must not do this to its users."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec

_PANDAS = "pandas"


class _NoneAtFirst(MetaPathFinder):
    """Says once that there is no such library."""

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: object = None
    ) -> ModuleSpec | None:
        if fullname == _PANDAS:
            sys.meta_path.remove(self)
            raise ModuleNotFoundError(fullname, name=fullname)
        return None


def hide_pandas_once() -> None:
    """Let Arrow find no pandas.

    At its first conversion Arrow looks for pandas and, where it is installed,
    imports it: half a second of every command, for nothing. Finding none once,
    it does not look again. No command asks for pandas before that.
    """
    if _PANDAS not in sys.modules and not any(isinstance(f, _NoneAtFirst) for f in sys.meta_path):
        sys.meta_path.insert(0, _NoneAtFirst())
