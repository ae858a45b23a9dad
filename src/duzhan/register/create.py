"""A new dataset from what travels with the program."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from typing import TYPE_CHECKING

from duzhan.columns import EXTENSIONS, ISSUES, RECHECKS, RECORD_COLUMNS, SCORE_ITEMS, record_columns
from duzhan.dataset.folder import read_configuration
from duzhan.dataset.layouts import records_asked
from duzhan.dataset.locate import ROSTER, RULES, SAMPLE_MARK, STANDARD, bundled
from duzhan.errors import DuzhanError, UsageError, reason
from duzhan.store.canonical_csv import rows_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.model import Roster, Rules

_SCHEMA_LINES = ("$schema=../../schemas/", "$schema=../schemas/")
_BLANK = "空白数据集"
_README = "使用说明.txt"


def examples() -> dict[str, Path]:
    """The other campaigns that travel with the program, by name."""
    folder = bundled("examples")
    return {path.name: path for path in sorted(folder.iterdir()) if (path / RULES).is_file()}


def example(name: str) -> Path:
    """The folder of an example campaign.

    Args:
        name: its name, or the beginning of just one.

    Raises:
        UsageError: there is no such example.
    """
    fitting = [path for known, path in examples().items() if name and known.startswith(name)]
    if len(fitting) != 1:
        raise UsageError(f"--from 的“{name}”不是自带的例子，应为：{'、'.join(examples())}")
    return fitting[0]


def create(folder: Path, *, sample: bool, source: Path | None = None, blank: bool = False) -> None:
    """Make a dataset: roster, rules and schemas, record files, and with `sample` synthetic data.

    Args:
        folder: must not exist, or be empty.
        sample: also copy the sample's lists and records, and its mark.
        source: the folder of an example campaign; None for the notice's own.
        blank: from commented YAML with nothing of any campaign in it.

    Raises:
        UsageError: the folder is not empty.
        DuzhanError: it cannot be written.
    """
    if blank:
        source = bundled("templates") / _BLANK
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"“{folder}”已有内容，不覆盖；请换一个新的目录名")
        folder.mkdir(parents=True, exist_ok=True)
        _fill(folder, source or bundled("data"), sample=sample)
    except OSError as error:
        raise DuzhanError(f"“{folder}”建不了：{reason(error)}，请换一个可写的位置") from None


def _fill(folder: Path, source: Path, *, sample: bool) -> None:
    for name in (ROSTER, RULES, STANDARD):
        if (source / name).is_file():
            text = (source / name).read_text("utf-8")
            # The schemas lie beside the new dataset, not beside its folder.
            for line in _SCHEMA_LINES:
                text = text.replace(line, "$schema=schemas/", 1)
            (folder / name).write_text(text, "utf-8", newline="\n")
    shutil.copytree(bundled("schemas"), folder / "schemas", ignore=shutil.ignore_patterns("output"))
    roster, rules, problems = read_configuration(folder)
    if roster is None or rules is None:
        raise DuzhanError(*map(str, problems))
    _write_records(folder, source, roster, rules, sample=sample)
    _write_readme(folder, roster, rules)
    if sample:
        shutil.copytree(source / ISSUES, folder / ISSUES)
        shutil.copyfile(source / SAMPLE_MARK, folder / SAMPLE_MARK)
    else:
        (folder / ISSUES).mkdir()
        shutil.copyfile(bundled("templates") / "问题清单.csv", folder / "问题清单（空表）.csv")


def _write_records(
    folder: Path, source: Path, roster: Roster, rules: Rules, *, sample: bool
) -> None:
    """The record files of what the campaign asks for: the sample's, or headers only."""
    items = {SCORE_ITEMS} if (folder / STANDARD).is_file() else set()
    for name in {*records_asked(rules), *items, EXTENSIONS, RECHECKS}:
        if sample and (source / name).is_file():
            shutil.copyfile(source / name, folder / name)
        else:
            columns = record_columns(name, roster.offices, analysis=rules.wants_analysis)
            (folder / name).write_bytes(rows_bytes(columns, []))


def _write_readme(folder: Path, roster: Roster, rules: Rules) -> None:
    """What lies in the dataset, in the campaign's words, without what it has not."""
    words = {**asdict(rules.wording), "first": roster.counties[0].name}
    lines = []
    for line in (bundled("templates") / _README).read_text("utf-8").splitlines():
        file = line.partition(" ")[0]
        if file in RECORD_COLUMNS:
            columns = record_columns(file, roster.offices, analysis=rules.wants_analysis)
            words["columns"] = ", ".join(columns)
        if file not in {STANDARD, *RECORD_COLUMNS} or (folder / file).is_file():
            lines.append(line.format_map(words))
    (folder / _README).write_text("".join(f"{line}\n" for line in lines), "utf-8", newline="\n")
