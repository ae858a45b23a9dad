"""Words of state: what a cell, a tick, a sheet or a title says of an issue (SPEC section 3).

A word never closes anything. Done, it may be a claim; not done, it contradicts a closure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from duzhan.intake.text import squash

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Codes = NDArray[np.int8]

NOTHING, DONE, NOT_DONE = 0, 1, 2


class Said(NamedTuple):
    """What words of state say, row by row; a row that says both is not done.

    Attributes:
        done: the issue is said to be done.
        not_done: it is said not to be.
    """

    done: Mask
    not_done: Mask

    @classmethod
    def of(cls, codes: Codes) -> Said:
        """Read from DONE and NOT_DONE, one a row."""
        return cls(codes == DONE, codes == NOT_DONE)

    @classmethod
    def joined(cls, parts: Sequence[Said]) -> Said:
        """The rows of several tables, one table behind the other."""
        if not parts:
            return cls.nothing(0)
        done, not_done = zip(*parts, strict=True)
        return cls(np.concatenate(done), np.concatenate(not_done))

    @classmethod
    def nothing(cls, count: int) -> Said:
        """Rows without such a word."""
        return cls(np.zeros(count, bool), np.zeros(count, bool))


class StateWords:
    """The campaign's words of state.

    Args:
        done: words that say that an issue is done, as users write them.
        not_done: words that say that it is not.
    """

    def __init__(self, done: Iterable[str] = (), not_done: Iterable[str] = ()) -> None:
        self._words = {_key(word): DONE for word in done}
        self._words |= {_key(word): NOT_DONE for word in not_done}

    def of(self, text: str) -> int:
        """What a whole cell says: NOTHING, DONE or NOT_DONE."""
        return self._words.get(_key(text), NOTHING)

    def column(self, cells: pa.ChunkedArray) -> Codes:
        """What each cell of a column says, every distinct cell read once."""
        encoded = cells.combine_chunks().dictionary_encode()
        words = [self.of(word) for word in encoded.dictionary.to_pylist()]
        codes: Codes = np.array(words, np.int8)[encoded.indices.to_numpy()]
        return codes


def _key(text: str) -> str:
    return squash(text).casefold()
