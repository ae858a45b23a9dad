"""The weekly report as a mail: the report itself is the text, and goes along as a document."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from duzhan.deliver.channels.mail.message import DOCX, Attachment, Letter, fits
from duzhan.deliver.jobs import digest_of
from duzhan.report.json import week as week_json
from duzhan.report.weekly.context import file_stem
from duzhan.report.weekly.formats import Making, format_of
from duzhan.store.outputs import file_name

if TYPE_CHECKING:
    from duzhan.compliance.week_report import WeekReport
    from duzhan.dataset.folder import Dataset
    from duzhan.deliver.jobs import Due

# Made anew with every change anywhere in the dataset, and not a word of the report.
_ABOUT_ITSELF = "provenance"


@dataclass(frozen=True, slots=True)
class ReportDesk:
    """What the letters of a week share.

    Attributes:
        report: of the week, with all counties asked for.
        dataset: rules, templates.
        limit: how many bytes a mail may have.
    """

    report: WeekReport
    dataset: Dataset
    limit: int


def content_digest(report: WeekReport, dataset: Dataset) -> str:
    """What tells a report from one with other figures or words, wherever they were made."""
    told = week_json.week(report, dataset.rules)
    return digest_of({key: value for key, value in told.items() if key != _ABOUT_ITSELF})


def report_letter(due: Due, desk: ReportDesk) -> Letter:
    """Write a county's weekly report to its group.

    Raises:
        DuzhanError: a template is at fault.
    """
    report = desk.report.of(due.group.county)
    making = Making(desk.dataset.rules, desk.dataset.root)

    def rendered(form: str) -> bytes:
        return format_of(form).render(report, form, making)

    letter = Letter(
        _subject(due, desk),
        rendered("txt").decode(),
        rendered("html").decode(),
    )
    name = f"{file_name(file_stem(report))}.docx"
    whole = replace(letter, attachments=(Attachment(name, rendered("docx"), DOCX),))
    # The document says nothing that the text does not.
    return whole if fits(whole, desk.limit) else letter


def _subject(due: Due, desk: ReportDesk) -> str:
    """Such as 【督战】富宁县周报（2021-W25）第4期."""
    week = desk.report.week
    number = f"第{week.number}期" if week.number else ""
    update = "（更新）" if due.update else ""
    mark = "〔示例数据〕" if desk.dataset.sample else ""
    return f"【督战】{due.group.county.name}周报（{week.id}）{number}{update}{mark}"
