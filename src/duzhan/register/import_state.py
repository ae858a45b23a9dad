"""What an import rests on beside its own files, roster and rules: told by digests of contents."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duzhan import columns as col
from duzhan.dataset.locate import SAMPLE_MARK
from duzhan.files import digest
from duzhan.register.own_files import ledger_name
from duzhan.store.digests import digest_of_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from duzhan.dataset.folder import Dataset
    from duzhan.model import County

_REGISTERS = (col.EXTENSIONS, col.RECHECKS, col.EVIDENCE, SAMPLE_MARK)


@dataclass(frozen=True, slots=True)
class ImportState:
    """What an import rests on beside roster, rules and its own files.

    Attributes:
        listed: the names of the files under `issues/`.
        registers: digest over the registers.
        written: the files that it may write, to the digests of their contents.
    """

    listed: str
    registers: str
    written: Mapping[str, str | None]


def state_of(dataset: Dataset, counties: Iterable[County]) -> ImportState | None:
    """How the dataset is now; None if it cannot be told.

    Args:
        dataset: which.
        counties: whose ledgers matter.
    """
    return state_now(dataset, [*map(ledger_name, counties), col.IMPORTS])


def state_now(dataset: Dataset, written: Iterable[str]) -> ImportState | None:
    """How the dataset is now, as far as some files matter that an import may write.

    None if it cannot be told.
    """
    registers = registers_now(dataset)
    digests = {name: digest(dataset.root / name) for name in sorted(set(written))}
    if registers is None or None in digests.values():
        return None
    try:
        listed = os.listdir(dataset.root / col.ISSUES)  # noqa: PTH208
    except OSError:
        return None
    names = b"\0".join(sorted(map(os.fsencode, listed)))
    return ImportState(hashlib.sha256(names).hexdigest(), registers, digests)


def registers_now(dataset: Dataset) -> str | None:
    """Digest over the registers as they are; None if one cannot be read."""
    return digest_of_all(dataset.root, _REGISTERS)
