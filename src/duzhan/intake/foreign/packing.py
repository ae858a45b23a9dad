"""How sheets go from the process that reads them to the one that asked: one JSON head, then texts.

The cells of a column stand behind each other, a NUL between two, or the length of
each before them all; so neither side walks through them one by one, and nothing that
a broken reader sends is run.
"""

from __future__ import annotations

import json
import struct
from array import array
from dataclasses import asdict, fields
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from duzhan.intake.foreign.sheet import Area, Broken, Marks, Sheet, SheetPicture

if TYPE_CHECKING:
    from collections.abc import Iterator

LENGTH = struct.Struct("<Q")
# What a sheet shows beside text is named, not listed: no more places are told than this.
_PLACES = 10_000


def packed(sheets: list[Sheet]) -> Iterator[bytes]:
    """Write sheets: the length of the head, the head, row numbers and columns of each sheet."""
    told, blobs = [], []
    for sheet in sheets:
        columns = [column.texts for column in sheet.columns]
        columns = columns or [_joined(column) for column in zip_longest(*sheet.rows, fillvalue="")]
        blobs += [array("i", sheet.lines).tobytes()]
        blobs += [column.sizes.tobytes() for column in sheet.columns]
        blobs += columns
        beside = {name: value for name, value in _beside(sheet).items() if value}
        sizes = [len(column) for column in columns]
        told.append({**beside, "count": len(sheet.lines), "columns": sizes})
    yield from _framed({"sheets": told}, blobs)


def packed_answer(answer: dict[str, Any]) -> Iterator[bytes]:
    """Write an answer that holds no sheets."""
    yield from _framed(answer, [])


def _framed(head: dict[str, Any], blobs: list[bytes]) -> Iterator[bytes]:
    data = json.dumps(head, ensure_ascii=True).encode()
    yield LENGTH.pack(len(data))
    yield data
    yield from blobs


def _joined(column: tuple[str, ...]) -> bytes:
    data = "\0".join(column)
    if data.count("\0") != len(column) - 1:
        data = "\0".join(cell.replace("\0", "�") for cell in column)
    return data.encode("utf-8", "replace")


def _beside(sheet: Sheet) -> dict[str, Any]:
    """What is told of a sheet beside its cells."""
    return {
        "name": sheet.name.encode("utf-8", "replace").decode(),
        "sized": bool(sheet.columns),
        "hidden": sheet.hidden,
        "epoch_1904": sheet.epoch_1904,
        "within": sheet.within + 1 if sheet.within is not None else 0,
        "broken": [[one.line, one.column, one.message, one.as_date] for one in sheet.broken],
        "merged": [[one.top, one.left, one.bottom, one.right] for one in sheet.merged],
        "pictures": [[one.line, one.column, one.part] for one in sheet.pictures],
        "marks": {name: lines[:_PLACES] for name, lines in asdict(sheet.marks).items() if lines},
    }


def unpacked(told: dict[str, Any]) -> Sheet:
    """Read what is told of a sheet beside its cells."""
    marks = told.get("marks", {})
    return Sheet(
        name=str(told.get("name", "")),
        hidden=bool(told.get("hidden")),
        epoch_1904=bool(told.get("epoch_1904")),
        within=int(told["within"]) - 1 if told.get("within") else None,
        broken=[Broken(*one) for one in told.get("broken", ())],
        merged=[Area(*one) for one in told.get("merged", ())],
        pictures=[SheetPicture(*one) for one in told.get("pictures", ())],
        marks=Marks(**{one.name: list(marks.get(one.name, ())) for one in fields(Marks)}),
    )
