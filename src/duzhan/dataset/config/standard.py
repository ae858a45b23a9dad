"""standard.yaml -> the items of the assessment standard, checked as a whole; optional."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from duzhan.dataset.config.standard_keys import StandardFile
from duzhan.dataset.config.validation import validate
from duzhan.dataset.config.yamlfile import load
from duzhan.intake.text import squash
from duzhan.model import Item, Problem, Standard

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.dataset.config.document import Document
    from duzhan.dataset.config.standard_keys import ItemKeys
    from duzhan.model import Rules


def load_standard(
    path: Path, shown_as: str, rules: Rules | None
) -> tuple[Standard | None, list[Problem]]:
    """Read the standard; None if there is none, or if anything is wrong with it.

    Args:
        path: standard.yaml.
        shown_as: its name in messages.
        rules: whose assessors are known; None if they are not sound.
    """
    if not path.exists():
        return None, []
    document = load(path, shown_as)
    file = validate(document, StandardFile)
    if file is not None:
        _check(document, file.items, rules)
    if file is None or document.problems:
        return None, document.problems
    items = tuple(_item(keys) for keys in file.items)
    return Standard(file.name, items, file.interpreted, file.note), []


def _check(document: Document, items: list[ItemKeys], rules: Rules | None) -> None:
    """Of the items of one assessment each has a name and an id of its own."""
    assessors = {term.name for term in rules.vocabularies.assessors} if rules else None
    for number, item in enumerate(items):
        path = ("items", number)
        if Fraction(item.full) == 0:
            document.report((*path, "full"), "bad-number", "满分应大于 0")
        for place, name in enumerate(item.assessors):
            if assessors is not None and name not in assessors:
                message = f"“{name}”不是评估方，应为：{'、'.join(sorted(assessors))}"
                document.report((*path, "assessors", place), "unknown-value", message)
        for other in items[:number]:
            if other.id == item.id:
                message = f"分项编号“{item.id}”重复，每个分项应各不相同"
                document.report((*path, "id"), "duplicate-value", message)
            elif _names(item) & _names(other) and _together(item, other):
                message = f"“{item.name}”已经是分项 {other.id}，同一次评估里不能有两个"
                document.report((*path, "name"), "duplicate-value", message)


def _names(item: ItemKeys) -> set[str]:
    return {squash(item.name), squash(item.id)}


def _together(one: ItemKeys, other: ItemKeys) -> bool:
    """Whether an assessment may have both."""
    if one.assessors and other.assessors and not set(one.assessors) & set(other.assessors):
        return False
    parted = (one.until and other.since and one.until < other.since) or (
        other.until and one.since and other.until < one.since
    )
    return not parted


def _item(keys: ItemKeys) -> Item:
    return Item(
        id=keys.id,
        name=keys.name,
        full=Fraction(keys.full),
        category=keys.category,
        source=keys.source,
        assessors=tuple(keys.assessors),
        since=keys.since,
        until=keys.until,
    )
