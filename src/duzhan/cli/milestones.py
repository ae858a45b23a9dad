"""`duzhan milestones`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.cli import output
from duzhan.cli.options import data_folder, declare, json_option

if TYPE_CHECKING:
    import click


@declare("milestones", json_option)
def command(ctx: click.Context, data: str | None, *, as_json: bool) -> int:
    """各节点的期限、要求和通知原文；通知没有写明数字的，标为解释值。"""
    from duzhan.campaign.opening import open_dataset

    dataset = open_dataset(data_folder(ctx, data))
    if as_json:
        from duzhan.report.json import rules

        output.show_json(rules.milestones(dataset.rules))
    else:
        from duzhan.report.pages.rules import milestones_page

        output.show(milestones_page(dataset.rules))
    return 0
