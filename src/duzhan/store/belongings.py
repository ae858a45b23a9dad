"""What belongs to a dataset, whichever: nobody's output may take its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.columns import IMPORTS, ISSUES, RECORD_COLUMNS
from duzhan.store.journal import JOURNAL

if TYPE_CHECKING:
    from pathlib import Path

# A folder that holds this is a dataset.
MARK = "groups.yaml"
_SETTINGS = (MARK, "milestones.yaml", "standard.yaml", "示例数据.txt")
FILES = frozenset({*_SETTINGS, JOURNAL, IMPORTS, "outbox.jsonl", *RECORD_COLUMNS})
FOLDERS = frozenset({ISSUES, "groups", "templates", "evidence"})


def dataset_owning(path: Path) -> Path | None:
    """Find the dataset to whose own files a path belongs.

    Args:
        path: an absolute path without links.

    Returns:
        The dataset's folder; None if it is nobody's own.
    """
    for folder in path.parents:
        first, *rest = path.relative_to(folder).parts
        own = first.startswith(".duzhan") or first in (FOLDERS if rest else FILES)
        if own and (folder / MARK).is_file():
            return folder
    return None
