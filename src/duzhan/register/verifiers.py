"""核验人 of a row whose closings grow: one name a 销号日期; none vouches for a later one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from duzhan.columns import JOINT
from duzhan.intake.dates import SEPARATORS
from duzhan.intake.text import squash

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duzhan.intake.dates import DateReader

NOBODY = "—"


class Signed(NamedTuple):
    """销号日期 of a cell, as ordinals, and the text of 核验人 beside it."""

    days: Sequence[int]
    names: str


def by_day(signed: Signed, dates: DateReader) -> dict[int, str]:
    """Who verified each closing, "" for nobody; one name alone speaks for all (SPEC section 3)."""
    days = sorted(set(signed.days))
    names = names_in(signed.names, dates)
    if len(names) == 1:
        return dict.fromkeys(days, names[0])
    return {day: names[at] if at < len(names) else "" for at, day in enumerate(days)}


def names_in(text: str, dates: DateReader) -> list[str]:
    """The names of a cell, "" for nobody; at least one."""
    return ["" if dates.is_empty(part) else part.strip() for part in SEPARATORS.split(text)]


def together(
    ledger: Signed, row: Signed, dates: DateReader, vouching: str | None = None
) -> str | None:
    """核验人 after a row's closings have come to those of the ledger.

    Args:
        ledger: what stands there.
        row: what the list says.
        dates: knows the words that mean nobody.
        vouching: who vouches for closings of the list that nobody signed.

    Returns:
        The new text; None if the row's names cannot be given to closings.
    """
    had, brings = by_day(ledger, dates), by_day(row, dates)
    if not brings:
        return _without_days(ledger, row, dates)
    names = dict(had)
    for day, name in brings.items():
        names[day] = name or names.get(day, "") or vouching or ""
    if names == had:
        return ledger.names
    # Names that stood there before there were so many closings speak for none of them.
    over = [name for name in names_in(ledger.names, dates)[len(had) :] if name]
    if len(over) == 1 and len(had) == 0 and row.names:
        over = []
    return JOINT.join([written(names) or NOBODY, *over]) if over else written(names)


def written(names: Mapping[int, str]) -> str:
    """A cell of 核验人: the name that speaks for all, or one for each day in order."""
    told = [names[day] for day in sorted(names)]
    if len({squash(name) for name in told}) == 1:
        return told[0]
    return JOINT.join(name or NOBODY for name in told)


def _without_days(ledger: Signed, row: Signed, dates: DateReader) -> str | None:
    """Names without a closing: they replace one name, never several."""
    if not row.names or squash(row.names) == squash(ledger.names):
        return ledger.names
    if len(names_in(ledger.names, dates)) > 1:
        return None
    return row.names
