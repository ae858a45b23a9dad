"""Cells merged downwards: what stands in the first stands in every row that they cover."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from duzhan.intake.foreign.sheet import Broken, Budget

if TYPE_CHECKING:
    from duzhan.intake.foreign.sheet import Sheet


def fill_down(sheet: Sheet) -> None:
    """Repeat what stands in cells merged downwards in every row that has anything of its own.

    Raises:
        RefusedFileError: there are so many that no spreadsheet made them.
    """
    budget = Budget()
    wrong = {(one.line, one.column): one for one in sheet.broken}
    areas = [area for area in sheet.merged if area.bottom > area.top]
    if areas:
        sheet.lay_out()
    for area in areas:
        first = bisect_left(sheet.lines, area.top)
        last = bisect_right(sheet.lines, area.bottom)
        budget.take(last - first + 1)
        top = sheet.rows[first] if first < last and sheet.lines[first] == area.top else []
        text = top[area.left] if area.left < len(top) else ""
        if not text:
            continue
        fault = wrong.get((area.top, area.left))
        for at in range(first + 1, last):
            row = sheet.rows[at]
            budget.take(max(0, area.left + 1 - len(row)))
            row += [""] * (area.left + 1 - len(row))
            row[area.left] = text
            if fault:
                sheet.broken.append(
                    Broken(sheet.lines[at], area.left, fault.message, as_date=fault.as_date)
                )
