"""Write a nation: `python benchmarks/make_nation.py --rows N --counties M DIR`.

DIR gets

- `registered/`, a dataset with a list a county, as CSV, and a roster in a file a province;
- `nation/`, the same roster and rules over the exported Parquet ledger, to count from.

Counties share a hundred different lists, so that ten million rows are written
in a minute; the same bytes on every run. The lists are removed once exported.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import subprocess
import sys
from pathlib import Path

from make_dataset import HEADERS, ROOT, issues_of

DIFFERENT = 100
PROVINCES, PREFECTURES, COUNTIES = range(11, 66), range(1, 11), range(1, 11)
LIST_HEADER = HEADERS["issues"] + "\n"


def main() -> None:
    """Read the command line; write, export, remove the lists."""
    parser = argparse.ArgumentParser(description="Write a nation's issues.")
    parser.add_argument("--rows", type=int, required=True, help="issues in all counties")
    parser.add_argument("--counties", type=int, default=2800)
    parser.add_argument("folder", type=Path, metavar="DIR")
    options = parser.parse_args()
    registered, nation = options.folder / "registered", options.folder / "nation"
    codes = every_code(options.counties)
    for folder in (registered, nation):
        write_configuration(folder, codes)
    write_lists(registered / "issues", codes, options.rows)
    duzhan = str(Path(sys.executable).with_name("duzhan"))
    words = ("--data", str(registered), "export", "--parquet", str(nation / "ledger"))
    subprocess.run([duzhan, *words], check=True)
    shutil.rmtree(registered / "issues")
    with (nation / "milestones.yaml").open("a", encoding="utf-8") as file:
        file.write("\nledger_parquet: ledger\n")


def every_code(number: int) -> list[str]:
    """So many codes of counties, of as few provinces as will do."""
    places = itertools.product(PROVINCES, PREFECTURES, COUNTIES)
    return [f"{p:02}{q:02}{r:02}" for p, q, r in itertools.islice(places, number)]


def write_configuration(folder: Path, codes: list[str]) -> None:
    """Write a roster with a file a province, the rules, and empty record files."""
    (folder / "groups").mkdir(parents=True)
    (folder / "groups.yaml").write_text("prefecture:\n  code: '000000'\n  name: 全国\n", "utf-8")
    for province, ours in itertools.groupby(codes, lambda code: code[:2]):
        text = "groups:\n" + "".join(map(group, ours))
        (folder / "groups" / f"{province}.yaml").write_text(text, "utf-8")
    for name, header in HEADERS.items():
        if name != "issues":
            (folder / name).write_text(header + "\n", "utf-8-sig")
    shutil.copyfile(ROOT / "data" / "milestones.yaml", folder / "milestones.yaml")


def group(code: str) -> str:
    """One group as YAML."""
    return (
        f"  - id: g{code}\n    name: {code}县督战组\n    clause: 四\n"
        f"    county:\n      code: '{code}'\n      name: {code}县\n    recipients: []\n"
    )


def write_lists(folder: Path, codes: list[str], rows: int) -> None:
    """Write a list a county; of the different ones each is made once."""
    folder.mkdir()
    share = rows // len(codes)
    made: dict[int, str] = {}
    for at, code in enumerate(codes):
        which = at % DIFFERENT
        if which not in made:
            made[which] = LIST_HEADER + "".join(issues_of(f"第{which:02}县", share))
        text = made[which].replace(f"第{which:02}县", f"{code}县")
        (folder / f"{code}县.csv").write_text(text, "utf-8-sig")


if __name__ == "__main__":
    main()
