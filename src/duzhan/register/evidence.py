"""Photographs and papers taken into `evidence/`: named, hashed, each once, with a row each.

A picture that is known already is not written again; one of which no issue is known
waits under 未对应, with a row without 编号. Evidence closes nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from duzhan import columns as col
from duzhan.dataset.registers import load_registers
from duzhan.intake.pictures import SHOWN, suffix_of
from duzhan.intake.text import squash
from duzhan.register.record_files import RecordFile
from duzhan.store.entries import Change
from duzhan.store.outputs import file_name

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from duzhan.dataset.folder import Dataset
    from duzhan.model import County, Evidence
    from duzhan.register.issue_rows import IssueRow
    from duzhan.register.typed_values import Terms
    from duzhan.store.transaction import Store

UNPLACED = "未对应"
# Of an 编号 in a file's name; file systems take 255 bytes.
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Piece:
    """A photograph or paper that came in.

    Attributes:
        county: whose.
        id: 编号 of its issue, as the ledger has it; "" if none is known.
        kind: 整改前, 整改后 or 其他.
        source: the file, sheet and place that it came from.
        file: where it is kept, as a path in the dataset; "" if its bytes could not be had.
        suffix: the ending that its content asks for; "" if it is no known kind of file.
        new: whether it was not there before.
    """

    county: County
    id: str
    kind: str
    source: str
    file: str = ""
    suffix: str = ""
    new: bool = False

    @property
    def shown(self) -> bool:
        """Whether it is a picture that can be shown."""
        return self.suffix in SHOWN


class EvidenceFiles:
    """The evidence of a dataset that is held for writing.

    Args:
        store: holds the dataset.
        dataset: its roster and rules.
        terms: how the register is read.
        dry_run: write nothing.
    """

    def __init__(
        self, store: Store, dataset: Dataset, terms: Terms, *, dry_run: bool = False
    ) -> None:
        store.watch(col.EVIDENCE)
        self._store, self._dry_run = store, dry_run
        self._register = RecordFile(store, dataset, col.EVIDENCE, terms)
        known = load_registers(dataset.root, dataset.roster, dataset.rules).evidence
        self._known = {_key(one.county, one.id, one.kind, one.digest): one.file for one in known}
        # A picture whose issue is known does not wait for one as well.
        self._anywhere = {(one.county, one.digest): one.file for one in reversed(known)}
        self._waiting = {(one.county, one.digest): one for one in known if not one.id}
        self._names: dict[Path, set[str]] = {}
        for one in known:
            path = dataset.root / one.file
            self._names.setdefault(path.parent, set()).add(_stem(path.name))
        self._used: dict[Path, set[str]] = {}
        self._rows: list[dict[str, str]] = []
        self._placed: list[tuple[Evidence, Piece]] = []

    def take(self, piece: Piece, data: bytes, received: dt.date, remark: str = "") -> Piece:
        """Keep a file, unless it is kept already for the same issue and kind.

        Args:
            piece: what it is about.
            data: its bytes.
            received: when the office got it.
            remark: 备注.

        Returns:
            The piece, with where it is kept.

        Raises:
            DuzhanError: it cannot be written.
        """
        digest = hashlib.sha256(data).hexdigest()
        piece = replace(piece, suffix=suffix_of(data[:64]) or "")
        county = piece.county.name
        if known := self._is_known(piece, digest):
            return replace(piece, file=known)
        if piece.id and (waiting := self._waiting.pop((county, digest), None)):
            self._placed.append((waiting, piece))
            self._known[_key(county, piece.id, piece.kind, digest)] = waiting.file
            return replace(piece, file=waiting.file, new=True)
        file = self._free_name(piece)
        if not self._dry_run:
            self._store.add(file, data, told_by=col.EVIDENCE)
        self._known[_key(county, piece.id, piece.kind, digest)] = file
        self._anywhere.setdefault((county, digest), file)
        self._rows.append(
            {
                col.ID: piece.id,
                col.COUNTY: county,
                "类别": piece.kind,
                "文件": file,
                "SHA-256": digest,
                "来源": piece.source,
                "收到日期": received.isoformat(),
                col.REMARK: remark,
            }
        )
        return replace(piece, file=file, new=True)

    def stage(self, by: str | None = None) -> None:
        """Stage the register with a row for each file that is new.

        Args:
            by: who asks for it.

        Raises:
            DuzhanError: the register is in no form that can be rewritten.
        """
        if self._dry_run or not (self._rows or self._placed):
            return
        changes = {
            waiting.file: (
                Change(col.ID, "", piece.id),
                *([Change("类别", waiting.kind, piece.kind)] if waiting.kind != piece.kind else ()),
            )
            for waiting, piece in self._placed
        }
        self._register.stage_all(self._rows, again=True, by=by, changes=("文件", changes))

    def speak_also(
        self, withdrawn: Sequence[IssueRow], kept: IssueRow, why: tuple[str, str]
    ) -> None:
        """Let the evidence about withdrawn issues speak for the one that they are in truth.

        Their own rows stay, as their dates do: an issue that comes back has its evidence.

        Args:
            withdrawn: the issues.
            kept: the one that each of them is.
            why: by whom it is said, and for what reason.

        Raises:
            DuzhanError: the register is in no form that can be rewritten.
        """
        new = {}
        for issue in withdrawn:
            for row in self._register.rows_about(issue.county.name, issue.id):
                key = _key(kept.county.name, kept.id, row["类别"], row["SHA-256"])
                if key not in self._known:
                    new[key] = {**row, col.ID: kept.id, col.COUNTY: kept.county.name}
        if new:
            self._register.stage_all([*new.values()], again=True, by=why[0], reason=why[1])

    def _is_known(self, piece: Piece, digest: str) -> str | None:
        county = piece.county.name
        if not piece.id:
            return self._anywhere.get((county, digest))
        return self._known.get(_key(county, piece.id, piece.kind, digest))

    def _free_name(self, piece: Piece) -> str:
        folder = f"{col.EVIDENCE_FILES}/{_plain(piece.county.name)}"
        stem = f"{_plain(piece.id)}-{piece.kind}" if piece.id else f"{UNPLACED}/{piece.kind}"
        used = self._used_in((self._store.root / folder / stem).parent)
        last = stem.rpartition("/")[2].casefold()
        number = next(n for n in count(1) if f"{last}-{n:02d}" not in used)
        used.add(f"{last}-{number:02d}")
        return f"{folder}/{stem}-{number:02d}.{piece.suffix or 'bin'}"

    def _used_in(self, folder: Path) -> set[str]:
        """The names in a folder, without their endings, that are taken."""
        if folder not in self._used:
            names = self._names.get(folder, set())
            there = folder.iterdir() if folder.is_dir() else ()
            self._used[folder] = names | {_stem(one.name) for one in there}
        return self._used[folder]


def _key(county: str, identifier: str, kind: str, digest: str) -> tuple[str, str, str, str]:
    return county, squash(identifier), kind, digest


def _stem(name: str) -> str:
    return name.rpartition(".")[0].casefold()


def _plain(text: str) -> str:
    """A name that leads nowhere else and that every system takes."""
    seen = "".join(letter if letter.isprintable() else "_" for letter in text)
    return file_name(file_name(seen)[:_LONGEST])
