"""County names at a glance, for shell completion: nothing is validated, nothing heavy loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from duzhan.dataset.locate import ROSTER, find_root

if TYPE_CHECKING:
    from pathlib import Path


def county_names(data: Path | None) -> list[tuple[str, str]]:
    """Give code and name of each county, in the roster's order; none if the roster is broken.

    Raises:
        DuzhanError: there is no dataset.
    """
    import yaml  # noqa: PLC0415

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        with (find_root(data) / ROSTER).open("rb") as file:
            roster: Any = yaml.load(file, loader)  # noqa: S506
        counties = [group["county"] for group in roster["groups"]]
        return [(str(county["code"]), str(county["name"])) for county in counties]
    except (OSError, yaml.YAMLError, KeyError, TypeError):
        return []
