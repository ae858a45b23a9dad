"""The weekly report as text: Markdown, or aligned for a terminal and a mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.report.templates import environment
from duzhan.report.weekly.context import context

if TYPE_CHECKING:
    from duzhan.compliance.week_report import WeekReport
    from duzhan.report.weekly.formats import Making


def template(name: str) -> str:
    """The file name of the template."""
    return f"督战周报.{name}.j2"


def render(report: WeekReport, name: str, made: Making) -> bytes:
    """Write the result of a week; see `ReportFormat`."""
    return environment.render(template(name), context(report), made.root).encode()
