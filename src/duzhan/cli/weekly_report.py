"""`duzhan weekly-report`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from duzhan.campaign.chosen_week import LAST, chosen_week
from duzhan.cli.mailing import Mailing, mail_options, on_record
from duzhan.cli.options import county_option, declare, path_option, template_option
from duzhan.cli.output import refuse_among_lists
from duzhan.cli.pinging import ping_option
from duzhan.cli.progress import watched
from duzhan.cli.session import note, open_session, say_faults
from duzhan.cli.speech import say
from duzhan.errors import DuzhanError, UsageError
from duzhan.report.weekly.formats import FORMATS, Making, format_of, parts_of

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.campaign.standing import Campaign
    from duzhan.compliance.week_report import WeekReport
    from duzhan.report.weekly.formats import Content


@declare(
    "weekly-report",
    click.option(
        "--week",
        default=LAST,
        metavar="周",
        help="哪一周：2021-W25、last（最近一个整周，默认）或那一周的任何一天。",
    ),
    county_option,
    click.option(
        "--format",
        "formats",
        multiple=True,
        type=click.Choice(list(FORMATS)),
        help="输出格式，可写几次；默认 md。",
    ),
    path_option(
        "--output",
        metavar="目录",
        about="写到这个目录，文件名如 周报_2021-W25.html；不写则显示在屏幕上。",
    ),
    click.option(
        "--brief",
        is_flag=True,
        help="要点：一页纸，全部县区最差的在前、最急三件、各组要做的事。",
    ),
    click.option("--each", is_flag=True, help="连同每个县区的周小结（要用 --output）。"),
    template_option("不出周报，把 --format 的模板复制到数据集的 templates/，供办公室修改。"),
    click.option("--charts/--no-charts", default=True, help="html、docx 里带不带图，默认带。"),
    mail_options,
    ping_option,
)
def command(
    ctx: click.Context,
    data: str | None,
    week: str,
    county: str | None,
    formats: tuple[str, ...],
    output: Path | None,
    *,
    brief: bool,
    each: bool,
    copy_template: bool,
    charts: bool,
    asked: Mailing,
) -> int:
    """周报：全部的，或用 --county 写一个县区的周小结。--email 把各县区的发给它的组。"""
    if asked.sends:
        if formats or output is not None or each or copy_template:
            raise UsageError(
                "--email、--notify 发的是各县区的周报，不能和 --format、--output、--each、"
                "--copy-template 一起用"
            )
        with on_record(ctx, data, "weekly-report", asked):
            session = open_session(ctx, data, None, county, quiet=True)
        return _mail(session, week, asked)
    forms = tuple(dict.fromkeys(formats)) or ("md",)
    if copy_template:
        _copy_templates(ctx, data, forms, brief=brief)
        return 0
    _check(forms, output, county, each=each, brief=brief)
    session = open_session(ctx, data, None, county, quiet=True)
    if output is not None:
        refuse_among_lists(output, session.dataset.root)
    chosen = chosen_week(week, session.dataset.rules)
    say_faults(session, session.faults)
    with watched():
        report = session.week(chosen)
    reports = [report]
    if each:
        reports += [report.of(status.county) for status in report.status.counties]
    if brief:
        made = _briefs(report, forms, session)
    else:
        made = _rendered(reports, forms, session, charts=charts)
    if output is None:
        for part in parts_of(next(iter(made.values()))):
            say(part.decode(), nl=False)
        return 0
    _write(output, made)
    return 0


def _copy_templates(
    ctx: click.Context, data: str | None, forms: tuple[str, ...], *, brief: bool
) -> None:
    from duzhan.report.templates import environment
    from duzhan.report.weekly import brief_sheet
    from duzhan.report.weekly.forms import template

    names = [format_of(form).template(form) for form in forms]
    if None in names:
        raise UsageError(f"{forms[names.index(None)]} 给程序用，没有模板")
    if brief:
        names = [template(brief_sheet.TEMPLATE, form) for form in forms]
    root = open_session(ctx, data, quiet=True).dataset.root
    for name in filter(None, names):
        note(f"已复制到 {environment.copy(name, root)}，改好后出周报就用它")


def _check(
    forms: tuple[str, ...], output: Path | None, county: str | None, *, each: bool, brief: bool
) -> None:
    if brief and each:
        raise UsageError("--brief 一页写全部县区，不能和 --each 一起用")
    if each and county is not None:
        raise UsageError("--each 写每个县区的小结，不能和 --county 一起用")
    if output is None and each:
        raise UsageError("--each 要写好几个文件，请用 --output 指明目录")
    if output is None and len(forms) > 1:
        raise UsageError("--format 写了好几种，请用 --output 指明写到哪个目录")
    if output is None and not FORMATS[forms[0]].on_screen:
        raise UsageError(f"{forms[0]} 不能显示在屏幕上，请用 --output 指明写到哪个目录")


def _rendered(
    reports: list[WeekReport],
    forms: tuple[str, ...],
    session: Campaign,
    *,
    charts: bool,
) -> dict[str, Content]:
    """Make whatever may fail before anything is written: file name to content."""
    from duzhan.report.weekly.context import file_stem
    from duzhan.store.outputs import file_name

    dataset = session.dataset
    drawn = charts and any(FORMATS[form].charts for form in forms)
    series = {}
    if drawn:
        from duzhan.report.charts.weekly import charts as charts_of

        series = session.series(reports[0].week.as_of)
    made: dict[str, Content] = {}
    for report in reports:
        shown = charts_of(report, series, session.records, dataset.rules) if drawn else None
        making = Making(dataset.rules, dataset.root, shown)
        for form in forms:
            content = format_of(form).render(report, form, making)
            made[f"{file_name(file_stem(report))}.{form}"] = content
    return made


def _briefs(report: WeekReport, forms: tuple[str, ...], session: Campaign) -> dict[str, Content]:
    from duzhan.report.weekly import brief_sheet
    from duzhan.store.outputs import file_name

    name, root = file_name(brief_sheet.file_stem(report)), session.dataset.root
    return {f"{name}.{form}": brief_sheet.render(report, form, root) for form in forms}


def _write(folder: Path, made: dict[str, Content]) -> None:
    from duzhan.store.atomic import explain
    from duzhan.store.outputs import replacing

    if folder.exists() and not folder.is_dir():
        raise DuzhanError(f"“{folder}”是一个文件，不是目录；--output 要写一个目录")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DuzhanError(f"目录“{folder}”建不了：{explain(error)}") from None
    for name, content in made.items():
        with replacing(folder / name) as temporary, temporary.open("wb") as file:
            file.writelines(parts_of(content))
        note(f"已写入 {folder / name}")


def _mail(session: Campaign, week: str, asked: Mailing) -> int:
    from duzhan.campaign.sending import weekly_jobs
    from duzhan.cli import mailing

    def tell() -> None:
        say_faults(session, 0 if asked.quiet else session.faults)

    chosen = chosen_week(week, session.dataset.rules)
    jobs = weekly_jobs(session, chosen, tell, email=asked.email, notify=asked.notify)
    return mailing.run(jobs, session.dataset, asked, dict, as_json=False)
