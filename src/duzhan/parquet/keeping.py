"""Files of an earlier export that still say what the lists say: they are not written again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from duzhan.dataset.listings import issue_files
from duzhan.dataset.locate import MANIFEST, RULES
from duzhan.dataset.registers import load_registers
from duzhan.files import contents
from duzhan.parquet import layout as at
from duzhan.parquet.manifest import (
    Own,
    Part,
    folder_told,
    own_told,
    part_told,
    problem_told,
)
from duzhan.store.atomic import file_digest
from duzhan.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from duzhan.dataset.folder import Dataset
    from duzhan.dataset.registers import Registers
    from duzhan.model import County, Problem


@dataclass(frozen=True, slots=True)
class ManifestEntries:
    """What a manifest tells beside the rows.

    Attributes:
        parts: county code to its share.
        problems: what concerns whole files, with the code of the county whose they are.
        own: the counties' own columns.
    """

    parts: dict[str, Part] = field(default_factory=dict)
    problems: list[tuple[str | None, Problem]] = field(default_factory=list)
    own: list[Own] = field(default_factory=list)

    def of(self, name: str) -> ManifestEntries:
        """What is told of the counties of one file."""
        ours = {code: part for code, part in self.parts.items() if at.file_of(code) == name}
        problems = [(code, one) for code, one in self.problems if code and at.file_of(code) == name]
        return ManifestEntries(
            dict(sorted(ours.items())),
            sorted(problems, key=lambda pair: pair[1].file),
            sorted((o for o in self.own if at.file_of(o.code) == name), key=lambda o: o.file),
        )

    def add(self, others: ManifestEntries) -> None:
        """Tell more."""
        self.parts.update(others.parts)
        self.problems.extend(others.problems)
        self.own.extend(others.own)


@dataclass(frozen=True, slots=True)
class Kept:
    """What tells whether a file can be carried over.

    Attributes:
        made_of: the digest of all that its rows follow from.
        issues: the SHA-256 of the file of issues; None if its counties have none.
        spells: likewise.
        told: the digest of what the manifest tells of its counties.
    """

    made_of: str
    issues: str | None
    spells: str | None
    told: str

    @classmethod
    def of(cls, data: Path, name: str, made_of: str, told: ManifestEntries) -> Kept:
        """Look at a file that has been written, and at what is told of it."""
        issues, spells = (
            file_digest(data / kind / f"{name}.parquet") for kind in (at.ISSUES, at.SPELLS)
        )
        return cls(made_of, issues, spells, _sha256(repr(told.of(name))))


@dataclass(frozen=True, slots=True)
class Before:
    """The export that is there already; an empty one where none can be used.

    Attributes:
        place: the folder of the export.
        folder: the name of its folder of data.
        files: what it tells of its files, by name.
        told: what it tells of its counties.
    """

    place: Path
    folder: str | None = None
    files: dict[str, Kept] = field(default_factory=dict)
    told: ManifestEntries = field(default_factory=ManifestEntries)

    def carry(self, name: str, made_of: str, data: Path) -> bool:
        """Put a file into the new folder of data, if it is what would be written, and whole.

        Args:
            name: the file's, without ending.
            made_of: the digest of what it would be made of now.
            data: the new folder of data.
        """
        kept = self.files.get(name)
        if kept is None or self.folder is None or kept.made_of != made_of:
            return False
        old = self.place / self.folder
        if Kept.of(old, name, made_of, self.told) != kept:
            return False
        for kind, digest in ((at.ISSUES, kept.issues), (at.SPELLS, kept.spells)):
            if digest is not None:
                _link(old / kind / f"{name}.parquet", data / kind / f"{name}.parquet")
        return True


def export_before(folder: Path) -> Before:
    """Look at what an earlier export left; what cannot be read is written anew."""
    told: dict[str, Any] = {}
    with suppress(OSError, ValueError, RecursionError):
        told = json.loads(contents(folder / MANIFEST))
    try:
        data = folder_told(told["folder"])
    except (KeyError, TypeError, ValueError):
        return Before(folder)
    try:
        if told["form"] != at.FORM:
            return Before(folder, data)
        files = {name: Kept(**kept) for name, kept in told["files"].items()}
        parts = {code: part_told(part) for code, part in told["counties"].items()}
        problems = [(code, problem_told(one)) for code, one in told["problems"]]
        return Before(
            folder, data, files, ManifestEntries(parts, problems, [*map(own_told, told["own"])])
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return Before(folder, data)


def _link(old: Path, new: Path) -> None:
    """Let both folders of data have a file; it is never written to again."""
    try:
        os.link(old, new)
    except OSError:  # Not every file system can.
        shutil.copyfile(old, new)


def digests(dataset: Dataset) -> dict[str, str]:
    """What each file's rows follow from, as one digest, by the file's name.

    Lists, rules and roster, the registers' rows about its counties, and this program's version.

    Args:
        dataset: whose lists would be read.
    """
    registers = load_registers(dataset.root, dataset.roster, dataset.rules)
    lists: dict[str, list[str]] = {}
    for path, county in issue_files(dataset.root, dataset.roster):
        if county is not None:
            lists.setdefault(county.code, []).append(f"{path.name}\0{_digest(path)}")
    every = dataset.roster.counties
    rules = [VERSION, str(at.FORM), file_digest(dataset.root / RULES), dataset.roster.unit]
    # A cell or a sheet may name any county, or the place that they belong to.
    names = [(county.code, county.names) for county in (dataset.roster.prefecture, *every)]
    common = repr((rules, names))
    whole = {at.file_of(county.code): hashlib.sha256(common.encode()) for county in every}
    for county in sorted(every, key=lambda one: one.code):
        told = [county, lists.get(county.code, []), list(_of(registers, county))]
        whole[at.file_of(county.code)].update(repr(told).encode())
    return {name: digest.hexdigest() for name, digest in whole.items()}


def _of(registers: Registers, county: County) -> Iterator[object]:
    """What the registers hold of a county's issues."""
    for register in (registers.extensions, registers.rechecks, registers.evidence):
        yield [entry for entry in register if entry.county == county.name]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _digest(path: Path) -> str:
    """The digest of a list, or why it cannot be read: its county is then without data."""
    try:
        return file_digest(path) or ""
    except OSError as error:
        return repr(error)
