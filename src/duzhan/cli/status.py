"""`duzhan status`."""

from __future__ import annotations

import click

from duzhan.cli import output
from duzhan.cli.options import (
    as_of_option,
    county_option,
    declare,
    engine_option,
    json_option,
    master_option,
)
from duzhan.cli.session import open_session
from duzhan.engines import Engine

EXIT_RED = 4


@declare(
    "status",
    county_option,
    as_of_option,
    json_option,
    engine_option,
    master_option,
    click.option("--exit-code", is_flag=True, help="有县（市）亮红灯时，以退出码 4 结束。"),
)
def command(
    ctx: click.Context,
    data: str | None,
    county: str | None,
    as_of: str | None,
    *,
    as_json: bool,
    engine: str | None,
    master: str | None,
    exit_code: bool,
) -> int:
    """各县（市）达标情况，最差的在前；用 --county 看一个县（市）的详情。"""
    from duzhan.model import Light

    session = open_session(ctx, data, as_of, county, engine=Engine(engine, master))
    judged = session.judged_on([session.day])
    overview = judged.overviews[session.day]
    dataset = session.dataset
    if as_json:
        from duzhan.report import jsonout

        output.show_json(jsonout.mark(jsonout.status(overview, dataset.rules), dataset.sample))
    elif session.county is None:
        from duzhan.report.status_pages import overview_page

        output.show(overview_page(overview, dataset.rules, dataset.sample))
    else:
        from duzhan.compliance.listing import overdue
        from duzhan.report.status_pages import county_page

        status = overview.counties[0]
        group = dataset.roster.group_of(status.county)
        late = overdue(judged.ledger, session.day)
        output.show(county_page(status, overview, group, dataset.rules, late, dataset.sample))
    red = any(status.light is Light.RED for status in overview.counties)
    return EXIT_RED if exit_code and red else 0
