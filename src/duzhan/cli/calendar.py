"""`duzhan calendar`."""

from __future__ import annotations

from pathlib import Path

import click

from duzhan.cli.options import as_of_option, county_option, declare
from duzhan.cli.output import refuse_among_lists
from duzhan.cli.session import note, open_session, say_faults
from duzhan.errors import UsageError


@declare(
    "calendar",
    county_option,
    as_of_option,
    click.option(
        "-o",
        "--output",
        required=True,
        type=click.Path(path_type=Path),
        metavar="文件.ics",
        help="写到这个文件；手机和 Outlook 的日历能导入、订阅。",
    ),
)
def command(
    ctx: click.Context, data: str | None, county: str | None, as_of: str | None, output: Path
) -> int:
    """日历文件：节点、每周职责和问题的整改期限；期限变了就更新，销号了就取消。"""
    from duzhan.campaign.calendar import calendar_of
    from duzhan.store.outputs import replacing

    if output.suffix.lower() != ".ics":
        raise UsageError(f"--output 的“{output}”应以 .ics 结尾")
    session = open_session(ctx, data, as_of, county)
    refuse_among_lists(output.parent, session.dataset.root)
    say_faults(session, session.list_faults)
    made = calendar_of(session)
    with replacing(output) as temporary:
        temporary.write_bytes(made)
    note(f"已写入 {output}")
    return 0
