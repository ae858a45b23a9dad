"""The other campaigns that travel with the program, and a blank one: complete without code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conftest import REPOSITORY, Run, read_json

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = sorted(path.name for path in (REPOSITORY / "examples").iterdir())


def test_there_are_two_other_campaigns() -> None:
    assert EXAMPLES == ["卫生县城创建攻坚", "安全生产百日行动"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_with_its_sample_has_no_fault(name: str, tmp_path: Path, run: Run) -> None:
    made = run("init", tmp_path / "ds", "--from", name[:2], "--sample")

    checked = read_json(run("check", "--data", tmp_path / "ds", "--json").stdout)

    assert made.returncode == 0
    assert [p for p in checked["problems"] if p["severity"] == "error"] == []
    assert "示例数据" in checked["notice"]


def test_a_campaign_without_codes_says_null(run: Run) -> None:
    root = REPOSITORY / "examples" / "安全生产百日行动"

    told = run("status", "--data", root, "--as-of", "2024-07-24", "--json")
    by_code = run("status", "--data", root, "--county", "990001")

    counties = read_json(told.stdout)["counties"]
    assert [(c["county"], c["code"]) for c in counties][:2] == [("东区", None), ("南区", None)]
    assert by_code.returncode == 2


def test_a_blank_dataset_is_sound_and_holds_nothing_of_a_campaign(tmp_path: Path, run: Run) -> None:
    made = run("init", tmp_path / "ds", "--blank")

    checked = read_json(run("check", "--data", tmp_path / "ds", "--json").stdout)

    assert made.returncode == 0
    assert checked["problems"] == []
    text = "".join(
        (tmp_path / "ds" / f"{n}.yaml").read_text("utf-8") for n in ("groups", "milestones")
    )
    assert not any(word in text for word in ("文山", "富宁", "创卫", "爱卫", "文办通"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--blank", "--sample"), "--blank 里没有任何行动的内容"),
        (
            ("--from", "没有的"),
            "--from 的“没有的”不是自带的例子，应为：卫生县城创建攻坚",
        ),
    ],
)
def test_a_wrong_origin_is_refused(
    options: tuple[str, ...], said: str, tmp_path: Path, run: Run
) -> None:
    refused = run("init", tmp_path / "ds", *options)

    assert refused.returncode == 2
    assert said in refused.stderr
    assert not (tmp_path / "ds").exists()
