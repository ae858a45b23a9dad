"""What can go wrong, in words that a user can act on.

Every error that reaches a user is a `DuzhanError`: its text is one or more
complete Chinese lines, its `exit_code` is the command's. Faulty rows are not
errors but `Problem` values, see `duzhan.model`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class DuzhanError(Exception):
    """The data or the configuration is at fault; exit code 1.

    Args:
        lines: one clear line a fault.
    """

    exit_code = 1

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines: Sequence[str] = lines


class UsageError(DuzhanError):
    """The command line is at fault (unknown county, date or week); exit code 2."""

    exit_code = 2
