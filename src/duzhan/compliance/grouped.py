"""What spells come to before they are counted: how many of a county are alike.

Two modules group them, `counted_arrays` and `counted_frames`; `counting` counts what they give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# What is counted of issues beside their standing, one bit each.
INVALID, SAID_DONE, EXTENDED = 1, 2, 4
MARKS = 8


class Alike(NamedTuple):
    """Spells of single rows that count alike on all of the days.

    Attributes:
        county: the number that stands for it.
        key: ``(standing and marks × places + first) × places + end``: the spell holds from the
            day at the place `first` up to the one before `end`; there is one place more than days.
        number: how many there are.
    """

    county: NDArray[np.int64]
    key: NDArray[np.int64]
    number: NDArray[np.int64]


class Worst(NamedTuple):
    """Issues listed or closed more than once, each in the worst standing of its rows.

    Attributes:
        county: the number that stands for it.
        at: the place of a day; behind them those of the pairs of days, for issues newly closed.
        kind: standing and marks on that day.
        number: how many there are.
    """

    county: NDArray[np.int64]
    at: NDArray[np.int64]
    kind: NDArray[np.int64]
    number: NDArray[np.int64]
