"""`duzhan groups`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.cli import output
from duzhan.cli.options import county_option, data_folder, declare, json_option

if TYPE_CHECKING:
    import click


@declare("groups", county_option, json_option)
def command(ctx: click.Context, data: str | None, county: str | None, *, as_json: bool) -> int:
    """各组名册：组长、副组长、成员、督导的对象、收件人，和各办公室。"""
    from duzhan.campaign.opening import open_dataset
    from duzhan.dataset.names import resolve_county

    dataset = open_dataset(data_folder(ctx, data))
    groups = dataset.roster.groups
    if county is not None:
        groups = (dataset.roster.group_of(resolve_county(county, dataset.roster)),)
    if as_json:
        from duzhan.report.json import rules

        output.show_json(rules.groups(groups, dataset.roster.offices))
    else:
        from duzhan.report.pages.rules import groups_page

        output.show(groups_page(groups, dataset.roster.offices, dataset.rules))
    return 0
