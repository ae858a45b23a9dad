"""What people call a county, and what happens if they call it otherwise."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from duzhan.dataset.config.roster import load_roster
from duzhan.dataset.names import county_of_file, find_county, resolve_county
from duzhan.errors import UsageError

if TYPE_CHECKING:
    from duzhan.model import Roster

ALL = "文山市、砚山县、西畴县、麻栗坡县、马关县、丘北县、广南县、富宁县"


@pytest.fixture(scope="module")
def roster() -> Roster:
    made, _ = load_roster(Path(__file__).parent.parent / "data" / "groups.yaml", "groups.yaml")
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("富宁县", "富宁县"),
        ("富宁", "富宁县"),
        ("532628", "富宁县"),
        ("５３２６２８", "富宁县"),
        (" 富 宁\u3000县\n", "富宁县"),
        ("文山", "文山市"),
        ("文山市", "文山市"),
        ("麻栗坡", "麻栗坡县"),
    ],
)
def test_a_cell_names_a_county_by_name_alias_or_code(roster: Roster, text: str, name: str) -> None:
    county = find_county(text, roster)
    assert county is not None
    assert county.name == name


@pytest.mark.parametrize(
    "text",
    ["", "富", "富宁县人民政府", "文山州", "532600", "文山壮族苗族自治州", "53262", "个旧市"],
)
def test_a_cell_is_never_guessed(roster: Roster, text: str) -> None:
    assert find_county(text, roster) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("富宁县", "富宁县"),
        ("富宁", "富宁县"),
        ("富", "富宁县"),
        ("麻栗", "麻栗坡县"),
        ("文", "文山市"),
        ("文山", "文山市"),
        ("532628", "富宁县"),
        ("53260", "文山市"),
        ("５３２６２８", "富宁县"),
    ],
)
def test_on_the_command_line_a_prefix_that_fits_one_county_is_enough(
    roster: Roster, text: str, name: str
) -> None:
    assert resolve_county(text, roster).name == name


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("富宁线", "没有“富宁线”这个县（市），是不是“富宁县”？"),
        ("532629", "没有“532629”这个县（市），是不是“富宁县”？"),
        ("丘北市", "没有“丘北市”这个县（市），是不是“丘北县”？"),
        ("昆明", f"没有“昆明”这个县（市），应为：{ALL}"),
        ("", f"县（市）名称是空的，应为：{ALL}"),
        ("文山州", f"“文山州”是整个文山州，不是其中一个，应为：{ALL}"),
        ("532600", f"“532600”是整个文山州，不是其中一个，应为：{ALL}"),
        ("5326", f"“5326”可以是好几个县（市），请写完整：{ALL}"),
    ],
)
def test_anything_else_is_a_usage_error_of_one_line(roster: Roster, text: str, line: str) -> None:
    with pytest.raises(UsageError) as caught:
        resolve_county(text, roster)
    assert str(caught.value) == line
    assert caught.value.exit_code == 2


def test_a_prefix_of_several_counties_lists_just_those(roster: Roster) -> None:
    with pytest.raises(UsageError) as caught:
        resolve_county("53260", _with_codes(roster, {"砚山县": "532602"}))
    assert str(caught.value) == "“53260”可以是好几个县（市），请写完整：文山市、砚山县"


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("富宁县.csv", "富宁县"),
        ("富宁县 第二批.xlsx", "富宁县"),
        ("富宁问题清单.xls", "富宁县"),
        ("富 宁 县（6月）.csv", "富宁县"),
        ("文山市.csv", "文山市"),
        ("文山整改台账.ods", "文山市"),
        (unicodedata.normalize("NFD", "麻栗坡县.csv"), "麻栗坡县"),
    ],
)
def test_a_file_belongs_to_the_county_that_its_name_begins_with(
    roster: Roster, filename: str, name: str
) -> None:
    county = county_of_file(filename, roster)
    assert county is not None
    assert county.name == name


@pytest.mark.parametrize(
    "filename",
    ["文山州汇总.xlsx", "文山壮族苗族自治州.csv", "文山州富宁县.csv", "汇总富宁县.csv", "", ".csv"],
)
def test_a_file_of_the_prefecture_or_of_nobody_belongs_to_no_county(
    roster: Roster, filename: str
) -> None:
    assert county_of_file(filename, roster) is None


def test_a_decomposed_name_belongs_to_the_county_that_it_spells(roster: Roster) -> None:
    """MacOS takes é apart; Chinese characters mostly stay, so another name shows it."""
    other = _with_names(roster, {"富宁县": "Évian"})
    decomposed = unicodedata.normalize("NFD", "Évian.csv")
    assert decomposed != "Évian.csv"
    county = county_of_file(decomposed, other)
    assert county is not None
    assert county.name == "Évian"


def test_of_two_names_that_fit_a_file_the_longer_wins(roster: Roster) -> None:
    other = _with_names(roster, {"富宁县": "文山市郊区"})
    county = county_of_file("文山市郊区问题.csv", other)
    assert county is not None
    assert county.name == "文山市郊区"


def _with_codes(roster: Roster, codes: dict[str, str]) -> Roster:
    return _changed(roster, "code", codes)


def _with_names(roster: Roster, names: dict[str, str]) -> Roster:
    return _changed(roster, "name", names)


def _changed(roster: Roster, field: str, values: dict[str, str]) -> Roster:
    from dataclasses import replace

    groups = tuple(
        replace(group, county=replace(group.county, **{field: values[group.county.name]}))  # type: ignore[arg-type]
        if group.county.name in values
        else group
        for group in roster.groups
    )
    return replace(roster, groups=groups)
