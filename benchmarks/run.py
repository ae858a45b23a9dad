"""Measure duzhan against its floors: `python benchmarks/run.py` in the project's environment.

Whole processes, ours and the floor in turn (A B A B), in one run on one machine;
wall time and peak memory, medians, and their ratios. What is above a target is marked.
A further comparison is one more `Comparison` in one of the `*_comparisons` functions;
a further group of them is one more entry of `GROUPS`.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import scale
from comparing import (
    BIG,
    BULK_DAY,
    BULK_WEEK,
    COMPLETION,
    DUZHAN,
    FORMS,
    HERE,
    ROOT,
    SAMPLE_DAY,
    SAMPLE_WEEK,
    SIZES,
    Comparison,
    Group,
    Plan,
    Run,
    again,
    duzhan,
    measure,
    python,
    say,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


class Result(NamedTuple):
    """Medians of both sides of a comparison."""

    comparison: Comparison
    ours: Run
    floor: Run


# ---------------------------------------------------------------- what is compared


def startup_comparisons(_: Plan) -> list[Comparison]:
    """Commands that a person waits for, against the import that each cannot do without."""
    click, pandas = python("-c", "import click"), python("-c", "import pandas")
    words = ("--data", str(ROOT / "data"), "status", "--as-of", SAMPLE_DAY)
    groups, milestones = (duzhan(*words[:2], name) for name in ("groups", "milestones"))
    completion = duzhan(**COMPLETION)
    return [
        Comparison("status, sample / import pandas", duzhan(*words), pandas, 1, repeats=9),
        Comparison("status, sample, again / import pandas", again(*words), pandas, 0.6, repeats=9),
        Comparison("groups / import pandas", groups, pandas, 0.3, repeats=9),
        Comparison("milestones / import pandas", milestones, pandas, 0.3, repeats=9),
        Comparison("--help / import click", duzhan("--help"), click, 1.3, repeats=9),
        Comparison("--version / import click", duzhan("--version"), click, 1.3, repeats=9),
        Comparison("completion / import click", completion, click, 2, repeats=9),
    ]


def bulk_comparisons(plan: Plan) -> list[Comparison]:
    """Long lists, against a bare script that only reads them."""
    comparisons = []
    for rows in plan.sizes:
        data = str(plan.folder / f"rows-{rows}")
        floor = python(str(HERE / "floor.py"), data)
        repeats = 3 if rows >= BIG else 5
        for words, slower, bigger in _bulk_commands(str(plan.folder / "bulk.html")):
            ours = duzhan("--data", data, *words)
            name = f"{words[0]}, {rows:,} rows / floor.py"
            # Of short lists hardly more than the start of a program is compared.
            most = slower if rows >= BIG else None
            comparisons.append(Comparison(name, ours, floor, most, bigger, repeats, rows))
        ours = again("--data", data, "status", "--as-of", BULK_DAY)
        # Of short lists hardly more than the start of a program is left.
        target = 0.3 if rows >= BIG else None
        name = f"status, {rows:,} rows, again / floor.py"
        comparisons.append(Comparison(name, ours, floor, target, 1, repeats, rows))
    return comparisons


def _bulk_commands(page: str) -> tuple[tuple[tuple[str, ...], float, float], ...]:
    """Commands over long lists: how much longer and larger than the script each may be."""
    day = ("--as-of", BULK_DAY)
    return (
        (("check",), 1.5, 1.5),
        (("status", *day), 1.5, 1.5),
        (("overdue", *day), 1.5, 1.5),
        (("issues", *day, "--state", "open", "--csv", "-"), 2, 1.5),
        (("weekly-report", "--week", BULK_WEEK, "--format", "json"), 1.8, 1.5),
        (("dashboard", *day, "--output", page), 2.5, 2),
    )


def report_comparisons(plan: Plan) -> list[Comparison]:
    """The weekly report, against the import of what it could be made with; charts apart."""
    floor = python("-c", "import pandas, altair, docxtpl")
    base = ("--data", str(ROOT / "data"), "weekly-report", "--week", SAMPLE_WEEK)
    to = ("--output", str(plan.folder / "report"))
    every = ("--each", *(word for form in FORMS for word in ("--format", form)))
    word = ("--format", "docx")
    return [
        Comparison(
            "9 reports, 5 forms / imports", duzhan(*base, *every, "--no-charts", *to), floor, 3
        ),
        Comparison("same with charts / imports", duzhan(*base, *every, *to), floor),
        Comparison("docx / imports", duzhan(*base, *word, "--no-charts", *to), floor),
        Comparison("docx with charts / imports", duzhan(*base, *word, *to), floor),
    ]


def prepare_nothing(_: Plan) -> None:
    """The group needs no data of its own."""


def prepare_bulk(plan: Plan) -> None:
    """Write the big datasets that are not there yet."""
    for rows in plan.sizes:
        folder = plan.folder / f"rows-{rows}"
        if not folder.exists():
            say(f"writing {rows:,} rows")
            tool = (str(HERE / "make_dataset.py"), "--rows", str(rows), str(folder))
            measure(python(*tool))


GROUPS = {
    "startup": Group(prepare_nothing, startup_comparisons),
    "report": Group(prepare_nothing, report_comparisons),
    "bulk": Group(prepare_bulk, bulk_comparisons),
    "peers": Group(prepare_bulk, scale.peer_comparisons),
    "change": Group(scale.prepare_import, scale.change_comparisons),
    "import": Group(scale.prepare_import, scale.import_comparisons),
    "engines": Group(scale.prepare_nations, scale.engine_comparisons),
    "rested": Group(scale.prepare_nations, scale.list_comparisons),
    "nation": Group(scale.prepare_nations, scale.whole_comparisons),
}

# These take the longest, or need what `uv sync --group bench` installs: only with --only or --all.
USUAL = tuple(
    name
    for name in GROUPS
    if name not in {"peers", "change", "import", "engines", "rested", "nation"}
)

# ---------------------------------------------------------------- measuring


def compare(comparison: Comparison, repeats: int | None) -> Result:
    """Run both sides in turn, after one run of each that warms the caches."""
    say(comparison.name)
    ours, floor = [], []
    for _ in range(1 + (repeats or comparison.repeats)):
        if comparison.before is not None:
            measure(comparison.before)
        ours.append(measure(comparison.ours))
        floor.append(measure(comparison.floor))
    return Result(comparison, median(ours[1:]), median(floor[1:]))


def median(runs: list[Run]) -> Run:
    """The median of each figure by itself."""
    return Run(*(statistics.median(column) for column in zip(*runs, strict=True)))


# ---------------------------------------------------------------- the table


def table(results: list[Result]) -> list[str]:
    """Lines of the table of ratios."""
    head = f"{'ours / floor':<36}{'s':>8}{'floor':>8}{'ratio':>8}{'MiB':>8}{'floor':>8}{'ratio':>8}"
    return [head, *(row(result) for result in results)]


def row(result: Result) -> str:
    """One comparison as a line: seconds, MiB, their ratios, and targets that are missed."""
    comparison, ours, floor = result
    slower, bigger = ours.seconds / floor.seconds, ours.mebibytes / floor.mebibytes
    if comparison.floor_rows:
        slower *= comparison.floor_rows / comparison.rows
    line = (
        f"{comparison.name:<36}{ours.seconds:>8.3f}{floor.seconds:>8.3f}{slower:>8.2f}"
        f"{ours.mebibytes:>8.0f}{floor.mebibytes:>8.0f}{bigger:>8.2f}"
    )
    return (
        line
        + verdict("time", slower, comparison.slower)
        + verdict("mem", bigger, comparison.bigger)
        + verdict("MiB", ours.mebibytes, comparison.most)
    )


def verdict(what: str, ratio: float, target: float | None) -> str:
    """Words such as `  time ≤ 2.5 ok`; empty without a target."""
    if target is None:
        return ""
    return f"  {what} ≤ {target:g} {'ok' if ratio <= target else 'MISSED'}"


def growth(results: list[Result]) -> list[str]:
    """How many times longer each command of a series takes from one size to the next."""
    last: dict[str, Result] = {}
    lines = []
    for result in results:
        rows = result.comparison.rows
        # The same command beside the same floor, at every size.
        command = result.comparison.name.replace(f", {rows:,} rows", "").removesuffix(", a row")
        before = last.get(command)
        if rows and before is not None:
            ours = result.ours.seconds / before.ours.seconds
            floor = result.floor.seconds / before.floor.seconds
            sizes = f"{before.comparison.rows:,} -> {rows:,} rows"
            lines.append(f"growth, {command}, {sizes}: x {ours:.1f} (floor x {floor:.1f})")
        if rows:
            last[command] = result
    return lines


# ---------------------------------------------------------------- the command


def main() -> None:
    """Read the command line, measure, print."""
    options = _parser().parse_args()
    if not Path(DUZHAN).exists():
        raise SystemExit(
            "duzhan is not installed beside this Python: uv sync, then uv run python …"
        )
    sizes = tuple(options.sizes or (SIZES[:2] if options.quick else SIZES))
    repeats = options.repeats or (3 if options.quick else None)
    results: list[Result] = []
    with _folder(options.keep) as folder:
        plan = Plan(sizes, repeats, folder, tuple(options.nations))
        for group in (GROUPS[name] for name in options.only or USUAL):
            group.prepare(plan)
            results += [compare(each, plan.repeats) for each in group.comparisons(plan)]
    print("\n".join([*table(results), *growth(results)]))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure duzhan against its floors.")
    parser.add_argument("--quick", action="store_true", help="three runs each, no million rows")
    parser.add_argument("--repeats", type=int, metavar="N", help="runs of each side")
    parser.add_argument("--sizes", type=int, nargs="+", metavar="ROWS")
    parser.add_argument("--only", choices=GROUPS, action="append", help="this group only")
    parser.add_argument("--all", action="store_const", const=[*GROUPS], dest="only")
    parser.add_argument(
        "--nations",
        type=int,
        nargs="+",
        metavar="ROWS",
        default=[BIG, 10 * BIG],
        help="issues of the datasets at rest that engines count",
    )
    parser.add_argument("--keep", type=Path, metavar="DIR", help="write the data there and keep it")
    return parser


@contextlib.contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    folder = Path(tempfile.mkdtemp(prefix="duzhan-benchmark-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
