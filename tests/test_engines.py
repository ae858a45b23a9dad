"""Whatever counts, the answer is the same; and what cannot be counted is one clear line."""

from __future__ import annotations

import csv
import errno
import functools
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import CASES, Run, case_dataset, done
from duzhan import engines
from duzhan.compliance.counting import count_spells
from duzhan.compliance.spells import spells
from duzhan.engines.machines import start
from made import create
from small import Calls
from test_counting import COUNTIES, DAYS, Row, counted, facts_of, ledgers, newly_closed

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

    from duzhan.engines.frames import Machine

SOURCE = Path(engines.__file__).parent.parent
HERE = (None, engines.DUCKDB)
DATASETS = ("clean", "messy-1", "messy-2", "sample", "dirty")
# The dirty one is messy-1 with more that is wrong; in the clean one nothing is.
LOOKED_AT = DATASETS if "DUZHAN_LAWS" in os.environ else ("messy-2", "sample", "dirty")
DAY = "2021-07-18"
LIST = "issues/富宁县.csv"
OLDER = Path(__file__).with_name("rested-form-2")


# ---------------------------------------------------------------- datasets


def dirty_dataset(folder: Path) -> Path:
    """Every kind of dirt at once: in cells, rows, files, and lists that are not there."""
    case_dataset(folder, "messy-1")
    roster = (folder / "groups.yaml").read_text("utf-8")
    confirmed = roster.replace("zero_list_confirmed_by:\n", "zero_list_confirmed_by: 李某\n", 1)
    (folder / "groups.yaml").write_text(confirmed, "utf-8")
    (folder / "issues/文山市.csv").write_bytes(b"")
    header = (folder / LIST).read_text("utf-8-sig").splitlines()[0]
    (folder / "issues/西畴县.csv").write_text(f"{header}\n", "utf-8")
    rows = [
        ["D-1", "垃圾", "东门", "2021-06-01", "2021-06-10", "", "", "", ""],
        ["D-1", "垃 圾", "东门", "2021-06-03", "", "2021-06-20", "2021-06-22", "", "赵六"],
        ["D-1", "垃圾", "东门", "2021-06-31", "2021-07-01", "", "", "", ""],
        ["D-2", "占道", "北门", "2021-06-01", "", "", "已完成", "", ""],
        ["D-2", "占道", "西门", "", "2021-06-05", "6月3日；6月9日", "2021/6/12", "6月10日", ""],
        ["", "积水", "南门", "", "", "", "", "2021-13-01", ""],
        ["", "积水", "南门", "", "", "", "2021-06-02", "", "钱七"],
        ["D-3", "", "", "2022-01-01", "2021-05-01", "", "", "", ""],
        ["D-4", "#REF!", "东门", "2021-06-01", "2021-05-01", "2021-06-09", "2021-06-05", "", ""],
    ]
    names = (
        "编号", "问题描述", "地点", "发现日期", "整改期限", "整改完成日期", "销号日期",
        "退回日期", "核验人",
    )  # fmt: skip
    with (folder / "issues/砚山县 补.csv").open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([names, *rows])
    return folder


def dataset_of(name: str, folder: Path) -> Path:
    if name == "sample":
        create(folder, sample=True)
        return folder
    return dirty_dataset(folder) if name == "dirty" else case_dataset(folder, name)


def at_rest(folder: Path) -> Path:
    """A dataset beside another whose ledger is the other's, exported."""
    rested = folder.with_name(f"{folder.name}-rested")
    shutil.copytree(folder, rested, ignore=shutil.ignore_patterns("issues"))
    done("--data", folder, "export", "--parquet", rested / "台账")
    with (rested / "milestones.yaml").open("a", encoding="utf-8") as file:
        file.write("\nledger_parquet: 台账\n")
    return rested


def files_of(rested: Path, kind: str) -> list[Path]:
    return sorted(rested.glob(f"台账/data-*/{kind}/*.parquet"))


def write_again(table: pa.Table, path: Path) -> None:
    """Write a file of a ledger at rest as an export would, whatever it holds."""
    with pq.ParquetWriter(path, table.schema) as writer:
        for code in pc.unique(table["county"]):
            writer.write_table(table.filter(pc.equal(table["county"], code)))
    sign_again(path)


def sign_again(path: Path) -> None:
    """Tell the manifest that a file, as it is now, is what was exported."""
    manifest = path.parents[2] / "ledger.json"
    told = json.loads(manifest.read_text("utf-8"))
    told["files"][path.stem][path.parent.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest.write_text(json.dumps(told), "utf-8")


@pytest.fixture(scope="module")
def funing_at_rest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small dataset at rest, to be copied."""
    folder = case_dataset(tmp_path_factory.mktemp("funing") / "ds", "messy-1")
    return at_rest(folder)


@pytest.fixture
def funing(funing_at_rest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Calls:
    """A small dataset at rest."""
    shutil.copytree(funing_at_rest, tmp_path / "rested")
    return Calls(tmp_path / "rested", capsys)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Path, Path]]:
    """Datasets in files and at rest, which nobody changes, each made once."""

    @functools.cache
    def made(name: str) -> tuple[Path, Path]:
        folder = dataset_of(name, tmp_path_factory.mktemp("of") / name)
        return folder, at_rest(folder)

    return made


# ---------------------------------------------------------------- the same answer


@pytest.mark.parametrize("name", LOOKED_AT)
def test_every_engine_gives_the_same_answer_from_files_and_at_rest(
    name: str,
    both: Callable[[str], tuple[Path, Path]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    in_files, rested = (Calls(folder, capsys) for folder in both(name))
    engine = ("--engine", engines.DUCKDB)
    for day in ("2021-05-12", DAY, "2021-12-31"):
        asked = ("status", "--as-of", day, "--json")
        want = in_files.done(*asked)
        assert len(json.loads(want.out)["counties"]) == 8
        assert rested.done(*asked) == want
        if day == DAY or "DUZHAN_LAWS" in os.environ:
            assert in_files.done(*asked, *engine) == rested.done(*asked, *engine) == want


@pytest.mark.parametrize("name", LOOKED_AT)
def test_what_lists_issues_says_the_same_of_a_ledger_at_rest(
    name: str,
    both: Callable[[str], tuple[Path, Path]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    in_files, rested = (Calls(folder, capsys) for folder in both(name))
    for arguments in (
        ("overdue", "--as-of", DAY, "--json"),
        ("issues", "--as-of", DAY, "--json"),
        ("status", "--as-of", DAY, "--county", "广南县"),
        ("issues", "--as-of", DAY, "--county", "富宁县"),
    ):
        assert rested.done(*arguments) == in_files.done(*arguments)

    found = [json.loads(call("check", "--json").out)["problems"] for call in (in_files, rested)]
    assert [sorted(map(str, problems)) for problems in found[:1]] == [sorted(map(str, found[1]))]


def test_one_county_counts_alone_on_every_engine(funing: Calls) -> None:
    every = json.loads(funing.done("status", "--as-of", DAY, "--json").out)
    for engine in HERE:
        asked = ("--engine", engine) if engine else ()
        alone = funing.done("status", "--as-of", DAY, "--county", "广南", "--json", *asked)
        (county,) = json.loads(alone.out)["counties"]
        assert county in every["counties"]
        assert county["issues"]["total"] > 0


@pytest.fixture(scope="module", params=[engines.DUCKDB])
def machine(request: pytest.FixtureRequest) -> Iterator[Machine]:
    with start(engines.Engine(request.param)) as machine:
        yield machine


@settings(max_examples=15, deadline=None)
@given(ledgers(), st.lists(DAYS, min_size=1, max_size=4))
def test_engines_count_what_the_rules_say_read_row_by_row(
    machine: Machine, rows: list[Row], days: list[dt.date]
) -> None:
    told = machine.table(spells(facts_of(rows)).counted)

    got = count_spells(told, days, range(COUNTIES), days[:1])

    assert {day: got.counts[day] for day in days} == {day: counted(rows, day) for day in days}
    assert got.closures == {days[0]: newly_closed(rows, days[0])}


def test_no_engine_has_a_name_outside_its_package() -> None:
    named = re.compile("|".join((*engines.NAMES, "polars", "dask", "pyspark")), re.IGNORECASE)
    found = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if named.search(path.read_text("utf-8"))
    }

    assert found
    assert {name for name in found if not name.startswith("engines/")} == set()


# ---------------------------------------------------------------- a ledger at rest


def test_the_issues_at_rest_are_typed_and_carry_their_refusals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = Calls(dirty_dataset(tmp_path / "ds"), capsys)
    rested = at_rest(call.folder)

    (path,) = files_of(rested, "issues")
    table = pq.read_table(path)
    rows = {
        (row["编号"], row["问题描述"], row["地点"]): row
        for row in table.to_pylist()
        if row["文件"] == "issues/砚山县 补.csv"
    }

    assert table.schema.field("发现日期").type == pa.date32()
    assert table.schema.field("销号日期").type == pa.list_(pa.date32())
    west = rows["D-2", "占道", "西门"]
    assert [day.isoformat() for day in west["整改完成日期"]] == ["2021-06-03", "2021-06-09"]
    assert west["整改完成日期（原文）"] == "6月3日；6月9日"
    assert west["数据有误"]
    north = rows["D-2", "占道", "北门"]
    assert (north["销号日期"], north["销号日期（原文）"], north["行"]) == ([], "已完成", 5)
    assert {"列": "销号日期", "代码": "bad-date", "错误": True, "原文": "已完成"}.items() <= next(
        said for said in north["拒收"] if said["列"] == "销号日期"
    ).items()


def test_exporting_again_replaces_the_whole_and_keeps_one_older_copy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = Calls(case_dataset(tmp_path / "ds", "clean"), capsys)
    folder = tmp_path / "台账"
    seen = []
    for _ in range(3):
        call.done("export", "--parquet", str(folder))
        seen.append(json.loads((folder / "ledger.json").read_text("utf-8"))["folder"])

    assert sorted(path.name for path in folder.glob("data-*")) == sorted(seen[1:])


def test_only_files_whose_counties_changed_are_written_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = case_dataset(tmp_path / "ds", "messy-1")
    move_county(folder, "532628", "110101")
    call = Calls(folder, capsys)
    rested = at_rest(folder)
    want = Calls(rested, capsys).done("issues", "--as-of", DAY, "--json")

    def again() -> dict[str, int]:
        call.done("export", "--parquet", str(rested / "台账"))
        told = json.loads((rested / "台账/ledger.json").read_text("utf-8"))
        return {
            path.stem: path.stat().st_ino
            for path in (rested / "台账" / told["folder"] / "issues").iterdir()
        }

    first = again()
    assert sorted(first) == ["1101", "5326"]
    assert again() == first
    assert Calls(rested, capsys).done("issues", "--as-of", DAY, "--json") == want
    # A list, a row of a register, a file that was damaged: what they concern, and no more.
    with (folder / LIST).open("a", encoding="utf-8") as file:
        file.write("新-1,新问题,东门\n")
    second = again()
    assert (second["5326"], second["1101"] != first["1101"]) == (first["5326"], True)
    names = "编号,县(市),申请日期,原期限,延至,理由,批准人,批准日期"
    cells = "新-1,广南县,,,2021-08-01,雨,李某,2021-07-01"
    (folder / "extensions.csv").write_text(f"{names}\n{cells}\n", "utf-8-sig")
    shutil.copy(folder / "extensions.csv", rested)
    third = again()
    assert (third["1101"], third["5326"] != second["5326"]) == (second["1101"], True)
    path = next(one for one in files_of(rested, "issues") if one.stat().st_ino == third["1101"])
    path.write_bytes(path.read_bytes()[:-1])
    assert again()["1101"] != third["1101"]
    for command in (("issues",), ("status",)):
        asked = (*command, "--as-of", DAY, "--json")
        assert Calls(rested, capsys).done(*asked) == call.done(*asked)


def move_county(folder: Path, old: str, new: str) -> None:
    """Give a county the code of another prefecture."""
    roster = folder / "groups.yaml"
    roster.write_text(roster.read_text("utf-8").replace(old, new), "utf-8")


def test_an_export_of_the_form_before_is_still_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "ds"
    shutil.copytree(OLDER, folder)
    in_files = Calls(folder, capsys)
    asked = [
        *(("status", "--as-of", DAY, "--json", *one) for one in ((), ("--county", "富宁"))),
        *((name, "--as-of", DAY, "--json") for name in ("overdue", "issues")),
        ("status", "--as-of", DAY, "--json", "--engine", engines.DUCKDB),
    ]
    want = [in_files.done(*words) for words in asked]
    shutil.rmtree(folder / "issues")
    with (folder / "milestones.yaml").open("a", encoding="utf-8") as file:
        file.write("\nledger_parquet: 台账\n")

    assert [in_files.done(*words) for words in asked] == want
    (path,) = folder.glob("台账/data-*/spells/county=532628/*.parquet")
    path.write_bytes(path.read_bytes()[:-1])
    one_line(in_files("status", "--as-of", DAY), "county=532628", "不是完整的 Parquet 文件")


def test_an_export_killed_half_way_leaves_the_old_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = Calls(case_dataset(tmp_path / "ds", "clean"), capsys)
    rested = at_rest(call.folder)
    want = Calls(rested, capsys).done("status", "--as-of", DAY, "--json")
    (call.folder / LIST).unlink()
    driver = (
        "import os, sys, duzhan.parquet.writing as p\n"
        "p._announce = lambda *_: os.kill(os.getpid(), 9)\n"
        "from duzhan.cli import main\n"
        "main(sys.argv[1:])\n"
    )
    words = ["--data", str(call.folder), "export", "--parquet", str(rested / "台账")]
    killed = subprocess.run([sys.executable, "-c", driver, *words], check=False, timeout=60)

    assert killed.returncode == -9
    assert Calls(rested, capsys).done("status", "--as-of", DAY, "--json") == want
    call.done("export", "--parquet", str(rested / "台账"))
    after = Calls(rested, capsys).done("status", "--as-of", DAY, "--json")
    assert json.loads(after.out)["counties"][-1]["issues"] is None


def test_a_folder_with_other_things_is_not_written_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = Calls(case_dataset(tmp_path / "ds", "clean"), capsys)
    (tmp_path / "别的").mkdir()
    (tmp_path / "别的/报告.docx").write_bytes(b"x")

    for place in (tmp_path / "别的", call.folder, call.folder / "issues"):
        said = call("export", "--parquet", str(place))
        assert (said.code, said.err.count("\n")) == (1, 1)
        assert str(place) in said.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "清单.csv"),
        ("close", "富宁-0001", "--on", "2021-07-01", "--by", "赵六"),
        ("export", "--parquet", "别处"),
    ],
)
def test_a_ledger_at_rest_is_not_written_to(funing: Calls, arguments: tuple[str, ...]) -> None:
    said = funing(*arguments)

    assert (said.code, said.err.count("\n")) == (1, 1)
    assert "Parquet" in said.err


def test_lists_beside_a_ledger_at_rest_are_reported(funing: Calls) -> None:
    shutil.copytree(CASES / "clean" / "issues", funing.folder / "issues")

    said = funing.done("status", "--as-of", DAY)

    assert "issues/：milestones.yaml 写了 ledger_parquet，这里的 8 个文件没有读" in said.err


# ---------------------------------------------------------------- one clear line


def one_line(said: Any, *words: str) -> None:  # noqa: ANN401 - of a call or of a process
    """Exit code 1 and one line that holds the words."""
    code = said.code if hasattr(said, "code") else said.returncode
    text = said.err if hasattr(said, "err") else said.stderr
    assert (code, text.count("\n")) == (1, 1), text
    for word in words:
        assert word in text


@pytest.mark.parametrize("engine", HERE)
def test_a_parquet_file_that_lacks_a_column_or_has_another_type_is_named(
    funing: Calls, engine: str | None
) -> None:
    path = files_of(funing.folder, "spells")[0]
    whole = pq.read_table(path)
    asked = ("--engine", engine) if engine else ()
    where = str(path.relative_to(funing.folder))

    pq.write_table(whole.drop_columns(["since"]), path)
    one_line(funing("status", "--as-of", DAY, *asked), where, "缺少列“since”（int32）")
    since = whole.schema.get_field_index("since")
    wrong = whole.set_column(since, "since", whole["since"].cast(pa.string()))
    pq.write_table(wrong, path)
    one_line(funing("status", "--as-of", DAY, *asked), where, "“since”应为 int32，现为 string")
    pq.write_table(whole.slice(1), path)
    one_line(funing("status", "--as-of", DAY, *asked), where, f"应有 {whole.num_rows} 行")
    path.write_bytes(path.read_bytes()[:-9])
    one_line(funing("status", "--as-of", DAY, *asked), where, "不是完整的 Parquet 文件")
    path.unlink()
    one_line(funing("status", "--as-of", DAY, *asked), where, "文件不见了")


@pytest.mark.parametrize("engine", HERE)
def test_a_file_that_is_not_the_one_exported_is_never_read(
    funing: Calls, engine: str | None
) -> None:
    spells, issues = (files_of(funing.folder, kind)[0] for kind in ("spells", "issues"))
    asked = ("--engine", engine) if engine else ()
    # One state a day longer, as many rows: nothing but the digest tells.
    exported, whole = spells.read_bytes(), pq.read_table(spells)
    since = whole.schema.get_field_index("since")
    days = whole["since"].to_pylist()
    days[-1] -= 1
    signed = (funing.folder / "台账/ledger.json").read_bytes()
    write_again(whole.set_column(since, "since", pa.array(days, pa.int32())), spells)
    (funing.folder / "台账/ledger.json").write_bytes(signed)
    said = funing("status", "--as-of", DAY, *asked)
    one_line(said, f"spells/{spells.name}：与导出时不同，请重新 duzhan export --parquet")
    assert said.out == ""

    spells.write_bytes(exported)
    flipped = bytearray(issues.read_bytes())
    flipped[len(flipped) // 3] ^= 1
    issues.write_bytes(flipped)
    one_line(funing("check"), f"issues/{issues.name}：与导出时不同")
    # Whoever reads no issues is not kept waiting for their digest.
    assert funing.done("status", "--as-of", DAY, *asked).out


def test_damage_that_the_export_had_already_is_one_line(funing: Calls) -> None:
    for kind, asked in (("spells", "status"), ("issues", "issues")):
        path = files_of(funing.folder, kind)[0]
        whole = path.read_bytes()
        size = len(whole) // 3
        path.write_bytes(whole[:4] + bytes(size) + whole[4 + size :])
        sign_again(path)
        said = funing(asked, "--as-of", DAY)
        assert (said.code, said.out) == (1, "")
        assert f"{kind}/{path.name}：文件已损坏，读不出来，请重新 duzhan export" in said.err
        path.write_bytes(whole)
        sign_again(path)


def test_a_disk_that_fails_under_a_ledger_at_rest_is_one_line(
    funing: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(path: Path) -> str:
        raise OSError(errno.EIO, "Input/output error", str(path))

    monkeypatch.setattr("duzhan.parquet.layout.file_digest", fails)
    one_line(funing("status", "--as-of", DAY), "spells/5326.parquet：读不出来：磁盘读写出错")


# What would make a county look clean, or at least better, if it were counted.
IMPOSSIBLE = [
    *(("since", None), ("invalid", None), ("since", 3_000_000), ("until", 737_000)),
    *(("since", -5), ("since", 700_000)),
    *(("until", None), ("until", 1), ("until", 9_000_000)),
    *(("standing", None), ("standing", 0), ("standing", 7)),
    *(("invalid", 2), ("entangled", None), ("entangled", 3)),
    *(("said_done", None), ("extended", -1), ("issue", None), ("issue", -1)),
]


@pytest.mark.parametrize("engine", HERE)
def test_a_value_that_is_null_or_cannot_be_is_never_counted(
    funing: Calls, engine: str | None
) -> None:
    path = files_of(funing.folder, "spells")[0]
    whole = pq.read_table(path)
    asked = ("--engine", engine) if engine else ()
    for name, value in IMPOSSIBLE if engine is None else IMPOSSIBLE[:4]:
        at = whole.schema.get_field_index(name)
        last = [*whole[name].to_pylist()[:-1], value]
        write_again(whole.set_column(at, name, pa.array(last, whole[name].type)), path)
        said = funing("status", "--as-of", DAY, *asked)
        assert (said.code, said.out) == (1, ""), (name, value)
        assert f"{path.name} 的 county=532628：有空的或不可能的状态" in said.err
    write_again(whole, path)
    extra = path.with_name("part-1.parquet")
    pq.write_table(whole, extra)
    one_line(funing("status", "--as-of", DAY, *asked), extra.name, "不是 duzhan export 写的")
    extra.unlink()
    assert funing("status", "--as-of", DAY, *asked).out


@pytest.mark.parametrize(
    ("name", "value"),
    [("责任单位", None), ("整改情况", None), ("状态词", 5), ("状态词", None), ("行", 0)],
)
def test_an_issue_at_rest_that_cannot_be_is_never_listed(
    funing: Calls, name: str, value: object
) -> None:
    path = files_of(funing.folder, "issues")[0]
    whole = pq.read_table(path)
    at = whole.schema.get_field_index(name)
    cells = [*whole[name].to_pylist()[:-1], value]
    write_again(whole.set_column(at, name, pa.array(cells, whole[name].type)), path)

    words = ("check",) if name in ("状态词", "行") else ("overdue", "--as-of", DAY)
    one_line(funing(*words), path.name, f"“{name}”")


@pytest.mark.parametrize(
    "changed",
    [
        {"counties": []},
        {"counties": {"532628": 5}},
        {"folder": "../../ds"},
        {"folder": 5},
        {"problems": [5]},
        {"problems": [["532628", {"severity": 5}]]},
        {"notice": 5},
        {"read_by": 5},
        {"form": None},
    ],
    ids=str,
)
def test_a_manifest_of_wrong_types_is_one_line(funing: Calls, changed: dict[str, Any]) -> None:
    path = funing.folder / "台账" / "ledger.json"
    told = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**told, **changed}), "utf-8")
    one_line(funing("status", "--as-of", DAY), "台账")


def test_a_quotation_mark_in_the_temporary_folder_breaks_no_engine(
    funing: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "o'clock").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "o'clock"))
    assert funing("status", "--as-of", DAY, "--engine", engines.DUCKDB).code == 0


def test_issues_at_rest_are_checked_before_they_are_listed(funing: Calls) -> None:
    path = files_of(funing.folder, "issues")[0]
    whole = pq.read_table(path)
    pq.write_table(whole.drop_columns(["销号日期"]), path)

    one_line(funing("overdue", "--as-of", DAY), "缺少列“销号日期”")


def test_a_ledger_that_is_not_where_the_rules_say_is_an_error_with_its_line(
    funing: Calls,
) -> None:
    rules = funing.folder / "milestones.yaml"
    line = rules.read_text("utf-8").splitlines().index("ledger_parquet: 台账") + 1
    (funing.folder / "台账/ledger.json").rename(funing.folder / "别处.json")
    one_line(funing("status", "--as-of", DAY), "“台账”里没有 ledger.json", "duzhan export")
    shutil.rmtree(funing.folder / "台账")

    one_line(funing("status"), f"milestones.yaml 第{line}行", "没有“台账”这个目录")


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        (
            "closure_needs_verifier: false",
            "closure_needs_verifier: true",
            "closure_needs_verifier",
        ),
        ("vocabularies:\n", "vocabularies:\n  due_words: []\n", "due_words"),
        ("      销号时间, 销号日, ", "      销号的那天, 销号时间, 销号日, ", "header_aliases"),
    ],
)
def test_a_ledger_read_by_other_rules_is_refused(
    before: str, after: str, key: str, funing: Calls
) -> None:
    rules = funing.folder / "milestones.yaml"
    text = rules.read_text("utf-8")
    assert before in text
    text = re.sub(r"(?m)^  due_words:\n(    .*\n)*", "", text) if key == "due_words" else text
    rules.write_text(text.replace(before, after), "utf-8")

    one_line(funing("status", "--as-of", DAY), f"按别的规则（{key}）读出的", "duzhan export")


def test_a_ledger_read_by_other_names_of_a_county_is_refused(funing: Calls) -> None:
    roster = funing.folder / "groups.yaml"
    text = roster.read_text("utf-8")
    named = "      name: 富宁县\n"
    assert named in text
    roster.write_text(text.replace(named, f"{named}      header_aliases: {{发现日期: [日期]}}\n"))
    one_line(funing("status", "--as-of", DAY), "按别的规则（groups.yaml）读出的", "duzhan export")
    # That somebody confirmed an empty list does not change what was read.
    roster.write_text(text.replace("zero_list_confirmed_by:\n", "zero_list_confirmed_by: 李某\n"))
    assert funing.done("status", "--as-of", DAY).out


def test_a_register_that_cannot_be_read_is_not_the_one_of_the_export(funing: Calls) -> None:
    register = funing.folder / "extensions.csv"
    register.unlink(missing_ok=True)
    register.mkdir()

    told = "；这里的 extensions.csv 要和导出的那个数据集一样"
    one_line(funing("status", "--as-of", DAY), "按别的规则（extensions.csv）读出的", told)


def test_rows_of_registers_about_a_county_without_a_list_are_faults_at_rest_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    in_files = Calls(case_dataset(tmp_path / "ds", "messy-1"), capsys)
    (in_files.folder / "issues/文山市.csv").unlink(missing_ok=True)
    (in_files.folder / "extensions.csv").write_text(
        "编号,县(市),申请日期,原期限,延至,理由,批准人,批准日期\n"
        "文山-1,文山市,,,2021-09-30,雨季,李某,2021-06-20\n",
        "utf-8-sig",
    )
    rested = Calls(at_rest(in_files.folder), capsys)

    for asked in (("status", "--as-of", DAY), ("overdue", "--as-of", DAY, "--json")):
        assert rested.done(*asked) == in_files.done(*asked)


def test_an_export_into_the_folder_of_what_was_put_aside_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = Calls(case_dataset(tmp_path / "ds", "clean"), capsys)
    call.done("status", "--as-of", DAY)

    for place in (".duzhan-cache", ".duzhan-cache/台账"):
        said = call("export", "--parquet", str(call.folder / place))
        assert (said.code, said.err.count("\n")) == (2, 1)
        assert "自己的文件" in said.err


@pytest.mark.parametrize(
    ("engine", "library"), [(engines.DUCKDB, "duckdb"), (engines.SPARK, "pyspark")]
)
def test_an_engine_that_is_not_installed_is_one_line(
    engine: str, library: str, tmp_path: Path, sample: Path, run: Run
) -> None:
    missing = f"raise ModuleNotFoundError('No module named {library}', name={library!r})\n"
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / f"{library}.py").write_text(missing)
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "lib")}

    said = run("--data", sample, "status", "--as-of", DAY, "--engine", engine, env=env)

    lines = said.stderr.splitlines()
    assert said.returncode == 1
    assert lines[-1] == f"没有安装 {engine} 引擎，请先安装：pip install 'duzhan[{engine}]'"
    assert len(lines) == 2  # the other one counts the sample's faulty cells
    assert said.stdout == ""


def test_an_address_is_for_an_engine_that_has_one(funing: Calls) -> None:
    said = funing("status", "--engine", engines.DUCKDB, "--master", "spark://127.0.0.1:7077")

    assert said.code == 2
    assert "--master" in said.err


def test_help_and_an_engine_that_is_not_named_load_nothing_of_it(run: Run, sample: Path) -> None:
    began = time.monotonic()
    shown = run("status", "--help")

    assert "--engine [duckdb|spark]" in shown.stdout
    assert time.monotonic() - began < 20
    code = (
        f"import sys; sys.argv[1:] = ['--data', {str(sample)!r}, 'status', '--as-of', {DAY!r}]\n"
        "from duzhan.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'pandas', 'duckdb', 'pyspark'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "[]"
