"""`duzhan overdue`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from duzhan.cli import output
from duzhan.cli.options import as_of_option, county_option, declare, json_option
from duzhan.cli.session import open_session

if TYPE_CHECKING:
    from pathlib import Path


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
) -> int:
    """超期问题：未整改且已过整改期限，按县（市）分组，最久的在前。"""
    from duzhan.compliance.listing import overdue
    from duzhan.report.issue_pages import overdue_page

    session = open_session(ctx, data, as_of, county)
    lines = overdue(session.ledger_with_notes(), session.day, due_within)
    sample = session.dataset.sample
    output.deliver(
        lines,
        session.day,
        sample,
        files=output.Files(csv, xlsx),
        page=None if as_json else overdue_page(lines, session.day, due_within, sample),
    )
    return 0
