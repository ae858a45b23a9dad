"""Lists and record files of a dataset whose configuration is at fault: can they be read at all.

What their rows mean depends on the rules and the roster; that a file opens and has its
header does not.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from duzhan import columns as col
from duzhan.dataset.config.roster import own_headings
from duzhan.dataset.config.rules import stand_in
from duzhan.dataset.faults import refusal
from duzhan.dataset.layouts import issue_layout
from duzhan.dataset.listings import lists_fault
from duzhan.dataset.locate import RULES
from duzhan.dataset.names import is_litter
from duzhan.dataset.record_cells import REGISTERS
from duzhan.intake.dateforms import Calendar
from duzhan.intake.dates import DateReader
from duzhan.intake.grid import RefusedFileError
from duzhan.intake.headers import HeaderFinder
from duzhan.intake.layout import Layout
from duzhan.intake.tables import read_tables
from duzhan.model import Problem
from duzhan.visible import readable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from duzhan.model import Rules


def unjudged(root: Path) -> list[Problem]:
    """What is wrong with the lists and record files, whatever the configuration says.

    Columns for copies to offices, and which record files a campaign needs, are not asked for:
    only a sound configuration says so.

    Args:
        root: the dataset's folder.
    """
    rules = stand_in(root / RULES, RULES)
    dates = DateReader(Calendar(rules.start, rules.end), rules.vocabularies.empty_words)
    found = [*_lists(root, rules, dates)]
    for file in col.RECORD_COLUMNS:
        if (root / file).exists():
            found += _record(root, file, rules, dates)
    return found


def _lists(root: Path, rules: Rules, dates: DateReader) -> Iterator[Problem]:
    fault = lists_fault(root)
    folder = root / col.ISSUES
    if fault is not None or not folder.is_dir():
        yield from (fault,) if fault else ()
        return
    layout = issue_layout(rules, own_headings(root))
    for path in sorted(folder.iterdir()):
        if is_litter(path.name):
            continue
        try:
            read_tables(path, layout, dates)
        except RefusedFileError as error:
            shown = unicodedata.normalize("NFC", readable(path.name))
            yield refusal(f"{col.ISSUES}/{shown}", error)


def _record(root: Path, file: str, rules: Rules, dates: DateReader) -> Iterator[Problem]:
    columns = col.record_columns(file, (), analysis=False)
    aliases = {name: rules.header_aliases.get(name, ()) for name in columns}
    layout = Layout(HeaderFinder(aliases, columns[0]), None, None, (), len(columns))
    try:
        tables = read_tables(root / file, layout, dates)
    except RefusedFileError as error:
        yield refusal(file, error)
        return
    for table in tables:
        for column in columns:
            wanted = column != col.REMARK and file not in REGISTERS
            if wanted and column not in table.cells.column_names:
                message = f"缺少“{column}”一列"
                yield Problem("error", file, None, column, None, "missing-column", message)
