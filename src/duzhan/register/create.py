"""A new dataset from what travels with the program."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from duzhan.columns import ISSUES, RECORD_COLUMNS, SCORE_ITEMS
from duzhan.dataset.locate import ROSTER, RULES, SAMPLE_MARK, bundled
from duzhan.errors import DuzhanError, UsageError, reason

if TYPE_CHECKING:
    from pathlib import Path

_SCHEMA_LINE = "$schema=../schemas/"


def create(folder: Path, *, sample: bool) -> None:
    """Make a dataset: roster, rules and schemas, record files, and with `sample` synthetic data.

    Args:
        folder: must not exist, or be empty.
        sample: also copy the sample's lists and records, and its mark.

    Raises:
        UsageError: the folder is not empty.
        DuzhanError: it cannot be written.
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"“{folder}”已有内容，不覆盖；请换一个新的目录名")
        folder.mkdir(parents=True, exist_ok=True)
        _fill(folder, sample=sample)
    except OSError as error:
        raise DuzhanError(f"“{folder}”建不了：{reason(error)}，请换一个可写的位置") from None


def _fill(folder: Path, *, sample: bool) -> None:
    source = bundled("data")
    for name in (ROSTER, RULES):
        text = (source / name).read_text("utf-8")
        # The schemas lie beside the new dataset, not beside its folder.
        text = text.replace(_SCHEMA_LINE, "$schema=schemas/", 1)
        (folder / name).write_text(text, "utf-8", newline="\n")
    (folder / "schemas").mkdir()
    for schema in ("groups.schema.json", "milestones.schema.json", "standard.schema.json"):
        shutil.copyfile(bundled("schemas") / schema, folder / "schemas" / schema)
    shutil.copyfile(bundled("templates") / "使用说明.txt", folder / "使用说明.txt")
    origin = source if sample else bundled("templates")
    # Items of the assessments need a standard, which not every campaign has.
    for name in RECORD_COLUMNS.keys() - {SCORE_ITEMS}:
        shutil.copyfile(origin / name, folder / name)
    if sample:
        shutil.copytree(source / ISSUES, folder / ISSUES)
        shutil.copyfile(source / SAMPLE_MARK, folder / SAMPLE_MARK)
    else:
        (folder / ISSUES).mkdir()
        shutil.copyfile(bundled("templates") / "问题清单.csv", folder / "问题清单（空表）.csv")
