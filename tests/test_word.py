"""Word templates as an office edits them: what they give, and every way to get them wrong."""

from __future__ import annotations

import datetime as dt
import io
import struct
import time
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm

from conftest import converted
from duzhan.errors import DuzhanError
from duzhan.report.templates import docx as word
from duzhan.report.templates import sandbox
from duzhan.report.templates.docx import WordTemplate

if TYPE_CHECKING:
    from pathlib import Path

    from docx.document import Document

DAY = dt.date(2021, 6, 27)
CONTEXT: dict[str, Any] = {
    "county": "富宁县",
    "text": "占道经营 <b>&\"'</b>",
    "rows": [{"id": "富宁-0001", "days": 3}, {"id": "富宁-0002", "days": 12}],
}


def made(root: Path, *paragraphs: str, table: list[str] | None = None) -> bytes:
    """What a template with these paragraphs, and rows of a table, gives."""
    template = docx.Document()
    for text in paragraphs:
        template.add_paragraph(text)
    if table:
        grid = template.add_table(len(table), 2)
        for place, text in enumerate(table):
            for cell, part in zip(grid.rows[place].cells, text.split("|"), strict=False):
                cell.text = part
    return saved(root, template)


def saved(root: Path, template: Document, context: dict[str, Any] | None = None) -> bytes:
    """What a template gives."""
    file = io.BytesIO()
    template.save(file)
    write(root, file.getvalue())
    return WordTemplate("页.docx", root).render(context or CONTEXT, DAY)


def write(root: Path, data: bytes) -> None:
    """Put a template into the dataset's folder."""
    (root / "templates").mkdir(exist_ok=True)
    (root / "templates" / "页.docx").write_bytes(data)


def opened(data: bytes) -> Document:
    """Read a document."""
    return docx.Document(io.BytesIO(data))


def texts(data: bytes) -> list[str]:
    """Its paragraphs that hold text."""
    return [one.text for one in opened(data).paragraphs if one.text]


def fault(root: Path, *paragraphs: str, table: list[str] | None = None) -> str:
    """The one line that says what is wrong."""
    with pytest.raises(DuzhanError) as error:
        made(root, *paragraphs, table=table)
    (line,) = error.value.lines
    return line


def unpacked(data: bytes) -> dict[str, bytes]:
    """The parts of a package."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def grey(width: int, height: int) -> bytes:
    """A PNG of one grey."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


# ---------------------------------------------------------------- what they give


def test_what_data_holds_is_text_and_never_markup(tmp_path: Path) -> None:
    assert texts(made(tmp_path, "{{ county }}：{{ text }}")) == ["富宁县：占道经营 <b>&\"'</b>"]


def test_rows_and_paragraphs_are_repeated_and_left_out(tmp_path: Path) -> None:
    data = made(
        tmp_path,
        "{%p if rows %}",
        "有{{ rows|length }}件",
        "{%p else %}",
        "没有",
        "{%p endif %}",
        table=[
            "编号|天数",
            "{%tr for row in rows %}",
            "{{ row.id }}|{{ row.days }}",
            "{%tr endfor %}",
        ],
    )
    assert texts(data) == ["有2件"]
    rows = [[cell.text for cell in row.cells] for row in opened(data).tables[0].rows]
    assert rows == [["编号", "天数"], ["富宁-0001", "3"], ["富宁-0002", "12"]]


def test_breaks_in_data_stay_breaks_and_control_characters_are_shown(tmp_path: Path) -> None:
    template = docx.Document()
    template.add_paragraph("{{ text }}。")
    data = saved(tmp_path, template, {"text": "第一行\n第二行\t甲\x07\x0b\x0c\x1f乙\ufffe"})
    assert texts(data) == ["第一行\n第二行\t甲␇␋␌␟乙 。"]


def test_header_footer_and_title_are_filled_in_too(tmp_path: Path) -> None:
    template = docx.Document()
    template.add_paragraph("正文")
    template.sections[0].header.paragraphs[0].text = "{{ county }}眉"
    template.sections[0].footer.paragraphs[0].text = "{{ county }}脚"
    template.core_properties.title = "{{ county }}题"
    document = opened(saved(tmp_path, template))
    assert document.sections[0].header.paragraphs[0].text == "富宁县眉"
    assert document.sections[0].footer.paragraphs[0].text == "富宁县脚"
    assert document.core_properties.title == "富宁县题"


def test_the_words_of_the_text_templates_are_there(tmp_path: Path) -> None:
    template = docx.Document()
    template.add_paragraph("{{ day|month_day }}、{{ 12|numeral }}")
    assert texts(saved(tmp_path, template, {"day": DAY})) == ["6月27日、十二"]


def test_the_same_inputs_give_the_same_parts_at_any_time(tmp_path: Path) -> None:
    first = made(tmp_path, "{{ county }}")
    time.sleep(2.1)  # The times in a zip file are even seconds.
    second = WordTemplate("页.docx", tmp_path).render(CONTEXT, DAY)
    assert first == second
    properties = opened(first).core_properties
    assert properties.created == properties.modified == dt.datetime(2021, 6, 27, tzinfo=dt.UTC)


def test_a_picture_has_its_words_and_is_no_wider_than_the_text(tmp_path: Path) -> None:
    template = docx.Document()
    template.add_paragraph("{{ picture }}")
    template.add_paragraph("{{ small }}")
    template.add_paragraph("{{ picture }}")
    template.add_paragraph("{{ tall }}")
    file = io.BytesIO()
    template.save(file)
    write(tmp_path, file.getvalue())
    page = WordTemplate("页.docx", tmp_path)
    large = page.picture(grey(3000, 1500), '达标率<&>"图"', 3)
    tall = page.picture(grey(600, 3000), "高图", 3)
    small_one = page.picture(grey(300, 150), "小图", 3)
    data = page.render({"picture": large, "small": small_one, "tall": tall}, DAY)
    document = opened(data)
    first, small, again, high = document.inline_shapes
    assert (high.width, high.height) == (Mm(42), Mm(210))
    assert first.width == again.width == Mm(156)
    assert first.height == Mm(78)
    assert small.width == 100 * 9525
    numbers = {shape._inline.docPr.get("id") for shape in (first, small, again)}
    assert len(numbers) == 3
    assert first._inline.docPr.get("descr") == '达标率<&>"图"'
    assert len([name for name in unpacked(data) if name.startswith("word/media/")]) == 3


def test_libreoffice_opens_what_was_made(tmp_path: Path) -> None:
    (tmp_path / "页.docx").write_bytes(made(tmp_path, "{{ county }}{{ text }}"))
    text = converted(tmp_path / "页.docx", "txt:Text (encoded):UTF8", tmp_path).read_text(
        "utf-8-sig"
    )
    assert text.strip() == "富宁县占道经营 <b>&\"'</b>"


# ---------------------------------------------------------------- what can be wrong


def test_a_mistake_quotes_its_paragraph_and_says_what_is_wrong(tmp_path: Path) -> None:
    file = "模板 templates/页.docx "
    assert fault(tmp_path, "第一段", "本周{{ countty }}的情况", "第三段") == (
        f"{file}“本周{{{{ countty }}}}的情况”处：没有“countty”这个变量，是否为“county”？"
    )
    assert fault(tmp_path, "第一段", "{{ county | uper }}") == (
        f"{file}“{{{{ county | uper }}}}”处：没有“uper”这个过滤器"
    )
    assert fault(tmp_path, "{% for row in rows %}", "{{ row.id }}").endswith("“for”没有结束")
    outside = fault(tmp_path, table=["{{ rows[5].id }}"])
    assert outside.startswith(f"{file}“{{{{ rows[5].id }}}}”处：")
    long = f"{{{{ nothing }}}}{'很长' * 60}"
    assert fault(tmp_path, long) == f"{file}“{long[:40]}…”处：没有“nothing”这个变量"


def test_a_mistake_in_a_header_or_in_the_title_is_found_there(tmp_path: Path) -> None:
    template = docx.Document()
    template.sections[0].header.paragraphs[0].text = "眉{{ nowhere }}"
    with pytest.raises(DuzhanError, match=r"“眉\{\{ nowhere \}\}”处：没有“nowhere”这个变量"):
        saved(tmp_path, template)
    template = docx.Document()
    template.core_properties.title = "{{ nowhere }}"
    with pytest.raises(DuzhanError, match=r"templates/页.docx 文档属性：没有“nowhere”这个变量"):
        saved(tmp_path, template)


def test_a_template_can_neither_reach_files_nor_run_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "SECONDS", 0.5)
    insides = "{{ county.__class__.__mro__[1].__subclasses__() }}"
    assert "__class__" in fault(tmp_path, insides)
    assert "找不到所引用的模板" in fault(tmp_path, "{% include '/etc/passwd' %}")
    assert "检查循环" in fault(
        tmp_path,
        "{% for a in range(99999) %}{% for b in range(99999) %}{{ a*b }}{% endfor %}{% endfor %}",
    )


def test_tags_that_tear_the_document_are_refused_and_nothing_is_dropped(tmp_path: Path) -> None:
    line = fault(tmp_path, "甲", "{%tr if county %}", "乙", "{% endif %}")
    assert line.startswith("模板 templates/页.docx")
    torn = fault(tmp_path, "开头{% if not county %}", table=["{% endif %}甲|乙"])
    assert torn.startswith("模板 templates/页.docx：填好以后不是完整的文档，请检查")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old .doc",
        b"PK\x03\x04 torn",
        b"plain text",
    ],
)
def test_what_is_no_docx_is_refused_with_the_remedy(tmp_path: Path, data: bytes) -> None:
    write(tmp_path, data)
    with pytest.raises(DuzhanError) as error:
        WordTemplate("页.docx", tmp_path)
    (line,) = error.value.lines
    assert line == (
        "模板 templates/页.docx 不是 Word 的 .docx 文档；.doc、.wps 请在 Word 或 WPS 里另存为 .docx"
    )


def test_a_torn_part_a_workbook_and_a_bomb_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = io.BytesIO()
    docx.Document().save(file)
    parts = unpacked(file.getvalue())
    whole = file.getvalue()
    for bad in (
        packed({**parts, "word/document.xml": b"<w:document"}),
        packed({"[Content_Types].xml": parts["[Content_Types].xml"]}),
        packed({"xl/workbook.xml": b"<workbook/>"}),
        whole[: len(whole) // 2],
    ):
        write(tmp_path, bad)
        with pytest.raises(DuzhanError, match=r"不是 Word 的 \.docx 文档"):
            WordTemplate("页.docx", tmp_path)
    monkeypatch.setattr(word, "_LARGEST", 1 << 20)
    write(tmp_path, packed({**parts, "word/media/a.bin": b"\0" * (2 << 20)}))
    with pytest.raises(DuzhanError, match="展开后超过 1 MiB"):
        WordTemplate("页.docx", tmp_path)


def packed(parts: dict[str, bytes]) -> bytes:
    """A package of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


def test_nothing_that_a_template_would_fetch_survives(tmp_path: Path) -> None:
    outside = "http://203.0.113.5/x"
    page = docx.Document()
    part = page.part
    link = part.relate_to(outside, RT.HYPERLINK, is_external=True)
    picture = part.relate_to(f"{outside}.png", RT.IMAGE, is_external=True)
    paragraph = page.add_paragraph("{{ word }}")._p
    paragraph.append(
        parse_xml(
            f'<w:hyperlink {nsdecls("w", "r")} r:id="{link}"><w:r><w:t>看这里</w:t></w:r>'
            f'<w:r><a:blip xmlns:a="urn:a" r:link="{picture}"/></w:r></w:hyperlink>'
        )
    )
    settings = page.settings.element
    template = page.part._settings_part.relate_to(
        outside, f"{RT.STYLES[:-6]}attachedTemplate", is_external=True
    )
    settings.append(parse_xml(f'<w:attachedTemplate {nsdecls("w", "r")} r:id="{template}"/>'))
    document = saved(tmp_path, page, {"word": "积水"})

    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        whole = {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}
    assert not [name for name, text in whole.items() if "203.0.113.5" in text]
    assert not [name for name, text in whole.items() if 'TargetMode="External"' in text]
    assert "attachedTemplate" not in whole["word/settings.xml"]
    assert "看这里" in whole["word/document.xml"]
    assert "积水" in [p.text for p in docx.Document(io.BytesIO(document)).paragraphs][-1]
