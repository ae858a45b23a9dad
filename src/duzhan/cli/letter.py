"""`duzhan letter`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from duzhan.campaign.letters import KINDS, letter_of
from duzhan.cli.options import (
    as_of_option,
    complete_issue,
    county_option,
    declare,
    output_option,
    template_option,
)
from duzhan.cli.output import refuse_among_lists
from duzhan.cli.session import note, open_session, say_faults
from duzhan.cli.speech import say
from duzhan.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.campaign.standing import Campaign


@declare(
    "letter",
    click.argument("kind", metavar="文种", type=click.Choice(KINDS)),
    click.argument("issue", metavar="[编号]", required=False, shell_complete=complete_issue),
    county_option,
    as_of_option,
    click.option("--number", metavar="文号", help="文号；不写则留空，供人填写。"),
    output_option("文件", "写到 .docx 或 .md 文件；不写则显示在屏幕上（md）。", required=False),
    template_option("不写信，把这个文种的模板复制到数据集的 templates/，供办公室修改。"),
)
def command(
    ctx: click.Context,
    data: str | None,
    kind: str,
    issue: str | None,
    county: str | None,
    as_of: str | None,
    number: str | None,
    output: Path | None,
    *,
    copy_template: bool,
) -> int:
    """代拟公文：给县区的督办函、一个问题的整改通知单、全部县区的通报；由人审定、签发。"""
    from duzhan.report.letters.rendering import FORMATS, context, render
    from duzhan.store.outputs import replacing

    session = open_session(ctx, data, as_of, county)
    if copy_template:
        _copy_templates(session, kind)
        return 0
    form = "md" if output is None else output.suffix.lower().lstrip(".")
    if form not in FORMATS:
        raise UsageError(f"--output 的“{output}”应以 .docx 或 .md 结尾")
    if output is not None:
        refuse_among_lists(output.parent, session.dataset.root)
    if issue is not None and kind != "整改通知单":
        raise UsageError(f"{kind}不是写一个问题的，不用写编号")
    dataset = session.dataset
    letter = letter_of(session, kind, issue)
    say_faults(session, session.list_faults)
    told = context(letter, dataset.rules, dataset.roster, dataset.sample, number)
    made = render(letter, told, form, dataset.root)
    if output is None:
        say(made.decode(), nl=False)
        return 0
    with replacing(output) as temporary:
        temporary.write_bytes(made)
    note(f"已写入 {output}（{'代拟稿，' if letter.draft else ''}请审定后签发）")
    return 0


def _copy_templates(session: Campaign, kind: str) -> None:
    from duzhan.report.letters.rendering import FORMATS, template
    from duzhan.report.templates import environment

    for form in FORMATS:
        path = environment.copy(template(kind, form), session.dataset.root)
        note(f"已复制到 {path}，改好后就用它")
