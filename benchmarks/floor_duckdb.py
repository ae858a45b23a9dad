"""The floor under counting at rest: `python benchmarks/floor_duckdb.py NATION DAY…`.

One bare DuckDB query over the same Parquet files that counts the same: by county
and day how many issues exist, are closed, claimed, open, overdue, undated, invalid,
withdrawn, extended and said to be done, those that several rows or closures speak of in
their worst standing. It judges nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import duckdb

MARKS = ("invalid", "extended", "said_done")
FIGURES = (
    "s between 1 and 5", "s = 1", "s = 2", "s between 3 and 5", "s = 5", "s = 3", "s = 6",
    *(f"s between 1 and 5 and {mark} = 1" for mark in MARKS),
)  # fmt: skip


def main() -> None:
    """Count, and print every county's figures."""
    root = Path(sys.argv[1]) / "ledger"
    days = [dt.date.fromisoformat(word).toordinal() for word in sys.argv[2:]]
    folder = json.loads((root / "ledger.json").read_text("utf-8"))["folder"]
    duckdb.execute("SET memory_limit = '640MiB'; SET preserve_insertion_order = false")
    files = f"read_parquet('{root / folder / 'spells'}/*.parquet')"
    answer = duckdb.execute(query(files, days)).fetchall()
    print(len(answer), sum(row[1] for row in answer))


def query(files: str, days: list[int]) -> str:
    """The statement: sums over spells of single issues, and over the worst of entangled ones.

    Args:
        files: the spells, as the engine names them.
        days: ordinals of the days to count.
    """
    held = {f"s{day}": f"standing * (since <= {day} and until > {day})::int" for day in days}
    columns = [
        (f"f{day}_{at}", figure.replace("s ", f"s{day} "))
        for day in days
        for at, figure in enumerate(FIGURES)
    ]
    sums = ", ".join(f"count(*) filter (where {figure}) as {name}" for name, figure in columns)
    totals = ", ".join(f"sum({name})" for name, _ in columns)
    states = ", ".join(f"{expression} as {name}" for name, expression in held.items())
    worst = ", ".join(f"max({expression}) as {name}" for name, expression in held.items())
    marks = ", ".join(MARKS)
    any_mark = ", ".join(f"max({mark}) as {mark}" for mark in MARKS)
    return f"""
        with single as (select county, {marks}, {states} from {files} where entangled = 0),
        entangled as (
            select county, {any_mark}, {worst} from {files}
            where entangled = 1 group by county, issue
        ),
        parts as (
            select county, {sums} from single group by county
            union all select county, {sums} from entangled group by county
        )
        select county, {totals} from parts group by county
    """  # noqa: S608 - numbers and a folder's own name


if __name__ == "__main__":
    main()
