"""A foreign file harms nobody: it is read or refused, soon, and with bounded memory."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import damage
import forked
import parts
from conftest import CASES
from duzhan.intake import foreign_reader
from duzhan.intake.refusals import RefusedFileError
from foreign import read_file, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable

HOSTILE = sorted((CASES / "hostile").iterdir())


@pytest.mark.parametrize("source", HOSTILE, ids=lambda path: path.name)
def test_one_hostile_file_leaves_the_other_counties_their_status(
    source: Path, dataset: Path
) -> None:
    shutil.copy(source, dataset / "issues" / f"富宁县{source.suffix}")
    told = ["--data", str(dataset), "status", "--json", "--as-of", "2021-06-25"]

    done = forked.run(told, dataset, os.environ, entry=damage.main_limited)

    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr[-500:]


def _far(place: str) -> str:
    return f"<row><c r='{place}'><v>1</v></c></row>"


FAR: dict[str, Callable[[Path], Path]] = {
    "the last corner": lambda p: parts.xlsx(p, _far("XFD1048576")),
    "without a reference": lambda p: parts.xlsx(p, f"<row r='2'>{'<c><v>1</v></c>' * 2000}</row>"),
    "in small letters": lambda p: parts.xlsx(p, _far("xfd9")),
    "a row beyond the last": lambda p: parts.xlsx(p, "<row r='99999999'><c><v>1</v></c></row>"),
    "a column beyond the last": lambda p: parts.xlsx(p, _far("ZZZ9")),
    "repeated columns": lambda p: parts.ods(
        p,
        "<table:table-row><table:table-cell table:number-columns-repeated='99999999'>"
        "<text:p>x</text:p></table:table-cell></table:table-row>",
    ),
    "repeated rows": lambda p: parts.ods(
        p,
        "<table:table-row table:number-rows-repeated='4000000000'><table:table-cell>"
        "<text:p>x</text:p></table:table-cell></table:table-row>",
    ),
    "a binary cell far off": lambda p: parts.xlsb(p, [[parts.xlsb_text("x")] * 1200]),
}


@pytest.mark.parametrize("how", FAR)
def test_cells_far_off_are_refused_before_they_are_laid_out(how: str, tmp_path: Path) -> None:
    path = FAR[how](tmp_path / "富宁县.xlsx")

    begun = time.process_time()
    with pytest.raises(RefusedFileError) as caught:
        read_file(path)

    assert "\n" not in caught.value.message
    assert time.process_time() - begun < 2


def test_spaces_that_an_ods_cell_repeats_are_bounded(tmp_path: Path) -> None:
    cell = "<table:table-cell><text:p>甲<text:s text:c='4000000000'/></text:p></table:table-cell>"
    path = parts.ods(tmp_path / "富宁县.ods", f"<table:table-row>{cell * 3}</table:table-row>")

    (grid,) = read_file(path)

    assert len(rows_of(grid)[0][1]) < 40_000


def test_a_row_far_below_is_read_where_it_stands(tmp_path: Path) -> None:
    rows = f'<row r="1048576">{parts.text_cell("B1048576", "甲")}</row>'

    (grid,) = read_file(parts.xlsx(tmp_path / "富宁县.xlsx", rows))

    assert grid.line_of(slice(None)) == [1048576]  # type: ignore[arg-type]


def test_a_document_that_declares_entities_is_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    made = parts.xlsx_parts("")
    for part in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"):
        path = parts.zipped(tmp_path / "富宁县.xlsx", made | {part: bomb + str(made[part])})
        with pytest.raises(RefusedFileError, match="损坏"):
            read_file(path)


def test_a_text_repeated_beyond_all_memory_ends_its_reader_alone(tmp_path: Path) -> None:
    texts = f'<sst xmlns="{parts.MAIN}"><si><t>{"甲" * 1_000_000}</t></si></sst>'
    rows = "".join(f'<row r="{n}"><c r="B{n}" t="s"><v>0</v></c></row>' for n in range(2, 9000))
    made = parts.xlsx_parts(rows)
    relations = parts.relations(
        ("r1", "worksheet", "worksheets/sheet1.xml"), ("r3", "sharedStrings", "sharedStrings.xml")
    )
    made |= {"xl/_rels/workbook.xml.rels": relations, "xl/sharedStrings.xml": texts}

    with pytest.raises(RefusedFileError, match="占用的内存太多"):
        read_file(parts.zipped(tmp_path / "富宁县.xlsx", made))
    # The next file is read by another process, or by the same one.
    rows = f'<row r="2">{parts.text_cell("B2", "甲")}</row>'
    assert read_file(parts.xlsx(tmp_path / "文山市.xlsx", rows))


def test_a_reader_that_takes_too_long_is_stopped_and_only_its_file_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = parts.xlsx(
        tmp_path / "富宁县.xlsx",
        "".join(f'<row r="{n}">{parts.text_cell(f"B{n}", "甲")}</row>' for n in range(2, 200_000)),
    )
    monkeypatch.setattr(foreign_reader, "_SECONDS", 0)
    monkeypatch.setattr(foreign_reader, "_PATIENCE", 0)

    with pytest.raises(RefusedFileError, match="读了很久"):
        read_file(slow)


def test_a_reader_that_is_killed_takes_one_file_along(tmp_path: Path) -> None:
    rows = f'<row r="2">{parts.text_cell("B2", "甲")}</row>'
    path = parts.xlsx(tmp_path / "富宁县.xlsx", rows)
    assert read_file(path)
    for process in foreign_reader._POOL._idle:
        process._child.kill()
        process._child.wait()

    assert read_file(path)


def test_a_list_of_our_own_starts_no_reader(tmp_path: Path) -> None:
    path = tmp_path / "富宁县.csv"
    path.write_text("编号,问题描述\n1,甲\n", encoding="utf-8")
    script = (
        "import sys; sys.path.insert(0, sys.argv[2]); from pathlib import Path\n"
        "from foreign import read_file; read_file(Path(sys.argv[1]))\n"
        "heavy = {'lxml', 'xlrd', 'python_calamine', 'duzhan.intake.foreign_reader'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", script, str(path), str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "[]"
