"""Paragraphs, tables and the package of a Word template, as text that a diff shows."""

from __future__ import annotations

import io
import re
import zipfile
from xml.sax.saxutils import escape

from docx_style import (
    BOTTOM,
    DECLARATION,
    LEFT,
    MM,
    NAMESPACES,
    PAGE,
    RIGHT,
    STYLES,
    TEXT_WIDTH,
    TOP,
    Style,
    font_table,
    settings,
    styles,
)

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
# No file of a template is older or newer than another.
_STAMP = (2021, 5, 30, 0, 0, 0)
_GREY = "EDEDED"


def paragraph(style: str, text: str) -> str:
    """A paragraph; a tab in the text is a tab."""
    runs = "<w:tab/>".join(
        f'<w:t xml:space="preserve">{escape(part)}</w:t>' if part else ""
        for part in text.split("\t")
    )
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r>{runs}</w:r></w:p>\n'


def paragraphs(style: str, *texts: str) -> str:
    """Several paragraphs of one style."""
    return "".join(paragraph(style, text) for text in texts)


def grid(rows: str, columns: str, head: str, body: str) -> str:
    """A table with as many columns as its data, as wide as the text.

    Its head repeats on every page, no row is torn apart, and the program gives
    the columns widths that fit.

    Args:
        rows: what runs over the rows, such as ``for row in part.rows``.
        columns: what runs over the columns of the head.
        head: a title in the head.
        body: what runs over a row, and its cell, with a bar between.
    """
    cells, cell = body.split("|")
    lines = [
        _row("TableHead", [f"{{%tc {columns} %}}", head, "{%tc endfor %}"], _HEAD, _GREY),
        _row("TableText", [f"{{%tr {rows} %}}", "", ""]),
        _row("TableText", [f"{{%tc {cells} %}}", cell, "{%tc endfor %}"], "<w:cantSplit/>"),
        _row("TableText", ["{%tr endfor %}", "", ""]),
    ]
    columns_of = "".join(f'<w:gridCol w:w="{width}"/>' for width in _THIRDS)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{TEXT_WIDTH}" w:type="dxa"/><w:jc w:val="center"/>'
        f'{_borders()}<w:tblLayout w:type="fixed"/>{_MARGINS}'
        f"</w:tblPr><w:tblGrid>{columns_of}</w:tblGrid>\n{''.join(lines)}</w:tbl>\n"
    )


_HEAD = "<w:cantSplit/><w:tblHeader/>"
_THIRDS = (TEXT_WIDTH // 3, TEXT_WIDTH // 3, TEXT_WIDTH - 2 * (TEXT_WIDTH // 3))
_MARGINS = (
    '<w:tblCellMar><w:top w:w="28" w:type="dxa"/><w:left w:w="57" w:type="dxa"/>'
    '<w:bottom w:w="28" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar>'
)


def _borders() -> str:
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>'
        for side, size in (
            ("top", 8),
            ("left", 8),
            ("bottom", 8),
            ("right", 8),
            ("insideH", 4),
            ("insideV", 4),
        )
    )
    return f"<w:tblBorders>{sides}</w:tblBorders>"


def _row(style: str, texts: list[str], properties: str = "", fill: str = "") -> str:
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}<w:vAlign w:val="center"/>'
        f"</w:tcPr>{paragraph(style, text)}</w:tc>"
        for text, width in zip(texts, _THIRDS, strict=True)
    )
    return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{cells}</w:tr>\n"


def _document(body: str, margins: tuple[int, int, int, int]) -> str:
    top, right, bottom, left = margins
    edge = min(round(18 * MM), top // 2)
    return (
        f"{DECLARATION}<w:document {NAMESPACES}><w:body>\n{body}"
        '<w:sectPr><w:headerReference w:type="default" r:id="rId4"/>'
        '<w:headerReference w:type="even" r:id="rId5"/>'
        '<w:footerReference w:type="default" r:id="rId6"/>'
        '<w:footerReference w:type="even" r:id="rId7"/>'
        f'<w:pgSz w:w="{PAGE[0]}" w:h="{PAGE[1]}"/>'
        f'<w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}" '
        f'w:header="{edge}" w:footer="{min(round(24 * MM), bottom * 7 // 10)}" w:gutter="0"/>'
        "</w:sectPr></w:body></w:document>"
    )


def _margin(kind: str, content: str) -> str:
    return f"{DECLARATION}<w:{kind} {NAMESPACES}>{content}</w:{kind}>"


def _page_number(style: str) -> str:
    run = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'
    number = '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>'
        f"{run.format('– ')}{number}{run.format(' –')}</w:p>"
    )


def _core(title: str, subject: str) -> str:
    day = "2021-05-30T00:00:00Z"
    return (
        f'{DECLARATION}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title><dc:subject>{escape(subject)}</dc:subject>"
        "<dc:creator>duzhan</dc:creator><dc:language>zh-CN</dc:language>"
        "<cp:lastModifiedBy>duzhan</cp:lastModifiedBy><cp:revision>1</cp:revision>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{day}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{day}</dcterms:modified>'
        "</cp:coreProperties>"
    )


def _relations(*targets: tuple[str, str]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>\n'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'{DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">\n{lines}</Relationships>'


def _types() -> str:
    parts = {
        "/word/document.xml": f"{_WORD}.document.main+xml",
        "/word/styles.xml": f"{_WORD}.styles+xml",
        "/word/settings.xml": f"{_WORD}.settings+xml",
        "/word/fontTable.xml": f"{_WORD}.fontTable+xml",
        "/word/header1.xml": f"{_WORD}.header+xml",
        "/word/header2.xml": f"{_WORD}.header+xml",
        "/word/footer1.xml": f"{_WORD}.footer+xml",
        "/word/footer2.xml": f"{_WORD}.footer+xml",
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    }
    overrides = "".join(
        f'<Override PartName="{name}" ContentType="{kind}"/>\n' for name, kind in parts.items()
    )
    return (
        f'{DECLARATION}<Types xmlns="{_PACKAGE}/content-types">\n'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\n'
        '<Default Extension="xml" ContentType="application/xml"/>\n'
        f"{overrides}</Types>"
    )


OFFICIAL = (TOP, RIGHT, BOTTOM, LEFT)


def parts(
    body: str,
    header: str,
    title: str,
    subject: str,
    *,
    used: tuple[Style, ...] = STYLES,
    margins: tuple[int, int, int, int] = OFFICIAL,
) -> dict[str, str]:
    """The parts of a Word package.

    Args:
        body: paragraphs and tables.
        header: what stands on top of every page.
        title: of the document's properties; Jinja puts in what it is made of.
        subject: likewise.
        used: the paragraph styles.
        margins: top, right, bottom and left, in twentieths of a point.
    """
    kinds = f"{_OFFICE}/relationships"
    return {
        "[Content_Types].xml": _types(),
        "_rels/.rels": _relations(
            (f"{kinds}/officeDocument", "word/document.xml"),
            (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "word/_rels/document.xml.rels": _relations(
            (f"{kinds}/styles", "styles.xml"),
            (f"{kinds}/settings", "settings.xml"),
            (f"{kinds}/fontTable", "fontTable.xml"),
            (f"{kinds}/header", "header1.xml"),
            (f"{kinds}/header", "header2.xml"),
            (f"{kinds}/footer", "footer1.xml"),
            (f"{kinds}/footer", "footer2.xml"),
        ),
        "word/document.xml": _document(_without_breaks(body), margins),
        "word/styles.xml": styles(used),
        "word/settings.xml": settings(facing=margins == OFFICIAL),
        "word/fontTable.xml": font_table(),
        "word/header1.xml": _margin("hdr", header),
        "word/header2.xml": _margin("hdr", header),
        "word/footer1.xml": _margin("ftr", _page_number("FooterOdd")),
        "word/footer2.xml": _margin("ftr", _page_number("FooterEven")),
        "docProps/core.xml": _core(title, subject),
    }


def _without_breaks(body: str) -> str:
    """Lines end between elements only, where they mean nothing."""
    return re.sub(r"\n+", "\n", body)


def package(made: dict[str, str]) -> bytes:
    """Put parts into a file, the same bytes for the same parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in made.items():
            archive.writestr(zipfile.ZipInfo(name, _STAMP), text, zipfile.ZIP_DEFLATED)
    return target.getvalue()
