"""The weekly report for programs: JSON, whose keys are a contract (SPEC section 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.report.json import mark
from duzhan.report.json import week as week_json
from duzhan.report.json.writing import written

if TYPE_CHECKING:
    from duzhan.compliance.week_report import WeekReport
    from duzhan.report.weekly.formats import Making


def template(_name: str) -> None:
    """There is none: programs rely on the keys."""


def render(report: WeekReport, _name: str, made: Making) -> bytes:
    """Write the result of a week; see `ReportFormat`."""
    told = mark(week_json.written_week(report, made.rules), report.sample)
    return b"".join((*map(str.encode, written(told, indented=True)), b"\n"))
