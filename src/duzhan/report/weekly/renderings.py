"""The weekly report in every form: one result, rendered as text, HTML, JSON or Word."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from duzhan.report.charts import drawing
from duzhan.report.json import answers
from duzhan.report.templates import environment
from duzhan.report.weekly.context import Picture, context

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from duzhan.compliance.week_report import WeekReport
    from duzhan.model import Rules
    from duzhan.report.charts.drawing import Chart

FORMATS = ("md", "html", "docx", "txt", "json")
# Forms in which charts can be shown.
WITH_CHARTS = frozenset({"html", "docx"})


def template(form: str) -> str:
    """The name of the template that makes a form; JSON has none."""
    return "督战周报.docx" if form == "docx" else f"督战周报.{form}.j2"


def render(
    report: WeekReport, form: str, rules: Rules, root: Path, charts: Sequence[Chart] | None
) -> bytes:
    """Render the result of a week.

    Args:
        report: the result.
        form: one of `FORMATS`.
        rules: the campaign.
        root: the dataset's folder, whose templates go first.
        charts: what to draw; None if no chart was asked for.

    Raises:
        DuzhanError: a template is at fault.
    """
    if form == "json":
        from duzhan.report.json import week as week_json  # noqa: PLC0415 - only for programs

        told = answers.mark(week_json.week(report, rules), report.sample)
        return f"{json.dumps(told, ensure_ascii=False, indent=1)}\n".encode()
    if form == "docx":
        from duzhan.report.weekly import docx as weekly_docx  # noqa: PLC0415 - loads what reads Word

        return weekly_docx.render(report, root, charts or ())
    if form not in WITH_CHARTS or charts is None:
        return environment.render(template(form), context(report), root).encode()
    missing = drawing.why_no_svg()
    pictures = [] if missing else [Picture(c.title, c.alt, drawing.svg(c)) for c in charts]
    told = context(report, pictures, missing)
    return environment.render(template(form), told, root).encode()
