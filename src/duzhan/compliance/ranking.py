"""Counties in the order in which a leader looks at them: the worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.model import Light

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from duzhan.compliance.results import CountyStatus

ORDER = (Light.RED, Light.YELLOW, Light.GREEN)


def ranked(statuses: Sequence[CountyStatus]) -> list[CountyStatus]:
    """Worst light first, then the lowest verified rate (no data lowest), then roster order."""

    def key(status: CountyStatus) -> tuple[int, Fraction | int]:
        rate = status.rate
        share = rate.value if rate else (1 if status.has_data else -1)
        return ORDER.index(status.light), share

    return sorted(statuses, key=key)
