"""What a ledger at rest holds is looked at before it is counted: no null, nothing impossible.

A state that begins in the year 9000, or ends too early, would make a county look clean.
The look is one more pass of the engine that counts, over the same columns, and says of
each county how many of its spells can be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.compliance import spells as sp
from duzhan.engines.frames import numbers
from duzhan.errors import DuzhanError
from duzhan.intake.states import NOT_DONE, NOTHING
from duzhan.parquet import layout as at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from duzhan.engines.frames import Frame
    from duzhan.model import Rules
    from duzhan.parquet.manifest import AtRest

_MARKS = ("invalid", "said_done", "extended", "entangled")
_YEARS = 5
_RANGES = ((at.SAID, NOTHING, NOT_DONE), (at.LINE, 1, None), (at.ISSUE, 0, None))
AGAIN = "请重新 duzhan export --parquet"


def refuse_impossible_spells(
    spells: Frame, at_rest: AtRest, codes: AbstractSet[str], rules: Rules
) -> None:
    """Look at every spell that is about to be counted, wherever it is.

    Args:
        spells: whole numbers in the columns of `Spells.counted`.
        at_rest: how many there should be of each county.
        codes: the counties that are asked for.
        rules: whose period decides which days can be.

    Raises:
        DuzhanError: one of them is null or cannot be, or one too many or too few is there.
    """
    counties, *sums = _look(spells, rules)
    found = dict(zip(counties.tolist(), np.stack(sums, axis=1).tolist(), strict=True))
    for code in sorted(codes & at_rest.parts.keys()):
        told = at_rest.parts[code]
        if told.rows and found.get(int(code)) != [told.spells, told.spells, told.rows]:
            raise _impossible(at_rest, code)


def _impossible(at_rest: AtRest, code: str) -> DuzhanError:
    shown = at_rest.shown(at.SPELLS, code)
    return DuzhanError(f"{shown}：有空的或不可能的状态（日期、状态、标记），{AGAIN}")


def _first_day(rules: Rules) -> int:
    return rules.start.replace(year=rules.start.year - _YEARS, month=1, day=1).toordinal()


def refuse_impossible_spans(
    spells: pa.Table, at_rest: AtRest, codes: Sequence[str], rules: Rules
) -> None:
    """Look at the spells of some counties that are about to be counted or listed.

    Args:
        spells: whole numbers in the columns that are needed, county after county.
        at_rest: how many there should be of each.
        codes: the counties, in their order there.
        rules: whose period decides which days can be.

    Raises:
        DuzhanError: one of them is null or cannot be, or a row's last spell ends.
    """
    parts = [at_rest.parts[code] for code in codes]
    whose = np.repeat(np.arange(len(parts)), [part.spells for part in parts])
    rows = np.array([part.rows for part in parts])
    # Less than anything that can be.
    told = {name: pc.fill_null(spells[name], -1).to_numpy() for name in spells.column_names}
    since, until, standing = (told[name] for name in ("since", "until", "standing"))
    last = rules.end.toordinal()
    can_be = (
        ((since == sp.ALWAYS) | ((since >= _first_day(rules)) & (since <= last + 1)))
        & (until > since)
        & (until <= sp.FOREVER)
        & (standing >= sp.CLOSED)
        & (standing <= sp.WITHDRAWN)
    )
    # An older form numbers issues through all counties.
    among = rows[whose] - 1 if at_rest.form == at.FORM else np.iinfo(np.int32).max
    limits = {at.ROW: among, "issue": among, "due": last, **dict.fromkeys(_MARKS, 1)}
    for name, most in limits.items():
        if name in told:
            can_be &= (told[name] >= 0) & (told[name] <= most)
    if "extensions" in told:
        can_be &= told["extensions"] >= 0
    lasting = np.bincount(whose[until == sp.FOREVER], minlength=len(parts))
    wrong = np.bincount(whose[~can_be], minlength=len(parts)) + (lasting != rows)
    if wrong.any():
        raise _impossible(at_rest, codes[int(np.flatnonzero(wrong)[0])])


def _look(spells: Frame, rules: Rules) -> list[NDArray[np.int64]]:
    """County, spells, spells that can be, rows whose last spell nothing ends."""
    import narwhals as nw  # noqa: PLC0415 - lists that are read in memory need none

    first = _first_day(rules)
    since, until, standing = (nw.col(name) for name in ("since", "until", "standing"))
    can_be = (
        ((since == sp.ALWAYS) | ((since >= first) & (since <= rules.end.toordinal() + 1)))
        & (until > since)
        & (until <= sp.FOREVER)
        & (standing >= sp.CLOSED)
        & (standing <= sp.WITHDRAWN)
        & (nw.col("issue") >= 0)
    )
    for name in _MARKS:
        can_be = can_be & (nw.col(name) >= 0) & (nw.col(name) <= 1)
    seen = (
        # What compares with null is null, and adds nothing.
        spells.select(
            "county",
            can_be=can_be.cast(nw.Int64),
            lasting=(until == sp.FOREVER).cast(nw.Int64),
        )
        .group_by("county")
        .agg(rows=nw.len(), can_be=nw.col("can_be").sum(), lasting=nw.col("lasting").sum())
    )
    return numbers(seen, "county", "rows", "can_be", "lasting")


def shown_path(path: Path) -> str:
    """What a file of a ledger at rest is called in a message."""
    return "/".join(path.parts[-4:])


def refuse_nulls(table: pa.Table, path: Path, names: Iterable[str]) -> None:
    """Look at columns that are never empty.

    Raises:
        DuzhanError: one of them holds a null.
    """
    for name in names:
        if table[name].null_count:
            raise _wrong_column(path, name)


def _wrong_column(path: Path, name: str) -> DuzhanError:
    return DuzhanError(f"{shown_path(path)}：列“{name}”里有空的或不可能的值，{AGAIN}")


def refuse_impossible_issues(table: pa.Table, path: Path) -> None:
    """Look at the issues of a county that are about to be read whole.

    Raises:
        DuzhanError: a column that is never empty holds a null, or a number that cannot be.
    """
    texts = (*(n for n in col.ISSUE_COLUMNS if n not in col.DATE_COLUMNS), *col.FURTHER_COLUMNS)
    always = (*texts, col.COUNTY, at.OWN, at.SAID, at.INVALID, at.ISSUE, at.REFUSALS)
    refuse_nulls(table, path, (*always, at.FILE, at.LINE, at.PLACE))
    for name, least, most in _RANGES:
        ends = pc.min_max(table[name]).as_py()
        if table.num_rows and (ends["min"] < least or (most is not None and ends["max"] > most)):
            raise _wrong_column(path, name)
