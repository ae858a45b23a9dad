"""`duzhan reopen`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from duzhan.cli.writing import by_option, changes, tell

if TYPE_CHECKING:
    from duzhan.campaign.changing import Workplace
    from duzhan.model import County


@changes(
    "reopen",
    click.option("--on", required=True, metavar="日期", help="退回的日期，如 2021-06-25。"),
    click.option("--reason", required=True, metavar="原因", help="为什么退回，记入备注。"),
    by_option,
)
def command(
    place: Workplace,
    identifiers: tuple[str, ...],
    only: County | None,
    on: str,
    reason: str,
    by: str | None,
) -> int:
    """退回：给已报完成或已销号的问题加上退回日期，原因记入备注。有一个不能退就都不改。"""
    from duzhan.campaign.changing import change_issues
    from duzhan.register.changes import reopen
    from duzhan.register.typed_values import checked_day, checked_text

    terms = place.terms
    day = checked_day(on, "--on", terms)
    why = checked_text(reason, "--reason", terms, required=True)
    who = None if by is None else checked_text(by, "--by", terms, required=True)
    outcomes = change_issues(
        place, "reopen", identifiers, only, lambda issue, _: reopen(issue, day, why, terms, who)
    )
    tell(place, outcomes)
    return 0
