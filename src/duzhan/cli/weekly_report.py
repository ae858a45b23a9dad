"""`duzhan weekly-report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from duzhan.cli.mailing import Mailing, mail_options, on_record
from duzhan.cli.options import county_option, declare
from duzhan.cli.output import refuse_among_lists
from duzhan.cli.session import note, open_session
from duzhan.cli.week import LAST, chosen_week, week_result
from duzhan.errors import DuzhanError, UsageError

if TYPE_CHECKING:
    from duzhan.cli.session import Judged, Session
    from duzhan.compliance.week_report import ReportedWeek, WeekReport
    from duzhan.dataset.folder import Dataset
    from duzhan.deliver.attempts import Record
    from duzhan.deliver.channels.mail.message import Letter
    from duzhan.deliver.jobs import Due, Plan
    from duzhan.deliver.report_letters import ReportDesk

FORMATS = ("md", "html", "docx", "txt", "json")
_CHARTED = frozenset({"html", "docx"})


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
        type=click.Choice(FORMATS),
        help="输出格式，可写几次；默认 md。",
    ),
    click.option(
        "--output",
        type=click.Path(path_type=Path),
        metavar="目录",
        help="写到这个目录，文件名如 督战周报_2021-W25.html；不写则显示在屏幕上。",
    ),
    click.option("--each", is_flag=True, help="连同每个县（市）的周小结（要用 --output）。"),
    click.option(
        "--copy-template",
        is_flag=True,
        help="不出周报，把 --format 的模板复制到数据集的 templates/，供办公室修改。",
    ),
    click.option("--charts/--no-charts", default=True, help="html、docx 里带不带图，默认带。"),
    mail_options,
)
def command(
    ctx: click.Context,
    data: str | None,
    week: str,
    county: str | None,
    formats: tuple[str, ...],
    output: Path | None,
    *,
    each: bool,
    copy_template: bool,
    charts: bool,
    asked: Mailing,
) -> int:
    """督战周报：全州的，或用 --county 写一个县（市）的周小结。--email 把各县（市）的发给督战组。"""
    if asked.email:
        if formats or output is not None or each or copy_template:
            raise UsageError(
                "--email 发的是各县（市）的周报，不能和 --format、--output、--each、"
                "--copy-template 一起用"
            )
        with on_record(ctx, data, "weekly-report", asked):
            session = open_session(ctx, data, None, county, quiet=True)
        return _mail(session, week, asked)
    forms = tuple(dict.fromkeys(formats)) or ("md",)
    if copy_template:
        _copy_templates(ctx, data, forms)
        return 0
    _check(forms, output, county, each=each)
    session = open_session(ctx, data, None, county, quiet=True)
    if output is not None:
        refuse_among_lists(output, session.dataset.root)
    report, judged = week_result(session, chosen_week(week, session.dataset.rules))
    reports = [report]
    if each:
        reports += [report.of(status.county) for status in report.status.counties]
    made = _rendered(reports, forms, session.dataset, judged, charts=charts)
    if output is None:
        click.echo(next(iter(made.values())), nl=False)
        return 0
    _write(output, made)
    return 0


def _copy_templates(ctx: click.Context, data: str | None, forms: tuple[str, ...]) -> None:
    from duzhan.report.templates import environment
    from duzhan.report.weekly import renderings

    if "json" in forms:
        raise UsageError("json 给程序用，没有模板")
    root = open_session(ctx, data, quiet=True).dataset.root
    for form in forms:
        note(f"已复制到 {environment.copy(renderings.template(form), root)}，改好后出周报就用它")


def _check(forms: tuple[str, ...], output: Path | None, county: str | None, *, each: bool) -> None:
    if each and county is not None:
        raise UsageError("--each 写每个县（市）的小结，不能和 --county 一起用")
    if output is None and each:
        raise UsageError("--each 要写好几个文件，请用 --output 指明目录")
    if output is None and len(forms) > 1:
        raise UsageError("--format 写了好几种，请用 --output 指明写到哪个目录")
    if output is None and "docx" in forms:
        raise UsageError("docx 不能显示在屏幕上，请用 --output 指明写到哪个目录")


def _rendered(
    reports: list[WeekReport],
    forms: tuple[str, ...],
    dataset: Dataset,
    judged: Judged,
    *,
    charts: bool,
) -> dict[str, bytes]:
    """Make everything before anything is written: file name to content."""
    from duzhan.report.files import file_name
    from duzhan.report.weekly import renderings
    from duzhan.report.weekly.context import file_stem

    drawn = charts and not _CHARTED.isdisjoint(forms)
    series = {}
    if drawn:
        from duzhan.report.charts.weekly import charts as charts_of
        from duzhan.report.charts.weekly import series_of

        series = series_of(reports[0], judged.ledger, dataset.rules)
    made = {}
    for report in reports:
        shown = charts_of(report, series, judged.records, dataset.rules) if drawn else None
        for form in forms:
            content = renderings.render(report, form, dataset.rules, dataset.root, shown)
            made[f"{file_name(file_stem(report))}.{form}"] = content
    return made


def _write(folder: Path, made: dict[str, bytes]) -> None:
    from duzhan.report.files import replacing
    from duzhan.store.atomic import explain

    if folder.exists() and not folder.is_dir():
        raise DuzhanError(f"“{folder}”是一个文件，不是目录；--output 要写一个目录")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DuzhanError(f"目录“{folder}”建不了：{explain(error)}") from None
    for name, content in made.items():
        with replacing(folder / name) as temporary:
            temporary.write_bytes(content)
        note(f"已写入 {folder / name}")


# ---------------------------------------------------------------- mail


def _mail(session: Session, week: str, asked: Mailing) -> int:
    from duzhan.cli import mailing
    from duzhan.deliver.run import Job

    reports = Reports(session, chosen_week(week, session.dataset.rules), quiet=asked.quiet)
    job = Job("weekly-report", reports.week.id, reports.plan, reports.letter)
    return mailing.run(job, session.dataset, asked, dict, as_json=False)


class Reports:
    """The groups' reports; made when a run that holds the outbox asks for them."""

    def __init__(self, session: Session, week: ReportedWeek, *, quiet: bool) -> None:
        self.week = week
        self._session = session
        self._quiet = quiet
        self._desk: ReportDesk | None = None

    def _made(self) -> ReportDesk:
        from duzhan.deliver.channels.mail.settings import max_size
        from duzhan.deliver.report_letters import ReportDesk

        if self._desk is None:
            report, _ = week_result(self._session, self.week, quiet=self._quiet)
            self._desk = ReportDesk(report, self._session.dataset, max_size())
        return self._desk

    def plan(self, record: Record, resend: bool) -> Plan:
        """Decide what is due."""
        from duzhan.deliver.jobs import Basis, offices_cc, plan_weekly
        from duzhan.deliver.report_letters import content_digest

        dataset, report = self._session.dataset, self._made().report
        codes = {status.county.code for status in report.status.counties}
        told = [
            (group, content_digest(report.of(group.county), dataset))
            for group in dataset.roster.groups
            if group.county.code in codes
        ]
        basis = Basis(record, offices_cc(dataset.roster.offices), resend=resend)
        return plan_weekly(told, self.week.id, basis)

    def letter(self, due: Due) -> Letter:
        """Write a mail."""
        from duzhan.deliver.report_letters import report_letter

        return report_letter(due, self._made())
