"""The floor under `import`: `python benchmarks/floor_import.py FILE.xlsx [OUT.csv]`.

What a bare script must do at the least: read the sheet with calamine and write
its rows as CSV. It matches nothing, reads no date and keeps no journal. Without
OUT.csv it reads alone.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from python_calamine import load_workbook


def main() -> None:
    """Read the first sheet's cells, and copy them."""
    with load_workbook(sys.argv[1]) as book:
        rows = book.get_sheet_by_index(0).to_python()
    if len(sys.argv) < 3:
        return
    with Path(sys.argv[2]).open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)


if __name__ == "__main__":
    main()
