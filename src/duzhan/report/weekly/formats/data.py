"""The weekly report for programs: JSON, whose keys are a contract (SPEC section 6)."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from duzhan.report.json import mark
from duzhan.report.json import week as week_json
from duzhan.report.json.writing import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duzhan.compliance.week_report import WeekReport
    from duzhan.report.weekly.formats import Making


def template(_name: str) -> None:
    """There is none: programs rely on the keys."""


def render(report: WeekReport, _name: str, made: Making) -> Iterator[bytes]:
    """Write the result of a week; see `ReportFormat`."""
    told = mark(week_json.written_week(report, made.rules), report.sample)
    return map(str.encode, chain(written(told, indented=True), ["\n"]))
