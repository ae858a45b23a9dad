"""What programs rely on: every JSON document fits its published schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import pytest
from referencing import Registry, Resource

from conftest import REPOSITORY, Run, case_dataset, read_json

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = [
    ("status", ("status", "--as-of", "2021-06-25")),
    ("status", ("status", "--as-of", "2021-12-31", "--county", "广南")),
    ("status", ("status", "--as-of", "2022-03-01")),
    ("issues", ("overdue", "--as-of", "2021-07-18", "--due-within", "7")),
    ("issues", ("issues", "--as-of", "2021-07-18")),
    ("check", ("check",)),
    ("forecast", ("forecast", "--as-of", "2021-06-25")),
    ("forecast", ("forecast", "--as-of", "2021-12-31", "--county", "广南")),
    ("weekly-report", ("weekly-report", "--week", "2021-W25", "--format", "json")),
    ("weekly-report", ("weekly-report", "--week", "2021-W17", "--format", "json")),
]


def json_of(arguments: tuple[str, ...]) -> tuple[str, ...]:
    return arguments if "--format" in arguments else (*arguments, "--json")


def schema_check(name: str, text: str) -> None:
    schemas = {
        path.name: json.loads(path.read_text("utf-8"))
        for path in (REPOSITORY / "schemas/output").glob("*.json")
    }
    resources = [(each, Resource.from_contents(schemas[each])) for each in schemas]
    validator = jsonschema.Draft202012Validator(
        schemas[f"{name}.schema.json"],
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
        registry=Registry().with_resources(resources),
    )
    assert [error.message for error in validator.iter_errors(read_json(text))] == []


@pytest.mark.parametrize(("name", "arguments"), COMMANDS)
def test_json_of_the_sample_fits_its_schema_and_says_that_it_is_a_sample(
    name: str, arguments: tuple[str, ...], sample: Path, run: Run
) -> None:
    result = run(*json_of(arguments), "--data", sample)

    schema_check(name, result.stdout)
    assert read_json(result.stdout)["notice"].startswith("示例数据")


@pytest.mark.parametrize(("name", "arguments"), COMMANDS)
def test_json_of_dirty_lists_fits_its_schema(
    name: str, arguments: tuple[str, ...], tmp_path: Path, run: Run
) -> None:
    root = case_dataset(tmp_path / "ds", "messy-1")

    result = run(*json_of(arguments), "--data", root)

    schema_check(name, result.stdout)
    assert "notice" not in read_json(result.stdout)


def test_json_of_points_by_item_fits_its_schema(run: Run) -> None:
    root = REPOSITORY / "examples" / "卫生县城创建攻坚"

    result = run("status", "--as-of", "2023-06-25", "--json", "--data", root)

    schema_check("status", result.stdout)
    assert all(one["points"]["items"] for one in read_json(result.stdout)["counties"])


def test_check_names_file_line_column_value_and_code(tmp_path: Path, run: Run) -> None:
    root = case_dataset(tmp_path / "ds", "messy-2")

    problems = read_json(run("check", "--json", "--data", root).stdout)["problems"]

    assert {
        "severity": "error",
        "file": "issues/马关县.csv",
        "line": 8,
        "column": "整改期限",
        "value": "2031年6月30日",
        "code": "future-date",
        "message": "“2031年6月30日”晚于行动截止日 2021-12-31，请核对年份，改正前按空格处理",
        "sheet": None,
        "id": next(p["id"] for p in problems if p["value"] == "2031年6月30日"),
    } in problems
