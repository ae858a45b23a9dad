"""`duzhan issues`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from duzhan.cli import output
from duzhan.cli.options import (
    Words,
    json_option,
    word_option,
)
from duzhan.cli.session import asks, note, say_faults
from duzhan.errors import UsageError
from duzhan.model import State

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from duzhan.campaign.standing import Campaign
    from duzhan.model import Vocabularies

_STATES = {
    "overdue": ("超期", "已超期", "逾期"),
    State.OPEN.value: ("未整改", "整改中"),
    State.CLAIMED.value: ("待核验", "已报完成"),
    State.CLOSED.value: ("已销号", "销号"),
}


@asks(
    "issues",
    click.option(
        "--state",
        type=Words(_STATES),
        metavar="状态",
        help="未整改、待核验、已销号、超期，或 open、claimed、closed、overdue。",
    ),
    word_option("--action", "actions", "分类", "milestones.yaml 里列出的一类。"),
    word_option("--source", "sources", "问题来源", "如 省级督导。"),
    click.option("--unit", metavar="责任单位", help="责任单位里含这几个字。"),
    click.option("--text", metavar="文字", help="编号、描述、地点或备注里含这几个字。"),
    json_option,
    output.csv_option,
    output.xlsx_option,
)
def command(
    session: Campaign,
    *,
    as_json: bool,
    csv: Path | None,
    xlsx: Path | None,
    **filters: str | None,
) -> int:
    """按县区、状态、分类、来源、责任单位或文字查问题清单。"""
    from duzhan.compliance.filters import Filters
    from duzhan.report.pages.issues import issues_page

    files = output.Files(csv, xlsx)
    files.check(session.dataset.root, as_json=as_json)
    every = session.listed
    lines = Filters(**filters).apply(every)
    wording, sample = session.dataset.rules.wording, session.sample
    shown = not as_json and not files.to_pipe
    page = issues_page(lines, len(every), session.day, wording, sample) if shown else None
    say_faults(session, session.list_faults)
    what = f"{session.county.name if session.county else ''}问题清单{len(lines)}件"
    output.deliver(session, lines, what, files, page)
    if not len(lines):
        _say_unknown(filters, session.dataset.rules.vocabularies)
    return 0


def _say_unknown(filters: Mapping[str, str | None], words: Vocabularies) -> None:
    """Words that the campaign does not know, or writes otherwise: no reason to refuse.

    Lists may hold words that the campaign does not know.
    """
    from duzhan.register.typed_values import checked_word

    for name, terms in (("action", words.actions), ("source", words.sources)):
        if (asked := filters.get(name)) and terms:
            try:
                known = checked_word(asked, f"--{name} 的", terms)
            except UsageError as error:
                note(str(error))
            else:
                if known != asked:
                    note(f"--{name} 的“{asked}”在这里写作“{known}”")
