"""`duzhan reopen`."""

from __future__ import annotations

import click

from duzhan.cli.options import county_option, declare
from duzhan.cli.writing import (
    by_option,
    change_issues,
    id_argument,
    lock_timeout_option,
    open_workplace,
)


@declare(
    "reopen",
    id_argument,
    click.option("--on", required=True, metavar="日期", help="退回的日期，如 2021-06-25。"),
    click.option("--reason", required=True, metavar="原因", help="为什么退回，记入备注。"),
    by_option,
    county_option,
    lock_timeout_option,
)
def command(
    ctx: click.Context,
    data: str | None,
    identifiers: tuple[str, ...],
    on: str,
    reason: str,
    by: str | None,
    county: str | None,
    lock_timeout: float,
) -> int:
    """退回：给已报完成或已销号的问题加上退回日期，原因记入备注。有一个不能退就都不改。"""
    from duzhan.register.changes import reopen
    from duzhan.register.typed import checked_day, checked_text

    place = open_workplace(ctx, data, lock_timeout)
    terms, only = place.terms, place.county(county)
    day = checked_day(on, "--on", terms)
    why = checked_text(reason, "--reason", terms, required=True)
    who = None if by is None else checked_text(by, "--by", terms, required=True)
    change_issues(
        place, "reopen", identifiers, only, lambda issue, _: reopen(issue, day, why, terms, who)
    )
    return 0
