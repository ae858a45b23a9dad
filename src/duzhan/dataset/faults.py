"""What is wrong with rows of the ledger, by kind; `problems.py` says it in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from duzhan.model import Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from duzhan.arrays import Rows
    from duzhan.intake.grid import RefusedFileError


@dataclass(frozen=True, slots=True)
class Fault:
    """Rows of the ledger that share one kind of fault.

    Attributes:
        code: the problem's code.
        column: canonical column, None for the whole row.
        rows: rows of the ledger, ascending.
        detail: what is wrong, if code and cell do not say.
        warning: a warning does not make the issue invalid.
    """

    code: str
    column: str | None
    rows: Rows
    detail: str = ""
    warning: bool = False


class Faults:
    """Gathers faults, and the rows that they make invalid, while cells are judged in order.

    Args:
        count: how many rows there are.
        exempt: rows about which nothing is said, since they count nowhere.
    """

    def __init__(self, count: int, exempt: NDArray[np.bool_] | None = None) -> None:
        self.found: list[Fault] = []
        self.invalid = np.zeros(count, bool)
        self._exempt = exempt if exempt is not None and exempt.any() else None

    def add(self, code: str, column: str | None, rows: Rows, detail: str = "") -> None:
        """Report rows and count them as invalid."""
        if len(rows := self._concerned(rows)):
            self.found.append(Fault(code, column, rows, detail))
            self.invalid[rows] = True

    def warn(self, code: str, column: str | None, rows: Rows, detail: str = "") -> None:
        """Report rows without counting them as invalid."""
        if len(rows := self._concerned(rows)):
            self.found.append(Fault(code, column, rows, detail, warning=True))

    def report(self, code: str, column: str | None, rows: Rows, detail: str = "") -> None:
        """Report rows as errors that decide nothing (an issue listed twice is counted once)."""
        if len(rows := self._concerned(rows)):
            self.found.append(Fault(code, column, rows, detail))

    def _concerned(self, rows: Rows) -> Rows:
        """The rows that anything is said about, each once, ascending."""
        if self._exempt is not None:
            rows = rows[~self._exempt[rows]]
        return np.unique(rows) if len(rows) else rows


def refusal(file: str, error: RefusedFileError, consequence: str = "") -> Problem:
    """A refused file as a problem."""
    return Problem(
        "error", file, error.line, None, None, error.code, f"{error.message}{consequence}"
    )
