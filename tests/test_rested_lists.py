"""Lists of a ledger at rest are byte for byte those of the same lists in files."""

from __future__ import annotations

import csv
import json
import os
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from duzhan.campaign.opening import open_dataset
from duzhan.campaign.standing import Campaign
from duzhan.columns import ISSUE_COLUMNS
from duzhan.parquet.reading import own_columns
from duzhan.register.create import create
from small import Calls
from test_engines import at_rest, files_of, move_county, write_again

if TYPE_CHECKING:
    from pathlib import Path

DAYS = ("", "2021-06-01", "2021-06-10", "2021/6/20", "6月30日", "2021-07-01", "2021-07-05")
CELLS = {
    "编号": ("", "A-1", "A-2", " A-2", "A-3", "B-1", "=1"),
    "问题描述": ("垃圾", "垃 圾", "占道", "", '"引号"，\n两行'),
    "地点": ("北门", "南门 ", ""),
    "专项行动": ("清垃圾", "扫厕所", "清 垃圾", ""),
    "问题来源": ("省州交办", "督战组督战发现"),
    "责任单位": ("住建局", "卫健局", ""),
    "责任人": ("", "赵六", "李某"),
    "核验人": ("", "赵六", "钱七"),
    "备注": ("", "-", "\u202e倒"),
    "发现日期": (*DAYS, "2021-06-31"),
    "整改期限": (*DAYS, "立行立改", "长期坚持"),
    "整改完成日期": (*DAYS, "已完成", "2021-06-10；2021-07-05"),
    "销号日期": (*DAYS, "2021-06-20；2021-07-05"),
    "退回日期": ("", "", "", "2021-06-20", "2021-07-05", "以后"),
    "整改措施": ("", "清运", " 清扫 "),
    "整改情况": ("", "", "已完成", "未完成"),
    "撤销说明": ("", "", "", "", "不是问题"),
    "目标": ("", "甲", "乙 "),
    "经费": ("", "1"),
}
FURTHER = ("整改措施", "整改情况", "撤销说明")
# One issue has an extension that counts, whatever the others have.
EXTENDED = {"编号": "X-1", "问题描述": "积水", "发现日期": "2021-06-01", "整改期限": "2021-06-10"}
EXTENSION = "X-1,富宁县,,,2021-06-14,雨,李某,2021-06-05"
# One county of another prefecture stands between the others in the roster.
LISTS = {
    "富宁县.csv": (*FURTHER, "目标", "经费"),
    "广南县.csv": ("经费", "目标"),
    "丘北县.csv": ("整改措施",),
    "丘北县 补.csv": ("经费", "撤销说明"),
}
ASKED = (
    *(("overdue", *words) for words in ((), ("--json",), ("--due-within", "30", "--json"))),
    ("overdue", "--csv", "-"),
    ("overdue", "--county", "富宁", "--json"),
    *(("issues", *words) for words in ((), ("--json",), ("--csv", "-"))),
    *(("issues", "--json", "--state", state) for state in ("open", "待核验", "closed", "overdue")),
    ("issues", "--json", "--action", "清垃圾"),
    ("issues", "--state", "open", "--source", "省州 交办", "--json"),
    ("issues", "--unit", "住建", "--county", "丘北", "--csv", "-"),
    ("issues", "--text", "北门", "--state", "open"),
)

# What lists would show wrongly, or at another row.
IMPOSSIBLE = (
    *(("since", None), ("since", 3_000_000), ("until", 737_000), ("standing", 7)),
    *(("row", -1), ("row", 9_000), ("issue", None), ("entangled", 3)),
    *(("due", 9_000_000), ("extensions", None)),
)


def random_dataset(folder: Path, seed: int) -> Path:
    """Doubles, entangled and withdrawn issues, refused cells, extensions, own columns."""
    chance = np.random.default_rng(seed)
    create(folder, sample=False)
    move_county(folder, "532626", "110101")
    for file_name, further in LISTS.items():
        header = [*ISSUE_COLUMNS, *further]
        rows = [
            [str(chance.choice(CELLS[column])) for column in header]
            for _ in range(chance.integers(10))
        ]
        if file_name == "富宁县.csv":
            rows.append([EXTENDED.get(column, "") for column in header])
        with (folder / "issues" / file_name).open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([header, *rows])
    lines = ["编号,县(市),申请日期,原期限,延至,理由,批准人,批准日期", EXTENSION]
    for county in ("富宁县", "丘北县"):
        until, on = chance.choice(DAYS[2:]), chance.choice(DAYS[1:])
        lines.append(f"A-2,{county},,,{until},雨,李某,{on}")
    (folder / "extensions.csv").write_text("\n".join(lines) + "\n", "utf-8-sig")
    (folder / "rechecks.csv").write_text(
        "日期,县(市),编号,结果,核查人,备注\n2021-07-02,富宁县,A-1,不属实,李某,\n", "utf-8-sig"
    )
    return folder


@pytest.mark.parametrize("seed", range(4))
def test_lists_at_rest_are_byte_for_byte_those_of_the_files(
    seed: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Few rows are gone through at once, so that lists come in parts.
    monkeypatch.setattr("duzhan.dataset.batches.ROWS", 12)
    day = ("2021-06-15", "2021-07-01", "2021-07-18")[seed % 3]
    in_files = Calls(random_dataset(tmp_path / "ds", seed), capsys)
    rested = Calls(at_rest(in_files.folder), capsys)
    # Two seeds ask for each.
    for words in ASKED if "DUZHAN_LAWS" in os.environ else ASKED[seed % 2 :: 2]:
        asked = (*words, "--as-of", day)
        assert rested(*asked) == in_files(*asked), asked


def test_the_counties_own_columns_stand_in_the_order_of_the_lists(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duzhan.dataset.batches.ROWS", 1)
    folder = tmp_path / "ds"
    create(folder, sample=False)
    head = "编号,问题描述,发现日期,整改期限"
    # The first list, which is empty, brings the columns too, in an order of its own.
    (folder / "issues/富宁县.csv").write_text(f"{head},乙,甲\n", "utf-8")
    for name in ("西畴县", "广南县"):
        row = "A-1,占道,2021-06-01,2021-06-10,一,二"
        (folder / f"issues/{name}.csv").write_text(f"{head},甲,乙\n{row}\n", "utf-8")
    for folder_asked in (folder, at_rest(folder)):
        call = Calls(folder_asked, capsys)
        for asked in (("overdue", "--json"), ("weekly-report", "--format", "json")):
            told = json.loads(call.done(*asked).out)
            listed = told["issues"] if "issues" in told else told["overdue"]
            assert [[*one["columns"]] for one in listed] == [["乙", "甲"]] * 2, asked


def test_spells_that_cannot_be_are_never_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    in_files = Calls(random_dataset(tmp_path / "ds", 1), capsys)
    rested = Calls(at_rest(in_files.folder), capsys)
    path = files_of(rested.folder, "spells")[0]
    whole = pq.read_table(path)
    for name, value in IMPOSSIBLE:
        at = whole.schema.get_field_index(name)
        last = [*whole[name].to_pylist()[:-1], value]
        write_again(whole.set_column(at, name, pa.array(last, whole[name].type)), path)
        said = rested("overdue", "--json")
        assert (said.code, said.out) == (1, ""), (name, value)
        assert f"{path.name} 的 county=110101：有空的或不可能的状态" in said.err


def test_a_csv_that_is_printed_stands_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = Calls(random_dataset(tmp_path / "ds", 0), capsys)
    file = tmp_path / "清单.csv"
    for name in ("overdue", "issues"):
        printed = call.done(name, "--csv", "-")
        call.done(name, "--csv", str(file))
        assert printed.out.encode() == file.read_bytes()
        assert call(name, "--csv", "-", "--json").code == 2


def test_a_county_at_rest_costs_nothing_for_the_columns_of_the_others(tmp_path: Path) -> None:
    random_dataset(tmp_path / "ds", 1)
    dataset = open_dataset(at_rest(tmp_path / "ds"))
    sources = Campaign(dataset, dataset.rules.end).ledger.sources
    assert sources
    assert not any("目标" in source.table.cells.column_names for source in sources)
    rows = pa.array([[], [("甲", "1")], []], pa.map_(pa.string(), pa.string()))
    columns = own_columns(pa.chunked_array([rows]), ("乙", "甲"))
    assert {name: list(map(len, column.chunks)) for name, column in columns.items()} == {
        "甲": [1, 1, 1]
    }


def test_a_column_of_one_list_costs_nothing_in_the_rows_of_the_others(tmp_path: Path) -> None:
    folder = tmp_path / "ds"
    create(folder, sample=False)
    names = ("富宁县", "广南县", "西畴县", "马关县")
    for name in names:
        text = f"编号,问题描述,{name}的列\n{name}-1,占道,一\n{name}-2,漏水,二\n"
        (folder / f"issues/{name}.csv").write_text(text, "utf-8")
    dataset = open_dataset(folder)
    cells = Campaign(dataset, dataset.rules.end).ledger.cells
    ids = cells["编号"].to_pylist()
    for name in names:
        column = cells[f"{name}的列"]
        told = {f"{name}-1": "一", f"{name}-2": "二"}
        assert column.to_pylist() == [told.get(one, "") for one in ids]
        assert column.num_chunks <= 3
