"""Which issues cost points in which items: the counties' own column 考核分项, by id or name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from duzhan import columns as col
from duzhan.dataset.faults import Fault
from duzhan.dataset.item_names import SEPARATORS, ItemNames
from duzhan.intake.text import header_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from duzhan.arrays import Rows
    from duzhan.dataset.ledger import Ledger
    from duzhan.intake.dates import DateReader
    from duzhan.model import Item, Rules


_UNKNOWN = "不是评分标准里的分项，不计入该分项对应的问题，请改成分项的名称或代号"


@dataclass(frozen=True, slots=True)
class ItemLinks:
    """Issues and items, one entry a pair, each pair once.

    Attributes:
        columns: the lists' columns that say so; none if no list has any.
        issues: numbers of issues, as `Facts.issue` has them.
        items: places of items in the standard.
        unknown: column and rows whose words name no item.
    """

    columns: tuple[str, ...]
    issues: Rows
    items: Rows
    unknown: tuple[tuple[str, Rows], ...]


def linked_items(ledger: Ledger, rules: Rules, dates: DateReader) -> ItemLinks:
    """Read the columns that link issues to items of the standard.

    Args:
        ledger: the lists.
        rules: the campaign, with its standard; without one nothing is linked.
        dates: tells words that mean nothing.
    """
    standard = rules.standard
    own = col.own_columns(ledger.cells.column_names)
    columns = () if standard is None else linking_columns(own, rules)
    items = () if standard is None else standard.items
    names, places = ItemNames(items), {item: at for at, item in enumerate(items)}
    pairs: list[tuple[Rows, Rows]] = []
    unknown: list[tuple[str, Rows]] = []
    for column in columns:
        encoded = ledger.cells[column].combine_chunks().dictionary_encode()
        texts = [None if dates.is_empty(t) else t for t in encoded.dictionary.to_pylist()]
        meant = [() if text is None else _meant(text, names) for text in texts]
        codes = encoded.indices.to_numpy()
        rows, found = _spread(codes, [[places[item] for item in some or ()] for some in meant])
        pairs.append((ledger.facts.issue[rows].astype(np.int64), found))
        strange = np.flatnonzero(np.array([some is None for some in meant], bool)[codes])
        if len(strange):
            unknown.append((column, strange))
    return ItemLinks(columns, *_once(pairs, max(1, len(items))), tuple(unknown))


def _spread(codes: NDArray[np.integer], values: list[list[int]]) -> tuple[Rows, Rows]:
    """Each row with each value of its code, from the values of every code."""
    counts = np.array([len(some) for some in values], np.int64)
    flat = np.array([value for some in values for value in some], np.int64)
    begins = np.cumsum(counts) - counts
    times = counts[codes]
    rows = np.repeat(np.arange(len(codes)), times)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(times) - times, times)
    return rows, flat[np.repeat(begins[codes], times) + within]


def unlinked(ledger: Ledger, rules: Rules, dates: DateReader) -> list[Fault]:
    """Warnings about cells that name no item of the standard."""
    withdrawn = ledger.facts.withdrawn
    return [
        Fault("unknown-value", column, rows[~withdrawn[rows]], _UNKNOWN, warning=True)
        for column, rows in linked_items(ledger, rules, dates).unknown
    ]


def linking_columns(own: Iterable[str], rules: Rules) -> tuple[str, ...]:
    """Which of the counties' own columns link issues to items."""
    names = (col.LINKED_ITEMS, *rules.header_aliases.get(col.LINKED_ITEMS, ()))
    known = {header_key(name) for name in names}
    return tuple(name for name in own if header_key(name) in known)


def _meant(text: str, names: ItemNames) -> tuple[Item, ...] | None:
    """The items that a cell names; None if any of its words names none.

    Of items that are written alike, such as one that the standard changed half way, all are meant.
    """
    if whole := names.meant(text):
        return whole
    parts = [names.meant(part) for part in SEPARATORS.split(text) if part.strip()]
    if not parts or not all(parts):
        return None
    return tuple(dict.fromkeys(item for part in parts for item in part))


def _once(pairs: list[tuple[Rows, Rows]], count: int) -> tuple[Rows, Rows]:
    """The pairs of issue and item, each once; `count` is how many items there are."""
    keys = [issues * count + items for issues, items in pairs]
    # Sorting is faster here than the hashing of `np.unique`.
    both = np.sort(np.concatenate([*keys, np.zeros(0, np.int64)]))
    both = both[np.diff(both, prepend=-1) != 0]
    return both // count, both % count
