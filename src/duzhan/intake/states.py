"""Words of state: what a cell, a tick, a sheet or a title says of an issue (SPEC section 3).

A word never closes anything. Done, it may be a claim; not done, it contradicts a closure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from duzhan.intake.text import header_key, squash

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from duzhan.arrays import Mask

    Codes = NDArray[np.int8]

NOTHING, DONE, NOT_DONE = 0, 1, 2
BETWEEN = "；"

# Right before a word of a title, what makes it a doubt: 是否已完成.
_DOUBT = re.compile(r"(?:不|未|没有?|待|需|应|须|限期|拟|是否|能否|如|若|未能)$")
# Anywhere before a word that does not say 已, what makes it a demand: 需立即整改到位, 6月底前完成.
_DEMAND = re.compile(
    r"不|未|没|待|需|应|须|限期|拟|计划|要求|预计|确保|力争|争取|尽快|必须|务必|立即|立行|马上"
    r"|抓紧|亟|下一?步|今后|(?<!目)前|底|内|是否|能否"
)
# Behind it, what makes it a heading of something else: 整改完成情况, 完成时限.
_SUBJECT = re.compile(r"^(?:情况|时限|期限|时间|日期|率|数|进度|标准|要求|方案|计划|措施|后|前)")


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

    @property
    def codes(self) -> Codes:
        """DONE, NOT_DONE or NOTHING, one a row."""
        codes: Codes = np.where(self.not_done, NOT_DONE, np.where(self.done, DONE, NOTHING))
        return codes.astype(np.int8)

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
        yes: words for yes, which are ticks below the heading of a state.
    """

    def __init__(
        self, done: Iterable[str] = (), not_done: Iterable[str] = (), yes: Iterable[str] = ()
    ) -> None:
        self._words = {_key(word): DONE for word in done}
        self._words |= {_key(word): NOT_DONE for word in not_done}
        self._ticks = {_key(word) for word in yes}
        self._ticks |= {word for word in self._words if self.of(word) == DONE and _is_mark(word)}
        # The last bytes of the words, by which their texts are told from most others.
        self.endings = frozenset(word.encode()[-3:] for word in self._words)
        # Words that a title may hold; those that hold another one come first.
        titled = [word for word in self._words if len(word) > 1 and not _is_mark(word)]
        self._titled = sorted(titled, key=lambda word: (-self._words[word], -len(word)))

    def of(self, text: str) -> int:
        """What a whole cell says: NOTHING, DONE or NOT_DONE."""
        return self._words.get(_key(text), NOTHING)

    def is_tick(self, text: str) -> bool:
        """Whether a cell is a √, or says yes."""
        return _key(text) in self._ticks

    def of_ledger(self, text: str) -> int:
        """What a cell of 整改情况 in a ledger says, where several columns may have been joined.

        Not done is heard in any part; done only if the cell says nothing else.
        """
        if BETWEEN in text and any(self.of(part) == NOT_DONE for part in text.split(BETWEEN)):
            return NOT_DONE
        return self.of(text)

    def in_title(self, title: str) -> str | None:
        """The word of state that the name of a sheet or a section title holds."""
        text = _key(title)
        for word in self._titled:
            at = text.find(word)
            if at < 0:
                continue
            if self._words[word] == NOT_DONE:
                return word
            before, behind = text[:at], text[at + len(word) :]
            doubt = _DOUBT if word.startswith("已") else _DEMAND
            if not doubt.search(before) and not _SUBJECT.match(behind):
                return word
        return None

    def column(self, cells: pa.ChunkedArray) -> Codes:
        """What each cell of a ledger's column says, every distinct cell read once."""
        encoded = cells.combine_chunks().dictionary_encode()
        words = [self.of_ledger(word) for word in encoded.dictionary.to_pylist()]
        codes: Codes = np.array(words, np.int8)[encoded.indices.to_numpy()]
        return codes


class StateHeadings:
    """The headings below which cells speak of the state.

    Args:
        column: the canonical column of states.
        names: all headings that mean it.
        words: the words of state; one may be a heading, below which stand ticks.
        striking: those of the headings that speak of the striking off alone.
    """

    def __init__(
        self, column: str, names: Iterable[str], words: StateWords, striking: Iterable[str] = ()
    ) -> None:
        self.column = column
        self.words = words
        self._names = sorted({header_key(name) for name in (column, *names)}, key=len, reverse=True)
        self._striking = {header_key(name) for name in striking}

    def is_tick(self, key: str) -> bool:
        """Whether below a heading stand ticks: 已完成, 整改情况已完成, 是否完成是."""
        return self._tick(key)[0] != ""

    def meaning(self, heading: str) -> StateColumn:
        """What stands below a heading of the state."""
        key = header_key(heading)
        tick, group = self._tick(key)
        striking = bool({key, group} & self._striking)
        return StateColumn(self.words, heading.strip(), tick, striking)

    def _tick(self, key: str) -> tuple[str, str]:
        """The word that a tick stands for, and the heading above it."""
        if len(key) > 1 and self.words.of(key):
            return key, ""
        for name in self._names:
            if key.startswith(name) and (rest := key[len(name) :]) and self.words.of(rest):
                return rest, name
        return "", ""


@dataclass(frozen=True, slots=True)
class StateColumn:
    """A column that speaks of the state.

    Attributes:
        words: the campaign's.
        heading: as the county wrote it.
        tick: the word for which a tick stands; "" in a column of words.
        striking: it speaks of the striking off alone: 否 says nothing of the issue.
    """

    words: StateWords
    heading: str
    tick: str
    striking: bool

    def read(self, text: str) -> tuple[int, str]:
        """What a cell says, and the text that the ledger keeps."""
        cell = text.strip()
        if not cell:
            return NOTHING, ""
        code = self.words.of(cell)
        if self.tick:
            return self._ticked(cell, code)
        if self.striking and code == NOT_DONE:
            return NOTHING, f"{self.heading}：{cell}"
        return code, text

    def _ticked(self, cell: str, code: int) -> tuple[int, str]:
        word = self.words.of(self.tick)
        if self.words.is_tick(cell) or _key(cell) == self.tick:
            if self.striking and word == NOT_DONE:
                return NOTHING, f"{self.heading}：{cell}"
            return word, self.tick
        if code == NOT_DONE and word == DONE and not self.striking:
            return NOT_DONE, f"{self.tick}：{cell}"
        return NOTHING, f"{self.tick}：{cell}"

    def column(self, cells: pa.ChunkedArray) -> tuple[Codes, pa.ChunkedArray]:
        """What each cell says, and the texts to keep, every distinct cell read once."""
        encoded = cells.combine_chunks().dictionary_encode()
        read = [self.read(text) for text in encoded.dictionary.to_pylist()]
        at = encoded.indices
        codes: Codes = np.array([code for code, _ in read], np.int8)[at.to_numpy()]
        texts = pa.array([text for _, text in read], pa.string()).take(at)
        return codes, pa.chunked_array([texts])


def _key(text: str) -> str:
    return squash(text).casefold()


def _is_mark(word: str) -> bool:
    return not any(char.isalnum() for char in word)
