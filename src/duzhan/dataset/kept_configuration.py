"""Roster and rules as they were read the last time, where not a byte of them has changed."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, cast

from duzhan.dataset.locate import ROSTER, ROSTER_PARTS, RULES, STANDARD, roster_parts
from duzhan.store.cache import FOLDER, Cache, wanted
from duzhan.store.digests import digest_of_all
from duzhan.store.program import program

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from duzhan.model import Problem, Roster, Rules
    from duzhan.store.cache import Plain

    Configuration = tuple[Roster | None, Rules | None, list[Problem]]

_NAME = "configuration"


def kept_configuration(
    root: Path, read: Callable[[Path], Configuration], *, keep: bool
) -> tuple[Configuration, Cache | None]:
    """Give roster and rules as `read` reads them, without reading what has not changed.

    What anything is wrong with is always read anew.

    Args:
        root: the dataset's folder.
        read: reads roster and rules, and all that is wrong with them.
        keep: whether to put aside what was read.

    Returns:
        Them, and where to put aside what is made with them; None if nowhere.
    """
    asked = wanted() and (keep or (root / FOLDER).is_dir())
    made_by = program() if asked else None
    before = _digest(root) if made_by else None
    if made_by is None or before is None:
        return read(root), None
    cache = Cache(root, made_by, keep)
    found = _restored(root, cache.get(_NAME, before))
    if found is None:
        found = read(root)
        roster, rules, problems = found
        # What changed while it was read is of no use to anybody.
        if roster is None or rules is None or problems or _digest(root) != before:
            return found, None
        from duzhan.store.plain import plain  # noqa: PLC0415 - as in `_restored`

        with suppress(TypeError):  # A kind of requirement may bring values of its own.
            cache.put(_NAME, before, plain((roster, rules)))
    return found, Cache(root, f"{made_by} {before}", keep)


def _digest(root: Path) -> str | None:
    parts = [f"{ROSTER_PARTS}/{path.name}" for path in roster_parts(root)]
    return digest_of_all(root, [ROSTER, *parts, RULES, STANDARD])


def _restored(root: Path, document: Plain) -> Configuration | None:
    """Roster and rules; None if they cannot be told, or if what they name is not there."""
    if document is None:
        return None
    # It knows every class of the model; without a cache nobody asks.
    from duzhan.store.plain import restored  # noqa: PLC0415 - as said

    try:
        roster, rules = cast("tuple[Roster, Rules]", restored(document))
    except ValueError:
        return None
    at_rest = rules.ledger_parquet
    if at_rest is not None and not (root / at_rest).is_dir():
        return None
    return roster, rules, []
