"""`duzhan record`: one more row in a record file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from duzhan.cli.base import ChineseGroup
from duzhan.cli.examples import examples
from duzhan.cli.options import (
    Settings,
    Words,
    complete_issue,
    complete_word,
    data_option,
    declare,
    required_county_option,
    word_option,
)
from duzhan.cli.record_score import score
from duzhan.cli.recording import again_option, append, of_a_county, remark_option
from duzhan.cli.writing import by_option, lock_timeout_option, open_workplace

if TYPE_CHECKING:
    from duzhan.campaign.changing import Workplace
    from duzhan.model import County


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


def _add(subcommand: click.Command) -> None:
    command.add_command(subcommand)


@_add
@declare(
    "supervision",
    required_county_option,
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
    remark_option,
    by_option,
    again_option,
    lock_timeout_option,
)
def supervision(
    ctx: click.Context,
    data: str | None,
    county: str,
    date: str,
    methods: tuple[str, ...],
    by: str | None,
    *,
    again: bool,
    lock_timeout: float,
    **typed: str,
) -> int:
    """记一次督导。"""
    from duzhan import columns as col
    from duzhan.register.record_rows import supervision as checked

    place = open_workplace(ctx, data, lock_timeout)
    texts = {
        "带队领导": typed["leader"],
        "发现问题": typed["findings"],
        "工作要求": typed["demands"],
        col.REMARK: typed["remark"],
    }
    row = checked(place.required_county(county), date, methods, texts, place.terms)
    return append(place, col.SUPERVISION, row, again=again, by=by)


@_add
@of_a_county(
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


command.add_command(score)


@_add
@of_a_county(
    "deliverable",
    word_option(
        "--task", "tasks", "任务", "节点要求的一项任务，全称或只合一项的开头几个字。", required=True
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
    required_county_option,
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
    remark_option,
    again_option,
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
    return append(place, RECHECKS, row, again=again, by=by)
