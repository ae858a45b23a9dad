"""What a ledger at rest was read by: rules, roster and registers that decide what it says."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from duzhan import columns as col
from duzhan.dataset.locate import ROSTER
from duzhan.parquet.layout import OLDER
from duzhan.store.atomic import file_digest

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.model import Roster, Rules

_ALIASES = "header_aliases"
# An older form says nothing of them.
_NEWER = ("due_words", "yes_words", "strike_headings", _ALIASES, ROSTER)
# Differs from every digest, and from there being no file.
_UNREADABLE = "unreadable"


def read_by(root: Path, roster: Roster, rules: Rules) -> dict[str, Any]:
    """The rules, names and registers that decide what a ledger at rest says: it was read by them.

    Whether an empty list was confirmed is not among them: that is looked up at each reading.

    Args:
        root: the dataset's folder.
        roster: by whose names files, sheets and cells were told to be a county's.
        rules: the campaign.

    Returns:
        By the names that people know, as JSON gives them back.
    """
    words = rules.vocabularies
    registers = (col.EXTENSIONS, col.RECHECKS, col.EVIDENCE)
    return {
        "start": rules.start.isoformat(),
        "end": rules.end.isoformat(),
        "closure_needs_verifier": rules.closure_needs_verifier,
        "closure_needs_evidence": rules.closure_needs_evidence,
        "empty_words": list(words.empty_words),
        "yes_words": list(words.yes_words),
        "done_words": list(words.done_words),
        "not_done_words": list(words.not_done_words),
        "strike_headings": list(words.strike_headings),
        "due_words": [[word.name, word.days] for word in words.due_words],
        _ALIASES: _digest_of(rules.header_aliases),
        ROSTER: _digest_of(_names(roster)),
        **{name: _register(root / name) for name in registers},
    }


def other_than(told: dict[str, Any], now: dict[str, Any], form: int) -> list[str]:
    """What a ledger at rest was read by otherwise than it would be now.

    Args:
        told: from its manifest.
        now: from `read_by`.
        form: the ledger's.
    """
    unsaid = _NEWER if form == OLDER else ()
    return [key for key, value in now.items() if key not in unsaid and told.get(key) != value]


def _names(roster: Roster) -> list[list[object]]:
    """What counties, and the place that they belong to, are called."""
    every = (roster.prefecture, *sorted(roster.counties, key=lambda county: county.code))
    return [[one.code, one.name, one.aliases, dict(one.header_aliases)] for one in every]


def _digest_of(told: object) -> str:
    text = json.dumps(told, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _register(path: Path) -> str | None:
    """The digest of a register; None if there is none."""
    try:
        return file_digest(path)
    except OSError:
        return _UNREADABLE
