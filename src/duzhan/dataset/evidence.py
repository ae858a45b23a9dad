"""The files of evidence.csv looked at: are they there and unchanged, what do they show.

Nothing of a file is believed beyond its bytes: what a camera wrote about day, place or
device decides nothing, and place and device are never read.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from duzhan import columns as col
from duzhan.dataset.registers import AFTER, DIGEST, FILE, RECEIVED
from duzhan.files import contents
from duzhan.intake.formats.evidence import LARGEST
from duzhan.intake.pictures import SHOWN, look, reduced, taken_at
from duzhan.intake.text import squash
from duzhan.model import Problem
from duzhan.parallel import on_all_cores
from duzhan.store.atomic import file_digest

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from duzhan.intake.pictures import PictureFacts
    from duzhan.model import Evidence

MISSING, CHANGED = "missing-evidence", "changed-evidence"
# Of 64 bits; pictures of different scenes differ in about 32.
_ALIKE = 4
# A picture of one colour, or of one edge, is like many others.
_FEATURES = 8
_TOLD = 20
_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file of the register.

    Attributes:
        entry: its row.
        fault: `MISSING` or `CHANGED`; None if it is as it came.
        picture: what it shows; None if that was not asked, or it is no picture to show.
    """

    entry: Evidence
    fault: str | None = None
    picture: PictureFacts | None = None


def has_files(root: Path) -> bool:
    """Whether this copy of the dataset has the files, or only the register."""
    return (root / col.EVIDENCE_FILES).is_dir()


def place_of(root: Path, entry: Evidence) -> Path | None:
    """Where a file of the register lies; None if a link leads out of ``evidence/``."""
    path = root / entry.file
    base = (root / col.EVIDENCE_FILES).resolve()
    return path if path.resolve().is_relative_to(base) else None


def look_at_files(
    root: Path, entries: Sequence[Evidence], *, closely: bool = False
) -> list[SeenFile]:
    """Compare the files with their digests, on all cores.

    Args:
        root: the dataset's folder.
        entries: of the register.
        closely: also look at what the pictures show.
    """
    return on_all_cores(partial(_seen, root, closely=closely), entries)


def _seen(root: Path, entry: Evidence, *, closely: bool) -> SeenFile:
    path = place_of(root, entry)
    if path is None:
        return SeenFile(entry, MISSING)
    try:
        data = contents_of_picture(path) if closely else b""
        if not data:
            digest = file_digest(path)
            return SeenFile(entry, None if digest == entry.digest else _fault(digest))
    except OSError:
        return SeenFile(entry, MISSING)
    if hashlib.sha256(data).hexdigest() != entry.digest:
        return SeenFile(entry, CHANGED)
    return SeenFile(entry, None, look(data))


def times_taken(root: Path, entries: Sequence[Evidence]) -> list[dt.datetime | None]:
    """When photographs were taken by their cameras' clocks; None where nothing says so."""

    def taken(entry: Evidence) -> dt.datetime | None:
        path = place_of(root, entry)
        try:
            return None if path is None else taken_at(contents_of_picture(path))
        except OSError:
            return None

    return on_all_cores(taken, entries)


def reduced_of(
    root: Path, entry: Evidence, box: tuple[int, int], quality: int, *, padded: bool = False
) -> bytes | None:
    """A small JPEG of a picture with nothing in it but pixels; of one that changed there is none.

    Args:
        root: the dataset's folder.
        entry: its row.
        box: the most pixels across and down.
        quality: of the JPEG.
        padded: make it just as large as the box.
    """
    path = place_of(root, entry)
    try:
        data = contents_of_picture(path) if path else b""
    except OSError:
        return None
    known = data and hashlib.sha256(data).hexdigest() == entry.digest
    return reduced(data, box, quality, padded=padded) if known else None


def contents_of_picture(path: Path) -> bytes:
    """The bytes of a picture; none of a file that is larger than any.

    Raises:
        OSError: it cannot be read.
    """
    shown = path.suffix.lower().removeprefix(".") in SHOWN
    return contents(path) if shown and path.stat().st_size <= LARGEST else b""


def _fault(digest: str | None) -> str:
    return MISSING if digest is None else CHANGED


# ---------------------------------------------------------------- what the register says


def register_problems(entries: Sequence[Evidence]) -> list[Problem]:
    """What the register shows by itself: one picture of two issues, what belongs to none."""
    return [*_shared(entries), *_unplaced(entries)]


def _shared(entries: Sequence[Evidence]) -> Iterator[Problem]:
    """One file under two issues."""
    first: dict[str, Evidence] = {}
    for one in entries:
        other = first.setdefault(one.digest, one) if one.id else one
        if _issue(other) != _issue(one):
            message = f"与第{other.line}行{_named(other)}的{other.kind}是同一张，请核对"
            yield _warning(one, FILE, one.file, "shared-evidence", message)


def _unplaced(entries: Sequence[Evidence]) -> Iterator[Problem]:
    waiting = Counter(one.county for one in entries if not one.id)
    for county, count in waiting.items():
        first = next(one for one in entries if one.county == county and not one.id)
        message = f"{county}有{count}件没有对应到问题，对上了用 duzhan evidence 归到问题"
        yield _warning(first, col.ID, None, "unplaced-evidence", message)


def _issue(one: Evidence) -> tuple[str, str]:
    return one.county, squash(one.id)


def _named(one: Evidence) -> str:
    return f"（{one.county} {one.id}）"


# ---------------------------------------------------------------- what the files say


def file_problems(
    root: Path, seen: Sequence[SeenFile], found: Mapping[int, dt.date]
) -> list[Problem]:
    """What is wrong with the files, in the order of the register.

    Args:
        root: the dataset's folder.
        seen: the files, looked at closely.
        found: 发现日期 of the issues, by the line of the register, where it is known.
    """
    return [
        *(lost(one) for one in seen if one.fault),
        *(problem for one in seen for problem in _early(one, found)),
        *_alike(seen),
        *_unlisted(root, [one.entry for one in seen]),
    ]


def lost(one: SeenFile) -> Problem:
    """A file that is gone or that is not as it came, as a problem."""
    entry = one.entry
    message, column, value = f"找不到文件 {entry.file}，请从备份恢复", FILE, entry.file
    if one.fault == CHANGED:
        message = f"{entry.file} 和登记时不一样了，请从备份恢复原件"
        column, value = DIGEST, entry.digest
    return Problem(
        "error", col.EVIDENCE, entry.line, column, value, one.fault or MISSING, message,
        id=entry.id or None,
    )  # fmt: skip


def _early(one: SeenFile, found: Mapping[int, dt.date]) -> Iterator[Problem]:
    """A photograph whose camera gives a day that does not fit the row."""
    entry = one.entry
    if one.picture is None or one.picture.taken is None:
        return
    taken, since = one.picture.taken.date(), found.get(entry.line)
    if entry.kind == AFTER and since and taken < since:
        message = f"{entry.file} 作整改后，照片自记拍摄于 {taken}，早于发现日期 {since}，请核对"
        yield _warning(entry, FILE, entry.file, "early-evidence", message)
    if taken > entry.received:
        message = f"{entry.file} 自记拍摄于 {taken}，晚于收到日期 {entry.received}，请核对"
        yield _warning(entry, RECEIVED, entry.received.isoformat(), "late-evidence", message)


def _alike(seen: Sequence[SeenFile]) -> Iterator[Problem]:
    """Pictures of different issues that look the same: a suggestion, never more."""
    shown = [
        (one.entry, one.picture.likeness)
        for one in seen
        if one.picture and one.entry.id and _tells(one.picture.likeness)
    ]
    pairs = list(_near([one for one, _ in shown], [bits for _, bits in shown]))
    for one, like in pairs[:_TOLD]:
        message = f"与第{like.line}行{_named(like)}的{like.kind}看上去像是同一处拍的，请核对"
        yield _warning(one, FILE, one.file, "alike-evidence", message)
    if len(pairs) > _TOLD:
        message = f"另有{len(pairs) - _TOLD}对照片看上去像是同一处拍的，未列出"
        yield Problem("warning", col.EVIDENCE, None, None, None, "alike-evidence", message)


def _tells(likeness: int) -> bool:
    return _FEATURES <= likeness.bit_count() <= 64 - _FEATURES


def _near(
    entries: Sequence[Evidence], likenesses: Sequence[int]
) -> Iterator[tuple[Evidence, Evidence]]:
    """Each picture with the first before it that nearly agrees and is another issue's."""
    bits = np.array(likenesses, np.uint64)
    issues, files = (
        np.unique([str(key(one)) for one in entries], return_inverse=True)[1]
        for key in (_issue, lambda one: one.digest)
    )
    for begin in range(0, len(bits), _AT_ONCE):
        part = slice(begin, begin + _AT_ONCE)
        close = np.bitwise_count(bits[part, None] ^ bits[None, :]) <= _ALIKE
        close &= issues[part, None] != issues[None, :]
        close &= files[part, None] != files[None, :]
        for row in range(begin, min(begin + _AT_ONCE, len(bits))):
            before = np.flatnonzero(close[row - begin, :row])
            if len(before):
                yield entries[row], entries[int(before[0])]


def _unlisted(root: Path, entries: Sequence[Evidence]) -> Iterator[Problem]:
    """Files that lie there and that no row names."""
    known = {one.file for one in entries}
    base = root / col.EVIDENCE_FILES
    there = sorted(one for one in base.rglob("*") if one.is_file() and not one.name.startswith("."))
    names = [one.relative_to(root).as_posix() for one in there]
    others = [name for name in names if name not in known]
    if others:
        shown = "、".join(others[:3]) + ("等" if len(others) > 3 else "")
        message = f"evidence/ 里有{len(others)}个文件没有登记：{shown}；请用 duzhan evidence 登记"
        yield Problem("warning", col.EVIDENCE, None, None, None, "unlisted-evidence", message)


def absent(entries: Sequence[Evidence]) -> Problem:
    """Say once that a copy of the dataset came without the files."""
    message = f"这一份数据没有 evidence/ 目录，{len(entries)}件佐证材料的文件没有核对；登记都在"
    return Problem("warning", col.EVIDENCE, None, None, None, "no-evidence-files", message)


def _warning(one: Evidence, column: str, value: str | None, code: str, message: str) -> Problem:
    return Problem(
        "warning", col.EVIDENCE, one.line, column, value, code, message, id=one.id or None
    )
