"""A corpus of broken issue lists: the line that the user sees, and what the county gets for it.

Every list stands for 富宁县. The lines are compared whole: they are what an
office mails back to a county.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import os
import re
import shutil
import sys
import tempfile
import time
import unicodedata
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile

from duzhan.campaign.checking import check
from duzhan.campaign.opening import open_dataset
from duzhan.campaign.standing import Campaign
from duzhan.dataset.ledger import load_ledger
from duzhan.intake.text import shorten
from duzhan.report.json.status import status_json
from made import create

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Run
    from duzhan.model import Problem

DAY = dt.date(2021, 6, 25)
CSV = "富宁县.csv"
XLSX = "富宁县.xlsx"
NOBODY = 65534

HEADER = "编号,问题描述,地点,发现日期,整改期限,整改完成日期,销号日期,退回日期,核验人"
_WIDE = ",".join(f"列{number}" for number in range(1_500))
CLOSED = "FN-1,垃圾未清,东门,2021-06-01,2021-06-10,2021-06-08,2021-06-09,,王某"
OVERDUE = "FN-2,厕所不洁,西门,2021-06-02,2021-06-20,,,,"
SOUND = f"{HEADER}\n{CLOSED}\n{OVERDUE}\n"
NO_DATA = "，富宁县按无数据处理"
RESAVE = "请用 Excel 或 WPS 另存为“CSV UTF-8”后再用"
NO_COLUMN = "找不到“问题描述”一列，表头有："
NAME_IT = "请把写着问题的那一列的表头改成“问题描述”，或者导入时加上 --column 问题描述=那一列的表头"
NO_HEADER = "找不到表头（至少要有“问题描述”一列）"
CUT_SHORT = "文件不完整或已损坏，打不开，请重新保存或重新发送"
NO_DUE = "没有整改期限，无法判断是否超期，请补填"


class Counts(NamedTuple):
    """The `issues` of `status --json`."""

    total: int
    closed: int = 0
    claimed: int = 0
    open: int = 0
    overdue: int = 0
    no_due_date: int = 0
    invalid: int = 0
    withdrawn: int = 0
    extended: int = 0
    claims_without_date: int = 0


AS_SOUND = Counts(total=2, closed=1, open=1, overdue=1)


@dataclass(frozen=True)
class Case:
    """A broken list.

    Attributes:
        name: what is broken.
        data: its bytes, or what makes it at a path.
        counts: 富宁县's issues on 25 June; None if it has no data.
        lines: every line of `check`, as file, place and message.
        file: its name under issues/.
    """

    name: str
    data: bytes | Callable[[Path], None]
    counts: Counts | None
    lines: tuple[str, ...] = ()
    file: str = CSV


def refused(
    name: str,
    data: bytes | Callable[[Path], None],
    message: str,
    *,
    line: int | None = None,
    file: str = CSV,
) -> Case:
    """A file that is refused whole: one line, and the county has no data."""
    place = f"issues/{file}" if line is None else f"issues/{file} 第{line}行"
    return Case(name, data, None, (f"{place}：{message}{NO_DATA}",), file)


def error_cell(cell: str, line: int, column: str, counts: Counts) -> Case:
    """The sound workbook with a formula's error in one cell."""
    data = patched(cell, f'<c r="{cell}" t="e"><v>#REF!</v></c>')
    fault = _fault(line, column, BROKEN_FORMULA, "清单")
    return Case(f"#REF! as {column}", data, counts, (fault,), XLSX)


def lines_of(*rows: str) -> bytes:
    return "".join(f"{row}\n" for row in rows).encode()


# ---------------------------------------------------------------- workbooks


def workbook(fill: Callable[[Any], None]) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    fill(book)
    book.close()
    return file.getvalue()


def _sound_sheet(book: Any) -> None:  # noqa: ANN401 - XlsxWriter has no types
    sheet = book.add_worksheet("清单")
    for row, line in enumerate((HEADER, CLOSED, OVERDUE)):
        sheet.write_row(row, 0, line.split(","))


def patched(cell: str, xml: str) -> bytes:
    """The sound workbook with one cell's XML replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SOUND_XLSX)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                pattern = rf'<c r="{cell}"[^>]*?(?:/>|>.*?</c>)'.encode()
                data, changes = re.subn(pattern, xml.encode(), data)
                assert changes == 1
            target.writestr(name, data)
    return out.getvalue()


def _encrypted() -> bytes:
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(SOUND_XLSX)).encrypt("1234", out)
    return out.getvalue()


def _merged(book: Any) -> None:  # noqa: ANN401
    sheet = book.add_worksheet("清单")
    sheet.write_row(0, 0, ["编号", "问题描述", "地点", "发现日期", "整改期限"])
    for row, line in enumerate((["1", "垃圾", "东门"], ["2", "厕所", "西门"], ["3", "灯", "北门"])):
        sheet.write_row(row + 1, 0, line)
    sheet.merge_range(1, 3, 3, 3, "2021-06-01")
    sheet.merge_range(1, 4, 2, 4, "2021-06-10")


def _two_sheets(book: Any) -> None:  # noqa: ANN401
    for name, row in (("第一批", CLOSED), ("第二批", OVERDUE)):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, HEADER.split(","))
        sheet.write_row(1, 0, row.split(","))


def _hidden_notes(book: Any) -> None:  # noqa: ANN401
    _sound_sheet(book)
    notes = book.add_worksheet("填写说明")
    notes.write(0, 0, "日期写成 2021-06-30")
    notes.hide()


def _real_dates(book: Any) -> None:  # noqa: ANN401
    shown = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("清单")
    sheet.write_row(0, 0, HEADER.split(","))
    sheet.write_row(1, 0, ["007", "垃圾未清", "东门"])
    sheet.write_datetime(1, 3, dt.datetime(2021, 6, 1), shown)  # noqa: DTZ001
    sheet.write_number(1, 4, 44357)  # 2021-06-10 without a format
    sheet.write_datetime(1, 5, dt.datetime(2021, 6, 8, 17, 30), shown)  # noqa: DTZ001
    sheet.write_number(1, 6, 44356.75)
    sheet.write_row(2, 0, OVERDUE.split(","))


def _another_countys_sheet(book: Any) -> None:  # noqa: ANN401
    sheet = book.add_worksheet("广南县")
    sheet.write_row(0, 0, HEADER.split(","))
    sheet.write_row(1, 0, CLOSED.split(","))


SOUND_XLSX = workbook(_sound_sheet)
BROKEN_FORMULA = "单元格是公式错误，请改成实际内容"
NOT_CALCULATED = "公式没有计算结果，请在 Excel 或 WPS 中打开并保存一次，或改成实际内容"


def _fault(line: int, column: str, message: str, sheet: str | None = None) -> str:
    place = f"issues/{CSV}" if sheet is None else f"issues/{XLSX} 工作表“{sheet}”"
    return f"{place} 第{line}行 “{column}”：{message}"


# ---------------------------------------------------------------- the corpus

_SHIFTED = "FN-1,垃圾,未清,东门,2021-06-01,2021-06-10,2021-06-08,2021-06-09,,王某"
_TOO_LONG = (
    "有 10 格，表头只有 9 格：多半是文字里的逗号没有加引号，"
    "各列已错位，此行的日期一概不计，请改正后重报"
)
_BIG5 = "編號,問題描述,地點\n1,垃圾未清,東門\n".encode("big5")
_UTF16_GUESS = f"像是没有标明编码（BOM）的 UTF-16 文件，{RESAVE}"
_TWO_ENCODINGS = f"文件里混有两种编码（UTF-8 和 GB18030），从此行起变了，{RESAVE}"
_STRAY = (
    "不属于名册中的任何县（市），未读取；文件名应以县（市）名开头，"
    "如 文山市、砚山县、西畴县、麻栗坡县、马关县、丘北县、广南县、富宁县"
)
_NFD = unicodedata.normalize("NFD", "富宁县 Café.csv")
_LONE_QUOTE = 'FN-2,"厕所不洁,西门,2021-06-02,2021-06-20,,,,'

CASES = (
    refused("0 bytes", b"", "文件是空的（0 字节），应有表头和问题清单"),
    refused("only a byte order mark", b"\xef\xbb\xbf", "文件是空的，应有表头和问题清单"),
    refused("only blank lines", b"\n \r\n\n", "文件是空的，应有表头和问题清单"),
    refused("only a title", lines_of("富宁县问题清单"), f"{NO_HEADER}，第一行是：富宁县问题清单"),
    refused("no known header", lines_of("甲,乙,丙", "1,2,3"), f"{NO_COLUMN}甲、乙、丙；{NAME_IT}"),
    refused(
        "no 问题描述",
        lines_of("编号,地点,发现日期", "1,东门,2021-06-01"),
        f"{NO_COLUMN}编号、地点、发现日期；{NAME_IT}",
    ),
    Case("a header without rows", lines_of(HEADER), None),
    Case(
        "a row longer than the header",
        lines_of(HEADER, _SHIFTED, OVERDUE),
        Counts(total=2, open=2, overdue=1, no_due_date=1, invalid=1),
        (f"issues/{CSV} 第2行：{_TOO_LONG}",),
    ),
    Case(
        "empty cells beyond the header",
        lines_of(HEADER, f"{CLOSED},,", OVERDUE),
        Counts(total=2, open=2, overdue=1, no_due_date=1, invalid=1),
        (f"issues/{CSV} 第2行：{_TOO_LONG.replace('10', '11', 1)}",),
    ),
    Case(
        "a row shorter than the header",
        lines_of(HEADER, "FN-1,垃圾未清,东门", OVERDUE),
        Counts(total=2, open=2, overdue=1, no_due_date=1),
        (_fault(2, "整改期限", NO_DUE),),
    ),
    refused(
        "a thousand and more columns, and a row that two stray quotes swallow",
        lines_of(
            f"{HEADER},{_WIDE}",
            f"{CLOSED},{_WIDE}",
            f'"{OVERDUE},{_WIDE}',
            f"{CLOSED},{_WIDE}",
            f'"{OVERDUE},{_WIDE}',
        ),
        "有一个英文引号没有配对，其后 2 行被吞进同一格，请删去或补上这个引号",
        line=3,
    ),
    refused(
        "a NUL byte",
        lines_of(HEADER, CLOSED, OVERDUE.replace("不", "\0")),
        f"含有 NUL 字节，文件可能已损坏或不是文本，{RESAVE}",
        line=3,
    ),
    refused(
        "UTF-8, then GB18030",
        lines_of(HEADER, CLOSED) + OVERDUE.encode("gb18030"),
        _TWO_ENCODINGS,
        line=3,
    ),
    refused(
        "GB18030, then UTF-8",
        f"{HEADER}\n{CLOSED}\n".encode("gb18030") + OVERDUE.encode(),
        _TWO_ENCODINGS,
        line=3,
    ),
    Case("GB18030", SOUND.encode("gb18030"), AS_SOUND),
    refused("Big5", _BIG5, f"{NO_COLUMN}絪腹、拜肈磞瓃、�翴；{NAME_IT}"),
    refused("UTF-16-LE without BOM", SOUND.encode("utf-16-le"), _UTF16_GUESS, line=1),
    refused("UTF-16-BE without BOM", SOUND.encode("utf-16-be"), _UTF16_GUESS, line=1),
    Case("UTF-16-LE with BOM", b"\xff\xfe" + SOUND.encode("utf-16-le"), AS_SOUND),
    Case("UTF-16-BE with BOM", b"\xfe\xff" + SOUND.encode("utf-16-be"), AS_SOUND),
    Case(
        "Excel's Unicode text, UTF-16 with tabs",
        b"\xff\xfe" + SOUND.replace(",", "\t").encode("utf-16-le"),
        AS_SOUND,
    ),
    refused(
        "a lone quote that swallows the rest",
        lines_of(HEADER, CLOSED, _LONE_QUOTE, *(f"FN-{n},灯坏,北门,,,,,," for n in range(3, 6))),
        "有一个英文引号没有配对，其后 4 行被吞进同一格，请删去或补上这个引号",
        line=3,
    ),
    refused(
        "a lone quote that another one closes",
        lines_of(HEADER, CLOSED, _LONE_QUOTE, "FN-3,灯坏,北门,,,,,,", 'FN-4,"灯坏",南门,,,,,,'),
        "有一个英文引号没有配对，其后 2 行被吞进同一格，请删去或补上这个引号",
        line=3,
    ),
    refused(
        "300 columns",
        lines_of(
            ",".join((HEADER, *(f"列{n}" for n in range(291)))),
            CLOSED + "," * 291,
            OVERDUE + "," * 291,
        ),
        "有 291 列是台账没有的，最多 200 列，多半不是问题清单，请删去无关的列后重报",
    ),
    refused(
        "an HTML page named .xls",
        b'<html xmlns:x="urn:schemas"><body><table><tr><td>1</td></tr></table></body></html>',
        "这是没有“问题描述”一列的网页（HTML），不是清单，请检查表头，或把清单填进 Excel 后再报",
        file="富宁县.xls",
    ),
    refused("a folder", Path.mkdir, "读不出来（它是文件夹，应是表格文件）"),
    refused(
        "a dangling link",
        lambda path: path.symlink_to(path.with_name("gone.csv")),
        "读不出来（文件不存在，或是失效的链接）",
    ),
    Case(
        "a county that is not in the roster",
        SOUND.encode(),
        None,
        (f"issues/富源县.csv：{_STRAY}",),
        "富源县.csv",
    ),
    Case(
        "the prefecture's own list",
        SOUND.encode(),
        None,
        (f"issues/文山州汇总.csv：{_STRAY}",),
        "文山州汇总.csv",
    ),
    Case("a name in NFD, as macOS makes it", SOUND.encode(), AS_SOUND, (), _NFD),
    Case("a sound workbook", SOUND_XLSX, AS_SOUND, (), XLSX),
    Case("a workbook named .csv", SOUND_XLSX, AS_SOUND),
    Case("a text named .xlsx", SOUND.encode(), AS_SOUND, (), XLSX),
    refused("a password", _encrypted(), "文件加了密码，请取消密码后重新保存", file=XLSX),
    refused("half a workbook", SOUND_XLSX[: len(SOUND_XLSX) // 2], CUT_SHORT, file=XLSX),
    refused("the first bytes of a workbook", SOUND_XLSX[:40], CUT_SHORT, file=XLSX),
    refused(
        "a workbook without anything",
        workbook(lambda book: book.add_worksheet("Sheet1")),
        "工作簿里没有内容，应有表头和问题清单",
        file=XLSX,
    ),
    error_cell("E3", 3, "整改期限", Counts(total=2, closed=1, open=1, no_due_date=1, invalid=1)),
    error_cell("G2", 2, "销号日期", Counts(total=2, claimed=1, open=1, overdue=1, invalid=1)),
    error_cell("B3", 3, "问题描述", Counts(total=2, closed=1, open=1, overdue=1, invalid=1)),
    Case(
        "a formula that was never calculated",
        patched("E3", '<c r="E3"><f>D3+18</f></c>'),
        Counts(total=2, closed=1, open=1, no_due_date=1, invalid=1),
        (_fault(3, "整改期限", NOT_CALCULATED, "清单"),),
        XLSX,
    ),
    Case(
        "cells merged downwards",
        workbook(_merged),
        Counts(total=3, open=3, overdue=2, no_due_date=1),
        (_fault(4, "整改期限", NO_DUE, "清单"),),
        XLSX,
    ),
    Case("two sheets", workbook(_two_sheets), AS_SOUND, (), XLSX),
    Case("a hidden sheet without a header", workbook(_hidden_notes), AS_SOUND, (), XLSX),
    Case(
        "Excel's real dates and serial numbers",
        workbook(_real_dates),
        AS_SOUND,
        (_fault(2, "核验人", "有销号日期而没有核验人，请补填", "清单"),),
        XLSX,
    ),
    Case(
        "a sheet named after another county",
        workbook(_another_countys_sheet),
        Counts(total=1, closed=1, invalid=1),
        (
            _fault(
                2,
                "县(市)",
                "工作表“广南县”与文件所属的富宁县不符，暂计入富宁县，请核对",
                "广南县",
            ),
        ),
        XLSX,
    ),
)


def place(dataset: Path, case: Case) -> None:
    path = dataset / "issues" / case.file
    if isinstance(case.data, bytes):
        path.write_bytes(case.data)
    else:
        case.data(path)


def status_of_funing(root: Path) -> dict[str, Any]:
    """富宁县 in `status --json`, without a process of its own."""
    dataset = open_dataset(root)
    judged = Campaign(dataset, DAY).overview
    counties: list[dict[str, Any]] = status_json(judged, dataset.rules)["counties"]
    return next(county for county in counties if county["county"] == "富宁县")


def rate_verdicts(county: dict[str, Any]) -> set[str]:
    return {
        requirement["verdict"]
        for milestone in county["milestones"]
        for requirement in milestone["requirements"]
        if requirement["kind"] == "rectification_rate"
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_check_says_in_one_line_each_what_is_wrong(case: Case, dataset: Path) -> None:
    place(dataset, case)
    found = check(dataset).problems
    assert [str(replace(problem, id=None)) for problem in found] == list(case.lines)


def test_check_names_the_issue_that_a_line_is_about(dataset: Path) -> None:
    text = "编号,问题描述,发现日期,整改期限\nFN-7,某处积水,2021-06-31,2021-06-20\n"
    (dataset / "issues" / "富宁县.csv").write_text(text, "utf-8")

    (found,) = check(dataset).problems

    assert found.id == "FN-7"
    assert str(found).startswith("issues/富宁县.csv 第2行 FN-7 “发现日期”：")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_status_counts_what_was_read_and_has_no_data_for_what_was_refused(
    case: Case, dataset: Path
) -> None:
    place(dataset, case)
    county = status_of_funing(dataset)
    if case.counts is None:
        assert county["issues"] is None
        assert county["rectification_rate"] is None
        assert rate_verdicts(county) == {"no_data"}
        assert county["light"] == "red"
    else:
        assert county["issues"] == case.counts._asdict()
        assert "no_data" not in rate_verdicts(county)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.counts is None and case.lines], ids=lambda c: c.name
)
def test_a_refused_file_takes_the_county_down_even_beside_a_sound_one(
    case: Case, dataset: Path
) -> None:
    place(dataset, case)
    (dataset / "issues" / "富宁县 第二批.csv").write_text(SOUND, "utf-8")
    belongs = case.file.startswith("富宁县")
    assert (status_of_funing(dataset)["issues"] is None) is belongs
    found = check(dataset).problems
    assert [str(replace(problem, id=None)) for problem in found] == list(case.lines)


# ---------------------------------------------------------------- large, locked, as processes


@pytest.mark.parametrize(
    ("character", "many", "column", "position"),
    [("脏", 3_500_000, "地点", 2), ("1", 3_500_000, "销号日期", 6)],
)
def test_a_cell_of_many_mb_is_refused_quickly_and_its_row_kept(
    character: str, many: int, column: str, position: int, dataset: Path
) -> None:
    cells = OVERDUE.split(",")
    cells[position] = character * many
    (dataset / "issues" / CSV).write_bytes(lines_of(HEADER, CLOSED, ",".join(cells)))
    start = time.process_time()
    problems = check(dataset).problems
    taken = time.process_time() - start
    message = f"这一格有 {many} 个字，超过 32767 个，多半是粘贴错误"
    assert [str(replace(problem, id=None)) for problem in problems] == [_fault(3, column, message)]
    assert problems[0].code == "bad-cell"
    assert len(problems[0].value or "") <= 40
    issues = status_of_funing(dataset)["issues"]
    assert issues == Counts(total=2, closed=1, open=1, overdue=1, invalid=1)._asdict()
    assert taken < 5


def test_a_very_long_text_is_shortened_without_walking_through_it() -> None:
    start = time.process_time()
    assert shorten("脏" * (10 << 20)) == "脏" * 39 + "…"
    assert time.process_time() - start < 0.3


def test_excel_dates_read_back_as_the_days_that_excel_shows(dataset: Path) -> None:
    (dataset / "issues" / XLSX).write_bytes(workbook(_real_dates))
    opened = open_dataset(dataset)
    ledger = load_ledger(dataset, opened.roster, opened.rules)
    assert ledger.cells["编号"][0].as_py() == "007"
    assert dt.date.fromordinal(int(ledger.facts.found[0])) == dt.date(2021, 6, 1)
    assert dt.date.fromordinal(int(ledger.facts.due[0])) == dt.date(2021, 6, 10)
    days = ledger.facts.events.days[ledger.facts.events.rows == 0].tolist()
    assert [dt.date.fromordinal(day) for day in days] == [
        dt.date(2021, 6, 8),
        dt.date(2021, 6, 9),
    ]


def test_a_problem_carries_file_line_column_value_and_code(dataset: Path) -> None:
    (dataset / "issues" / XLSX).write_bytes(patched("E3", '<c r="E3" t="e"><v>#REF!</v></c>'))
    (problem,) = check(dataset).problems
    assert _parts(problem) == (f"issues/{XLSX}", "清单", 3, "整改期限", "#REF!", "bad-cell")


def _parts(problem: Problem) -> tuple[str, str | None, int | None, str | None, str | None, str]:
    return (
        problem.file,
        problem.sheet,
        problem.line,
        problem.column,
        problem.value,
        problem.code,
    )


@contextlib.contextmanager
def _as_somebody_else() -> Iterator[None]:
    """Root may read everything, so it becomes another user for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def readable_root() -> Iterator[Path]:
    """A dataset in a folder that every user of the machine may enter."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    create(folder / "ds", sample=False)
    yield folder / "ds"
    shutil.rmtree(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="no such file modes")
def test_a_file_without_permission_to_read_is_refused_with_advice(readable_root: Path) -> None:
    path = readable_root / "issues" / CSV
    path.write_text(SOUND, "utf-8")
    assert check(readable_root).problems == ()  # and whatever is imported late is imported now
    assert status_of_funing(readable_root)["issues"] == AS_SOUND._asdict()
    path.chmod(0o000)
    with _as_somebody_else():
        (problem,) = check(readable_root).problems
        county = status_of_funing(readable_root)
    told = f"读不出来（没有读取权限，请改文件权限）{NO_DATA}"
    assert str(problem) == f"issues/{CSV}：{told}"
    assert county["issues"] is None
    assert rate_verdicts(county) == {"no_data"}


@pytest.mark.parametrize("name", ["a NUL byte", "a row longer than the header"])
def test_the_program_shows_the_line_and_no_traceback(name: str, dataset: Path, run: Run) -> None:
    case = next(case for case in CASES if case.name == name)
    place(dataset, case)
    checked = run("check", "--data", dataset)
    assert checked.returncode == 1
    told = [re.sub("行 FN-[0-9]", "行", line.strip()) for line in checked.stdout.splitlines()]
    assert told.count(case.lines[0]) == 1
    judged = run("status", "--data", dataset, "--as-of", "2021-06-25", "--json")
    assert judged.returncode == 0
    assert "duzhan check" in judged.stderr
    if case.counts is None:
        assert case.lines[0] in judged.stderr.splitlines()
    counties = {county["county"]: county for county in json.loads(judged.stdout)["counties"]}
    expected = None if case.counts is None else case.counts._asdict()
    assert counties["富宁县"]["issues"] == expected
