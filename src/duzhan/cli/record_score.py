"""`duzhan record score`: a total, or an office's scoring sheet item by item."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from duzhan.cli import output
from duzhan.cli.options import (
    county_option,
    declare,
    json_option,
    path_option,
    word_option,
)
from duzhan.cli.recording import again_option, append, remark_option
from duzhan.cli.session import note
from duzhan.cli.writing import by_option, lock_timeout_option, open_workplace
from duzhan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from duzhan.campaign.changing import Workplace
    from duzhan.campaign.scoring import Assessed

# A scoring sheet that was refused, or that says otherwise than scores.csv.
EXIT_FAULTY = 1


def _headings(pairs: Sequence[str]) -> dict[str, list[str]]:
    from duzhan.campaign.importing import headings
    from duzhan.columns import SCORE_SHEET

    return headings(pairs, SCORE_SHEET, "评分表") if pairs else {}


def _items(
    place: Workplace, file: Path, assessed: Assessed, *, dry_run: bool, as_json: bool
) -> int:
    """Enter a scoring sheet, and say what became of it; 1 if anything in it is at fault."""
    from duzhan.campaign.scoring import record_items
    from duzhan.report.json import mark
    from duzhan.report.json.points import recorded
    from duzhan.report.pages.scored import recorded_page

    done = record_items(place, file, assessed, dry_run=dry_run)
    for line in (*map(str, done.scoring.problems), *done.conflicts):
        note(line)
    sample = place.dataset.sample
    if as_json:
        output.show_json(mark(recorded(done), sample))
    else:
        output.show(recorded_page(done, sample, dry_run=dry_run))
    return EXIT_FAULTY if done.refused or done.conflicts else 0


def _blank(place: Workplace, path: Path, assessed: Assessed) -> int:
    """Write a blank scoring sheet for an assessment."""
    from duzhan.campaign.scoring import blank_scoring
    from duzhan.report.sheets.score_form import write_score_form

    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"--blank 的“{path}”应以 .xlsx 结尾")
    output.refuse_among_lists(path.parent, place.dataset.root)
    made = blank_scoring(place, assessed)
    write_score_form(path, made, place.dataset.sample)
    note(f"已写入 {path}（{len(made.items)}个分项）")
    return 0


def _require(ctx: click.Context, *names: str) -> None:
    for option in ctx.command.params:
        if option.name in names and ctx.params[option.name] is None:
            raise click.MissingParameter(ctx=ctx, param=option)


# What a total needs; a scoring sheet may say all but the points itself.
_OF_A_TOTAL = ("county", "date", "assessor", "points")


@declare(
    "score",
    county_option,
    click.option("--date", "--on", metavar="日期", help="评估的日期，如 2021-06-25。"),
    word_option("--assessor", "assessors", "评估方", "谁评的：milestones.yaml 里列出的评估方。"),
    click.option("--points", "--score", metavar="分数", help="总分；有评分表的用 --items。"),
    path_option(
        "--items",
        metavar="文件",
        about="逐项的评分表（工作簿），照原样给；以上三项表里写明的可以不写。",
    ),
    click.option(
        "--column",
        "columns",
        multiple=True,
        metavar="列=表头",
        help="评分表的某个表头是哪一列，如 分项=检查要点；可写几次。",
    ),
    path_option(
        "--blank",
        metavar="文件.xlsx",
        about="按评分标准写一张空白的评分表，填好后用 --items 记入。",
    ),
    word_option("--milestone", "milestones", "节点", "考核节点，如 2021-06；不写则按日期算。"),
    remark_option,
    by_option,
    again_option,
    click.option("--dry-run", is_flag=True, help="只核对评分表，不写入（与 --items 一起用）。"),
    json_option,
    lock_timeout_option,
)
def score(
    ctx: click.Context,
    data: str | None,
    county: str | None,
    date: str | None,
    assessor: str | None,
    points: str | None,
    items: Path | None,
    columns: tuple[str, ...],
    blank: Path | None,
    milestone: str | None,
    remark: str,
    by: str | None,
    *,
    again: bool,
    dry_run: bool,
    as_json: bool,
    lock_timeout: float,
) -> int:
    """记一次评估：一个总分，或者一张逐项的评分表（--items）。"""
    from duzhan import columns as col
    from duzhan.campaign.scoring import Assessed
    from duzhan.register.record_rows import score as checked

    place = open_workplace(ctx, data, lock_timeout)
    if blank is not None:
        _require(ctx, "date", "assessor")
        return _blank(place, blank, Assessed(county, date, assessor, milestone))
    if items is not None:
        if points is not None:
            raise UsageError("--items 的总分由分项相加，不能再写 --points")
        assessed = Assessed(county, date, assessor, milestone, by, remark, _headings(columns))
        return _items(place, items, assessed, dry_run=dry_run, as_json=as_json)
    if dry_run or as_json or columns:
        raise UsageError("--dry-run、--json、--column 要与 --items 一起用")
    _require(ctx, *_OF_A_TOTAL)
    row = checked(
        place.required_county(county or ""), date or "", assessor or "", points or "",
        milestone, place.terms,
    )  # fmt: skip
    return append(place, col.SCORES, place.with_remark(row, remark), again=again, by=by)
