"""Lists in the tables of Word documents and web pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import docx
import pytest
from docx.oxml import parse_xml
from PIL import Image

from duzhan.intake.refusals import NotAListError
from foreign import read_file, rows_of

if TYPE_CHECKING:
    from pathlib import Path

    from docx.document import Document
    from docx.table import Table

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
HEADER = ("编号", "问题描述", "地点")


def table(document: Document, *rows: tuple[str, ...]) -> Table:
    made: Table = document.add_table(len(rows), len(rows[0]))
    for row, texts in zip(made.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return made


def saved(document: Document, folder: Path) -> Path:
    path = folder / "富宁县.docx"
    document.save(str(path))
    return path


def test_a_list_over_several_tables_with_one_header_is_one_list(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("富宁县问题台账")
    document.add_paragraph("填报单位：富宁县")
    table(document, HEADER, ("1", "甲", "一街"))
    document.add_paragraph("（续）")
    table(document, HEADER, ("2", "乙", "二街"))
    table(document, ("3", "丙", "三街"))
    table(document, ("签字", "日期"))

    (grid,) = read_file(saved(document, tmp_path))

    assert [row for row in rows_of(grid) if row[0] != "编号"] == [
        ["1", "甲", "一街"],
        ["2", "乙", "二街"],
        ["3", "丙", "三街"],
    ]
    assert [row[0] for row in grid.preface] == ["富宁县问题台账", "填报单位：富宁县"]


def test_tables_with_other_headers_are_lists_of_their_own(tmp_path: Path) -> None:
    document = docx.Document()
    table(document, HEADER, ("1", "甲", "一街"))
    table(document, ("问题描述", "责任人", "备注"), ("乙", "李", ""))

    grids = read_file(saved(document, tmp_path))

    assert [(grid.sheet, rows_of(grid)[0]) for grid in grids] == [
        ("表1", ["1", "甲", "一街"]),
        ("表2", ["乙", "李", ""]),
    ]


def test_merged_cells_of_a_word_table_stand_where_they_are_seen(tmp_path: Path) -> None:
    document = docx.Document()
    made = table(document, HEADER, ("1", "甲", "一街"), ("2", "乙", ""), ("一、城区", "", ""))
    made.cell(1, 2).merge(made.cell(2, 2))
    made.cell(3, 0).merge(made.cell(3, 2))

    (grid,) = read_file(saved(document, tmp_path))

    assert rows_of(grid) == [["1", "甲", "一街"], ["2", "乙", "一街"], ["一、城区", "", ""]]
    assert [(span.row, span.left, span.right) for span in grid.beside.across] == [(2, 0, 2)]


def test_a_list_inside_a_cell_is_found_and_a_table_inside_a_list_is_text(tmp_path: Path) -> None:
    document = docx.Document()
    frame = document.add_table(1, 1)
    inner = frame.cell(0, 0).add_table(2, 3)
    for row, texts in zip(inner.rows, (HEADER, ("1", "甲", "一街")), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    inner.cell(1, 1).add_table(1, 1).cell(0, 0).text = "细目"

    (grid,) = read_file(saved(document, tmp_path))

    assert rows_of(grid) == [["1", "甲\n细目", "一街"]]


def test_what_was_inserted_counts_and_what_was_deleted_does_not(tmp_path: Path) -> None:
    document = docx.Document()
    made = table(document, HEADER, ("1", "", "一街"), ("2", "删去的行", "二街"))
    paragraph = made.cell(1, 1).paragraphs[0]._p
    for change, kind in (("<w:ins {}>{}</w:ins>", "t"), ("<w:del {}>{}</w:del>", "delText")):
        text = "新" if kind == "t" else "旧"
        run = f"<w:r><w:{kind}>{text}</w:{kind}></w:r>"
        paragraph.append(parse_xml(change.format(W, run)))
    moved = f"<w:moveFrom {W}><w:r><w:t>移走</w:t></w:r></w:moveFrom>"
    paragraph.append(parse_xml(moved))
    made.rows[2]._tr.insert(0, parse_xml(f"<w:trPr {W}><w:del/></w:trPr>"))

    (grid,) = read_file(saved(document, tmp_path))

    assert rows_of(grid) == [["1", "新", "一街"]]


def test_what_a_word_table_shows_beside_text_is_noted(tmp_path: Path) -> None:
    document = docx.Document()
    made = table(document, HEADER, ("1", "甲", "一街"), ("2", "乙", "二街"))
    made.cell(2, 1).paragraphs[0].runs[0].font.strike = True
    made.cell(2, 2).paragraphs[0].runs[0].font.strike = False
    made.cell(1, 0)._tc.get_or_add_tcPr().append(parse_xml(f'<w:shd {W} w:fill="FFFF00"/>'))
    for kind in ("hyperlink", "commentReference"):
        made.cell(1, 1).paragraphs[0]._p.append(parse_xml(f"<w:{kind} {W}/>"))
    Image.new("RGB", (1, 1)).save(tmp_path / "照片.png")
    made.cell(2, 2).paragraphs[0].add_run().add_picture(str(tmp_path / "照片.png"))

    (grid,) = read_file(saved(document, tmp_path))

    beside = grid.beside
    assert rows_of(grid) == [["1", "甲", "一街"], ["2", "乙", "二街"]]
    assert (beside.links, beside.comments, beside.struck, beside.coloured) == (1, 1, 1, True)
    assert [(one.column, one.part) for one in beside.pictures] == [(2, "word/media/image1.png")]


@pytest.mark.parametrize(
    ("rows", "what"), [((), "没有表格的"), ((("甲", "乙"),), "没有“问题描述”")]
)
def test_a_document_without_a_list_is_named_for_what_it_is(
    rows: tuple[tuple[str, ...], ...], what: str, tmp_path: Path
) -> None:
    document = docx.Document()
    document.add_paragraph("关于整改工作的报告")
    if rows:
        table(document, *rows)

    with pytest.raises(NotAListError, match=what) as caught:
        read_file(saved(document, tmp_path))

    assert "Word 文档" in caught.value.what


# ---------------------------------------------------------------- web pages


def page(folder: Path, body: str, encoding: str = "utf-8", head: str = "") -> Path:
    path = folder / "富宁县.xls"
    text = f"<html><head>{head}</head><body>{body}</body></html>"
    path.write_bytes(text.encode(encoding))
    return path


HEAD_ROW = "<tr>" + "".join(f"<th>{name}</th>" for name in HEADER) + "</tr>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_a_page_named_xls_is_read_in_its_encoding(encoding: str, tmp_path: Path) -> None:
    meta = '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">'
    rows = f"<table>{HEAD_ROW}<tr><td>1<td>公厕无水<br>两处<td>&nbsp;一街</tr></table>"

    (grid,) = read_file(page(tmp_path, rows, encoding, meta if encoding == "gbk" else ""))

    assert rows_of(grid) == [["1", "公厕无水\n两处", "一街"]]


def test_spans_of_a_page_are_laid_out(tmp_path: Path) -> None:
    body = (
        f"<h1>台账</h1><table>{HEAD_ROW}<tr><td>1</td><td>甲</td><td rowspan=2>一街</td></tr>"
        "<tr><td>2</td><td>乙</td></tr><tr><td colspan=3>合计：2</td></tr></table>"
        "<table><tr><td>页脚</td></tr></table>"
        f"<table>{HEAD_ROW}<tr><td>3</td><td>丙</td><td>三街</td></tr></table>"
    )

    grids = read_file(page(tmp_path, body))

    rows = [row for grid in grids for row in rows_of(grid) if row[0] != "编号"]
    assert rows == [
        ["1", "甲", "一街"],
        ["2", "乙", "一街"],
        ["合计：2", "", ""],
        ["3", "丙", "三街"],
    ]
    assert grids[0].preface == [["台账", "", ""]]


def test_what_a_page_wraps_rows_and_cells_in_changes_no_cell(tmp_path: Path) -> None:
    body = (
        f"<table><caption>问题台账</caption><thead>{HEAD_ROW}</thead><tbody>"
        "<tr><td bgcolor=red>1</td><td><p>甲</p><p><b>乙</b>丙</p><script>丁</script></td>"
        '<td><a href="x">一街</a><img src="y"></td></tr></tbody>'
        "<tfoot><tr><td>2</td><td><s>戊</s><table><tr><td>细目</td></tr></table></td>"
        "<td>二街</td></tr></tfoot></table>"
    )

    (grid,) = read_file(page(tmp_path, body))

    assert rows_of(grid) == [["1", "甲\n乙丙", "一街"], ["2", "戊\n细目", "二街"]]
    assert grid.preface == [["问题台账", "", ""]]
    beside = grid.beside
    assert (beside.links, beside.struck, beside.coloured) == (1, 1, True)
    assert [one.column for one in beside.pictures] == [2]


def test_a_page_without_a_list_is_named_for_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(NotAListError, match="网页"):
        read_file(page(tmp_path, "<p>请登录</p>"))
