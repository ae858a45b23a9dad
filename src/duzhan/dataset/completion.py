"""Names at a glance, for shell completion: nothing is validated, nothing heavy loaded."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from duzhan.dataset.locate import ROSTER, find_root, roster_parts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# More would fill the screen, and nobody waits for a list of millions.
_OFFERED = 100
_LONGEST = 8 << 20


def county_names(data: Path | None) -> list[tuple[str, str]]:
    """Give code and name of each county, in the roster's order; none if the roster is broken.

    Raises:
        DuzhanError: there is no dataset.
    """
    import yaml  # noqa: PLC0415

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    root = find_root(data)
    groups: list[Any] = []
    try:
        for path in (root / ROSTER, *roster_parts(root)):
            with path.open("rb") as file:
                roster: Any = yaml.load(file, loader)  # noqa: S506
            groups += roster.get("groups") or []
        counties = [group["county"] for group in groups]
        return [(str(county["code"]), str(county["name"])) for county in counties]
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError):
        return []


def issue_names(data: Path | None, beginning: str) -> list[tuple[str, str]]:
    """Give 编号 and 问题描述 of the first issues whose 编号 begins so.

    Raises:
        DuzhanError: there is no dataset.
    """
    files = sorted((find_root(data) / "issues").glob("*.csv"))
    found = (pair for path in files for pair in _names_in(path) if pair[0].startswith(beginning))
    return list(islice(found, _OFFERED))


def _names_in(path: Path) -> Iterator[tuple[str, str]]:
    import csv  # noqa: PLC0415 - not for those who complete a county
    import io  # noqa: PLC0415

    try:
        with path.open("rb") as file:
            text = file.read(_LONGEST).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return
    try:
        for row in csv.DictReader(io.StringIO(text, newline="")):
            if row.get("编号"):
                yield row["编号"], " ".join((row.get("问题描述") or "").split())
    except csv.Error:
        return
