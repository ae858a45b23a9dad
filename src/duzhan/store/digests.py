"""Digests of what files hold; the time that a file tells of itself is never asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.files import digest, sha256

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def digest_of_all(root: Path, names: Iterable[str]) -> str | None:
    """Give a digest over names and contents; None if one of the files cannot be read.

    Args:
        root: the dataset's folder.
        names: paths in it, in a steady order; files that are not there count as well.
    """
    whole = sha256(b"")
    for name in names:
        content = digest(root / name)
        if content is None:
            return None
        whole.update(f"{name}\0{content}\0".encode(errors="surrogateescape"))
    return whole.hexdigest()
