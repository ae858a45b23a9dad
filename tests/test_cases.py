"""Datasets with expected answers, for a dozen days each: every figure, verdict and light."""

from __future__ import annotations

import datetime as dt
import functools
import json
from typing import TYPE_CHECKING, Any

import pytest

from conftest import CASES, Run, case_dataset, read_json
from duzhan.campaign.opening import open_dataset
from duzhan.campaign.standing import Campaign
from duzhan.compliance.listing import overdue
from duzhan.report.json.issues import issues_json
from duzhan.report.json.status import status_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NAMES = ("clean", "messy-1", "messy-2")
EXPECTED = [
    pytest.param(name, path, id=f"{name}-{path.stem}")
    for name in NAMES
    for path in sorted((CASES / name / "expected").glob("*.json"))
]


def differences(expected: Any, got: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:  # noqa: ANN401
    """What an expected answer says and the given one does not."""
    if isinstance(expected, dict) and isinstance(got, dict):
        for key, value in expected.items():
            yield from differences(value, got.get(key, "missing"), f"{path}/{key}")
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for index, (left, right) in enumerate(zip(expected, got, strict=True)):
            yield from differences(left, right, f"{path}/{index}")
    elif expected != got:
        yield path, expected, got


def test_every_case_has_its_days() -> None:
    assert len(EXPECTED) == 36


@pytest.fixture(scope="module")
def campaign_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Campaign]:
    """A case's lists, read once for all its days."""

    @functools.cache
    def read(name: str) -> Campaign:
        dataset = open_dataset(case_dataset(tmp_path_factory.mktemp(name) / "ds", name))
        return Campaign(dataset, dataset.rules.start)

    return read


@pytest.mark.parametrize(("name", "expected"), EXPECTED)
def test_status_and_overdue_equal_the_expected_answer(
    name: str, expected: Path, campaign_of: Callable[[str], Campaign]
) -> None:
    campaign, day = campaign_of(name), dt.date.fromisoformat(expected.stem)
    got = {
        "status": status_json(campaign.judged([day])[day], campaign.dataset.rules),
        "overdue": issues_json(overdue(campaign.ledger, day), day)["issues"],
    }

    assert list(differences(json.loads(expected.read_text("utf-8")), got)) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_command_line_gives_the_same_answer(name: str, tmp_path: Path, run: Run) -> None:
    root = case_dataset(tmp_path / "ds", name)
    expected = json.loads((CASES / name / "expected" / "2021-06-24.json").read_text("utf-8"))

    status = run("--data", root, "status", "--as-of", "2021-06-24", "--json")
    late = run("overdue", "--data", root, "--as-of", "2021-06-24", "--json")

    assert (status.returncode, late.returncode) == (0, 0)
    assert list(differences(expected["status"], read_json(status.stdout))) == []
    assert list(differences(expected["overdue"], read_json(late.stdout)["issues"])) == []


@pytest.mark.parametrize("name", NAMES)
def test_one_county_stands_alone_as_it_stands_among_all(
    name: str, tmp_path: Path, run: Run
) -> None:
    root = case_dataset(tmp_path / "ds", name)
    every = read_json(run("status", "--data", root, "--as-of", "2021-07-18", "--json").stdout)

    # Each case tries other counties.
    for county in every["counties"][NAMES.index(name) :: len(NAMES)]:
        alone = run(
            "status",
            "--data",
            root,
            "--as-of",
            "2021-07-18",
            "--county",
            county["county"],
            "--json",
        )
        assert read_json(alone.stdout)["counties"] == [county]
