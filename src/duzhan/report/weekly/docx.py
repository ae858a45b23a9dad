"""The weekly report as a Word document: the same sentences and tables as in every format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duzhan.report.charts import drawing
from duzhan.report.templates.docx import WordTemplate
from duzhan.report.weekly import context as week_context

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from duzhan.compliance.week_report import WeekReport
    from duzhan.report.charts.drawing import Chart
    from duzhan.report.templates.docx import WordPicture

TEMPLATE = "督战周报.docx"


@dataclass(frozen=True, slots=True)
class DrawnChart:
    """A chart as a Word template shows it.

    Attributes:
        title: what it shows.
        alt: the same in words.
        drawing: the picture.
    """

    title: str
    alt: str
    drawing: WordPicture


def render(report: WeekReport, root: Path | None, charts: Sequence[Chart] = ()) -> bytes:
    """Render the report, or a county's summary.

    Args:
        report: the result of the week.
        root: the dataset's folder, whose own template goes before the program's.
        charts: those to show; where none can be painted, one sentence says why.

    Raises:
        DuzhanError: the template is at fault; one line.
    """
    template = WordTemplate(TEMPLATE, root)
    missing = drawing.why_no_png() if charts else None
    context = week_context.context(report, no_pictures=missing)
    if not missing:
        context["pictures"] = tuple(
            DrawnChart(
                chart.title,
                chart.alt,
                template.picture(drawing.png(chart), chart.alt, drawing.PNG_SCALE),
            )
            for chart in charts
        )
    return template.render(context, report.week.as_of)
