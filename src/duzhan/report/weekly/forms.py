"""Pages of a fixed length in every form: the brief and the visit sheet, from their templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from duzhan.report.templates import environment

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

    from duzhan.report.weekly.photographs import Photograph


@dataclass(frozen=True, slots=True)
class ReportSheet:
    """A page about to be rendered.

    Attributes:
        template: the templates' name without ending, such as 督战要点.
        variables: what the templates show.
        day: when a document says that it was made.
        scale: how large letters and lines are; 1 as the template has them.
        photographs: for forms that show any.
        most: how wide and how high each may be in a document, in millimetres.
    """

    template: str
    variables: Mapping[str, Any]
    day: dt.date
    scale: float = 1.0
    photographs: tuple[Photograph, ...] = ()
    most: tuple[int, int] = (24, 18)


def template(stem: str, form: str) -> str:
    """The file name of the template that makes a form."""
    return f"{stem}.docx" if form == "docx" else f"{stem}.{form}.j2"


def render(sheet: ReportSheet, form: str, root: Path | None) -> bytes:
    """Render a page.

    Args:
        sheet: what is on it.
        form: md, html, txt or docx.
        root: the dataset's folder, whose templates go first.

    Raises:
        DuzhanError: the template is at fault.
    """
    name = template(sheet.template, form)
    told = {**sheet.variables, "scale": sheet.scale, "photographs": sheet.photographs}
    if form == "docx":
        from duzhan.report.templates.docx import WordTemplate  # noqa: PLC0415 - loads what reads Word

        document = WordTemplate(name, root)
        told["photographs"] = tuple(
            document.photograph(one.jpeg, one.alt, sheet.most) for one in sheet.photographs
        )
        return document.render(told, sheet.day, sheet.scale)
    return environment.render(name, told, root).encode()
