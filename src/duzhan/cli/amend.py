"""`duzhan amend`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from duzhan.cli.options import complete_issue, county_option, declare
from duzhan.cli.writing import lock_timeout_option, open_workplace, tell

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def _complete_column(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Offer the columns that can be corrected."""
    from click.shell_completion import CompletionItem

    from duzhan.columns import ISSUE_COLUMNS

    return [CompletionItem(name) for name in ISSUE_COLUMNS if name.startswith(incomplete)]


@declare(
    "amend",
    click.argument("identifier", metavar="编号", shell_complete=complete_issue),
    click.argument("column", metavar="列名", shell_complete=_complete_column),
    click.argument("value", metavar="值"),
    click.option("--by", required=True, metavar="姓名", help="谁要求更正。"),
    click.option("--reason", required=True, metavar="原因", help="为什么更正。"),
    click.option("--correction", is_flag=True, help="原来的整改期限写错了，改到更晚的一天。"),
    county_option,
    lock_timeout_option,
)
def command(
    ctx: click.Context,
    data: str | None,
    identifier: str,
    column: str,
    value: str,
    by: str,
    reason: str,
    county: str | None,
    lock_timeout: float,
    *,
    correction: bool,
) -> int:
    """更正一格：换成新的值，值写 "" 则清空。几个日期用分号隔开。"""
    from duzhan.campaign.changing import change_issues
    from duzhan.register.changes import Amendment, amend
    from duzhan.register.typed_values import checked_text, column_named

    place = open_workplace(ctx, data, lock_timeout)
    terms, only = place.terms, place.county(county)
    name = column_named(column, terms.rules)
    who = checked_text(by, "--by", terms, required=True)
    why = checked_text(reason, "--reason", terms, required=True)
    outcomes = change_issues(
        place,
        "amend",
        [identifier],
        only,
        lambda issue, rows: amend(
            issue, Amendment(name, value, who, why, rows.ids_of(issue.county), correction), terms
        ),
    )
    tell(place, outcomes)
    return 0
