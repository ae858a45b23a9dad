"""How requirements, counties and issues stand."""

from __future__ import annotations

from enum import StrEnum


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
