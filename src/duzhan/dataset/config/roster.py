"""groups.yaml, and the files beside it -> the roster 〔四〕〔六(二)〕, checked as a whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from duzhan.dataset.config.builtin import TABLES
from duzhan.dataset.config.roster_keys import (
    CountyKeys,
    GroupKeys,
    GroupsFile,
    GroupsPart,
    PrefectureKeys,
    RobotKeys,
    SplitGroupsFile,
)
from duzhan.dataset.config.validation import validate
from duzhan.dataset.config.yamlfile import load
from duzhan.dataset.locate import ROSTER, ROSTER_PARTS, roster_parts
from duzhan.dataset.names import fold, why_no_file
from duzhan.model import County, Group, Membership, Office, Problem, Robot, Roster
from duzhan.values import EMAIL_PATTERN, kind_of

if TYPE_CHECKING:
    from pathlib import Path as FilePath

    from duzhan.dataset.config.document import Document, Path


_ADDRESSES = ("recipients", "leader_recipients", "liaison_recipients")

_UNCODED = 990_000

_Place: TypeAlias = "tuple[Document, Path]"


def load_roster(path: FilePath, shown_as: str) -> tuple[Roster | None, list[Problem]]:
    """Read the roster; None if anything but an address is wrong with it.

    An address that is none is left out; the roster has it among its faults.

    Args:
        path: groups.yaml; more groups stand in the files of the folder `groups` beside it.
        shown_as: its name in messages.
    """
    documents = [load(path, shown_as)]
    parts = roster_parts(path.parent)
    file = validate(documents[0], SplitGroupsFile if parts else GroupsFile)
    groups = list(file.groups) if file else []
    for part in parts:
        documents.append(load(part, f"{ROSTER_PARTS}/{part.name}"))
        read = validate(documents[-1], GroupsPart)
        groups += read.groups if read else []
    _check_unique([document for document in documents if document.data is not None])
    problems = [problem for document in documents for problem in document.problems]
    faults = [fault for document in documents for fault in _faulty_addresses(document)]
    if file is None or problems:
        return None, faults
    roster = Roster(
        groups=tuple(_group(group, number) for number, group in enumerate(groups, 1)),
        offices=tuple(
            Office(
                office.name,
                office.contact,
                office.telephone,
                _address(office.email),
                office.short_name or "",
                _robots(office.robots),
            )
            for office in file.offices
        ),
        prefecture=_prefecture(file.prefecture),
        regions={region.code: region.name for region in file.regions},
        faults=tuple(faults),
        places=_places(documents, _ADDRESSES[0]),
    )
    return roster, faults


def own_headings(root: FilePath) -> dict[str, tuple[str, ...]]:
    """The counties' own headings by column, of all counties together; of a faulty roster too.

    Args:
        root: the dataset's folder.
    """
    found: dict[str, list[str]] = {}
    for path in (root / ROSTER, *roster_parts(root)):
        document = load(path, path.name)
        for name in TABLES[0]:
            for _, heading in document.texts(
                "groups", None, "county", "header_aliases", name, None
            ):
                found.setdefault(name, []).append(heading)
    return {name: tuple(dict.fromkeys(headings)) for name, headings in found.items()}


def _places(documents: list[Document], key: str) -> dict[str, str]:
    """Group id to the place of a key, such as ``groups.yaml 第38行 groups[0].recipients``."""
    places = {}
    for document in documents:
        for (_, number, _), text in document.texts("groups", None, "id"):
            line = document.line_of(("groups", number, key), at_key=True)
            places[text.strip()] = f"{document.file} 第{line}行 groups[{number}].{key}"
    return places


def _faulty_addresses(document: Document) -> list[Problem]:
    """Report addresses that are none."""
    patterns = (
        *(("groups", None, key, None) for key in _ADDRESSES),
        ("offices", None, "email"),
    )
    for pattern in patterns:
        for path, text in document.texts(*pattern):
            if _address(text.strip()) is None:
                message = f"{kind_of(text)}不是邮箱地址，应写成 name@example.cn"
                document.report(path, "bad-address", message)
    return document.problems


def _address(text: str | None) -> str | None:
    """The address itself, None if it is none."""
    return text if text is not None and re.fullmatch(EMAIL_PATTERN, text) else None


def _addresses(texts: list[str]) -> tuple[str, ...]:
    return tuple(address for text in texts if (address := _address(text)))


def _check_unique(documents: list[Document]) -> None:
    """One code, one name, one alias, one group id belong to one county each, in all files."""

    def every(*patterns: tuple[str | None, ...]) -> list[tuple[_Place, str]]:
        return [
            ((document, path), text)
            for pattern in patterns
            for document in documents
            for path, text in document.texts(*pattern)
        ]

    group = ("groups", None)
    _check_values(every((*group, "id")), "组的代号")
    _check_values(every(("prefecture", "code"), (*group, "county", "code")), "代码")
    _check_values(every(("offices", None, "name")), "办公室名称")
    _check_values(every(("regions", None, "code")), "代码")
    names = every(
        ("prefecture", "name"),
        ("prefecture", "aliases", None),
        (*group, "county", "name"),
        (*group, "county", "aliases", None),
    )
    for (document, path), name in every((*group, "county", "name")):
        if why := why_no_file(name):
            document.report(path, "bad-value", f"“{name}”{why}")
    for document in documents:
        _check_headings(document)
    owners: dict[str, _Place] = {}
    for (document, path), name in names:
        owner = (document, path[:2] if path[0] == "groups" else path[:1])
        taken = owners.setdefault(fold(name), owner)
        if taken[0] is not document or taken[1] != owner[1]:
            other = taken[0].get((*taken[1], "county", "name")) or taken[0].get((*taken[1], "name"))
            message = f"“{name}”已经用于{other}，一个名称或别名只能用一处"
            document.report(path, "duplicate-value", message)


def _check_values(values: list[tuple[_Place, str]], what: str) -> None:
    first: dict[str, _Place] = {}
    for (document, path), value in values:
        other, at = first.setdefault(value.strip(), (document, path))
        if other is not document or at != path:
            file = "" if other is document else f" {other.file} "
            message = f"{what}“{value}”与{file}第{other.line_of(at)}行重复，应各不相同"
            document.report(path, "duplicate-value", message)


def _group(group: GroupKeys, number: int) -> Group:
    return Group(
        id=group.id,
        name=group.name,
        county=_county(group.county, number),
        memberships=tuple(
            Membership(seat.role, seat.person, tuple(seat.posts), seat.leads_guidance)
            for seat in group.memberships
        ),
        members=group.members,
        supervised=tuple(group.supervised),
        recipients=_addresses(group.recipients),
        clause=group.clause,
        leader_recipients=_addresses(group.leader_recipients),
        liaison_recipients=_addresses(group.liaison_recipients),
        robots=_robots(group.robots),
    )


def _check_headings(document: Document) -> None:
    """A county's own headings mean columns of the ledger."""
    for number in range(len(document.get(("groups",)) or ())):
        path = ("groups", number, "county", "header_aliases")
        columns = document.get(path)
        for name in columns if isinstance(columns, dict) else {}:
            if name not in TABLES[0]:
                import difflib  # noqa: PLC0415 - only for a slip of the fingers

                near = difflib.get_close_matches(name, TABLES[0], 1, cutoff=0.5)
                advice = f"是不是“{near[0]}”？" if near else f"应为：{'、'.join(TABLES[0])}"
                message = f"台账没有“{name}”这一列，{advice}"
                document.report((*path, name), "unknown-key", message, at_key=True)


def _prefecture(prefecture: PrefectureKeys | None) -> County:
    if prefecture is None:
        return County("", "", coded=False)
    coded = prefecture.code is not None
    return County(prefecture.code or "", prefecture.name, tuple(prefecture.aliases), coded=coded)


def _county(county: CountyKeys, number: int) -> County:
    # Numbers above every code of GB/T 2260 tell counties apart where there are none.
    return County(
        county.code or str(_UNCODED + number),
        county.name,
        tuple(county.aliases),
        county.zero_list_confirmed_by,
        coded=county.code is not None,
        header_aliases=tuple(
            (name, tuple(headings)) for name, headings in county.header_aliases.items()
        ),
    )


def _robots(robots: list[RobotKeys]) -> tuple[Robot, ...]:
    return tuple(Robot(**robot.every()) for robot in robots)
