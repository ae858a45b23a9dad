"""Documents hold lists in tables: one that runs over several tables is one list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from duzhan.intake.foreign_reader import Laid
from duzhan.intake.refusals import NotAListError, RefusedFileError
from duzhan.intake.sheets import below, head_rows
from duzhan.intake.text import header_key
from duzhan.intake.unlisted import is_form, why_unlisted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duzhan.intake.grid import Grid
    from duzhan.intake.headers import Header, HeaderFinder


def lists_of(tables: Sequence[Laid], finder: HeaderFinder, what: str) -> list[Grid]:
    """The lists of a document.

    A table with the header of the list before it continues that list; so does one
    without any header that has as many columns. A table inside a cell is looked at
    only where the table around it is no list.

    Args:
        tables: as they stand in the document.
        finder: knows the headers.
        what: what the document is, for the refusal.

    Raises:
        NotAListError: none of the tables is a list.
    """
    found = [finder.find(head_rows(table)) for table in tables]
    listed = [header is not None and len(header.columns) > 1 for header in found]
    if not any(listed):
        listed = [header is not None for header in found]
    grids: list[Grid] = []
    current: tuple[Laid, Header] | None = None
    for table, header in _candidates(tables, found, listed):
        if current is None or not _continues(current, table, header):
            if current is not None:
                grids.append(_named(current, len(grids)))
            current = (table, header) if header else None
        else:
            current = _joined(current[0], table, header), current[1]
    if current is not None:
        grids.append(_named(current, len(grids)))
    return grids or _refuse(tables, finder, what)


def _candidates(
    tables: Sequence[Laid], found: Sequence[Header | None], listed: Sequence[bool]
) -> Iterator[tuple[Laid, Header | None]]:
    """The tables that may be lists or go on with one, without those inside a list's cell."""
    for at, table in enumerate(tables):
        around = table.about.within
        while around is not None and not listed[around]:
            around = tables[around].about.within
        if around is not None or not len(table.lines):
            continue
        if listed[at] or table.about.within is None:
            yield table, found[at] if listed[at] else None


def _continues(current: tuple[Laid, Header], table: Laid, header: Header | None) -> bool:
    before, told = current
    if header is None:
        return len(table.columns) == len(before.columns) > 1
    return [header_key(cell) for cell in header.cells] == [header_key(c) for c in told.cells]


def _joined(before: Laid, table: Laid, header: Header | None) -> Laid:
    """Two tables as one; lines go on counting, and the second header is a repeated one."""
    start = max(0, header.index + 1 - len(header.rows)) if header else 0
    last = int(before.lines[-1])
    first = int(table.lines[start])
    shift = last + 1 - first
    about = before.about
    more = table.about
    return Laid(
        replace(
            about,
            broken=about.broken
            + [replace(one, line=one.line + shift) for one in more.broken if one.line >= first],
            merged=about.merged
            + [
                replace(one, top=one.top + shift, bottom=one.bottom + shift)
                for one in more.merged
                if one.top >= first
            ],
            pictures=about.pictures
            + [replace(one, line=one.line + shift) for one in more.pictures if one.line >= first],
        ),
        [_chained(a, b[start:]) for a, b in zip(before.columns, table.columns, strict=False)],
        np.concatenate([before.lines, table.lines[start:] + shift]).astype(np.int32),
    )


def _chained(first: pa.StringArray, second: pa.StringArray) -> pa.StringArray:
    return pa.concat_arrays([first, second])


def _named(current: tuple[Laid, Header], before: int) -> Grid:
    table, header = current
    name = table.about.name or f"表{before + 1}"
    return below(replace(table, about=replace(table.about, name=name)), header)


def _refuse(tables: Sequence[Laid], finder: HeaderFinder, what: str) -> list[Grid]:
    required = finder.required
    if not any(len(table.lines) for table in tables):
        raise NotAListError(f"没有表格的{what}", "请把问题清单做成表格（或填进 Excel）后再报")
    for rows in map(head_rows, tables):
        if is_form(rows, finder):
            raise RefusedFileError("missing-column", why_unlisted(rows, finder))
    remedy = "请检查表头，或把清单填进 Excel 后再报"
    raise NotAListError(f"没有“{required}”一列的{what}", remedy)
