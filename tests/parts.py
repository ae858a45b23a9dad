"""Writes files of foreign formats part by part, also such as no program would write."""

from __future__ import annotations

import struct
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

Cell = tuple[int, bytes]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEADER = ("编号", "问题描述", "地点", "发现日期", "整改期限", "退回日期", "备注")
ODF = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "style")
)
ODF += (
    ' xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"'
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
)


def text_cell(place: str, text: str) -> str:
    """A cell with a text of its own."""
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def header_row() -> str:
    """The header as the first row of a sheet."""
    cells = (text_cell(f"{chr(65 + at)}1", name) for at, name in enumerate(HEADER))
    return f'<row r="1">{"".join(cells)}</row>'


def relations(*targets: tuple[str, str, str]) -> str:
    """A part of relations: id, last word of the kind, target."""
    rows = "".join(
        f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for key, kind, target in targets
    )
    return f'<Relationships xmlns="{_PACKAGE}">{rows}</Relationships>'


def xlsx_parts(
    rows: str, *, after: str = "", styles: str = "", properties: str = "", namespace: str = MAIN
) -> dict[str, str | bytes]:
    """The parts of a workbook with one sheet.

    Args:
        rows: the inside of its sheetData, below the header.
        after: what follows it.
        styles: the inside of the styles.
        properties: attributes of the workbook's properties.
        namespace: of the elements.
    """
    return {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relations(("r1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook xmlns="{namespace}" xmlns:r="{_OFFICE}"><workbookPr {properties}/>'
            '<sheets><sheet name="清单" sheetId="1" r:id="r1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": relations(
            ("r1", "worksheet", "worksheets/sheet1.xml"), ("r2", "styles", "styles.xml")
        ),
        "xl/styles.xml": f'<styleSheet xmlns="{namespace}">{styles}</styleSheet>',
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{namespace}" xmlns:r="{_OFFICE}"><sheetData>{header_row()}{rows}'
            f"</sheetData>{after}</worksheet>"
        ),
    }


def zipped(path: Path, parts: dict[str, str | bytes]) -> Path:
    """Write parts as an archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            # A name is written as it stands, backslashes too.
            info = zipfile.ZipInfo("x")
            info.filename = name
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return path


def xlsx(path: Path, rows: str, **more: str) -> Path:
    """Write a workbook of one sheet."""
    return zipped(path, xlsx_parts(rows, **more))


def formats(*codes: str) -> str:
    """Styles 1, 2, … that have these number formats."""
    listed = "".join(
        f'<numFmt numFmtId="{164 + at}" formatCode="{code}"/>' for at, code in enumerate(codes)
    )
    styles = "".join(f'<xf numFmtId="{164 + at}"/>' for at in range(len(codes)))
    return f'<numFmts>{listed}</numFmts><cellXfs><xf numFmtId="0"/>{styles}</cellXfs>'


def ods(path: Path, rows: str, *, styles: str = "", columns: str = "") -> Path:
    """Write a sheet of OpenDocument, its rows below the header."""
    header = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{name}</text:p></table:table-cell>'
        for name in HEADER
    )
    content = (
        f"<office:document-content{ODF}><office:automatic-styles>{styles}"
        "</office:automatic-styles><office:body><office:spreadsheet>"
        f'<table:table table:name="清单">{columns}<table:table-row>{header}</table:table-row>'
        f"{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped(path, {"mimetype": kind, "content.xml": content})


def xlsb(path: Path, rows: list[list[Cell]]) -> Path:
    """Write a binary workbook: its header, and rows of cells made by `xlsb_cell`."""
    texts = [[xlsb_text(name) for name in HEADER], *rows]
    sheet = b""
    for line, cells in enumerate(texts):
        sheet += _record(0, struct.pack("<IIHBBB", line, 0, 300, 0, 0, 0) + bytes(4))
        for column, (kind, data) in enumerate(cells):
            sheet += _record(kind, struct.pack("<II", column, 0) + data)
    bundle = struct.pack("<II", 0, 1) + _wide("r1") + _wide("清单")
    return zipped(
        path,
        {
            "_rels/.rels": relations(("r1", "officeDocument", "xl/workbook.bin")),
            "xl/_rels/workbook.bin.rels": relations(("r1", "worksheet", "worksheets/sheet1.bin")),
            "xl/workbook.bin": _record(156, bundle),
            "xl/worksheets/sheet1.bin": sheet,
        },
    )


def xlsb_text(text: str) -> Cell:
    """A cell with a text of its own."""
    return 6, _wide(text)


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _record(kind: int, data: bytes) -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = len(data), b""
    while True:
        size, low = size >> 7, size & 0x7F
        length += bytes([low | (0x80 if size else 0)])
        if not size:
            return head + length + data
