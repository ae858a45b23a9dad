"""What stands in a workbook's cells is read, or named: in every dialect, whoever wrote the file."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import TYPE_CHECKING

import pytest

import parts
from conftest import CASES
from duzhan.intake.foreign import filling, regular
from duzhan.intake.foreign import xlsx as xlsx_reader
from duzhan.intake.foreign.numbers import Shows, shown_by
from duzhan.intake.formats.evidence import Pictures
from duzhan.report.sheets.workbook import workbook_into
from foreign import flaws_of, read_file, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


ERROR = "单元格是公式错误，请改成实际内容"
UNCALCULATED = "公式没有计算结果，请在 Excel 或 WPS 中打开并保存一次，或改成实际内容"


ROW = (
    '<row r="2"><c r="A2" t="inlineStr"><is><t>1</t></is></c>'
    '<c r="B2" t="inlineStr"><is><t>甲</t></is></c>'
    '<c r="E2" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="F2"><f>E2+2</f></c></row>'
)
Parts = dict[str, str | bytes]
DIALECTS: dict[str, Callable[[Parts], Parts]] = {
    "transitional": lambda p: p,
    "strict": lambda p: {k: _renamed(v, parts.MAIN, parts.STRICT) for k, v in p.items()},
    "without references": lambda p: _sheet(p, {' r="A2"': "", ' r="B2"': "", ' r="E2"': ' r="E2"'}),
    "backslashes in names": lambda p: {k.replace("/", "\\"): v for k, v in p.items()},
    "names in capitals": lambda p: {
        k.upper() if "sheet1" in k or "STYLES" in k.upper() else k: v for k, v in p.items()
    },
    "single quotes": lambda p: _sheet(p, {'"': "'"}),
    "blanks around =": lambda p: _sheet(p, {' t="e"': ' t = "e"', ' r="E2"': ' r = "E2"'}),
    "references to characters": lambda p: _sheet(p, {' t="e"': ' t="&#101;"'}),
    "a prefix": lambda p: _sheet(
        p,
        {"<": "<x:", "<x:/": "</x:", "xmlns=": "xmlns:x="},
    ),
    "in UTF-16": lambda p: (
        p
        | {
            "xl/worksheets/sheet1.xml": (
                '<?xml version="1.0" encoding="UTF-16"?>' + str(p["xl/worksheets/sheet1.xml"])
            ).encode("utf-16")
        }
    ),
    "an empty value": lambda p: _sheet(p, {"<f>E2+2</f>": "<f>E2+2</f><v></v>"}),
    "an empty value element": lambda p: _sheet(p, {"<f>E2+2</f>": "<f>E2+2</f><v/>"}),
    "a shared formula": lambda p: _sheet(p, {"<f>E2+2</f>": '<f t="shared" si="0"/>'}),
    "in another folder": lambda p: {
        k.replace("xl/worksheets", "elsewhere"): _renamed(v, "worksheets/", "../elsewhere/")
        for k, v in p.items()
    },
}


def _renamed(data: str | bytes, old: str, new: str) -> str | bytes:
    return data.replace(old, new) if isinstance(data, str) else data


def _sheet(p: dict[str, str | bytes], words: dict[str, str]) -> dict[str, str | bytes]:
    sheet = str(p["xl/worksheets/sheet1.xml"])
    for old, new in words.items():
        assert old in sheet
        sheet = sheet.replace(old, new)
    return p | {"xl/worksheets/sheet1.xml": sheet}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_error_and_a_formula_without_result_are_named_in_every_dialect(
    dialect: str, tmp_path: Path
) -> None:
    path = parts.zipped(tmp_path / "富宁县.xlsx", DIALECTS[dialect](parts.xlsx_parts(ROW)))

    (grid,) = read_file(path)

    assert flaws_of(grid) == [(0, 4, "#DIV/0!", ERROR), (0, 5, "（公式未计算）", UNCALCULATED)]
    assert rows_of(grid) == [["1", "甲", "", "", "#DIV/0!", "（公式未计算）", ""]]


def test_a_text_that_was_calculated_to_be_empty_is_empty(tmp_path: Path) -> None:
    rows = f'<row r="2">{parts.text_cell("B2", "甲")}<c r="F2" t="str"><f>""</f><v></v></c></row>'

    (grid,) = read_file(parts.xlsx(tmp_path / "富宁县.xlsx", rows))

    assert (rows_of(grid)[0][5], grid.flaws) == ("", [])


def test_cells_of_all_kinds_are_text(tmp_path: Path) -> None:
    rows = (
        f'<row r="2">{parts.text_cell("B2", "甲_x000D_乙_x005F_x0041_")}<c r="A2"><v>007</v></c>'
        '<c r="C2" t="b"><v>1</v></c><c r="D2"><v>1.5E3</v></c><c r="E2"><v>0.1</v></c>'
        '<c r="F2" t="d"><v>2021-06-03T00:00:00</v></c><c r="G2"><v>5.33E+17</v></c></row>'
    )

    (grid,) = read_file(parts.xlsx(tmp_path / "富宁县.xlsx", rows))

    assert rows_of(grid) == [
        ["7", "甲\r乙_x0041_", "TRUE", "1500", "0.1", "2021-06-03", "5.33e+17"],
    ]


def test_texts_that_look_like_markup_or_escapes_come_back_as_they_were(tmp_path: Path) -> None:
    texts = [
        *("<r>甲</r>", "<r><t>甲</t></r>", "<r>_x0041_\r</r>", "_x0041_", "_x005F_", "a_x000D_b"),
        *("_x0041_x0042_", "_x005F_x0041_", "_x005f_x000d_", "_x00", " a\r\x0b", "\ufffe\n"),
    ]
    path, made = tmp_path / "甲.xlsx", io.BytesIO()
    with workbook_into(made) as book:
        book.add_worksheet().write_column(0, 0, texts)
    path.write_bytes(made.getvalue())

    (sheet,) = xlsx_reader.read(path, 1 << 20)

    assert [text for (text,) in sheet.rows] == texts


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("yyyy-mm-dd", "2021-06-03"),
        ("yyyy&quot;年&quot;m&quot;月&quot;", "2021年6月"),
        ("[$-804]yyyy&quot;年&quot;m&quot;月&quot;;@", "2021年6月"),
        ("mmm\\-yy", "2021年6月"),
        ("m&quot;月&quot;", "2021年6月"),
        ("yyyy", "2021年"),
        ("m&quot;月&quot;d&quot;日&quot;", "2021-06-03"),
        ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "2021-06-03"),
        ("yyyy/m/d h:mm", "2021-06-03"),
        ("0.00E+00", "44350"),
        ("#,##0", "44350"),
        ("&quot;第&quot;0&quot;年d月&quot;", "44350"),
    ],
)
def test_a_date_is_read_as_what_its_format_shows(code: str, text: str, tmp_path: Path) -> None:
    rows = f'<row r="2">{parts.text_cell("B2", "甲")}<c r="E2" s="1"><v>44350</v></c></row>'

    (grid,) = read_file(parts.xlsx(tmp_path / "富宁县.xlsx", rows, styles=parts.formats(code)))

    assert (rows_of(grid)[0][4], grid.flaws) == (text, [])


@pytest.mark.parametrize("number", [27, 36, 50, 52, 57])
def test_formats_that_chinese_excel_knows_by_number_show_months_too(
    number: int, tmp_path: Path
) -> None:
    styles = f'<cellXfs><xf numFmtId="0"/><xf numFmtId="{number}"/></cellXfs>'
    rows = f'<row r="2">{parts.text_cell("B2", "甲")}<c r="E2" s="1"><v>44350</v></c></row>'

    (grid,) = read_file(parts.xlsx(tmp_path / "富宁县.xlsx", rows, styles=styles))

    assert rows_of(grid)[0][4] == "2021年6月"


@pytest.mark.parametrize(
    ("code", "value", "shown", "why"),
    [
        ("yyyy-mm-dd", "6.25", "1900-01-05 06:00:00", "早于2000年"),
        ("yyyy-mm-dd", "36525", "1999-12-31", "早于2000年"),
        ("h:mm", "0.5", "12:00:00", "是时刻"),
        ("h:mm", "44350.5", "12:00:00", "是时刻"),
        ("[h]:mm", "1.5", "36:00:00", "是时长"),
        ("yyyy-mm-dd", "-1", "-1", "早于2000年"),
    ],
)
def test_what_is_no_day_is_named_where_a_date_is_meant(
    code: str, value: str, shown: str, why: str, tmp_path: Path
) -> None:
    rows = f'<row r="2">{parts.text_cell("B2", "甲")}<c r="E2" s="1"><v>{value}</v></c></row>'

    (grid,) = read_file(parts.xlsx(tmp_path / "富宁县.xlsx", rows, styles=parts.formats(code)))

    (flaw,) = grid.flaws
    assert (flaw.value, flaw.as_date, why in flaw.message) == (shown, True, True)


def test_a_workbook_that_counts_from_1904_says_so_and_its_dates_are_right(tmp_path: Path) -> None:
    rows = (
        f'<row r="2">{parts.text_cell("B2", "甲")}<c r="D2"><v>42888</v></c>'
        '<c r="E2" s="1"><v>42888</v></c></row>'
    )
    path = parts.xlsx(
        tmp_path / "富宁县.xlsx",
        rows,
        styles=parts.formats("yyyy-mm-dd"),
        properties='date1904="1"',
    )

    (grid,) = read_file(path)

    assert (rows_of(grid)[0][3:5], grid.beside.epoch_1904) == (["42888", "2021-06-03"], True)


def test_reading_aids_are_no_part_of_a_text(tmp_path: Path) -> None:
    run = "<r><t>东</t></r><r><t>街</t></r><rPh sb='0' eb='1'><t>ドン</t></rPh>"
    rows = (
        f'<row r="2">{parts.text_cell("B2", "甲")}<c r="C2" t="inlineStr"><is>{run}</is></c></row>'
    )

    (grid,) = read_file(parts.xlsx(tmp_path / "富宁县.xlsx", rows))

    assert rows_of(grid)[0][2] == "东街"


def test_a_merged_error_is_an_error_in_every_row_that_it_covers(tmp_path: Path) -> None:
    rows = "".join(
        f'<row r="{n}">{parts.text_cell(f"B{n}", f"甲{n}")}'
        + ('<c r="F2" t="e"><v>#N/A</v></c>' if n == 2 else "")
        + "</row>"
        for n in (2, 3, 4)
    )
    merged = '<mergeCells><mergeCell ref="F2:F3"/><mergeCell ref="B4:D4"/></mergeCells>'

    (grid,) = read_file(parts.xlsx(tmp_path / "富宁县.xlsx", rows, after=merged))

    assert [(row, at) for row, at, *_ in flaws_of(grid)] == [(0, 5), (1, 5)]
    assert [(one.row, one.left, one.right) for one in grid.beside.across] == [(2, 1, 3)]


def test_what_a_sheet_shows_beside_text_is_told(tmp_path: Path) -> None:
    picture = '<f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v>'
    rows = (
        f'<row r="2" hidden="1">{parts.text_cell("B2", "甲")}'
        f'<c r="G2" t="str">{picture}</c></row>'
        f'<row r="3"><c r="B3" s="1" t="inlineStr"><is><t>乙</t></is></c><c r="C3" s="2"/></row>'
    )
    styles = (
        "<fonts><font/><font><strike/></font></fonts>"
        '<fills><fill/><fill/><fill><patternFill patternType="solid"><fgColor rgb="FFFFFF00"/>'
        "</patternFill></fill></fills>"
        '<cellXfs><xf/><xf fontId="1"/><xf fillId="2"/></cellXfs>'
    )
    made = parts.xlsx_parts(
        rows, styles=styles, after='<hyperlinks><hyperlink ref="C3"/></hyperlinks>'
    )
    drawing = (
        '<d:wsDr xmlns:d="d" xmlns:a="a" xmlns:r="r"><d:twoCellAnchor><d:from><d:col>6</d:col>'
        '<d:row>2</d:row></d:from><d:pic><a:blip r:embed="r1"/></d:pic></d:twoCellAnchor></d:wsDr>'
    )
    made |= {
        "xl/workbook.xml": str(made["xl/workbook.xml"]).replace(
            'sheetId="1"', 'sheetId="1" state="hidden"'
        ),
        "xl/worksheets/_rels/sheet1.xml.rels": parts.relations(
            ("r1", "drawing", "../drawings/drawing1.xml"), ("r2", "comments", "../comments1.xml")
        ),
        "xl/drawings/drawing1.xml": drawing,
        "xl/drawings/_rels/drawing1.xml.rels": parts.relations(("r1", "image", "../media/a.png")),
        "xl/comments1.xml": '<comments><commentList><comment ref="B3"/></commentList></comments>',
        "xl/cellimages.xml": (
            '<e:cellImages xmlns:e="e" xmlns:r="r"><e:pic><e:cNvPr name="ID_1"/>'
            '<e:blip r:embed="r1"/></e:pic></e:cellImages>'
        ),
        "xl/_rels/cellimages.xml.rels": parts.relations(("r1", "image", "media/b.png")),
        "xl/media/a.png": b"a",
        "xl/media/b.png": b"b",
    }

    path = parts.zipped(tmp_path / "富宁县.xlsx", made)
    (grid,) = read_file(path)

    beside = grid.beside
    with Pictures(path) as pictures:
        assert {pictures.read(str(one.part)) for one in beside.pictures} == {b"a", b"b"}
    assert (beside.hidden_sheet, beside.hidden_rows, beside.coloured) == (True, (2,), True)
    assert (beside.comments, beside.links, beside.struck) == (1, 1, 1)
    assert {(one.line, one.column, one.part) for one in beside.pictures} == {
        (3, 6, "xl/media/a.png"),
        (2, 6, "xl/media/b.png"),
    }
    assert rows_of(grid)[0][6] == ""


# ---------------------------------------------------------------- other formats


def test_an_ods_sheet_is_read_in_the_dialects_of_its_writers(tmp_path: Path) -> None:
    p = "<text:p>{}</text:p>"
    text = f'<table:table-cell office:value-type="string">{p}</table:table-cell>'
    note = "<office:annotation><text:p>批注</text:p></office:annotation>"
    month = f'office:date-value="2021-06-03">{p.format("2021年6月")}</table:table-cell>'
    wrong_text = f'calcext:value-type="error">{p.format("#REF!")}</table:table-cell>'
    named = "<table:table-cell table:"
    cells = "".join(
        [
            '<table:table-cell office:value-type="float" office:value="7"/>',
            text.format(f"甲<text:s text:c='2'/>乙{note}"),
            f'{named}formula="of:=[.A1]"/>',
            '<table:table-cell office:value-type="date" office:date-value="2021-06-03T00:00:00"/>',
            f'{named}style-name="ce1" office:value-type="date" {month}',
            f'{named}formula="of:=#REF!" office:value-type="string" {wrong_text}',
            f'{named}formula="of:=1" office:value-type="string"><text:p/></table:table-cell>',
        ]
    )
    styles = (
        '<number:date-style style:name="N1"><number:year/><number:month/></number:date-style>'
        '<style:style style:name="ce1" style:family="table-cell" style:data-style-name="N1"/>'
    )
    twice = f"<table:table-row table:number-rows-repeated='2'>{cells}</table:table-row>"
    far = "<table:table-row table:number-rows-repeated='1048000'><table:table-cell/>"
    far += "</table:table-row>"

    (grid,) = read_file(parts.ods(tmp_path / "富宁县.ods", twice + far, styles=styles))

    row = ["7", "甲  乙", "（公式未计算）", "2021-06-03", "2021年6月", "#REF!", ""]
    assert rows_of(grid) == [row, row]
    wrong = [(2, "（公式未计算）", UNCALCULATED), (5, "#REF!", ERROR)]
    assert [one[1:] for one in flaws_of(grid)] == [*wrong, *wrong]


def test_a_column_says_the_format_of_ods_cells_that_say_none(tmp_path: Path) -> None:
    styles = (
        '<number:date-style style:name="N1"><number:year/><number:month/></number:date-style>'
        '<style:style style:name="ce1" style:family="table-cell" style:data-style-name="N1"/>'
    )
    columns = (
        '<table:table-column table:number-columns-repeated="4"/>'
        '<table:table-column table:default-cell-style-name="ce1"/>'
    )
    date = '<table:table-cell office:value-type="date" office:date-value="2021-06-03"/>'
    text = '<table:table-cell office:value-type="string"><text:p>甲</text:p></table:table-cell>'
    blank = "<table:table-cell/>"
    rows = f"<table:table-row>{blank}{text}{blank}{date}{date}</table:table-row>"

    (grid,) = read_file(parts.ods(tmp_path / "富宁县.ods", rows, styles=styles, columns=columns))

    assert rows_of(grid)[0][3:5] == ["2021-06-03", "2021年6月"]


def test_an_xlsb_workbook_is_read_record_by_record(tmp_path: Path) -> None:
    rows = [
        [
            (2, struct.pack("<I", 7 << 2 | 2)),
            parts.xlsb_text("甲"),
            (11, bytes([0x2A])),
            (5, struct.pack("<d", 44350)),
            (2, struct.pack("<I", 44350 << 2 | 2)),
            (4, b"\1"),
            (8, struct.pack("<I", 1) + "乙".encode("utf-16-le")),
        ]
    ]

    (grid,) = read_file(parts.xlsb(tmp_path / "富宁县.xlsb", rows))

    assert rows_of(grid) == [["7", "甲", "#N/A", "44350", "44350", "TRUE", "乙"]]
    assert flaws_of(grid) == [(0, 2, "#N/A", ERROR)]


def test_the_xml_workbook_of_excel_2003_is_read(tmp_path: Path) -> None:
    space = "urn:schemas-microsoft-com:office:spreadsheet"

    def cell(kind: str, text: str, more: str = "") -> str:
        return f'<Cell {more}><Data ss:Type="{kind}">{text}</Data></Cell>'

    header = "".join(cell("String", name) for name in parts.HEADER)
    row = (
        cell("Number", "7") + cell("String", "甲")
        + cell("DateTime", "2021-06-03T00:00:00.000", 'ss:Index="4"')
        + cell("DateTime", "2021-06-03T00:00:00.000", 'ss:StyleID="s1"')
        + '<Cell ss:Formula="=1"/>' + cell("Error", "#N/A")
    )  # fmt: skip
    text = (
        f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}"><Styles>'
        '<Style ss:ID="s1"><NumberFormat ss:Format="yyyy\\-mm"/></Style></Styles>'
        f'<Worksheet ss:Name="清单"><Table><Row>{header}</Row>'
        f'<Row ss:Index="4">{row}</Row></Table></Worksheet></Workbook>'
    )
    path = tmp_path / "富宁县.xls"
    path.write_text(text, encoding="utf-8")

    (grid,) = read_file(path)

    told = ["7", "甲", "", "2021-06-03", "2021年6月", "（公式未计算）", "#N/A"]
    assert (rows_of(grid), grid.line_of(slice(None))) == ([told], [4])  # type: ignore[arg-type]
    assert [one[3] for one in flaws_of(grid)] == [UNCALCULATED, ERROR]


def test_merged_and_typed_cells_of_that_workbook_say_what_it_shows(tmp_path: Path) -> None:
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    header = "".join(
        f'<Cell><Data ss:Type="String">{name}</Data></Cell>' for name in parts.HEADER[:6]
    )
    text = (
        f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}"><Styles>'
        '<Style ss:ID="d"><NumberFormat ss:Format="Short Date"/></Style>'
        '<Style ss:ID="t"><NumberFormat ss:Format="Short Time"/></Style></Styles>'
        f"<Worksheet><Table><Row>{header}</Row>"
        '<Row><Cell ss:MergeDown="1" ss:HRef="x"><Data ss:Type="Number">7</Data></Cell>'
        '<Cell ss:MergeAcross="1"><Data ss:Type="String">甲</Data></Cell>'
        '<Cell><Data ss:Type="Boolean">1</Data></Cell>'
        '<Cell ss:StyleID="d"><Data ss:Type="Number">44350</Data></Cell>'
        '<Cell ss:StyleID="t"><Data ss:Type="DateTime">1899-12-31T08:30:00.000</Data></Cell></Row>'
        '<Row><Cell ss:Index="2"><Data ss:Type="String">乙</Data><Comment/></Cell></Row>'
        "</Table></Worksheet></Workbook>"
    )
    path = tmp_path / "富宁县.xls"
    path.write_text(text, encoding="utf-8")

    (grid,) = read_file(path)

    assert rows_of(grid) == [
        ["7", "甲", "", "TRUE", "2021-06-03", "1899-12-31 08:30:00"],
        ["7", "乙", "", "", "", ""],
    ]
    assert [one[:2] for one in flaws_of(grid)] == [(0, 5)]
    assert (grid.beside.links, grid.beside.comments) == (1, 1)


def test_an_ods_cell_is_read_as_it_is_shown_whatever_its_kind(tmp_path: Path) -> None:
    def cell(kind: str, value: str, shown: str = "") -> str:
        told = f'office:{"value" if kind in ("float", "percentage") else f"{kind}-value"}="{value}"'
        text = f"<text:p>{shown}</text:p>" if shown else ""
        return f'<table:table-cell office:value-type="{kind}" {told}>{text}</table:table-cell>'

    spaced = '甲<text:s text:c="2"/><text:span>乙</text:span><text:tab/>丙<text:line-break/>丁'
    row = (
        cell("float", "7", "7.00")
        + cell("string", "", spaced)
        + cell("percentage", "0.5", "50%")
        + cell("boolean", "true")
        + cell("time", "PT08H30M00S", "08:30")
        + cell("float", "七")
    )
    rows = f"<table:table-row>{row}</table:table-row>"
    rows = f"<table:table-header-rows>{rows}</table:table-header-rows>"

    (grid,) = read_file(parts.ods(tmp_path / "富宁县.ods", rows))

    assert [told[:6] for told in rows_of(grid)] == [
        ["7", "甲  乙\t丙\n丁", "50%", "TRUE", "08:30", "七"]
    ]
    assert [one[:2] for one in flaws_of(grid)] == [(0, 4)]


# ---------------------------------------------------------------- both readers


def test_both_readers_of_large_sheets_read_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = (
        '<row r="{0}"><c r="A{0}"><v>{0}</v></c><c r="B{0}" t="inlineStr"><is><t>甲{0}</t></is></c>'
        '<c r="C{0}"><v>0.{0}</v></c><c r="E{0}" s="1"><v>{1}</v></c><c r="F{0}" t="b"><v>1</v></c>'
        '<c r="G{0}" t="inlineStr"><is><t xml:space="preserve"> 甲&amp;{0}&lt;乙 </t></is></c>'
        '<c r="H{0}" s="1"/></row>'
    )
    rows = "".join(cells.format(n, 44000 + n % 500) for n in range(3, 7000)) + '<row r="7001"/>'
    rows += '<row r="7002"><c r="I7002" t="str"><v>丙</v></c><c r="J7002" t="b"/></row>'
    path = parts.xlsx(
        tmp_path / "富宁县.xlsx",
        rows,
        styles=parts.formats("yyyy\\-mm\\-dd"),
        after='<mergeCells><mergeCell ref="G5:G900"/><mergeCell ref="B3:C3"/></mergeCells>',
    )
    with zipfile.ZipFile(path) as archive:
        assert regular.is_large(archive.getinfo("xl/worksheets/sheet1.xml").file_size)
    # Parted within the sheet, and with a column more further down.
    monkeypatch.setattr(regular, "_PIECE", 1 << 18)
    (fast,) = xlsx_reader.read(path, 1 << 30)
    assert fast.columns, "it is regular"
    filling.fill_down(fast)
    monkeypatch.setattr(regular, "is_large", lambda _size: False)
    (exact,) = xlsx_reader.read(path, 1 << 30)
    filling.fill_down(exact)

    assert fast.lines == exact.lines
    width = len(fast.rows[0])
    assert fast.rows == [row + [""] * (width - len(row)) for row in exact.rows]


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="F9" t="e"><v>#N/A</v></c>',
        "<c r='F9' t='e'><v>#N/A</v></c>",
        '<c r="F9"><f>A1</f></c>',
        '<c r="F9" s="1"><v>44350</v></c>',
        '<c t="inlineStr"><is><t>x</t></is></c>',
        '<c r="F9" t="inlineStr"><is><t>x</t><rPh sb="0" eb="1"><t>y</t></rPh></is></c>',
        '<c r="F9" t="b"><v></v></c>',
    ],
)
def test_a_large_sheet_that_is_not_regular_throughout_is_read_exactly(
    cell: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filler = "".join(
        f'<row r="{n}">{parts.text_cell(f"B{n}", "甲" * 100)}</row>' for n in range(10, 5000)
    )
    rows = f'<row r="9">{parts.text_cell("B9", "甲")}{cell}</row>{filler}'
    path = parts.xlsx(tmp_path / "富宁县.xlsx", rows, styles=parts.formats("yyyy\\-mm"))
    (found,) = xlsx_reader.read(path, 1 << 30)
    monkeypatch.setattr(regular, "is_large", lambda _size: False)

    assert [found] == xlsx_reader.read(path, 1 << 30)


def test_the_cases_are_read_as_before() -> None:
    for path in (CASES / "sheets").iterdir():
        if path.suffix in (".xlsx", ".xls", ".ods"):
            assert read_file(path)


@pytest.mark.parametrize(
    ("code", "shows"),
    [("General", Shows.NUMBER), ("@", Shows.NUMBER), ("mm:ss.0", Shows.CLOCK), ("", Shows.NUMBER),
     ("[mm]:ss", Shows.SPAN), ("aaaa", Shows.DATE), ("e&quot;", Shows.YEAR),
     ("上午/下午h时mm分", Shows.CLOCK), ("d" * 10_000, Shows.DATE), ('"' * 10_000, Shows.NUMBER)],
)  # fmt: skip
def test_what_a_format_shows_is_told_by_its_code(code: str, shows: Shows) -> None:
    assert shown_by(code) is shows
