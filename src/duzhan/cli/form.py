"""`duzhan form`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.cli.options import output_option
from duzhan.cli.output import refuse_among_lists
from duzhan.cli.session import asks, note, say_faults
from duzhan.errors import DuzhanError, UsageError, reason

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from duzhan.campaign.standing import Campaign
    from duzhan.report.sheets.form_rows import CountyForm


@asks(
    "form",
    output_option(
        "文件.xlsx或目录",
        "写到一个 .xlsx 文件（每个县区一个工作表），或一个目录（每个县区一个文件）。",
    ),
)
def command(session: Campaign, output: Path) -> int:
    """给县区填报的表格：列出未销号的问题，带下拉框、日期检查和填表说明，填好后可直接导入。"""
    from duzhan.report.sheets.form import write_form
    from duzhan.report.sheets.form_rows import county_forms

    dataset = session.dataset
    into_folder = output.is_dir() or output.suffix == ""
    _check_place(output, dataset.root, into_folder=into_folder)
    say_faults(session, session.list_faults)
    forms = county_forms(session.ledger, dataset.rules, session.day, session.county)
    for path, some in _files(output, forms, session.day, into_folder=into_folder):
        write_form(path, some, dataset.rules, session.day, dataset.sample)
        number = sum(len(form.rows) for form in some)
        note(f"已写入 {path}（未销号{number}件）")
    for form in forms:
        if form.nameless:
            note(
                f"{form.county.name}有{form.nameless}件未销号的问题既没有编号也没有问题描述，"
                "没有放进表格，请先在台账里补上（duzhan check 指出在哪一行）"
            )
    return 0


def _check_place(output: Path, root: Path, *, into_folder: bool) -> None:
    """Refuse what would be no workbook, or would count as a second ledger."""
    if not into_folder and output.suffix.lower() != ".xlsx":
        raise UsageError(f"--output 的“{output}”应以 .xlsx 结尾，或是一个目录")
    refuse_among_lists(output if into_folder else output.parent, root)


def _files(
    output: Path, forms: Sequence[CountyForm], day: dt.date, *, into_folder: bool
) -> Iterator[tuple[Path, Sequence[CountyForm]]]:
    """One file for all, or one a county in a folder, dated, so that none replaces last week's."""
    from duzhan.store.outputs import file_name

    if not into_folder:
        yield output, forms
        return
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DuzhanError(f"“{output}”建不了：{reason(error)}，请换一个可写的位置") from None
    for form in forms:
        yield output / f"{file_name(form.county.name)} 填报表 {day}.xlsx", [form]
