"""The floor under counting on a cluster: `python benchmarks/floor_spark.py MASTER NATION DAY…`.

The statement of `floor_duckdb.py` in Spark SQL, on the cluster at that address.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

from pyspark.sql import SparkSession

from floor_duckdb import query


def main() -> None:
    """Count, and print every county's figures."""
    root = Path(sys.argv[2]).resolve() / "ledger"
    days = [dt.date.fromisoformat(word).toordinal() for word in sys.argv[3:]]
    folder = json.loads((root / "ledger.json").read_text("utf-8"))["folder"]
    session = (
        SparkSession.builder.master(sys.argv[1])
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "8")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    answer = session.sql(query(f"parquet.`file://{root / folder / 'spells'}`", days)).collect()
    print(len(answer), sum(row[1] for row in answer))
    session.stop()


if __name__ == "__main__":
    main()
