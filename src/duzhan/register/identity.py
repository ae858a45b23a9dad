"""Rows of a list -> issues: which rows are one, which issue each is, which are new.

SPEC section 5, Which issue is it, and section 3, Doubtful rows. `matching` has
the rules; here the cells become what they compare, and the rows that name
their issue word for word are told before, at a fraction of the cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.compliance.states import CLOSED, row_states
from duzhan.dataset.events import CLAIM, CLOSURE, RETURN
from duzhan.intake.dates import SEPARATORS
from duzhan.intake.text_columns import squash_array
from duzhan.register.cells import filled
from duzhan.register.matching import AMBIGUOUS, NEW, Keys, KnownRows, groups, match

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from duzhan.arrays import Mask, Rows
    from duzhan.dataset.facts import Facts


NAMELESS = "编号和问题描述都没有，不知道是哪个问题，请补填"
DOUBLED = "同一问题在表中出现不止一次而内容不同，已取状态最差的一行，请只留一行"
FITS_TWO = "与台账中不止一个问题相符，请写明编号"

_PUNCTUATION = "[。．.,，、;；:：!！?？…·]+$"
_LATE = np.iinfo(np.int32).max
# Between cells that are compared together; no squashed text holds it.
_BETWEEN = "\n"


@dataclass(frozen=True, slots=True)
class Days:
    """The days that identify rows: of the ledger's rows, then of the incoming ones.

    Attributes:
        found: 发现日期 as ordinals; 0 where it is empty, unreadable or yet to come.
        found_as_sent: likewise, but below 0 where it cannot be read, alike for equal texts.
        due: 整改期限 as ordinals; below 0 where it cannot be read.
    """

    found: Rows
    found_as_sent: Rows
    due: Rows


@dataclass(frozen=True, slots=True)
class Identified:
    """Which issue each row is.

    Attributes:
        target: the row of the ledger; new ones count on below its last; -1 if rejected.
        taken: the rows whose cells are taken, one for each issue, ascending.
        equal: rows that say the same as the one that is taken for their issue.
        reasons: why rows are rejected.
        reworded: rows taken whose issue had other words.
    """

    target: Rows
    taken: Rows
    equal: Mask
    reasons: Mapping[int, str]
    reworded: Rows


def identify(
    ledger: pa.Table,
    incoming: pa.Table,
    days: Days,
    judged: Callable[[pa.Table], Facts],
    today: int,
) -> Identified:
    """Tell which issue each incoming row is.

    Args:
        ledger: the county's issues.
        incoming: the list, in the same columns.
        days: the days of both.
        judged: judges rows by themselves.
        today: ordinal of the day of import.
    """
    known = ledger.num_rows
    reasons: dict[int, str] = {}
    named = filled(incoming[col.ID]) | filled(incoming[col.DESCRIPTION])
    _reject(reasons, ~named, NAMELESS)
    group = _one_issue(incoming, days.found_as_sent[known:], named)
    taken, equal = _worst(incoming, group, named, judged, today)
    target = np.full(incoming.num_rows, NEW, np.int64)
    target[taken], reworded = _matched(ledger, incoming, taken, days, judged, today)
    ambiguous = target == AMBIGUOUS
    _reject(reasons, ambiguous, FITS_TWO)
    target[ambiguous] = NEW
    taken = taken[~ambiguous[taken]]
    fresh = taken[target[taken] == NEW]
    target[fresh] = known + np.arange(len(fresh))
    ours = np.full(incoming.num_rows, NEW, np.int64)
    ours[group[taken]] = target[taken]
    target = np.where(named, ours[group], NEW)
    doubled = np.ones(incoming.num_rows, bool)
    doubled[taken] = False
    _reject(reasons, np.isin(group, group[ambiguous]) & named, FITS_TWO)
    _reject(reasons, doubled & ~equal & named, DOUBLED)
    target[list(reasons)] = NEW
    return Identified(target, taken, equal, reasons, reworded)


def _reject(reasons: dict[int, str], rows: Mask, why: str) -> None:
    for row in np.flatnonzero(rows).tolist():
        reasons.setdefault(row, why)


# ---------------------------------------------------------------- rows of one list


def _one_issue(cells: pa.Table, found: Rows, named: Mask) -> Rows:
    """The first row of the issue of each row: rows that say alike what tells issues apart."""
    ids = squash_array(cells[col.ID])
    numbered = filled(ids)
    first = np.arange(cells.num_rows)
    often = _often(ids) & numbered
    alike = (col.DESCRIPTION, col.LOCATION)
    own = col.own_columns(cells.column_names)
    by_number = (np.flatnonzero(often), (col.ID, *alike), ())
    by_words = (np.flatnonzero(~numbered & named), (*alike, col.UNIT, *own), (found,))
    for rows, names, more in (by_number, by_words):
        if len(rows) < 2:
            continue
        few = cells.take(pa.array(rows))
        number = groups([*(numbers(few[name]) for name in names), *(part[rows] for part in more)])
        _, begins, inverse = np.unique(number, return_index=True, return_inverse=True)
        first[rows] = rows[begins[inverse]]
    return first


def _often(ids: pa.ChunkedArray) -> Mask:
    encoded = ids.combine_chunks().dictionary_encode()
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    often: Mask = np.bincount(codes, minlength=1)[codes] > 1
    return often


def _worst(
    cells: pa.Table,
    group: Rows,
    named: Mask,
    judged: Callable[[pa.Table], Facts],
    today: int,
) -> tuple[Rows, Mask]:
    """The row to take for each issue, and which other rows are equal to it in every cell.

    The worst state as of the day of import; then fewer and later favourable dates.
    """
    count = len(group)
    often = np.bincount(group, minlength=count)[group] > 1
    equal = np.zeros(count, bool)
    if not often.any():
        return np.flatnonzero(named), equal
    rows = np.flatnonzero(often & named)
    few = cells.take(pa.array(rows))
    facts = judged(few)
    good = _favourable(facts, len(rows))
    due = np.where(facts.due > 0, facts.due, _LATE)
    whole = _whole(few)
    keys = (whole, due, *good, -row_states(facts, today).astype(np.int64), group[rows])
    order = np.lexsort(keys)
    begins = np.unique(group[rows][order], return_index=True)[1]
    best = order[begins]
    chosen = np.zeros(count, np.int64)
    chosen[group[rows[best]]] = best
    equal[rows] = whole == whole[chosen[group[rows]]]
    equal[rows[best]] = False
    single = np.flatnonzero(~often & named)
    return np.sort(np.concatenate((single, rows[best]))), equal


def _favourable(facts: Facts, count: int) -> tuple[Rows, ...]:
    """What makes a row better, as keys of a sort, the last one first: number, then earliness."""
    events = facts.events
    good = (events.kinds == CLAIM) | (events.kinds == CLOSURE)
    number = np.bincount(events.rows[good], minlength=count)
    back = np.bincount(events.rows[events.kinds == RETURN], minlength=count)
    first = np.full(count, _LATE, np.int64)
    last = np.zeros(count, np.int64)
    np.minimum.at(first, events.rows[good], events.days[good])
    np.maximum.at(last, events.rows[good], events.days[good])
    return (-back, -last, -first, number)


def _whole(cells: pa.Table) -> Rows:
    """A number for all that a row says, in an order that does not depend on that of the rows."""
    texts = pc.binary_join_element_wise(
        *(squash_array(cells[name]).combine_chunks() for name in cells.column_names), _BETWEEN
    )
    whole: Rows = np.unique(np.asarray(texts.to_pylist(), object), return_inverse=True)[1]
    return whole


# ---------------------------------------------------------------- rows and issues


def _matched(
    ledger: pa.Table,
    incoming: pa.Table,
    taken: Rows,
    days: Days,
    judged: Callable[[pa.Table], Facts],
    today: int,
) -> tuple[Rows, Rows]:
    """The issue of each row taken, and the rows among them that are reworded."""
    known = ledger.num_rows
    if known == 0 or len(taken) == 0:
        return np.full(len(taken), NEW, np.int64), taken[:0]
    rows = incoming if len(taken) == incoming.num_rows else incoming.take(pa.array(taken))
    target = _word_for_word(ledger, rows)
    left = np.flatnonzero(target == NEW)
    if len(left) == 0:
        return target, taken[:0]
    free = np.ones(known, bool)
    free[target[target >= 0]] = False
    issues = np.flatnonzero(free)
    both = pa.concat_tables([ledger.take(pa.array(issues)), rows.take(pa.array(left))])
    at = np.concatenate((issues, known + taken[left]))
    keys = _keys(both, days.found[at], days.due[at])
    few = len(issues)
    facts = judged(ledger)
    closed_on = np.where(row_states(facts, today) == CLOSED, _latest_closure(facts, today), 0)
    in_force = facts.due_at(issues, today).astype(np.int64)
    former_rows, former_ids = _former(both, few, keys)
    found = match(
        KnownRows(
            keys.at(np.arange(few)), closed_on[issues], _withdrawn(ledger)[issues],
            in_force, former_rows, former_ids,
        ),
        keys.at(np.arange(few, few + len(left))),
        lambda row: rows.slice(int(left[row]), 1).to_pylist(),
    )  # fmt: skip
    target[left] = found.target
    known_rows = found.target >= 0
    target[left[known_rows]] = issues[found.target[known_rows]]
    return target, taken[left[found.reworded]]


def _word_for_word(ledger: pa.Table, rows: pa.Table) -> Rows:
    """Rows that have the 编号, 问题描述 and 地点 of an issue letter by letter; rule 1's plain case.

    编号 that stand twice, or that an issue had before, need a closer look.
    """
    ids = squash_array(ledger[col.ID]).combine_chunks()
    wanted = squash_array(rows[col.ID])
    at = pc.index_in(wanted, ids)
    exact = pc.and_(pc.is_valid(at), pc.not_equal(wanted, ""))
    place = pc.fill_null(at, 0)
    for name in (col.DESCRIPTION, col.LOCATION):
        exact = pc.and_(exact, pc.equal(ledger[name].take(place), rows[name]))
    fits = np.asarray(exact.to_numpy(), bool)
    if col.FORMER_ID in ledger.column_names and len(former := _former_texts(ledger)[1]):
        fits &= ~np.asarray(pc.is_in(wanted, pa.array(former, pa.string())).to_numpy(), bool)
    target = np.where(fits, np.asarray(place.to_numpy(), np.int64), NEW)
    if len(pc.unique(ids)) != len(ids):
        target[np.isin(target, np.flatnonzero(_often(pa.chunked_array([ids]))))] = NEW
    return target


def _latest_closure(facts: Facts, today: int) -> Rows:
    events = facts.events
    latest = np.zeros(len(facts.found), np.int64)
    past = (events.kinds == CLOSURE) & (events.days <= today)
    np.maximum.at(latest, events.rows[past], events.days[past])
    return latest


def _withdrawn(ledger: pa.Table) -> Mask:
    if col.WITHDRAWN not in ledger.column_names:
        return np.zeros(ledger.num_rows, bool)
    return filled(ledger[col.WITHDRAWN])


def _former_texts(cells: pa.Table) -> tuple[list[int], list[str]]:
    """Rows with an 原编号, and each such number, squashed."""
    rows, texts = [], []
    column = squash_array(cells[col.FORMER_ID])
    for row in np.flatnonzero(filled(column)).tolist():
        for text in SEPARATORS.split(column[row].as_py()):
            if text:
                rows.append(row)
                texts.append(text)
    return rows, texts


def _former(both: pa.Table, known: int, keys: Keys) -> tuple[Rows, Rows]:
    """The numbers that issues had before, as `keys.id` numbers them."""
    if col.FORMER_ID not in both.column_names:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    rows, texts = _former_texts(both.slice(0, known))
    ids = squash_array(both[col.ID])
    at = pc.index_in(pa.array(texts, pa.string()), ids.combine_chunks())
    sent = np.flatnonzero(at.is_valid().to_numpy(zero_copy_only=False))
    places = at.take(pa.array(sent)).to_numpy(zero_copy_only=False).astype(np.int64)
    return np.array(rows, np.int64)[sent], keys.id[places]


def _keys(cells: pa.Table, found: Rows, due: Rows) -> Keys:
    further = (col.UNIT, col.PERSON, *col.own_columns(cells.column_names))
    return Keys(
        id=numbers(cells[col.ID]),
        words=numbers(cells[col.DESCRIPTION], ending=False),
        exact=numbers(cells[col.DESCRIPTION]),
        place=numbers(cells[col.LOCATION], ending=False),
        found=found,
        due=due,
        further=tuple(numbers(cells[name], ending=False) for name in further),
    )


def numbers(column: pa.ChunkedArray, *, ending: bool = True) -> Rows:
    """A number from 1 for each distinct text (width and spaces aside), 0 for the empty one.

    Args:
        column: texts.
        ending: whether punctuation at their end tells them apart.
    """
    # Texts repeat, in the ledger and in the new list: each is squashed once.
    raw = column.combine_chunks().dictionary_encode()
    plain = squash_array(pa.chunked_array([raw.dictionary]))
    if not ending:
        bare = pc.replace_substring_regex(plain, _PUNCTUATION, "")
        plain = pc.if_else(pc.equal(bare, ""), plain, bare)
    coded = plain.combine_chunks().dictionary_encode()
    empty = coded.dictionary.index("").as_py()
    words = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64) + 1
    words[words == empty + 1] = 0
    codes: Rows = words[raw.indices.to_numpy(zero_copy_only=False)]
    return codes
