"""`duzhan close`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from duzhan.cli.session import note
from duzhan.cli.writing import changes, tell

if TYPE_CHECKING:
    from duzhan.campaign.changing import Workplace
    from duzhan.model import County


@changes(
    "close",
    click.option("--on", required=True, metavar="日期", help="核验销号的日期，如 2021-06-25。"),
    click.option("--by", required=True, metavar="姓名", help="核验人。"),
)
def command(
    place: Workplace,
    identifiers: tuple[str, ...],
    only: County | None,
    on: str,
    by: str,
) -> int:
    """销号：给问题加上销号日期和核验人。几个编号一起写，有一个不能销就都不改。"""
    from duzhan.campaign.changing import change_issues
    from duzhan.register.changes import close
    from duzhan.register.typed_values import checked_day, checked_text

    terms = place.terms
    day = checked_day(on, "--on", terms)
    verifier = checked_text(by, "--by", terms, required=True)
    outcomes = change_issues(
        place, "close", identifiers, only, lambda issue, _: close(issue, day, verifier, terms)
    )
    tell(place, outcomes)
    passed = [one for one in terms.rules.milestones if day <= one.deadline < terms.today]
    if passed:
        note(f"补录：{passed[0].name}的节点（{passed[0].deadline}）已过，才录入 {day} 的销号")
    if terms.rules.closure_needs_evidence:
        note("没有佐证材料的销号只算待核验，收到材料那天起才算销号")
    return 0
