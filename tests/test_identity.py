"""Which issue is it: the rules against a plain model, over random ledgers and lists."""

from __future__ import annotations

import datetime as dt
import os
import random
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from duzhan.register.identity import numbers
from duzhan.register.matching import AMBIGUOUS, NEW, Keys, KnownRows, Match, match
from identity_model import FITS_TWO, Row, assign

if TYPE_CHECKING:
    from duzhan.arrays import Rows

PAIRS = int(os.environ.get("DUZHAN_PAIRS", "300"))

IDS = ("", "1", "2", "3", "N-1")
WORDS = ("", "垃圾未清", "垃圾未清。", "公厕无水", "污水外溢", "垃 圾未清")
PLACES = ("", "东门", "西门", "东　门")
TEXTS = ("", "甲", "乙")
FOUND = (0, 0, *(dt.date(2021, 6, day).toordinal() for day in (1, 2)))
DUE = (0, *(dt.date(2021, 6, day).toordinal() for day in (10, 20)))
CLOSED = (0, 0, *(dt.date(2021, 6, day).toordinal() for day in (15, 25)))


def some(pick: random.Random, *, issue: bool) -> Row:
    row = Row(
        id=pick.choice(IDS), words=pick.choice(WORDS), place=pick.choice(PLACES),
        unit=pick.choice(TEXTS), person=pick.choice(TEXTS), own=pick.choice(TEXTS),
        found=pick.choice(FOUND), due=pick.choice(DUE),
    )  # fmt: skip
    if not row.id and not row.words:
        row = replace(row, words="垃圾未清")
    if not issue:
        return row
    former = tuple({pick.choice(IDS) for _ in range(pick.choice((0, 0, 1)))} - {"", row.id})
    return replace(
        row,
        former=former,
        closed_on=pick.choice(CLOSED),
        withdrawn=pick.random() < 0.1,
        in_force=pick.choice((row.due, *DUE)),
    )


def distinct(rows: list[Row]) -> list[Row]:
    """No two rows of one list that are one issue (SPEC section 3), no two issues of one number."""
    seen, kept = set(), []
    for row in rows:
        key: tuple[object, ...] = (row.id, row.words.replace(" ", ""), row.place.replace("　", ""))
        if not row.id:
            key = (*key, row.found, row.unit, row.own)
        if key not in seen:
            kept.append(row)
            seen.add(key)
    return kept


def answered(rows: list[Row], issues: list[Row]) -> Match:
    """What the program says."""
    both = [*issues, *rows]

    def codes(name: str, *, ending: bool = False) -> Rows:
        texts = pa.chunked_array([pa.array([str(getattr(row, name)) for row in both])])
        return numbers(texts, ending=ending)

    ids = codes("id", ending=True)
    keys = Keys(
        ids, codes("words"), codes("words", ending=True), codes("place"),
        np.array([row.found for row in both]), np.array([row.due for row in both]),
        (codes("unit"), codes("person"), codes("own")),
    )  # fmt: skip
    by_text = {row.id: int(code) for row, code in zip(both, ids, strict=True)}
    formers = [(at, name) for at, row in enumerate(issues) for name in row.former]
    formers = [(at, name) for at, name in formers if name in by_text]
    known = KnownRows(
        keys.at(np.arange(len(issues))),
        np.array([row.closed_on for row in issues], np.int64),
        np.array([row.withdrawn for row in issues], bool),
        np.array([row.in_force for row in issues], np.int64),
        np.array([at for at, _ in formers], np.int64),
        np.array([by_text[name] for _, name in formers], np.int64),
    )
    incoming = keys.at(np.arange(len(issues), len(both)))
    return match(known, incoming, lambda row: rows[row])


@pytest.mark.parametrize("seed", range(5))
def test_a_plain_model_agrees_on_every_row(seed: int) -> None:
    pick = random.Random(seed)  # noqa: S311 - no secret
    for _ in range(PAIRS // 5):
        issues = distinct([some(pick, issue=True) for _ in range(pick.randint(0, 6))])
        rows = distinct([some(pick, issue=False) for _ in range(pick.randint(1, 6))])
        words = {NEW: "new", AMBIGUOUS: FITS_TWO}
        got = [words.get(at, at) for at in answered(rows, issues).target.tolist()]

        assert got == assign(rows, issues), (issues, rows)


@pytest.mark.parametrize("seed", range(3))
def test_no_row_takes_a_closed_issue_of_other_words_and_order_does_not_matter(seed: int) -> None:
    pick = random.Random(1000 + seed)  # noqa: S311 - no secret
    for _ in range(PAIRS // 5):
        issues = distinct([some(pick, issue=True) for _ in range(4)])
        rows = distinct([some(pick, issue=False) for _ in range(4)])
        target = answered(rows, issues).target.tolist()
        for row, at in zip(rows, target, strict=True):
            if at >= 0 and issues[at].closed_on and row.words:
                assert row.words.strip("。").replace(" ", "") == issues[at].words.strip(
                    "。"
                ).replace(" ", "")

        turned = answered(rows[::-1], issues).target.tolist()[::-1]
        assert turned == target, (issues, rows)
