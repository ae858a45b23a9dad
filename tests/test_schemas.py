"""schemas/*.json: fresh, in force for the shipped files, and in the users' language."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
NAMES = ("groups", "milestones")


class EditorLoader(yaml.SafeLoader):
    """Reads YAML as editors do: JSON's types and no dates."""


EditorLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def schema_of(name: str) -> Any:  # noqa: ANN401 - any JSON document
    return json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text("utf-8"))


def data_of(name: str) -> Any:  # noqa: ANN401 - any YAML document
    return yaml.load((ROOT / "data" / f"{name}.yaml").read_text("utf-8"), EditorLoader)  # noqa: S506


def validator_of(name: str) -> jsonschema.Draft202012Validator:
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    return jsonschema.Draft202012Validator(schema_of(name), format_checker=checker)


def test_the_schemas_are_those_that_the_tool_makes() -> None:
    tool = ROOT / "tools" / "make_schemas.py"
    result = subprocess.run(
        [sys.executable, tool, "--check"], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_one_of_its_dialect(name: str) -> None:
    schema = schema_of(name)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_file_fits_its_schema(name: str) -> None:
    assert [error.message for error in validator_of(name).iter_errors(data_of(name))] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_file_names_its_schema_in_its_first_line(name: str) -> None:
    first = (ROOT / "data" / f"{name}.yaml").read_text("utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema=../schemas/{name}.schema.json"


def mappings(node: object) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, list):
        for item in node:
            yield from mappings(item)


@pytest.mark.parametrize("name", NAMES)
def test_every_key_is_described_in_chinese_and_no_other_is_allowed(name: str) -> None:
    described = 0
    for part in mappings(schema_of(name)):
        if part.get("type") == "object" and "properties" in part:
            assert part["additionalProperties"] is False
            for key, value in part["properties"].items():
                assert any(
                    "\u4e00" <= character <= "\u9fff" for character in value["description"]
                ), key
                described += 1
    assert described > 20


BAD = [
    ("groups", ("groups", 0, "county", "code"), "53260"),
    ("groups", ("groups", 0, "recipients"), ["nobody"]),
    ("groups", ("groups", 0, "colour"), "red"),
    ("groups", ("groups", 1, "memberships", 2, "posts"), []),
    ("milestones", ("milestones", 0, "deadline"), "2021-06-31"),
    ("milestones", ("milestones", 0, "requirements", 0, "at_least"), "七百二十"),
    ("milestones", ("milestones", 0, "requirements", 1, "at_least"), 0.9),
    ("milestones", ("milestones", 0, "requirements", 1, "kind"), "rate"),
    ("milestones", ("warn_days",), "十"),
    ("milestones", ("warn_days",), -1),
    ("milestones", ("closure_needs_verifier",), "是"),
]


@pytest.mark.parametrize(("name", "path", "value"), BAD, ids=[f"{n}-{p[-1]}" for n, p, _ in BAD])
def test_an_editor_marks_what_the_program_would_refuse(
    name: str, path: tuple[str | int, ...], value: object
) -> None:
    data = copy.deepcopy(data_of(name))
    place = data
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    assert not validator_of(name).is_valid(data)
