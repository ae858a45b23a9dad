"""Typed columns: what a column is called in English and in Chinese, and what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from fractions import Fraction

    import pandas as pd

    from duzhan.requirements.results import Rate

Labels = Literal["en", "zh"]
Row_contra = TypeVar("Row_contra", contravariant=True)
One = TypeVar("One")


class ColumnType(StrEnum):
    """What a column holds; the value says so in the reference."""

    TEXT = "str"
    WORD = "category"
    DAY = "datetime64[s]"
    FLAG = "boolean"
    COUNT = "Int64"
    NUMBER = "float64"
    LIST = "object"


TEXT, WORD, DAY, FLAG, COUNT, NUMBER, LIST = ColumnType


@dataclass(frozen=True, slots=True)
class FrameColumn(Generic[Row_contra]):
    """A column of a DataFrame.

    Attributes:
        name: in English.
        label: in Chinese.
        kind: its type.
        of: gives its value from what a row is made of; None is empty.
        words: value to Chinese word, in the order of the category.
    """

    name: str
    label: str
    kind: ColumnType
    of: Callable[[Row_contra], object]
    words: Mapping[str, str] | None = None


def share(
    name: str, label: str, of: Callable[[One], Rate | Fraction | None]
) -> tuple[FrameColumn[One], FrameColumn[One], FrameColumn[One]]:
    """A fraction: numerator and denominator as they are, and beside them a float to plot."""

    def numerator(row: One) -> int | None:
        whole = of(row)
        return None if whole is None else whole.numerator

    def denominator(row: One) -> int | None:
        whole = of(row)
        return None if whole is None else whole.denominator

    def value(row: One) -> float | None:
        whole = of(row)
        return None if whole is None else whole.numerator / whole.denominator

    return (
        FrameColumn(f"{name}_numerator", f"{label}分子", ColumnType.COUNT, numerator),
        FrameColumn(f"{name}_denominator", f"{label}分母", ColumnType.COUNT, denominator),
        FrameColumn(name, label, ColumnType.NUMBER, value),
    )


def frame(
    columns: Iterable[FrameColumn[One]],
    rows: Sequence[One],
    labels: Labels,
    orders: Mapping[str, Sequence[str]],
) -> pd.DataFrame:
    """Make a DataFrame of typed columns.

    Args:
        columns: in order.
        rows: what each row is made of.
        labels: whether names, lights, states and verdicts are in English or in Chinese.
        orders: column to the order of its category, for those whose words are the dataset's.
    """
    import pandas as pd  # noqa: PLC0415 - columns alone need none

    chinese = labels == "zh"
    made = {
        column.label if chinese else column.name: _typed(
            column, [column.of(row) for row in rows], orders.get(column.name), chinese=chinese
        )
        for column in columns
    }
    return pd.DataFrame(made, index=pd.RangeIndex(len(rows)))


def _typed(
    column: FrameColumn[One], values: list[object], order: Sequence[str] | None, *, chinese: bool
) -> pd.Series:
    import pandas as pd  # noqa: PLC0415

    if column.kind is not ColumnType.WORD:
        return pd.Series(values, dtype=str(column.kind.value))
    words = column.words or {}
    known = list(order or words or dict.fromkeys(value for value in values if value))
    if chinese:
        values = [words.get(str(value), value) for value in values]
        known = [words.get(str(value), value) for value in known]
    kind = pd.CategoricalDtype(known, ordered=bool(words))
    return pd.Series(values, dtype=kind)


def joined(texts: Iterable[str]) -> str:
    """Several texts in one cell."""
    return "；".join(texts)


# Of any row that has a county.
OF_COUNTY: FrameColumn[Any] = FrameColumn("county", "县(市)", WORD, attrgetter("county.name"))
