"""`duzhan record`: one more row in a record file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from duzhan.cli import output
from duzhan.cli.base import ChineseGroup
from duzhan.cli.examples import examples
from duzhan.cli.options import (
    Settings,
    Words,
    complete_county,
    complete_issue,
    complete_word,
    data_option,
    declare,
    json_option,
)
from duzhan.cli.session import note
from duzhan.cli.speech import say
from duzhan.cli.writing import by_option, lock_timeout_option, open_workplace
from duzhan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from click.decorators import FC

    from duzhan.campaign.changing import Workplace
    from duzhan.campaign.scoring import Assessed
    from duzhan.model import County

_county_option = click.option(
    "--county",
    required=True,
    metavar="县区",
    shell_complete=complete_county,
    help="县区（或其他单位）的名称、简称、代码，或只合一个的开头几个字。",
)


def _day_option(name: str, other: str, text: str) -> Callable[[FC], FC]:
    """The day of a record: by either name, since nobody remembers which one it was."""
    return click.option(name, other, required=True, metavar="日期", help=text)


# A scoring sheet that was refused, or that says otherwise than scores.csv.
EXIT_FAULTY = 1

_remark_option = click.option("--remark", default="", metavar="文字", help="备注。")
_again_option = click.option("--again", is_flag=True, help="已有同样的一条，也再记一次。")


class _Records(ChineseGroup):
    """The kinds of records, in the order of use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All kinds, in the order in which they are declared."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the kinds under a Chinese heading."""
        with formatter.section("命令"):
            rows = [(name, one.get_short_help_str()) for name, one in self.commands.items()]
            formatter.write_dl(rows)


@click.group(
    "record",
    cls=_Records,
    epilog=f"{examples('record')}\n\n每种记录都有自己的帮助：duzhan record 种类 --help",
)
@data_option
@click.pass_context
def command(ctx: click.Context, data: str | None) -> None:
    """记一次督导、一份周报、一次评估或一项任务的完成：每次在记录文件末尾加一行。"""
    if data:
        ctx.obj = Settings(data=data)


def _append(
    place: Workplace, file: str, row: Mapping[str, str], *, again: bool, by: str | None
) -> int:
    from duzhan.intake.text import shorten
    from duzhan.register.record_files import RecordFile
    from duzhan.register.typed import checked_text

    who = None if by is None else checked_text(by, "--by", place.terms, required=True)
    with place.hold() as store:
        number = RecordFile(store, place.dataset, file, place.terms).stage(row, again=again, by=who)
        store.commit(command="record")
    cells = "，".join(f"{column} {shorten(text)}" for column, text in row.items() if text)
    say(f"{file} 加了第 {number} 条记录：{cells}")
    if place.dataset.sample:
        note(place.dataset.sample)
    return 0


def _headings(pairs: Sequence[str]) -> dict[str, list[str]]:
    from duzhan.campaign.importing import headings
    from duzhan.columns import SCORE_SHEET

    return headings(pairs, SCORE_SHEET, "评分表") if pairs else {}


def _items(
    place: Workplace, file: Path, assessed: Assessed, *, dry_run: bool, as_json: bool
) -> int:
    """Enter a scoring sheet, and say what became of it; 1 if anything in it is at fault."""
    from duzhan.campaign.scoring import record_items
    from duzhan.report.json.answers import mark
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


def _add(subcommand: click.Command) -> None:
    command.add_command(subcommand)


def _of_a_county(
    name: str, *options: Callable[[Callable[..., int]], Callable[..., int]]
) -> Callable[[Callable[..., tuple[str, dict[str, str]]]], click.Command]:
    """Declare a kind of record: --county, its own options, then those that each kind has.

    Args:
        name: of the kind.
        options: its own.

    Returns:
        What makes the command of a function, which gets the dataset to write in, the county
        and its own options, and gives the file and the row.
    """

    def wrap(function: Callable[..., tuple[str, dict[str, str]]]) -> click.Command:
        def record(
            ctx: click.Context,
            data: str | None,
            county: str,
            remark: str,
            by: str | None,
            *,
            again: bool,
            lock_timeout: float,
            **own: object,
        ) -> int:
            place = open_workplace(ctx, data, lock_timeout)
            file, row = function(place, place.required_county(county), **own)
            return _append(place, file, place.with_remark(row, remark), again=again, by=by)

        record.__doc__ = function.__doc__
        shared = (_remark_option, by_option, _again_option, lock_timeout_option)
        return declare(name, _county_option, *options, *shared)(record)

    return wrap


@_add
@declare(
    "supervision",
    _county_option,
    click.option(
        "--date", "--on", required=True, metavar="日期", help="督导的日期，如 2021-06-25。"
    ),
    click.option(
        "--method",
        "methods",
        required=True,
        multiple=True,
        metavar="方式",
        shell_complete=complete_word("methods"),
        help="milestones.yaml 里列出的方式；几种结合就写几次。",
    ),
    click.option("--leader", default="", metavar="姓名", help="带队领导。"),
    click.option("--findings", default="", metavar="文字", help="发现的问题。"),
    click.option("--demands", default="", metavar="文字", help="提出的工作要求。"),
    _remark_option,
    by_option,
    _again_option,
    lock_timeout_option,
)
def supervision(
    ctx: click.Context,
    data: str | None,
    county: str,
    date: str,
    methods: tuple[str, ...],
    leader: str,
    findings: str,
    demands: str,
    remark: str,
    by: str | None,
    *,
    again: bool,
    lock_timeout: float,
) -> int:
    """记一次督导。"""
    from duzhan import columns as col
    from duzhan.register.record_rows import supervision as checked

    place = open_workplace(ctx, data, lock_timeout)
    texts = {
        "带队领导": leader,
        "发现问题": findings,
        "工作要求": demands,
        col.REMARK: remark,
    }
    row = checked(place.required_county(county), date, methods, texts, place.terms)
    return _append(place, col.SUPERVISION, row, again=again, by=by)


@_add
@_of_a_county(
    "report",
    click.option(
        "--week",
        metavar="周",
        help="报告的是哪一周：2021-W25 或那一周的任何一天；不写则为本周。",
    ),
    click.option(
        "--on", "--date", required=True, metavar="日期", help="报送的日期，如 2021-06-25。"
    ),
    click.option("--to-group", is_flag=True, help="已报送组里。"),
    click.option("--analysis", is_flag=True, help="含小结分析。"),
    click.option(
        "--copied",
        multiple=True,
        metavar="办公室",
        shell_complete=complete_word("offices"),
        help="已抄送哪个办公室（名册 offices 里的名称或简称），可写几次。",
    ),
    # What the first edition called the copies to the first office and the second.
    click.option("--copied-office", "first_copied", is_flag=True, hidden=True),
    click.option("--copied-special", "second_copied", is_flag=True, hidden=True),
    click.option("--complete", is_flag=True, help="以上各项都做到了。"),
)
def report(
    place: Workplace,
    county: County,
    week: str | None,
    on: str,
    *,
    to_group: bool,
    analysis: bool,
    copied: tuple[str, ...],
    first_copied: bool,
    second_copied: bool,
    complete: bool,
) -> tuple[str, dict[str, str]]:
    """记一份县区的每周书面报告；没有写的各项记为“否”。"""
    from duzhan import columns as col
    from duzhan.register.record_rows import copies
    from duzhan.register.record_rows import report as checked

    done = {col.TO_GROUP: to_group}
    if place.dataset.rules.wants_analysis:
        done[col.ANALYSIS] = analysis
    offices = place.dataset.roster.offices
    flagged = zip((first_copied, second_copied), offices, strict=False)
    named = (*copied, *(office.name for flag, office in flagged if flag))
    parts = {**done, **copies(named, offices)}
    if complete:
        parts = dict.fromkeys(parts, True)
    return col.COUNTY_REPORTS, checked(county, week, on, parts, place.terms)


# What a total needs; a scoring sheet may say all but the points itself.
_OF_A_TOTAL = ("county", "date", "assessor", "points")


@_add
@declare(
    "score",
    click.option(
        "--county",
        metavar="县区",
        shell_complete=complete_county,
        help="县区（或其他单位）的名称、简称、代码，或只合一个的开头几个字。",
    ),
    click.option("--date", "--on", metavar="日期", help="评估的日期，如 2021-06-25。"),
    click.option(
        "--assessor",
        metavar="评估方",
        shell_complete=complete_word("assessors"),
        help="谁评的：milestones.yaml 里列出的评估方。",
    ),
    click.option("--points", "--score", metavar="分数", help="总分；有评分表的用 --items。"),
    click.option(
        "--items",
        type=click.Path(path_type=Path),
        metavar="文件",
        help="逐项的评分表（工作簿），照原样给；以上三项表里写明的可以不写。",
    ),
    click.option(
        "--column",
        "columns",
        multiple=True,
        metavar="列=表头",
        help="评分表的某个表头是哪一列，如 分项=检查要点；可写几次。",
    ),
    click.option(
        "--blank",
        type=click.Path(path_type=Path),
        metavar="文件.xlsx",
        help="按评分标准写一张空白的评分表，填好后用 --items 记入。",
    ),
    click.option(
        "--milestone",
        metavar="节点",
        shell_complete=complete_word("milestones"),
        help="考核节点，如 2021-06；不写则按日期算。",
    ),
    _remark_option,
    by_option,
    _again_option,
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
    return _append(place, col.SCORES, place.with_remark(row, remark), again=again, by=by)


@_add
@_of_a_county(
    "deliverable",
    click.option(
        "--task",
        required=True,
        metavar="任务",
        shell_complete=complete_word("tasks"),
        help="节点要求的一项任务，全称或只合一项的开头几个字。",
    ),
    click.option(
        "--on", "--date", required=True, metavar="日期", help="完成的日期，如 2021-06-25。"
    ),
    click.option("--accepted-by", required=True, metavar="单位", help="验收单位。"),
)
def deliverable(
    place: Workplace, county: County, task: str, on: str, accepted_by: str
) -> tuple[str, dict[str, str]]:
    """记一项任务的完成。"""
    from duzhan import columns as col
    from duzhan.register.record_rows import deliverable as checked

    return col.DELIVERABLES, checked(county, task, on, accepted_by, place.terms)


@_add
@declare(
    "recheck",
    _county_option,
    click.option(
        "--id",
        "identifier",
        required=True,
        metavar="编号",
        shell_complete=complete_issue,
        help="复核的是哪一件。",
    ),
    click.option("--on", "--date", required=True, metavar="日期", help="复核的日期。"),
    click.option(
        "--result",
        required=True,
        type=Words({"属实": ("属实", "true"), "不属实": ("不属实", "false")}),
        metavar="属实|不属实",
        help="现场看到的。",
    ),
    click.option("--by", required=True, metavar="姓名", help="核查人。"),
    _remark_option,
    _again_option,
    lock_timeout_option,
)
def recheck(
    ctx: click.Context,
    data: str | None,
    county: str,
    identifier: str,
    on: str,
    result: str,
    by: str,
    remark: str,
    *,
    again: bool,
    lock_timeout: float,
) -> int:
    """记一次抽查复核：不属实的，从那一天起重新算未整改。"""
    from duzhan.campaign.changing import recheckable
    from duzhan.columns import RECHECKS
    from duzhan.register.record_rows import recheck as checked

    place = open_workplace(ctx, data, lock_timeout)
    owner = place.required_county(county)
    row = checked(owner, identifier, on, result, by, place.terms)
    recheckable(place, owner, row)
    row = place.with_remark(row, remark)
    return _append(place, RECHECKS, row, again=again, by=by)
