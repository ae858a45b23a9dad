"""What every figure rests on is read and computed once a command."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from duzhan.cli import app
from duzhan.compliance import spells
from duzhan.dataset.config import roster, rules
from duzhan.store import journal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def counted(calls: Counter[str], name: str, made: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, its calls counted."""

    def call(*given: Any) -> Any:  # noqa: ANN401 - whatever it takes and gives
        calls[f"{name} {getattr(given[0], 'name', '')}".rstrip()] += 1
        return made(*given)

    return call


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    calls: Counter[str] = Counter()
    monkeypatch.setattr(spells, "write_out", counted(calls, "spells", spells.write_out))
    monkeypatch.setattr(journal, "_lines_where", counted(calls, "journal", journal._lines_where))
    for module in (roster, rules):
        monkeypatch.setattr(module, "load", counted(calls, "yaml", module.load))
    return calls


COMMANDS = (
    "status --as-of 2021-06-25",
    "check",
    "forecast",
    "overdue --email --dry-run --eml-dir {out}/eml",
    "weekly-report --week 2021-W25 --format html --format json --format txt --output {out}",
    "weekly-report --week 2021-W25 --email --dry-run --eml-dir {out}/eml",
    "dashboard --as-of 2021-08-10 -o {out}/page.html",
    "doctor",
)


@pytest.fixture
def two_counties(sample: Path) -> Path:
    """What is read once for two of them is read once for all."""
    path = sample / "groups.yaml"
    roster = yaml.safe_load(path.read_text("utf-8"))
    groups = roster["groups"]
    roster["groups"] = groups[:2]
    path.write_text(yaml.safe_dump(roster, allow_unicode=True, sort_keys=False), "utf-8")
    for group in groups[2:]:
        (sample / "issues" / f"{group['county']['name']}.csv").unlink()
    return sample


@pytest.mark.usefixtures("rosters_and_rules_are_read")
@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_reads_and_computes_once(
    line: str,
    two_counties: Path,
    tmp_path: Path,
    calls: Counter[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DUZHAN_TODAY", "2021-06-30")
    monkeypatch.setenv("DUZHAN_SMTP_URL", "smtp://127.0.0.1:9")
    (two_counties / "journal.jsonl").write_bytes(b"")
    out = tmp_path / "out"
    out.mkdir()

    app.main(
        ["--data", str(two_counties), *line.format(out=out).split()],
        prog_name="duzhan",
        standalone_mode=False,
    )

    assert calls["yaml groups.yaml"] == calls["yaml milestones.yaml"] == 1
    assert calls["spells"] == (0 if line == "check" else 1)
    assert calls["journal"] <= 1
    assert calls.total() <= 4
