"""`duzhan extend`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from duzhan.cli.session import note
from duzhan.cli.speech import say
from duzhan.cli.writing import changes

if TYPE_CHECKING:
    from duzhan.campaign.changing import Workplace
    from duzhan.model import County


@changes(
    "extend",
    click.option("--to", "until", required=True, metavar="日期", help="延到哪一天。"),
    click.option("--by", required=True, metavar="姓名", help="谁批准的。"),
    click.option("--on", required=True, metavar="日期", help="批准的日期，从这一天起算数。"),
    click.option("--reason", required=True, metavar="原因", help="为什么延期。"),
    click.option("--document", default="", metavar="文号", help="批准的文号。"),
)
def command(
    place: Workplace,
    identifiers: tuple[str, ...],
    only: County | None,
    until: str,
    by: str,
    on: str,
    reason: str,
    document: str,
) -> int:
    """登记批准了的延期：从批准那天起期限改到 --to，以前超期的天数不变。有一件不能延就都不记。"""
    from duzhan.campaign.changing import extend_deadlines
    from duzhan.register.extensions import Grant, later_day
    from duzhan.register.typed_values import checked_day, checked_text

    terms = place.terms
    grant = Grant(
        later_day(until, terms),
        checked_text(by, "--by", terms, required=True),
        checked_day(on, "--on", terms),
        checked_text(reason, "--reason", terms, required=True),
        checked_text(document, "--document", terms),
    )
    for row in extend_deadlines(place, identifiers, only, grant):
        before = row["原期限"] or "没有期限"
        name = f"{row['县(市)']} {row['编号']}"
        say(f"{name}：期限 {before} → {row['延至']}（{row['批准人']} {row['批准日期']} 批准）")
    if place.dataset.sample:
        note(place.dataset.sample)
    return 0
