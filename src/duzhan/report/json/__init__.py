"""Results as JSON: the keys are a contract (SPEC section 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import datetime as dt

Json: TypeAlias = dict[str, Any]


def mark(document: Json, sample: str | None) -> Json:
    """Say so in the document if the data are synthetic."""
    return {"notice": sample, **document} if sample else document


def day_json(day: dt.date | None) -> str | None:
    """A date, such as 2021-06-30; None without."""
    return None if day is None else day.isoformat()
