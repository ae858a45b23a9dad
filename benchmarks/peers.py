"""What others need for the same lists: `python benchmarks/peers.py NAME DIR`.

NAME is one of PEERS. Each reads every cell of the dataset's files and parses the
ISO dates, as `floor.py` does with pandas; frictionless validates instead. None
of them finds an issue's state. GB18030 is decoded first for those that read
only UTF-8.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

DATE_COLUMNS = ("发现日期", "整改期限", "整改完成日期", "销号日期", "退回日期")
BOM = b"\xef\xbb\xbf"


def main() -> None:
    """Run one of them."""
    print(PEERS[sys.argv[1]](Path(sys.argv[2])))


def lists(folder: Path) -> Iterator[tuple[Path, str]]:
    """The dataset's files and their encodings."""
    for path in sorted((folder / "issues").glob("*.csv")):
        with path.open("rb") as file:
            marked = file.read(len(BOM)) == BOM
        yield path, "utf-8-sig" if marked else "gb18030"


def with_csv(folder: Path) -> int:
    """The standard library's reader, each date parsed once."""
    total = 0
    for path, encoding in lists(folder):
        with path.open(encoding=encoding, newline="") as file:
            reader = csv.reader(file)
            header = next(reader)
            places = [header.index(name) for name in DATE_COLUMNS]
            for row in reader:
                total += 1
                for place in places:
                    iso_date(row[place])
    return total


@cache
def iso_date(text: str) -> dt.date | None:
    """Parse a date; None if it is of another form."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def with_polars(folder: Path) -> int:
    """Read by polars as text, dates by its own parser."""
    import polars as pl

    total = 0
    for path, encoding in lists(folder):
        source = path if encoding != "gb18030" else io.BytesIO(path.read_text(encoding).encode())
        frame = pl.read_csv(source, infer_schema=False)
        dates = [pl.col(name).str.to_date("%Y-%m-%d", strict=False) for name in DATE_COLUMNS]
        total += frame.with_columns(dates).height
    return total


def with_duckdb(folder: Path) -> int:
    """Read by DuckDB as text into a table, dates by its own parser."""
    import tempfile

    import duckdb

    total = 0
    dates = ", ".join(f"try_strptime(\"{name}\", '%Y-%m-%d') as d{at}" for at, name in
                      enumerate(DATE_COLUMNS))  # fmt: skip
    with tempfile.TemporaryDirectory() as scratch:
        for path, encoding in lists(folder):
            source = path
            if encoding == "gb18030":
                source = Path(scratch, path.name)
                source.write_text(path.read_text(encoding), "utf-8")
            read = f"read_csv('{source}', all_varchar = true, header = true, quote = '\"')"
            duckdb.execute(f"create or replace table t as select *, {dates} from {read}")  # noqa: S608
            total += duckdb.execute("select count(*) from t").fetchall()[0][0]
    return total


def with_frictionless(folder: Path) -> int:
    """Validate against a schema in which the date columns are dates of any form."""
    import frictionless

    total = 0
    for path, encoding in lists(folder):
        names = path.read_text(encoding).split("\n", 1)[0].split(",")
        fields = [
            {"name": name, "type": "date", "format": "any"}
            if name in DATE_COLUMNS
            else {"name": name, "type": "string"}
            for name in names
        ]
        schema = frictionless.Schema.from_descriptor({"fields": fields})
        resource = frictionless.Resource(
            path=path.name, basepath=str(path.parent), encoding=encoding, schema=schema
        )
        total += frictionless.validate(resource, limit_errors=10**9).tasks[0].stats["rows"]
    return total


def with_csvkit(folder: Path) -> int:
    """Its statistics of every column, types guessed."""
    program = str(Path(sys.executable).with_name("csvstat"))
    for path, encoding in lists(folder):
        words = [program, "-e", encoding, "-d", ",", str(path)]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return 0


PEERS = {
    "csv": with_csv,
    "polars": with_polars,
    "duckdb": with_duckdb,
    "frictionless": with_frictionless,
    "csvkit": with_csvkit,
}

if __name__ == "__main__":
    main()
