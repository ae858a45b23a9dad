"""督战要点 as one sheet of paper: its variables, its forms, how small it must be to fit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from duzhan.compliance.brief import brief_of
from duzhan.report import words
from duzhan.report.json import brief as brief_json
from duzhan.report.json import mark
from duzhan.report.weekly import brief as told
from duzhan.report.weekly import context as week_context
from duzhan.report.weekly import forms
from duzhan.visible import visible_json

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.compliance.week_report import WeekReport

TEMPLATE = "督战要点"
FORMATS = ("md", "html", "docx", "txt", "json")


def title(report: WeekReport) -> str:
    """督战要点, of one county with its name."""
    return f"{report.county.name if report.county else ''}{report.wording.brief}"


def file_stem(report: WeekReport) -> str:
    """The file's name without its ending, such as 督战要点_2021-W25."""
    return f"{title(report)}_{report.week.id}"


def context(report: WeekReport) -> dict[str, Any]:
    """Give the variables of the brief's templates.

    Returns:
        `title`, `number`, `as_of`, `campaign`, `sample`, `headline`, `table`, `legend`,
        `grave_title`, `graves` (lines), `ask_title`, `asks` (group and what it has to do),
        `small_print`, `report`.
    """
    brief = brief_of(report)
    week = report.week
    return {
        "title": title(report),
        "number": f"第{week.number}期" if week.number else "",
        "as_of": f"截至{words.full_date(week.as_of)}24时",
        "campaign": report.campaign,
        "sample": report.sample,
        "headline": told.headline(brief),
        "table": told.table(brief),
        "legend": told.legend(brief),
        "grave_title": told.grave_title(brief) if brief.gravest else "",
        "graves": tuple(told.grave_lines(brief)),
        "ask_title": told.ask_title(brief),
        "asks": tuple(told.ask_lines(brief)),
        "small_print": week_context.small_print(report),
        "report": report,
    }


def render(report: WeekReport, form: str, root: Path | None) -> bytes:
    """Render the brief.

    Args:
        report: the result of the week.
        form: one of `FORMATS`.
        root: the dataset's folder, whose templates go first.

    Raises:
        DuzhanError: a template is at fault.
    """
    variables = context(report)
    if form == "json":
        document = mark(brief_json.brief(brief_of(report), variables), report.sample)
        return f"{visible_json(json.dumps(document, ensure_ascii=False, indent=1))}\n".encode()
    scale = 1.0 if len(variables["asks"]) <= told.ROOMY else 0.85
    sheet = forms.ReportSheet(TEMPLATE, variables, report.week.as_of, scale)
    return forms.render(sheet, form, root)
