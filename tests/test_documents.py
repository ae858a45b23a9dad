"""What is written about the program cannot drift from it."""

from __future__ import annotations

import csv
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from conftest import REPOSITORY
from duzhan.campaign.opening import open_dataset
from duzhan.cli import COMMANDS
from duzhan.columns import ISSUE_COLUMNS, RECORD_COLUMNS, record_columns
from duzhan.dataset.config.rules import load_rules
from duzhan.dataset.locate import RULES

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, REPOSITORY / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_data_dictionary_is_fresh() -> None:
    rules, problems = load_rules(REPOSITORY / "data" / RULES, RULES)

    assert rules is not None, problems
    written = (REPOSITORY / "docs/data-dictionary.md").read_text("utf-8")
    assert written == tool("make_dictionary").dictionary(rules)


@pytest.mark.parametrize("name", ["groups", "milestones"])
def test_the_yaml_names_its_schema_and_fits_it(name: str) -> None:
    text = (REPOSITORY / f"data/{name}.yaml").read_text("utf-8")
    schema = json.loads((REPOSITORY / f"schemas/{name}.schema.json").read_text("utf-8"))
    document: Any = json.loads(json.dumps(yaml.safe_load(text), default=str))

    assert text.startswith(f"# yaml-language-server: $schema=../schemas/{name}.schema.json\n")
    jsonschema.Draft202012Validator.check_schema(schema)
    assert [e.message for e in jsonschema.Draft202012Validator(schema).iter_errors(document)] == []


def test_a_schema_refuses_what_the_program_refuses() -> None:
    schema = json.loads((REPOSITORY / "schemas/milestones.schema.json").read_text("utf-8"))
    text = (REPOSITORY / "data/milestones.yaml").read_text("utf-8")
    for right, wrong in (("at_least: 720", "at_least: 七百二十"), ("warn_days:", "warndays:")):
        assert right in text
        document = json.loads(
            json.dumps(yaml.safe_load(text.replace(right, wrong, 1)), default=str)
        )
        assert list(jsonschema.Draft202012Validator(schema).iter_errors(document))


def test_the_templates_have_the_columns_of_the_contract() -> None:
    offices = open_dataset(REPOSITORY / "data").roster.offices
    tables = {name: record_columns(name, offices) for name in RECORD_COLUMNS}
    for name, columns in {**tables, "问题清单.csv": ISSUE_COLUMNS}.items():
        data = (REPOSITORY / "templates" / name).read_bytes()
        assert data.startswith(b"\xef\xbb\xbf")
        assert list(csv.reader(data.decode("utf-8-sig").splitlines())) == [list(columns)]


def test_the_readme_names_only_commands_that_exist_and_all_of_them_work_from_it() -> None:
    text = (REPOSITORY / "README.md").read_text("utf-8")
    named = set(re.findall(r"duzhan ([a-z][a-z-]+)", text.partition("## In English")[0]))

    assert named <= set(COMMANDS)
    assert {"init", "check", "status", "overdue", "issues", "milestones", "groups"} <= named


def test_the_readmes_first_command_shows_the_county_that_it_promises() -> None:
    commands = tool("readme_commands")

    assert commands.command(1).endswith(".venv/bin/duzhan status --county 富宁")
    assert "pytest" in commands.command(2)
    assert "readme_commands.py 2" in (REPOSITORY / ".ci/run").read_text("utf-8")


def test_the_wheel_carries_data_templates_and_schemas_and_works_alone(tmp_path: Path) -> None:
    uv = [sys.executable, "-m", "uv"]
    tree = tmp_path / "tree"
    for name in ("src", "data", "templates", "schemas", "examples"):
        shutil.copytree(REPOSITORY / name, tree / name)
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copyfile(REPOSITORY / name, tree / name)
    (tree / "data" / ".duzhan-cache").mkdir(exist_ok=True)
    (tree / "data" / ".duzhan-cache" / "roster").touch()
    build: list[str | Path] = [*uv, "build", "-q", "--wheel", "-o", tmp_path, tree]
    subprocess.run(build, check=True, timeout=300)
    wheel = next(tmp_path.glob("*.whl"))
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in ("data/groups.yaml", "templates/问题清单.csv", "schemas/groups.schema.json"):
        assert f"duzhan/_bundled/{name}" in names
    for name in ("vendor/tabulator.min.js", "vendor/vendor.json", "dashboard/static/main.js"):
        assert f"duzhan/report/{name}" in names
    assert not any(name.endswith("journal.jsonl") or ".duzhan-cache" in name for name in names)

    subprocess.run([*uv, "venv", "-q", "--python", sys.executable, tmp_path / "env"], check=True)
    python = tmp_path / "env" / "bin" / "python"
    install: list[str | Path] = [*uv, "pip", "install", "-q", "--python", python, wheel]
    subprocess.run(install, check=True, timeout=300)
    duzhan = tmp_path / "env" / "bin" / "duzhan"
    subprocess.run([duzhan, "init", "x"], cwd=tmp_path, check=True, capture_output=True)
    status = subprocess.run(
        [duzhan, "status"], cwd=tmp_path / "x", check=True, capture_output=True, text=True
    )

    assert "富宁县" in status.stdout
