"""What cannot be, and which rows are one issue (SPEC section 3), by hand-made lists."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from duzhan.columns import CLAIMED, CLOSED, FOUND, ISSUE_COLUMNS, SENT_BACK
from duzhan.store.canonical_csv import rows_bytes
from small import FUNING, Calls, row

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def counts(
    dataset: Path, capsys: pytest.CaptureFixture[str], day: str, *rows: list[str]
) -> dict[str, int]:
    """What status says of 富宁县's issues on a day."""
    (dataset / FUNING).write_bytes(rows_bytes(ISSUE_COLUMNS, rows))
    said = Calls(dataset, capsys).done("status", "--json", "--as-of", day).out
    county = next(one for one in json.loads(said)["counties"] if one["county"] == "富宁县")
    told: dict[str, int] = county["issues"]
    return told


def test_a_return_after_the_later_claim_does_not_save_the_closure_before_it(
    dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Struck off on the 10th, claimed again on the 15th: only then was it sent back."""
    events = {CLAIMED: "2021-06-01；2021-06-15", CLOSED: "2021-06-10", SENT_BACK: "2021-06-20"}
    told = counts(dataset, capsys, "2021-06-12", row("F-1", **events))
    assert (told["closed"], told["claimed"], told["invalid"]) == (0, 1, 1)

    between = events | {SENT_BACK: "2021-06-12"}
    told = counts(dataset, capsys, "2021-06-11", row("F-1", **between))
    assert (told["closed"], told["claimed"], told["invalid"]) == (1, 0, 0)


def test_two_rows_whose_days_cannot_be_read_are_two_issues(
    dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row("", **{FOUND: "说不清"}) for _ in range(2)]
    assert counts(dataset, capsys, "2021-06-12", *rows)["total"] == 2
    rows = [row("", **{FOUND: "2021-05-20"}) for _ in range(2)]
    assert counts(dataset, capsys, "2021-06-12", *rows)["total"] == 1


def test_an_issue_in_a_word_that_is_a_heading_elsewhere_begins_no_table(
    dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = row("", **{"问题描述": "问题1", FOUND: "已完成", "整改期限": ""})
    told = counts(dataset, capsys, "2021-06-12", odd, row("F-1"), row("F-2"))
    assert told["total"] == 3
