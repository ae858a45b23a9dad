"""Comparisons at scale: other programs on the same lists, imports, engines on a nation at rest."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from comparing import (
    BIG,
    BULK_DAY,
    DUZHAN,
    HERE,
    Command,
    Comparison,
    Plan,
    again,
    duzhan,
    measure,
    python,
    say,
)
from peers import PEERS

if TYPE_CHECKING:
    from pathlib import Path

# Too slow to be waited for on more rows than these: compared by time a row.
FINISHES = {"frictionless": 10_000, "csvkit": 10_000}
FASTER_THAN_FRICTIONLESS = 30
# How an import ends that did not take a cell.
REFUSED = 1
WORKBOOK_ROWS = 100_000
COUNTIES = 2800
# The days that the figures of BULK_DAY rest on: past deadlines, the last Sunday, the day itself.
DAYS = ("2021-05-31", "2021-06-30", "2021-07-31", "2021-08-29", BULK_DAY)


def peer_comparisons(plan: Plan) -> list[Comparison]:
    """Reading and judging, beside programs that only read."""
    comparisons = []
    for rows in plan.sizes:
        data = str(plan.folder / f"rows-{rows}")
        ours = duzhan("--data", data, "status", "--as-of", BULK_DAY)
        for peer in PEERS:
            most = min(rows, FINISHES.get(peer, rows))
            name = f"status, {rows:,} rows / {peer}" + (", a row" if most < rows else "")
            theirs = str(plan.folder / f"rows-{most}")
            floor = python(str(HERE / "peers.py"), peer, theirs)
            slower = (
                1 / FASTER_THAN_FRICTIONLESS if peer == "frictionless" and rows >= BIG else None
            )
            comparisons.append(
                Comparison(
                    name, ours, floor, slower, rows=rows, floor_rows=most if most < rows else 0
                )
            )
    return comparisons


def prepare_import(plan: Plan) -> None:
    """Write a workbook of a hundred thousand rows, and lists of a million with their ledger."""
    for rows, words in ((WORKBOOK_ROWS, ["--workbook"]), (BIG, [])):
        source, folder = plan.folder / f"rows-{rows}", plan.folder / f"lists-{rows}"
        if not source.exists():
            say(f"writing {rows:,} rows")
            measure(python(str(HERE / "make_dataset.py"), "--rows", str(rows), str(source)))
        if not (folder / ("refused" if words else "sent")).exists():
            shutil.rmtree(folder, ignore_errors=True)
            say(f"writing lists of {rows:,} rows")
            measure(python(str(HERE / "make_lists.py"), str(source), str(folder), *words))


def import_comparisons(plan: Plan) -> list[Comparison]:
    """Imports, each into the same ledger as the one before, beside bare copies."""
    workbook = plan.folder / f"lists-{WORKBOOK_ROWS}" / "富宁县.xlsx"
    lists = plan.folder / f"lists-{BIG}"
    place, ledger = plan.folder / "place", lists / "ledger"
    sent = [str(path) for path in sorted((lists / "sent").glob("*.csv"))]
    refused = workbook.parent / "refused" / workbook.name
    read, copy = str(HERE / "floor_import.py"), str(plan.folder / "copy.csv")
    status = duzhan("--data", str(ledger), "status", "--as-of", BULK_DAY)
    into = ("--data", str(place), "import")
    once = f"'{DUZHAN}' --data '{place}' import '{workbook}'"
    anew, full = f"rm -rf '{place}' && '{DUZHAN}' init", f"rm -rf '{place}' && cp -r '{ledger}'"
    return [
        Comparison(
            f"import, {WORKBOOK_ROWS:,} rows of xlsx / copy",
            duzhan(*into, str(workbook)),
            python(read, str(workbook), copy),
            2,
            before=Command(("/bin/sh", "-c", f"{anew} '{place}'")),
        ),
        Comparison(
            f"import, {WORKBOOK_ROWS:,} rows of xlsx, a third refused / copy",
            replace(duzhan(*into, str(refused)), ends=REFUSED),
            python(read, str(refused), copy),
            3,
            before=Command(("/bin/sh", "-c", f"{anew} '{place}'")),
        ),
        Comparison(
            f"import, {WORKBOOK_ROWS:,} rows of xlsx sent again / read",
            again(*into, str(workbook)),
            python(read, str(workbook)),
            1.3,
            before=Command(("/bin/sh", "-c", f"{anew} '{place}' && {once}")),
        ),
        Comparison(
            f"import, {BIG:,} into {BIG:,} rows / status",
            replace(duzhan(*into, *sent), ends=REFUSED),
            status,
            3,
            before=Command(("/bin/sh", "-c", f"{full} '{place}'")),
        ),
    ]


def change_comparisons(plan: Plan) -> list[Comparison]:
    """One issue struck off among a million, its county named or not; each in the same ledger."""
    place, source = plan.folder / "changed", plan.folder / f"rows-{BIG}"
    close = ("--data", str(place), "close", "--on", "2021-12-30", "--by", "张三")
    return [
        Comparison(
            f"close, {BIG:,} rows / with --county",
            duzhan(*close, "富宁-0005"),
            duzhan(*close, "富宁-0013", "--county", "富宁县"),
            2,
            before=Command(("/bin/sh", "-c", f"rm -rf '{place}' && cp -r '{source}' '{place}'")),
        )
    ]


def prepare_nations(plan: Plan) -> None:
    """Write the nations at rest that are not there yet."""
    for rows in plan.nations:
        folder = nation(plan, rows).parent
        if not folder.exists():
            say(f"writing a nation of {rows:,} rows")
            tool = (str(HERE / "make_nation.py"), "--rows", str(rows), str(folder))
            measure(python(*tool))


def nation(plan: Plan, rows: int) -> Path:
    """The dataset whose ledger of so many rows is at rest."""
    return plan.folder / f"nation-{rows}" / "nation"


def list_comparisons(plan: Plan) -> list[Comparison]:
    """Lists of the largest nation at rest, beside one bare query that writes the same rows."""
    rows = max(plan.nations)
    data = str(nation(plan, rows))
    comparisons = []
    for which, words in (
        ("overdue", ("overdue", "--json")),
        ("open", ("issues", "--state", "open", "--csv", "-")),
    ):
        ours = duzhan("--data", data, *words, "--as-of", BULK_DAY)
        target = str(plan.folder / which)
        floor = python(str(HERE / "floor_lists.py"), data, BULK_DAY, which, target)
        name = f"{' '.join(words)}, {rows:,} rows at rest / query"
        comparisons.append(Comparison(name, ours, floor, 2, repeats=3))
    return comparisons


def whole_comparisons(plan: Plan) -> list[Comparison]:
    """What goes through all issues of the largest nation at rest: within a gibibyte each.

    The dashboard may take two, and a minute of an idle machine.
    """
    rows = max(plan.nations)
    data, output = str(nation(plan, rows)), ("--output", str(plan.folder / "nation-week"))
    floor = python(str(HERE / "floor_duckdb.py"), data, *DAYS)
    week = ("weekly-report", "--week", BULK_DAY)
    commands = (
        ("check",),
        (*week, "--format", "json", *output),
        ("overdue", "--as-of", BULK_DAY),
        (*week, "--format", "html", *output),
        (*week, "--format", "docx", *output),
        (*week, "--brief", "--format", "md", *output),
        ("status", "--rollup", "--as-of", BULK_DAY),
        ("dashboard", "--as-of", BULK_DAY, "--output", str(plan.folder / "nation.html")),
    )
    return [
        Comparison(
            f"{' '.join(words[:5]).partition(' --output')[0]}, {rows:,} rows at rest / counts",
            duzhan("--data", data, *words),
            floor,
            repeats=1,
            most=2048 if words[0] == "dashboard" else 1024,
        )
        for words in commands
    ]


def engine_comparisons(plan: Plan) -> list[Comparison]:
    """Every engine on a nation at rest, beside one bare query that counts the same."""
    comparisons = []
    for rows in plan.nations:
        data = str(nation(plan, rows))
        floor = python(str(HERE / "floor_duckdb.py"), data, *DAYS)
        for engine in ("duckdb", "spark", None):
            if engine == "spark" and rows > BIG:
                continue
            words = () if engine is None else ("--engine", engine)
            ours = duzhan("--data", data, "status", "--as-of", BULK_DAY, "--json", *words)
            name = f"{engine or 'memory'}, {rows:,} rows at rest / query"
            target = 1 if engine == "duckdb" and rows > BIG else None
            comparisons.append(Comparison(name, ours, floor, target, rows=rows))
        ours = again("--data", data, "status", "--as-of", BULK_DAY, "--json")
        name = f"memory, {rows:,} rows at rest, again / query"
        comparisons.append(Comparison(name, ours, floor, rows=rows))
    return comparisons
