"""What reading the lists had to interpret: deadlines in words, cells that number several problems.

Nothing here decides anything; `check` names it so that somebody can look.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.dataset.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duzhan.dataset.ledger import Ledger
    from duzhan.intake.dates import DateReader

# The second item of a numbered text, where the first one stands before it.
_ITEMS = (
    (r"(?:^|[\s。；;：:])1[.．、](?!\d)", r"(?:[\s。；;，,：:]|[\u4e00-\u9fff）)])2[.．、](?!\d)"),
    (r"[（(]1[）)]", r"[（(]2[）)]"),
    (r"(?:^|[\s。；;，,：:])一是", r"二是"),
    (r"(?:^|[\s。；;：:])一、", r"(?:[\s。；;：:]|[\u4e00-\u9fff）)])二、"),
    (r"①", r"②"),
)
_SEVERAL = "|".join(rf"(?:{first}[\s\S]+?{second})" for first, second in _ITEMS)
# Only texts with one of these marks can hold a second item.
_SECOND = "2[.．、）)]|二[是、]|②"


def remarks(ledger: Ledger, dates: DateReader) -> list[Fault]:
    """Warnings about what was read as it was not written.

    Args:
        ledger: the lists.
        dates: reads deadlines.
    """
    return [*_interpreted(ledger, dates), *_several(ledger)]


def numbers_several(text: str) -> bool:
    """Whether a cell of 问题描述 numbers more than one problem."""
    return re.search(_SEVERAL, text) is not None


def _interpreted(ledger: Ledger, dates: DateReader) -> Iterator[Fault]:
    """Deadlines in words, with the day that was read, which some words count from 发现日期."""
    due = ledger.facts.due
    read = dates.deadlines(ledger.cells[col.DUE], ledger.facts.found)
    if read.in_words is None:
        return
    rows = np.flatnonzero(read.in_words & (due > 0))
    for day in np.unique(due[rows]).tolist():
        told = f"按 {dt.date.fromordinal(day)} 计算，不对请改成日期"
        yield Fault("interpreted-date", col.DUE, rows[due[rows] == day], told, warning=True)


def _several(ledger: Ledger) -> Iterator[Fault]:
    column = ledger.cells[col.DESCRIPTION]
    maybe = pc.match_substring_regex(column, _SECOND)
    rows = np.flatnonzero(maybe.to_numpy())
    texts = column.filter(maybe).to_pylist()
    found = [row for row, text in zip(rows.tolist(), texts, strict=True) if numbers_several(text)]
    if found:
        detail = "一格里写了几个问题，只算一件，请分开逐条列出"
        rows = np.array(found, np.int64)
        yield Fault("several-problems", col.DESCRIPTION, rows, detail, warning=True)
