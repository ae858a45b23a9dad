"""Every pattern of the program takes time in step with its input, be it the worst."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from pathlib import Path

import pytest

import duzhan

# What may be repeated to lead a pattern astray, and what ends such a run without a match.
ATOMS = (
    " ", "\n", "1", "a", "_", "甲", "年", "-", ".", ",", "；", "(", "【", '"', "'", "=", "#", "<",
    "0.", "1 ", "()", "1,", "1月", "$A", "2021-", "\u3000", "\u200b", "'=",
)  # fmt: skip
ENDS = ("", "甲")
BEGINS = ("", "1", "(")
SHORT, LONG = 1_000, 8_000
# Eight times the input takes eight times as long, a few times that on a busy machine;
# a quadratic pattern takes sixty-four times.
GROWTH = 30
NOTICED = 0.04


SOURCE = Path(duzhan.__path__[0])
# Left out: what begins the program, and what needs a cluster to be loaded.
UNLOADED = ("duzhan.__main__", "duzhan.engines.cluster")
Known = tuple[re.Pattern[str] | re.Pattern[bytes], bool]


# What is tried at every place of a text, not at its beginning alone.
SEARCHED = re.compile(r"(\w+)\.(?:search|subn?|findall|finditer|split)\(")


def _patterns() -> dict[str, Known]:
    """Patterns by what they are, with whether they are looked for anywhere in a text."""
    found: dict[str, Known] = {}
    code = "".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    searched = set(SEARCHED.findall(code))
    for info in pkgutil.walk_packages(duzhan.__path__, "duzhan."):
        if info.name in UNLOADED:
            continue
        module = importlib.import_module(info.name)
        found |= {
            f"{value.pattern!r}": (value, name in searched)
            for name, value in vars(module).items()
            if isinstance(value, re.Pattern)
        }
    return found


PATTERNS = _patterns()


def _spent(known: Known, text: str) -> float:
    """The least of a few runs: a busy machine only ever adds."""
    pattern, searched = known
    data = text.encode() if isinstance(pattern.pattern, bytes) else text
    spent = []
    for _ in range(3):
        begun = time.thread_time()
        if searched:
            pattern.search(data)  # type: ignore[arg-type]
        pattern.match(data)  # type: ignore[arg-type]
        pattern.fullmatch(data)  # type: ignore[arg-type]
        spent.append(time.thread_time() - begun)
        if spent[-1] < NOTICED:
            break
    return min(spent)


@pytest.mark.parametrize("shown", PATTERNS, ids=lambda shown: shown[:60])
def test_no_input_leads_a_pattern_astray(shown: str) -> None:
    pattern = PATTERNS[shown]
    for atom in ATOMS:
        for begin in BEGINS:
            for end in ENDS:
                long = begin + atom * LONG + end
                taken = _spent(pattern, long)
                if taken > NOTICED:
                    short = begin + atom * SHORT + end
                    assert taken < GROWTH * max(_spent(pattern, short), 1e-4), (atom, begin, end)
