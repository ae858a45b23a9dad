"""The dataset's configuration, sound or not at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from duzhan.dataset.locate import ROSTER, RULES, SAMPLE_MARK, STANDARD
from duzhan.files import contents
from duzhan.model import Wording

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.model import Problem, Roster, Rules
    from duzhan.store.cache import Cache


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset whose roster and rules are sound.

    Attributes:
        root: its folder.
        sample: the line that every output of synthetic data shows; None for real data.
        cache: where what is made with its roster and rules is put aside; None if nowhere.
    """

    root: Path
    roster: Roster
    rules: Rules
    sample: str | None
    cache: Cache | None = None


def read_configuration(root: Path) -> tuple[Roster | None, Rules | None, list[Problem]]:
    """Read roster and rules, and all that is wrong with them."""
    # A second look at the same files needs neither.
    from duzhan.dataset.config.roster import load_roster  # noqa: PLC0415 - as said
    from duzhan.dataset.config.rules import load_rules  # noqa: PLC0415 - as said

    roster, problems = load_roster(root / ROSTER, ROSTER)
    rules, rules_problems = load_rules(root / RULES, RULES)
    problems += rules_problems
    if (root / STANDARD).exists():
        from duzhan.dataset.config.standard import load_standard  # noqa: PLC0415 - few have one

        standard, standard_problems = load_standard(root / STANDARD, STANDARD, rules)
        problems += standard_problems
        rules = replace(rules, standard=standard) if rules and standard else None
    if roster is not None and rules is not None:
        roster, rules = _in_words(roster, rules)
    return roster, rules, problems


def _in_words(roster: Roster, rules: Rules) -> tuple[Roster, Rules]:
    """What the roster and the rules call each other's things."""
    words = rules.wording
    # Without an office there is nothing to call; without a word they are called by their number.
    if not roster.offices or words.offices == Wording().offices:
        words = replace(words, offices=roster.offices_together)
    return replace(roster, unit=words.unit), replace(rules, wording=words)


def sample_line(root: Path) -> str | None:
    """The line that marks synthetic data; None if the dataset is not marked."""
    try:
        text = contents(root / SAMPLE_MARK).decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        return "示例数据"
    return next(iter(text.strip().splitlines()), "示例数据").strip()
