"""Write lists to import: `python benchmarks/make_lists.py FROM DIR`.

FROM is a dataset of `make_dataset.py`. DIR gets

- `富宁县.xlsx`, all its issues in one workbook, with dates as text;
- `refused/富宁县.xlsx`, the same with a day that does not exist in each third row;
- `ledger/`, the dataset as duzhan itself writes it, to import into;
- `sent/`, a list a county for that ledger, with a claim more on each twentieth row.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import subprocess
import sys
from pathlib import Path

import xlsxwriter

from floor import encoding_of

ID, CLAIMED = 0, 9
A_CLAIM_EVERY = 20
REFUSED_EVERY, NO_DAY = 3, "2021-06-31"
# After every day of the ledger, so that it is new to each issue.
NEW_CLAIM = "2021-12-31"


def main() -> None:
    """Write the workbook, the ledger and the lists."""
    parser = argparse.ArgumentParser(description="Write lists to import.")
    parser.add_argument("source", type=Path, metavar="FROM")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--workbook", action="store_true", help="the workbook only")
    options = parser.parse_args()
    options.folder.mkdir(parents=True)
    if options.workbook:
        write_workbook(options.source, options.folder / "富宁县.xlsx")
        (options.folder / "refused").mkdir()
        write_workbook(options.source, options.folder / "refused" / "富宁县.xlsx", refused=True)
        return
    write_ledger(options.source, options.folder / "ledger")
    write_lists(options.folder / "ledger", options.folder / "sent")


def read(path: Path) -> list[list[str]]:
    """Rows of a county's file, its header first."""
    encoding = "utf-8-sig" if encoding_of(path) == "utf-8" else "gb18030"
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.reader(file))


def write_workbook(source: Path, path: Path, *, refused: bool = False) -> None:
    """Write all counties' issues as if they were one county's."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        row = 0
        for county in sorted((source / "issues").glob("*.csv")):
            header, *rows = read(county)
            for cells in rows if row else [header, *rows]:
                if refused and row and row % REFUSED_EVERY == 0:
                    cells[CLAIMED] = NO_DAY
                sheet.write_row(row, 0, cells)
                row += 1


def write_ledger(source: Path, folder: Path) -> None:
    """Import the dataset's own lists, so that its files have the form that duzhan gives them."""
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("issues"))
    (folder / "issues").mkdir()
    duzhan = str(Path(sys.executable).with_name("duzhan"))
    lists = [str(path) for path in sorted((source / "issues").glob("*.csv"))]
    subprocess.run([duzhan, "--data", str(folder), "import", *lists], check=True)


def write_lists(ledger: Path, folder: Path) -> None:
    """Write what the counties send: the ledger's rows, some with news."""
    folder.mkdir()
    for county in sorted((ledger / "issues").glob("*.csv")):
        header, *rows = read(county)
        for cells in rows[::A_CLAIM_EVERY]:
            cells[CLAIMED] = f"{cells[CLAIMED]}；{NEW_CLAIM}".lstrip("；")
        with (folder / county.name).open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([header, *rows])


if __name__ == "__main__":
    main()
