"""An incoming list merged into a county's ledger (SPEC section 5).

A non-empty cell replaces the ledger's, an empty one never erases; event dates
are added and none is taken away; a later 发现日期 or 整改期限 is not taken unless
the office says so; what cannot be read never replaces what can. Pure: tables
in, tables and an account of every row out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.dataset.facts import Brokenness, judge, says_nothing
from duzhan.intake.text import holds_byte, squash, squash_array
from duzhan.register.matching import AMBIGUOUS, NEW, group_new, keys_of, match, match_known
from duzhan.register.merging_dates import DateColumns, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    from duzhan.dataset.facts import Facts, Reading

    Mask = NDArray[np.bool_]
    Rows = NDArray[np.int64]

ADDED, UPDATED, UNCHANGED, REJECTED = 0, 1, 2, 3

NAMELESS = "编号和问题描述都没有，不知道是哪个问题，请补填"
DOUBLED = "同一问题在表中出现不止一次而内容不同，已取状态最差的一行，请只留一行"
FITS_TWO = "与台账中不止一个问题相符，请写明编号"

_TEXTS = tuple(
    name for name in col.ISSUE_COLUMNS if name not in col.DATE_COLUMNS and name != col.ID
)


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a list is taken in.

    Attributes:
        today: ordinal of the day of import.
        passed: ordinal of the latest milestone deadline before today, 0 if none.
        prefix: what new ids begin with, such as 富宁.
        row_states: the one arithmetic of states, `compliance.states.row_states`.
        accept_moved_dates: whether later 发现日期 and 整改期限 are taken.
        verified_by: who vouches for the closures of the sheet.
    """

    today: int
    passed: int
    prefix: str
    row_states: Callable[[Facts, int], NDArray[np.int8]]
    accept_moved_dates: bool = False
    verified_by: str | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """The ledger after the merge, and what became of each incoming row.

    Attributes:
        cells: the ledger's columns, old rows first, new ones below.
        target: ledger row of each incoming row, -1 if rejected.
        outcome: ADDED, UPDATED, UNCHANGED or REJECTED for each incoming row.
        reasons: why a row was rejected.
        refused: cells that could not be read.
        moved: (incoming row, column) of dates that were not taken.
        backdated: incoming rows with a new 销号日期 on or before a passed milestone.
        renumbered: incoming rows of issues that got another 编号 than the row has.
    """

    cells: pa.Table
    target: Rows
    outcome: NDArray[np.int8]
    reasons: Mapping[int, str]
    refused: tuple[Refusal, ...]
    moved: tuple[tuple[int, str], ...]
    backdated: tuple[int, ...]
    renumbered: tuple[int, ...]


def merge(
    ledger: pa.Table,
    incoming: pa.Table,
    broken: Mapping[tuple[int, str | None], object],
    reading: Reading,
    terms: Terms,
) -> Merged:
    """Merge the rows of one file into a county's ledger.

    Args:
        ledger: columns.ISSUE_COLUMNS as text, "" for empty.
        incoming: the same columns of the new list.
        broken: (row, column) of incoming cells that the intake found broken; column None
            for rows whose cells are shifted against the header.
        reading: how cells are read.
        terms: on what terms.
    """
    incoming = _cleaned(incoming, broken, reading)
    both = pa.concat_tables([ledger, incoming])
    dates = DateColumns(both, ledger.num_rows, reading.dates, terms.today)
    reasons: dict[int, str] = {}
    target = match_known(ledger, incoming)
    if target is None:
        target = _matched(ledger.num_rows, both, dates, reasons, terms.prefix)
    taken, equal = _worst(incoming, target, reading, terms)
    doubled = (target >= 0) & ~equal
    doubled[taken] = False
    _reject(target, reasons, doubled, DOUBLED)

    additions = int(target.max(initial=-1)) + 1 - ledger.num_rows
    grown, renumbered = _grown(ledger, incoming, taken, target, max(additions, 0), terms)
    cells, result = _blended(grown, incoming, taken, target[taken], dates, terms)
    changed = _changed(grown, cells)
    outcome = np.full(len(target), UNCHANGED, np.int8)
    outcome[taken[changed[target[taken]]]] = UPDATED
    outcome[taken[target[taken] >= ledger.num_rows]] = ADDED
    outcome[list(reasons)] = REJECTED
    kept = outcome != REJECTED
    text_flaws = tuple(
        Refusal(row, column) for row, column in broken if column in _TEXTS or column == col.ID
    )
    return Merged(
        cells=cells,
        target=target,
        outcome=outcome,
        reasons=reasons,
        refused=tuple(r for r in (*text_flaws, *dates.refusals) if kept[r.row]),
        moved=result.moved,
        backdated=result.backdated,
        renumbered=renumbered,
    )


def _matched(
    known: int, both: pa.Table, dates: DateColumns, reasons: dict[int, str], prefix: str
) -> Rows:
    """The ledger row of each incoming row: a known one, one to be added, or none, with a reason.

    Args:
        known: how many rows of `both` are the ledger's.
        both: the ledger's rows, then the incoming ones.
        dates: their dates.
        reasons: is given why a row is rejected.
        prefix: what numbers of our own begin with.
    """
    keys = keys_of(both, dates.found)
    new_keys = keys.at(np.arange(known, both.num_rows))
    ours = squash_array(both[col.ID].slice(0, known))
    numbered = np.asarray(pc.starts_with(ours, f"{prefix}-").to_numpy(), bool)
    target = match(keys.at(np.arange(known)), new_keys, dates.found_says_nothing, numbered)
    nameless = (new_keys.id == 0) & (new_keys.description == 0)
    _reject(target, reasons, nameless, NAMELESS)
    _reject(target, reasons, target == AMBIGUOUS, FITS_TWO)
    fresh = np.flatnonzero((target == NEW) & ~np.isin(np.arange(len(target)), list(reasons)))
    if len(fresh):
        groups = group_new(new_keys.at(fresh))
        first = np.sort(np.unique(groups, return_index=True)[1])
        rank = np.empty(groups.max() + 1, np.int64)
        rank[groups[first]] = np.arange(len(first))
        target[fresh] = known + rank[groups]
    return target


def _reject(target: Rows, reasons: dict[int, str], rows: Mask, why: str) -> None:
    for row in np.flatnonzero(rows).tolist():
        reasons.setdefault(row, why)
    target[rows] = NEW


def _cleaned(
    cells: pa.Table, broken: Mapping[tuple[int, str | None], object], reading: Reading
) -> pa.Table:
    """Trim cells; words such as 无 are empty; what is broken is empty, but for dates.

    Nothing dated of a row whose cells are shifted can be trusted.
    """
    shifted = [row for row, column in broken if column is None]
    for name in col.ISSUE_COLUMNS:
        text = pc.utf8_trim_whitespace(cells[name])
        if holds_byte(text, ord("\r")):
            for end in ("\r\n", "\r"):
                text = pc.replace_substring(text, end, "\n")
        rows = [row for row, column in broken if column == name]
        if name in col.DATE_COLUMNS:
            # What cannot be read is kept as it came, but on one line: rows inside it are none.
            lines = [text[row].as_py().replace("\n", " ") for row in rows]
            text = replaced(text, [*rows, *shifted], [*lines, *[""] * len(shifted)])
        else:
            rows += np.flatnonzero(
                says_nothing(text, reading.dates) & np.asarray(pc.not_equal(text, "").to_numpy())
            ).tolist()
            text = replaced(text, rows, [""] * len(rows))
        cells = cells.set_column(cells.schema.get_field_index(name), name, text)
    return cells


def replaced(
    column: pa.ChunkedArray, rows: Iterable[int] | Rows, values: Iterable[str] | pa.ChunkedArray
) -> pa.ChunkedArray:
    """A column with other texts in some rows."""
    at = np.fromiter(rows, np.int64) if not isinstance(rows, np.ndarray) else rows
    if len(at) == 0:
        return column
    new = values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([list(values)])
    if _is_everything(at, len(column)):
        return new.cast(pa.string())
    index = np.arange(len(column))
    index[at] = len(column) + np.arange(len(at))
    return pa.chunked_array([*column.chunks, *new.cast(pa.string()).chunks]).take(pa.array(index))


def picked(column: pa.ChunkedArray, rows: Rows) -> pa.ChunkedArray:
    """A column's cells at some rows; the column itself if that is all of them in order."""
    if _is_everything(rows, len(column)):
        return column
    return column.take(pa.array(rows))


def _is_everything(rows: Rows, count: int) -> bool:
    return len(rows) == count and np.array_equal(rows, np.arange(count))


def _worst(incoming: pa.Table, target: Rows, reading: Reading, terms: Terms) -> tuple[Rows, Mask]:
    """The row to take for each issue, and which other rows are equal to it in every cell."""
    rows = np.flatnonzero(target >= 0)
    _, inverse, counts = np.unique(target[rows], return_inverse=True, return_counts=True)
    equal = np.zeros(len(target), bool)
    if (counts == 1).all():
        return rows, equal
    county = np.zeros(incoming.num_rows, np.int16)
    facts = judge(incoming, county, Brokenness(), reading)
    state = terms.row_states(facts, terms.today)
    due = np.where(facts.due > 0, facts.due, np.iinfo(np.int32).max)
    order = rows[np.lexsort((rows, due[rows], -state[rows], target[rows]))]
    taken = order[np.unique(target[order], return_index=True)[1]]
    chosen = dict(zip(target[taken].tolist(), taken.tolist(), strict=True))
    for row in rows[counts[inverse] > 1].tolist():
        other = chosen[int(target[row])]
        equal[row] = all(
            squash(incoming[name][row].as_py()) == squash(incoming[name][other].as_py())
            for name in col.ISSUE_COLUMNS
        )
    return np.sort(taken), equal


def _grown(
    ledger: pa.Table,
    incoming: pa.Table,
    taken: Rows,
    target: Rows,
    additions: int,
    terms: Terms,
) -> tuple[pa.Table, tuple[int, ...]]:
    """The ledger with an empty row for each new issue, numbered; and whose number is another."""
    if not additions:
        return ledger, ()
    own = np.zeros(additions, np.int64)
    added = target[taken] >= ledger.num_rows
    own[target[taken][added] - ledger.num_rows] = taken[added]
    asked = incoming[col.ID].take(pa.array(own))
    numbers, renumbered = _numbered(ledger[col.ID], incoming[col.ID], asked, terms.prefix)
    none = pa.repeat(pa.scalar("", pa.string()), additions)
    grown = pa.table(
        {
            name: pa.chunked_array(
                [*ledger[name].chunks, *(numbers.chunks if name == col.ID else [none])]
            )
            for name in col.ISSUE_COLUMNS
        }
    )
    return grown, tuple(int(own[place]) for place in renumbered)


def _numbered(
    theirs: pa.ChunkedArray, incoming: pa.ChunkedArray, asked: pa.ChunkedArray, prefix: str
) -> tuple[pa.ChunkedArray, list[int]]:
    """The 编号 of new issues, and which of them are others than those asked for.

    Args:
        theirs: 编号 of the ledger.
        incoming: 编号 of all incoming rows.
        asked: 编号 that the new issues have in their list, "" for none.
        prefix: what numbers of our own begin with.
    """
    plain, known = squash_array(asked), squash_array(theirs).combine_chunks()
    free = not pc.any(pc.or_(pc.equal(plain, ""), pc.is_in(plain, known))).as_py()
    if free and len(pc.unique(plain)) == len(plain):
        return asked, []
    used, wanted = set(known.to_pylist()), set(squash_array(incoming).to_pylist())
    numbers, renumbered, number = [], [], 0
    for place, (text, key) in enumerate(zip(asked.to_pylist(), plain.to_pylist(), strict=True)):
        if not text or key in used:
            number, own = _free(prefix, number, used, wanted)
            renumbered.append(place)
            numbers.append(own)
            used.add(squash(own))
        else:
            numbers.append(text)
            used.add(key)
    return pa.chunked_array([pa.array(numbers, pa.string())]), renumbered


def _free(prefix: str, last: int, *used: set[str]) -> tuple[int, str]:
    while True:
        last += 1
        text = f"{prefix}-{last:04d}"
        if not any(squash(text) in some for some in used):
            return last, text


@dataclass(frozen=True, slots=True)
class _Blend:
    moved: tuple[tuple[int, str], ...]
    backdated: tuple[int, ...]


def _blended(
    cells: pa.Table, incoming: pa.Table, taken: Rows, at: Rows, dates: DateColumns, terms: Terms
) -> tuple[pa.Table, _Blend]:
    """Write the cells of the rows taken into their ledger rows."""
    new = {}
    for name in _TEXTS:
        values = picked(incoming[name], taken)
        filled = np.asarray(pc.not_equal(values, "").to_numpy(), bool)
        differs = filled & np.asarray(
            pc.not_equal(values, picked(cells[name], at)).to_numpy(), bool
        )
        new[name] = replaced(cells[name], at[differs], values.filter(pa.array(differs)))
    moved: list[tuple[int, str]] = []
    for name in (col.FOUND, col.DUE):
        new[name], late = dates.single(
            name, cells[name], taken, at, accept_moved=terms.accept_moved_dates
        )
        moved.extend((row, name) for row in late)
    backdated: Rows = np.zeros(0, np.int64)
    for name in col.EVENT_COLUMNS:
        new[name], rows, days = dates.events(name, cells[name], taken, at)
        if name == col.CLOSED:
            backdated = np.unique(rows[days <= terms.passed])
    if terms.verified_by:
        new[col.VERIFIER] = _vouched(new[col.VERIFIER], dates, taken, at, terms.verified_by)
    new[col.ID] = cells[col.ID]
    result = pa.table({name: new[name] for name in col.ISSUE_COLUMNS})
    return result, _Blend(tuple(sorted(moved)), tuple(backdated.tolist()))


def _vouched(
    verifiers: pa.ChunkedArray, dates: DateColumns, taken: Rows, at: Rows, name: str
) -> pa.ChunkedArray:
    """The office vouches for every closure of the sheet that nobody signed."""
    closed = np.isin(taken, dates.rows_with(col.CLOSED))
    unsigned = np.asarray(pc.equal(picked(verifiers, at), "").to_numpy(), bool)
    rows = at[closed & unsigned]
    return replaced(verifiers, rows, [name] * len(rows))


def _changed(before: pa.Table, after: pa.Table) -> Mask:
    changed = np.zeros(after.num_rows, bool)
    for name in col.ISSUE_COLUMNS:
        changed |= np.asarray(pc.not_equal(before[name], after[name]).to_numpy(), bool)
    return changed
