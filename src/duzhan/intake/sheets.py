"""Sheets of foreign files become grids: by their headers, with what stands beside the cells."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa

from duzhan.intake.grid import Beside, Flaw, Grid, Span
from duzhan.intake.headers import HEADER_WITHIN
from duzhan.intake.refusals import RefusedFileError
from duzhan.intake.unlisted import is_form, is_summary, why_unlisted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from duzhan.intake.foreign_reader import Laid
    from duzhan.intake.headers import Header, HeaderFinder

# A header of two rows may begin on the last row that a header can stand on.
_HEAD = HEADER_WITHIN + 2


def grids_of(sheets: Sequence[Laid], finder: HeaderFinder) -> list[Grid]:
    """The sheets that have a known header, as grids.

    Raises:
        RefusedFileError: none has.
    """
    grids = [grid for sheet in sheets if (grid := grid_of(sheet, finder))]
    # Beside a list, 问题描述 by itself is a word of the instructions for filling it in.
    lists = [grid for grid in grids if len(grid.header.columns) > 1]
    if not lists:
        return grids or _refuse_headless(sheets, finder)
    return [replace(lists[0], aside=_aside(sheets, finder)), *lists[1:]]


def _aside(sheets: Sequence[Laid], finder: HeaderFinder) -> tuple[tuple[str, str], ...]:
    """Sheets of labels and values, and summaries: what stands in them must not vanish unnamed."""
    aside = []
    for sheet in sheets:
        rows = head_rows(sheet)
        if finder.find(rows) is None and (is_form(rows, finder) or is_summary(rows, finder)):
            aside.append((sheet.about.name, why_unlisted(rows, finder)))
    return tuple(aside)


def grid_of(sheet: Laid, finder: HeaderFinder) -> Grid | None:
    """A sheet below its header; None if it has none."""
    header = finder.find(head_rows(sheet))
    return None if header is None else below(sheet, header)


def head_rows(sheet: Laid) -> list[list[str]]:
    """The first rows of a sheet, in which its header is looked for."""
    columns = [column[:_HEAD].to_pylist() for column in sheet.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def below(sheet: Laid, header: Header) -> Grid:
    """What stands below a header, and above it."""
    first = header.index + 1
    lines = sheet.lines[first:]
    return Grid(
        sheet=sheet.about.name,
        header=header,
        preface=head_rows(sheet)[: header.index],
        columns=[pa.chunked_array([column[first:]]) for column in sheet.columns],
        line_of=lambda wanted: lines[wanted].tolist(),
        flaws=_flaws(sheet, first),
        beside=_beside(sheet, first),
    )


def _flaws(sheet: Laid, first: int) -> list[Flaw]:
    flaws = []
    place = _places(sheet.lines[first:])
    for one in sheet.about.broken:
        row = place.get(one.line)
        if row is not None and one.column < len(sheet.columns):
            value = sheet.columns[one.column][first + row].as_py()
            flaws.append(Flaw(row, one.column, value, one.message, as_date=one.as_date))
    return flaws


def _places(lines: NDArray[np.int32]) -> dict[int, int]:
    return {line: row for row, line in enumerate(lines.tolist())}


def _beside(sheet: Laid, first: int) -> Beside:
    about = sheet.about
    place = _places(sheet.lines[first:]) if about.merged or about.pictures else {}
    top = int(sheet.lines[first]) if first < len(sheet.lines) else 1 << 30
    marks = about.marks

    def count(lines: list[int]) -> int:
        return sum(line >= top for line in lines)

    return Beside(
        hidden_sheet=about.hidden,
        hidden_rows=tuple(line for line in marks.hidden if line >= top),
        comments=count(marks.comments),
        links=count(marks.links),
        struck=count(marks.struck),
        coloured=count(marks.coloured) > 0,
        pictures=tuple(one for one in about.pictures if one.line >= top),
        across=tuple(
            Span(place[area.top], area.left, area.right)
            for area in about.merged
            if area.top in place and area.right > area.left
        ),
        epoch_1904=about.epoch_1904,
    )


def _refuse_headless(sheets: Sequence[Laid], finder: HeaderFinder) -> list[Grid]:
    filled = next((rows for sheet in sheets if (rows := head_rows(sheet))), None)
    if filled is None:
        raise RefusedFileError("bad-file", "工作簿里没有内容，应有表头和问题清单")
    raise RefusedFileError("missing-column", why_unlisted(filled, finder))
