"""The weekly report as one HTML file, with charts if they were asked for and can be drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.report.charts import drawing
from duzhan.report.templates import environment
from duzhan.report.weekly.context import Picture, context

if TYPE_CHECKING:
    from duzhan.compliance.week_report import WeekReport
    from duzhan.report.weekly.formats import Making


def template(name: str) -> str:
    """The file name of the template."""
    return f"督战周报.{name}.j2"


def render(report: WeekReport, name: str, made: Making) -> bytes:
    """Write the result of a week; see `ReportFormat`."""
    told = context(report)
    if made.charts is not None:
        missing = drawing.why_no_svg()
        pictures = [] if missing else [Picture(c.title, c.alt, drawing.svg(c)) for c in made.charts]
        told = context(report, pictures, missing)
    return environment.render(template(name), told, made.root).encode()
