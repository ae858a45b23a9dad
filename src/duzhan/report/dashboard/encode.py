"""JSON that is small and safe inside an HTML page.

Much repeats from day to day. A `Pool` keeps every distinct value once; a column
keeps every distinct word once. The page's `data.js` reads both back.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from duzhan.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    import pyarrow as pa

# Inside a script element only these could end it or, in old engines, a line of it.
_UNSAFE = re.compile("[<>&\u2028\u2029]")


class Pool:
    """Distinct JSON values, each once; in lists and objects stand their numbers.

    Attributes:
        values: scalars as they are, lists and objects of numbers of other values.
    """

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._numbers: dict[Hashable, int] = {}

    def put(self, value: Any) -> int:  # noqa: ANN401 - any JSON value
        """Give the number of a value, which is added unless it is there."""
        if isinstance(value, dict):
            numbers = {key: self.put(part) for key, part in value.items()}
            return self._keep(("object", *numbers.items()), numbers)
        if isinstance(value, list):
            members = [self.put(part) for part in value]
            return self._keep(("list", *members), members)
        # 1, 1.0 and True, 0.0 and -0.0 are equal to Python, not to the reader.
        return self._keep((type(value), repr(value)), value)

    def _keep(self, key: Hashable, value: Any) -> int:  # noqa: ANN401
        number = self._numbers.setdefault(key, len(self.values))
        if number == len(self.values):
            self.values.append(value)
        return number


def column(
    cells: pa.Array, word: Callable[[Any], str | None] | None = None
) -> dict[str, list[Any]]:
    """A column with every distinct cell once, in order of appearance.

    Args:
        cells: values without nulls.
        word: how the page shows a value, each of them otherwise; None for texts as they are.

    Returns:
        `words`, the distinct cells, and `at`, each row's number among them; `at` is left
        out if no cell repeats.
    """
    encoded = cells.dictionary_encode()
    words = encoded.dictionary.to_pylist()
    if word is not None:
        words = list(map(word, words))
    if len(words) == len(cells):
        return {"words": words}
    return {"words": words, "at": encoded.indices.to_pylist()}


def script_json(document: Any) -> str:  # noqa: ANN401 - any JSON value
    """Write JSON that nothing in it can end or run as a script."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # Readers are people; what is made visible stands inside texts alone.
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", visible(text))
