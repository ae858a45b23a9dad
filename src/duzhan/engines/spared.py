"""Keeps Arrow from loading a library that it only looks at."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from typing import TYPE_CHECKING

import pyarrow as pa

from duzhan.engines import PANDAS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec


class _None(MetaPathFinder):
    """Says that there is no such library."""

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: object = None
    ) -> ModuleSpec | None:
        if fullname == PANDAS:
            raise ModuleNotFoundError(fullname, name=fullname)
        return None


def spare() -> None:
    """Let Arrow find no pandas.

    At its first conversion Arrow looks for pandas and, where it is installed,
    imports it: half a second of every command, for nothing. Finding none once,
    it does not look again.
    """
    if PANDAS in sys.modules:
        return
    blind = _None()
    sys.meta_path.insert(0, blind)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(blind)
