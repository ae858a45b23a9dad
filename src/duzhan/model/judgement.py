"""How requirements, counties and issues stand, and how points are written."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction


def plain_number(value: Fraction) -> int | float:
    """Points as they are written: whole where they are."""
    return value.numerator if value.denominator == 1 else float(value)


class Verdict(StrEnum):
    """How a requirement stands; see SPEC section 4 (compliance as of a day)."""

    MET = "met"
    MET_LATE = "met_late"
    MISSED = "missed"
    PENDING = "pending"
    NO_DATA = "no_data"


class Light(StrEnum):
    """A county's light, worst first."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"


class State(StrEnum):
    """Where an issue stands as of a day."""

    OPEN = "open"
    CLAIMED = "claimed"
    CLOSED = "closed"
