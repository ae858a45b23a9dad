"""`duzhan overdue`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from duzhan.cli import mailing, output
from duzhan.cli.mailing import Mailing, mail_options
from duzhan.cli.options import as_of_option, county_option, declare, json_option, template_option
from duzhan.cli.pinging import ping_option
from duzhan.cli.session import note, open_session, say_faults
from duzhan.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.campaign.standing import Campaign


@declare(
    "overdue",
    county_option,
    as_of_option,
    click.option(
        "--due-within",
        type=click.IntRange(min=0),
        metavar="天数",
        help="连同这几天内到期的一并列出。",
    ),
    json_option,
    output.csv_option,
    output.xlsx_option,
    mail_options,
    ping_option,
    template_option("不列问题，把邮件的模板复制到数据集的 templates/，供办公室修改。"),
)
def command(
    ctx: click.Context,
    data: str | None,
    county: str | None,
    as_of: str | None,
    due_within: int | None,
    *,
    as_json: bool,
    csv: Path | None,
    xlsx: Path | None,
    asked: Mailing,
    copy_template: bool,
) -> int:
    """超期问题：未整改且已过整改期限，最久的在前。--email 发给各组，--notify 在群里说。"""
    from duzhan.report.pages.issues import overdue_page, overdue_title

    with mailing.on_record(ctx, data, "overdue", asked):
        session = open_session(ctx, data, as_of, county, quiet=asked.quiet)
    if copy_template:
        _copy_templates(session)
        return 0
    if asked.sends:
        if csv or xlsx:
            raise UsageError("--email、--notify 不能和 --csv、--xlsx 一起用；清单会附在邮件里")
        return _mail(session, asked, due_within, as_json=as_json)
    files = output.Files(csv, xlsx)
    files.check(session.dataset.root, as_json=as_json)
    lines = session.listed.overdue(due_within)
    shown = not as_json and not files.to_pipe
    page = overdue_page(lines, session.day, due_within, session.sample) if shown else None
    say_faults(session, session.list_faults)
    what = overdue_title(len(lines), lines.late, session.county)
    output.deliver(session, lines, what, files, page)
    return 0


def _copy_templates(session: Campaign) -> None:
    from duzhan.deliver.letters import HTML, TEXT
    from duzhan.report.templates import environment

    for name in (TEXT, HTML):
        note(f"已复制到 {environment.copy(name, session.dataset.root)}，改好后发信就用它")


def _mail(session: Campaign, asked: Mailing, due_within: int | None, *, as_json: bool) -> int:
    from duzhan.campaign.sending import overdue_jobs

    def tell() -> None:
        say_faults(session, 0 if asked.quiet else session.list_faults)

    jobs = overdue_jobs(session, due_within, tell, email=asked.email, notify=asked.notify)
    return mailing.run(jobs, session.dataset, asked, lambda: session.missing, as_json=as_json)
