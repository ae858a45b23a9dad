"""Files as they really come in: odd names, odd places, lists that come back mended."""

from __future__ import annotations

import os
import subprocess
import sys
import unicodedata
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from conftest import Run, converted, read_json

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "编号,问题描述,地点,发现日期,整改期限,整改完成日期,销号日期"
GOOD = "FN-1,垃圾,东门,2021-06-01,2021-06-20,,"
TODAY = {"DUZHAN_TODAY": "2021-06-25"}


def send(folder: Path, name: str, *rows: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("\n".join([HEADER, *rows]) + "\n", "utf-8")
    return path


def taken(run: Run, root: Path, *paths: Path) -> list[Any]:
    result = run("import", *paths, "--json", "--data", root, env=TODAY)
    files: list[Any] = read_json(result.stdout)["files"]
    return files


def test_a_pipe_is_refused_and_nobody_waits_for_it(dataset: Path, tmp_path: Path, run: Run) -> None:
    os.mkfifo(tmp_path / "富宁县.csv")
    os.mkfifo(dataset / "issues/富宁县.csv")

    given = run("import", tmp_path / "富宁县.csv", "--data", dataset)
    status = run("status", "--data", dataset)
    check = run("check", "--data", dataset)

    line = "富宁县.csv：不是普通文件（是管道或设备），应是表格文件"
    kept = f"{line}；富宁县的台账没有改动"
    assert (given.returncode, given.stderr.splitlines()[0]) == (1, kept)
    assert status.returncode == 0
    assert "issues/富宁县.csv：不是普通文件（是管道或设备），应是表格文件" in check.stdout


@pytest.mark.parametrize(
    "name",
    [
        unicodedata.normalize("NFD", "富宁县 café.csv"),
        "富宁县 “一” '二' \"三\" 😀.csv",
        "富宁县\n第二行.csv",
        "-富宁县.csv",
    ],
)
def test_a_file_may_have_any_name(name: str, dataset: Path, tmp_path: Path, run: Run) -> None:
    path = send(tmp_path / "收到", name, GOOD, "FN-2,积水,西门,2021-06-31,,,")
    county = ["--county", "富宁"] if name.startswith("-") else []

    result = run("import", "--data", dataset, *county, "--", path.name, cwd=path.parent, env=TODAY)

    assert result.returncode == 1
    assert (dataset / "issues/富宁县.csv").read_text("utf-8-sig").count("FN-") == 2
    assert len(list((dataset / "退回").glob("*退回更正.*"))) == 2
    assert "\n第二行" not in result.stdout


def test_a_list_inside_issues_leaves_no_list_there_that_would_count(
    dataset: Path, tmp_path: Path, run: Run
) -> None:
    taken(run, dataset, send(tmp_path / "收到", "富宁县.csv", "FN-1,垃圾,东门,2021-06-31,,,"))

    [entry] = taken(run, dataset, dataset / "issues/富宁县.csv")

    assert (entry["unchanged"], entry["refused_cells"]) == (1, 1)
    assert entry["rejected_to"] == str(dataset / "退回" / "富宁县 退回更正.csv")
    assert [path.name for path in (dataset / "issues").iterdir()] == ["富宁县.csv"]


def test_what_is_left_over_is_never_written_over_a_list_of_the_same_import(
    dataset: Path, tmp_path: Path, run: Run
) -> None:
    inbox = tmp_path / "收到"
    path = send(inbox, "富宁县.csv", "FN-1,垃圾,东门,2021-06-31,,,")
    taken(run, dataset, path)
    first = (dataset / "退回" / "富宁县 退回更正.csv").read_bytes()

    taken(run, dataset, path, dataset / "退回" / "富宁县 退回更正.csv")

    assert (dataset / "退回" / "富宁县 退回更正.csv").read_bytes() == first


def test_a_list_that_the_county_has_mended_is_not_written_over(
    dataset: Path, tmp_path: Path, run: Run
) -> None:
    inbox = tmp_path / "收到"
    path = send(inbox, "富宁县.csv", "FN-1,垃圾,东门,2021-06-31,,,")
    taken(run, dataset, path)
    [same] = taken(run, dataset, path)
    returned = dataset / "退回" / "富宁县 退回更正.csv"
    returned.write_text(returned.read_text("utf-8-sig").replace("06-31", "06-30"), "utf-8-sig")
    os.utime(returned, (returned.stat().st_mtime + 60,) * 2)
    mended = returned.read_bytes()

    [other] = taken(run, dataset, path)

    assert same["rejected_to"] == str(returned)
    assert other["rejected_to"] == str(dataset / "退回" / "富宁县 退回更正2.csv")
    assert returned.read_bytes() == mended


def test_of_several_dates_in_a_cell_the_faulty_one_is_named(
    dataset: Path, tmp_path: Path, run: Run
) -> None:
    path = send(tmp_path / "收到", "富宁县.csv", "FN-1,垃圾,东门,,,2021-06-02；06/05/2021,已完成")

    taken(run, dataset, path)

    returned = (dataset / "退回" / "富宁县 退回更正.csv").read_text("utf-8-sig")
    assert "“06/05/2021”分不清月和日" in returned


def test_a_returned_workbook_mended_in_libreoffice_merges_and_nothing_is_left_over(
    dataset: Path, tmp_path: Path, run: Run
) -> None:
    inbox = tmp_path / "收到"
    rows = "FN-1,垃圾,东门,2021-06-01,06/05/2021,,", "FN-1,垃圾,西门,2021-06-02,,6.3；6.4,"
    [entry] = taken(run, dataset, send(inbox, "富宁县.csv", *rows))
    assert (entry["added"], entry["refused_cells"]) == (2, 2)
    changed = tmp_path / "富宁县 已改.xlsx"
    with (
        zipfile.ZipFile(dataset / "退回" / "富宁县 退回更正.xlsx") as old,
        zipfile.ZipFile(changed, "w") as new,
    ):
        for name in old.namelist():
            text = old.read(name)
            if name == "xl/sharedStrings.xml":
                text = text.replace(b">06/05/2021<", b">2021-06-05<")
                text = text.replace(">6.3；6.4<".encode(), ">6月20日；6.4<".encode())
            new.writestr(name, text)

    saved = converted(changed, "xlsx", tmp_path)
    [back] = taken(run, dataset, saved)

    assert (back["rows"], back["updated"], back["refused_cells"]) == (2, 2, 0)
    assert (back["rejected_to"], back["missing"], back["renumbered"]) == (None, [], [])
    ledger = (dataset / "issues/富宁县.csv").read_text("utf-8-sig")
    assert ",2021-06-01,2021-06-05," in ledger
    assert ",2021-06-04；2021-06-20," in ledger


def test_why_a_file_cannot_be_had_is_said_in_chinese(
    dataset: Path, tmp_path: Path, run: Run
) -> None:
    loop = tmp_path / "富宁县.csv"
    loop.symlink_to(loop)

    given = run("import", loop, "--data", dataset, env={"LANG": "C"})
    form = run("form", "--county", "富宁", "-o", tmp_path / "没有/表.xlsx", "--data", dataset)

    assert (
        given.stderr.splitlines()[0] == "富宁县.csv：读不出来（链接绕成了圈）；富宁县的台账没有改动"
    )
    assert form.stderr.strip().endswith("写不进去：文件或目录不存在")


def test_a_full_disk_behind_the_output_is_one_clear_line(dataset: Path, tmp_path: Path) -> None:
    path = send(tmp_path / "收到", "富宁县.csv", GOOD)

    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123 - a device
        result = subprocess.run(
            [sys.executable, "-m", "duzhan", "import", path, "--data", dataset],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60,
        )  # fmt: skip

    assert (result.returncode, result.stderr) == (1, "“标准输出”读写出错：磁盘已满\n")
    assert "FN-1" in (dataset / "issues/富宁县.csv").read_text("utf-8")


def test_nothing_is_taken_in_where_what_goes_back_cannot_be_written(
    dataset: Path, tmp_path: Path, run: Run
) -> None:
    path = send(tmp_path / "收到", "富宁县.csv", "FN-1,垃圾,东门,2021-06-31,,,")
    for kind in ("csv", "xlsx"):
        (dataset / "退回").mkdir(exist_ok=True)
        (dataset / "退回" / f"富宁县 退回更正.{kind}").mkdir()

    result = run("import", path, "--data", dataset, env=TODAY)

    (line,) = result.stderr.splitlines()
    assert result.returncode == 1
    assert line.endswith("退回更正.csv”写不进去：它是目录，不是文件；这一次什么都没有导入")
    assert list((dataset / "issues").iterdir()) == []
