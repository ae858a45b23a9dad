"""The folder for machines without a network: what goes in, for whom, and how it is installed."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from conftest import REPOSITORY, require

if TYPE_CHECKING:
    from types import ModuleType

FOLDER = REPOSITORY / "tools" / "offline"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("offline", REPOSITORY / "tools" / "offline.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made
    spec.loader.exec_module(made)
    return made


def test_conditions_are_those_of_the_machine_that_installs(tool: ModuleType) -> None:
    """What is pinned for one Python or system alone goes there, and nowhere else."""
    pinned = [requirement for _, requirement in tool.requirements(["charts"])]
    wanted = {
        target.name: {
            f"{one.name}{one.specifier}"
            for one in pinned
            if one.marker is None or one.marker.evaluate(target.environment)
        }
        for target in tool.TARGETS
    }
    assert len(wanted) == 9
    for name, packages in wanted.items():
        names = [re.split("[=<>]", package)[0] for package in packages]
        assert len(names) == len(set(names)), name
        assert {"numpy", "pyarrow", "pandas", "click", "vl-convert-python"} <= set(names)


def test_a_line_keeps_its_hashes_and_loses_its_condition(tool: ModuleType) -> None:
    line = "numpy==2 ; python_full_version < '3.12'  --hash=sha256:aa --hash=sha256:bb"
    assert tool._bare(line) == "numpy==2 --hash=sha256:aa --hash=sha256:bb"
    assert tool._bare("click==8") == "click==8"


def test_installers_ask_no_network_and_check_every_hash() -> None:
    require("sh")
    shell, batch = (
        (FOLDER / f"install-{name}").read_bytes() for name in ("linux.sh", "windows.cmd")
    )
    for text in (shell, batch):
        assert b"--no-index" in text
        assert b"--require-hashes" in text
        assert b"http" not in text
    assert batch.isascii()
    assert batch.count(b"\r\n") == batch.count(b"\n")
    subprocess.run(["sh", "-n", FOLDER / "install-linux.sh"], check=True)
