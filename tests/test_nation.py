"""Rosters of more than one prefecture: split into files, summed by region, listed in part."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from conftest import case_dataset
from duzhan.campaign.opening import open_dataset
from duzhan.dataset.config.roster import load_roster
from duzhan.dataset.names import county_of_file, find_county
from small import Calls

if TYPE_CHECKING:
    from pathlib import Path

DAY = "2021-07-18"


def split(folder: Path, first: int = 3) -> Path:
    """Move the groups of a dataset into two files beside groups.yaml."""
    roster: Any = yaml.safe_load((folder / "groups.yaml").read_text("utf-8"))
    groups = roster.pop("groups")
    (folder / "groups").mkdir()
    for name, some in (("1-州东.yaml", groups[:first]), ("2-州西.yaml", groups[first:])):
        text = yaml.safe_dump({"groups": some}, allow_unicode=True, sort_keys=False)
        (folder / "groups" / name).write_text(text, "utf-8")
    text = yaml.safe_dump(roster, allow_unicode=True, sort_keys=False)
    (folder / "groups.yaml").write_text(text, "utf-8")
    return folder


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Calls:
    return Calls(case_dataset(tmp_path / "ds", "messy-1"), capsys)


# ---------------------------------------------------------------- a roster in several files


def test_a_split_roster_is_the_same_roster(call: Calls) -> None:
    whole = open_dataset(call.folder).roster
    want = call.done("status", "--as-of", DAY, "--json")

    split(call.folder)

    assert open_dataset(call.folder).roster == whole
    assert call.done("status", "--as-of", DAY, "--json") == want


def test_a_slip_in_a_part_of_the_roster_is_named_with_file_and_line(call: Calls) -> None:
    split(call.folder)
    part = call.folder / "groups/2-州西.yaml"
    lines = part.read_text("utf-8").splitlines()
    at = next(n for n, line in enumerate(lines) if "code: '532624'" in line)
    lines[at] = lines[at].replace("'532624'", "'53262'")
    part.write_text("\n".join(lines), "utf-8")

    said = call("status")

    assert said.code == 1
    assert said.err.startswith(
        f"groups/2-州西.yaml 第{at + 1}行 “groups[0].county.code”：“53262”应为"
    )
    assert said.err.count("\n") == 1


def test_a_county_in_two_parts_is_named_with_both_places(call: Calls) -> None:
    split(call.folder)
    first, second = (call.folder / f"groups/{name}.yaml" for name in ("1-州东", "2-州西"))
    line = first.read_text("utf-8").splitlines().index("    code: '532622'") + 1
    second.write_text(second.read_text("utf-8").replace("'532624'", "'532622'"), "utf-8")

    _, problems = load_roster(call.folder / "groups.yaml", "groups.yaml")

    assert [(p.file, p.code) for p in problems] == [("groups/2-州西.yaml", "duplicate-value")]
    assert f"代码“532622”与 groups/1-州东.yaml 第{line}行重复" in problems[0].message


@pytest.mark.parametrize("text", ["", "groups: []\n", "offices: []\n", "groups:\n\t- id: x\n"])
def test_a_part_without_groups_is_an_error(call: Calls, text: str) -> None:
    split(call.folder)
    (call.folder / "groups/3-空.yaml").write_text(text, "utf-8")

    said = call("status")

    assert said.code == 1
    assert "groups/3-空.yaml" in said.err


def test_counties_of_a_split_roster_complete(call: Calls) -> None:
    from duzhan.dataset.completion import county_names

    whole = county_names(call.folder)
    split(call.folder)

    assert len(whole) == 8
    assert county_names(call.folder) == whole


def test_the_longest_name_wins_and_the_prefecture_is_no_county(call: Calls) -> None:
    roster = open_dataset(call.folder).roster

    assert find_county("文山", roster) is roster.counties[0]
    assert find_county("532628", roster) is roster.counties[-1]
    assert county_of_file("文山问题清单.xlsx", roster) is roster.counties[0]
    assert county_of_file("文山州汇总.xlsx", roster) is None
    assert county_of_file("昆明市.xlsx", roster) is None


# ---------------------------------------------------------------- sums by region


def test_sums_by_region_are_the_sums_of_their_counties(call: Calls) -> None:
    text = (call.folder / "groups.yaml").read_text("utf-8")
    moved = text.replace('"532627"', '"520127"').replace('"532628"', '"530128"')
    moved = moved.replace("regions:\n", 'regions:\n  - code: "520000"\n    name: 贵州省\n')
    (call.folder / "groups.yaml").write_text(moved, "utf-8")

    document = json.loads(call.done("status", "--as-of", DAY, "--rollup", "--json").out)

    rollup = document["rollup"]
    assert [(one["level"], one["code"], one["name"], one["counties"]) for one in rollup] == [
        ("total", None, "合计", 8),
        ("province", "520000", "贵州省", 1),
        ("prefecture", "520100", "520100", 1),
        ("province", "530000", "云南省", 7),
        ("prefecture", "530100", "530100", 1),
        ("prefecture", "532600", "文山州", 6),
    ]
    for one in rollup:
        digits = {"total": 0, "province": 2, "prefecture": 4}[one["level"]]
        ours = [
            c for c in document["counties"] if c["code"][:digits] == (one["code"] or "")[:digits]
        ]
        known = [c["issues"] for c in ours if c["issues"] is not None]
        assert one["no_data"] == len(ours) - len(known)
        assert one["issues"] == {key: sum(issues[key] for issues in known) for key in one["issues"]}
        assert one["lights"] == {
            light: sum(c["light"] == light for c in ours) for light in ("red", "yellow", "green")
        }
        if one["issues"]["total"]:
            assert one["rectification_rate"] == {
                "numerator": one["issues"]["closed"],
                "denominator": one["issues"]["total"],
            }


def test_sums_by_region_read_well_in_a_pipe(call: Calls) -> None:
    shown = call.done("status", "--as-of", DAY, "--rollup").out.splitlines()

    names = [line.split()[0] for line in shown if line.startswith(("合计", "  "))]
    assert names == ["合计", "云南省", "文山州"]
    assert len({len(line.encode("gb18030")) for line in shown[3:8]}) == 1


def test_one_county_has_no_sums_by_region(call: Calls) -> None:
    assert call("status", "--rollup", "--county", "富宁").code == 2


# ---------------------------------------------------------------- long lists


def test_a_long_list_shows_the_worst_and_says_how_many_it_does_not(call: Calls) -> None:
    whole = call.done("status", "--as-of", DAY).out.splitlines()
    short = call.done("status", "--as-of", DAY, "--limit", "3").out.splitlines()

    assert [line.split()[0] for line in short[5:8]] == [line.split()[0] for line in whole[5:8]]
    (cut,) = (at for at, line in enumerate(short) if line.startswith("最差的3个在上"))
    assert short[cut].startswith("最差的3个在上，其余5个没有列出")
    assert short[cut + 1] == "全部列出用 --limit 0；按地区汇总用 --rollup。"
    assert short[-1] == whole[-1]
    assert call.done("status", "--as-of", DAY, "--limit", "0").out.splitlines() == whole


def test_json_is_whole_whatever_the_limit(call: Calls) -> None:
    whole = call.done("status", "--as-of", DAY, "--json")

    assert call.done("status", "--as-of", DAY, "--json", "--limit", "1") == whole
