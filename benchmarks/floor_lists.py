"""The floor under lists at rest: `python benchmarks/floor_lists.py NATION DAY overdue|open FILE`.

One bare DuckDB query over the same Parquet files that writes the same rows: the overdue
issues as JSON, worst first in each county, or those that are open as CSV, in the lists' order.
Of an issue with several rows the worst row is written. It makes sure of nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import duckdb

PENDING_OR_OVERDUE, OVERDUE = "(3, 4, 5)", "(5)"
CSV_COLUMNS = """
    i.county || '县' as "县(市)", 编号, 问题描述, 地点, 专项行动, 问题来源, 责任单位, 责任人,
    发现日期, due as 整改期限, '未整改' as 状态, late as 超期天数, 备注
"""
JSON_COLUMNS = """
    编号 as id, i.county || '县' as county, 问题描述 as description, 地点 as location,
    专项行动 as action, 责任单位 as responsible_unit, 责任人 as responsible_person,
    问题来源 as source, 发现日期 as found_on, due as due_on, late as days_overdue,
    'open' as state, 整改期限 as original_due_on, extensions, 自有列 as columns
"""


def main() -> None:
    """Write the list."""
    root, day, which, target = Path(sys.argv[1]) / "ledger", *sys.argv[2:]
    folder = root / json.loads((root / "ledger.json").read_text("utf-8"))["folder"]
    duckdb.execute("SET memory_limit = '640MiB'; SET preserve_insertion_order = false")
    duckdb.execute(query(str(folder), dt.date.fromisoformat(day).toordinal(), which, target))


def query(folder: str, day: int, which: str, target: str) -> str:
    """The statement: spells that hold on the day, the worst of each issue, and their rows."""
    overdue = which == "overdue"
    standings = OVERDUE if overdue else PENDING_OR_OVERDUE
    columns, form = (JSON_COLUMNS, "json, array true") if overdue else (CSV_COLUMNS, "csv, header")
    order = "i.county, late desc, 编号" if overdue else "i.county, i.row"
    deadline = "case when due > 0 then date '0001-01-01' + (due - 1)::int end as due"
    return f"""
        copy (
            with held as (
                select county, row, issue, standing, entangled, extensions, {deadline},
                    case when due > 0 then {day} - due end as late
                from read_parquet('{folder}/spells/*.parquet')
                where since <= {day} and until > {day} and standing < 6
            ),
            worst as (
                select * from held where entangled = 0 and standing in {standings}
                union all
                select * from held where entangled = 1
                qualify row_number() over (
                    partition by county, issue order by standing desc, due nulls last, row
                ) = 1 and standing in {standings}
            )
            select {columns}
            from worst join read_parquet('{folder}/issues/*.parquet') i using (county, row)
            order by {order}
        ) to '{target}' (format {form})
    """  # noqa: S608 - numbers and a folder's own name


if __name__ == "__main__":
    main()
