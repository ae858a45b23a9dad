"""The weekly report in Word: its figures, order and looks, and the template it is made from."""

from __future__ import annotations

import functools
import io
import itertools
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from typing import TYPE_CHECKING, Any

import docx
import pytest
from docx.oxml.ns import qn

from conftest import (
    CASES,
    REPOSITORY,
    Run,
    all_converted,
    case_dataset,
    converted,
    done,
    read_json,
    require,
)
from duzhan.campaign.standing import Campaign
from duzhan.errors import DuzhanError
from duzhan.report.charts import drawing
from duzhan.report.charts.weekly import charts
from duzhan.report.templates.docx_layout import _Column, column_widths
from duzhan.report.weekly import docx as weekly_docx
from small import Calls
from weekly import Weeks

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path

    from docx.document import Document
    from docx.table import Table

    from duzhan.compliance.week_report import WeekReport
    from duzhan.report.charts.drawing import Chart

SAMPLE = REPOSITORY / "data"
TEMPLATE = REPOSITORY / "templates" / weekly_docx.TEMPLATE
WEEKS = ["2021-W22", "2021-W25", "2021-W30", "2021-W36", "2021-W52"]
HEADINGS = [
    "总体情况",
    "达标情况",
    "本周新增、整改、销号、退回",
    "超期和待核验",
    "",
    "距下一节点",
    "数据质量",
]
TEXT_WIDTH = 8845  # 156 mm in twentieths of a point
MM = 72 / 25.4


@functools.cache
def weeks(root: Path = SAMPLE) -> Weeks:
    """A dataset read once."""
    return Weeks(root)


def written(report: WeekReport, root: Path | None = None) -> Document:
    """A report without charts, opened as Word would."""
    return docx.Document(io.BytesIO(weekly_docx.render(report, root)))


@functools.cache
def rendered(week: str, county: str = "", *, charts: bool = False) -> bytes:
    """The sample's report of a week, or a county's summary."""
    report = weeks().report(week)
    report = of_county(report, county) if county else report
    return weekly_docx.render(report, None, drawn(report) if charts else ())


@functools.cache
def written_of(week: str, county: str = "") -> Document:
    """The same, opened, for tests that only read it."""
    return docx.Document(io.BytesIO(rendered(week, county)))


def of_county(report: WeekReport, name: str) -> WeekReport:
    """A county's own summary."""
    return report.of(next(c for c in report.roster.counties if c.name == name))


def drawn(report: WeekReport, source: Weeks | None = None) -> list[Chart]:
    """The charts that the command would draw."""
    source = source or weeks()
    day = report.week.as_of
    series = Campaign(source.dataset, day).series(day)
    return charts(report, series, source.sources.records, source.dataset.rules)


def headings(document: Document) -> list[str]:
    """The first-level headings in their order."""
    return [p.text for p in document.paragraphs if p.style and p.style.style_id == "Heading1"]


def table_with(document: Document, *titles: str) -> Table:
    """The table whose head has these titles."""
    return next(
        table
        for table in document.tables
        if set(titles) <= {cell.text for cell in table.rows[0].cells}
    )


def cells(table: Table) -> list[list[str]]:
    """A table's text."""
    return [[cell.text for cell in row.cells] for row in table.rows]


def all_text(document: Document) -> str:
    """Everything in the body, paragraphs and cells."""
    return "\n".join("".join(t.itertext()) for t in document.element.body)


# ---------------------------------------------------------------- the template


def test_the_template_keeps_the_habits_of_official_documents() -> None:
    template = docx.Document(str(TEMPLATE))
    section = template.sections[0]
    millimetres = [
        round(side.mm)
        for side in (
            section.page_width,
            section.page_height,
            section.top_margin,
            section.bottom_margin,
            section.left_margin,
            section.right_margin,
        )
        if side
    ]
    assert millimetres == [210, 297, 37, 35, 28, 26]
    looks = {
        "Title": ("方正小标宋简体", 22),
        "Body Text": ("仿宋_GB2312", 16),
        "Heading 1": ("黑体", 16),
        "Heading 2": ("楷体_GB2312", 16),
    }
    for name, (font, size) in looks.items():
        style = template.styles[name]
        fonts = style.element.rPr.find(qn("w:rFonts"))
        assert fonts.get(qn("w:eastAsia")) == font
        assert style.element.rPr.find(qn("w:sz")).get(qn("w:val")) == str(2 * size)
    spacing = template.styles["Body Text"].element.pPr.find(qn("w:spacing"))
    assert (spacing.get(qn("w:line")), spacing.get(qn("w:lineRule"))) == ("560", "exact")
    with zipfile.ZipFile(TEMPLATE) as package:
        fonts_known = ET.fromstring(package.read("word/fontTable.xml"))  # noqa: S314 - our own
        feet = [package.read(f"word/footer{side}.xml").decode() for side in (1, 2)]
    others = {
        font.get(qn("w:name")): font.find(qn("w:altName")).get(qn("w:val"))  # type: ignore[union-attr]
        for font in fonts_known
    }
    assert "仿宋,FangSong" in str(others["仿宋_GB2312"])
    assert all("Noto" in str(others[name]) for name in others if name != "Times New Roman")
    for foot in feet:
        assert re.sub("<[^>]+>", "", foot.split("?>")[1]).strip() == "– 1 –"
        assert "PAGE" in foot


# ---------------------------------------------------------------- figures


def percent(rate: dict[str, int] | None) -> str:
    """A rate as the report shows it, from the JSON's whole numbers."""
    assert rate
    tenths = rate["numerator"] * 1000 // rate["denominator"]
    return f"{tenths // 10}.{tenths % 10}%"


def expected_row(county: dict[str, Any]) -> dict[str, str]:
    """What ``status --json`` says of a county, in the words of the report's table."""
    issues, score = county["issues"], county["score"]
    light = {"red": "■红", "yellow": "▲黄", "green": "●绿"}[county["light"]]
    points = "—" if score is None else str("—" if score["value"] is None else score["value"])
    points += "" if score is None else f"（{score['assessor']}）"
    if issues is None:
        return {"灯": light, "达标率": "无数据", "销号/总数": "—", "评分": points, "超期": "—"}
    return {
        "灯": light,
        "达标率": percent(county["rectification_rate"]) if issues["total"] else "无问题",
        "销号/总数": f"{issues['closed']}/{issues['total']}",
        "评分": points,
        "超期": str(issues["overdue"]),
        "待核验": str(issues["claimed"]),
    }


def compare(document: Document, status: dict[str, Any]) -> int:
    """Compare the table of the counties with JSON; give the number of cells compared."""
    head, *rows = cells(table_with(document, "县（市）", "达标率"))
    found = {row[0]: dict(zip(reversed(head), reversed(row), strict=True)) for row in rows}
    assert sorted(found) == sorted(county["county"] for county in status["counties"])
    compared = 0
    for county in status["counties"]:
        for title, figure in expected_row(county).items():
            # 上周 stands after each figure; the first column of a title is this week's.
            first = rows[[row[0] for row in rows].index(county["county"])][head.index(title)]
            assert first == figure, (county["county"], title)
            compared += 1
    return compared


@functools.cache
def status_on(day: dt.date) -> dict[str, Any]:
    """What the command says of the sample."""
    told: dict[str, Any] = read_json(
        done("--data", SAMPLE, "status", "--as-of", day.isoformat(), "--json")
    )
    return told


@pytest.mark.parametrize("week", WEEKS)
def test_figures_in_the_document_are_those_of_status_json(week: str) -> None:
    assert compare(written_of(week), status_on(weeks().report(week).week.as_of)) == 48


@pytest.mark.parametrize(
    ("case", "week", "day"),
    [
        ("clean", "2021-W25", "2021-06-27"),
        ("messy-1", "2021-W28", "2021-07-18"),
        ("messy-2", "2021-W25", "2021-06-27"),
    ],
)
def test_figures_of_the_cases_are_the_expected_ones(
    tmp_path: Path, case: str, week: str, day: str
) -> None:
    root = case_dataset(tmp_path / "ds", case)
    status = read_json((CASES / case / "expected" / f"{day}.json").read_text("utf-8"))["status"]
    report = Weeks(root).report(week)
    assert report.week.as_of.isoformat() == day
    assert compare(written(report), status) >= 40


def test_the_flow_in_the_document_balances() -> None:
    for week in WEEKS:
        table = cells(table_with(written_of(week), "本周新增", "期末未销号"))
        for _, opening, new, closed, sent_back, closing in table[1:]:
            assert int(opening) + int(new) - int(closed) + int(sent_back) == int(closing)
        sums = [sum(int(row[at]) for row in table[1:-1]) for at in range(1, 6)]
        assert [int(cell) for cell in table[-1][1:]] == sums


# ---------------------------------------------------------------- order and words


@pytest.mark.parametrize("week", WEEKS)
def test_sections_stand_in_the_order_of_the_report(week: str) -> None:
    shown = headings(written_of(week))
    assert shown[0] == "本期要点"
    for numeral, heading, part in zip("一二三四五六七", shown[1:], HEADINGS, strict=True):
        assert heading.startswith(f"{numeral}、")
        assert part in heading


def test_the_first_page_says_which_issue_period_and_day_it_is() -> None:
    lines = [p.text for p in written_of("2021-W25").paragraphs[:6]]
    assert lines == [
        weeks().dataset.rules.name,
        "督战周报",
        "第4期",
        "州爱卫专项办\t2021年6月27日",
        "2021年6月21日至27日督战情况",
        "（截至2021年6月27日24时）",
    ]


def test_a_week_before_the_first_issue_has_no_number() -> None:
    lines = [p.text for p in written(weeks().report("2021-W18")).paragraphs[:4]]
    assert lines[1] == "督战周报"
    assert lines[2].startswith("州爱卫专项办\t")


def test_a_countys_summary_is_addressed_to_its_group_and_copied_to_the_offices() -> None:
    report = weeks().report("2021-W25")
    for county in report.roster.counties:
        document = written_of("2021-W25", county.name)
        text = all_text(document)
        assert f"{county.name}督战组：" in text
        assert "抄送：州爱卫办、州爱卫专项办" in text
        assert "审核人：" in text
        assert len(headings(document)) == 7
        others = [c.name for c in report.roster.counties if c.name != county.name]
        assert not [name for name in others if f"{name}：" in text]


def test_every_page_shows_the_samples_mark_and_real_data_shows_none(dataset: Path) -> None:
    document = written_of("2021-W25")
    for header in (document.sections[0].header, document.sections[0].even_page_header):
        assert header.paragraphs[0].text == weeks().dataset.sample
    real = written(Weeks(dataset).report("2021-W25"))
    assert real.sections[0].header.paragraphs[0].text == ""
    assert "示例" not in all_text(real)


def test_small_print_says_where_the_figures_come_from() -> None:
    report, shown = weeks().report("2021-W25"), written_of("2021-W25").paragraphs
    notes = [p.text for p in shown if p.style and p.style.name == "说明"]
    assert len(notes) == 3
    assert notes[0].startswith("预测的依据：")
    assert "文办通〔2021〕81号" in notes[1]
    assert report.provenance.digest[:16] in notes[2]
    assert report.provenance.version in notes[2]


def test_marks_in_descriptions_stay_what_they_are(sample: Path) -> None:
    odd = "占道<b>&\"'{{ 7*7 }}{% if %}\x07经营"
    path = sample / "issues" / "丘北县.csv"
    lines = path.read_text("utf-8-sig").splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if line.startswith("丘北-0013,"))
    _, description, *rest = lines[at].split(",")
    assert description
    quoted = odd.replace('"', '""')
    lines[at] = ",".join(["丘北-0013", f'"{quoted}"', *rest])
    path.write_text("".join(lines), "utf-8-sig")
    table = cells(table_with(written(Weeks(sample).report("2021-W25")), "编号", "责任单位"))
    (row,) = [row for row in table if "丘北-0013" in row]
    assert row[2].startswith("占道<b>&\"'{{ 7*7 }}{% if %}␇经营（")


@pytest.mark.parametrize("week", ["2021-W17", "2021-W21", "2021-W25", "2021-W52"])
def test_a_dataset_without_anything_and_the_edges_of_the_campaign_make_sense(
    dataset: Path, week: str
) -> None:
    report = Weeks(dataset).report(week)
    for document, parts in (
        (written(report), 8),
        (written(of_county(report, "马关县")), 7),
        (written_of(week), 8),
        (written_of(week, "马关县"), 7),
    ):
        assert len(headings(document)) == parts
        assert not re.search(r"None|nan|第0|\{\{|\{%", all_text(document))


def test_another_campaign_without_offices_or_scores_is_another_dataset(sample: Path) -> None:
    roster, rules = sample / "groups.yaml", sample / "milestones.yaml"
    names = roster.read_text("utf-8").partition("\noffices:")[0]
    roster.write_text(f"{names}\n", "utf-8")
    text = re.sub(r" {6}- kind: score\n(?: {8,}.*\n)+", "", rules.read_text("utf-8"))
    rules.write_text(text.replace("end: 2021-12-31", "end: 2022-03-31", 1), "utf-8")
    (sample / "scores.csv").unlink()
    source = Weeks(sample)
    for week in ("2021-W25", "2022-W05"):
        report = source.report(week)
        # Painting takes longest: it is done once, of the week that only this campaign has.
        pictures = drawn(report, source) if week == "2022-W05" else []
        document = docx.Document(io.BytesIO(weekly_docx.render(report, sample, pictures)))
        assert len(headings(document)) == 8
        assert len(document.inline_shapes) == len(pictures)
        assert "第" not in document.paragraphs[3].text
        assert document.paragraphs[3].text.startswith("\t202")
        assert headings(written(of_county(report, "富宁县"), sample))[6].startswith("七、")
    assert len(pictures) == 2


# ---------------------------------------------------------------- looks


def test_tables_are_as_wide_as_the_text_and_their_rows_hold_together() -> None:
    for week, name in zip(WEEKS, itertools.cycle(("富宁县", "麻栗坡县")), strict=False):
        for county in ("", name):
            for table in written_of(week, county).tables:
                grid = [int(c.get(qn("w:w"))) for c in table._tbl.tblGrid.gridCol_lst]
                assert sum(grid) == TEXT_WIDTH
                assert min(grid) >= 450  # two characters in the smaller letters
                layout = table._tbl.tblPr.find(qn("w:tblLayout"))
                assert layout is not None
                assert layout.get(qn("w:type")) == "fixed"
                for row in table.rows:
                    assert [c.width.twips for c in row.cells if c.width] == grid
                    assert row._tr.trPr is not None
                    assert row._tr.trPr.find(qn("w:cantSplit")) is not None
                first = table.rows[0]._tr.trPr
                assert first is not None
                assert first.find(qn("w:tblHeader")) is not None


def test_long_columns_share_what_short_ones_leave() -> None:
    short, long = _Column(600, 875, 625), _Column(400, 12000, 400)
    widths = column_widths([short, long, short, long], TEXT_WIDTH)
    assert sum(widths) == TEXT_WIDTH
    assert widths[0] == widths[2] < widths[1]
    crowded = column_widths([_Column(1000, 3000, 2000)] * 12, TEXT_WIDTH)
    assert sum(crowded) == TEXT_WIDTH
    assert max(crowded) - min(crowded) <= 12
    roomy = column_widths([short, short], TEXT_WIDTH)
    assert sum(roomy) == TEXT_WIDTH


PRINTED = [("2021-W25", ""), ("2021-W36", "富宁县")]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """Reports with charts, printed through LibreOffice."""
    folder = tmp_path_factory.mktemp("pdf")
    paths = [folder / f"周报{number}.docx" for number, _ in enumerate(PRINTED)]
    for path, (week, county) in zip(paths, PRINTED, strict=True):
        path.write_bytes(rendered(week, county, charts=True))
    return dict(zip(PRINTED, all_converted(paths, "pdf", folder), strict=True))


@pytest.mark.parametrize(("week", "county"), PRINTED)
def test_libreoffice_prints_it_within_the_margins_with_every_figure(
    printed: dict[tuple[str, str], Path], week: str, county: str
) -> None:
    require("pdftotext")
    pdf = printed[week, county]
    boxes = ET.fromstring(  # noqa: S314 - of a program that runs here
        subprocess.run(
            ["pdftotext", "-bbox", str(pdf), "-"], capture_output=True, check=True, text=True
        ).stdout
    )
    name = "{http://www.w3.org/1999/xhtml}"
    pages = list(boxes.iter(f"{name}page"))
    assert 3 <= len(pages) <= (6 if county else 11)
    for page in pages:
        assert round(float(page.get("width", "0")) / MM) == 210
        words = list(page.iter(f"{name}word"))
        assert min(float(word.get("xMin", "0")) for word in words) >= 27.5 * MM
        # LibreOffice lets a mark at a line's end hang out, whatever the style says.
        ends = [float(w.get("xMax", "0")) for w in words if (w.text or "")[-1:] not in "，。；：）"]
        assert max(ends) <= 184.6 * MM
    text = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True, text=True
    ).stdout
    for number in range(1, len(pages) + 1):
        assert re.search(rf"^ *– ?{number} ?–$", text, re.MULTILINE)
    status = status_on(weeks().report(week).week.as_of)
    squashed = re.sub(r"\s", "", text)
    for one in status["counties"]:
        if county in ("", one["county"]):
            issues = one["issues"]
            pair = f"{issues['closed']}/{issues['total']}"
            assert pair in squashed
            assert percent(one["rectification_rate"]) in squashed


def test_the_printed_characters_are_chinese_and_no_boxes(
    printed: dict[tuple[str, str], Path],
) -> None:
    """Every glyph comes from a font that has it: none is the missing character."""
    require("pdffonts", "pdftotext")
    pdf = printed["2021-W25", ""]
    fonts = subprocess.run(["pdffonts", str(pdf)], capture_output=True, check=True, text=True)
    assert "CJK" in fonts.stdout
    text = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, check=True, text=True)
    assert "广南县" in text.stdout
    assert "\ufffd" not in text.stdout


# ---------------------------------------------------------------- charts


def test_charts_stand_after_the_second_section_with_their_words() -> None:
    for week, county, titles in (
        (
            *PRINTED[0],
            ["各县（市）整改达标率", "各县（市）创卫标准考核总体评分", "文山州问题整改进度"],
        ),
        (*PRINTED[1], ["富宁县问题整改进度", "富宁县创卫标准考核总体评分"]),
    ):
        document = docx.Document(io.BytesIO(rendered(week, county, charts=True)))
        words = [shape._inline.docPr.get("descr", "") for shape in document.inline_shapes]
        assert [word.split("，")[0] for word in words] == titles
        assert all(shape.width.mm <= 156 for shape in document.inline_shapes)
        order = [
            "图" if p._p.findall(f".//{qn('w:drawing')}") else p.text[:2]
            for p in document.paragraphs
            if p._p.findall(f".//{qn('w:drawing')}") or (p.style and p.style.style_id == "Heading1")
        ]
        pictures = ["图"] * len(titles)
        lead = [] if county else ["本期"]
        assert order == [*lead, "一、", "二、", *pictures, "三、", "四、", "五、", "六、", "七、"]


def test_there_is_no_chart_of_nothing(dataset: Path) -> None:
    source = Weeks(dataset)
    report = source.report("2021-W25")
    assert drawn(report, source) == []
    assert drawn(of_county(report, "马关县"), source) == []


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if the extra were not installed."""
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    drawing._engine.cache_clear()
    yield
    drawing._engine.cache_clear()


@pytest.mark.usefixtures("no_engine")
def test_without_the_extra_one_sentence_stands_in_the_charts_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--week", "2021-W25", "--format", "docx", "--output", str(tmp_path))
    Calls(SAMPLE, capsys).done("weekly-report", *options)
    document = docx.Document(str(tmp_path / "督战周报_2021-W25.docx"))
    assert len(document.inline_shapes) == 0
    assert [p.text for p in document.paragraphs].count(drawing.NO_ENGINE) == 1


def test_the_command_gives_the_same_bytes_in_any_zone_and_locale(
    start: Run, tmp_path: Path
) -> None:
    """Those that were made in this process, which has another zone, locale and seed of hashes.

    That charts are painted alike everywhere is known by `test_charts`.
    """
    there = {"PYTHONHASHSEED": "2", "TZ": "America/Lima", "LANG": "C", "LC_ALL": "C"}
    options = ("--week", "2021-W25", "--format", "docx", "--no-charts", "--output", tmp_path)
    ran = start("--data", SAMPLE, "weekly-report", *options, env=there)
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "督战周报_2021-W25.docx").read_bytes() == rendered("2021-W25")


# ---------------------------------------------------------------- an office's own template


def test_an_office_copies_the_template_and_edits_it(sample: Path, run: Run) -> None:
    command = ("--data", sample, "weekly-report", "--format", "docx")
    copied = run(*command, "--copy-template")
    own = sample / "templates" / weekly_docx.TEMPLATE
    assert copied.returncode == 0
    assert copied.stdout == ""
    assert copied.stderr == f"已复制到 {own}，改好后出周报就用它\n"
    assert own.read_bytes() == TEMPLATE.read_bytes()
    template = docx.Document(str(own))
    next(p for p in template.paragraphs if p.text == "{{ title }}").text = "文山督战 {{ number }}"
    template.save(str(own))
    again = run(*command, "--copy-template")
    assert again.returncode == 1
    assert again.stderr == f"“{own}”已经有了，不覆盖；要重新开始，请先把它改名或删掉\n"

    made = run(*command, "--week", "2021-W25", "--no-charts", "--output", sample / "出")

    assert made.returncode == 0, made.stderr
    document = docx.Document(str(sample / "出" / "督战周报_2021-W25.docx"))
    assert document.paragraphs[1].text == "文山督战 第4期"
    assert len(headings(document)) == 8


def test_a_template_saved_by_another_office_suite_gives_the_same_report(
    sample: Path, tmp_path: Path
) -> None:
    """LibreOffice renames styles, merges runs and leaves out what it does not know."""
    (sample / "templates").mkdir()
    again = converted(TEMPLATE, "docx:MS Word 2007 XML", tmp_path)
    shutil.copyfile(again, sample / "templates" / weekly_docx.TEMPLATE)
    report = Weeks(sample).report("2021-W25")

    theirs, ours = written(report, sample), written(report)

    assert [p.text for p in theirs.paragraphs] == [p.text for p in ours.paragraphs]
    for other, table in zip(theirs.tables, ours.tables, strict=True):
        assert cells(other) == cells(table)
        widths = [
            [int(column.get(qn("w:w"))) for column in each._tbl.tblGrid.gridCol_lst]
            for each in (other, table)
        ]
        assert sum(widths[0]) == pytest.approx(TEXT_WIDTH, abs=3)
        assert widths[0] == pytest.approx(widths[1], abs=3)


def test_the_examples_of_the_documentation_work(sample: Path) -> None:
    text = (REPOSITORY / "docs" / "word-template.md").read_text("utf-8")
    (example,) = re.findall(r"```\n(\{%p.*?)\n```", text, re.DOTALL)
    rows = [
        [cell.strip(" `") for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith(("| 县（市） | 编号", "| `{%tr", "| `{{ issue.county"))
    ]
    (sample / "templates").mkdir()
    template = docx.Document(str(TEMPLATE))
    for line in example.splitlines():
        template.add_paragraph(line)
    table = template.add_table(len(rows), 4)
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, part in zip(row.cells, texts, strict=True):
            cell.text = part
    template.save(str(sample / "templates" / weekly_docx.TEMPLATE))
    source = Weeks(sample)

    june, july = (source.report(week) for week in ("2021-W25", "2021-W28"))

    reminder = example.splitlines()[1]
    assert reminder in [p.text for p in written(june, sample).paragraphs]
    assert reminder not in [p.text for p in written(july, sample).paragraphs]
    head, first, *_ = made = cells(written(june, sample).tables[-1])
    assert head == ["县（市）", "编号", "问题", "超期"]
    assert first[:2] == ["丘北县", "丘北-0013"]
    assert first[3] == "23天"
    assert len(made) == 1 + len(june.overdue)


def test_quotes_that_word_curled_are_quotes_all_the_same(sample: Path) -> None:
    (sample / "templates").mkdir()
    template = docx.Document(str(TEMPLATE))
    copies = next(p for p in template.paragraphs if "copies|join" in p.text)
    copies.text = copies.text.replace("'、'", "‘；’")
    template.save(str(sample / "templates" / weekly_docx.TEMPLATE))
    report = of_county(Weeks(sample).report("2021-W25"), "富宁县")
    assert "抄送：州爱卫办；州爱卫专项办" in all_text(written(report, sample))


def test_doctor_tries_the_template_that_an_office_made_its_own(sample: Path, run: Run) -> None:
    """Weekly mails carry the document, so cron must know before Monday."""

    def said() -> list[str]:
        told = read_json(run("--data", sample, "doctor", "--json").stdout)
        faulty = [check for check in told["checks"] if check["status"] == "error"]
        return [check["message"] for check in faulty if check["part"] == "模板"]

    (sample / "templates").mkdir()
    own = sample / "templates" / weekly_docx.TEMPLATE
    shutil.copyfile(TEMPLATE, own)
    assert said() == []
    template = docx.Document(str(own))
    template.add_paragraph("{{ nubmer }}")
    template.save(str(own))
    (line,) = said()
    assert line.startswith("模板 templates/督战周报.docx “{{ nubmer }}”处：没有“nubmer”")


def test_json_has_no_template_to_copy(sample: Path, run: Run) -> None:
    said = run("--data", sample, "weekly-report", "--format", "json", "--copy-template")
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr.startswith("json 给程序用，没有模板")


def test_a_mistake_in_it_is_one_line_that_quotes_the_place(sample: Path) -> None:
    (sample / "templates").mkdir()
    own = sample / "templates" / weekly_docx.TEMPLATE
    template = docx.Document(str(TEMPLATE))
    next(p for p in template.paragraphs if p.text == "{{ part }}").text = "{{ prat }}"
    template.save(str(own))
    with pytest.raises(DuzhanError) as error:
        written(Weeks(sample).report("2021-W25"), sample)
    (line,) = error.value.lines
    assert line.startswith("模板 templates/督战周报.docx “{{ prat }}”处：没有“prat”这个变量")
    shutil.rmtree(sample / "templates")
    assert len(headings(written(Weeks(sample).report("2021-W25"), sample))) == 8
