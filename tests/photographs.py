"""Tiny photographs, and lists of counties that hold them."""

from __future__ import annotations

import io
import random
from typing import TYPE_CHECKING

import xlsxwriter
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

HEADINGS = ("编号", "问题描述", "地点", "发现日期", "整改期限", "整改前照片", "整改后照片", "对比")


def photograph(seed: int, taken: str | None = None, form: str = "JPEG", **options: object) -> bytes:
    """A picture that no other seed gives; `taken` such as 2021:06:02 10:00:00, with a place."""
    dots = random.Random(seed).randbytes(64)  # noqa: S311 - no secret
    image = Image.frombytes("L", (8, 8), dots).convert("RGB").resize((64, 48))
    made, exif = io.BytesIO(), Image.Exif()
    if taken:
        exif.get_ifd(0x8769)[0x9003] = taken
        exif[0x0110] = "Phone 13"
        exif.get_ifd(0x8825)[1] = "N"
        exif.get_ifd(0x8825)[2] = (23.0, 37.0, 12.0)
        options["exif"] = exif
    image.save(made, form, **options)
    return made.getvalue()


def issue_row(identifier: str) -> tuple[str, ...]:
    """The issue as `small_dataset` has it."""
    return (identifier, f"占道经营（{identifier}）", "北门市场,东侧", "2021-06-01", "2021-07-01")


def workbook(
    path: Path,
    identifiers: tuple[str, ...],
    drawn: dict[tuple[int, int], bytes],
    in_cells: dict[tuple[int, int], bytes] | None = None,
) -> Path:
    """A list with pictures over cells and in cells, by row and column from 0."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("清单")
        sheet.write_row(0, 0, HEADINGS)
        for at, identifier in enumerate(identifiers, 1):
            sheet.write_row(at, 0, issue_row(identifier))
        for (row, column), data in drawn.items():
            sheet.insert_image(row, column, f"{row}{column}.png", {"image_data": io.BytesIO(data)})
        for (row, column), data in (in_cells or {}).items():
            sheet.embed_image(row, column, f"c{row}{column}.png", {"image_data": io.BytesIO(data)})
    return path
