"""`check --json`: problems become text as they are found, however many there are."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from typing import TYPE_CHECKING, Self

from duzhan.report.json.writing import LongList
from duzhan.visible import visible_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from duzhan.model import Problem
    from duzhan.report.json.layout import JsonLayout

# So much text is held in memory; more goes to the disk.
_HELD = 16 << 20


class ListedProblems(LongList):
    """Problems as a list in a document, gone through once; used as a context.

    Attributes:
        ok: whether none of them is an error.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.ok = True
        self._count = 0
        self._lines = tempfile.SpooledTemporaryFile(  # noqa: SIM115
            _HELD, "w+", encoding="utf-8", newline="\n"
        )
        for problem in problems:
            self.ok &= problem.severity != "error"
            self._count += 1
            self._lines.write(json.dumps(asdict(problem), ensure_ascii=False) + "\n")

    def __enter__(self) -> Self:
        """What it holds on the disk lasts as long as it is used."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give back the disk."""
        self._lines.close()

    def __len__(self) -> int:
        """How many there are."""
        return self._count

    def written(self, layout: JsonLayout) -> Iterator[str]:
        """The list as text, part by part."""
        if not self._count:
            yield "[]"
            return
        before = f"[{layout.begin}"
        self._lines.seek(0)
        for line in self._lines:
            yield before + visible_json(_member(line.rstrip("\n"), layout))
            before = layout.between
        yield f"{layout.end}]"


def _member(line: str, layout: JsonLayout) -> str:
    if layout.depth is None:
        return line
    return json.dumps(json.loads(line), ensure_ascii=False, indent=1).replace("\n", layout.begin)
