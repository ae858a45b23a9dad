"""The weekly report as a Word document, from a template that the office edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.report.weekly import docx

if TYPE_CHECKING:
    from duzhan.compliance.week_report import WeekReport
    from duzhan.report.weekly.formats import Making


def template(name: str) -> str:
    """The file name of the template."""
    return f"督战周报.{name}"


def render(report: WeekReport, _name: str, made: Making) -> bytes:
    """Write the result of a week; see `ReportFormat`."""
    return docx.render(report, made.root, made.charts or ())
