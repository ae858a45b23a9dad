"""A ledger at rest: the Parquet folder that `duzhan export` writes and engines count from.

    DIR/ledger.json   what is there, and by which rules it was read
    DIR/data-…/       the files: see `layout`

`ledger.json` names the folder of data, so that replacing this one small file
replaces everything at once. Nothing here is trusted unseen: a lost, cut or
foreign file is an error, never a smaller count.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from duzhan import columns as col
from duzhan.dataset.config.builtin import LEDGER_KEY
from duzhan.dataset.listings import Listing
from duzhan.dataset.locate import MANIFEST, RULES
from duzhan.errors import DuzhanError, reason
from duzhan.files import contents
from duzhan.model import Problem
from duzhan.parallel import on_all_cores
from duzhan.parquet import layout
from duzhan.parquet.layout import FORM, OLDER, Share
from duzhan.parquet.origins import other_than, read_by

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path
    from types import UnionType

    from duzhan.model import Roster, Rules

_FOLDER = re.compile("data-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Part:
    """One county's share of a ledger at rest.

    Attributes:
        listing: the `Listing` that was found, by its value.
        rows: rows of its lists.
        spells: rows of its spells.
        faults: errors in its cells, and rows of the registers that do not count.
    """

    listing: str
    rows: int
    spells: int
    faults: int


@dataclass(frozen=True, slots=True)
class Own:
    """The headings of a county's own columns in one of its files.

    Attributes:
        code: the county's.
        file: the file, below the dataset's folder.
        headings: in the file's order.
    """

    code: str
    file: str
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AtRest:
    """A ledger at rest, whose files have been looked at.

    Attributes:
        named: the folder as the rules name it.
        folder: the folder of data.
        parts: county code to its share; counties without a list are in it only if rows
            of the registers are about them.
        problems: what concerns whole files, with the code of the county whose they are.
        sample: the line that marks synthetic data.
        digest: the SHA-256 of the manifest.
        form: how the files lie, `layout.FORM` or an older one.
        own: the counties' own columns; an older form does not tell them.
        digests: file name, without ending, to kind to the SHA-256 of what was exported; an
            older form does not tell them.
    """

    named: str
    folder: Path
    parts: Mapping[str, Part]
    problems: tuple[tuple[str | None, Problem], ...]
    sample: str | None
    digest: str
    form: int = FORM
    own: tuple[Own, ...] = ()
    digests: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def problems_of(self, codes: Collection[str]) -> tuple[Problem, ...]:
        """What concerns whole files of some counties, and files of none."""
        return tuple(said for code, said in self.problems if code is None or code in codes)

    def own_columns(self, codes: Collection[str]) -> list[str]:
        """The own columns of some counties, in the order in which their lists bring them."""
        ours = sorted((own for own in self.own if own.code in codes), key=lambda own: own.file)
        return list(dict.fromkeys(name for own in ours for name in own.headings))

    def shown(self, kind: str, code: str) -> str:
        """What a county's issues or spells are called in a message."""
        folder = f"{self.named}/{self.folder.name}/{kind}"
        if self.form == OLDER:
            return f"{folder}/county={code}"
        return f"{folder}/{layout.file_of(code)}.parquet 的 county={code}"

    def table(self, kind: str, codes: Collection[str]) -> list[Share]:
        """Where the issues or spells of some counties are, checked, ascending by code.

        Raises:
            DuzhanError: a file is lost, cut, or not what was exported.
        """
        rows = {
            code: part.rows and (part.spells if kind == layout.SPELLS else part.rows)
            for code, part in self.parts.items()
        }
        if self.form == OLDER:
            wanted = {code: rows[code] for code in sorted(codes) if rows.get(code)}
            files = {f"county={code}/part-0": {code: count} for code, count in wanted.items()}
        else:
            ours = {layout.file_of(code) for code in codes if rows.get(code)}
            known = layout.by_file(rows)
            self._refuse_strangers(kind, known)
            files = {
                name: {code: rows[code] for code in counties}
                for name, counties in known.items()
                if name in ours
            }
        shares = on_all_cores(lambda file: self._shares(kind, *file), list(files.items()))
        return [share for some in shares for share in some if share.code in codes]

    def unchanged(self, kind: str) -> bool:
        """Whether the files of a kind still are what was exported; an older form does not tell."""
        if self.form == OLDER:
            return False
        try:
            for name, digests in self.digests.items():
                if digest := digests.get(kind):
                    layout.refuse_changed(self._path(kind, name), name, digest)
        except DuzhanError:
            return False
        return True

    def _path(self, kind: str, name: str) -> Path:
        return self.folder / kind / f"{name}.parquet"

    def _refuse_strangers(self, kind: str, known: Collection[str]) -> None:
        strangers = [p for p in (self.folder / kind).glob("*.parquet") if p.stem not in known]
        if strangers:
            shown = f"{self.named}/{min(strangers).relative_to(self.folder.parent)}"
            raise DuzhanError(f"{shown}：不是 duzhan export 写的，请移走")

    def _shares(self, kind: str, name: str, rows: Mapping[str, int]) -> list[Share]:
        path = self._path(kind, name)
        shown = f"{self.named}/{path.relative_to(self.folder.parent)}"
        footer = layout.footer_of(path, shown, kind, self.form)
        groups = layout.groups_of(footer, shown, rows)
        if self.form != OLDER:
            layout.refuse_changed(path, shown, self.digests.get(name, {}).get(kind))
        return [Share(code, path, groups[code], footer) for code in rows]


def _unread(root: Path) -> list[tuple[None, Problem]]:
    """Lists beside a ledger at rest, which somebody may think are read."""
    folder = root / col.ISSUES
    lists = (
        [path for path in folder.iterdir() if path.name[:1] not in "~."] if folder.is_dir() else []
    )
    if not lists:
        return []
    message = (
        f"{RULES} 写了 {LEDGER_KEY}，这里的 {len(lists)} 个文件没有读，请移走，或删去 {LEDGER_KEY}"
    )
    return [(None, Problem("error", f"{col.ISSUES}/", None, None, None, "bad-file", message))]


def _need(value: object, kind: type | UnionType) -> None:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError(f"{value!r} is no {kind}")


def part_told(told: dict[str, Any]) -> Part:
    """A county's share, in the types that it should have.

    Raises:
        TypeError, ValueError: it is not.
    """
    part = Part(**told)
    Listing(part.listing)
    for number in (part.rows, part.spells, part.faults):
        _need(number, int)
        if number < 0:
            raise ValueError("less than nothing")
    return part


def own_told(told: Sequence[Any]) -> Own:
    """A file's own columns, in the types that they should have.

    Raises:
        TypeError, ValueError: they are not.
    """
    code, file, headings = told
    for text in (code, file, *headings):
        _need(text, str)
    return Own(code, file, tuple(headings))


def _digests_told(told: dict[str, Any]) -> dict[str, str]:
    """The digests of a file of issues and of its spells; those that there are not are left out.

    Raises:
        TypeError, KeyError: they are not of these types.
    """
    digests = {kind: told[kind] for kind in (layout.ISSUES, layout.SPELLS)}
    for digest in digests.values():
        _need(digest, str | None)
    return {kind: digest for kind, digest in digests.items() if digest is not None}


def folder_told(told: str) -> str:
    """The name of a folder of data, which lies beside the manifest.

    Raises:
        TypeError, ValueError: it is none.
    """
    if not _FOLDER.fullmatch(told):
        raise ValueError(told)
    return told


def problem_told(told: dict[str, Any]) -> Problem:
    """What concerns a whole file, in the types that it should have.

    Raises:
        TypeError: it is not.
    """
    problem = Problem(**told)
    for text in (problem.severity, problem.file, problem.code, problem.message):
        _need(text, str)
    for value in (problem.column, problem.value, problem.sheet, problem.id):
        _need(value, str | None)
    _need(problem.line, int | None)
    return problem


def open_at_rest(root: Path, roster: Roster, rules: Rules) -> AtRest:
    """Open the ledger that the rules name.

    Args:
        root: the dataset's folder.
        roster: the known counties.
        rules: name the ledger, and say how cells are read.

    Raises:
        DuzhanError: it is not there, was not written by `duzhan export`, or was
            read by other rules than those of now.
    """
    named = rules.ledger_parquet or ""
    place = root / named
    where = f"{RULES} 的 {LEDGER_KEY} 指的“{named}”"
    try:
        data = contents(place / MANIFEST)
        told = json.loads(data)
        parts = {code: part_told(told_of) for code, told_of in told["counties"].items()}
        folder = place / folder_told(told["folder"])
        problems = [(code, problem_told(problem)) for code, problem in told["problems"]]
        form, reading = told["form"], dict(told["read_by"])
        own = tuple(own_told(one) for one in told["own"]) if form == FORM else ()
        files = told["files"].items() if form == FORM else ()
        digests = {name: _digests_told(file) for name, file in files}
        every = (*problems, *_unread(root))
        digest = hashlib.sha256(data).hexdigest()
        rest = AtRest(named, folder, parts, every, told["notice"], digest, form, own, digests)
        _need(told["notice"], str | None)
    except FileNotFoundError:
        raise DuzhanError(
            f"{where}里没有 {MANIFEST}：请先用 duzhan export --parquet 写出，或改正路径"
        ) from None
    except OSError as error:
        raise DuzhanError(f"{where}读不出来：{reason(error)}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DuzhanError(f"{where}里的 {MANIFEST} 不是 duzhan export 写的，请重新写出") from None
    if form not in (OLDER, FORM):
        raise DuzhanError(
            f"{where}是第 {form} 种格式，这个版本读第 {OLDER}、{FORM} 种，请重新 duzhan export"
        )
    strangers = sorted(parts.keys() - {county.code for county in roster.counties})
    if strangers:
        raise DuzhanError(f"{where}里有名册中没有的{roster.unit}：{'、'.join(strangers[:8])}")
    changed = other_than(reading, read_by(root, roster, rules), form)
    if changed:
        files = "、".join(name for name in changed if name.endswith(".csv"))
        told = f"；这里的 {files} 要和导出的那个数据集一样" if files else ""
        raise DuzhanError(
            f"{where}是按别的规则（{'、'.join(changed)}）读出的，请重新 duzhan export{told}"
        )
    return rest
