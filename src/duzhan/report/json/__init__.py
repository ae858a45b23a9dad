"""Results as JSON: the keys are a contract (SPEC section 6)."""

from __future__ import annotations

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


def mark(document: Json, sample: str | None) -> Json:
    """Say so in the document if the data are synthetic."""
    return {"notice": sample, **document} if sample else document
