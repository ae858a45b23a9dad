"""Where the dataset is. Loads nothing heavy: shell completion asks this too."""

from __future__ import annotations

import os
from pathlib import Path

from duzhan.errors import DuzhanError

ROSTER = "groups.yaml"
ROSTER_PARTS = "groups"
MANIFEST = "ledger.json"
RULES = "milestones.yaml"
STANDARD = "standard.yaml"
SAMPLE_MARK = "示例数据.txt"
VARIABLE = "DUZHAN_DATA"


def roster_parts(root: Path) -> list[Path]:
    """The files of a roster that is split: those beside groups.yaml, by name."""
    return sorted((root / ROSTER_PARTS).glob("*.yaml"), key=lambda path: path.name)


def find_root(named: Path | None) -> Path:
    """Find the dataset: as named, else $DUZHAN_DATA, else the nearest one upwards.

    Args:
        named: what the user gave with --data.

    Raises:
        DuzhanError: there is none.
    """
    told = named or (Path(value) if (value := os.environ.get(VARIABLE)) else None)
    if told is not None:
        if (told / ROSTER).is_file():
            return told
        origin = "" if named else f"环境变量 {VARIABLE} 指的"
        raise DuzhanError(
            f"{origin}“{told}”不是数据集：里面没有 {ROSTER}；新建数据集请用 duzhan init 目录"
        )
    here = Path.cwd()
    for folder in (here, *here.parents):
        for candidate in (folder / "data", folder):
            if (candidate / ROSTER).is_file():
                return candidate
    raise DuzhanError(
        f"找不到数据集：从“{here}”往上都没有 data/{ROSTER} 或 {ROSTER}；"
        "请用 --data 指明目录，或用 duzhan init 目录 新建"
    )


def bundled(name: str) -> Path:
    """Give a folder that travels with the program: data, templates or schemas.

    An installed package carries them inside; a checkout has them at its top.
    """
    package = Path(__file__).parent.parent
    inside = package / "_bundled" / name
    return inside if inside.is_dir() else package.parent.parent / name
