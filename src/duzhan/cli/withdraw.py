"""`duzhan withdraw`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from duzhan.cli.options import complete_issue
from duzhan.cli.writing import changes, tell
from duzhan.errors import UsageError

if TYPE_CHECKING:
    from duzhan.campaign.changing import Workplace
    from duzhan.model import County


@changes(
    "withdraw",
    click.option("--by", required=True, metavar="姓名", help="谁决定撤销。"),
    click.option("--reason", required=True, metavar="原因", help="为什么，记入撤销说明。"),
    click.option(
        "--same-as",
        metavar="编号",
        shell_complete=complete_issue,
        help="其实是哪一件：完成、销号、退回日期并到那一件上。",
    ),
    click.option("--undo", is_flag=True, help="恢复：撤销错了，重新算数。"),
)
def command(
    place: Workplace,
    identifiers: tuple[str, ...],
    only: County | None,
    by: str,
    reason: str,
    same_as: str | None,
    *,
    undo: bool,
) -> int:
    """撤销不是问题的行（标题行、重复的），从此不算数；再报来也认得，仍然撤销。"""
    from duzhan.campaign.changing import withdraw_issues
    from duzhan.register.typed_values import checked_text

    if undo and same_as:
        raise UsageError("--undo 和 --same-as 不能一起用")
    who = checked_text(by, "--by", place.terms, required=True)
    why = checked_text(reason, "--reason", place.terms, required=True)
    tell(
        place,
        withdraw_issues(place, identifiers, only, (who, why), same_as=same_as, again=undo),
    )
    return 0
