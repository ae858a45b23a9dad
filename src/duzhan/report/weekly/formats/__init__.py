"""The forms in which a weekly report can be written: one module each, told by their names.

A new form is a new module that satisfies `ReportFormat`, and one line in `FORMATS`.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from duzhan.compliance.week_report import WeekReport
    from duzhan.model import Rules
    from duzhan.report.charts.drawing import Chart

    Content: TypeAlias = bytes | Iterable[bytes]


@dataclass(frozen=True, slots=True)
class FormatEntry:
    """What the command line must know of a form before it loads it.

    Attributes:
        module: where it is, in this package.
        charts: whether charts can be shown in it.
        on_screen: whether it can be printed on a terminal.
    """

    module: str
    charts: bool = False
    on_screen: bool = True


# Name, which is also the file's ending, to what is known of it.
FORMATS: dict[str, FormatEntry] = {
    "md": FormatEntry("text"),
    "html": FormatEntry("page", charts=True),
    "docx": FormatEntry("word", charts=True, on_screen=False),
    "txt": FormatEntry("text"),
    "json": FormatEntry("data"),
    "csv": FormatEntry("tables"),
}


class ReportFormat(Protocol):
    """Writes the result of a week in a form."""

    def template(self, name: str) -> str | None:
        """The file name of the template that an office may change; None if there is none.

        Args:
            name: the form's, one of `FORMATS`.
        """
        ...

    def render(self, report: WeekReport, name: str, made: Making) -> Content:
        """Write the result: all of it, or part by part what is long and cannot fail.

        Args:
            report: the result.
            name: the form's, one of `FORMATS`.
            made: with what.

        Raises:
            DuzhanError: a template is at fault.
        """
        ...


@dataclass(frozen=True, slots=True)
class Making:
    """With what a report is written.

    Attributes:
        rules: the campaign.
        root: the dataset's folder, whose templates go first.
        charts: what to draw; None if no chart was asked for.
    """

    rules: Rules
    root: Path
    charts: Sequence[Chart] | None = None


def format_of(name: str) -> ReportFormat:
    """Load a form by its name."""
    module = importlib.import_module(f"{__name__}.{FORMATS[name].module}")
    return cast("ReportFormat", module)


def parts_of(content: Content) -> Iterable[bytes]:
    """What a form gave, part by part."""
    return (content,) if isinstance(content, bytes) else content
