"""The weekly report's tables as tidy CSV: one figure a line, under the keys of its JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from duzhan.intake.safety import csv_line, defuse
from duzhan.report.json import week as week_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duzhan.compliance.week_report import WeekReport
    from duzhan.report.weekly.formats import Making

HEADER = ("week", "as_of", "table", "county", "item", "measure", "value")
_BOM = "\ufeff"
# The Sunday before stands in a table of its own, and so does each list of the report.
_STANDINGS = ("status", "previous")
# What tells the entries of a list apart, if anything does.
_NAMES = ("id", "kind", "name", "file", "date", "group")


def template(_name: str) -> None:
    """There is none: programs rely on the columns."""


def render(report: WeekReport, _name: str, made: Making) -> bytes:
    """Write the result of a week; see `ReportFormat`.

    Columns: week, as_of (ISO), table (a key of the JSON: status, previous, flow, overdue, …),
    county (empty for what is about all), item (编号 or place in the list), measure (the keys
    below, with dots between), value (numbers, ISO dates, true and false; empty for null).
    """
    told = week_json.week(report, made.rules)
    lines = [csv_line(HEADER)]
    for table, county, item, measure, value in _figures(told):
        cells = (told["week"], told["as_of"], table, county, item, measure, value)
        lines.append(csv_line(map(_safe, cells)))
    if report.sample:
        cells = (told["week"], told["as_of"], "notice", "", "", "notice", report.sample)
        lines.append(csv_line(map(_safe, cells)))
    return (_BOM + "".join(lines)).encode()


def _safe(cell: str) -> str:
    """A cell that no spreadsheet runs; a number below zero stays one."""
    return cell if cell.startswith("-") and cell[1:].replace(".", "", 1).isdigit() else defuse(cell)


def _figures(told: dict[str, Any]) -> Iterator[tuple[str, str, str, str, str]]:
    for table, part in told.items():
        if table in _STANDINGS:
            yield from _rows(table, part["counties"])
        elif isinstance(part, list) and all(isinstance(one, dict) for one in part):
            yield from _rows(table, part)
        elif isinstance(part, dict) and "needed" in part:
            yield from _rows(table, part["needed"])
            rest = {key: value for key, value in part.items() if key != "needed"}
            yield from ((table, "", "", *figure) for figure in _flat("", rest))
        elif isinstance(part, dict):
            yield from ((table, "", "", *figure) for figure in _flat("", part))
        else:
            yield from (("report", "", "", *figure) for figure in _flat(table, part))


def _rows(table: str, entries: list[dict[str, Any]]) -> Iterator[tuple[str, str, str, str, str]]:
    counties = [entry.get("county") for entry in entries]
    several = len(set(counties)) < len(counties)
    for number, entry in enumerate(entries, 1):
        county = entry.get("county") or ""
        item = str(entry.get("id") or number) if several or not county else ""
        rest = {key: value for key, value in entry.items() if key not in ("county", "id")}
        yield from ((table, county, item, *figure) for figure in _flat("", rest))


def _flat(measure: str, value: object) -> Iterator[tuple[str, str]]:
    """Measures and values of anything that JSON holds."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{measure}.{key}" if measure else str(key), inner)
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for number, one in enumerate(value, 1):
            name = next((one[key] for key in _NAMES if one.get(key)), number)
            yield from _flat(f"{measure}.{name}", one)
    elif isinstance(value, list):
        yield measure, "；".join(map(_word, value))
    else:
        yield measure, _word(value)


def _word(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
