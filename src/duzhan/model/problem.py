"""Something wrong in a file, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a file, as a value: it is gathered, counted and shown, never lost.

    Attributes:
        severity: ``error``, or ``warning`` for what decides nothing.
        file: path relative to the dataset.
        line: line of a text file, row of a worksheet, both from 1; None for the whole file.
        column: canonical column name or key path.
        value: the cell as it came.
        code: machine-readable kind, such as ``bad-date``.
        message: one Chinese line: what is wrong and what would be right.
        sheet: worksheet, for workbooks.
        id: 编号 of the issue that it is about, None if it is about none or that has none.
    """

    severity: Literal["error", "warning"]
    file: str
    line: int | None
    column: str | None
    value: str | None
    code: str
    message: str
    sheet: str | None = None
    id: str | None = None

    @property
    def place(self) -> str:
        """File, sheet, line, 编号 and column in words."""
        parts = [self.file]
        if self.sheet:
            parts.append(f"工作表“{self.sheet}”")
        if self.line is not None:
            parts.append(f"第{self.line}行")
        if self.id and self.column != "编号":
            parts.append(self.id)
        if self.column:
            parts.append(f"“{self.column}”")
        return " ".join(parts)

    def __str__(self) -> str:
        return f"{self.place}：{self.message}"
