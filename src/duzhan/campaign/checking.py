"""Everything wrong with a dataset, gathered: configuration, issue lists, record files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.campaign.opening import read_ledger
from duzhan.dataset.folder import read_configuration
from duzhan.dataset.ledger import reading_of
from duzhan.dataset.problems import ledger_problems
from duzhan.dataset.records import load_records

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.model import Problem


def check(root: Path) -> list[Problem]:
    """Gather everything wrong with a dataset, in the order of its files.

    Args:
        root: its folder; lists and records are looked at if the configuration is sound.
    """
    roster, rules, problems = read_configuration(root)
    if roster is None or rules is None:
        return problems
    ledger = read_ledger(root, roster, rules)
    _, record_problems = load_records(root, roster, rules)
    found = ledger_problems(ledger, rules, reading_of(rules).dates)
    return [*problems, *found, *record_problems]
