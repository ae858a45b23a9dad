"""`duzhan status`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
from duzhan.cli.session import open_session, say_faults
from duzhan.engines import Engine
from duzhan.errors import UsageError

if TYPE_CHECKING:
    from duzhan.campaign.standing import Campaign
    from duzhan.report.pages.page import Page

EXIT_RED = 4

# More counties than a prefecture has are a list that nobody reads to its end.
_SHOWN = 40


@declare(
    "status",
    county_option,
    as_of_option,
    json_option,
    click.option("--rollup", is_flag=True, help="按地区汇总（依县区代码的前几位）。"),
    click.option(
        "--limit",
        type=click.IntRange(min=0),
        default=_SHOWN,
        metavar="个数",
        help=f"最多列出多少个县区，最差的在前，默认 {_SHOWN}；0 为全部。JSON 总是全部。",
    ),
    engine_option,
    master_option,
    click.option("--exit-code", is_flag=True, help="有县区亮红灯时，以退出码 4 结束。"),
)
def command(
    ctx: click.Context,
    data: str | None,
    county: str | None,
    as_of: str | None,
    *,
    as_json: bool,
    rollup: bool,
    limit: int,
    engine: str | None,
    master: str | None,
    exit_code: bool,
) -> int:
    """各县区达标情况，最差的在前；用 --county 看一个的详情。"""
    from duzhan.model import Light

    if rollup and county is not None:
        raise UsageError("--rollup 汇总各县区，不能与 --county 一起用")
    counting = Engine(engine, master)
    # Of one county the overdue issues are listed as well.
    session = open_session(ctx, data, as_of, county, engine=counting, only_counts=county is None)
    say_faults(session, session.faults)
    overview = session.overview
    if as_json:
        output.show_json(_document(session, rollup=rollup))
    else:
        output.show(_page(session, limit or None, rollup=rollup))
    red = any(status.light is Light.RED for status in overview.counties)
    return EXIT_RED if exit_code and red else 0


def _document(session: Campaign, *, rollup: bool) -> dict[str, Any]:
    from duzhan.report.json import mark
    from duzhan.report.json.status import rollup_json, status_json

    dataset, overview = session.dataset, session.overview
    document = status_json(overview, dataset.rules, session.points)
    if rollup:
        from duzhan.compliance.rollup import roll_up

        document["rollup"] = rollup_json(roll_up(overview, dataset.roster))
    return mark(document, dataset.sample)


def _page(session: Campaign, limit: int | None, *, rollup: bool) -> Page:
    dataset, overview = session.dataset, session.overview
    if rollup:
        from duzhan.compliance.rollup import roll_up
        from duzhan.report.pages.rollup import rollup_page

        regions = roll_up(overview, dataset.roster)
        return rollup_page(overview, regions, dataset.rules, dataset.sample)
    if session.county is None:
        from duzhan.report.pages.status import overview_page

        return overview_page(overview, dataset.rules, dataset.sample, limit)
    from duzhan.report.pages.county import county_page
    from duzhan.report.pages.points import add_points
    from duzhan.report.pages.quality import add_quality

    (status,) = overview.counties
    group = dataset.roster.group_of(status.county)
    late = session.overdue()
    (quality,) = (one for one in session.quality() if one.county == status.county)
    page = county_page(status, overview, group, dataset.rules, late, dataset.sample)
    add_quality(page, quality, dataset.rules)
    for told in session.points:
        add_points(page, told)
    return page
