"""`duzhan close`."""

from __future__ import annotations

import click

from duzhan.cli.options import county_option, declare
from duzhan.cli.session import note
from duzhan.cli.writing import change_issues, id_argument, lock_timeout_option, open_workplace


@declare(
    "close",
    id_argument,
    click.option("--on", required=True, metavar="日期", help="核验销号的日期，如 2021-06-25。"),
    click.option("--by", required=True, metavar="姓名", help="核验人。"),
    county_option,
    lock_timeout_option,
)
def command(
    ctx: click.Context,
    data: str | None,
    identifiers: tuple[str, ...],
    on: str,
    by: str,
    county: str | None,
    lock_timeout: float,
) -> int:
    """销号：给问题加上销号日期和核验人。几个编号一起写，有一个不能销就都不改。"""
    from duzhan.register.changes import close
    from duzhan.register.typed import checked_day, checked_text

    place = open_workplace(ctx, data, lock_timeout)
    terms, only = place.terms, place.county(county)
    day = checked_day(on, "--on", terms)
    verifier = checked_text(by, "--by", terms, required=True)
    change_issues(
        place, "close", identifiers, only, lambda issue, _: close(issue, day, verifier, terms)
    )
    passed = [one for one in terms.rules.milestones if day <= one.deadline < terms.today]
    if passed:
        note(f"补录：{passed[0].name}的节点（{passed[0].deadline}）已过，才录入 {day} 的销号")
    return 0
