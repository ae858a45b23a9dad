"""Names at a glance, for shell completion: nothing is validated, nothing heavy loaded."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from duzhan.dataset.locate import ROSTER, RULES, find_root, roster_parts
from duzhan.files import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# More would fill the screen, and nobody waits for a list of millions.
_OFFERED = 100
_LONGEST = 8 << 20


# Vocabularies of the rules that the command line takes words from.
VOCABULARIES = ("sources", "assessors", "methods", "actions")


def rule_words(data: Path | None, kind: str) -> list[str]:
    """Give the names that the rules or the roster have of a kind; none if they are broken.

    Args:
        data: where the dataset is.
        kind: milestones, tasks, offices or one of the vocabularies.

    Raises:
        DuzhanError: there is no dataset.
    """
    root = find_root(data)
    told = _yaml(root / (ROSTER if kind == "offices" else RULES))
    try:
        if kind == "offices":
            return [str(office["name"]) for office in told["offices"]]
        if kind in VOCABULARIES:
            return [str(term["name"]) for term in told["vocabularies"][kind]]
        if kind == "milestones":
            return [str(milestone["id"]) for milestone in told["milestones"]]
        every = (rule for one in told["milestones"] for rule in one["requirements"])
        return [str(rule["name"]) for rule in every if rule["kind"] == "deliverable"]
    except (KeyError, TypeError, AttributeError):
        return []


def _yaml(path: Path) -> Any:  # noqa: ANN401 - whatever stands there
    import yaml  # noqa: PLC0415

    try:
        with opened(path) as file:
            return yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except (OSError, yaml.YAMLError):
        return None


def county_names(data: Path | None) -> list[tuple[str, str]]:
    """Give code and name of each county, in the roster's order; none if the roster is broken.

    Raises:
        DuzhanError: there is no dataset.
    """
    root = find_root(data)
    groups: list[Any] = []
    try:
        for path in (root / ROSTER, *roster_parts(root)):
            groups += _yaml(path).get("groups") or []
        counties = [group["county"] for group in groups]
        return [(str(county.get("code") or ""), str(county["name"])) for county in counties]
    except (OSError, KeyError, TypeError, AttributeError):
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
        with opened(path) as file:
            text = file.read(_LONGEST).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return
    try:
        for row in csv.DictReader(io.StringIO(text, newline="")):
            if row.get("编号"):
                yield row["编号"], " ".join((row.get("问题描述") or "").split())
    except csv.Error:
        return
