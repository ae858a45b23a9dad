"""groups.yaml -> the roster 〔四〕〔六(二)〕, checked as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.dataset.config.keys import CountyKeys, GroupKeys, GroupsFile
from duzhan.dataset.config.validation import validate
from duzhan.dataset.config.yamlfile import load
from duzhan.dataset.names import fold
from duzhan.model import County, Group, Membership, Office, Problem, Roster

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.dataset.config.document import Document


def load_roster(path: Path, shown_as: str) -> tuple[Roster | None, list[Problem]]:
    """Read the roster; None if anything is wrong with it.

    Args:
        path: groups.yaml.
        shown_as: its name in messages.
    """
    document = load(path, shown_as)
    file = validate(document, GroupsFile)
    if document.data is not None:
        _check_unique(document)
    if file is None or document.problems:
        return None, document.problems
    prefecture = file.prefecture
    roster = Roster(
        groups=tuple(_group(group) for group in file.groups),
        offices=tuple(
            Office(office.name, office.contact, office.telephone, office.email)
            for office in file.offices
        ),
        prefecture=County(prefecture.code, prefecture.name, tuple(prefecture.aliases)),
    )
    return roster, []


def line_of(path: Path, *key: str | int) -> int | None:
    """Give the line of groups.yaml on which a key stands, or what should hold it.

    Args:
        path: groups.yaml.
        key: its path, such as ``"groups", 0, "recipients"``.
    """
    return load(path, path.name).line_of(key, at_key=True)


def _check_unique(document: Document) -> None:
    """One code, one name, one alias, one group id belong to one county each."""
    _check_values(document, list(document.texts("groups", None, "id")), "督战组代号")
    codes = [
        *document.texts("prefecture", "code"),
        *document.texts("groups", None, "county", "code"),
    ]
    _check_values(document, codes, "代码")
    _check_values(document, list(document.texts("offices", None, "name")), "办公室名称")
    names = [
        *document.texts("prefecture", "name"),
        *document.texts("prefecture", "aliases", None),
        *document.texts("groups", None, "county", "name"),
        *document.texts("groups", None, "county", "aliases", None),
    ]
    owners: dict[str, tuple[tuple[str | int, ...], str]] = {}
    for path, name in names:
        owner = path[:2] if path[0] == "groups" else path[:1]
        taken = owners.setdefault(fold(name), (owner, name))
        if taken[0] != owner:
            other = document.get((*taken[0], "county", "name")) or document.get((*taken[0], "name"))
            message = f"“{name}”已经用于{other}，一个名称或别名只能属于一个县（市）"
            document.report(path, "duplicate-value", message)


def _check_values(
    document: Document, values: list[tuple[tuple[str | int, ...], str]], what: str
) -> None:
    first: dict[str, tuple[str | int, ...]] = {}
    for path, value in values:
        other = first.setdefault(value.strip(), path)
        if other != path:
            line = document.line_of(other)
            message = f"{what}“{value}”与第{line}行重复，应各不相同"
            document.report(path, "duplicate-value", message)


def _group(group: GroupKeys) -> Group:
    return Group(
        id=group.id,
        name=group.name,
        county=_county(group.county),
        memberships=tuple(
            Membership(seat.role, seat.person, tuple(seat.posts), seat.leads_guidance)
            for seat in group.memberships
        ),
        members=group.members,
        supervised=tuple(group.supervised),
        recipients=tuple(group.recipients),
        clause=group.clause,
        leader_recipients=tuple(group.leader_recipients),
        liaison_recipients=tuple(group.liaison_recipients),
    )


def _county(county: CountyKeys) -> County:
    return County(county.code, county.name, tuple(county.aliases), county.zero_list_confirmed_by)
