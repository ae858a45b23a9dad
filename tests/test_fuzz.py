"""Damaged files are refused in one line, or read: no traceback, no hang, no crash.

See `damage`. DUZHAN_FUZZ says how many files to damage. They are read, and every third is
merged into a ledger that holds what was there before the damage, in processes of their own,
since a reader that aborts takes its process along.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING

import damage
import forked
from conftest import CASES
from damage import SOURCES, Finding, damaged

if TYPE_CHECKING:
    from pathlib import Path

COUNT = int(os.environ.get("DUZHAN_FUZZ", "300"))


def findings(first: int, count: int, folder: Path) -> list[Finding]:
    """What a process of its own finds; if a file kills or stops it, that file and go on."""
    found: list[Finding] = []
    end = first + count
    while first < end:
        begun = first
        arguments = [str(first), str(end - first), str(folder)]
        timeout = 60 + (end - first) * 0.5
        try:
            done = forked.run(arguments, folder, os.environ, timeout, entry=damage.main)
            said, code = done.stdout, str(done.returncode)
            if code == "0" and done.stderr:
                # A reader that panics says so aloud, whatever is made of it later.
                found.append(Finding(first, "?", f"noise: {done.stderr[:500]}"))
        except subprocess.TimeoutExpired as error:
            said, code = error.output, "a hang"
        found.extend(Finding(*json.loads(line)) for line in said.splitlines())
        if code == "0":
            return found
        told = {finding.seed for finding in found}
        stems = (path.stem for path in folder.iterdir() if path.is_file())
        left = [int(stem) for stem in stems if int(stem) >= begun]
        shutil.rmtree(folder / "ds", ignore_errors=True)
        seed = max((seed for seed in left if seed not in told), default=end)
        name = SOURCES[seed % len(SOURCES)].name
        found.append(Finding(seed, name, f"the process ended with {code}"))
        first = seed + 1
    return found


# ---------------------------------------------------------------- tests


def test_a_damaged_file_is_read_or_refused_in_one_line(tmp_path: Path) -> None:
    assert findings(0, COUNT, tmp_path) == []


def test_the_same_seed_damages_alike() -> None:
    for seed, source in enumerate(SOURCES):
        assert damaged(source, seed) == damaged(source, seed)


def rewritten(source: Path, target: Path, member: str, old: bytes, new: bytes) -> Path:
    """Copy a zipped workbook, with some bytes of one member replaced."""
    with zipfile.ZipFile(source) as was, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as now:
        for name in was.namelist():
            data = was.read(name)
            if name.endswith(member):
                assert old in data
                data = data.replace(old, new, 1)
            now.writestr(name, data)
    return target


def assert_refused_at_once(path: Path) -> None:
    """Read a file in a process of its own, with little memory."""
    done = forked.run([str(path)], path.parent, os.environ, 60, entry=damage.refuse_at_once)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr[-2000:]
    assert len(done.stdout.splitlines()) == 1


XLSX = CASES / "sheets" / "富宁县问题清单.xlsx"
ODS = CASES / "sheets" / "三县汇总.ods"


def test_a_sheet_that_unpacks_to_more_than_the_limit_is_refused_unread(tmp_path: Path) -> None:
    bomb = tmp_path / "富宁县.xlsx"
    block = b" " * (1 << 20)
    with (
        zipfile.ZipFile(XLSX) as was,
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as now,
    ):
        for name in was.namelist():
            if not name.endswith("sheet1.xml"):
                now.writestr(name, was.read(name))
                continue
            head, end, rest = was.read(name).rpartition(b"</sheetData>")
            with now.open(name, "w", force_zip64=True) as member:
                member.write(head)
                for _ in range(1100):
                    member.write(block)
                member.write(end + rest)

    assert_refused_at_once(bomb)


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    honest = rewritten(
        XLSX,
        tmp_path / "a.xlsx",
        "sheet1.xml",
        b"</sheetData>",
        b" " * (50 << 20) + b"</sheetData>",
    )
    with zipfile.ZipFile(honest) as archive:
        size = next(e.file_size for e in archive.infolist() if e.filename.endswith("sheet1.xml"))
    data = honest.read_bytes()
    lie = tmp_path / "富宁县.xlsx"
    lie.write_bytes(data.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little")))

    assert_refused_at_once(lie)


def test_one_cell_in_the_last_corner_of_an_xlsx_sheet_does_not_fill_the_memory(
    tmp_path: Path,
) -> None:
    cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    far = rewritten(XLSX, tmp_path / "富宁县.xlsx", "sheet1.xml", b"</sheetData>", cell)

    assert_refused_at_once(far)


def test_a_row_repeated_four_billion_times_in_an_ods_sheet_is_refused(tmp_path: Path) -> None:
    row = (
        b'<table:table-row table:number-rows-repeated="4000000000">'
        b'<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
        b"</table:table-row></table:table>"
    )
    tall = rewritten(ODS, tmp_path / "汇总.ods", "content.xml", b"</table:table>", row)

    assert_refused_at_once(tall)
