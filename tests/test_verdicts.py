"""Verdicts at their edges: on the deadline, at the threshold, between two assessments (SPEC 4)."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from conftest import REPOSITORY
from duzhan.campaign.opening import open_dataset
from duzhan.model import Completion, Score
from duzhan.requirements import kind_of
from duzhan.requirements.protocol import OnFile, Stage
from duzhan.requirements.results import Counts

if TYPE_CHECKING:
    from duzhan.model import Requirement, Rules
    from duzhan.requirements.results import RequirementResult

DEADLINE, BEFORE = dt.date(2021, 6, 30), dt.date(2021, 5, 31)
EVE, MORROW, LATER = dt.date(2021, 6, 29), dt.date(2021, 7, 1), dt.date(2021, 7, 20)
OURS, OTHERS = "省级", "州级"


@pytest.fixture(scope="module")
def rules() -> Rules:
    """The campaign's own."""
    return open_dataset(REPOSITORY / "data").rules


def june(rules: Rules, kind: str) -> Requirement:
    """What the milestone of June asks for: 95 %, 750 points by 省 or 红河州, some tasks."""
    milestone = rules.milestones[1]
    assert (milestone.deadline, rules.milestones[0].deadline) == (DEADLINE, BEFORE)
    return next(one for one in milestone.requirements if one.kind == kind)


def judged(rules: Rules, kind: str, day: dt.date, evidence: OnFile) -> RequirementResult:
    asked = june(rules, kind)
    return kind_of(asked).judge(asked, Stage(rules.milestones[1], BEFORE, day), evidence)


def verdict(rules: Rules, kind: str, day: dt.date, evidence: OnFile) -> str:
    return judged(rules, kind, day, evidence).verdict.value


# ---------------------------------------------------------------- rate


def counts(closed: int, total: int) -> Counts:
    return Counts(total, closed, 0, total - closed, 0, 0, 0)


def rates(at: Counts, now: Counts, day: dt.date) -> OnFile:
    return OnFile({DEADLINE: at, day: now})


@pytest.mark.parametrize(
    ("day", "at", "now", "expected"),
    [
        (MORROW, (95, 100), (95, 100), "met"),
        (MORROW, (949, 1000), (949, 1000), "missed"),
        (MORROW, (95, 100), (80, 100), "met"),
        (MORROW, (80, 100), (95, 100), "met_late"),
        (DEADLINE, (80, 100), (80, 100), "pending"),
        (EVE, (80, 100), (80, 100), "pending"),
        (MORROW, (0, 0), (0, 9), "met"),
    ],
    ids=[
        "just the threshold",
        "a thousandth below",
        "met stays met",
        "healed",
        "the deadline itself",
        "before it",
        "nothing to rectify yet",
    ],
)
def test_a_rate(
    rules: Rules, day: dt.date, at: tuple[int, int], now: tuple[int, int], expected: str
) -> None:
    evidence = rates(counts(*at), counts(*now), day)
    assert verdict(rules, "rectification_rate", day, evidence) == expected


def test_a_healed_rate_shows_what_healed_it_and_a_missed_one_what_missed(rules: Rules) -> None:
    for now, shown in ((95, 95), (90, 80)):
        evidence = rates(counts(80, 100), counts(now, 100), MORROW)
        actual = judged(rules, "rectification_rate", MORROW, evidence).actual
        assert getattr(actual, "numerator", None) == shown


def test_closures_that_are_lacking_are_never_too_few(rules: Rules) -> None:
    asked = june(rules, "rectification_rate")
    # 95 % of 21 is 19.95: with 19 the rate is not reached.
    evidence = OnFile({EVE: counts(10, 21)})
    term = Stage(rules.milestones[1], BEFORE, EVE)
    lack = kind_of(asked).lack(kind_of(asked).judge(asked, term, evidence), term, evidence)
    assert lack is not None
    assert lack.closures == 10


# ---------------------------------------------------------------- score


def score(
    day: dt.date, points: int | None, assessor: str = OURS, milestone: str | None = None
) -> Score:
    return Score(day, "富宁县", assessor, None if points is None else Fraction(points), milestone)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([score(EVE, 750)], "met"),
        ([score(EVE, 749)], "missed"),
        ([score(DEADLINE, 750)], "met"),
        ([score(BEFORE, 750)], "no_data"),
        ([score(BEFORE, 750, milestone="2021-06")], "met"),
        ([score(EVE, 750, milestone="2021-05")], "no_data"),
        ([score(EVE, 750, OTHERS)], "no_data"),
        ([score(EVE, 750), score(DEADLINE, 700)], "missed"),
        ([score(DEADLINE, 750), score(EVE, 700)], "met"),
        ([score(EVE, 750), score(EVE, None)], "missed"),
        ([score(EVE, 700), score(MORROW, 750, OTHERS)], "met_late"),
        ([score(EVE, 700), score(DEADLINE, 750, OTHERS)], "missed"),
        ([score(MORROW, 750), score(LATER, 700)], "missed"),
        ([score(LATER, 750), score(MORROW, 700)], "met_late"),
        ([score(MORROW, 700)], "missed"),
        ([score(LATER + dt.timedelta(days=1), 750)], "no_data"),
    ],
    ids=[
        "just the line",
        "a point below",
        "on the deadline",
        "on the milestone before",
        "unless it names this one",
        "or names another",
        "by another's assessor",
        "the latest decides",
        "by its day and not its place",
        "of one day the last row, and one that cannot be read supersedes",
        "healed by anybody later",
        "but not on the deadline",
        "a later low one undoes the healing",
        "and a later good one heals again",
        "a later low one is no longer no data",
        "one after the day is not known yet",
    ],
)
def test_a_score_after_its_deadline(rules: Rules, scores: list[Score], expected: str) -> None:
    assert verdict(rules, "score", LATER, OnFile(None, scores)) == expected


# ---------------------------------------------------------------- deliverable


@pytest.mark.parametrize(
    ("done", "day", "expected"),
    [
        ([DEADLINE], MORROW, "met"),
        ([MORROW], MORROW, "met_late"),
        ([MORROW, EVE], MORROW, "met"),
        ([LATER], MORROW, "missed"),
        ([], DEADLINE, "pending"),
        ([], MORROW, "missed"),
    ],
)
def test_a_task(rules: Rules, done: list[dt.date], day: dt.date, expected: str) -> None:
    name = june(rules, "deliverable").name
    completions = [Completion(name, "富宁县", one) for one in done]
    assert verdict(rules, "deliverable", day, OnFile(None, (), completions)) == expected
