"""Which issue is it, row by row in plain words (SPEC section 5): slow, and written from the page.

Nothing of `duzhan.register` is used here, so that the two can disagree.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

NEW, FITS_TWO = "new", "fits two"


@dataclass(frozen=True)
class Row:
    """A row of a list, or an issue of the ledger; dates are ordinals, 0 for none."""

    id: str = ""
    words: str = ""
    place: str = ""
    unit: str = ""
    person: str = ""
    own: str = ""
    found: int = 0
    due: int = 0
    in_force: int = 0
    former: tuple[str, ...] = ()
    closed_on: int = 0
    withdrawn: bool = False

    @property
    def settled(self) -> bool:
        return bool(self.closed_on or self.withdrawn)


def plain(text: str) -> str:
    """Width, space, and punctuation at the end count for nothing."""
    text = "".join(unicodedata.normalize("NFKC", text).split())
    return text.rstrip("。．.,，、;；:：!！?？…·") or text


def agree(one: str, other: str) -> bool:
    return plain(one) == plain(other) or not one or not other


def same(one: str, other: str) -> bool:
    return bool(one) and plain(one) == plain(other)


def numbers(issue: Row) -> set[str]:
    return {issue.id, *issue.former} - {""}


# ---------------------------------------------------------------- the rules


def rule_1(row: Row, issue: Row) -> bool:
    words = same(row.words, issue.words) or not (row.words or issue.words)
    return row.id in numbers(issue) and words and agree(row.place, issue.place)


def rule_2(row: Row, issue: Row) -> bool:
    return (
        same(row.words, issue.words)
        and agree(row.place, issue.place)
        and row.found == issue.found > 0
    )


def rule_3(row: Row, issue: Row) -> bool:
    return (
        row.id in numbers(issue)
        and agree(row.place, issue.place)
        and row.found == issue.found > 0
        and bool(row.words)
        and not same(row.words, issue.words)
        and not issue.settled
    )


def rule_4(row: Row, issue: Row) -> bool:
    if not (same(row.words, issue.words) and agree(row.place, issue.place)):
        return False
    if row.found and issue.found:
        return False
    if not issue.settled:
        return True
    old = row.due in {0, issue.due, issue.in_force} or 0 < row.due <= issue.closed_on
    return not row.id and old


def rule_1_without_words(row: Row, issue: Row) -> bool:
    return not row.words and row.id in numbers(issue) and agree(row.place, issue.place)


RULES = (rule_1, rule_2, rule_3, rule_4, rule_1_without_words)


# ---------------------------------------------------------------- one to one


def fitness(row: Row, issue: Row) -> tuple[int, ...]:
    """Most further cells first; then whatever makes a list know its own rows again."""
    pairs = [(row.unit, issue.unit), (row.person, issue.person), (row.own, issue.own)]
    return (
        sum(agree(*pair) for pair in pairs),
        sum(plain(one) == plain(other) for one, other in pairs),
        int(row.found == issue.found),
        int("".join(row.words.split()) == "".join(issue.words.split())),
    )


def assign(rows: list[Row], issues: list[Row]) -> list[int | str]:
    """The issue of each row, NEW, or FITS_TWO."""
    answer: list[int | str] = [NEW] * len(rows)
    taken: set[int] = set()
    for rule in RULES:
        by_number = rule in (rule_1, rule_1_without_words)
        for equal_places in (True, False):
            fits = {
                (r, i): (*fitness(row, issue), int(by_number and row.id == issue.id))
                for r, row in enumerate(rows)
                for i, issue in enumerate(issues)
                if rule(row, issue) and (plain(row.place) == plain(issue.place)) == equal_places
            }
            settle(rows, issues, fits, answer, taken)
    return answer


def settle(
    rows: list[Row],
    issues: list[Row],
    fits: dict[tuple[int, int], tuple[int, ...]],
    answer: list[int | str],
    taken: set[int],
) -> None:
    """Give issues to rows until only ties are left."""
    while True:
        fits = {p: s for p, s in fits.items() if answer[p[0]] == NEW and p[1] not in taken}
        asks: dict[int, list[int]] = {}
        for r in {r for r, _ in fits}:
            best = max(score for (row, _), score in fits.items() if row == r)
            likest = [i for (row, i), score in fits.items() if row == r and score == best]
            if len(likest) == 1:
                asks.setdefault(likest[0], []).append(r)
        if not asks:
            for r, _ in fits:
                answer[r] = FITS_TWO
            return
        for i, askers in asks.items():
            best = max(fits[r, i] for r in askers)
            rivals = [r for r in askers if fits[r, i] == best]
            if len(rivals) > 1 and issues[i].settled:
                for r in rivals:
                    del fits[r, i]
            else:
                answer[min(rivals, key=lambda r: repr(rows[r]))] = i
                taken.add(i)
