"""The weekly report as a mail: the report itself is the text, and goes along as a document."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from duzhan.deliver.channels.mail.message import DOCX, Attachment, Letter, fits
from duzhan.deliver.plans import DRAFT, WHOLE, digest_of
from duzhan.report.json import week as week_json
from duzhan.report.weekly import brief_sheet, visit
from duzhan.report.weekly import context as week_context
from duzhan.report.weekly.context import file_stem
from duzhan.report.weekly.formats import Making, format_of, parts_of
from duzhan.store.outputs import file_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duzhan.compliance.visit import Visit
    from duzhan.compliance.week_report import WeekReport
    from duzhan.dataset.folder import Dataset
    from duzhan.deliver.plans import Due

# Made anew with every change anywhere in the dataset, and not a word of the report.
_ABOUT_ITSELF = "provenance"


@dataclass(frozen=True, slots=True)
class ReportDesk:
    """What the letters of a week share.

    Attributes:
        report: of the week, with all counties asked for.
        dataset: rules, templates.
        limit: how many bytes a mail may have.
        visits: county code to what its group takes along.
    """

    report: WeekReport
    dataset: Dataset
    limit: int
    visits: Mapping[str, Visit]


def content_digest(report: WeekReport, dataset: Dataset) -> str:
    """What tells a report from one with other figures or words, wherever they were made."""
    told = week_json.week(report, dataset.rules)
    return digest_of({key: value for key, value in told.items() if key != _ABOUT_ITSELF})


def report_letter(due: Due, desk: ReportDesk) -> Letter:
    """Write a week's report: the prefecture's, a county's to its group, or a county's draft.

    Raises:
        DuzhanError: a template is at fault.
    """
    if due.name.kind == WHOLE:
        letter = _whole(desk)
    elif due.name.kind == DRAFT:
        letter = _county(desk.report.of(due.group.county), desk)
    else:
        letter = _county(desk.report.about(due.group.county), desk, _visit(due, desk))
    letter = replace(letter, subject=_subject(due, letter.subject, desk))
    # The documents say nothing that the text does not; the last goes first if there is no room.
    for keep in range(len(letter.attachments), 0, -1):
        some = replace(letter, attachments=letter.attachments[:keep])
        if fits(some, desk.limit):
            return some
    return replace(letter, attachments=())


def _whole(desk: ReportDesk) -> Letter:
    """The prefecture's report, with its brief as the text."""
    report, root = desk.report, desk.dataset.root
    text, html, page = (brief_sheet.render(report, form, root) for form in ("txt", "html", "docx"))
    document = _rendered(report, "docx", desk)
    attached = (
        Attachment(f"{file_name(file_stem(report))}.docx", document, DOCX),
        Attachment(f"{file_name(brief_sheet.file_stem(report))}.docx", page, DOCX),
    )
    return Letter(week_context.title(report), text.decode(), html.decode(), attached)


def _county(report: WeekReport, desk: ReportDesk, *further: Attachment) -> Letter:
    text, html, document = (_rendered(report, form, desk) for form in ("txt", "html", "docx"))
    attached = Attachment(f"{file_name(file_stem(report))}.docx", document, DOCX)
    title = week_context.title(report)
    return Letter(title, text.decode(), html.decode(), (attached, *further))


def _rendered(report: WeekReport, form: str, desk: ReportDesk) -> bytes:
    making = Making(desk.dataset.rules, desk.dataset.root)
    return b"".join(parts_of(format_of(form).render(report, form, making)))


def _visit(due: Due, desk: ReportDesk) -> Attachment:
    """What the group takes along."""
    sheet, dataset = desk.visits[due.group.county.code], desk.dataset
    made = visit.render(sheet, dataset.rules, "docx", dataset.root, dataset.sample)
    return Attachment(f"{file_name(visit.file_stem(sheet, dataset.rules))}.docx", made, DOCX)


def _subject(due: Due, about: str, desk: ReportDesk) -> str:
    """Such as 【督战】富宁县督战周报（截至2021-06-27）第4期."""
    week, wording = desk.report.week, desk.report.wording
    number = f"第{week.number}期" if week.number else ""
    update = "，更新" if due.update else ""
    draft = "代拟稿，" if due.name.kind == DRAFT else ""
    if draft:
        about = f"{due.group.county.name}{wording.summary}"
    mark = "〔示例数据〕" if desk.dataset.sample else ""
    return f"【{wording.subject}】{about}（{draft}截至{week.as_of}{update}）{number}{mark}"
