"""docs/weekly-report.md tells every variable that a template has, and what it tells works."""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from conftest import REPOSITORY
from duzhan.report.templates import environment, filters
from duzhan.report.weekly.context import context
from small import Calls, small_dataset
from weekly import Weeks

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

PAGE = REPOSITORY / "docs" / "weekly-report.md"


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(REPOSITORY / "tools"))
    sys.modules.pop("make_template_docs", None)
    return __import__("make_template_docs")


def test_the_reference_is_fresh(tool: ModuleType) -> None:
    assert PAGE.read_text("utf-8") == tool.page()


def test_every_variable_filter_and_attribute_has_its_meaning_and_no_other(
    tool: ModuleType,
) -> None:
    report = Weeks(REPOSITORY / "data").report("2021-W25")
    meanings = tool.meanings

    assert set(meanings.CONTEXT) == set(context(report))
    assert set(meanings.FILTERS) == set(filters.FILTERS)
    assert set(meanings.FUNCTIONS) == set(filters.GLOBALS)
    for name, kind in tool.classes().items():
        assert set(tool.attributes(kind)) == set(meanings.ATTRIBUTES[name][1]), name


def test_whatever_the_result_is_made_of_stands_in_the_reference(tool: ModuleType) -> None:
    """Walk through the result as a template can, and meet no class that is not told."""
    classes, seen = tool.classes(), set()
    todo: list[object] = [Weeks(REPOSITORY / "data").report("2021-W25")]
    while todo:
        value = todo.pop()
        if isinstance(value, Sequence) and not isinstance(value, str):
            # Also lists that make their lines when somebody looks at them.
            todo.extend(itertools.islice(value, 3))
        elif type(value).__module__.startswith("duzhan.") and not isinstance(value, str):
            assert classes.get(type(value).__name__) is type(value)
            if type(value) not in seen:
                todo.extend(getattr(value, name) for name in tool.attributes(type(value)))
            seen.add(type(value))
    assert len(seen) >= 25


def test_the_shortest_template_of_the_page_works(
    dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (template,) = re.findall(r"```jinja\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    (dataset / "templates").mkdir()
    (dataset / "templates/督战周报.md.j2").write_text(template, "utf-8")

    lines = Calls(dataset, capsys).done("weekly-report", "--week", "2021-W25").out.splitlines()

    assert lines[0] == "督战周报（截至2021年6月27日24时）"
    assert lines[1].startswith("截至6月27日24时，全州8个县（市）")
    assert lines[2].startswith("文山市红灯，—；砚山县红灯，—；")


def test_the_commands_of_the_page_exist(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = PAGE.read_text("utf-8")
    block = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)[0]
    calls = Calls(small_dataset(tmp_path / "ds"), capsys)
    for line in block.splitlines():
        words = line.partition("#")[0].split()[1:]
        if "--output" in words:
            words[words.index("--output") + 1] = str(tmp_path / "周报")
            words.append("--no-charts")
        if "--email" in words:
            # The roster has no addresses: each group is named, and nothing goes out.
            words += ["--no-charts", "--dry-run", "--eml-dir", str(tmp_path / "邮件")]
            said = calls(*words)
            assert (said.code, said.out.count("没有收件人：请填")) == (3, 17), line
            continue
        assert calls(*words).code == 0, line
    assert environment.FOLDER in text
