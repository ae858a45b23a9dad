"""Any county's file becomes canonical columns, every cell read or refused."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec


class _NoPandas(MetaPathFinder):
    """Says that there is no pandas."""

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: object = None
    ) -> ModuleSpec | None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname, name=fullname)
        return None


def _spare_pandas() -> None:
    """Keep Arrow from loading pandas, which nothing here uses.

    At its first conversion Arrow looks for pandas and, where it is installed,
    imports it: half a second of every command, for nothing. Finding none once,
    it does not look again.
    """
    if "pandas" in sys.modules:
        return
    blind = _NoPandas()
    sys.meta_path.insert(0, blind)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(blind)


_spare_pandas()
