"""Second edition of SPEC section 3: extensions, rechecks, who verifies, withdrawn rows, words."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from duzhan.campaign.checking import check
from duzhan.campaign.opening import open_dataset
from duzhan.campaign.standing import Campaign

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.compliance.results import CountyStatus
    from duzhan.requirements.results import Counts

COLUMNS = (
    "编号,问题描述,责任人,发现日期,整改期限,整改完成日期,销号日期,退回日期,核验人,整改情况,撤销说明"
)
EXTENSIONS = "编号,县(市),延至,批准人,批准日期"
RECHECKS = "日期,县(市),编号,结果,核查人"


def fill(root: Path, *rows: str, columns: str = COLUMNS) -> None:
    """Give 富宁县 a list."""
    text = "\n".join((columns, *rows)) + "\n"
    (root / "issues" / "富宁县.csv").write_text(text, "utf-8")


def register(root: Path, name: str, header: str, *rows: str) -> None:
    """Fill a register of the dataset."""
    (root / name).write_text("\n".join((header, *rows)) + "\n", "utf-8")


def on(root: Path, day: str) -> Campaign:
    return Campaign(open_dataset(root), dt.date.fromisoformat(day))


def status(root: Path, day: str) -> CountyStatus:
    (found,) = (s for s in on(root, day).overview.counties if s.county.name == "富宁县")
    return found


def counts(root: Path, day: str) -> Counts:
    found = status(root, day).counts
    assert found is not None
    return found


def codes(root: Path) -> list[str]:
    """The codes of errors in the lists and registers."""
    return sorted(p.code for p in check(root).problems if p.severity == "error")


# ---------------------------------------------------------------- extensions


def test_days_that_were_overdue_before_an_approval_stay_overdue(dataset: Path) -> None:
    fill(dataset, "FN-1,某处积水,,2021-06-01,2021-06-10,,,,,,")
    register(dataset, "extensions.csv", EXTENSIONS, "FN-1,富宁县,2021-06-30,李处长,2021-06-15")

    assert [counts(dataset, f"2021-06-{day}").overdue for day in (10, 11, 14, 15, 30)] == [
        0, 1, 1, 0, 0,
    ]  # fmt: skip
    assert counts(dataset, "2021-07-01").overdue == 1
    assert [counts(dataset, f"2021-06-{day}").extended for day in (14, 15)] == [0, 1]
    (line,) = on(dataset, "2021-07-03").overdue()
    assert (line.days_overdue, line.extensions) == (3, 1)
    assert line.due_on == dt.date(2021, 6, 30)
    assert line.original_due_on == dt.date(2021, 6, 10)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("FN-9,富宁县,2021-06-30,李处长,2021-06-15", "没有这个编号"),
        ("FN-1,富宁县,2021-06-30,,2021-06-15", "没有填写"),
        ("FN-1,富宁县,6月底前,李处长,2021-06-15", "不是日期"),
        ("FN-1,富宁县,2021-06-30,李处长,2021-05-31", "早于发现日期"),
        ("FN-1,富宁县,2021-06-10,李处长,2021-06-05", "不晚于此前的期限"),
        ("FN-1,富宁县,2022-01-05,李处长,2021-06-05", "晚于行动截止日"),
        ("FN-2,富宁县,2021-06-30,李处长,2021-06-15", "用于不同的问题"),
    ],
)
def test_an_extension_that_cannot_count_moves_nothing_and_is_named(
    dataset: Path, row: str, reason: str
) -> None:
    fill(
        dataset,
        "FN-1,某处积水,,2021-06-01,2021-06-10,,,,,,",
        "FN-2,甲处积水,,2021-06-01,2021-06-10,,,,,,",
        "FN-2,乙处积水,,2021-06-01,2021-06-10,,,,,,",
    )
    register(dataset, "extensions.csv", EXTENSIONS, row)

    assert counts(dataset, "2021-06-20").overdue == 3
    (found,) = (p for p in check(dataset).problems if p.code == "bad-extension")
    assert (found.file, found.line) == ("extensions.csv", 2)
    assert reason in found.message


def test_the_same_extension_twice_counts_once_and_the_second_is_named(dataset: Path) -> None:
    fill(dataset, "FN-1,某处积水,,2021-06-01,2021-06-10,,,,,,")
    row = "FN-1,富宁县,2021-06-30,李处长,2021-06-15"
    register(dataset, "extensions.csv", EXTENSIONS, row, row)

    (found,) = (p for p in check(dataset).problems if p.code == "bad-extension")
    assert found.line == 3
    (line,) = on(dataset, "2021-07-03").overdue()
    assert line.extensions == 1


def test_extensions_apply_in_the_order_of_their_approval_not_of_the_file(dataset: Path) -> None:
    fill(dataset, "FN-1,某处积水,,2021-06-01,2021-06-10,,,,,,")
    register(
        dataset,
        "extensions.csv",
        EXTENSIONS,
        "FN-1,富宁县,2021-06-30,李处长,2021-06-20",
        "FN-1,富宁县,2021-06-25,李处长,2021-06-09",
        "FN-1,富宁县,2021-06-28,李处长,2021-06-22",
    )

    assert codes(dataset) == ["bad-extension"]
    assert [counts(dataset, f"2021-06-{day}").overdue for day in (19, 26, 29)] == [0, 0, 0]
    assert on(dataset, "2021-07-02").overdue()[0].extensions == 2


# ---------------------------------------------------------------- rechecks


def test_a_recheck_found_untrue_opens_the_issue_until_it_is_struck_off_anew(dataset: Path) -> None:
    fill(dataset, "FN-1,某处积水,,2021-06-01,2021-06-20,2021-06-05,2021-06-06；2021-07-01,,王五,,")
    register(
        dataset,
        "rechecks.csv",
        RECHECKS,
        "2021-06-10,富宁县,FN-1,不属实,丁四",
        "2021-06-08,富宁县,FN-1,属实,丁四",
        "2021-06-04,富宁县,FN-1,不属实,丁四",
        "2021-06-12,富宁县,FN-1,不属实,",
    )

    found = [counts(dataset, day).closed for day in ("2021-06-09", "2021-06-10", "2021-07-01")]
    assert found == [1, 0, 1]
    assert codes(dataset) == ["bad-recheck", "bad-recheck"]


# ---------------------------------------------------------------- who verifies, withdrawn, words


def test_whoever_has_to_mend_an_issue_cannot_strike_it_off(dataset: Path) -> None:
    fill(dataset, "FN-1,某处积水,张 三,2021-06-01,2021-06-20,,2021-06-06,,张三,,")

    found = counts(dataset, "2021-06-10")
    assert (found.closed, found.claimed, found.invalid) == (0, 1, 1)
    assert codes(dataset) == ["self-verified"]


def test_each_name_of_several_speaks_for_its_own_closing(dataset: Path) -> None:
    fill(
        dataset,
        "FN-1,某处积水,张三,2021-06-01,2021-06-20,,2021-06-06；2021-06-16,2021-06-10,王五；张三,,",
    )

    assert counts(dataset, "2021-06-08").closed == 1
    assert counts(dataset, "2021-06-18").closed == 0
    assert counts(dataset, "2021-06-18").claimed == 1


def test_a_withdrawn_row_exists_on_no_day_and_makes_no_double(dataset: Path) -> None:
    fill(
        dataset,
        "FN-1,某处积水,,2021-06-01,2021-06-20,,2021-06-06,,王五,,",
        "FN-1,某处积水,,2021-06-01,2021-06-05,,,,,,与上一行重复",
    )

    found = counts(dataset, "2021-06-10")
    assert (found.total, found.closed, found.overdue, found.withdrawn) == (1, 1, 0, 1)
    assert codes(dataset) == []


def test_a_word_of_state_closes_nothing_and_contradictions_are_errors(dataset: Path) -> None:
    fill(
        dataset,
        "FN-1,甲处积水,,2021-06-01,2021-06-20,,,,,已完成,",
        "FN-2,乙处积水,,2021-06-01,2021-06-20,,2021-06-06,,王五,未整改,",
    )

    found = counts(dataset, "2021-06-10")
    assert (found.closed, found.open, found.claims_without_date, found.invalid) == (1, 1, 1, 1)
    assert codes(dataset) == ["state-conflict"]


# ---------------------------------------------------------------- early warning


def test_a_county_whose_pace_falls_short_is_warned_and_told_by_how_much(dataset: Path) -> None:
    rows = [
        f"FN-{at},第{at}处积水,,2021-05-01,2021-12-20,,{'2021-06-10' if at < 2 else ''},,王五,,"
        for at in range(40)
    ]
    fill(dataset, *rows)

    found = status(dataset, "2021-06-12")

    assert found.gap is not None
    assert (found.gap.closures, found.gap.on_course) == (36, False)
    assert any("还需销号 36 件" in reason for reason in found.reasons)
    assert any("难以按期达到" in reason for reason in found.reasons)


def test_needs_are_none_before_the_campaign_and_after_its_last_milestone(dataset: Path) -> None:
    fill(dataset, "FN-1,某处积水,,2021-06-01,2021-06-20,,,,,,")

    assert status(dataset, "2021-04-30").gap is None
    assert status(dataset, "2021-05-01").gap is not None
    assert status(dataset, "2022-01-01").gap is None


# ---------------------------------------------------------------- evidence

EVIDENCE = "编号,县(市),类别,文件,SHA-256,来源,收到日期"


def needing_evidence(root: Path, *received: str) -> None:
    """FN-1 closed on 10 June, sent back on the 20th, closed on the 25th; evidence on some days."""
    path = root / "milestones.yaml"
    text = path.read_text("utf-8")
    path.write_text(
        text.replace("closure_needs_evidence: false", "closure_needs_evidence: true"), "utf-8"
    )
    dates = "2021-06-08,2021-06-10；2021-06-25,2021-06-20"
    fill(root, f"FN-1,某处积水,,2021-06-01,2021-06-30,{dates},赵六,,")
    digest = "0" * 64
    rows = [f"FN-1,富宁县,整改后,evidence/{day}.jpg,{digest},,{day}" for day in received]
    register(root, "evidence.csv", EVIDENCE, *rows)


@pytest.mark.parametrize(
    ("received", "closed_on"),
    [
        ((), ()),
        (("2021-06-09",), (10, 15, 25, 30)),
        (("2021-06-15", "2021-06-28"), (15, 25, 30)),
        (("2021-06-22",), (25, 30)),
        (("2021-06-28",), (30,)),
    ],
)
def test_a_closure_without_evidence_by_then_is_only_a_claim(
    dataset: Path, received: tuple[str, ...], closed_on: tuple[int, ...]
) -> None:
    needing_evidence(dataset, *received)

    asked = (9, 10, 15, 20, 25, 30)
    found = {day: counts(dataset, f"2021-06-{day:02}") for day in asked}
    assert tuple(day for day in asked if found[day].closed) == closed_on
    assert [day for day in asked if found[day].open] == [20]
    assert counts(dataset, "2021-06-21").open == 1


def test_a_dataset_that_asks_for_no_evidence_closes_without(dataset: Path) -> None:
    fill(dataset, "FN-1,某处积水,,2021-06-01,2021-06-30,,2021-06-10,,赵六,,")

    assert counts(dataset, "2021-06-10").closed == 1
