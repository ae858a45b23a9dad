"""What a Word document can only be given once its text is known.

Tables whose columns come from data (``{%tc for … %}`` in the template) get widths
that fit the page: short columns stay as wide as their text, long ones share what
is left and wrap; together they are as wide as the page's text. What announces a
table, and what comes before the signature, stays on the page of what follows.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple

from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docx.document import Document

# Stands in the table's properties from before rendering until its widths are known.
_MARK = "columns from data"
_MARKED = f'<w:tblCaption w:val="{_MARK}"/>'
_TABLE = re.compile(r"<w:tbl>(?:(?!<w:tbl>).)*?</w:tbl>", re.DOTALL)
_LOOPED_CELLS = re.compile(r"{%[-+]?\s*for (?:(?!%}).)*%}\s*<w:tc[ >]", re.DOTALL)
# The style of the lines to sign on.
_SIGNATURE = "落款"

# Widths at 10 pt, in twentieths of a point: of a Chinese character, of a figure or
# Latin letter in the widest font that may stand in, of the gap that Word leaves
# where these meet, and of what a cell's sides take.
_WIDE, _NARROW, _GAP, _SIDES = 200, 125, 50, 150
# Columns up to this are not wrapped for the sake of longer ones, which get no less
# than the second; those up to the third stand in the middle if they need not be wrapped.
_SHORT, _LEAST, _CENTRED = 1850, 1200, 2500
# A table of so many columns that would have to wrap gets smaller letters: 8.5 pt.
_MANY, _TIGHT = 8, 0.85
# A table of so many rows stays on one page; of a longer one so many rows stay together.
_WHOLE, _TOGETHER = 12, 3
_SEAMS = re.compile(r"(?<=[0-9A-Za-z%])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[0-9A-Za-z])")
_UNBREAKABLE = re.compile(r"[!-~]+")


class _Column(NamedTuple):
    """What a column holds, in twentieths of a point.

    Attributes:
        head: its title in one line.
        body: its longest cell.
        word: what cannot be broken.
    """

    head: int
    body: int
    word: int

    @property
    def least(self) -> int:
        """As narrow as it may be: no word torn, the title in at most three lines."""
        return max(self.word, _lines(self.head, 3), 2 * _WIDE)

    @property
    def wanted(self) -> int:
        """Every cell in one line; the title too if it is short, else in two."""
        return max(self.body, _lines(self.head, 1 if self.head <= 4 * _WIDE else 2), self.least)


def _lines(text: int, lines: int) -> int:
    """How wide a text is in so many lines of whole characters."""
    return _WIDE * math.ceil(text / _WIDE / lines)


def marked(template: str) -> str:
    """Mark a template's tables whose cells stand in a loop.

    Args:
        template: XML in which tags stand between the elements that they govern.
    """

    def mark(table: re.Match[str]) -> str:
        whole = table[0]
        return whole.replace("</w:tblPr>", f"{_MARKED}</w:tblPr>") if looped(whole) else whole

    looped = _LOOPED_CELLS.search
    return _TABLE.sub(mark, template)


def scaled(document: Document, scale: float) -> None:
    """Make all letters, and lines of a fixed height, larger or smaller.

    Args:
        document: rendered.
        scale: by how much; 1 leaves everything as it is.
    """
    for root in (document.styles.element, document.element.body):
        for name in ("w:sz", "w:szCs"):
            for size in root.iter(qn(name)):
                size.set(qn("w:val"), str(round(int(size.get(qn("w:val"))) * scale)))
        for spacing in root.iter(qn("w:spacing")):
            for name in ("w:line", "w:before", "w:after"):
                value = spacing.get(qn(name))
                if value and (name != "w:line" or spacing.get(qn("w:lineRule")) == "exact"):
                    spacing.set(qn(name), str(round(int(value) * scale)))


def lay_out(document: Document) -> None:
    """Fit the marked tables, and keep together what belongs together."""
    sizes = {style.style_id: style.font.size for style in document.styles if _has_font(style)}
    section = document.sections[0]
    sides = (section.page_width, section.left_margin, section.right_margin)
    page, left, right = (0 if side is None else side.twips for side in sides)
    for table in document.element.body.iter(qn("w:tbl")):
        for caption in table.tblPr.findall(qn("w:tblCaption")):
            if caption.get(qn("w:val")) == _MARK:
                table.tblPr.remove(caption)
                _fit(table, page - left - right, _size(table, sizes))
                _keep_with_next(table.getprevious())
                _keep_rows(table)
    signed = {style.style_id for style in document.styles if style.name == _SIGNATURE}
    for paragraph in document.element.body.iter(qn("w:p")):
        if paragraph.style in signed:
            _keep_with_next(paragraph.getprevious())


def _keep_rows(table: Any) -> None:  # noqa: ANN401 - python-docx's element
    """Leave no row or two behind: a short table goes whole to the next page, of a long one three.

    One whose cells are sentences may be parted: it would leave half a page empty.
    """
    rows = table.tr_lst
    whole = len(rows) <= _WHOLE and all(_one_line(cell) for row in rows for cell in row.tc_lst)
    for at, row in enumerate(rows[:-1]):
        if whole or at < _TOGETHER or at >= len(rows) - _TOGETHER:
            for paragraph in row.iter(qn("w:p")):
                _keep_with_next(paragraph)


def _one_line(cell: Any) -> bool:  # noqa: ANN401 - python-docx's element
    return _printed("".join(p.text for p in cell.p_lst)) <= _CENTRED


def _keep_with_next(paragraph: Any) -> None:  # noqa: ANN401 - python-docx's element, or None
    if paragraph is not None and paragraph.tag == qn("w:p"):
        paragraph.get_or_add_pPr().get_or_add_keepNext()


def _has_font(style: Any) -> bool:  # noqa: ANN401 - python-docx's
    return getattr(style, "font", None) is not None


def _size(table: Any, sizes: dict[str, Any]) -> float:  # noqa: ANN401 - python-docx's element
    """How large a table's letters are beside the 10 pt that widths are measured in."""
    first = table.tr_lst[-1].tc_lst[0].p_lst[0].style
    size = sizes.get(first)
    return size.pt / 10 if size is not None else 1.0


def _fit(table: Any, total: int, size: float) -> None:  # noqa: ANN401 - python-docx's element
    rows = [row.tc_lst for row in table.tr_lst]
    if not rows or any(len(row) != len(rows[0]) for row in rows):
        return
    texts = [["\n".join(p.text for p in cell.p_lst) for cell in row] for row in rows]
    columns = [_column(column) for column in zip(*texts, strict=True)]
    if len(columns) >= _MANY and size == 1 and _crowded(columns, total):
        size = _TIGHT
        for paragraph in table.iter(qn("w:p")):
            _shrink(paragraph)
    # What a cell's sides take does not shrink with its letters.
    sides = round(_SIDES * (1 - size) * len(columns))
    plain = column_widths(columns, round((total - sides) / size))
    widths = [round(width * size + sides / len(columns)) for width in plain]
    widths[widths.index(max(widths))] += total - sum(widths)
    _set_widths(table, widths)
    for row in rows[1:]:
        for column, cell, room in zip(columns, row, plain, strict=True):
            if column.body <= _CENTRED and column.body + _SIDES <= room:
                _centre(cell)


def _set_widths(table: Any, widths: Sequence[int]) -> None:  # noqa: ANN401 - python-docx's element
    for whole in table.tblPr.findall(qn("w:tblW")):
        whole.set(qn("w:w"), str(sum(widths)))
    for place, grid in enumerate(table.tblGrid.gridCol_lst):
        grid.w = widths[place] * 635  # English metric units
    for row in table.tr_lst:
        for place, cell in enumerate(row.tc_lst):
            cell.width = widths[place] * 635


def _crowded(columns: Sequence[_Column], total: int) -> bool:
    return sum(column.wanted + _SIDES for column in columns) > total


def _shrink(paragraph: Any) -> None:  # noqa: ANN401 - python-docx's element
    """Give a paragraph of a table with many columns smaller letters and lines."""
    spacing = paragraph.get_or_add_pPr().get_or_add_spacing()
    spacing.line, spacing.lineRule = round(290 * _TIGHT) * 635, WD_LINE_SPACING.EXACTLY
    for run in paragraph.r_lst:
        run.get_or_add_rPr().sz_val = round(20 * _TIGHT) * 6350


def _centre(cell: Any) -> None:  # noqa: ANN401 - python-docx's element
    for paragraph in cell.p_lst:
        properties = paragraph.get_or_add_pPr()
        if properties.find(qn("w:jc")) is None:
            side = OxmlElement("w:jc")
            side.set(qn("w:val"), "center")
            properties.append(side)


def _column(texts: Sequence[str]) -> _Column:
    head, *body = texts
    longest = max((_printed(line) for text in body for line in text.split("\n")), default=0)
    words = [len(word) * _NARROW for text in body for word in _UNBREAKABLE.findall(text)]
    # A very long word (an address, say) is broken after all.
    title = _printed(head)
    if title > 4 * _WIDE and "（" in head:
        title += 2 * _WIDE  # No line begins or ends with half a pair of brackets.
    return _Column(title, longest, min(max(words, default=0), 2 * _SHORT))


def _printed(text: str) -> int:
    """How wide a text is in print, where ≥, — and ■ are as wide as Chinese characters."""
    wide = sum(unicodedata.east_asian_width(letter) in "WFA" for letter in text)
    narrow = len(text) - wide
    return wide * _WIDE + narrow * _NARROW + len(_SEAMS.findall(text)) * _GAP


def column_widths(columns: Sequence[_Column], total: int) -> list[int]:
    """Share a width among columns; all in twentieths of a point.

    Args:
        columns: what they hold.
        total: their width together.
    """
    room = total - _SIDES * len(columns)
    wanted = [max(column.wanted, column.head) for column in columns]
    if sum(wanted) > room:
        wanted = [column.wanted for column in columns]
    if sum(wanted) > room:
        shares = _shrunk(columns, room)
    else:
        shares = [one * room / sum(wanted) for one in wanted]
    widths = [int(share) + _SIDES for share in shares]
    widths[widths.index(max(widths))] += total - sum(widths)
    return widths


def _shrunk(columns: Sequence[_Column], room: float) -> list[float]:
    """Short columns keep what they want; long ones share the rest by the root of their text."""
    shares = [float(column.wanted) for column in columns]
    long = [at for at, column in enumerate(columns) if column.wanted > _SHORT]
    left = room - sum(share for at, share in enumerate(shares) if at not in long)
    weights = {at: math.sqrt(shares[at]) for at in long}
    for at in long:
        shares[at] = max(columns[at].least, left * weights[at] / sum(weights.values()), _LEAST)
    scale = room / sum(shares)
    return [share * scale for share in shares] if scale < 1 else shares
