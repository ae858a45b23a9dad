"""Which issue of the ledger does an incoming row speak of? (SPEC section 5, Which issue is it?)

Four rules, tried in order and one to one. Cells are compared as numbers that
are equal where the texts agree; pairs of rows and issues are found by sorting,
and rows that name their issue word for word never come so far.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from duzhan.arrays import Mask, Rows


NEW, AMBIGUOUS = -1, -2


@dataclass(frozen=True, slots=True)
class Keys:
    """What identifies rows, as numbers that are equal where the texts are; 0 is empty.

    Attributes:
        id: 编号.
        words: 问题描述, punctuation at its end aside.
        exact: 问题描述 with it.
        place: 地点.
        found: 发现日期 as an ordinal; 0 also where it cannot be read, or has not come yet.
        due: 整改期限 as an ordinal; below 0 where it cannot be read.
        further: 责任单位, 责任人 and the county's own columns.
    """

    id: Rows
    words: Rows
    exact: Rows
    place: Rows
    found: Rows
    due: Rows
    further: tuple[Rows, ...] = ()

    def at(self, rows: Rows) -> Keys:
        """Only these rows."""
        return Keys(
            self.id[rows], self.words[rows], self.exact[rows], self.place[rows],
            self.found[rows], self.due[rows], tuple(part[rows] for part in self.further),
        )  # fmt: skip


def _no_rows() -> Rows:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class KnownRows:
    """What else is known of the ledger's issues.

    Attributes:
        keys: what identifies them.
        former_rows: issues that the county sent under other numbers.
        former_ids: one such number each, numbered with `keys.id`.
        closed_on: ordinal of the closure of an issue that is closed on the day of import, else 0.
        withdrawn: issues that do not exist any more.
        in_force: ordinal of the deadline in force, extensions counted; 0 for none.
    """

    keys: Keys
    closed_on: Rows
    withdrawn: Mask
    in_force: Rows
    former_rows: Rows = field(default_factory=_no_rows)
    former_ids: Rows = field(default_factory=_no_rows)

    @property
    def settled(self) -> Mask:
        """Issues that take no other words: closed or withdrawn."""
        settled: Mask = (self.closed_on > 0) | self.withdrawn
        return settled


@dataclass(frozen=True, slots=True)
class Match:
    """What `match` found.

    Attributes:
        target: the issue of each row, NEW, or AMBIGUOUS if two fit alike.
        reworded: rows whose issue had other words.
    """

    target: Rows
    reworded: Rows


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Rows beside issues that may be theirs."""

    row: Rows
    at: Rows

    def where(self, mask: Mask) -> _Pairs:
        return _Pairs(self.row[mask], self.at[mask])


def match(known: KnownRows, incoming: Keys, content: Callable[[int], object]) -> Match:
    """Give each incoming row its issue.

    Args:
        known: the ledger's issues, numbered together with `incoming`.
        incoming: one row for each issue of the list.
        content: all cells of a row, to choose between rows that are alike, whatever
            their order.
    """
    return _Matching(known, incoming, content).run()


class _Matching:
    """The rules, one after the other; what is settled stays settled."""

    def __init__(self, known: KnownRows, rows: Keys, content: Callable[[int], object]) -> None:
        self._known = known
        self._has = known.keys
        self._rows = rows
        self._content = content
        self._target = np.full(len(rows.id), NEW, np.int64)
        self._taken = np.zeros(len(self._has.id), bool)

    def run(self) -> Match:
        by_id = self._by_id()
        same_words = self._rows.words[by_id.row] == self._has.words[by_id.at]
        self._settle(by_id.where(same_words), own_number=True)
        self._settle(self._by_words(found=True))
        found = self._rows.found[by_id.row]
        other_words = ~same_words & (self._rows.words[by_id.row] > 0)
        reworded = by_id.where(
            other_words
            & (found > 0)
            & (found == self._has.found[by_id.at])
            & ~self._known.settled[by_id.at]
        )
        before = self._target >= 0
        self._settle(reworded)
        new_words = np.flatnonzero((self._target >= 0) & ~before)
        self._settle(self._undated(self._by_words(found=False)))
        wordless = self._rows.words[by_id.row] == 0
        self._settle(by_id.where(wordless), own_number=True)
        return Match(self._target, new_words)

    # ------------------------------------------------------------ who may be who

    def _by_id(self) -> _Pairs:
        """Rows and issues of one 编号, also of one under which the issue came before."""
        named = np.flatnonzero(self._has.id)
        at = np.concatenate((named, self._known.former_rows))
        ids = np.concatenate((self._has.id[named], self._known.former_ids))
        rows = np.flatnonzero(self._rows.id)
        mine, theirs = _joined(self._rows.id[rows], ids)
        pairs = _Pairs(rows[mine], at[theirs])
        return _distinct(pairs, len(self._has.id))

    def _by_words(self, *, found: bool) -> _Pairs:
        """Free rows and issues of the same words whose places agree; found on one day if asked."""
        rows = np.flatnonzero((self._target == NEW) & (self._rows.words > 0))
        issues = np.flatnonzero(~self._taken & (self._has.words > 0))
        if found:
            rows, issues = rows[self._rows.found[rows] > 0], issues[self._has.found[issues] > 0]
        parts = [(self._rows.words, self._has.words)]
        if found:
            parts.append((self._rows.found, self._has.found))
        some = [self._joined_by(parts, rows, issues, self._rows.place, self._has.place)]
        nowhere = rows[self._rows.place[rows] == 0]
        some.append(self._joined_by(parts, nowhere, issues[self._has.place[issues] > 0]))
        placed = rows[self._rows.place[rows] > 0]
        some.append(self._joined_by(parts, placed, issues[self._has.place[issues] == 0]))
        return _Pairs(
            np.concatenate([pairs.row for pairs in some]),
            np.concatenate([pairs.at for pairs in some]),
        )

    def _joined_by(
        self,
        parts: Sequence[tuple[Rows, Rows]],
        rows: Rows,
        issues: Rows,
        *places: Rows,
    ) -> _Pairs:
        """Pairs of rows and issues that are equal in all parts, and in their places if given."""
        if len(rows) == 0 or len(issues) == 0:
            return _Pairs(_no_rows(), _no_rows())
        all_parts = [*parts, *([(places[0], places[1])] if places else [])]
        want, have = _tuples(
            [mine[rows] for mine, _ in all_parts], [theirs[issues] for _, theirs in all_parts]
        )
        mine, theirs = _joined(want, have)
        return _Pairs(rows[mine], issues[theirs])

    def _undated(self, pairs: _Pairs) -> _Pairs:
        """Pairs of which one has no 发现日期; a closed issue takes few of them."""
        row, at = pairs.row, pairs.at
        undated = (self._rows.found[row] == 0) | (self._has.found[at] == 0)
        due, closed_on = self._rows.due[row], self._known.closed_on[at]
        known = (due == self._has.due[at]) | (due == self._known.in_force[at])
        old = (due == 0) | known | ((due > 0) & (due <= closed_on))
        fits = ~self._known.settled[at] | ((self._rows.id[row] == 0) & old)
        return pairs.where(undated & fits)

    # ------------------------------------------------------------ one to one

    def _settle(self, pairs: _Pairs, *, own_number: bool = False) -> None:
        """Give rows the issues that fit them best; those of the same place go first.

        Args:
            pairs: which issues fit which rows, but for their places.
            own_number: whether an issue's own 编号 goes before one that it had before.
        """
        here, there = self._rows.place[pairs.row], self._has.place[pairs.at]
        for places in (here == there, (here != there) & ((here == 0) | (there == 0))):
            some = pairs.where(places)
            self._choose(some, self._likeness(some, own_number=own_number))

    def _likeness(self, pairs: _Pairs, *, own_number: bool) -> Rows:
        """How well pairs agree: in most further cells; then in what tells the same rows again."""
        score = np.zeros(len(pairs.row), np.int64)
        equal = np.zeros(len(pairs.row), np.int64)
        for mine, theirs in zip(self._rows.further, self._has.further, strict=True):
            one, other = mine[pairs.row], theirs[pairs.at]
            score += (one == other) | (one == 0) | (other == 0)
            equal += one == other
        again = [
            self._rows.found[pairs.row] == self._has.found[pairs.at],
            self._rows.exact[pairs.row] == self._has.exact[pairs.at],
        ]
        if own_number:
            again.append(self._rows.id[pairs.row] == self._has.id[pairs.at])
        result: Rows = score << 16 | equal
        for tells in again:
            result = result << 1 | tells
        return result

    def _choose(self, pairs: _Pairs, score: Rows) -> None:
        """Settle rows of which one issue is the likeliest, until none is left but ties."""
        while True:
            free = (self._target[pairs.row] == NEW) & ~self._taken[pairs.at]
            pairs, score = pairs.where(free), score[free]
            if len(pairs.row) == 0:
                return
            best = _only_best(pairs.row, score)
            if not best.any():
                break
            refused = self._give(pairs.where(best), score[best])
            if len(refused.row):
                keep = ~_among(pairs, refused, len(self._taken))
                pairs, score = pairs.where(keep), score[keep]
        self._target[pairs.row] = AMBIGUOUS

    def _give(self, asked: _Pairs, score: Rows) -> _Pairs:
        """Give issues to the rows that ask for them; gives back what is refused for good.

        Of rows that ask alike for a closed issue none gets it: nobody could say
        whose closure it is. Any other goes to one of them, whatever their order.
        """
        order = np.lexsort((-score, asked.at))
        at, best = asked.at[order], score[order]
        first = np.append(True, at[1:] != at[:-1])
        top = best == best[first][np.cumsum(first) - 1]
        rows, issues = asked.row[order][top], at[top]
        often = np.bincount(issues, minlength=len(self._taken))[issues]
        alone = often == 1
        self._take(rows[alone], issues[alone])
        refused_rows, refused_issues = [], []
        for issue in np.unique(issues[~alone]).tolist():
            rivals = rows[issues == issue].tolist()
            if self._known.settled[issue]:
                refused_rows.extend(rivals)
                refused_issues.extend([issue] * len(rivals))
            else:
                self._take(np.array([min(rivals, key=self._order_of)]), np.array([issue]))
        return _Pairs(np.array(refused_rows, np.int64), np.array(refused_issues, np.int64))

    def _order_of(self, row: int) -> str:
        return repr(self._content(row))

    def _take(self, rows: Rows, issues: Rows) -> None:
        self._target[rows] = issues
        self._taken[issues] = True


# ---------------------------------------------------------------- numbers


def _only_best(rows: Rows, score: Rows) -> Mask:
    """Which pair of each row has its highest score, if only one has."""
    order = np.lexsort((-score, rows))
    row, ranked = rows[order], score[order]
    first = np.append(True, row[1:] != row[:-1])
    tied = np.append((row[1:] == row[:-1]) & (ranked[1:] == ranked[:-1]), False)
    best = np.zeros(len(rows), bool)
    best[order[first & ~tied]] = True
    return best


def _distinct(pairs: _Pairs, width: int) -> _Pairs:
    keys = np.unique(pairs.row * np.int64(width + 1) + pairs.at)
    return _Pairs(keys // (width + 1), keys % (width + 1))


def _among(pairs: _Pairs, some: _Pairs, width: int) -> Mask:
    found: Mask = np.isin(
        pairs.row * np.int64(width + 1) + pairs.at, some.row * np.int64(width + 1) + some.at
    )
    return found


def _joined(want: Rows, have: Rows) -> tuple[Rows, Rows]:
    """All pairs of equal keys: places in `want`, places in `have`."""
    order = np.argsort(have, kind="stable")
    ordered = have[order]
    left, right = np.searchsorted(ordered, want, "left"), np.searchsorted(ordered, want, "right")
    count = right - left
    mine = np.repeat(np.arange(len(want)), count)
    within = np.arange(len(mine)) - np.repeat(np.cumsum(count) - count, count)
    return mine, order[np.repeat(left, count) + within]


def _tuples(want: Sequence[Rows], have: Sequence[Rows]) -> tuple[Rows, Rows]:
    """One number for several on both sides; numbers are equal where all parts are."""
    code = np.zeros(len(want[0]) + len(have[0]), np.int64)
    for left, right in zip(want, have, strict=True):
        part = np.unique(np.concatenate((left, right)), return_inverse=True)[1]
        code = np.unique(code * (part.max(initial=0) + 1) + part, return_inverse=True)[1]
    return code[: len(want[0])], code[len(want[0]) :]


def groups(parts: Sequence[Rows]) -> Rows:
    """Number rows so that those that are equal in all parts have one number."""
    none = [part[:0] for part in parts]
    numbers: Rows = _tuples(parts, none)[0]
    return numbers
