"""Which counties may have an issue of some 编号: told from the files' bytes, without reading lists.

A change without --county would otherwise read every list for one row. Only a file that is
plainly written is told so; whichever leaves a doubt is read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from duzhan.columns import FURTHER_COLUMNS, ISSUE_COLUMNS
from duzhan.dataset.listings import issue_files
from duzhan.files import contents
from duzhan.store.canonical_csv import BOM

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from duzhan.dataset.folder import Dataset
    from duzhan.model import County

_HEADER, _FURTHER = ",".join(ISSUE_COLUMNS), frozenset(FURTHER_COLUMNS)


class _Writing(NamedTuple):
    """How a list is written: its encoding, and what in it is plain.

    Attributes:
        name: of the encoding, which the header's bytes make certain.
        header: the fourteen columns, in this encoding.
        doubtful: a row that does not begin with an 编号 that stands as it is meant: characters
            that nothing folds, with a digit, which no second header has.
    """

    name: str
    header: bytes
    doubtful: re.Pattern[bytes]

    @classmethod
    def of(cls, name: str, ideograph: bytes) -> _Writing:
        """An encoding, and a pattern of the ideographs that nothing folds."""
        before = rb"(?:[!#-&(-+\-.:-~/]|" + ideograph + rb")*"
        doubtful = re.compile(rb"\n(?!" + before + rb"[0-9][!#-&(-+\--~]*,|\Z)")
        return cls(name, _HEADER.encode(name), doubtful)


_WRITINGS = (
    _Writing.of("utf-8", rb"[\xe4-\xe9][\x80-\xbf]{2}"),
    _Writing.of("gb18030", rb"[\xb0-\xf7][\xa1-\xfe]"),
)


def counties_to_read(
    dataset: Dataset, scope: Sequence[County], identifiers: Collection[str]
) -> Sequence[County]:
    """The counties whose lists tell of some issues all that the lists of all would tell.

    Args:
        dataset: whose lists.
        scope: the counties to look in.
        identifiers: 编号, squashed.

    Returns:
        Those whose lists have one of them or leave a doubt; all, if one is found nowhere.
    """
    codes = {county.code for county in scope}
    found: set[str] = set()
    ours: set[str] = set()
    for path, county in issue_files(dataset.root, dataset.roster):
        if county is None or county.code not in codes or county.code in ours:
            continue
        held = _held(path, identifiers)
        if held is None or held:
            ours.add(county.code)
            found |= held or set()
    if not found.issuperset(identifiers):
        return scope
    return [county for county in scope if county.code in ours]


def _held(path: Path, identifiers: Collection[str]) -> set[str] | None:
    """Which issues a list has, or some of them; None if that cannot be told at sight."""
    try:
        data = contents(path).removeprefix(BOM)
    except OSError:
        return None
    writing = next((one for one in _WRITINGS if data.startswith(one.header)), None)
    if writing is None:
        return None
    held = {name for name in identifiers if f"\n{name},".encode(writing.name) in data}
    return held if held or _is_plain(data, writing) else None


def _is_plain(data: bytes, writing: _Writing) -> bool:
    """Whether a list's rows begin with their 编号, each as it is meant."""
    further = data.partition(b"\n")[0].removeprefix(writing.header).decode(writing.name, "replace")
    first, *names = further.split(",")
    if first or not _FURTHER.issuperset(names) or b"\r" in data:
        return False
    outside = data.split(b'"')[::2]
    # Quotes stand around whole cells, or what is between two of them would be no cell.
    ends = {text[-1:] for text in outside[:-1]} | {text[:1] for text in outside[1:]}
    if not ends <= {b"", b",", b"\n"} or data.count(b'"') % 2:
        return False
    return writing.doubtful.search(b"".join(outside)) is None
