"""`duzhan withdraw`."""

from __future__ import annotations

import click

from duzhan.cli.options import complete_issue, county_option, declare
from duzhan.cli.writing import id_argument, lock_timeout_option, open_workplace, tell
from duzhan.errors import UsageError


@declare(
    "withdraw",
    id_argument,
    click.option("--by", required=True, metavar="姓名", help="谁决定撤销。"),
    click.option("--reason", required=True, metavar="原因", help="为什么，记入撤销说明。"),
    click.option(
        "--same-as",
        metavar="编号",
        shell_complete=complete_issue,
        help="其实是哪一件：完成、销号、退回日期并到那一件上。",
    ),
    click.option("--undo", is_flag=True, help="恢复：撤销错了，重新算数。"),
    county_option,
    lock_timeout_option,
)
def command(
    ctx: click.Context,
    data: str | None,
    identifiers: tuple[str, ...],
    by: str,
    reason: str,
    same_as: str | None,
    county: str | None,
    lock_timeout: float,
    *,
    undo: bool,
) -> int:
    """撤销不是问题的行（标题行、重复的），从此不算数；再报来也认得，仍然撤销。"""
    from duzhan.campaign.changing import withdraw_issues
    from duzhan.register.typed import checked_text

    if undo and same_as:
        raise UsageError("--undo 和 --same-as 不能一起用")
    place = open_workplace(ctx, data, lock_timeout)
    who = checked_text(by, "--by", place.terms, required=True)
    why = checked_text(reason, "--reason", place.terms, required=True)
    only = place.county(county)
    tell(
        place,
        withdraw_issues(place, identifiers, only, (who, why), same_as=same_as, again=undo),
    )
    return 0
