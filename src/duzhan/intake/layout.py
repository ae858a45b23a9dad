"""What is known of one kind of list before a file of it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duzhan.intake.states import StateWords

if TYPE_CHECKING:
    from duzhan.intake.headers import HeaderFinder
    from duzhan.intake.states import StateHeadings


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of list: its columns and which of them matter for reading.

    Attributes:
        finder: knows the headers.
        serial: the column of row numbers, which is never content.
        identifier: the column that names a row, if there is one.
        dates: columns that hold dates.
        width: how many columns the dataset's own file of this kind has.
        events: those of the date columns that may hold several.
        deadline: the one of the date columns that may be told in words.
        words: words of state.
        states: the headings below which they stand; None in lists without a state.
        phrase: the column whose texts are joined as one sentence, and may end with a
            word of state in brackets.
        keeps_others: whether columns that no header knows are kept.
        ambiguous: headings that mean a deadline or a claim if the list has no deadline.
        ledger: the columns of the dataset's own file; where all of them stand under just
            these names, no other heading means one of them.
        unsaid: columns that a line above the header never speaks for.
    """

    finder: HeaderFinder
    serial: str | None
    identifier: str | None
    dates: tuple[str, ...]
    width: int
    events: tuple[str, ...] = ()
    deadline: str | None = None
    words: StateWords = field(default_factory=StateWords)
    states: StateHeadings | None = None
    phrase: str | None = None
    keeps_others: bool = False
    ambiguous: frozenset[str] = frozenset()
    ledger: tuple[str, ...] = ()
    unsaid: frozenset[str] = frozenset()
