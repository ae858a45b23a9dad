"""`duzhan visit`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from duzhan.cli.options import as_of_option, county_option, declare, output_option, template_option
from duzhan.cli.output import refuse_among_lists
from duzhan.cli.session import note, open_session, say_faults
from duzhan.cli.speech import say
from duzhan.errors import DuzhanError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.campaign.standing import Campaign

FORMATS = ("md", "docx", "html")
# As `duzhan.compliance.visit` has it, which help pages do not load.
SAMPLE, _MOST = 5, 15


@declare(
    "visit",
    county_option,
    as_of_option,
    click.option(
        "--sample",
        type=click.IntRange(0, _MOST),
        default=SAMPLE,
        metavar="件数",
        help=f"抽查几件已销号的问题，默认 {SAMPLE}，最多 {_MOST}；按摘要抽取，谁都可以重算。",
    ),
    click.option(
        "--format",
        "form",
        type=click.Choice(FORMATS),
        help="输出格式；不写则看 -o 的文件名，默认 md。",
    ),
    output_option(
        "文件或目录",
        "写到文件，或一个目录（每个县区一个文件）；不写则显示在屏幕上。",
        required=False,
    ),
    template_option("不出核查单，把 --format 的模板复制到数据集的 templates/，供办公室修改。"),
)
def command(
    ctx: click.Context,
    data: str | None,
    county: str | None,
    as_of: str | None,
    sample: int,
    form: str | None,
    output: Path | None,
    *,
    copy_template: bool,
) -> int:
    """核查单：下去时随身带的两页纸，请核验、超期、抽查、要请办的事和空白记录。"""
    session = open_session(ctx, data, as_of, county)
    into_folder = output is not None and (output.is_dir() or output.suffix == "")
    chosen = _form(form, output, into_folder=into_folder)
    if copy_template:
        from duzhan.report.templates import environment
        from duzhan.report.weekly import forms, visit

        made = environment.copy(forms.template(visit.TEMPLATE, chosen), session.dataset.root)
        note(f"已复制到 {made}，改好后出核查单就用它")
        return 0
    if output is not None:
        refuse_among_lists(output if into_folder else output.parent, session.dataset.root)
    if output is None and chosen == "docx":
        raise UsageError("docx 不能显示在屏幕上，请用 -o 指明写到哪里")
    if session.county is None and output is not None and not into_folder:
        raise UsageError("不写 --county 时每个县区一个文件，-o 要写一个目录")
    say_faults(session, session.list_faults)
    sheets = _sheets(session, sample, chosen)
    if output is None:
        say("\n".join(content.decode() for content in sheets.values()), nl=False)
        return 0
    _write(output, sheets, chosen, into_folder=into_folder)
    return 0


def _form(asked: str | None, output: Path | None, *, into_folder: bool) -> str:
    if asked is not None:
        return asked
    if output is None or into_folder:
        return "md" if output is None else "docx"
    ending = output.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        raise UsageError(f"-o 的“{output}”应以 .docx、.html 或 .md 结尾，或是一个目录")
    return ending


def _sheets(session: Campaign, sample: int, form: str) -> dict[str, bytes]:
    from duzhan.report.weekly import visit
    from duzhan.store.outputs import file_name

    dataset = session.dataset
    return {
        file_name(visit.file_stem(one, dataset.rules)): visit.render(
            one, dataset.rules, form, dataset.root, dataset.sample
        )
        for one in session.visits(sample)
    }


def _write(output: Path, sheets: dict[str, bytes], form: str, *, into_folder: bool) -> None:
    from duzhan.store.atomic import explain
    from duzhan.store.outputs import replacing

    if into_folder:
        try:
            output.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DuzhanError(f"目录“{output}”建不了：{explain(error)}") from None
    for name, content in sheets.items():
        path = output / f"{name}.{form}" if into_folder else output
        with replacing(path) as temporary:
            temporary.write_bytes(content)
        note(f"已写入 {path}")
